//! One invented person, from plan to rows. Owns the order in which they are written; draws every number inside the act, so that
//! an act that runs again draws anew. Never hashes: the verifier is made before, outside any transaction.

use chrono::NaiveDate;

use super::device;
use super::identity::{Sex, substitute_cpr};
use crate::audit::Who;
use crate::certificates;
use crate::credentials::activation::known;
use crate::credentials::keycard::new_card;
use crate::ctx::Ctx;
use crate::domain::activation::Digits;
use crate::domain::assurance::Level;
use crate::domain::authenticator::State;
use crate::domain::certificate::Reason;
use crate::domain::cpr::Cpr;
use crate::domain::eid::{EidNumber, EidStatus, NUMBERS};
use crate::domain::id::{AuthenticatorId, EidId, PersonId};
use crate::domain::keycard::{self, Card, CardNumber, CardState, Position, Used};
use crate::domain::otp::{Algorithm, Moves, Scheme};
use crate::domain::pid::Pid;
use crate::domain::proofing::{Channel, HandOver};
use crate::domain::user_id::Typed;
use crate::fault::Fault;
use crate::pid;
use crate::storage::{AliasKind, Bank, CodeToken, Halt, Issue, NewEid, NewPerson, Tx};
use crate::vault::card::{CardSecret, SCHEME};
use crate::vault::otp::Seed;

/// Draws before giving up on a free number.
const DRAWS: usize = 64;

/// What is to be written down.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Full name.
    pub name: String,
    /// Lines of the address.
    pub address: String,
    /// Name and address protection.
    pub protected: bool,
    /// E-mail.
    pub email: Option<String>,
    /// Mobile.
    pub mobile: Option<String>,
    /// Born on.
    pub birth: NaiveDate,
    /// As the CPR number tells; none for a person without one.
    pub cpr: Option<Sex>,
    /// May be used outside netbank; gives a PID.
    pub public: bool,
    /// The certificate was revoked: public no more.
    pub revoked: bool,
    /// Who issued the eID.
    pub issuer: String,
    /// Linked banks.
    pub banks: Vec<Bank>,
    /// The chosen user-ID.
    pub chosen: Option<String>,
    /// State of the eID.
    pub status: EidStatus,
    /// The vault's verifier of the password.
    pub verifier: Vec<u8>,
    /// Codes left on the active card.
    pub codes_left: u32,
    /// Instead of a password: an activation password that was posted; the card was, too.
    pub activation: Option<Digits>,
    /// Has a code token in use.
    pub token: bool,
    /// Has a code app in use, with the demo's own key.
    pub app: bool,
    /// How sure it was who they are, where that was written down.
    pub identity: Option<Level>,
}

/// What was written.
#[derive(Debug, Clone)]
pub struct Written {
    /// The eID.
    pub eid: EidId,
    /// Its number.
    pub number: EidNumber,
    /// The CPR number.
    pub cpr: Option<Cpr>,
    /// The PID.
    pub pid: Option<Pid>,
}

/// Writes one person with eID, user-IDs, password, PID and an active card.
///
/// # Errors
/// When the database does not answer, or no free number was found.
pub fn write(tx: &mut Tx<'_>, ctx: &Ctx, plan: &Plan) -> Result<Written, Halt> {
    let person = PersonId::from_uuid(ctx.rng.uuid_v7(ctx.now));
    let eid = EidId::from_uuid(ctx.rng.uuid_v7(ctx.now));
    let cpr = plan.cpr.map(|sex| free_cpr(tx, ctx, plan.birth, sex)).transpose()?;
    let number = free_number(tx, ctx)?;
    tx.people().insert(&NewPerson {
        id: person,
        name: plan.name.clone(),
        address: Some(plan.address.clone()),
        protected: plan.protected,
        birth_date: Some(plan.birth),
        cpr: cpr.clone(),
        email: plan.email.clone(),
        phone: plan.mobile.clone(),
        created_at: ctx.now,
    })?;
    tx.eids().insert(&NewEid {
        id: eid,
        number: number.clone(),
        person,
        status: plan.status,
        public: plan.public,
        issuer: plan.issuer.clone(),
        created_at: ctx.now,
    })?;
    if let Some(level) = plan.identity {
        tx.issues().insert(&Issue {
            eid,
            channel: Channel::Bank,
            by: (plan.issuer.clone(), "demo".into()),
            level,
            hand_over: HandOver::BothPosted.as_str().into(),
            shown: "{}".into(),
            issued_at: ctx.now,
        })?;
    }
    for bank in &plan.banks {
        tx.eids().link_bank(eid, bank, ctx.now)?;
    }
    aliases(tx, ctx, plan, eid, &number, cpr.as_ref())?;
    match plan.activation {
        Some(digits) => posted(tx, ctx, eid, digits)?,
        None => {
            tx.passwords().set(eid, &plan.verifier, false, ctx.now)?;
            card(tx, ctx, eid, plan.codes_left)?;
        }
    }
    if plan.token {
        token(tx, ctx, eid)?;
    }
    if plan.app {
        device::write(tx, ctx, eid)?;
    }
    let pid = plan.public.then(|| pid::of(tx, ctx, person)).transpose()?;
    certificate(tx, ctx, plan, Who { person, eid })?;
    Ok(Written { eid, number, cpr, pid })
}

/// Whoever is public has a certificate, if the house has a CA; of whom it was revoked has none any more.
fn certificate(tx: &mut Tx<'_>, ctx: &Ctx, plan: &Plan, who: Who) -> Result<(), Halt> {
    if plan.public {
        certificates::follow(tx, ctx, who)?;
    }
    if plan.revoked && !certificates::revoke_quietly(tx, ctx, who, Reason::Holder)? {
        tx.eids().set_public(who.eid, false)?;
    }
    Ok(())
}

fn aliases(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    plan: &Plan,
    eid: EidId,
    number: &EidNumber,
    cpr: Option<&Cpr>,
) -> Result<(), Halt> {
    tx.aliases()
        .insert(Typed::from(number).as_str(), eid, AliasKind::Number, ctx.now)?;
    if let Some(cpr) = cpr {
        tx.aliases()
            .insert(Typed::from(cpr).as_str(), eid, AliasKind::Cpr, ctx.now)?;
    }
    if let Some(chosen) = &plan.chosen {
        // Shorter than a person may choose: demo names are let past the rule on purpose.
        let typed = Typed::parse(chosen).map_err(|code| Fault::bare(format!("demo user-ID {chosen}: {code}")))?;
        tx.aliases().insert(typed.as_str(), eid, AliasKind::Chosen, ctx.now)?;
    }
    Ok(())
}

fn free_cpr(tx: &mut Tx<'_>, ctx: &Ctx, birth: NaiveDate, sex: Sex) -> Result<Cpr, Halt> {
    let mut birth = birth;
    for draw in 0..DRAWS {
        let Some(cpr) = substitute_cpr(birth, sex, ctx.rng.below(1_000)) else {
            break;
        };
        if tx.people().by_cpr(&cpr)?.is_none() {
            return Ok(cpr);
        }
        if draw % 16 == 15 {
            // A crowded day: somebody is born a day earlier.
            birth = birth.pred_opt().unwrap_or(birth);
        }
    }
    Err(Fault::bare("no free substitute CPR number was found").into())
}

fn free_number(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<EidNumber, Halt> {
    for _ in 0..DRAWS {
        let number = EidNumber::from_random(ctx.rng.below_u64(NUMBERS));
        if tx.eids().by_number(&number)?.is_none() {
            return Ok(number);
        }
    }
    Err(Fault::bare("no free eID number was found").into())
}

/// What the post has brought: an activation password and, on another day, a card.
fn posted(tx: &mut Tx<'_>, ctx: &Ctx, eid: EidId, digits: Digits) -> Result<(), Halt> {
    known(tx, ctx, eid, digits)?;
    new_card(tx, ctx, eid, CardState::Posted).map(drop)
}

fn card(tx: &mut Tx<'_>, ctx: &Ctx, eid: EidId, left: u32) -> Result<(), Halt> {
    let mut pick = |below| ctx.rng.below(below);
    let used = partly_used(left, &mut pick);
    let card = Card {
        number: CardNumber::from_random(ctx.rng.below_u64(keycard::NUMBERS)),
        state: CardState::Active,
        used,
        pending: keycard::next_pending(&used, &mut pick),
        wrong_in_a_row: 0,
        expires_at: Some(ctx.now + keycard::VALID_FOR),
    };
    let secret = CardSecret::generate(&ctx.rng);
    tx.cards().insert(&card, eid, &secret, SCHEME, ctx.now)
}

/// A token by presses of the button, in use, whose seed the demo tells.
fn token(tx: &mut Tx<'_>, ctx: &Ctx, eid: EidId) -> Result<(), Halt> {
    let id = AuthenticatorId::from_uuid(ctx.rng.uuid_v7(ctx.now));
    let serial = format!("DEMO-{:08}", ctx.rng.below(100_000_000));
    let seed = Seed::from_bytes(&ctx.rng.bytes::<20>()).ok_or_else(|| Fault::bare("a seed of 160 bits is a seed"))?;
    let scheme = Scheme {
        algorithm: Algorithm::Sha1,
        digits: 6,
        moves: Moves::ByPress,
    };
    tx.code_tokens().insert(id, &serial, scheme, &seed, 0, ctx.now)?;
    if let Some(token) = tx.code_tokens().find(id)? {
        let (eid, state) = (Some(eid), State::Active);
        tx.code_tokens()
            .save(&CodeToken { eid, state, ..token }, false, ctx.now)?;
    }
    Ok(())
}

/// A card on which only so many codes are left, the burnt ones anywhere.
fn partly_used(left: u32, pick: &mut dyn FnMut(u32) -> u32) -> Used {
    let mut used = Used::new();
    while used.left() > left {
        let at = pick(used.left());
        let unburnt = Position::all()
            .filter(|position| !used.is_used(*position))
            .nth(at as usize);
        match unburnt {
            Some(position) => used.mark(position),
            None => break,
        };
    }
    used
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Entropy;

    #[test]
    fn a_partly_used_card_has_that_many_left() {
        let rng = Entropy::seeded(3);
        for left in [0, 1, 21, 147, 148] {
            assert_eq!(partly_used(left, &mut |below| rng.below(below)).left(), left);
        }
    }
}
