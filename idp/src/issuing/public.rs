//! Where public use begins, whatever the channel: with the four consents, the public number and the certificate.

use super::person::registered_now;
use crate::audit::{Event, Who, record};
use crate::certificates;
use crate::ctx::Ctx;
use crate::domain::acceptance::{Extend, extend};
use crate::domain::certificate::Reason;
use crate::domain::consent::{Consent, VERSION};
use crate::domain::cpr::age_on;
use crate::domain::denmark;
use crate::domain::pid::Pid;
use crate::domain::proofing::{Applicant, Channel, by_holder};
use crate::domain::refusal::Code;
use crate::domain::register::Entry;
use crate::domain::time::Time;
use crate::pid;
use crate::storage::{Eid, GivenConsent, Halt, Tx};

/// Lets an eID be used outside netbank from now on. The caller has seen to it that its holder may, and has accepted the rules and each
/// consent in the version in force, through this channel at that time. The public number is found again where the person had one (M50).
///
/// # Errors
/// `eid.state` where it is public already; as [`certificates::issue`]; else when the database does not answer.
pub fn begin_public_use(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, (channel, given_at): (&str, Time)) -> Result<Pid, Halt> {
    if !tx.eids().make_public(who.eid)? {
        return Err(Code::EidState.into());
    }
    for consent in Consent::ALL {
        let given = GivenConsent {
            consent,
            version: VERSION.to_owned(),
            channel: channel.to_owned(),
            given_at,
        };
        tx.issues().consent(who.eid, &given)?;
    }
    let event = Event::PublicUseBegun {
        who,
        channel: channel.to_owned(),
        consents: VERSION,
    };
    record(tx, ctx, &event)?;
    certificates::issue(tx, ctx, who)?;
    pid::of(tx, ctx, who.person)
}

/// The same, as its holder wishes, with what the register says now: what an officer ended for the terms' sake, or by word of a death, an officer
/// alone begins again.
///
/// # Errors
/// `public_use.officer`; `OCES004` under 15 or without a CPR number; `proofing.in_person` for whoever comes in person for an eID, too; as
/// [`registered_now`] and [`begin_public_use`].
pub fn begin_by_holder(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    who: Who,
    when: (&str, Time),
    entry: Option<&Entry>,
) -> Result<Pid, Halt> {
    let eid = tx.eids().find(who.eid)?;
    let today = denmark::date(ctx.now);
    if extend(eid.birth_date.map(|born| age_on(born, today)), eid.has_cpr) == Extend::Cannot {
        return Err(Code::Oces004.into());
    }
    let all = tx.eids().of_person(who.person)?;
    if ended_by_officer(tx, &all)? {
        return Err(Code::PublicUseOfficer.into());
    }
    registered_now(tx, who.person, entry)?;
    let cpr = tx.people().cpr(who.person)?;
    let (cpr, entry) = cpr.as_ref().zip(entry).ok_or(Code::ProofingUnknownPerson)?;
    by_holder(&Applicant::registered(cpr, entry, today))?;
    begin_public_use(tx, ctx, who, when)
}

/// Whether public use of whoever has these eIDs was ended for the terms' sake or by word of a death, of any of them, and no officer has begun it
/// again since, for any of them. What their holder did or stopped in between changes nothing.
pub(super) fn ended_by_officer(tx: &mut Tx<'_>, eids: &[Eid]) -> Result<bool, Halt> {
    let eids: Vec<_> = eids.iter().map(|eid| eid.id).collect();
    let Some(ended) = tx
        .certificates()
        .last_end(&eids, &[Reason::TermsBroken, Reason::Dead])?
    else {
        return Ok(false);
    };
    let officers = Channel::ALL.into_iter().filter(|channel| *channel != Channel::Online);
    let officers: Vec<_> = officers.map(Channel::as_str).collect();
    let begun = tx.issues().last_consent(&eids, &officers)?;
    Ok(begun.is_none_or(|begun| begun <= ended))
}
