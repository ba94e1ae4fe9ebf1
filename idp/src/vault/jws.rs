//! What others have signed: a JWT against its sender's registered public keys (RFC 7515, RFC 7517). Owns which signatures are taken.
//! Holds no key of ours, and believes no claim: what a good signature says is judged by whoever asked.

use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::Value;

/// The signatures that we take from others.
pub const ALGS: [(Algorithm, &str); 4] = [
    (Algorithm::RS256, "RS256"),
    (Algorithm::ES256, "ES256"),
    (Algorithm::PS256, "PS256"),
    (Algorithm::EdDSA, "EdDSA"),
];

/// The claims of a token that one of `keys` has signed, and nothing else.
#[must_use]
pub fn signed_claims(token: &str, keys: &Value) -> Option<Value> {
    let header = decode_header(token).ok()?;
    let (alg, name) = ALGS.into_iter().find(|(alg, _)| *alg == header.alg)?;
    let set: JwkSet = serde_json::from_value(keys.clone()).ok()?;
    let fits = |jwk: &&Jwk| {
        let named = jwk.common.key_algorithm.is_none_or(|known| known.to_string() == name);
        let for_signing = jwk.common.public_key_use != Some(PublicKeyUse::Encryption);
        named
            && for_signing
            && header
                .kid
                .as_ref()
                .is_none_or(|kid| jwk.common.key_id.as_ref() == Some(kid))
    };
    let mut rules = Validation::new(alg);
    rules.validate_exp = false;
    rules.validate_aud = false;
    rules.required_spec_claims.clear();
    set.keys.iter().filter(fits).find_map(|jwk| {
        let key = DecodingKey::from_jwk(jwk)
            .ok()
            .filter(|key| key.family() == alg.family())?;
        decode::<Value>(token, &key, &rules).ok().map(|token| token.claims)
    })
}

/// The same, of a token that says to be of this type (RFC 8725 §3.11): a token made for one thing never passes for another.
#[must_use]
pub fn signed_claims_of(typ: &str, token: &str, keys: &Value) -> Option<Value> {
    let said = decode_header(token).ok()?.typ?;
    said.eq_ignore_ascii_case(typ).then(|| signed_claims(token, keys))?
}
