//! User-IDs: every name that finds an eID, by keyed hash; the text itself sealed, to be shown to its owner alone.

use diesel::prelude::*;

use super::dialect::on;
use super::row::id16;
use super::schema::aliases;
use super::{Halt, Tx};
use crate::domain::id::EidId;
use crate::domain::time::Time;
use crate::domain::user_id::{Chosen, Typed};
use crate::fault::Fault;
use crate::vault::{Lookup, Place, Sealed};

/// What kind of user-ID a name is (M02).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AliasKind {
    /// The nine-digit eID number.
    Number,
    /// The CPR number.
    Cpr,
    /// A name the user chose.
    Chosen,
}

impl AliasKind {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            AliasKind::Number => "number",
            AliasKind::Cpr => "cpr",
            AliasKind::Chosen => "chosen",
        }
    }

    /// The kind a stored word means.
    pub fn parse(word: &str) -> Option<AliasKind> {
        [AliasKind::Number, AliasKind::Cpr, AliasKind::Chosen]
            .into_iter()
            .find(|k| k.as_str() == word)
    }
}

/// User-IDs.
pub struct Aliases<'t, 'c>(pub(super) &'t mut Tx<'c>);

impl Aliases<'_, '_> {
    /// Lets a name find an eID. `canonical` is the form in which names are compared.
    ///
    /// # Errors
    /// When the database does not answer; a name that is taken makes the act run again, so ask [`Aliases::eid`] first.
    pub fn insert(&mut self, canonical: &str, eid: EidId, kind: AliasKind, now: Time) -> Result<(), Halt> {
        self.write(canonical, canonical, eid, kind, now)
    }

    fn write(&mut self, canonical: &str, shown: &str, eid: EidId, kind: AliasKind, now: Time) -> Result<(), Halt> {
        let hash = self.0.vault.lookup(Lookup::UserId, canonical.as_bytes());
        let place = Place {
            column: Sealed::Aliases,
            row: &hash,
        };
        let sealed = self.0.vault.seal(place, shown.as_bytes(), self.0.rng);
        diesel::insert_into(aliases::table)
            .values((
                aliases::hash.eq(hash.to_vec()),
                aliases::eid.eq(eid.bytes().to_vec()),
                aliases::kind.eq(kind.as_str()),
                aliases::sealed.eq(sealed),
                aliases::created_at.eq(now.micros()),
            ))
            .execute(self.0.db)?;
        Ok(())
    }

    /// Gives an eID the name that its person chose, in place of the one before; `shown` is as they wrote it. The look-up is by the
    /// canonical form.
    ///
    /// # Errors
    /// As [`Aliases::insert`].
    pub fn choose(&mut self, chosen: &Chosen, eid: EidId, now: Time) -> Result<(), Halt> {
        self.drop_kind(eid, AliasKind::Chosen)?;
        self.write(
            Typed::from(chosen).as_str(),
            chosen.as_str(),
            eid,
            AliasKind::Chosen,
            now,
        )
    }

    /// Takes an eID's names of one kind away. `false` when there was none.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn drop_kind(&mut self, eid: EidId, kind: AliasKind) -> Result<bool, Halt> {
        let names = aliases::table.filter(
            aliases::eid
                .eq(eid.bytes().to_vec())
                .and(aliases::kind.eq(kind.as_str())),
        );
        Ok(diesel::delete(names).execute(self.0.db)? > 0)
    }

    /// The eID that a name finds.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn eid(&mut self, canonical: &str) -> Result<Option<EidId>, Halt> {
        let hash = self.0.vault.lookup(Lookup::UserId, canonical.as_bytes());
        let found = on!(self.0.db, |db| aliases::table
            .find(hash.to_vec())
            .select(aliases::eid)
            .first::<Vec<u8>>(db))
        .optional()?;
        Ok(found
            .map(|id| id16(&id, "aliases", "eid").map(EidId::from_bytes))
            .transpose()?)
    }

    /// The names of one eID, opened.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn of_eid(&mut self, eid: EidId) -> Result<Vec<(AliasKind, String)>, Halt> {
        let rows = aliases::table
            .filter(aliases::eid.eq(eid.bytes().to_vec()))
            .order(aliases::created_at)
            .select((aliases::hash, aliases::kind, aliases::sealed))
            .load::<(Vec<u8>, String, Vec<u8>)>(self.0.db)?;
        let vault = self.0.vault;
        let open = |(hash, kind, sealed): (Vec<u8>, String, Vec<u8>)| -> Result<(AliasKind, String), Halt> {
            let place = Place {
                column: Sealed::Aliases,
                row: &hash,
            };
            let plain = vault
                .open(place, &sealed)
                .map_err(|e| Fault::new(format!("aliases.sealed of {eid} does not open"), e))?;
            let text = String::from_utf8(plain.to_vec()).map_err(|_| Fault::corrupt("aliases", "sealed", eid))?;
            Ok((
                AliasKind::parse(&kind).ok_or_else(|| Fault::corrupt("aliases", "kind", eid))?,
                text,
            ))
        };
        rows.into_iter().map(open).collect()
    }
}
