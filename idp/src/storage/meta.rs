//! Facts about the database itself: its random id, its demo mark, the generation of its stored-value key.

use diesel::prelude::*;

use super::dialect::Db;
use super::schema::meta;
use super::{Halt, Tx};
use crate::entropy::Entropy;
use crate::fault::Fault;

const DATABASE_ID: &str = "database_id";
const DEMO: &str = "demo";
const GENERATION: &str = "stored_value_generation";

/// Facts about the database.
pub struct Meta<'t, 'c>(pub(super) &'t mut Tx<'c>);

fn value(db: &mut Db, key: &str) -> QueryResult<Option<Vec<u8>>> {
    meta::table
        .find(key)
        .select(meta::value)
        .first::<Vec<u8>>(db)
        .optional()
}

/// The random id that salts every key of the vault.
pub(super) fn database_id(db: &mut Db) -> Result<Option<[u8; 16]>, Fault> {
    let stored = value(db, DATABASE_ID).map_err(|e| Fault::new("the database id could not be read", e))?;
    stored
        .map(|bytes| <[u8; 16]>::try_from(bytes).map_err(|_| Fault::corrupt("meta", "value", DATABASE_ID)))
        .transpose()
}

/// Whether the database was made as a demo.
pub(super) fn demo_mark(db: &mut Db) -> Result<Option<bool>, Fault> {
    let stored = value(db, DEMO).map_err(|e| Fault::new("the demo mark could not be read", e))?;
    Ok(stored.map(|bytes| bytes == [1]))
}

/// Gives a new database its id and its mark; an old one keeps both, for good.
pub(super) fn mark(db: &mut Db, demo: bool, rng: &Entropy) -> Result<(), Fault> {
    if database_id(db)?.is_some() {
        return Ok(());
    }
    let rows = [(DATABASE_ID, rng.bytes::<16>().to_vec()), (DEMO, vec![u8::from(demo)])];
    for (key, value) in rows {
        diesel::insert_into(meta::table)
            .values((meta::key.eq(key), meta::value.eq(value)))
            .execute(db)
            .map_err(|e| Fault::new("the database could not be marked", e))?;
    }
    Ok(())
}

impl Meta<'_, '_> {
    /// The generation of the stored-value key in use; 1 until it was first rotated.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn generation(&mut self) -> Result<u32, Halt> {
        let stored = value(self.0.db, GENERATION)?;
        Ok(stored
            .and_then(|b| <[u8; 4]>::try_from(b).ok())
            .map_or(1, u32::from_be_bytes))
    }

    /// Moves on to a generation: what is sealed from now on is sealed under it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn set_generation(&mut self, generation: u32) -> Result<(), Halt> {
        let bytes = generation.to_be_bytes().to_vec();
        let touched = diesel::update(meta::table.find(GENERATION))
            .set(meta::value.eq(&bytes))
            .execute(self.0.db)?;
        if touched == 0 {
            diesel::insert_into(meta::table)
                .values((meta::key.eq(GENERATION), meta::value.eq(&bytes)))
                .execute(self.0.db)?;
        }
        Ok(())
    }
}
