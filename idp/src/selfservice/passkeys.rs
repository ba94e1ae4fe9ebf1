//! A person's passkeys: which there are, one more, another name, the end of one (M06, M15).

use serde::Serialize;
use serde_json::Value;

use super::account::Holder;
use super::shown::{maybe, moment};
use crate::credentials::passkey::{self, AddAsked, Adds};
use crate::ctx::Ctx;
use crate::domain::authenticator::State;
use crate::domain::factor::Factor;
use crate::domain::id::AuthenticatorId;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::time::Time;
use crate::login::Ceremony;
use crate::storage::{AliasKind, Halt, Tx};
use crate::vault::passkey::Registered;

/// A passkey in use.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Line {
    pub(super) id: String,
    pub(super) name: String,
    /// Its maker vouches that the key cannot leave the device.
    pub(super) in_hardware: bool,
    #[serde(serialize_with = "moment")]
    pub(super) added_at: Time,
    #[serde(serialize_with = "maybe")]
    pub(super) used_at: Option<Time>,
    /// From when on it may be used, while that is to come.
    #[serde(serialize_with = "maybe")]
    pub(super) usable_at: Option<Time>,
}

/// What the page shows.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Passkeys {
    pub(super) passkeys: Vec<Line>,
    /// Whether one more may be added.
    pub(super) may_add: bool,
    /// Whether there is something else to log in with.
    pub(super) others: bool,
}

/// What would be switched off, and what would be left.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Alone {
    /// Passkeys that can be used now.
    pub(super) passkeys: usize,
    pub(super) cards: Vec<String>,
    pub(super) tokens: Vec<String>,
    /// A token is ordered.
    pub(super) ordered: bool,
    pub(super) apps: Vec<String>,
    pub(super) voice: bool,
}

/// Those in use.
pub(super) fn lines(tx: &mut Tx<'_>, ctx: &Ctx, holder: &Holder) -> Result<Vec<Line>, Halt> {
    let keys = tx.passkeys().in_use(holder.eid.id)?;
    let held = tx.authenticators().of_eid(holder.eid.id)?;
    let in_use = held
        .into_iter()
        .filter(|held| held.factor == Factor::Passkey && held.state == State::Active);
    let line = |held: crate::storage::Authenticator| Line {
        in_hardware: keys.iter().any(|key| key.id == held.id && key.in_hardware),
        id: held.id.to_string(),
        name: held.name,
        added_at: held.active_at.unwrap_or(ctx.now),
        used_at: held.used_at,
        usable_at: held.usable_at.filter(|usable| *usable > ctx.now),
    };
    Ok(in_use.map(line).collect())
}

/// Reads it.
pub(super) fn read(tx: &mut Tx<'_>, ctx: &Ctx, house: &Ceremony, holder: &Holder) -> Result<Passkeys, Halt> {
    let passkeys = lines(tx, ctx, holder)?;
    Ok(Passkeys {
        others: !passkey::others(tx, holder.who())?.is_empty(),
        may_add: passkeys.len() < house.passkeys.most,
        passkeys,
    })
}

/// What would be switched off.
pub(super) fn before_alone(tx: &mut Tx<'_>, ctx: &Ctx, holder: &Holder) -> Result<Alone, Halt> {
    let all = lines(tx, ctx, holder)?;
    let others = passkey::others(tx, holder.who())?;
    Ok(Alone {
        passkeys: all.iter().filter(|line| line.usable_at.is_none()).count(),
        cards: others.cards,
        tokens: others.tokens,
        ordered: others.ordered,
        apps: others.apps,
        voice: others.voice,
    })
}

/// Switches it off.
pub(super) fn alone(tx: &mut Tx<'_>, ctx: &Ctx, house: &Ceremony, holder: &Holder) -> Result<(), Halt> {
    holder.hold(tx, ctx, house)?;
    passkey::alone(tx, ctx, holder.who())
}

/// One of them.
pub(super) fn one(tx: &mut Tx<'_>, ctx: &Ctx, holder: &Holder, id: AuthenticatorId) -> Result<Line, Halt> {
    let mut all = lines(tx, ctx, holder)?.into_iter();
    let id = id.to_string();
    Ok(all.find(|line| line.id == id).ok_or(Code::PasskeyUnknown)?)
}

/// Whether a key alone adds another: so it is for an eID on hardware as long as one is in use.
pub(super) fn wants_key(tx: &mut Tx<'_>, holder: &Holder) -> Result<bool, Halt> {
    Ok(holder.eid.on_hardware && !tx.passkeys().in_use(holder.eid.id)?.is_empty())
}

/// The holder as whoever adds a passkey.
fn adds<'a>(house: &'a Ceremony, holder: &Holder) -> Adds<'a> {
    Adds {
        rules: &house.passkeys,
        who: holder.who(),
        session: holder.session.id,
    }
}

/// What the browser is asked to make a key by; or why none is added.
pub(super) fn ask(tx: &mut Tx<'_>, house: &Ceremony, holder: &Holder, asked: &AddAsked) -> Result<Value, Halt> {
    let names = tx.aliases().of_eid(holder.eid.id)?;
    let chosen = names.into_iter().find(|(kind, _)| *kind == AliasKind::Chosen);
    let shown = chosen.map_or_else(|| holder.eid.number.grouped(), |(_, name)| name);
    passkey::asks_to_add(tx, &adds(house, holder), asked, &shown)
}

/// Checks what the browser brought: no connection is held.
pub(super) fn check(
    house: &Ceremony,
    ctx: &Ctx,
    holder: &Holder,
    asked: &AddAsked,
    brought: &str,
) -> Result<Result<Registered, Code>, Halt> {
    Ok(adds(house, holder).check(&house.vault, ctx, asked, brought)?)
}

/// Takes it in; whether it may be used at once.
pub(super) fn add(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    holder: &Holder,
    came: (&Registered, &str),
) -> Result<Result<bool, Refusal>, Halt> {
    holder.hold(tx, ctx, house)?;
    let wants = wants_key(tx, holder)?;
    holder.shows_key(wants)?;
    Ok(passkey::receive(tx, ctx, &adds(house, holder), came)?.map(|passkey| {
        let usable_at = passkey.usable_at;
        usable_at.is_none_or(|usable| usable <= ctx.now)
    }))
}

/// Gives one another name.
pub(super) fn rename(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    holder: &Holder,
    (id, called): (AuthenticatorId, &str),
) -> Result<Result<(), Refusal>, Halt> {
    holder.hold(tx, ctx, house)?;
    passkey::rename(tx, ctx, holder.who(), id, called)
}

/// Ends one for good.
pub(super) fn block(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    holder: &Holder,
    id: AuthenticatorId,
) -> Result<(), Halt> {
    holder.hold(tx, ctx, house)?;
    passkey::block(tx, ctx, holder.who(), id)
}
