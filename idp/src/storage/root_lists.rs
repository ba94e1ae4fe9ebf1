//! The newest revocation list of each root, as its operator brought it. Never says whether one is to be believed: that is the slice's.

use diesel::prelude::*;

use super::schema::root_lists;
use super::{Crl, Halt, Tx};
use crate::domain::time::Time;

/// What is known of a root's list without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootList {
    /// The root's id.
    pub root: String,
    /// The list's number.
    pub number: i64,
    /// Until when it counts.
    pub ends_at: Time,
}

/// Lists of roots.
pub struct RootLists<'t, 'c>(pub(super) &'t mut Tx<'c>);

impl RootLists<'_, '_> {
    /// Every one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn all(&mut self) -> Result<Vec<RootList>, Halt> {
        let rows = root_lists::table
            .order(root_lists::root)
            .select((root_lists::root, root_lists::number, root_lists::ends_at))
            .load::<(String, i64, i64)>(self.0.db)?;
        let known = rows.into_iter().map(|(root, number, ends)| RootList {
            root,
            number,
            ends_at: Time::from_micros(ends),
        });
        Ok(known.collect())
    }

    /// The list of a root, ready to be given out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn find(&mut self, root: &str) -> Result<Option<Crl>, Halt> {
        let found = root_lists::table
            .find(root)
            .select((root_lists::number, root_lists::made_at, root_lists::der))
            .first::<(i64, i64, Vec<u8>)>(self.0.db)
            .optional()?;
        Ok(found.map(|(number, at, der)| Crl {
            number,
            at: Time::from_micros(at),
            der,
        }))
    }

    /// Keeps a list in the place of the one before it. `false` when the one that is there has this number or a later one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn publish(&mut self, root: &str, crl: &Crl, ends_at: Time) -> Result<bool, Halt> {
        let values = (
            root_lists::number.eq(crl.number),
            root_lists::made_at.eq(crl.at.micros()),
            root_lists::ends_at.eq(ends_at.micros()),
            root_lists::der.eq(&crl.der),
        );
        let older = root_lists::table.find(root).filter(root_lists::number.lt(crl.number));
        if diesel::update(older).set(values).execute(self.0.db)? == 1 {
            return Ok(true);
        }
        if diesel::select(diesel::dsl::exists(root_lists::table.find(root))).get_result(self.0.db)? {
            return Ok(false);
        }
        // Where another came first meanwhile, the act runs again.
        diesel::insert_into(root_lists::table)
            .values((root_lists::root.eq(root), values))
            .execute(self.0.db)?;
        Ok(true)
    }
}
