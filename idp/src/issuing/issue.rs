//! The one act: judge, then make everything together.

use super::application::{Application, Rules, Where};
use super::person::{known, known_or_new, reached_at};
use super::public::{begin_public_use, ended_by_officer};
use crate::audit::{Event, Who, record};
use crate::certificates;
use crate::credentials::activation;
use crate::credentials::keycard;
use crate::ctx::Ctx;
use crate::delivery::{Notice, Paper, notice, paper};
use crate::domain::activation::State;
use crate::domain::denmark;
use crate::domain::eid::{EidNumber, EidStatus, NUMBERS};
use crate::domain::id::{EidId, PersonId};
use crate::domain::pid::Pid;
use crate::domain::proofing::{Allowed, Channel, HandOver, Scope, Vouched, judge};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::user_id::Typed;
use crate::fault::Fault;
use crate::storage::{AliasKind, AtDesk, Eid, Halt, Issue, NewEid, Tx};

/// Draws before giving up on a free number.
const DRAWS: usize = 64;

/// What was issued.
#[derive(Debug, Clone)]
pub struct Issued {
    /// Whose, and which.
    pub who: Who,
    /// The number that its holder knows.
    pub number: EidNumber,
    /// What was allowed.
    pub allowed: Allowed,
    /// The public number, of one that is used outside netbank.
    pub pid: Option<Pid>,
    /// What waits at a desk.
    pub at_desk: Option<AtDesk>,
}

/// Judges an application and issues what it allows, all of it or nothing.
///
/// # Errors
/// The `proofing.…` code of what stands in the way; `order.consents`, `order.has_eid`, `order.customer_taken`, `order.no_address`, `order.delivery`; `OCES005` for public use without a CA; else when the
/// database does not answer. Two orders for one person follow one another: a lost race makes the act run again, whole.
pub fn issue(tx: &mut Tx<'_>, ctx: &Ctx, application: &Application<'_>, rules: &Rules) -> Result<Issued, Halt> {
    let allowed = judged(ctx, application, rules)?;
    let (allowed, desk) = handed_over(application, allowed)?;
    let public = matches!(allowed.scope, Scope::Public { .. });
    let begins = match application.consents {
        _ if !public => None,
        None => return Err(Refusal::new(Code::OrderConsents).at("rules").into()),
        Some(given_at) => {
            certificates::issuing_ca(tx, ctx)?;
            Some(given_at)
        }
    };
    let known = known(tx, ctx, &application.person, application.bank.as_ref())?;
    let older = older(tx, application, known)?;
    if application.channel == Channel::Online && ended_by_officer(tx, &older)? {
        return Err(Code::PublicUseOfficer.into());
    }
    let person = known_or_new(tx, ctx, known, &application.person, application.language)?;
    // A bank tells where its own customers are reached, and nobody else's.
    let by = application.by.0;
    if application.channel != Channel::Bank || older.iter().all(|eid| eid.issuer == by) {
        let (email, phone) = &application.contact;
        reached_at(tx, person, (email.as_ref(), phone.as_ref()))?;
    }
    let who = eid(tx, ctx, application, (person, older))?;
    let number = tx.eids().find(who.eid)?.number;
    written(tx, ctx, application, (who, &allowed))?;
    let pid = begins
        .map(|given_at| begin_public_use(tx, ctx, who, (application.channel.as_str(), given_at)))
        .transpose()?;
    let at_desk = letters(tx, ctx, (application, rules), who, (&allowed, desk))?;
    Ok(Issued {
        who,
        number,
        allowed,
        pid,
        at_desk,
    })
}

fn judged(ctx: &Ctx, application: &Application<'_>, rules: &Rules) -> Result<Allowed, Refusal> {
    let today = denmark::date(ctx.now);
    if let Some(witness) = &application.witness {
        let fit = witness.is_fit(application.person.cpr(), rules.proofing.edition, today);
        fit.map_err(|code| Refusal::new(code).at("witness"))?;
    }
    let vouched = Vouched {
        questions: application.questions,
        witness: application.witness.is_some(),
    };
    let applicant = application.person.applicant(today);
    Ok(judge(
        application.channel,
        &applicant,
        application.evidence,
        vouched,
        &rules.proofing,
        today,
    )?)
}

/// What of the law's hand-over is wished for, and at which desk. Whatever goes by post needs an address to go to.
fn handed_over<'a>(application: &Application<'a>, allowed: Allowed) -> Result<(Allowed, Option<&'a str>), Refusal> {
    let (hand_over, desk) = match (application.at, allowed.hand_over) {
        // Whoever lives abroad fetches it; whoever has no document with a photo has nothing to fetch it with.
        (Where::Post | Where::Desk(_), HandOver::PickUp) | (Where::PickUp(_), HandOver::CardPosted) => {
            return Err(Refusal::new(Code::OrderDelivery).at("deliver"));
        }
        // What was shown to an officer was not enough for a counter: it is not for another counter, either.
        (Where::PickUp(_), HandOver::BothPosted) if application.channel.in_person() => {
            return Err(Refusal::new(Code::OrderDelivery).at("deliver"));
        }
        (Where::Post, _) => (HandOver::BothPosted, None),
        (Where::Desk(ra), hand_over) => (hand_over, Some(ra)),
        (Where::PickUp(ra), _) => (HandOver::PickUp, Some(ra)),
    };
    let address = application
        .person
        .address()
        .filter(|address| !address.trim().is_empty());
    let nothing_posted = hand_over.card_at_desk() && hand_over.password_at_desk();
    if !nothing_posted && address.is_none() {
        return Err(Refusal::new(Code::OrderNoAddress).at("deliver"));
    }
    Ok((Allowed { hand_over, ..allowed }, desk))
}

/// The eIDs that the person has already: nobody gets another who did not ask for it. A customer without a CPR number is who the bank says:
/// one customer, one eID, even where it was closed.
fn older(tx: &mut Tx<'_>, application: &Application<'_>, known: Option<PersonId>) -> Result<Vec<Eid>, Halt> {
    let Some(person) = known else { return Ok(Vec::new()) };
    let older = tx.eids().of_person(person)?;
    let has_one = application.person.cpr().is_none() || older.iter().any(is_open);
    if has_one && !application.another {
        return Err(Code::OrderHasEid.into());
    }
    Ok(older)
}

fn is_open(eid: &Eid) -> bool {
    eid.status != EidStatus::Closed
}

/// The eID with its user-IDs and its bank. The CPR number is a user-ID only of whoever has one eID.
fn eid(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    application: &Application<'_>,
    (person, older): (PersonId, Vec<Eid>),
) -> Result<Who, Halt> {
    let others = older.iter().any(is_open);
    let number = free_number(tx, ctx)?;
    let who = Who {
        person,
        eid: EidId::from_uuid(ctx.rng.uuid_v7(ctx.now)),
    };
    tx.eids().insert(&NewEid {
        id: who.eid,
        number: number.clone(),
        person,
        status: EidStatus::Ordered,
        public: false,
        issuer: application.by.0.to_owned(),
        created_at: ctx.now,
    })?;
    if application.hardware && tx.eids().put_on_hardware(who.eid, true)? {
        record(tx, ctx, &Event::EidHardware { who, on: true })?;
    }
    tx.aliases()
        .insert(Typed::from(&number).as_str(), who.eid, AliasKind::Number, ctx.now)?;
    for eid in older {
        let who = Who { person, eid: eid.id };
        if tx.aliases().drop_kind(eid.id, AliasKind::Cpr)? && is_open(&eid) {
            record(tx, ctx, &Event::UserIdChanged { who, how: "cpr_off" })?;
            notice(tx, ctx, who, Notice::UserIdChanged)?;
        }
    }
    if let (false, Some(cpr)) = (others, application.person.cpr()) {
        tx.aliases()
            .insert(Typed::from(cpr).as_str(), who.eid, AliasKind::Cpr, ctx.now)?;
    }
    if let Some(bank) = &application.bank {
        tx.eids().link_bank(who.eid, bank, ctx.now)?;
    }
    Ok(who)
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

/// How it came to be.
fn written(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    application: &Application<'_>,
    (who, allowed): (Who, &Allowed),
) -> Result<(), Halt> {
    let (ra, officer) = application.by;
    tx.issues().insert(&Issue {
        eid: who.eid,
        channel: application.channel,
        by: (ra.to_owned(), officer.to_owned()),
        level: allowed.level,
        hand_over: allowed.hand_over.as_str().to_owned(),
        shown: application.shown.clone(),
        issued_at: ctx.now,
    })?;
    let event = Event::EidIssued {
        who,
        channel: application.channel.as_str(),
        ra: ra.to_owned(),
        officer: officer.to_owned(),
        level: allowed.level,
        hand_over: allowed.hand_over.as_str(),
    };
    record(tx, ctx, &event)
}

/// The card, the activation password, and the letter of welcome: each by itself, and what waits at a desk.
fn letters(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    (application, rules): (&Application<'_>, &Rules),
    who: Who,
    (allowed, desk): (&Allowed, Option<&str>),
) -> Result<Option<AtDesk>, Halt> {
    let card = keycard::order_first(tx, ctx, who)?;
    activation::make(tx, ctx, who, rules.activation)?;
    if application.person.address().is_some() {
        paper(tx, ctx, who, Paper::Welcome, &format!("welcome:{}", who.eid))?;
    }
    let Some(ra) = desk else { return Ok(None) };
    let made = tx.activations().find(who.eid)?;
    let to_print = made.filter(|made| made.state == State::Ordered);
    let waits = AtDesk {
        eid: who.eid,
        ra: ra.to_owned(),
        card: Some(card).filter(|_| allowed.hand_over.card_at_desk()),
        activation: to_print
            .filter(|_| allowed.hand_over.password_at_desk())
            .map(|made| made.id),
    };
    tx.desks().put(&waits)?;
    Ok(Some(waits).filter(|waits| waits.card.is_some() || waits.activation.is_some()))
}
