//! A passkey comes in, and ends; and what its holder then does without.

use serde_json::Value;

use super::Rules;
use crate::audit::Who;
use crate::credentials::block::{HOLDER, OFFICER};
use crate::credentials::change::{ends_all, record_change};
use crate::ctx::Ctx;
use crate::delivery::{Notice, notice};
use crate::domain::authenticator::State;
use crate::domain::factor::Factor;
use crate::domain::id::{AuthenticatorId, EidId, SessionId};
use crate::domain::passkey::{in_time, may_add, name};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::time::{Span, Time};
use crate::fault::Fault;
use crate::storage::{Halt, Passkey, Tx};
use crate::vault::passkey::{Challenge, Holder, Key, Registered};
use crate::vault::{Mac, Vault};

/// What a page that adds a passkey asked, and when. It travels in the form; only the house can make the challenge of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddAsked {
    at: Time,
    nonce: [u8; 16],
}

impl AddAsked {
    /// A new question.
    #[must_use]
    pub fn new(ctx: &Ctx) -> Self {
        Self {
            at: ctx.now,
            nonce: ctx.rng.bytes(),
        }
    }

    /// For the form.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        [&self.at.micros().to_be_bytes()[..], &self.nonce].concat()
    }

    /// Back from the form.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (at, nonce) = bytes.split_first_chunk::<8>()?;
        Some(Self {
            at: Time::from_micros(i64::from_be_bytes(*at)),
            nonce: nonce.try_into().ok()?,
        })
    }

    fn challenge(&self, vault: &Vault, adds: &Adds<'_>) -> Challenge {
        let (at, eid, session) = (
            self.at.micros().to_be_bytes(),
            adds.who.eid.bytes(),
            adds.session.bytes(),
        );
        vault.mac(Mac::Passkey, &[&b"add"[..], &self.nonce, &at, &eid, &session].concat())
    }
}

/// Who adds a passkey, and by which rules.
#[derive(Debug, Clone, Copy)]
pub struct Adds<'a> {
    /// What the operator set.
    pub rules: &'a Rules,
    /// Whose it will be.
    pub who: Who,
    /// The session in which they stand.
    pub session: SessionId,
}

/// What their device keeps of the holder: nothing that says who they are to anybody else.
fn holder(vault: &Vault, eid: EidId, shown: &str) -> Holder {
    Holder {
        handle: vault.mac(Mac::Passkey, &[&b"holder"[..], &eid.bytes()].concat()),
        name: shown.to_owned(),
    }
}

/// What the browser is asked to make a key by; `shown` is what the device calls its holder.
///
/// # Errors
/// `passkey.too_many`; or when the database does not answer.
pub fn asks_to_add(tx: &mut Tx<'_>, adds: &Adds<'_>, asked: &AddAsked, shown: &str) -> Result<Value, Halt> {
    let known = tx.passkeys().in_use(adds.who.eid)?;
    may_add(known.len(), adds.rules.most)?;
    let keys: Vec<Key> = known.into_iter().filter_map(|passkey| passkey.key).collect();
    let (challenge, holder) = (
        asked.challenge(tx.vault(), adds),
        holder(tx.vault(), adds.who.eid, shown),
    );
    Ok(adds.rules.relying.creation(challenge, &holder, &keys)?)
}

impl Adds<'_> {
    /// Checks what the browser brought, without a connection. `Err` inside says why it does not hold.
    ///
    /// # Errors
    /// A fault when it cannot be judged.
    pub fn check(
        &self,
        vault: &Vault,
        ctx: &Ctx,
        asked: &AddAsked,
        brought: &str,
    ) -> Result<Result<Registered, Code>, Fault> {
        if brought.trim().is_empty() {
            return Ok(Err(Code::PasskeyRequired));
        }
        if !in_time(asked.at, ctx.now) {
            return Ok(Err(Code::PasskeyWrong));
        }
        self.rules.relying.register(asked.challenge(vault, self), brought)
    }
}

/// Takes in a passkey whose signature was checked. `Err` inside says what is wrong; nothing was written then.
///
/// # Errors
/// When the database does not answer; a key that comes in twice at once makes the act run again.
pub fn receive(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    adds: &Adds<'_>,
    (came, called): (&Registered, &str),
) -> Result<Result<Passkey, Refusal>, Halt> {
    let called = match name(called) {
        Ok(called) => called,
        Err(code) => return Ok(Err(Refusal::new(code).at("name"))),
    };
    // Two that come in at once follow one another: whoever holds the eID sees what the other brought.
    let eid = tx.eids().find(adds.who.eid)?;
    if !tx.eids().hold(eid.id, eid.epoch, None)? {
        return Err(Halt::Again);
    }
    let in_use = tx.passkeys().in_use(adds.who.eid)?.len();
    if let Err(code) = may_add(in_use, adds.rules.most) {
        return Ok(Err(code.into()));
    }
    if tx.passkeys().is_known(came.key.mark())? {
        return Ok(Err(Code::PasskeyKnown.into()));
    }
    // The key that an eID on hardware waits for waits for nothing itself: until it is there, nothing else opens a service. One that
    // follows a lost one waits: whoever blocked the other may not be its owner, who is told and has that long.
    let waits = if eid.on_hardware && !had_any(tx, adds.who.eid)? {
        Span::ZERO
    } else {
        adds.rules.waits
    };
    let passkey = Passkey {
        id: AuthenticatorId::from_uuid(ctx.rng.uuid_v7(ctx.now)),
        eid: adds.who.eid,
        name: called,
        state: State::Active,
        key: Some(came.key.clone()),
        in_hardware: came.in_hardware,
        counter: came.counter,
        usable_at: Some(ctx.now + waits),
        version: 1,
    };
    tx.passkeys().add(&passkey, &came.key, ctx.now)?;
    changed(tx, ctx, adds.who, &passkey, State::Active, "added")?;
    notice(tx, ctx, adds.who, Notice::PasskeyAdded)?;
    Ok(Ok(passkey))
}

/// Whether an eID has or ever had a passkey; one that was blocked counts.
///
/// # Errors
/// When the database does not answer or a row is corrupt.
pub fn had_any(tx: &mut Tx<'_>, eid: EidId) -> Result<bool, Halt> {
    let held = tx.authenticators().of_eid(eid)?;
    Ok(held.iter().any(|one| one.factor == Factor::Passkey))
}

/// Gives a passkey another name. `Err` inside says why it is none.
///
/// # Errors
/// `passkey.unknown` when the eID has no such passkey in use; or when the database does not answer.
pub fn rename(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    who: Who,
    id: AuthenticatorId,
    called: &str,
) -> Result<Result<(), Refusal>, Halt> {
    let called = match name(called) {
        Ok(called) => called,
        Err(code) => return Ok(Err(Refusal::new(code).at("name"))),
    };
    let passkey = in_use(tx, who, id)?;
    tx.authenticators().rename(id, who.eid, &called)?;
    changed(tx, ctx, who, &passkey, State::Active, "renamed")?;
    Ok(Ok(()))
}

fn in_use(tx: &mut Tx<'_>, who: Who, id: AuthenticatorId) -> Result<Passkey, Halt> {
    let found = tx.passkeys().find(id)?;
    let ours = found.filter(|passkey| passkey.eid == who.eid && passkey.state == State::Active);
    Ok(ours.ok_or(Code::PasskeyUnknown)?)
}

/// Ends a passkey for good: it is lost, or no longer used. Whoever had it may have used it: everything that the eID's log-ins gave ends
/// with it.
///
/// # Errors
/// `passkey.unknown` when the eID has none such; or when the database does not answer.
pub fn block(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, id: AuthenticatorId) -> Result<(), Halt> {
    stop(tx, ctx, who, id, HOLDER)
}

/// The same, done by an officer.
///
/// # Errors
/// As [`block`].
pub fn block_by_officer(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, id: AuthenticatorId) -> Result<(), Halt> {
    stop(tx, ctx, who, id, OFFICER)
}

fn stop(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, id: AuthenticatorId, how: &'static str) -> Result<(), Halt> {
    let passkey = in_use(tx, who, id)?;
    close(tx, ctx, who, &passkey, how)?;
    ends_all(tx, ctx, who, Notice::PasskeyBlocked)
}

/// Ends every passkey of an eID that is blocked or closed itself.
///
/// # Errors
/// When the database does not answer, or somebody else changed a passkey meanwhile (the act runs again).
pub fn close_all(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, how: &'static str) -> Result<(), Halt> {
    for passkey in tx.passkeys().in_use(who.eid)? {
        close(tx, ctx, who, &passkey, how)?;
    }
    Ok(())
}

/// Ends a passkey whose counter went back, and tells its holder. The log-in goes on with what else they hold.
pub(super) fn end_copied(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, passkey: &Passkey) -> Result<(), Halt> {
    close(tx, ctx, who, passkey, "counter_went_back")?;
    notice(tx, ctx, who, Notice::PasskeyCopied)
}

fn close(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, passkey: &Passkey, how: &'static str) -> Result<(), Halt> {
    if !tx.passkeys().close(passkey, ctx.now)? {
        return Err(Halt::Again);
    }
    changed(tx, ctx, who, passkey, State::Closed, how)
}

fn changed(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, passkey: &Passkey, to: State, how: &'static str) -> Result<(), Halt> {
    record_change(tx, ctx, who, (Factor::Passkey, passkey.id.to_string()), to, how)
}
