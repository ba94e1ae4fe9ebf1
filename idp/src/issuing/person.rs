//! The person behind an application: one for each CPR number, brought up to date by the register, and one for each customer of a bank who has none;
//! and their public number.

use super::application::Person;
use crate::audit::{Event, Who, record};
use crate::credentials::block;
use crate::ctx::Ctx;
use crate::domain::certificate::Reason;
use crate::domain::contact::{Email, Phone};
use crate::domain::cpr::Cpr;
use crate::domain::id::PersonId;
use crate::domain::locale::Locale;
use crate::domain::pid::Pid;
use crate::domain::proofing::may_be_public;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::register::{CivilStatus, Entry};
use crate::domain::time::Span;
use crate::registers::CprRegister;
use crate::storage::{Bank, Durability, Halt, NewPerson, PersonStatus, Store, Tx};
use crate::{certificates, pid};

/// Acts on what a bank calls one customer follow one another for as long as an order may take.
const FOLLOWS: Span = Span::minutes(1);

/// Who is behind an application, where they are known: by the CPR number, or as the customer of a bank. Acts on one person, and on one
/// customer, follow one another from here on. Refused where the bank calls somebody else so.
pub(super) fn known(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    person: &Person<'_>,
    bank: Option<&Bank>,
) -> Result<Option<PersonId>, Halt> {
    let customer = match bank {
        Some(bank) => customer(tx, ctx, bank)?,
        None => None,
    };
    let known = match person {
        Person::Registered { cpr, .. } => {
            let known = tx.people().by_cpr(cpr)?;
            nobody_else(customer, known)?;
            known
        }
        Person::Customer { .. } => customer,
    };
    if let Some(id) = known {
        tx.people().line_up(id)?;
    }
    Ok(known)
}

/// That a bank does not call somebody else what it is to call this person. Acts on that name follow one another from here on.
///
/// # Errors
/// `order.customer_taken`; when the database does not answer.
pub fn is_free_for(tx: &mut Tx<'_>, ctx: &Ctx, bank: &Bank, person: PersonId) -> Result<(), Halt> {
    let customer = customer(tx, ctx, bank)?;
    Ok(nobody_else(customer, Some(person))?)
}

/// Whom a bank calls so; whoever asks at the same moment waits.
fn customer(tx: &mut Tx<'_>, ctx: &Ctx, bank: &Bank) -> Result<Option<PersonId>, Halt> {
    let Some(name) = &bank.customer_ref else {
        return Ok(None);
    };
    let issuer = format!("customer:{}", bank.bank);
    tx.replays().line_up(&issuer, name, ctx.now + FOLLOWS)?;
    tx.eids().customer(&bank.bank, name)
}

fn nobody_else(customer: Option<PersonId>, person: Option<PersonId>) -> Result<(), Refusal> {
    match customer {
        Some(other) if Some(other) != person => Err(Refusal::new(Code::OrderCustomerTaken).at("customer_ref")),
        _ => Ok(()),
    }
}

/// The person who is known, brought up to date, else a new one.
pub(super) fn known_or_new(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    known: Option<PersonId>,
    person: &Person<'_>,
    language: Locale,
) -> Result<PersonId, Halt> {
    let Some(id) = known else {
        return new(tx, ctx, person, language);
    };
    match person {
        Person::Registered { entry, .. } => tx.people().set_registered(id, entry)?,
        // Of whoever has a CPR number by now the register tells, and no bank.
        Person::Customer { .. } if tx.people().cpr(id)?.is_some() => {}
        Person::Customer { name, address, .. } => {
            let told = Entry {
                name: (*name).to_owned(),
                address: Some((*address).to_owned()),
                ..Entry::default()
            };
            tx.people().set_registered(id, &told)?;
        }
    }
    Ok(id)
}

/// Notes where notices go, of whoever has told nobody yet: those who have change it in self-service alone.
pub(super) fn reached_at(
    tx: &mut Tx<'_>,
    id: PersonId,
    (email, phone): (Option<&Email>, Option<&Phone>),
) -> Result<(), Halt> {
    if email.is_none() && phone.is_none() {
        return Ok(());
    }
    let now = tx.people().find(id)?;
    if now.email.is_none() && email.is_some() {
        tx.people().set_email(id, email)?;
    }
    if now.phone.is_none() && phone.is_some() {
        tx.people().set_phone(id, phone)?;
    }
    Ok(())
}

/// What the register says now of somebody whose public use is to begin or to go on: it is written down, and judged.
///
/// # Errors
/// `proofing.unknown_person` where it knows nobody by their number; `proofing.person_ended`, `proofing.residence_pending`; when the database does
/// not answer.
pub fn registered_now(tx: &mut Tx<'_>, id: PersonId, entry: Option<&Entry>) -> Result<(), Halt> {
    let entry = entry.ok_or(Code::ProofingUnknownPerson)?;
    may_be_public(entry)?;
    tx.people().set_registered(id, entry)
}

/// Asks the civil register about somebody, and has [`heard`] what it says where that is news. To be called on a thread that may wait.
///
/// # Errors
/// `register.unavailable`; when the database does not answer.
pub fn look_up(register: &dyn CprRegister, store: &Store, ctx: &Ctx, cpr: &Cpr) -> Result<Option<Entry>, Halt> {
    let Some(entry) = register.entry(cpr)? else {
        return Ok(None);
    };
    let (asked, now) = (cpr.clone(), status(&entry));
    let is_news = move |tx: &mut Tx<'_>| news(tx, &asked, now).map(|news| news.is_some());
    if store.read_blocking("register.news", is_news)? {
        let (ctx, cpr, entry) = (ctx.clone(), cpr.clone(), entry.clone());
        let act = move |tx: &mut Tx<'_>| heard(tx, &ctx, &cpr, &entry);
        store.transact_blocking("register.heard", Durability::Full, act)?;
    }
    Ok(Some(entry))
}

const fn status(entry: &Entry) -> PersonStatus {
    match entry.status {
        CivilStatus::Dead | CivilStatus::Disappeared => PersonStatus::Ended,
        CivilStatus::Alive | CivilStatus::Emigrated | CivilStatus::ResidencePending => PersonStatus::Active,
    }
}

/// Of whom another status is written down.
fn news(tx: &mut Tx<'_>, cpr: &Cpr, now: PersonStatus) -> Result<Option<PersonId>, Halt> {
    let Some(id) = tx.people().by_cpr(cpr)? else {
        return Ok(None);
    };
    Ok((tx.people().find(id)?.status != now).then_some(id))
}

/// What follows at once from an entry that was read, whatever becomes of the act that it was read for: the eIDs of the dead and of those who have
/// disappeared are good for nothing, their certificates are revoked and their log-ins end; whoever is there after all may log in again.
/// To be called in an act of its own, or in one that does not fail after it.
///
/// # Errors
/// When the database does not answer.
pub fn heard(tx: &mut Tx<'_>, ctx: &Ctx, cpr: &Cpr, entry: &Entry) -> Result<(), Halt> {
    let status = status(entry);
    let Some(id) = news(tx, cpr, status)? else {
        return Ok(());
    };
    tx.people().line_up(id)?;
    tx.people().set_status(id, status)?;
    for eid in tx.eids().of_person(id)? {
        let who = Who {
            person: id,
            eid: eid.id,
        };
        if status == PersonStatus::Ended {
            // Nobody is left who could be told.
            certificates::revoke_quietly(tx, ctx, who, Reason::Dead)?;
            block::end_quietly(tx, ctx, eid.id)?;
        }
        let to = status.as_str();
        record(tx, ctx, &Event::PersonChanged { who, to })?;
    }
    Ok(())
}

fn new(tx: &mut Tx<'_>, ctx: &Ctx, person: &Person<'_>, language: Locale) -> Result<PersonId, Halt> {
    let id = PersonId::from_uuid(ctx.rng.uuid_v7(ctx.now));
    let (name, address, protected, birth_date) = match person {
        Person::Registered { cpr, entry } => (
            entry.name.as_str(),
            entry.address.as_deref(),
            entry.protected,
            cpr.birth_date(),
        ),
        Person::Customer { name, address, born } => (*name, Some(*address), false, *born),
    };
    tx.people().insert(&NewPerson {
        id,
        name: name.to_owned(),
        address: address.map(str::to_owned),
        protected,
        birth_date: Some(birth_date),
        cpr: person.cpr().cloned(),
        email: None,
        phone: None,
        created_at: ctx.now,
    })?;
    tx.people().set_language(id, language)?;
    Ok(id)
}

/// The public number of somebody of the civil register, found again or made now; `true` when it was made (M50).
///
/// # Errors
/// When the database does not answer. Of many who ask at once for one CPR number, all are told the same.
pub fn pid_of(tx: &mut Tx<'_>, ctx: &Ctx, person: &Person<'_>) -> Result<(Pid, bool), Halt> {
    let known = known(tx, ctx, person, None)?;
    let id = known_or_new(tx, ctx, known, person, Locale::Da)?;
    if let Some(pid) = tx.pids().find(id)? {
        return Ok((pid, false));
    }
    Ok((pid::of(tx, ctx, id)?, true))
}
