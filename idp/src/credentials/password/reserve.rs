//! An attempt is counted before it is verified.

use zeroize::Zeroizing;

use super::Sources;
use crate::credentials::user_id::nobody;
use crate::ctx::Ctx;
use crate::domain::id::{DeviceId, EidId};
use crate::domain::lanes::{self, Gate, LaneKind, Weight};
use crate::domain::time::Time;
use crate::domain::user_id::Typed;
use crate::fault::Fault;
use crate::storage::{Eid, Halt, LaneId, StoredPassword, Tx};
use crate::vault::password::{HashMemory, Params, Verifier};
use crate::vault::{Lookup, Vault};

/// A browser's claim to be a device that an eID logged in from: the content of an opened device cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct DeviceClaim {
    /// The eID.
    pub eid: EidId,
    /// The device.
    pub device: DeviceId,
    /// The credential epoch it was made in.
    pub epoch: i32,
}

/// What somebody typed, and where.
pub struct Attempt {
    /// The user-ID in the form in which names are compared; `None` when what was typed can be no user-ID.
    pub user_id: Option<Typed>,
    /// The password.
    pub password: Zeroizing<Vec<u8>>,
    /// Whether it looks like the four-digit form: weighs more when wrong, for every account.
    pub four_digits: bool,
    /// The devices that the browser claims to be.
    pub devices: Vec<DeviceClaim>,
}

/// An attempt with its place in a lane.
pub struct Check {
    pub(super) eid: Option<Eid>,
    pub(super) stored: Option<StoredPassword>,
    pub(super) lane: LaneId,
    pub(super) kind: LaneKind,
    pub(super) known: Option<DeviceId>,
    pub(super) weight: Weight,
    pub(super) gate: Gate,
    pub(super) reserved_at: Option<Time>,
    pub(super) source_key: Option<u64>,
    pub(super) verifier: Verifier,
    pub(super) password: Zeroizing<Vec<u8>>,
}

/// A check that was run.
pub struct Proof {
    pub(super) check: Check,
    pub(super) right: bool,
}

/// Finds the lane and takes a place in it. Writes nothing but counters; a closed lane is not counted in. Whoever is asked for, the
/// same statements run: a name that finds nobody is looked for under an id that is nobody's, and a closed lane is written back as
/// it was read.
///
/// # Errors
/// When the database does not answer.
pub fn reserve(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    sources: &Sources,
    params: &Params,
    attempt: &Attempt,
) -> Result<Check, Halt> {
    let name = attempt.user_id.as_ref().map_or("", |typed| typed.as_str());
    let found = tx.aliases().eid(name)?;
    let sought = found.unwrap_or_else(|| nobody(tx.vault(), name));
    let eid = tx.eids().look(sought)?;
    let stored = tx.passwords().find(sought)?;
    if found.is_some() && eid.is_none() {
        return Err(Fault::bare(format!("no eID {sought}")).into());
    }
    let known = match &eid {
        Some(eid) => known_device(tx, ctx, eid, &attempt.devices)?,
        None => None,
    };
    let (lane, kind) = match (&eid, known) {
        (Some(_), Some(device)) => (LaneId::Known(device), LaneKind::Known),
        (Some(eid), None) => (LaneId::Strangers(eid.id), LaneKind::Strangers),
        (None, _) => (LaneId::Decoy(decoy(tx.vault(), name)), LaneKind::Strangers),
    };
    let source_key = (kind == LaneKind::Strangers)
        .then(|| sources.key(ctx.caller.source, lane))
        .flatten();
    let (counter, version) = tx.lanes().find(lane)?;
    let exhausted = source_key.is_some_and(|key| sources.is_exhausted(key, ctx.now));
    let gate = if exhausted {
        Gate::Shut
    } else {
        lanes::gate(&counter, kind, ctx.now)
    };
    let open = gate == Gate::Open;
    let counter = if open {
        lanes::reserve(counter, ctx.now)
    } else {
        counter
    };
    tx.lanes().save(lane, &counter, version)?;
    let reserved_at = open.then_some(ctx.now);
    let verifier = stored
        .as_ref()
        .and_then(|s| Verifier::from_bytes(&s.verifier).ok())
        .unwrap_or_else(|| Verifier::nobody(*params));
    Ok(Check {
        eid,
        stored,
        lane,
        kind,
        known,
        weight: if attempt.four_digits {
            Weight::FourDigits
        } else {
            Weight::Ordinary
        },
        gate,
        reserved_at,
        source_key,
        verifier,
        password: attempt.password.clone(),
    })
}

/// Which of the devices that a browser claims to be is one that the eID logged in from, in this credential epoch.
///
/// # Errors
/// When the database does not answer.
pub fn known_device(tx: &mut Tx<'_>, ctx: &Ctx, eid: &Eid, claims: &[DeviceClaim]) -> Result<Option<DeviceId>, Halt> {
    for claim in claims.iter().filter(|c| c.eid == eid.id && c.epoch == eid.epoch) {
        if tx.devices().live(claim.device, eid.id, eid.epoch, ctx.now)? {
            return Ok(Some(claim.device));
        }
    }
    Ok(None)
}

/// One of 65,536 counters, the same for the same name every time.
fn decoy(vault: &Vault, name: &str) -> u16 {
    let hash = vault.lookup(Lookup::UserId, name.as_bytes());
    u16::from_be_bytes([hash[0], hash[1]])
}

/// A place that an attempt took in a lane.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    lane: LaneId,
    at: Time,
}

/// Gives a place back: the attempt was shed, so it counts as nothing.
///
/// # Errors
/// When the database does not answer.
pub fn give_back(tx: &mut Tx<'_>, ctx: &Ctx, place: Place) -> Result<(), Halt> {
    let (counter, version) = tx.lanes().find(place.lane)?;
    if version.is_some() {
        tx.lanes()
            .save(place.lane, &lanes::release(counter, place.at, ctx.now), version)?;
    }
    Ok(())
}

impl Check {
    /// The place that it took, if the lane was open.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        self.reserved_at.map(|at| Place { lane: self.lane, at })
    }

    /// The slow part: exactly one password hash, whoever is asked for. Needs no connection.
    #[must_use]
    pub fn run(self, vault: &Vault, memory: &mut HashMemory) -> Proof {
        let right = crate::vault::password::verify(vault, &self.verifier, &self.password, memory);
        let usable = self.gate == Gate::Open && self.stored.is_some();
        Proof {
            right: right && usable,
            check: self,
        }
    }
}
