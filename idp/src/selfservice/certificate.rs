//! The certificate in self-service (M52, M53): what it says, whether the name is right, renewal, one for a public eID that has none yet.
//! Stopping it is among what can be stopped (`block`).

use serde::Serialize;

use super::account::Holder;
use super::shown::{maybe, moment};
use crate::certificates::{self, pem};
use crate::ctx::Ctx;
use crate::domain::certificate::{Reason, Renewal, Subject, check_until, renewal};
use crate::domain::cpr::Cpr;
use crate::domain::register::Entry;
use crate::domain::time::Time;
use crate::issuing::registered_now;
use crate::login::Ceremony;
use crate::storage::{CertificateRow, Halt, Tx};

/// The certificate that counts.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Shown {
    pub(super) serial: String,
    pub(super) subject: Subject,
    /// The name of the CA.
    pub(super) issuer: String,
    #[serde(serialize_with = "moment")]
    pub(super) issued_at: Time,
    #[serde(serialize_with = "moment")]
    pub(super) ends_at: Time,
    /// A wrong name is to be put right until then.
    #[serde(serialize_with = "moment")]
    pub(super) check_until: Time,
    /// That day is still to come.
    pub(super) check: bool,
    /// Why it can be renewed without asking the register.
    pub(super) renewal: Option<Renewal>,
    pub(super) pem: String,
}

/// One that counts no more.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Past {
    pub(super) serial: String,
    #[serde(serialize_with = "moment")]
    pub(super) issued_at: Time,
    #[serde(serialize_with = "maybe")]
    pub(super) revoked_at: Option<Time>,
    pub(super) reason: Option<Reason>,
}

/// What the page shows.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Own {
    pub(super) certificate: Option<Shown>,
    pub(super) past: Vec<Past>,
    /// The eID is public and has none: it can have one.
    pub(super) may_have: bool,
    /// Where the certificates above it are.
    pub(super) chain: Option<String>,
}

/// Reads it.
pub(super) fn read(tx: &mut Tx<'_>, ctx: &Ctx, holder: &Holder) -> Result<Own, Halt> {
    let all = tx.certificates().of_eid(holder.eid.id)?;
    let open = all.iter().find(|row| row.open);
    let past = all.iter().filter(|row| !row.open).map(|row| Past {
        serial: row.serial.to_string(),
        issued_at: row.issued_at,
        revoked_at: row.revoked.map(|(at, _)| at),
        reason: row.revoked.map(|(_, reason)| reason),
    });
    Ok(Own {
        chain: open.map(|row| format!("/ca/{}.pem", row.ca)),
        past: past.collect(),
        may_have: open.is_none() && holder.eid.public,
        certificate: open.map(|row| shown(tx, ctx, holder, row)).transpose()?,
    })
}

fn shown(tx: &mut Tx<'_>, ctx: &Ctx, holder: &Holder, row: &CertificateRow) -> Result<Shown, Halt> {
    let subject = certificates::subject(&row.der)?;
    let (_, fresh) = certificates::subject_of(tx, ctx, holder.who())?;
    let check_until = check_until(row.issued_at);
    Ok(Shown {
        serial: row.serial.to_string(),
        renewal: renewal(&subject, &fresh, row.ends_at, ctx.now),
        subject,
        issuer: certificates::issuer(&row.der)?,
        issued_at: row.issued_at,
        ends_at: row.ends_at,
        check: ctx.now < check_until,
        check_until,
        pem: pem::text(pem::CERTIFICATE, &row.der).to_string(),
    })
}

/// The certificate as a file.
pub(super) fn download(tx: &mut Tx<'_>, holder: &Holder) -> Result<Option<Vec<u8>>, Halt> {
    Ok(tx.certificates().open_of(holder.eid.id)?.map(|row| row.der))
}

/// Whom the register is asked about.
pub(super) fn number(tx: &mut Tx<'_>, holder: &Holder) -> Result<Option<Cpr>, Halt> {
    tx.people().cpr(holder.eid.person)
}

/// Renews it, with what the register says now.
pub(super) fn renew(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    holder: &Holder,
    entry: Option<&Entry>,
) -> Result<(), Halt> {
    holder.hold(tx, ctx, house)?;
    registered_now(tx, holder.eid.person, entry)?;
    certificates::renew(tx, ctx, holder.who()).map(drop)
}

/// Issues one for a public eID that has none, with what the register says now.
pub(super) fn issue(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    holder: &Holder,
    entry: Option<&Entry>,
) -> Result<(), Halt> {
    holder.hold(tx, ctx, house)?;
    // As it is now: it may have ended while the register was asked.
    if !tx.eids().find(holder.eid.id)?.public {
        return Err(crate::domain::refusal::Code::CertificateNone.into());
    }
    registered_now(tx, holder.eid.person, entry)?;
    certificates::issue(tx, ctx, holder.who()).map(drop)
}
