//! The acts on one eID's certificate, each within the caller's transaction. What they sign takes some fifty microseconds (decision 0154).

use std::sync::Arc;

use super::read;
use super::x509::{self, Content, Issuer, Profile, Signing};
use crate::audit::{Event, Who, record};
use crate::ctx::Ctx;
use crate::delivery::{Notice, notice};
use crate::domain::certificate::{ENDS_SOON, Reason, Renewal, Serial, Subject, check_until, ends, group, renewal};
use crate::domain::denmark;
use crate::domain::eid::{AgeGroup, EidStatus};
use crate::domain::id::EidId;
use crate::domain::refusal::Code;
use crate::domain::time::Time;
use crate::fault::Fault;
use crate::pid;
use crate::session;
use crate::storage::{CertificateRow, Eid, Halt, NewCertificate, Tx};
use crate::vault::ca::Ca;

/// The eID becomes public: it is marked so, its person gets a PID or is found again by the one they have, a certificate is issued, the
/// holder is told and asked to look at the name. An eID that has a certificate keeps it. Whoever calls has recorded the four consents
/// (M41) and has fetched name and protection from the register into the person's row.
///
/// # Errors
/// `OCES004` under 15 or without a CPR number, `eid.state` when it is blocked or closed, `OCES005` when no CA issues; else when the
/// database does not answer.
pub fn issue(tx: &mut Tx<'_>, ctx: &Ctx, who: Who) -> Result<Serial, Halt> {
    let (serial, is_new) = found_or_made(tx, ctx, who)?;
    if is_new {
        let until = check_until(ctx.now);
        notice(tx, ctx, who, Notice::CertificateIssued { check_until: until })?;
    }
    Ok(serial)
}

/// The same, where nobody is told: what became of the eID is told already. An eID that has a certificate keeps it.
///
/// # Errors
/// As [`issue`].
pub fn issue_quietly(tx: &mut Tx<'_>, ctx: &Ctx, who: Who) -> Result<Serial, Halt> {
    found_or_made(tx, ctx, who).map(|(serial, _)| serial)
}

/// The certificate that counts, else a new one; `true` when it was made now.
fn found_or_made(tx: &mut Tx<'_>, ctx: &Ctx, who: Who) -> Result<(Serial, bool), Halt> {
    // Acts on one eID follow one another: no certificate is made beside a block that commits first.
    tx.eids().line_up(who.eid)?;
    if let Some(open) = tx.certificates().open_of(who.eid)? {
        return Ok((open.serial, false));
    }
    let (eid, subject) = subject_of(tx, ctx, who)?;
    if !eid.public {
        tx.eids().set_public(who.eid, true)?;
    }
    Ok((make(tx, ctx, who, &subject, "issued")?, true))
}

/// The CA that issues now: whoever is to become public is refused before anything is written, where there is none.
///
/// # Errors
/// `OCES005` when no CA issues.
pub fn issuing_ca(tx: &Tx<'_>, ctx: &Ctx) -> Result<Arc<Ca>, Code> {
    tx.vault().issuing_ca(ctx.now).ok_or_else(|| {
        log::error!("no CA issues: nothing becomes public until one is installed (`idp ca`)");
        Code::Oces005
    })
}

/// After an eID was opened: where it is public it gets another certificate. None where no CA issues or the law does not let it have one;
/// self-service offers it later.
///
/// # Errors
/// When the database does not answer.
pub fn follow(tx: &mut Tx<'_>, ctx: &Ctx, who: Who) -> Result<(), Halt> {
    if !tx.eids().find(who.eid)?.public {
        return Ok(());
    }
    tx.attempt(|tx| issue_quietly(tx, ctx, who)).map(drop)
}

/// Another certificate in the place of the one that counts, for a reason that the law knows; its serial number and the reason.
///
/// # Errors
/// `certificate.none` when there is none, `certificate.nothing_new` when the law knows no reason, else as [`issue`].
pub fn renew(tx: &mut Tx<'_>, ctx: &Ctx, who: Who) -> Result<(Serial, Renewal), Halt> {
    tx.eids().line_up(who.eid)?;
    let open = tx.certificates().open_of(who.eid)?.ok_or(Code::CertificateNone)?;
    let (_, fresh) = subject_of(tx, ctx, who)?;
    let why = renewal(&read::subject(&open.der)?, &fresh, open.ends_at, ctx.now).ok_or(Code::CertificateNothingNew)?;
    end(tx, ctx, who, &open, Reason::Superseded)?;
    let serial = make(tx, ctx, who, &fresh, why.as_str())?;
    let until = check_until(ctx.now);
    notice(tx, ctx, who, Notice::CertificateRenewed { check_until: until })?;
    Ok((serial, why))
}

/// Revokes the certificate that counts, if there is one; `false` when there is none. Where that ends public use, the eID is for netbanks
/// only from now on, and whatever its log-ins gave ends.
///
/// # Errors
/// When the database does not answer.
pub fn revoke(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, reason: Reason) -> Result<bool, Halt> {
    let revoked = revoke_quietly(tx, ctx, who, reason)?;
    if revoked && reason.ends_public_use() {
        tx.eids().raise_epoch(who.eid)?;
        session::end_all_of_eid(tx, ctx, who.eid)?;
        notice(tx, ctx, who, Notice::CertificateRevoked)?;
    }
    Ok(revoked)
}

/// The same, where nobody has logged in yet and nobody is told: for the demo's people.
///
/// # Errors
/// When the database does not answer.
pub fn revoke_quietly(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, reason: Reason) -> Result<bool, Halt> {
    let Some(open) = tx.certificates().open_of(who.eid)? else {
        return Ok(false);
    };
    end(tx, ctx, who, &open, reason)?;
    if reason.ends_public_use() {
        tx.eids().set_public(who.eid, false)?;
    }
    Ok(true)
}

/// Certificates whose end is near: their holders are told; those whose time is over end, and their eIDs with them as public ones, and whatever
/// their log-ins gave. So many at a time; how many were dealt with.
///
/// # Errors
/// When the database does not answer.
pub fn ending_round(tx: &mut Tx<'_>, ctx: &Ctx, limit: i64) -> Result<usize, Halt> {
    let mut dealt = 0;
    for row in tx.certificates().ending(ctx.now + ENDS_SOON, false, limit)? {
        if tx.certificates().note_told(row.serial, ctx.now)? {
            let (who, on) = (holder(tx, row.eid)?, row.ends_at);
            notice(tx, ctx, who, Notice::CertificateExpires { on })?;
        }
        dealt += 1;
    }
    for row in tx.certificates().ending(ctx.now, true, limit)? {
        if tx.certificates().end(row.serial)? {
            let (who, serial) = (holder(tx, row.eid)?, row.serial);
            tx.eids().set_public(who.eid, false)?;
            tx.eids().raise_epoch(who.eid)?;
            session::end_all_of_eid(tx, ctx, who.eid)?;
            record(tx, ctx, &Event::CertificateExpired { who, serial })?;
            notice(tx, ctx, who, Notice::CertificateExpired)?;
        }
        dealt += 1;
    }
    Ok(dealt)
}

fn holder(tx: &mut Tx<'_>, eid: EidId) -> Result<Who, Halt> {
    let person = tx.eids().find(eid)?.person;
    Ok(Who { person, eid })
}

/// The eID, and whom a certificate of it names now.
///
/// # Errors
/// As [`issue`].
pub fn subject_of(tx: &mut Tx<'_>, ctx: &Ctx, who: Who) -> Result<(Eid, Subject), Halt> {
    let eid = tx.eids().find(who.eid)?;
    if !matches!(eid.status, EidStatus::Active | EidStatus::Ordered) {
        return Err(Code::EidState.into());
    }
    let group = group(eid.birth_date, denmark::date(ctx.now));
    if !eid.has_cpr || group == AgeGroup::Child {
        return Err(Code::Oces004.into());
    }
    let pid = pid::of(tx, ctx, who.person)?;
    let person = tx.people().find(who.person)?;
    let subject = Subject::of(pid, &person.name, person.protected, group);
    Ok((eid, subject))
}

fn end(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, open: &CertificateRow, reason: Reason) -> Result<(), Halt> {
    if !tx.certificates().revoke(open, reason, ctx.now)? {
        return Err(Halt::Again);
    }
    metrics::counter!("idp_certificates_revoked_total", "reason" => reason.as_str()).increment(1);
    let serial = open.serial;
    record(tx, ctx, &Event::CertificateRevoked { who, serial, reason })
}

fn make(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, subject: &Subject, how: &'static str) -> Result<Serial, Halt> {
    let ca = issuing_ca(tx, ctx)?;
    let serial = Serial::from_random(ctx.rng.bytes());
    let (key, public_der) = tx
        .vault()
        .make_certificate_key(serial, &ctx.rng)
        .map_err(|error| Fault::new("the key of a certificate could not be made", error))?;
    let ends_at = ends(ctx.now, ca.ends);
    let der = signed(&ca, subject, serial, &public_der, ctx, ends_at)?;
    tx.certificates().insert(&NewCertificate {
        serial,
        eid: who.eid,
        ca: ca.id.clone(),
        der,
        key,
        issued_at: ctx.now,
        ends_at,
    })?;
    metrics::counter!("idp_certificates_issued_total", "how" => how).increment(1);
    let until = ends_at;
    record(
        tx,
        ctx,
        &Event::CertificateIssued {
            who,
            serial,
            how,
            until,
        },
    )?;
    Ok(serial)
}

fn signed(
    ca: &Ca,
    subject: &Subject,
    serial: Serial,
    public_der: &[u8],
    ctx: &Ctx,
    until: Time,
) -> Result<Vec<u8>, Fault> {
    let (name, ca_key) = read::ca(&ca.certificate_der)?;
    let issuer = Issuer {
        name,
        public_der: &ca_key,
        signing: Signing::P256,
        pen: &|bytes| ca.sign(bytes),
    };
    let content = Content {
        profile: Profile::Person {
            address: &ca.address,
            policy: &ca.policy,
            ca: &ca.id,
        },
        serial,
        subject: x509::person(subject)?,
        public_der,
        from: ctx.now,
        until,
    };
    x509::certificate(&issuer, content)
}
