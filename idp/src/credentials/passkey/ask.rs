//! What a log-in asks of an eID's passkeys, and the verdict on what comes back.

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::life::end_copied;
use crate::audit::Who;
use crate::ctx::Ctx;
use crate::domain::authenticator::State;
use crate::domain::factor::{Factor, Purpose};
use crate::domain::id::{AuthenticatorId, EidId, FlowId};
use crate::domain::passkey::counted;
use crate::domain::refusal::Code;
use crate::fault::Fault;
use crate::storage::{Authenticator, Halt, Passkey, Tx};
use crate::vault::passkey::{Challenge, Key, Relying};
use crate::vault::{Mac, Vault};

/// What makes one question another than the one before: it travels in the flow's cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked([u8; 16]);

impl Asked {
    /// A new question.
    #[must_use]
    pub fn new(ctx: &Ctx) -> Self {
        Self(ctx.rng.bytes())
    }
}

/// What an answer is for, so that it serves for nothing else.
#[derive(Debug, Clone, Copy)]
pub struct For<'a> {
    /// The log-in.
    pub flow: FlowId,
    /// The mark of its browser.
    pub browser: [u8; 32],
    /// Whose passkeys are asked.
    pub eid: EidId,
    /// The party that it leads to.
    pub party: &'a str,
    /// What it is for.
    pub purpose: Purpose,
}

impl For<'_> {
    /// What is signed: a keyed hash over all of it, so that nobody but this house can ask it, and nothing is stored.
    fn challenge(&self, vault: &Vault, Asked(nonce): Asked) -> Challenge {
        let (flow, eid, purpose) = (self.flow.bytes(), self.eid.bytes(), self.purpose.as_str());
        let fixed = [&b"log-in"[..], &nonce, &flow, &self.browser, &eid].concat();
        let rest = [purpose, self.party].join("/");
        vault.mac(Mac::Passkey, &[&fixed, rest.as_bytes()].concat())
    }
}

/// Whether one of these can be asked now: in use, and its waiting time over.
#[must_use]
pub fn usable(ctx: &Ctx, held: &[Authenticator]) -> bool {
    held.iter().any(|held| {
        held.factor == Factor::Passkey
            && held.state == State::Active
            && held.usable_at.is_none_or(|usable| usable <= ctx.now)
    })
}

/// Whether one of these can be asked later: in use, and its waiting time not over.
#[must_use]
pub fn waits(ctx: &Ctx, held: &[Authenticator]) -> bool {
    held.iter().any(|held| {
        held.factor == Factor::Passkey
            && held.state == State::Active
            && held.usable_at.is_some_and(|usable| usable > ctx.now)
    })
}

/// The passkeys that may answer, as they were read.
#[derive(Debug)]
pub struct Check {
    held: Vec<(AuthenticatorId, Key)>,
}

/// Reads what an answer rests on. Counts nothing.
///
/// # Errors
/// When the database does not answer or a row is corrupt.
pub fn reserve(tx: &mut Tx<'_>, ctx: &Ctx, eid: EidId) -> Result<Check, Halt> {
    let ready = |passkey: &Passkey| passkey.usable_at.is_none_or(|usable| usable <= ctx.now);
    let held = tx.passkeys().in_use(eid)?;
    let held = held.into_iter().filter(ready);
    Ok(Check {
        held: held.filter_map(|passkey| Some((passkey.id, passkey.key?))).collect(),
    })
}

/// A signature that was found good, and for which question.
#[derive(Debug, Clone)]
pub struct Proof {
    passkey: AuthenticatorId,
    key: Key,
    counter: u32,
    asked: [u8; 32],
}

/// The mark of a question, with all that it is for.
fn mark(challenge: &Challenge) -> [u8; 32] {
    let mut mark = [0; 32];
    mark.copy_from_slice(digest(&SHA256, challenge).as_ref());
    mark
}

impl Check {
    /// What the browser is asked: `publicKey` of `navigator.credentials.get`.
    ///
    /// # Errors
    /// A fault when it cannot be said.
    pub fn options(&self, vault: &Vault, relying: &Relying, asked: Asked, wanted: For<'_>) -> Result<Value, Fault> {
        relying.request(wanted.challenge(vault, asked), &self.keys())
    }

    /// The slow part: the signature, without a connection. `Err` inside says why it does not hold.
    ///
    /// # Errors
    /// A fault when it cannot be judged.
    pub fn run(
        &self,
        vault: &Vault,
        relying: &Relying,
        (asked, wanted): (Asked, For<'_>),
        brought: &str,
    ) -> Result<Result<Proof, Code>, Fault> {
        if brought.trim().is_empty() {
            return Ok(Err(Code::PasskeyRequired));
        }
        let (challenge, keys) = (wanted.challenge(vault, asked), self.keys());
        let shown = match relying.verify(challenge, &keys, brought)? {
            Ok(shown) => shown,
            Err(code) => return Ok(Err(code)),
        };
        let which = self.held.get(shown.which).cloned();
        Ok(which.ok_or(Code::PasskeyUnknown).map(|(passkey, key)| Proof {
            passkey,
            key,
            counter: shown.counter,
            asked: mark(&challenge),
        }))
    }

    fn keys(&self) -> Vec<Key> {
        self.held.iter().map(|(_, key)| key.clone()).collect()
    }
}

/// What came of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// Right.
    Accepted {
        /// Its maker vouches that the key cannot leave the device.
        in_hardware: bool,
    },
    /// Not to be used.
    Refused(Code),
}

/// Gives the verdict on what is true now, in the transaction that ends the log-in. A counter that went back blocks the passkey.
///
/// # Errors
/// When the database does not answer, or somebody else used the passkey meanwhile (the act runs again).
pub fn settle(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    who: Who,
    (asked, wanted): (Asked, For<'_>),
    proof: &Proof,
) -> Result<Settled, Halt> {
    // An answer to another question is none, whoever hands it in.
    if mark(&wanted.challenge(tx.vault(), asked)) != proof.asked || wanted.eid != who.eid {
        return Ok(Settled::Refused(Code::PasskeyWrong));
    }
    let found = tx.passkeys().find(proof.passkey)?;
    let same = |found: &Passkey| {
        found.eid == who.eid && found.state == State::Active && found.key.as_ref() == Some(&proof.key)
    };
    let Some(passkey) = found.filter(same) else {
        return Ok(Settled::Refused(Code::PasskeyUnknown));
    };
    match counted(passkey.counter, proof.counter) {
        Ok(counter) if tx.passkeys().used(&passkey, counter, ctx.now)? => Ok(Settled::Accepted {
            in_hardware: passkey.in_hardware,
        }),
        Ok(_) => Err(Halt::Again),
        // The same answer, sent twice at once, has ended this log-in between two reads: that is a repeat, and no second device.
        Err(_) if tx.flows().find(wanted.flow)?.is_some() => Err(Halt::Again),
        Err(code) => {
            end_copied(tx, ctx, who, &passkey)?;
            Ok(Settled::Refused(code))
        }
    }
}
