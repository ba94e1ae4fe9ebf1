//! Owns the words of WebAuthn: who we are to browsers, what a browser is asked to have signed, and whether what it brings holds
//! (Level 2 §7.1 and §7.2, by `webauthn-rs`). User verification is required, always. Never holds a private key of theirs, never knows
//! a person or a log-in: the challenge is its caller's.

#[cfg(test)]
mod tests;

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;
use webauthn_rs_core::WebauthnCore;
use webauthn_rs_core::error::WebauthnError;
use webauthn_rs_core::proto::{
    AttestationCaList, AttestationConveyancePreference, Credential, ParsedAttestation, PublicKeyCredential,
    RegisterPublicKeyCredential, UserVerificationPolicy,
};

use crate::domain::passkey::in_hardware;
use crate::domain::refusal::Code;
use crate::fault::Fault;

/// What a browser is told of the time that a person has.
const TIMEOUT: Duration = Duration::from_secs(300);
/// Longer names of a key are none (Level 2 §7.1, step 25).
const LONGEST_ID: usize = 1_023;
const PEM_END: &str = "-----END CERTIFICATE-----";

/// What is signed: 32 bytes that nobody else can make.
pub type Challenge = [u8; 32];

/// Who we are to browsers, and whose word we take for a key's hardware.
#[derive(Debug, Clone)]
pub struct Relying {
    core: WebauthnCore,
    anchors: Option<AttestationCaList>,
}

/// A passkey's public key, with the name that its device knows it by.
#[derive(Clone)]
pub struct Key(Credential);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.0.cred_id == other.0.cred_id && self.0.cred == other.0.cred
    }
}

impl Key {
    /// Back from its row.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok().map(Self)
    }

    /// For its row.
    ///
    /// # Errors
    /// A fault when it cannot be written.
    pub fn bytes(&self) -> Result<Vec<u8>, Fault> {
        serde_json::to_vec(&self.0).map_err(|error| Fault::new("a passkey cannot be written", error))
    }

    /// SHA-256 of the name that its device knows it by: no two passkeys here share it.
    #[must_use]
    pub fn mark(&self) -> [u8; 32] {
        super::sha256(&self.0.cred_id)
    }
}

/// Whom a passkey is for, as its device keeps it.
#[derive(Debug, Clone)]
pub struct Holder {
    /// Says nothing to anybody else.
    pub handle: [u8; 32],
    /// What the device shows.
    pub name: String,
}

/// A key that came in.
#[derive(Debug, Clone)]
pub struct Registered {
    /// The key.
    pub key: Key,
    /// Its counter at this moment.
    pub counter: u32,
    /// Its maker vouches that it cannot leave the device.
    pub in_hardware: bool,
}

/// An answer that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// Which of the keys gave it.
    pub which: usize,
    /// Its counter at this moment.
    pub counter: u32,
}

impl Relying {
    /// `id` is the name that keys are bound to, `origins` are the pages that may ask; `anchors` are certificates of makers, in PEM.
    ///
    /// # Errors
    /// Which certificate is none.
    pub fn new(id: &str, name: &str, origins: Vec<Url>, anchors: Option<&str>) -> Result<Self, String> {
        let anchors = anchors.map(read_anchors).transpose()?;
        Ok(Self {
            core: WebauthnCore::new_unsafe_experts_only(name, id, origins, TIMEOUT, None, None),
            anchors,
        })
    }

    /// What a browser is asked to make a key by: `publicKey` of `navigator.credentials.create`, binary values in base64url.
    ///
    /// # Errors
    /// A fault when it cannot be said.
    pub fn creation(&self, challenge: Challenge, holder: &Holder, known: &[Key]) -> Result<Value, Fault> {
        let known = known.iter().map(|key| key.0.cred_id.clone()).collect();
        let (attestation, name) = (self.conveyance(), holder.name.as_str());
        let builder = self.core.new_challenge_register_builder(&holder.handle, name, name);
        let builder = builder
            .map_err(unsaid)?
            .attestation(attestation)
            .user_verification_policy(UserVerificationPolicy::Required)
            .exclude_credentials(Some(known));
        let (mut asked, _) = self.core.generate_challenge_register(builder).map_err(unsaid)?;
        asked.public_key.challenge = challenge.to_vec();
        serde_json::to_value(&asked.public_key).map_err(unsaid)
    }

    /// Takes in the key that a browser brings for that challenge.
    ///
    /// # Errors
    /// `passkey.wrong`, `passkey.unverified`; a fault when it cannot be judged.
    pub fn register(&self, challenge: Challenge, brought: &str) -> Result<Result<Registered, Code>, Fault> {
        let Ok(brought) = serde_json::from_str::<RegisterPublicKeyCredential>(brought) else {
            return Ok(Err(Code::PasskeyWrong));
        };
        let builder = self.core.new_challenge_register_builder(&[0], "-", "-");
        let builder = builder
            .map_err(unsaid)?
            .attestation(self.conveyance())
            .user_verification_policy(UserVerificationPolicy::Required);
        let (_, state) = self.core.generate_challenge_register(builder).map_err(unsaid)?;
        let state = asks_for(&state, challenge)?;
        let vouched = self.anchors.as_ref();
        let vouched = vouched.and_then(|anchors| self.core.register_credential(&brought, &state, Some(anchors)).ok());
        let vouched_for = vouched.is_some();
        let judged = match vouched {
            Some(key) => Ok(key),
            None => self.core.register_credential(&brought, &state, None),
        };
        let mut key = match judged {
            Ok(key) if key.cred_id.len() <= LONGEST_ID => key,
            Ok(_) => return Ok(Err(Code::PasskeyWrong)),
            Err(error) => return Ok(Err(refused(&error))),
        };
        let counter = key.counter;
        // The counter has a column of its own, and what vouched for the key is not needed again.
        key.counter = 0;
        key.attestation = ParsedAttestation::default();
        Ok(Ok(Registered {
            in_hardware: in_hardware(vouched_for, key.backup_eligible),
            counter,
            key: Key(key),
        }))
    }

    /// What a browser is asked to have signed by one of these keys: `publicKey` of `navigator.credentials.get`.
    ///
    /// # Errors
    /// A fault when it cannot be said.
    pub fn request(&self, challenge: Challenge, keys: &[Key]) -> Result<Value, Fault> {
        let keys = keys.iter().map(|key| key.0.clone()).collect();
        let required = Some(UserVerificationPolicy::Required);
        let builder = self.core.new_challenge_authenticate_builder(keys, required);
        let asked = builder.and_then(|builder| self.core.generate_challenge_authenticate(builder));
        let (mut asked, _) = asked.map_err(unsaid)?;
        asked.public_key.challenge = challenge.to_vec();
        serde_json::to_value(&asked.public_key).map_err(unsaid)
    }

    /// Whether what a browser brings is a signature over that challenge, by one of these keys, for a page of ours, by somebody whom the
    /// device knows.
    ///
    /// # Errors
    /// `passkey.wrong`, `passkey.unverified`, `passkey.unknown`; a fault when it cannot be judged.
    pub fn verify(&self, challenge: Challenge, keys: &[Key], brought: &str) -> Result<Result<Shown, Code>, Fault> {
        let Ok(brought) = serde_json::from_str::<PublicKeyCredential>(brought) else {
            return Ok(Err(Code::PasskeyWrong));
        };
        let which = keys.iter().position(|key| key.0.cred_id == brought.raw_id);
        let Some((which, key)) = which.and_then(|which| Some((which, keys.get(which)?))) else {
            return Ok(Err(Code::PasskeyUnknown));
        };
        let required = Some(UserVerificationPolicy::Required);
        let builder = self
            .core
            .new_challenge_authenticate_builder(vec![key.0.clone()], required);
        let state = builder.and_then(|builder| self.core.generate_challenge_authenticate(builder));
        let state = asks_for(&state.map_err(unsaid)?.1, challenge)?;
        let shown = self.core.authenticate_single_credential(&brought, &state, &key.0);
        Ok(shown
            .map(|shown| Shown {
                which,
                counter: shown.counter(),
            })
            .map_err(|error| refused(&error)))
    }

    fn conveyance(&self) -> AttestationConveyancePreference {
        match self.anchors {
            Some(_) => AttestationConveyancePreference::Direct,
            None => AttestationConveyancePreference::None,
        }
    }
}

/// The library's own state, asking for our challenge in the place of the one that it drew.
fn asks_for<S: Serialize + DeserializeOwned>(state: &S, challenge: Challenge) -> Result<S, Fault> {
    let mut said = serde_json::to_value(state).map_err(unsaid)?;
    match said.get_mut("challenge") {
        Some(place) => *place = URL_SAFE_NO_PAD.encode(challenge).into(),
        None => return Err(Fault::bare("the state of a passkey holds no challenge")),
    }
    serde_json::from_value(said).map_err(unsaid)
}

fn refused(error: &WebauthnError) -> Code {
    log::debug!("a passkey's answer does not hold: {error}");
    match error {
        WebauthnError::UserNotVerified => Code::PasskeyUnverified,
        _ => Code::PasskeyWrong,
    }
}

fn unsaid(error: impl std::error::Error + Send + Sync + 'static) -> Fault {
    Fault::new("a passkey cannot be asked", error)
}

/// Certificates one after the other.
fn read_anchors(pem: &str) -> Result<AttestationCaList, String> {
    let mut all = AttestationCaList::default();
    for (number, text) in pem.split_inclusive(PEM_END).enumerate() {
        let text = text.trim();
        if text.is_empty() {
            continue;
        }
        let one = AttestationCaList::try_from(text.as_bytes());
        all.union(&one.map_err(|error| format!("certificate {} cannot be read: {error}", number + 1))?);
    }
    if all.is_empty() {
        return Err("holds no certificate".to_owned());
    }
    Ok(all)
}
