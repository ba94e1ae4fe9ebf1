//! Certificates of public eIDs: sealed, found by serial number and by eID. One of an eID is open at a time, by a unique key. Never says
//! which should be: that is the law's and the slice's.

use diesel::prelude::*;

use super::row::{id16, micros};
use super::schema::certificates;
use super::{Halt, Tx};
use crate::domain::certificate::{Reason, Serial};
use crate::domain::id::EidId;
use crate::domain::time::{Span, Time};
use crate::fault::Fault;
use crate::vault::{Place, Sealed};

/// A revocation stays on the lists so long beyond the end of its certificate, so that it stands on at least one made later
/// (RFC 5280, 3.3).
const LISTED_AFTER_END: Span = Span::days(7);

/// A certificate that has just been made.
#[derive(Debug, Clone)]
pub struct NewCertificate {
    /// Its serial number.
    pub serial: Serial,
    /// Whose it is.
    pub eid: EidId,
    /// The CA that issued it.
    pub ca: String,
    /// The certificate.
    pub der: Vec<u8>,
    /// The holder's private key, sealed by the vault.
    pub key: Vec<u8>,
    /// From when it counts.
    pub issued_at: Time,
    /// Until when.
    pub ends_at: Time,
}

/// A certificate as stored, its private key left where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateRow {
    /// Its serial number.
    pub serial: Serial,
    /// Whose it is.
    pub eid: EidId,
    /// The CA that issued it.
    pub ca: String,
    /// The certificate.
    pub der: Vec<u8>,
    /// From when it counts.
    pub issued_at: Time,
    /// Until when.
    pub ends_at: Time,
    /// When and why it was revoked.
    pub revoked: Option<(Time, Reason)>,
    /// Whether it is the one that counts.
    pub open: bool,
}

/// A certificate whose end is near or has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// Its serial number.
    pub serial: Serial,
    /// Whose it is.
    pub eid: EidId,
    /// Until when it counts.
    pub ends_at: Time,
}

/// What others are told of a serial number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Issued and not revoked.
    Good,
    /// Revoked.
    Revoked(Time, Reason),
}

/// A line of a revocation list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revoked {
    /// Whose certificate.
    pub serial: Serial,
    /// Since when.
    pub at: Time,
    /// Why.
    pub reason: Reason,
}

/// Certificates.
pub struct Certificates<'t, 'c>(pub(super) &'t mut Tx<'c>);

type Stored = (
    Vec<u8>,
    Vec<u8>,
    Option<Vec<u8>>,
    String,
    Vec<u8>,
    i64,
    i64,
    Option<i64>,
    Option<String>,
);

macro_rules! stored {
    () => {
        certificates::table.select((
            certificates::serial,
            certificates::eid,
            certificates::open_of,
            certificates::ca,
            certificates::der,
            certificates::issued_at,
            certificates::ends_at,
            certificates::revoked_at,
            certificates::reason,
        ))
    };
}

/// Those that count and end by `until`.
#[diesel::dsl::auto_type]
pub(super) fn ending_by(until: i64, limit: i64) -> _ {
    certificates::table
        .filter(certificates::open_of.is_not_null())
        .filter(certificates::ends_at.le(until))
        .order((certificates::ends_at, certificates::serial))
        .select((certificates::serial, certificates::eid, certificates::ends_at))
        .limit(limit)
}

/// Those of them whose holders were not told.
#[diesel::dsl::auto_type]
pub(super) fn untold_by(until: i64, limit: i64) -> _ {
    let ending: ending_by = ending_by(until, limit);
    ending.filter(certificates::told_at.is_null())
}

impl Certificates<'_, '_> {
    /// Keeps a certificate as the one of its eID that counts. Where there is one already, or its serial number is taken, the act runs
    /// again.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn insert(&mut self, new: &NewCertificate) -> Result<(), Halt> {
        let serial = new.serial.bytes();
        let der = self.0.vault.seal(place(&serial), &new.der, self.0.rng);
        diesel::insert_into(certificates::table)
            .values((
                certificates::serial.eq(serial.to_vec()),
                certificates::eid.eq(new.eid.bytes().to_vec()),
                certificates::open_of.eq(Some(new.eid.bytes().to_vec())),
                certificates::ca.eq(&new.ca),
                certificates::der.eq(der),
                certificates::key.eq(Some(&new.key)),
                certificates::issued_at.eq(new.issued_at.micros()),
                certificates::ends_at.eq(new.ends_at.micros()),
            ))
            .execute(self.0.db)?;
        Ok(())
    }

    /// The certificate of an eID that counts, if it has one.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn open_of(&mut self, eid: EidId) -> Result<Option<CertificateRow>, Halt> {
        let row = stored!()
            .filter(certificates::open_of.eq(eid.bytes().to_vec()))
            .first::<Stored>(self.0.db)
            .optional()?;
        row.map(|row| self.read(row)).transpose()
    }

    /// Every certificate that an eID ever had, the newest first.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn of_eid(&mut self, eid: EidId) -> Result<Vec<CertificateRow>, Halt> {
        let rows = stored!()
            .filter(certificates::eid.eq(eid.bytes().to_vec()))
            .order((certificates::issued_at.desc(), certificates::serial))
            .load::<Stored>(self.0.db)?;
        rows.into_iter().map(|row| self.read(row)).collect()
    }

    /// Whether an eID ever had one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn had_any(&mut self, eid: EidId) -> Result<bool, Halt> {
        let found = certificates::table.filter(certificates::eid.eq(eid.bytes().to_vec()));
        Ok(diesel::select(diesel::dsl::exists(found)).get_result(self.0.db)?)
    }

    /// When a certificate of these eIDs was last revoked for one of these reasons.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn last_end(&mut self, eids: &[EidId], reasons: &[Reason]) -> Result<Option<Time>, Halt> {
        let ids: Vec<Vec<u8>> = eids.iter().map(|eid| eid.bytes().to_vec()).collect();
        let words: Vec<_> = reasons.iter().map(|reason| reason.as_str()).collect();
        let latest = certificates::table
            .filter(certificates::eid.eq_any(ids))
            .filter(certificates::reason.eq_any(words))
            .select(diesel::dsl::max(certificates::revoked_at))
            .get_result::<Option<i64>>(self.0.db)?;
        Ok(latest.map(Time::from_micros))
    }

    /// What others are told of this serial number of that CA; nothing where it issued none such.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn standing(&mut self, ca: &str, serial: Serial) -> Result<Option<Standing>, Halt> {
        let found = certificates::table
            .find(serial.bytes().to_vec())
            .filter(certificates::ca.eq(ca))
            .select((certificates::revoked_at, certificates::reason))
            .first::<(Option<i64>, Option<String>)>(self.0.db)
            .optional()?;
        let standing = found.map(|(at, reason)| {
            Ok::<_, Fault>(match revoked(at, reason, serial)? {
                Some((at, reason)) => Standing::Revoked(at, reason),
                None => Standing::Good,
            })
        });
        Ok(standing.transpose()?)
    }

    /// Revokes a certificate that counts; its private key is erased. `false` when it did not count any more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn revoke(&mut self, row: &CertificateRow, reason: Reason, now: Time) -> Result<bool, Halt> {
        let here = certificates::table
            .find(row.serial.bytes().to_vec())
            .filter(certificates::open_of.is_not_null());
        let touched = diesel::update(here)
            .set((
                certificates::open_of.eq(None::<Vec<u8>>),
                certificates::key.eq(None::<Vec<u8>>),
                certificates::revoked_at.eq(micros(Some(now))),
                certificates::reason.eq(Some(reason.as_str())),
                certificates::unlisted_of.eq(Some(&row.ca)),
            ))
            .execute(self.0.db)?;
        Ok(touched == 1)
    }

    /// Ends a certificate whose time is over; its private key is erased. `false` when it did not count any more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn end(&mut self, serial: Serial) -> Result<bool, Halt> {
        let here = certificates::table
            .find(serial.bytes().to_vec())
            .filter(certificates::open_of.is_not_null());
        let touched = diesel::update(here)
            .set((
                certificates::open_of.eq(None::<Vec<u8>>),
                certificates::key.eq(None::<Vec<u8>>),
            ))
            .execute(self.0.db)?;
        Ok(touched == 1)
    }

    /// Those that count and end by `until`, soonest first, whose holders were told of it (`told`) or were not. Nothing sealed is opened:
    /// a row that does not open keeps nobody else waiting.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn ending(&mut self, until: Time, told: bool, limit: i64) -> Result<Vec<Ending>, Halt> {
        let rows = if told {
            ending_by(until.micros(), limit).load(self.0.db)?
        } else {
            untold_by(until.micros(), limit).load(self.0.db)?
        };
        let ending = |(serial, eid, ends): (Vec<u8>, Vec<u8>, i64)| {
            Ok(Ending {
                serial: serial_of(&serial)?,
                eid: EidId::from_bytes(id16(&eid, "certificates", "eid")?),
                ends_at: Time::from_micros(ends),
            })
        };
        rows.into_iter().map(ending).collect()
    }

    /// Notes that a holder was told of the end. `false` when somebody else did it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn note_told(&mut self, serial: Serial, now: Time) -> Result<bool, Halt> {
        let here = certificates::table
            .find(serial.bytes().to_vec())
            .filter(certificates::told_at.is_null());
        let touched = diesel::update(here)
            .set(certificates::told_at.eq(micros(Some(now))))
            .execute(self.0.db)?;
        Ok(touched == 1)
    }

    /// What a list of this CA says at `now`, in the order of serial numbers.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn revoked(&mut self, ca: &str, now: Time) -> Result<Vec<Revoked>, Halt> {
        let rows = certificates::table
            .filter(certificates::ca.eq(ca).and(certificates::revoked_at.is_not_null()))
            .filter(certificates::ends_at.gt((now - LISTED_AFTER_END).micros()))
            .order(certificates::serial)
            .select((certificates::serial, certificates::revoked_at, certificates::reason))
            .load::<(Vec<u8>, Option<i64>, Option<String>)>(self.0.db)?;
        let line = |(serial, at, reason): (Vec<u8>, Option<i64>, Option<String>)| {
            let serial = serial_of(&serial)?;
            let (at, reason) =
                revoked(at, reason, serial)?.ok_or_else(|| Fault::corrupt("certificates", "revoked_at", serial))?;
            Ok(Revoked { serial, at, reason })
        };
        rows.into_iter().map(line).collect()
    }

    /// The revocations of this CA that stand in no list yet.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn unlisted(&mut self, ca: &str) -> Result<Vec<Serial>, Halt> {
        let rows = certificates::table
            .filter(certificates::unlisted_of.eq(ca))
            .select(certificates::serial)
            .load::<Vec<u8>>(self.0.db)?;
        rows.iter().map(|serial| serial_of(serial)).collect()
    }

    /// Notes that these stand in a list.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn note_listed(&mut self, serials: &[Serial]) -> Result<(), Halt> {
        for some in serials.chunks(500) {
            let keys: Vec<Vec<u8>> = some.iter().map(|serial| serial.bytes().to_vec()).collect();
            diesel::update(certificates::table.filter(certificates::serial.eq_any(keys)))
                .set(certificates::unlisted_of.eq(None::<String>))
                .execute(self.0.db)?;
        }
        Ok(())
    }

    fn read(&self, row: Stored) -> Result<CertificateRow, Halt> {
        let (serial, eid, open_of, ca, sealed, issued, ends, at, reason) = row;
        let serial = serial_of(&serial)?;
        let der = self.0.vault.open(place(&serial.bytes()), &sealed);
        let der = der.map_err(|error| Fault::new("certificates.der does not open", error))?;
        Ok(CertificateRow {
            serial,
            eid: EidId::from_bytes(id16(&eid, "certificates", "eid")?),
            ca,
            der: der.to_vec(),
            issued_at: Time::from_micros(issued),
            ends_at: Time::from_micros(ends),
            revoked: revoked(at, reason, serial)?,
            open: open_of.is_some(),
        })
    }
}

fn serial_of(bytes: &[u8]) -> Result<Serial, Halt> {
    Ok(Serial::from_bytes(bytes).ok_or_else(|| Fault::corrupt("certificates", "serial", "a row"))?)
}

fn revoked(at: Option<i64>, reason: Option<String>, serial: Serial) -> Result<Option<(Time, Reason)>, Fault> {
    let corrupt = || Fault::corrupt("certificates", "reason", serial);
    match (at, reason) {
        (None, None) => Ok(None),
        (Some(at), Some(reason)) => Ok(Some((
            Time::from_micros(at),
            Reason::parse(&reason).ok_or_else(corrupt)?,
        ))),
        _ => Err(corrupt()),
    }
}

const fn place(serial: &[u8; 16]) -> Place<'_> {
    Place {
        column: Sealed::CertificatesDer,
        row: serial,
    }
}
