//! What came of each line of a bulk delivery.

use diesel::prelude::*;

use super::row::id16;
use super::schema::bulk_lines;
use super::{Halt, Tx};
use crate::domain::id::EidId;
use crate::domain::refusal::Code;
use crate::domain::time::Time;
use crate::fault::Fault;

/// What came of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// An eID was issued.
    Issued(EidId),
    /// It was refused.
    Refused(Code),
}

/// A line that is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkLine {
    /// Its number in the delivery, from 1.
    pub line: i64,
    /// A MAC of what it said: the same number with other words is another delivery.
    pub request: [u8; 32],
    /// What came of it.
    pub outcome: Outcome,
}

/// Lines of bulk deliveries.
pub struct BulkLines<'t, 'c>(pub(super) &'t mut Tx<'c>);

type Stored = (i64, Vec<u8>, Option<Vec<u8>>, Option<String>);

impl BulkLines<'_, '_> {
    /// Notes what came of lines. One that is done already makes the whole act run again.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn keep(&mut self, (ra, batch): (&str, &str), lines: &[BulkLine], now: Time) -> Result<(), Halt> {
        for line in lines {
            let (eid, refused) = match line.outcome {
                Outcome::Issued(eid) => (Some(eid.bytes().to_vec()), None),
                Outcome::Refused(code) => (None, Some(code.as_str())),
            };
            diesel::insert_into(bulk_lines::table)
                .values((
                    bulk_lines::ra.eq(ra),
                    bulk_lines::batch.eq(batch),
                    bulk_lines::line.eq(line.line),
                    bulk_lines::request.eq(line.request.to_vec()),
                    bulk_lines::eid.eq(eid),
                    bulk_lines::refused.eq(refused),
                    bulk_lines::done_at.eq(now.micros()),
                ))
                .execute(self.0.db)?;
        }
        Ok(())
    }

    /// The lines that are done from `first` on, at most so many, in their order.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn from(&mut self, (ra, batch): (&str, &str), first: i64, limit: i64) -> Result<Vec<BulkLine>, Halt> {
        let rows = bulk_lines::table
            .filter(bulk_lines::ra.eq(ra).and(bulk_lines::batch.eq(batch)))
            .filter(bulk_lines::line.ge(first))
            .order(bulk_lines::line)
            .limit(limit)
            .select((
                bulk_lines::line,
                bulk_lines::request,
                bulk_lines::eid,
                bulk_lines::refused,
            ))
            .load::<Stored>(self.0.db)?;
        rows.into_iter().map(read).collect()
    }
}

fn read((line, request, eid, refused): Stored) -> Result<BulkLine, Halt> {
    let corrupt = |column| Fault::corrupt("bulk_lines", column, line);
    let outcome = match (eid, refused.as_deref().map(Code::from_str)) {
        (Some(eid), None) => Outcome::Issued(EidId::from_bytes(id16(&eid, "bulk_lines", "eid")?)),
        (None, Some(Some(code))) => Outcome::Refused(code),
        _ => return Err(corrupt("refused").into()),
    };
    Ok(BulkLine {
        line,
        request: request.try_into().map_err(|_| corrupt("request"))?,
        outcome,
    })
}
