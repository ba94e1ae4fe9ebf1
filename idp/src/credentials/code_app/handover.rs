//! A device comes in: a hand-over that is shown once, then the key that the app sends for it.

use crate::audit::Who;
use crate::credentials::block::{HOLDER, OFFICER};
use crate::credentials::change::{ends_all, record_change};
use crate::credentials::keycard::{Approval, Told, approve};
use crate::ctx::Ctx;
use crate::delivery::{Notice, notice};
use crate::domain::authenticator::State;
use crate::domain::code_app::{HANDOVER_LIFE, Handover, MOST};
use crate::domain::eid::EidStatus;
use crate::domain::factor::Factor;
use crate::domain::id::AuthenticatorId;
use crate::domain::refusal::Code;
use crate::domain::time::{Span, Time};
use crate::storage::{CodeApp, Halt, NewDevice, Tx};
use crate::vault::{Mac, Vault};

/// A hand-over that waits for its app.
#[derive(Debug)]
pub struct Begun {
    /// The device-to-be.
    pub id: AuthenticatorId,
    /// What the person types or scans; shown once, stored nowhere.
    pub handover: Handover,
    /// Until when.
    pub until: Time,
}

fn hashed(vault: &Vault, handover: &Handover) -> [u8; 32] {
    vault.mac(Mac::Handover, handover.digits().as_bytes())
}

/// Begins a hand-over, approved with a code of the card.
///
/// # Errors
/// `app.too_many` when the eID has all the devices that it may; or when the database does not answer.
pub fn begin(tx: &mut Tx<'_>, ctx: &Ctx, vault: &Vault, who: Who, approval: Approval<'_>) -> Result<Told<Begun>, Halt> {
    let held = tx.authenticators().of_eid(who.eid)?;
    let devices = held
        .iter()
        .filter(|held| held.factor == Factor::App && held.state == State::Active);
    if devices.count() >= MOST {
        return Err(Code::AppTooMany.into());
    }
    if let Err(refused) = approve(tx, ctx, who, approval)? {
        return Ok(Err(refused));
    }
    let id = AuthenticatorId::from_uuid(ctx.rng.uuid_v7(ctx.now));
    let handover = Handover::from_random(ctx.rng.below_u64(Handover::COUNT));
    tx.code_apps().begin(id, who.eid, hashed(vault, &handover), ctx.now)?;
    changed(tx, ctx, who, id, State::Assigned, "handed_over")?;
    Ok(Ok(Begun {
        id,
        handover,
        until: ctx.now + HANDOVER_LIFE,
    }))
}

/// Takes in the key that an app sends for a hand-over; it may be used when `waits` is over. The signature was checked before: the sender
/// holds the key.
///
/// # Errors
/// `app.handover` for a hand-over that is none, lapsed or used; `app.too_many`; or when the database does not answer.
pub fn receive(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    vault: &Vault,
    handover: &Handover,
    device: NewDevice<'_>,
    waits: Span,
) -> Result<CodeApp, Halt> {
    let found = tx.code_apps().by_handover(hashed(vault, handover))?;
    let app = found
        .filter(|app| app.state == State::Assigned && ctx.now < app.made_at + HANDOVER_LIFE)
        .ok_or(Code::AppHandover)?;
    let eid = tx.eids().find(app.eid)?;
    if eid.status != EidStatus::Active {
        return Err(Code::AppHandover.into());
    }
    // A block that commits first stops it; one that comes later finds the device and ends it.
    if !tx.eids().hold(eid.id, eid.epoch, None)? {
        return Err(Halt::Again);
    }
    let usable_at = ctx.now + waits;
    if !tx.code_apps().receive(&app, device, usable_at, ctx.now)? {
        return Err(Halt::Again);
    }
    let who = Who {
        person: eid.person,
        eid: eid.id,
    };
    changed(tx, ctx, who, app.id, State::Active, "key_received")?;
    notice(tx, ctx, who, Notice::DeviceAdded)?;
    Ok(CodeApp {
        state: State::Active,
        name: device.name.to_owned(),
        key: Some(device.key.clone()),
        usable_at: Some(usable_at),
        version: app.version + 1,
        ..app
    })
}

/// Ends a device for good: it is lost, or no longer used. The person is logged in; no code is needed to have less. Whoever had the device
/// may have used it: everything that the eID's log-ins gave ends with it.
///
/// # Errors
/// `app.unknown` when the eID has no such device; or when the database does not answer.
pub fn block(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, id: AuthenticatorId) -> Result<(), Halt> {
    end(tx, ctx, who, id, HOLDER)
}

/// The same, done by an officer.
///
/// # Errors
/// As [`block`].
pub fn block_by_officer(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, id: AuthenticatorId) -> Result<(), Halt> {
    end(tx, ctx, who, id, OFFICER)
}

fn end(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, id: AuthenticatorId, how: &'static str) -> Result<(), Halt> {
    let app = of(tx, who, id)?;
    close(tx, ctx, who, &app, how)?;
    ends_all(tx, ctx, who, Notice::FactorBlocked)
}

/// Ends every device of an eID that does without them, or is blocked or closed itself, and the hand-over that waits.
///
/// # Errors
/// When the database does not answer, or somebody else changed a device meanwhile (the act runs again).
pub fn close_all(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, how: &'static str) -> Result<(), Halt> {
    for held in tx.authenticators().of_eid(who.eid)? {
        if held.factor == Factor::App && held.state == State::Active {
            let app = of(tx, who, held.id)?;
            close(tx, ctx, who, &app, how)?;
        }
    }
    tx.code_apps().drop_handovers(who.eid)
}

/// Gives a device another name.
///
/// # Errors
/// `app.unknown` when the eID has no such device; or when the database does not answer.
pub fn rename(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, id: AuthenticatorId, name: &str) -> Result<(), Halt> {
    let app = of(tx, who, id)?;
    tx.authenticators().rename(id, who.eid, name)?;
    changed(tx, ctx, who, id, app.state, "renamed")
}

/// A device is woken there from now on, or nowhere.
///
/// # Errors
/// `app.unknown` when it was blocked meanwhile; or when the database does not answer.
pub fn wake_at(tx: &mut Tx<'_>, ctx: &Ctx, id: AuthenticatorId, push: Option<&str>) -> Result<(), Halt> {
    let app = tx.code_apps().find(id)?.ok_or(Code::AppUnknown)?;
    let eid = tx.eids().find(app.eid)?;
    let who = Who {
        person: eid.person,
        eid: eid.id,
    };
    if !tx.code_apps().wake_at(id, push)? {
        return Err(Code::AppUnknown.into());
    }
    changed(tx, ctx, who, id, State::Active, "push_changed")
}

/// A device of this eID that is in use.
fn of(tx: &mut Tx<'_>, who: Who, id: AuthenticatorId) -> Result<CodeApp, Halt> {
    let found = tx.code_apps().find(id)?;
    let theirs = found.filter(|app| app.eid == who.eid && app.state == State::Active);
    Ok(theirs.ok_or(Code::AppUnknown)?)
}

fn close(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, app: &CodeApp, how: &'static str) -> Result<(), Halt> {
    if !tx.code_apps().close(app, ctx.now)? {
        return Err(Halt::Again);
    }
    changed(tx, ctx, who, app.id, State::Closed, how)
}

fn changed(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    who: Who,
    id: AuthenticatorId,
    to: State,
    how: &'static str,
) -> Result<(), Halt> {
    record_change(tx, ctx, who, (Factor::App, id.to_string()), to, how)
}
