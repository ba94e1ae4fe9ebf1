//! The walk over every sealed value: page by page in the order of each table's key, so that it can be interrupted anywhere and
//! goes on where it stood. Owns which rows are looked at next; never decides that a generation is over.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::row::shown;
use super::schema::{
    activations, aliases, audit_keys, authenticators, cards, certificates, cprs, flows_done, grants, issues,
    issuing_cas, online_orders, outbox, people, register_companies, register_people, signing_keys,
};
use super::{Halt, Tx, meta};
use crate::domain::time::Time;
use crate::fault::Fault;
use crate::vault::{Place, Sealed, generation_of, prefix};

const WALK: &str = "stored_value_walk";

/// Where the walk stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Walk {
    /// The generation that it brings everything to.
    pub generation: u32,
    /// When this round over all columns began, in microseconds.
    pub begun_at: i64,
    /// The place in [`Sealed::ALL`] of the column that it walks.
    pub column: usize,
    /// Key of the last row that was looked at; empty at the beginning of a column.
    pub after: Vec<u8>,
    /// Values sealed again in this round.
    pub found: u64,
    /// Values of this round that do not open and were left as they are.
    pub broken: u64,
    /// Values sealed again since the generation began.
    pub total: u64,
}

impl Walk {
    /// A round over everything.
    #[must_use]
    pub fn begin(generation: u32, now: Time, total: u64) -> Walk {
        Walk {
            generation,
            begun_at: now.micros(),
            column: 0,
            after: Vec::new(),
            found: 0,
            broken: 0,
            total,
        }
    }

    /// The column that it walks; nothing at the end of the round.
    #[must_use]
    pub fn at(&self) -> Option<Sealed> {
        Sealed::ALL.get(self.column).copied()
    }

    /// The same walk behind a page that was dealt with.
    fn behind(&self, page: &Page, resealed: u64, broken: u64) -> Walk {
        let mut next = self.clone();
        match &page.last {
            Some(last) => next.after.clone_from(last),
            None => {
                next.column += 1;
                next.after.clear();
            }
        }
        next.found += resealed;
        next.broken += broken;
        next.total += resealed;
        next
    }
}

/// Some rows of one column.
#[derive(Debug, Default)]
pub struct Page {
    /// Values of older generations: row key, sealed value.
    pub old: Vec<(Vec<u8>, Vec<u8>)>,
    /// Key of the last row; nothing at the end of the column.
    pub last: Option<Vec<u8>>,
}

/// The walk.
pub struct Reseal<'t, 'c>(pub(super) &'t mut Tx<'c>);

/// The two halves of the key of `audit_keys`, as they are authenticated: the person's id and the year.
fn person_and_year(key: &[u8]) -> Result<(Vec<u8>, i32), Fault> {
    let corrupt = || Fault::bare("the walk over sealed values stands at no row of audit_keys");
    let (person, year) = key.split_last_chunk::<4>().ok_or_else(corrupt)?;
    Ok((person.to_vec(), i32::from_be_bytes(*year)))
}

type Bytes = Vec<u8>;

/// A table's key as the bytes that are authenticated with its sealed values.
trait Key: Sized {
    fn of(bytes: &[u8]) -> Result<Self, Fault>;
    fn into_bytes(self) -> Bytes;
}

impl Key for Bytes {
    fn of(bytes: &[u8]) -> Result<Self, Fault> {
        Ok(bytes.to_vec())
    }

    fn into_bytes(self) -> Bytes {
        self
    }
}

impl Key for String {
    fn of(bytes: &[u8]) -> Result<Self, Fault> {
        String::from_utf8(bytes.to_vec()).map_err(|_| Fault::bare("the walk over sealed values stands at no row"))
    }

    fn into_bytes(self) -> Bytes {
        self.into_bytes()
    }
}

/// What is done with one column, whatever its table: `$act!(table, key column, value column, type of the key)`.
macro_rules! for_column {
    ($column:expr, $act:ident) => {
        match $column {
            Sealed::SigningKeys => $act!(signing_keys, kid, sealed, String),
            Sealed::PeopleName => $act!(people, id, name, Bytes),
            Sealed::PeopleAddress => $act!(people, id, address, Bytes),
            Sealed::PeopleEmail => $act!(people, id, email, Bytes),
            Sealed::PeoplePhone => $act!(people, id, phone, Bytes),
            Sealed::Cprs => $act!(cprs, hash, sealed, Bytes),
            Sealed::Aliases => $act!(aliases, hash, sealed, Bytes),
            Sealed::CardsSecret => $act!(cards, number, secret, String),
            Sealed::ActivationsDigits => $act!(activations, eid, sealed, Bytes),
            Sealed::AuthenticatorsSecret => $act!(authenticators, id, secret, Bytes),
            Sealed::AuthenticatorsPush => $act!(authenticators, id, push, Bytes),
            Sealed::RegisterPeople => $act!(register_people, cpr, sealed, Bytes),
            Sealed::RegisterCompanies => $act!(register_companies, cvr, sealed, String),
            Sealed::IssuesShown => $act!(issues, eid, shown, Bytes),
            Sealed::IssuingCasKey => $act!(issuing_cas, id, key, String),
            Sealed::CertificatesDer => $act!(certificates, serial, der, Bytes),
            Sealed::CertificatesKey => $act!(certificates, serial, key, Bytes),
            Sealed::GrantsDetail => $act!(grants, id, detail, Bytes),
            Sealed::GrantsRefreshSecret => $act!(grants, id, refresh_secret, Bytes),
            Sealed::FlowsDoneResult => $act!(flows_done, flow, result, Bytes),
            Sealed::OutboxPayload => $act!(outbox, id, payload, Bytes),
            Sealed::OnlineOrdersDetails => $act!(online_orders, key, details, Bytes),
            Sealed::AuditKeys => $act!(audit_keys),
        }
    };
}

/// A row's key and what is sealed in one of its columns.
type KeyAndValue = (Vec<u8>, Option<Vec<u8>>);

impl Reseal<'_, '_> {
    /// Where the walk stood last; nothing when none is under way.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn walk(&mut self) -> Result<Option<Walk>, Halt> {
        let stored = meta::value(self.0.db, WALK)?.filter(|stored| !stored.is_empty());
        let parse =
            |stored: Vec<u8>| serde_json::from_slice(&stored).map_err(|_| Fault::corrupt("meta", "value", WALK));
        Ok(stored.map(parse).transpose()?)
    }

    /// Notes where the walk stands.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn save(&mut self, walk: &Walk) -> Result<(), Halt> {
        let stored = serde_json::to_vec(walk).map_err(|e| Fault::new("the walk could not be noted", e))?;
        Ok(meta::put(self.0.db, WALK, &stored)?)
    }

    /// Ends the walk.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn end(&mut self) -> Result<(), Halt> {
        Ok(meta::put(self.0.db, WALK, &[])?)
    }

    /// The next rows of the walk's column, at most `limit` of them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn page(&mut self, walk: &Walk, limit: i64) -> Result<Page, Halt> {
        let Some(column) = walk.at() else {
            return Ok(Page::default());
        };
        let rows = self.rows(column, &walk.after, limit)?;
        let full = i64::try_from(rows.len()).is_ok_and(|count| count == limit);
        let last = rows.last().filter(|_| full).map(|(key, _)| key.clone());
        let is_old = |sealed: &[u8]| generation_of(sealed).is_some_and(|generation| generation < walk.generation);
        let old = rows
            .into_iter()
            .filter_map(|(key, sealed)| Some((key, sealed.filter(|sealed| is_old(sealed))?)))
            .collect();
        Ok(Page { old, last })
    }

    fn rows(&mut self, column: Sealed, after: &[u8], limit: i64) -> Result<Vec<KeyAndValue>, Halt> {
        macro_rules! load {
            (audit_keys) => {{
                let keys = audit_keys::table
                    .order((audit_keys::person, audit_keys::year))
                    .select((audit_keys::person, audit_keys::year, audit_keys::sealed))
                    .limit(limit);
                let rows = if after.is_empty() {
                    keys.load::<(Vec<u8>, i32, Vec<u8>)>(self.0.db)?
                } else {
                    let (person, year) = person_and_year(after)?;
                    let beyond = audit_keys::person
                        .gt(person.clone())
                        .or(audit_keys::year.gt(year));
                    keys.filter(audit_keys::person.ge(person).and(beyond))
                        .load(self.0.db)?
                };
                rows.into_iter()
                    .map(|(person, year, sealed)| ([&person[..], &year.to_be_bytes()].concat(), Some(sealed)))
                    .collect()
            }};
            ($table:ident, $key:ident, $value:ident, $type:ty) => {{
                $table::table
                    .filter($table::$key.gt(<$type>::of(after)?))
                    .order($table::$key)
                    .select(($table::$key, $table::$value.nullable()))
                    .limit(limit)
                    .load::<($type, Option<Vec<u8>>)>(self.0.db)?
                    .into_iter()
                    .map(|(key, sealed)| (Key::into_bytes(key), sealed))
                    .collect()
            }};
        }
        Ok(for_column!(column, load))
    }

    /// Seals the old values of a page again and notes where the walk stands then. A value that somebody changed meanwhile is
    /// left as they wrote it, one that does not open is left and named in the log.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn take(&mut self, walk: &Walk, page: &Page) -> Result<Walk, Halt> {
        let Some(column) = walk.at() else {
            return Ok(walk.clone());
        };
        let (mut resealed, mut broken) = (0, 0);
        for (key, old) in &page.old {
            match self.0.vault.reseal(Place { column, row: key }, old, self.0.rng) {
                Ok(None) => {}
                Ok(Some(fresh)) => resealed += self.replace(column, key, old, fresh)?,
                Err(error) => {
                    broken += 1;
                    let ((table, name), row) = (column.names(), shown(key));
                    log::error!(error:%; "{table}.{name} of {row} cannot be sealed again");
                }
            }
        }
        let next = walk.behind(page, resealed, broken);
        self.save(&next)?;
        Ok(next)
    }

    fn replace(&mut self, column: Sealed, key: &[u8], old: &[u8], fresh: Vec<u8>) -> Result<u64, Halt> {
        macro_rules! update {
            (audit_keys) => {{
                let row = audit_keys::table.find(person_and_year(key)?);
                diesel::update(row.filter(audit_keys::sealed.eq(old)))
                    .set(audit_keys::sealed.eq(fresh))
                    .execute(self.0.db)?
            }};
            ($table:ident, $key:ident, $value:ident, $type:ty) => {{
                let row = $table::table.find(<$type>::of(key)?);
                diesel::update(row.filter($table::$value.eq(old)))
                    .set($table::$value.eq(fresh))
                    .execute(self.0.db)?
            }};
        }
        let touched = for_column!(column, update);
        Ok(u64::try_from(touched).unwrap_or(0))
    }

    /// How many values are sealed under generations before `generation`. Reads every table: for commands.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn remaining(&mut self, generation: u32) -> Result<u64, Halt> {
        let (from, until) = (prefix(0).to_vec(), prefix(generation).to_vec());
        let mut all = 0;
        for column in Sealed::ALL {
            macro_rules! count {
                (audit_keys) => {{
                    let old = audit_keys::sealed.ge(&from).and(audit_keys::sealed.lt(&until));
                    audit_keys::table
                        .filter(old)
                        .count()
                        .get_result::<i64>(self.0.db)?
                }};
                ($table:ident, $key:ident, $value:ident, $type:ty) => {{
                    let old = $table::$value.ge(&from).and($table::$value.lt(&until));
                    $table::table.filter(old).count().get_result::<i64>(self.0.db)?
                }};
            }
            all += u64::try_from(for_column!(column, count)).unwrap_or(0);
        }
        Ok(all)
    }
}
