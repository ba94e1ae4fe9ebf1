//! Somebody types a user-ID and an activation password: counted, compared, judged, in one act; no slow work, since a machine made
//! the digits and only their MAC is kept.

use super::order::mac;
use crate::audit::{Event, Who, record};
use crate::credentials::user_id::nobody;
use crate::ctx::Ctx;
use crate::domain::activation::{Digits, VOID_AT, serves};
use crate::domain::eid::EidStatus;
use crate::domain::id::{ActivationId, EidId};
use crate::domain::lanes::{self, Gate, LaneKind, Weight};
use crate::domain::user_id::Typed;
use crate::storage::{Halt, LaneId, PersonStatus, Tx};
use crate::vault::{Lookup, Mac, Vault};

/// A right activation password, not used yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempted {
    /// Whose.
    pub who: Who,
    /// Which.
    pub activation: ActivationId,
    /// The credential epoch that it was right in.
    pub epoch: i32,
}

/// Tries digits. `None` is the one answer for whatever is not right: nobody has the name, no such password, a wrong one, one that is
/// over or void, too many tries. Whoever is asked for, the same statements run, and as much is written.
///
/// # Errors
/// When the database does not answer, or somebody else tried at the same moment (the act runs again).
pub fn attempt(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    user_id: Option<&Typed>,
    digits: Option<Digits>,
) -> Result<Option<Attempted>, Halt> {
    let name = user_id.map_or("", Typed::as_str);
    let sought = tx.aliases().eid(name)?.unwrap_or_else(|| nobody(tx.vault(), name));
    let eid = tx.eids().look(sought)?;
    let known = tx.activations().find(sought)?;
    let lane = known.as_ref().map_or_else(
        || decoy(tx.vault(), name),
        |activation| LaneId::Activation(activation.id),
    );
    let (counter, version) = tx.lanes().find(lane)?;
    if lanes::gate(&counter, LaneKind::Strangers, ctx.now) != Gate::Open {
        tx.lanes().save(lane, &counter, version)?;
        return Ok(None);
    }
    let right = is_right(
        tx.vault(),
        known.as_ref().map(|one| (one.id, one.mac.as_slice())),
        digits,
    );
    let serving = known.filter(|one| right && serves(one.state, one.expires_at, ctx.now));
    let holder = eid.filter(|eid| eid.status == EidStatus::Ordered && eid.person_status == PersonStatus::Active);
    if let (Some(one), Some(eid)) = (&serving, &holder) {
        tx.lanes()
            .save(lane, &lanes::settle_right(counter, ctx.now, ctx.now), version)?;
        return Ok(Some(Attempted {
            who: Who {
                person: eid.person,
                eid: eid.id,
            },
            activation: one.id,
            epoch: eid.epoch,
        }));
    }
    let (counter, effect) = lanes::settle_wrong(counter, LaneKind::Strangers, Weight::Ordinary, ctx.now, ctx.now);
    tx.lanes().save(lane, &counter, version)?;
    if let (LaneId::Activation(id), Some(eid)) = (lane, &holder) {
        let who = Who {
            person: eid.person,
            eid: eid.id,
        };
        close(
            tx,
            ctx,
            who,
            (id, eid.id),
            counter.since_reset >= VOID_AT,
            effect.closes.is_some(),
        )?;
    }
    Ok(None)
}

fn close(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    who: Who,
    (id, eid): (ActivationId, EidId),
    void: bool,
    closed: bool,
) -> Result<(), Halt> {
    if void && tx.activations().void(id, eid, ctx.now)? {
        record(tx, ctx, &Event::ActivationVoid { who })?;
    } else if closed {
        record(tx, ctx, &Event::ActivationClosed { who })?;
    }
    Ok(())
}

/// One MAC and one comparison, whether there is anything to compare with or not.
fn is_right(vault: &Vault, known: Option<(ActivationId, &[u8])>, digits: Option<Digits>) -> bool {
    static NOTHING: [u8; 32] = [0; 32];
    let (id, stored) = known.unwrap_or((ActivationId::from_bytes([0; 16]), NOTHING.as_slice()));
    let typed = mac(vault, id, digits.unwrap_or(Digits::from_random(0)));
    let equal = vault.mac_ok(Mac::Activation, &typed, &vault.mac(Mac::Activation, stored));
    equal && digits.is_some()
}

/// One of 65,536 counters, the same for the same name every time; not the one that a password of that name is counted in.
fn decoy(vault: &Vault, name: &str) -> LaneId {
    let hash = vault.lookup(Lookup::UserId, name.as_bytes());
    LaneId::ActivationDecoy(u16::from_be_bytes([hash[2], hash[3]]))
}
