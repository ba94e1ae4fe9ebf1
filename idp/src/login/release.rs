//! What of a person one party learns: what it asked for, of what it is registered for, of what may be told.

use super::demand::{Claim, Released};
use crate::config::parties::Party;
use crate::ctx::Ctx;
use crate::domain::eid::{AgeGroup, age_group};
use crate::domain::party::PartyKind;
use crate::storage::{Eid, Halt, Tx};

/// What stands in place of a protected name at private parties and banks (the marker that brokers in Denmark use).
pub const PROTECTED_NAME: &str = "NAVNE- OG ADRESSEBESKYTTET";

/// The pairwise name and the released data.
///
/// # Errors
/// When the database does not answer or a row is corrupt.
pub fn release(tx: &mut Tx<'_>, ctx: &Ctx, party: &Party, asks: &[Claim], eid: &Eid) -> Result<Released, Halt> {
    let person = tx.people().find(eid.person)?;
    let asked = |claim: Claim| asks.contains(&claim) && party.may_know(claim);
    let told_of_protected = party.kind == PartyKind::Public;
    let name = if person.protected && !told_of_protected {
        PROTECTED_NAME.to_string()
    } else {
        person.name
    };
    let customer_ref = match &party.bank {
        Some(bank) => tx
            .eids()
            .banks(eid.id)?
            .into_iter()
            .find(|b| &b.bank == bank)
            .and_then(|b| b.customer_ref),
        None => None,
    };
    Ok(Released {
        sub: tx.subjects().sub(eid.person, &party.sector, ctx.now)?,
        pid: if asked(Claim::Pid) && eid.public {
            tx.pids().find(eid.person)?
        } else {
            None
        },
        name: asked(Claim::Name).then_some(name),
        protected: person.protected,
        email: person.email.filter(|_| asked(Claim::Email)),
        address: person.address.filter(|_| asked(Claim::Address) && !person.protected),
        phone: person.phone.filter(|_| asked(Claim::Phone)),
        birth_date: person.birth_date.filter(|_| asked(Claim::Birthdate)),
        youth: person
            .birth_date
            .is_some_and(|born| age_group(born, ctx.now.date()) == AgeGroup::Youth),
        customer_ref,
    })
}
