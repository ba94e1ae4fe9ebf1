//! Signs our JWTs, publishes their keys, and recognises our own again. Tokens of others are not read here.

use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Alg, KeyPurpose};
use crate::domain::time::Time;
use crate::vault::{Vault, VaultError};

/// The type of ID tokens and other plain JWTs.
pub const TYP_JWT: &str = "JWT";

impl Vault {
    /// The key set as RFC 7517 has it: active keys first, then next and retired ones that are still published.
    #[must_use]
    pub fn jwks_json(&self, now: Time) -> Value {
        let ring = self.ring();
        let keys: Vec<&Value> = ring
            .published(KeyPurpose::Jwt, now)
            .into_iter()
            .map(|key| &key.jwk)
            .collect();
        json!({"keys": keys})
    }

    /// Signs `claims` with the active key of `alg`; `typ` is the header's type (`JWT`, `at+jwt`, `logout+jwt`).
    ///
    /// # Errors
    /// [`VaultError::NoKey`] when no key is active, [`VaultError::Key`] when signing fails.
    pub fn sign_jwt(&self, alg: Alg, typ: &str, claims: &impl Serialize, _now: Time) -> Result<String, VaultError> {
        let ring = self.ring();
        let key = ring
            .active(KeyPurpose::Jwt, alg)
            .ok_or(VaultError::NoKey(alg.as_str()))?;
        let mut header = Header::new(algorithm(alg));
        header.typ = Some(typ.to_owned());
        header.kid = Some(key.row.kid.clone());
        encode(&header, claims, &key.signing).map_err(|error| VaultError::Key(format!("JWT: {error}")))
    }

    /// The claims of a JWT that we signed with a key that is still published; nothing for any other text. Its `typ`
    /// must be the one asked for, so that no kind of token passes for another. Dates are not looked at: an ID token
    /// serves as a hint long after it expired.
    #[must_use]
    pub fn verify_own_jwt(&self, token: &str, typ: &str, now: Time) -> Option<Value> {
        let header = decode_header(token).ok()?;
        let ring = self.ring();
        let key = ring
            .find(KeyPurpose::Jwt, header.kid.as_deref()?)
            .filter(|key| key.row.is_published(now))?;
        if header.typ.as_deref() != Some(typ) || header.alg != algorithm(key.row.alg) {
            return None;
        }
        let mut rules = Validation::new(algorithm(key.row.alg));
        rules.validate_exp = false;
        rules.validate_aud = false;
        rules.required_spec_claims.clear();
        decode::<Value>(token, &key.verifying, &rules)
            .ok()
            .map(|token| token.claims)
    }
}

fn algorithm(alg: Alg) -> Algorithm {
    match alg {
        Alg::Rs256 => Algorithm::RS256,
        Alg::Es256 => Algorithm::ES256,
    }
}
