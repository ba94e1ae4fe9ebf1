//! The first section: what an eID is, at a glance.

use serde::Serialize;

use super::account::Holder;
use super::shown::{bank, covered, maybe, moment};
use crate::credentials::passkey;
use crate::ctx::Ctx;
use crate::domain::id::EidId;
use crate::domain::time::Time;
use crate::login::Ceremony;
use crate::pid;
use crate::storage::{AliasKind, Halt, Tx};

/// A user-ID.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct UserId {
    /// `number`, `cpr`, `chosen`.
    pub(super) kind: &'static str,
    /// As it may be shown.
    pub(super) text: String,
}

/// A key card; never a code.
#[derive(Debug, Clone, Serialize)]
pub(super) struct CardLine {
    pub(super) number: String,
    /// The state's word.
    pub(super) state: &'static str,
    /// Codes that are left.
    pub(super) left: u32,
    /// Its life is over.
    pub(super) closed: bool,
    #[serde(serialize_with = "moment")]
    pub(super) ordered_at: Time,
    #[serde(serialize_with = "maybe")]
    pub(super) activated_at: Option<Time>,
    #[serde(serialize_with = "maybe")]
    pub(super) expires_at: Option<Time>,
}

/// What is shown.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Overview {
    pub(super) name: String,
    pub(super) eid_number: String,
    pub(super) user_ids: Vec<UserId>,
    /// May be used at public and private services.
    pub(super) public: bool,
    pub(super) pid: Option<String>,
    /// Linked banks, by name.
    pub(super) banks: Vec<String>,
    pub(super) cards: Vec<CardLine>,
    /// What is left to do of an eID on hardware: `key` (add one), `alone` (switch the rest off).
    pub(super) hardware: Option<&'static str>,
    #[serde(serialize_with = "maybe")]
    pub(super) password_set_at: Option<Time>,
    pub(super) email: Option<String>,
    pub(super) phone: Option<String>,
    #[serde(serialize_with = "moment")]
    pub(super) logged_in_at: Time,
}

/// Reads it.
pub(super) fn read(tx: &mut Tx<'_>, ctx: &Ctx, house: &Ceremony, holder: &Holder) -> Result<Overview, Halt> {
    let eid = &holder.eid;
    let person = tx.people().find(eid.person)?;
    let pid = pid::shown_by(eid, tx.pids().find(eid.person)?);
    let banks = tx.eids().banks(eid.id)?;
    Ok(Overview {
        name: person.name,
        eid_number: eid.number.grouped(),
        user_ids: user_ids(tx, holder)?,
        public: eid.public,
        pid: pid.map(|pid| pid.as_str().to_owned()),
        banks: banks.iter().map(|link| bank(house, &link.bank, ctx.locale)).collect(),
        cards: cards(tx, eid.id)?,
        hardware: left_to_do(tx, ctx, holder)?,
        password_set_at: tx.passwords().set_at(eid.id)?,
        email: person.email,
        phone: person.phone,
        logged_in_at: holder.session.authenticated_at,
    })
}

/// What is left to do until the key of an eID on hardware is its only second factor.
pub(super) fn left_to_do(tx: &mut Tx<'_>, ctx: &Ctx, holder: &Holder) -> Result<Option<&'static str>, Halt> {
    if !holder.eid.on_hardware {
        return Ok(None);
    }
    let keys = tx.passkeys().in_use(holder.eid.id)?;
    if keys.is_empty() {
        return Ok(Some("key"));
    }
    // Nothing is left to do as long as the key has to wait: without it the rest cannot be switched off.
    if keys
        .iter()
        .all(|key| key.usable_at.is_some_and(|usable| usable > ctx.now))
    {
        return Ok(None);
    }
    let rest = passkey::others(tx, holder.who())?;
    Ok((!rest.is_empty()).then_some("alone"))
}

/// The names that find this eID, a CPR number covered.
pub(super) fn user_ids(tx: &mut Tx<'_>, holder: &Holder) -> Result<Vec<UserId>, Halt> {
    let cpr = tx.people().cpr(holder.eid.person)?;
    let names = tx.aliases().of_eid(holder.eid.id)?;
    let shown = |(kind, text): (AliasKind, String)| UserId {
        kind: kind.as_str(),
        text: match kind {
            AliasKind::Number => holder.eid.number.grouped(),
            AliasKind::Cpr => cpr.as_ref().map_or_else(|| "••••".to_owned(), covered),
            AliasKind::Chosen => text,
        },
    };
    Ok(names.into_iter().map(shown).collect())
}

/// The cards of an eID, the newest first.
pub(super) fn cards(tx: &mut Tx<'_>, eid: EidId) -> Result<Vec<CardLine>, Halt> {
    let line = |row: crate::storage::CardRow| CardLine {
        number: row.card.number.to_string(),
        state: row.card.state.as_str(),
        left: row.card.used.left(),
        closed: row.card.state.is_closed(),
        ordered_at: row.ordered_at,
        activated_at: row.activated_at,
        expires_at: row.card.expires_at,
    };
    Ok(tx.cards().of_eid(eid)?.into_iter().rev().map(line).collect())
}
