//! An officer's assertion: what the RA says, signed, of the officer who makes one call. Owns the rules; whether its id is new is the
//! memory's to say.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::domain::eid::EidNumber;
use crate::domain::officer::{OfficerId, Reason, Role};
use crate::domain::refusal::Code;
use crate::domain::time::{Span, Time};
use crate::vault::jws::signed_claims_of;
use crate::vault::sha256;

/// Its type (RFC 8725 §3.11).
pub const TYP: &str = "officer+jwt";
/// It is made for one call, which is made at once.
const LIFE: Span = Span::minutes(2);
const JTI_BYTES: usize = 255;

/// The call that it must be for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
    /// The RA's name as a client.
    pub client_id: &'a str,
    /// The RA's public keys.
    pub keys: &'a Value,
    /// Our name.
    pub issuer: &'a str,
    /// The call's method.
    pub method: &'a str,
    /// The call's address, without a query.
    pub address: &'a str,
    /// The access token that came with it.
    pub token: &'a str,
    /// Clocks may differ by this much.
    pub skew: Span,
    /// Now.
    pub now: Time,
}

/// What it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    /// Who.
    pub officer: OfficerId,
    /// As what.
    pub role: Role,
    /// Why.
    pub reason: Reason,
    /// The officer's own eID, where they hold one: nobody acts in their own case.
    pub own: Option<EidNumber>,
    /// Its id, good once.
    pub jti: String,
    /// Until when the id must be remembered.
    pub until: Time,
}

/// Reads an assertion for a call.
///
/// # Errors
/// `ra.reason` for a reason that is none; `ra.assertion` for every other fault, without saying which.
pub(super) fn read(token: &str, expected: Expected<'_>) -> Result<Said, Code> {
    const NO: Code = Code::RaAssertion;
    let claims = signed_claims_of(TYP, token, expected.keys).ok_or(NO)?;
    let text = |name: &str| claims[name].as_str();
    let time = |name: &str| claims[name].as_i64().map(Time::from_secs);
    let expires = time("exp").ok_or(NO)?;
    let lives = expected.now < expires + expected.skew && expires <= expected.now + LIFE + expected.skew;
    let begun = time("iat").is_some_and(|at| at <= expected.now + expected.skew);
    let from_whom = text("iss") == Some(expected.client_id) && text("aud") == Some(expected.issuer);
    let for_this = text("htm") == Some(expected.method)
        && text("htu") == Some(expected.address)
        && text("ath") == Some(token_hash(expected.token).as_str());
    if !(lives && begun && from_whom && for_this) {
        return Err(NO);
    }
    let own = match claims.get("eid") {
        Some(Value::Null) => None,
        Some(Value::String(number)) => Some(EidNumber::parse(number).ok_or(NO)?),
        _ => return Err(NO),
    };
    let jti = text("jti").filter(|jti| (1..=JTI_BYTES).contains(&jti.len()));
    Ok(Said {
        officer: text("sub").and_then(OfficerId::parse).ok_or(NO)?,
        role: text("role").and_then(Role::parse).ok_or(NO)?,
        reason: Reason::parse(text("reason").unwrap_or_default())?,
        own,
        jti: jti.ok_or(NO)?.to_owned(),
        until: expires + expected.skew,
    })
}

/// RFC 9449 §4.2 (`ath`): the assertion is for whoever holds this access token.
pub(super) fn token_hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(sha256(token.as_bytes()))
}
