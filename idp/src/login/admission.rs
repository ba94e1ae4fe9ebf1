//! Who may enter: whether the eID is accepted at the party, whether the person is the one whom the party insists on, and whether it is
//! sure enough who they are. Judged on what is true at the moment of asking, before a code is asked and again at every issue.

use super::demand::{Demand, MustBe};
use crate::config::parties::Party;
use crate::ctx::Ctx;
use crate::domain::acceptance::{Holder, Place, accepted};
use crate::domain::assurance::Level;
use crate::domain::cpr::age_on;
use crate::domain::denmark;
use crate::domain::eid::EidStatus;
use crate::domain::factor::{self, Factor, Factors};
use crate::domain::party::PartyKind;
use crate::domain::refusal::Code;
use crate::storage::{Eid, Halt, PersonStatus, Tx};

/// Whether the eID is accepted at the party, on what is true now.
///
/// # Errors
/// When the database does not answer or a row is corrupt.
pub fn admit(tx: &mut Tx<'_>, ctx: &Ctx, party: &Party, eid: &Eid) -> Result<Result<(), Code>, Halt> {
    let (place, banks) = match (party.kind, &party.bank) {
        (PartyKind::Bank, Some(bank)) => (Place::Bank(bank.clone()), tx.eids().banks(eid.id)?),
        (PartyKind::Own, _) => (Place::Own, Vec::new()),
        _ => (Place::Service, Vec::new()),
    };
    // What a netbank-only eID is told depends on what it was and on what else its person has; at no other place is that asked.
    let untold = eid.public || place != Place::Service;
    let holder = Holder {
        was_public: !untold && tx.certificates().had_any(eid.id)?,
        another_public: !untold && has_another(tx, eid)?,
        person_ended: eid.person_status == PersonStatus::Ended,
        status: eid.status,
        public: eid.public,
        age: eid.birth_date.map(|born| age_on(born, denmark::date(ctx.now))),
        has_cpr: eid.has_cpr,
        banks: banks.into_iter().map(|linked| linked.bank).collect(),
    };
    Ok(accepted(&holder, &place))
}

fn has_another(tx: &mut Tx<'_>, eid: &Eid) -> Result<bool, Halt> {
    let all = tx.eids().of_person(eid.person)?;
    Ok(all
        .iter()
        .any(|other| other.id != eid.id && other.public && other.status == EidStatus::Active))
}

/// Whether the person is the one whom the party insists on.
pub(super) fn is_whom(tx: &mut Tx<'_>, party: &Party, demand: &Demand, eid: &Eid) -> Result<bool, Halt> {
    Ok(match &demand.must_be {
        None => true,
        Some(MustBe::Person(person)) => *person == eid.person,
        Some(MustBe::Sub(sub)) => tx.subjects().find(eid.person, &party.sector)?.as_ref() == Some(sub),
    })
}

/// The second factors that the party takes of this eID for this demand.
pub(super) fn allowed(party: &Party, demand: &Demand, eid: &Eid) -> Factors {
    let taken = factor::allowed(party.factors, demand.purpose);
    let taken = demand.factors.map_or(taken, |only| taken.and(only));
    if wants_the_key(party, demand, eid) {
        taken.and(THE_KEY)
    } else {
        taken
    }
}

/// The key of an eID on hardware.
pub(super) const THE_KEY: Factors = Factors::NONE.with(Factor::Passkey);

/// An eID on hardware opens services with its key alone: its card, and what may be added with the card, serve on our own pages; there,
/// too, some acts want the key.
pub(super) fn wants_the_key(party: &Party, demand: &Demand, eid: &Eid) -> bool {
    eid.on_hardware && (party.kind != PartyKind::Own || demand.factors == Some(THE_KEY))
}

/// How sure it is who the person is, as far as that counts at the party: to our own pages an eID is its holder's own, and nobody is
/// told a level there; what counts is what is shown.
pub(super) fn identity(party: &Party, eid: &Eid) -> Level {
    match party.kind {
        PartyKind::Own => Level::High,
        _ => eid.identity,
    }
}

/// All of it.
pub(super) fn may_enter(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    party: &Party,
    demand: &Demand,
    eid: &Eid,
) -> Result<Result<(), Code>, Halt> {
    // Whoever has chosen a password and not given a code yet gives it at this log-in: judged as what they are after it.
    let after = Eid {
        status: if eid.status == EidStatus::Ordered {
            EidStatus::Active
        } else {
            eid.status
        },
        ..eid.clone()
    };
    if let Err(code) = admit(tx, ctx, party, &after)? {
        return Ok(Err(code));
    }
    if !is_whom(tx, party, demand, eid)? {
        return Ok(Err(Code::LoginSubjectMismatch));
    }
    if demand.level(identity(party, eid)).is_some() {
        return Ok(Ok(()));
    }
    // Others could reach it: what is missing is that it was proven who this is.
    let unproven = demand.level(Level::High).is_some() && party.kind != PartyKind::Bank;
    Ok(Err(if unproven { Code::Oces002 } else { Code::LoginLevelUnmet }))
}
