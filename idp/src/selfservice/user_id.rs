//! The names by which a person may call themself (M02): one of their own choosing, and the CPR number where it means one eID only.

use super::account::Holder;
use crate::audit::{Event, record};
use crate::credentials::user_id::refused;
use crate::ctx::Ctx;
use crate::delivery::{Notice, notice};
use crate::domain::eid::EidStatus;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::user_id::{Chosen, Typed};
use crate::login::Ceremony;
use crate::storage::{AliasKind, Halt, Tx};

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wish {
    /// This name instead of the one before.
    Choose(String),
    /// No name of their own.
    Remove,
    /// The CPR number may be typed.
    CprOn,
    /// It may not.
    CprOff,
}

impl Wish {
    /// Reads the form: which button, and what stands in the field.
    pub(super) fn parse(action: &str, typed: &str) -> Option<Self> {
        match action {
            "choose" => Some(Self::Choose(typed.to_owned())),
            "remove" => Some(Self::Remove),
            "cpr_on" => Some(Self::CprOn),
            "cpr_off" => Some(Self::CprOff),
            _ => None,
        }
    }

    /// The word of the event.
    pub(super) const fn how(&self) -> &'static str {
        match self {
            Self::Choose(_) => "chosen",
            Self::Remove => "removed",
            Self::CprOn => "cpr_on",
            Self::CprOff => "cpr_off",
        }
    }
}

/// Does it. A refusal that leaves a trace is returned in `Ok`.
pub(super) fn change(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    holder: &Holder,
    wish: &Wish,
) -> Result<Result<(), Refusal>, Halt> {
    holder.hold(tx, ctx, house)?;
    let changed = match wish {
        Wish::Choose(text) => choose(tx, ctx, holder, text)?,
        Wish::Remove => remove(tx, holder, AliasKind::Chosen)?,
        Wish::CprOn => cpr_on(tx, ctx, holder)?,
        Wish::CprOff => remove(tx, holder, AliasKind::Cpr)?,
    };
    if changed == Ok(true) {
        let (who, how) = (holder.who(), wish.how());
        record(tx, ctx, &Event::UserIdChanged { who, how })?;
        notice(tx, ctx, who, Notice::UserIdChanged)?;
    }
    Ok(changed.map(drop))
}

/// `true` where something changed.
type Changed = Result<bool, Refusal>;

fn choose(tx: &mut Tx<'_>, ctx: &Ctx, holder: &Holder, text: &str) -> Result<Changed, Halt> {
    let no = |code: Code| Ok(Err(Refusal::new(code).at("user_id")));
    let eid = &holder.eid;
    if text.is_empty() {
        return no(Code::UserIdRequired);
    }
    let chosen = match Chosen::parse(text, &eid.number) {
        Ok(chosen) => chosen,
        Err(code) => return no(code),
    };
    if let Some(refusal) = refused(tx, ctx, holder.who(), &chosen)? {
        return Ok(Err(refusal));
    }
    tx.aliases().choose(&chosen, eid.id, ctx.now)?;
    Ok(Ok(true))
}

/// Takes a kind of name away, as long as another one is left.
fn remove(tx: &mut Tx<'_>, holder: &Holder, kind: AliasKind) -> Result<Changed, Halt> {
    let names = tx.aliases().of_eid(holder.eid.id)?;
    if names.iter().all(|(known, _)| *known == kind) {
        return Ok(Err(Refusal::new(Code::UserIdRequired).at("user_id")));
    }
    Ok(Ok(tx.aliases().drop_kind(holder.eid.id, kind)?))
}

/// The CPR number names a person: it can name an eID only where the person has one.
fn cpr_on(tx: &mut Tx<'_>, ctx: &Ctx, holder: &Holder) -> Result<Changed, Halt> {
    let eid = &holder.eid;
    let no = Ok(Err(Refusal::new(Code::UserIdCpr)));
    let Some(cpr) = tx.people().cpr(eid.person)? else {
        return no;
    };
    let all = tx.eids().of_person(eid.person)?;
    if all
        .iter()
        .any(|other| other.id != eid.id && other.status != EidStatus::Closed)
    {
        return no;
    }
    let typed = Typed::from(&cpr);
    match tx.aliases().eid(typed.as_str())? {
        Some(other) if other == eid.id => Ok(Ok(false)),
        Some(_) => no,
        None => {
            tx.aliases().insert(typed.as_str(), eid.id, AliasKind::Cpr, ctx.now)?;
            Ok(Ok(true))
        }
    }
}
