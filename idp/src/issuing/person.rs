//! The person behind an application: one for each CPR number, brought up to date by the register; and their public number.

use super::application::Person;
use crate::ctx::Ctx;
use crate::domain::contact::{Email, Phone};
use crate::domain::id::PersonId;
use crate::domain::locale::Locale;
use crate::domain::pid::Pid;
use crate::pid;
use crate::storage::{Halt, NewPerson, Tx};

/// The person who is known by the CPR number, else a new one. Acts on one person follow one another from here on.
pub(super) fn known_or_new(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    person: &Person<'_>,
    contact: (Option<&Email>, Option<&Phone>),
    language: Locale,
) -> Result<PersonId, Halt> {
    let known = match person {
        Person::Registered { cpr, entry } => tx.people().by_cpr(cpr)?.map(|id| (id, *entry)),
        Person::Customer { .. } => None,
    };
    let Some((id, entry)) = known else {
        return new(tx, ctx, person, contact, language);
    };
    tx.people().line_up(id)?;
    tx.people().set_registered(id, entry)?;
    // Contact addresses of whoever has some are changed in self-service alone.
    let now = tx.people().find(id)?;
    if now.email.is_none() && contact.0.is_some() {
        tx.people().set_email(id, contact.0)?;
    }
    if now.phone.is_none() && contact.1.is_some() {
        tx.people().set_phone(id, contact.1)?;
    }
    Ok(id)
}

fn new(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    person: &Person<'_>,
    (email, phone): (Option<&Email>, Option<&Phone>),
    language: Locale,
) -> Result<PersonId, Halt> {
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
        email: email.map(|email| email.as_str().to_owned()),
        phone: phone.map(|phone| phone.as_str().to_owned()),
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
    let id = known_or_new(tx, ctx, person, (None, None), Locale::Da)?;
    if let Some(pid) = tx.pids().find(id)? {
        return Ok((pid, false));
    }
    Ok((pid::of(tx, ctx, id)?, true))
}
