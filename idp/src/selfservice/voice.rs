//! Voice response in self-service: which number is called, what it costs, another number, the end of it (M11).

use serde::Serialize;

use super::account::Holder;
use crate::credentials::voice;
use crate::ctx::Ctx;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::voice::Line;
use crate::login::Ceremony;
use crate::storage::{Halt, Tx};

/// What the page shows.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Own {
    /// The last two digits of the number that is called.
    pub(super) ends: Option<String>,
    /// Whether it can be ordered.
    pub(super) offered: bool,
    /// In kroner, where it is not free.
    pub(super) price: Option<String>,
}

/// Reads it.
pub(super) fn read(tx: &mut Tx<'_>, house: &Ceremony, holder: &Holder) -> Result<Own, Halt> {
    let line = tx.voices().in_use(holder.eid.id)?.and_then(|line| line.line);
    let price = house.voice.price_oere;
    Ok(Own {
        ends: line.map(|line| format!("{:02}", line.ends())),
        offered: house.voice.offered,
        price: (price > 0).then(|| format!("{},{:02}", price / 100, price % 100)),
    })
}

/// Orders it to this number, or moves it there. The refusal of what was typed.
pub(super) fn order(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    holder: &Holder,
    (phone, accepts): (&str, bool),
) -> Result<Result<(), Refusal>, Halt> {
    let line = match Line::parse(phone) {
        Ok(line) => line,
        Err(code) => return Ok(Err(Refusal::new(code).at("phone"))),
    };
    let has = tx.voices().in_use(holder.eid.id)?.is_some();
    if house.voice.price_oere > 0 && !accepts && !has {
        return Ok(Err(Refusal::new(Code::VoicePrice).at("accept")));
    }
    holder.hold(tx, ctx, house)?;
    voice::order(tx, ctx, holder.who(), &line, house.voice, "ordered").map(Ok)
}

/// Ends it.
pub(super) fn block(tx: &mut Tx<'_>, ctx: &Ctx, house: &Ceremony, holder: &Holder) -> Result<(), Halt> {
    holder.hold(tx, ctx, house)?;
    voice::block(tx, ctx, holder.who())
}
