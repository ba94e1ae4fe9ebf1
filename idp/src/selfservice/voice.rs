//! Voice response in self-service: which number is called, what it costs, another number (M11). It ends where everything is
//! stopped (`block`).

use serde::Serialize;

use super::account::Holder;
use super::shown::maybe;
use crate::credentials::voice;
use crate::ctx::Ctx;
use crate::domain::contact::Sent as Spoken;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::time::Time;
use crate::domain::voice::Line;
use crate::login::Ceremony;
use crate::storage::{Halt, Tx};

/// What the page shows.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Own {
    /// The last two digits of the number that is called.
    pub(super) ends: Option<String>,
    /// From when on it serves, while that is to come.
    #[serde(serialize_with = "maybe")]
    pub(super) waits_until: Option<Time>,
    /// The last two digits of the number that was called just now and waits for the code that was read there.
    pub(super) confirms: Option<String>,
    /// Whether it can be ordered.
    pub(super) offered: bool,
    /// What it costs; 0: nothing.
    pub(super) price_oere: u32,
}

/// Reads it.
pub(super) fn read(tx: &mut Tx<'_>, ctx: &Ctx, house: &Ceremony, holder: &Holder) -> Result<Own, Halt> {
    let line = tx.voices().in_use(holder.eid.id)?;
    let waits_until = line.as_ref().and_then(|line| line.usable_at);
    Ok(Own {
        waits_until: waits_until.filter(|usable| *usable > ctx.now),
        ends: line.and_then(|line| line.line).map(|line| line.shown_end()),
        confirms: voice::awaits(tx, ctx, holder.who(), holder.session.id)?.map(|line| line.shown_end()),
        offered: house.voice.offered,
        price_oere: house.voice.price_oere,
    })
}

/// Orders it to this number, or asks to move it there, at the price that was shown and accepted; whoever has it pays nothing for another
/// number. `false` when that is the number already. The refusal of what was typed.
pub(super) fn order(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    holder: &Holder,
    (phone, accepted): (&str, Option<u32>),
) -> Result<Result<bool, Refusal>, Halt> {
    let line = match Line::parse(phone) {
        Ok(line) => line,
        Err(code) => return Ok(Err(Refusal::new(code).at("phone"))),
    };
    let price = house.voice.price_oere;
    if price > 0 && accepted != Some(price) && tx.voices().in_use(holder.eid.id)?.is_none() {
        return Ok(Err(Refusal::new(Code::VoicePrice).at("accept")));
    }
    holder.hold(tx, ctx, house)?;
    voice::order(tx, ctx, holder.who(), (holder.session.id, &line), house.voice).map(Ok)
}

/// Confirms the number by the code that was read there. The refusal of what was typed.
pub(super) fn confirm(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    holder: &Holder,
    typed: &str,
) -> Result<Result<(), Refusal>, Halt> {
    if voice::awaits(tx, ctx, holder.who(), holder.session.id)?.is_none() {
        return Ok(Err(Refusal::new(Code::VoiceLapsed)));
    }
    let spoken = match (typed.trim().is_empty(), Spoken::parse(typed)) {
        (true, _) => return Ok(Err(Refusal::new(Code::ContactCodeRequired).at("code"))),
        (_, None) => return Ok(Err(Refusal::new(Code::ContactCodeWrong).at("code"))),
        (_, Some(spoken)) => spoken,
    };
    holder.hold(tx, ctx, house)?;
    voice::confirm(tx, ctx, holder.who(), (holder.session.id, spoken), house.voice)
}
