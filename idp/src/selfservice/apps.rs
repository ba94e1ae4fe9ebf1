//! A person's devices with a code app (M13): which there are, what they are called, and a hand-over that brings one more in. One is stopped
//! where everything is stopped (`block`).

use serde::Serialize;

use super::account::Holder;
use super::approval::{self, Typed, Wrong};
use super::shown::maybe;
use crate::credentials::code_app::{self, Begun};
use crate::credentials::keycard::Asked;
use crate::ctx::Ctx;
use crate::domain::authenticator::State;
use crate::domain::code_app::{MOST, device_name};
use crate::domain::factor::Factor;
use crate::domain::id::AuthenticatorId;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::time::Time;
use crate::login::Ceremony;
use crate::storage::{Authenticator, Halt, Tx};

/// A device.
#[derive(Debug, Clone, Serialize)]
pub(super) struct AppLine {
    pub(super) id: String,
    /// What its holder calls it.
    pub(super) name: String,
    #[serde(serialize_with = "maybe")]
    pub(super) since: Option<Time>,
    #[serde(serialize_with = "maybe")]
    pub(super) used_at: Option<Time>,
    /// From when on it may be used, while that is to come.
    #[serde(serialize_with = "maybe")]
    pub(super) waits_until: Option<Time>,
}

/// What the page shows.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Apps {
    pub(super) apps: Vec<AppLine>,
    /// Whether one more may come in.
    pub(super) may_add: bool,
}

/// Reads it.
pub(super) fn read(tx: &mut Tx<'_>, ctx: &Ctx, holder: &Holder) -> Result<Apps, Halt> {
    let held = tx.authenticators().of_eid(holder.eid.id)?;
    let in_use = |one: &Authenticator| one.factor == Factor::App && one.state == State::Active;
    let apps: Vec<AppLine> = held
        .into_iter()
        .filter(in_use)
        .map(|one| AppLine {
            id: one.id.to_string(),
            name: one.name,
            since: one.active_at,
            used_at: one.used_at,
            waits_until: one.usable_at.filter(|usable| *usable > ctx.now),
        })
        .collect();
    Ok(Apps {
        may_add: apps.len() < MOST,
        apps,
    })
}

/// One of them.
pub(super) fn one(tx: &mut Tx<'_>, ctx: &Ctx, holder: &Holder, id: AuthenticatorId) -> Result<AppLine, Halt> {
    let id = id.to_string();
    let found = read(tx, ctx, holder)?.apps.into_iter().find(|app| app.id == id);
    Ok(found.ok_or(Code::AppUnknown)?)
}

/// Gives a device another name. The refusal of a name that is none.
pub(super) fn rename(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    holder: &Holder,
    (id, name): (AuthenticatorId, &str),
) -> Result<Result<(), Refusal>, Halt> {
    let Some(name) = device_name(name) else {
        return Ok(Err(Refusal::new(Code::AppName).at("name")));
    };
    holder.hold(tx, ctx, house)?;
    code_app::rename(tx, ctx, holder.who(), id, &name).map(Ok)
}

/// What the card asks before a hand-over; refused where there are devices enough.
pub(super) fn ask(tx: &mut Tx<'_>, ctx: &Ctx, holder: &Holder) -> Result<Asked, Halt> {
    if read(tx, ctx, holder)?.may_add {
        approval::ask(tx, ctx, holder)
    } else {
        Err(Code::AppTooMany.into())
    }
}

/// Begins a hand-over, approved with a code of the card.
pub(super) fn begin(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    holder: &Holder,
    typed: &Typed,
) -> Result<Result<Begun, Wrong>, Halt> {
    holder.hold(tx, ctx, house)?;
    let (asked, code) = match approval::read(tx, ctx, holder, typed)? {
        Ok(answer) => answer,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let told = code_app::begin(tx, ctx, &house.vault, holder.who(), (&asked, &code))?;
    Ok(approval::told(told))
}
