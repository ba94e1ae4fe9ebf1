//! What of a person one party learns: what it asked for, of what it is registered for, of what may be told.

use super::demand::{Claim, Released};
use crate::config::parties::Party;
use crate::ctx::Ctx;
use crate::domain::eid::{AgeGroup, age_group};
use crate::domain::party::PartyKind;
use crate::storage::{Eid, Halt, Texts, Tx};

/// What stands in place of a protected name at private parties and banks (the marker that brokers in Denmark use).
pub const PROTECTED_NAME: &str = "NAVNE- OG ADRESSEBESKYTTET";

/// The pairwise name and the released data.
///
/// # Errors
/// When the database does not answer or a row is corrupt.
pub fn release(tx: &mut Tx<'_>, ctx: &Ctx, party: &Party, asks: &[Claim], eid: &Eid) -> Result<Released, Halt> {
    let asked = |claim: Claim| asks.contains(&claim) && party.may_know(claim);
    let wanted = Texts {
        name: asked(Claim::Name),
        address: asked(Claim::Address),
        email: asked(Claim::Email),
        phone: asked(Claim::Phone),
    };
    let person = tx.people().told(eid.person, &party.sector, wanted)?;
    let told_of_protected = party.kind == PartyKind::Public;
    let hidden = person.protected && !told_of_protected;
    let customer_ref = match &party.bank {
        Some(bank) => tx
            .eids()
            .banks(eid.id)?
            .into_iter()
            .find(|b| &b.bank == bank)
            .and_then(|b| b.customer_ref),
        None => None,
    };
    let sub = match person.sub {
        Some(sub) => sub,
        None => tx.subjects().sub(eid.person, &party.sector, ctx.now)?,
    };
    Ok(Released {
        sub,
        pid: person.pid.filter(|_| asked(Claim::Pid) && eid.public),
        name: person
            .name
            .map(|name| if hidden { PROTECTED_NAME.to_string() } else { name }),
        protected: person.protected,
        email: person.email,
        address: person.address.filter(|_| !person.protected),
        phone: person.phone,
        birth_date: person.birth_date.filter(|_| asked(Claim::Birthdate)),
        youth: person
            .birth_date
            .is_some_and(|born| age_group(born, ctx.now.date()) == AgeGroup::Youth),
        customer_ref,
    })
}
