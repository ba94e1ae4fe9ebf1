//! The verdict on an attempt, on what is true when it is given.

use super::{Proof, Sources};
use crate::audit::{Event, Who, record};
use crate::ctx::Ctx;
use crate::delivery::{Notice, notice};
use crate::domain::eid::EidStatus;
use crate::domain::id::DeviceId;
use crate::domain::lanes::{self, Gate};
use crate::domain::refusal::{Code, Refusal};
use crate::session;
use crate::storage::{BlockCause, Eid, Halt, Tx};

/// A right password.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// Whose it is, as read now.
    pub eid: Eid,
    /// The known device it was typed on.
    pub device: Option<DeviceId>,
}

/// What came of an attempt.
#[derive(Debug)]
pub enum Verdict {
    /// The password was right and may be used.
    Accepted(Box<Accepted>),
    /// It was not, or may not be used. The refusal says only what this person may hear.
    Refused {
        /// What they may hear.
        refusal: Refusal,
        /// Whose eID it was about, when the password was right.
        about: Option<Who>,
    },
}

/// A settled attempt, or that it must be settled durably.
#[derive(Debug)]
pub enum Settled {
    /// The verdict stands.
    Verdict(Verdict),
    /// A lane closes or something is blocked: settle again in a transaction that survives loss of power.
    NeedsDurable,
}

fn plain_no() -> Verdict {
    Verdict::Refused {
        refusal: Refusal::new(Code::LoginFailed),
        about: None,
    }
}

/// Gives the verdict. What closes a lane or blocks is only written when `durable`, for a name that finds nobody, too: a closing
/// that came sooner would tell.
///
/// # Errors
/// When the database does not answer.
pub fn settle(tx: &mut Tx<'_>, ctx: &Ctx, sources: &Sources, proof: &Proof, durable: bool) -> Result<Settled, Halt> {
    let check = &proof.check;
    let (counter, version) = tx.lanes().find(check.lane)?;
    let Some(reserved_at) = check.reserved_at else {
        // Written back as it was: an open lane is written, too.
        tx.lanes().save(check.lane, &counter, version)?;
        return Ok(Settled::Verdict(while_closed(proof)));
    };
    if proof.right && unchanged(tx, proof)? {
        tx.lanes()
            .save(check.lane, &lanes::settle_right(counter, reserved_at, ctx.now), version)?;
        return accepted(tx, proof).map(Settled::Verdict);
    }
    let (counter, effect) = lanes::settle_wrong(counter, check.kind, check.weight, reserved_at, ctx.now);
    // An unknown name's counter closes as durably as a known one's: the wait for the disk would tell them apart.
    let lasting = effect.closes.is_some() || effect.blocks_password || effect.shuts;
    if lasting && !durable {
        return Ok(Settled::NeedsDurable);
    }
    tx.lanes().save(check.lane, &counter, version)?;
    let failed = counter.since_reset;
    if let Some(key) = check.source_key {
        sources.count(key, ctx.now);
    }
    let Some(eid) = &check.eid else {
        return Ok(Settled::Verdict(plain_no()));
    };
    let who = Who {
        person: eid.person,
        eid: eid.id,
    };
    let precise = check.known.is_some();
    let mut verdict = plain_no();
    if let Some(until) = effect.closes {
        record(
            tx,
            ctx,
            &Event::LaneClosed {
                who,
                known: precise,
                until,
            },
        )?;
        if precise {
            verdict = Verdict::Refused {
                refusal: Refusal::new(Code::Lock001).until(until),
                about: None,
            };
        }
    }
    if effect.notice {
        record(tx, ctx, &Event::StrangersTrying { who, failed })?;
        notice(tx, ctx, who, Notice::LogInsFailed { count: failed })?;
    }
    if effect.shuts {
        record(tx, ctx, &Event::StrangersShut { who })?;
    }
    if effect.blocks_password && tx.passwords().block(eid.id, BlockCause::Tries)? {
        tx.eids().raise_epoch(eid.id)?;
        session::end_all_of_eid(tx, ctx, eid.id)?;
        record(
            tx,
            ctx,
            &Event::PasswordBlocked {
                who,
                code: Code::Lock002,
            },
        )?;
        notice(tx, ctx, who, Notice::PasswordBlocked)?;
        verdict = Verdict::Refused {
            refusal: Refusal::new(Code::Lock002),
            about: None,
        };
    }
    Ok(Settled::Verdict(verdict))
}

/// Nothing was verified or counted. A known device hears why; everybody else hears what they always hear.
fn while_closed(proof: &Proof) -> Verdict {
    match (proof.check.gate, proof.check.known) {
        (Gate::Closed { until }, Some(_)) => Verdict::Refused {
            refusal: Refusal::new(Code::Auth004).until(until),
            about: None,
        },
        (Gate::Busy, Some(_)) => Verdict::Refused {
            refusal: Refusal::new(Code::LoginBusy),
            about: None,
        },
        _ => plain_no(),
    }
}

/// Whether the password is still the one that was verified: blocked meanwhile (another version) or its verifier made anew
/// (other bytes), but not another password, which is both.
fn unchanged(tx: &mut Tx<'_>, proof: &Proof) -> Result<bool, Halt> {
    let (Some(eid), Some(stored)) = (&proof.check.eid, &proof.check.stored) else {
        return Ok(false);
    };
    let now = tx.passwords().find(eid.id)?;
    Ok(now.is_some_and(|now| now.verifier == stored.verifier || now.version == stored.version))
}

/// The password was right: from here on the person may hear precisely what is wrong.
fn accepted(tx: &mut Tx<'_>, proof: &Proof) -> Result<Verdict, Halt> {
    let check = &proof.check;
    let Some(before) = &check.eid else {
        return Ok(plain_no());
    };
    let eid = tx.eids().find(before.id)?;
    let stored = tx.passwords().find(eid.id)?;
    let blocked = stored.as_ref().is_none_or(|password| password.blocked);
    let no = match (eid.status, blocked) {
        // Only its holder can have chosen a password: the first code puts the eID into use.
        (EidStatus::Active | EidStatus::Ordered, false) => None,
        (EidStatus::Active, true) => Some(match stored.and_then(|password| password.cause) {
            Some(BlockCause::Tries) => Code::Auth005,
            Some(BlockCause::Holder) | None => Code::Auth007,
        }),
        (EidStatus::Ordered, true) => Some(Code::Auth008),
        (EidStatus::Blocked | EidStatus::Closed, _) => Some(Code::Auth001),
    };
    Ok(match no {
        None => Verdict::Accepted(Box::new(Accepted {
            eid,
            device: check.known,
        })),
        Some(code) => Verdict::Refused {
            refusal: Refusal::new(code),
            about: Some(Who {
                person: eid.person,
                eid: eid.id,
            }),
        },
    })
}
