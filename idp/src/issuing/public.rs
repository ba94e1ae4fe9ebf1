//! Where public use begins, whatever the channel: with the four consents, the public number and the certificate.

use crate::audit::{Event, Who, record};
use crate::certificates;
use crate::ctx::Ctx;
use crate::domain::consent::{Consent, VERSION};
use crate::domain::pid::Pid;
use crate::domain::refusal::Code;
use crate::pid;
use crate::storage::{GivenConsent, Halt, Tx};

/// Lets an eID be used outside netbank from now on. The caller has seen to it that its holder may, and has accepted the rules and each
/// consent in the version in force. The public number is found again where the person had one (M50).
///
/// # Errors
/// `eid.state` where it is public already; as [`certificates::issue`]; else when the database does not answer.
pub fn begin_public_use(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, channel: &str) -> Result<Pid, Halt> {
    if !tx.eids().make_public(who.eid)? {
        return Err(Code::EidState.into());
    }
    for consent in Consent::ALL {
        let given = GivenConsent {
            consent,
            version: VERSION.to_owned(),
            channel: channel.to_owned(),
            given_at: ctx.now,
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
