//! With a right activation password a person chooses a password, and a user-ID if they like; the first code of a card makes it count.

use super::Attempted;
use crate::audit::{Event, Who, record};
use crate::credentials::user_id::refused;
use crate::ctx::Ctx;
use crate::delivery::{Notice, notice};
use crate::domain::eid::EidStatus;
use crate::domain::lanes;
use crate::domain::password::Form;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::user_id::Chosen;
use crate::session;
use crate::storage::{Eid, Halt, LaneId, Tx};

/// What was chosen, judged by the rules already.
#[derive(Clone)]
pub struct Choice {
    /// The verifier of the password.
    pub verifier: Vec<u8>,
    /// Its form.
    pub form: Form,
    /// A user-ID, where one was wished for.
    pub user_id: Option<Chosen>,
    /// The version of the rules that were accepted before.
    pub rules: &'static str,
}

/// Burns the activation password and sets what was chosen, in one act: both or neither. The eID is in use when a code was given
/// ([`complete`]). The credential epoch after; or, with nothing burnt, why the name cannot be had.
///
/// # Errors
/// `activation.expired` when it serves no longer or something changed since it was right; then nothing was burnt.
pub fn choose(tx: &mut Tx<'_>, ctx: &Ctx, right: &Attempted, choice: &Choice) -> Result<Result<i32, Refusal>, Halt> {
    let who = right.who;
    // Held until the act is over: of two at once the second sees what the first did.
    if !tx.eids().hold_ordered(who.eid, right.epoch)? {
        return Err(Code::ActivationExpired.into());
    }
    if let Some(name) = &choice.user_id
        && let Some(refusal) = refused(tx, ctx, who, name)?
    {
        return Ok(Err(refusal));
    }
    if !tx.activations().burn(right.activation, who.eid, ctx.now)? {
        return Err(Code::ActivationExpired.into());
    }
    if let Some(name) = &choice.user_id {
        tx.aliases().choose(name, who.eid, ctx.now)?;
        record(tx, ctx, &Event::UserIdChanged { who, how: "chosen" })?;
    }
    let four_digits = choice.form == Form::FourDigits;
    tx.passwords().set(who.eid, &choice.verifier, four_digits, ctx.now)?;
    tx.eids().raise_epoch(who.eid)?;
    session::end_all_of_eid(tx, ctx, who.eid)?;
    tx.people().set_language(who.person, ctx.locale)?;
    tx.lanes().remove(LaneId::Activation(right.activation))?;
    // Whoever activates anew has shown who they are: a strangers' lane that was shut is open again (docs/design.md §4).
    let strangers = LaneId::Strangers(who.eid);
    let (counter, version) = tx.lanes().find(strangers)?;
    if version.is_some() {
        tx.lanes().save(strangers, &lanes::reopen(counter), version)?;
    }
    let rules = choice.rules;
    record(tx, ctx, &Event::PasswordChosen { who, rules })?;
    notice(tx, ctx, who, Notice::PasswordChanged)?;
    Ok(Ok(right.epoch + 1))
}

/// After a right code, in its transaction: an eID that waited for it is in use. The eID as it is then.
///
/// # Errors
/// When the database does not answer.
pub fn complete(tx: &mut Tx<'_>, ctx: &Ctx, eid: Eid) -> Result<Eid, Halt> {
    if eid.status != EidStatus::Ordered {
        return Ok(eid);
    }
    if !tx.eids().set_status(eid.id, EidStatus::Ordered, EidStatus::Active)? {
        return Err(Halt::Again);
    }
    let who = Who {
        person: eid.person,
        eid: eid.id,
    };
    let event = Event::EidChanged {
        who,
        from: EidStatus::Ordered.as_str(),
        to: EidStatus::Active.as_str(),
        reason: "first code".to_owned(),
    };
    record(tx, ctx, &event)?;
    notice(tx, ctx, who, Notice::EidActivated)?;
    tx.eids().find(eid.id)
}
