//! Audit rows, the keys of their personal parts, and the segments that seal them. Rows are never updated.

mod rows;

use std::collections::HashSet;

use diesel::prelude::*;

use super::dialect::on;
use super::row::id16;
use super::schema::{audit_keys, audit_pending, audit_rows, audit_segments};
use super::{Halt, Tx};
use crate::domain::id::{AuditId, EidId, PersonId};
use crate::domain::time::Time;
use crate::fault::Fault;
use crate::vault::{Place, Sealed};

pub use rows::{AuditRow, Segment};
use rows::{StoredRow, StoredSegment, audit_row, segment};

/// Ids that one statement names.
const AT_ONCE: usize = 500;

/// What waits to be sealed, by the key of its table: ids begin with their time. Two statements, this one and [`rows_of`], since a join
/// leaves it to the database which of the two tables it reads whole, and the trail grows for ever.
#[diesel::dsl::auto_type]
pub(super) fn oldest_first() -> _ {
    audit_pending::table.order(audit_pending::id)
}

/// The rows of these ids, in the order of their ids.
#[diesel::dsl::auto_type]
pub(super) fn rows_of<'a>(ids: &'a [Vec<u8>]) -> _ {
    audit_rows::table
        .filter(audit_rows::id.eq_any(ids))
        .order(audit_rows::id)
}

/// The audit trail.
pub struct AuditStore<'t, 'c>(pub(super) &'t mut Tx<'c>);

impl AuditStore<'_, '_> {
    /// Writes an event down, to be sealed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn insert(&mut self, row: &AuditRow) -> Result<(), Halt> {
        on!(self.0.db, |db| diesel::insert_into(audit_rows::table)
            .values((
                audit_rows::id.eq(row.id.bytes().to_vec()),
                audit_rows::at.eq(row.at.micros()),
                audit_rows::kind.eq(&row.kind),
                audit_rows::person.eq(row.person.map(|p| p.bytes().to_vec())),
                audit_rows::eid.eq(row.eid.map(|e| e.bytes().to_vec())),
                audit_rows::party.eq(&row.party),
                audit_rows::request.eq(&row.request),
                audit_rows::body.eq(&row.body),
                audit_rows::sealed.eq(&row.sealed),
                audit_rows::mac.eq(row.mac.to_vec()),
            ))
            .execute(db))?;
        on!(self.0.db, |db| diesel::insert_into(audit_pending::table)
            .values((
                audit_pending::id.eq(row.id.bytes().to_vec()),
                audit_pending::at.eq(row.at.micros()),
            ))
            .execute(db))?;
        Ok(())
    }

    /// The key of a person's events of a year, opened; made by `fresh` the first time.
    ///
    /// # Errors
    /// When the database does not answer or the key does not open.
    pub fn key(&mut self, person: PersonId, year: i32, fresh: [u8; 32]) -> Result<[u8; 32], Halt> {
        if let Some(key) = self.find_key(person, year)? {
            return Ok(key);
        }
        let row = [&person.bytes()[..], &year.to_be_bytes()].concat();
        let place = Place {
            column: Sealed::AuditKeys,
            row: &row,
        };
        let sealed = self.0.vault.seal(place, &fresh, self.0.rng);
        diesel::insert_into(audit_keys::table)
            .values((
                audit_keys::person.eq(person.bytes().to_vec()),
                audit_keys::year.eq(year),
                audit_keys::sealed.eq(sealed),
            ))
            .execute(self.0.db)?;
        Ok(fresh)
    }

    /// The key of a person's events of a year, if it has not been erased.
    ///
    /// # Errors
    /// When the database does not answer or the key does not open.
    pub fn find_key(&mut self, person: PersonId, year: i32) -> Result<Option<[u8; 32]>, Halt> {
        let stored = on!(self.0.db, |db| audit_keys::table
            .find((person.bytes().to_vec(), year))
            .select(audit_keys::sealed)
            .first::<Vec<u8>>(db))
        .optional()?;
        let Some(sealed) = stored else { return Ok(None) };
        let row = [&person.bytes()[..], &year.to_be_bytes()].concat();
        let place = Place {
            column: Sealed::AuditKeys,
            row: &row,
        };
        let key = self
            .0
            .vault
            .open(place, &sealed)
            .map_err(|e| Fault::new("audit_keys.sealed does not open", e))?;
        let key = key
            .as_slice()
            .try_into()
            .map_err(|_| Fault::corrupt("audit_keys", "sealed", person))?;
        Ok(Some(key))
    }

    /// Erases the keys of all years before `year`: what they sealed is gone, the rows still verify.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn erase_keys_before(&mut self, year: i32) -> Result<usize, Halt> {
        Ok(diesel::delete(audit_keys::table.filter(audit_keys::year.lt(year))).execute(self.0.db)?)
    }

    /// Rows that wait to be sealed, oldest first.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn pending(&mut self, limit: i64) -> Result<Vec<AuditRow>, Halt> {
        let ids = oldest_first().limit(limit).select(audit_pending::id);
        let ids = ids.load::<Vec<u8>>(self.0.db)?;
        let mut rows = Vec::with_capacity(ids.len());
        for some in ids.chunks(AT_ONCE) {
            let found = rows_of(some).load::<StoredRow>(self.0.db)?;
            for row in found {
                rows.push(audit_row(row)?);
            }
        }
        if rows.len() == ids.len() {
            Ok(rows)
        } else {
            Err(Fault::bare("audit_pending names a row that is not there").into())
        }
    }

    /// When the oldest row was written that still waits.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn oldest_pending(&mut self) -> Result<Option<Time>, Halt> {
        let at = oldest_first()
            .select(audit_pending::at)
            .first::<i64>(self.0.db)
            .optional()?;
        Ok(at.map(Time::from_micros))
    }

    /// One row.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn row(&mut self, id: AuditId) -> Result<Option<AuditRow>, Halt> {
        let row = audit_rows::table
            .find(id.bytes().to_vec())
            .first::<StoredRow>(self.0.db)
            .optional()?;
        row.map(audit_row).transpose()
    }

    /// The rows after `after` in the order of their ids (which begin with their time); for commands that walk all.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn page(&mut self, after: Option<AuditId>, limit: i64) -> Result<Vec<AuditRow>, Halt> {
        let after = after.map_or_else(Vec::new, |id| id.bytes().to_vec());
        let rows = audit_rows::table
            .filter(audit_rows::id.gt(after))
            .order(audit_rows::id)
            .limit(limit)
            .load::<StoredRow>(self.0.db)?;
        rows.into_iter().map(audit_row).collect()
    }

    /// The newest events of an eID, newest first.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn of_eid(&mut self, eid: EidId, limit: i64) -> Result<Vec<AuditRow>, Halt> {
        let rows = audit_rows::table
            .filter(audit_rows::eid.eq(Some(eid.bytes().to_vec())))
            .order(audit_rows::at.desc())
            .limit(limit)
            .load::<StoredRow>(self.0.db)?;
        rows.into_iter().map(audit_row).collect()
    }

    /// Events of some kinds of an eID, newest first: those older than the row `before`, or the newest.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn history(
        &mut self,
        eid: EidId,
        kinds: &[&str],
        before: Option<(Time, AuditId)>,
        limit: i64,
    ) -> Result<Vec<AuditRow>, Halt> {
        let kinds: Vec<_> = kinds.iter().map(|kind| (*kind).to_owned()).collect();
        let (at, id) = before.map_or((i64::MAX, [0; 16]), |(at, id)| (at.micros(), id.bytes()));
        let same_moment = audit_rows::at.eq(at).and(audit_rows::id.lt(id.to_vec()));
        let rows = audit_rows::table
            .filter(audit_rows::eid.eq(Some(eid.bytes().to_vec())))
            .filter(audit_rows::kind.eq_any(kinds))
            .filter(audit_rows::at.lt(at).or(same_moment))
            .order((audit_rows::at.desc(), audit_rows::id.desc()))
            .limit(limit)
            .load::<StoredRow>(self.0.db)?;
        rows.into_iter().map(audit_row).collect()
    }

    /// Every event of an eID, newest first: those older than the row `before`, or the newest.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn all_of_eid(
        &mut self,
        eid: EidId,
        before: Option<(Time, AuditId)>,
        limit: i64,
    ) -> Result<Vec<AuditRow>, Halt> {
        let (at, id) = before.map_or((i64::MAX, [0; 16]), |(at, id)| (at.micros(), id.bytes()));
        let same_moment = audit_rows::at.eq(at).and(audit_rows::id.lt(id.to_vec()));
        let rows = audit_rows::table
            .filter(audit_rows::eid.eq(Some(eid.bytes().to_vec())))
            .filter(audit_rows::at.lt(at).or(same_moment))
            .order((audit_rows::at.desc(), audit_rows::id.desc()))
            .limit(limit)
            .load::<StoredRow>(self.0.db)?;
        rows.into_iter().map(audit_row).collect()
    }

    /// How many events of a kind an eID has had since then.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn count_since(&mut self, eid: EidId, kind: &str, since: Time) -> Result<i64, Halt> {
        Ok(audit_rows::table
            .filter(audit_rows::eid.eq(Some(eid.bytes().to_vec())))
            .filter(audit_rows::at.ge(since.micros()).and(audit_rows::kind.eq(kind)))
            .count()
            .get_result(self.0.db)?)
    }

    /// Which of these rows wait to be sealed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn waiting(&mut self, of: &[AuditId]) -> Result<HashSet<AuditId>, Halt> {
        let mut waiting = HashSet::new();
        for some in of.chunks(AT_ONCE) {
            let some: Vec<_> = some.iter().map(|id| id.bytes().to_vec()).collect();
            let found = audit_pending::table
                .filter(audit_pending::id.eq_any(some))
                .select(audit_pending::id)
                .load::<Vec<u8>>(self.0.db)?;
            for id in found {
                waiting.insert(id16(&id, "audit_pending", "id").map(AuditId::from_bytes)?);
            }
        }
        Ok(waiting)
    }

    /// The last segment.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn last_segment(&mut self) -> Result<Option<Segment>, Halt> {
        let row = audit_segments::table
            .order(audit_segments::seq.desc())
            .first::<StoredSegment>(self.0.db)
            .optional()?;
        row.map(segment).transpose()
    }

    /// The segments after `seq`, in order.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn segments(&mut self, after: i64, limit: i64) -> Result<Vec<Segment>, Halt> {
        let rows = audit_segments::table
            .filter(audit_segments::seq.gt(after))
            .order(audit_segments::seq)
            .limit(limit)
            .load::<StoredSegment>(self.0.db)?;
        rows.into_iter().map(segment).collect()
    }

    /// Writes a segment down; its rows no longer wait. A second sealer of the same number loses and starts over.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn seal(&mut self, segment: &Segment) -> Result<(), Halt> {
        let ids: Vec<u8> = segment.ids.iter().flat_map(|id| id.bytes()).collect();
        diesel::insert_into(audit_segments::table)
            .values((
                audit_segments::seq.eq(segment.seq),
                audit_segments::ids.eq(ids),
                audit_segments::root.eq(segment.root.to_vec()),
                audit_segments::previous.eq(segment.previous.to_vec()),
                audit_segments::kid.eq(&segment.kid),
                audit_segments::signature.eq(&segment.signature),
                audit_segments::sealed_at.eq(segment.sealed_at.micros()),
            ))
            .execute(self.0.db)?;
        for some in segment.ids.chunks(AT_ONCE) {
            let some: Vec<_> = some.iter().map(|id| id.bytes().to_vec()).collect();
            let these = audit_pending::table.filter(audit_pending::id.eq_any(&some));
            if diesel::delete(these).execute(self.0.db)? != some.len() {
                return Err(Halt::Again);
            }
        }
        Ok(())
    }
}
