//! Log-out that the identity provider tells us of, server to server (OpenID Connect Back-Channel Logout 1.0).
//! The crate has no type for a log-out token, so its rules (§2.6) stand here; the keys and the signature check are the crate's.

use actix_web::{HttpResponse, http::header, web};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use openidconnect::JsonWebKey;
use openidconnect::core::CoreJwsSigningAlgorithm;
use serde::{Deserialize, de::DeserializeOwned};

use super::provider;
use super::types::Metadata;
use crate::clock;
use crate::config::OidcSettings;
use crate::problem::Problem;
use crate::services::Protocol;
use crate::session::Link;
use crate::visit::Visit;

/// The event that makes a token a log-out token.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// What a log-out token calls itself. The standard recommends it, this identity provider always writes it.
const TYPE: &str = "logout+jwt";

/// The form that the identity provider sends.
#[derive(Deserialize)]
pub struct Form {
    logout_token: String,
}

#[derive(Deserialize)]
struct Header {
    alg: CoreJwsSigningAlgorithm,
    kid: Option<String>,
    typ: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    iat: i64,
    exp: i64,
    jti: String,
    events: serde_json::Map<String, serde_json::Value>,
    sub: Option<String>,
    sid: Option<String>,
    nonce: Option<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// `POST /{service}/backchannel-logout`.
pub async fn receive(visit: Visit, form: web::Form<Form>) -> HttpResponse {
    let outcome = match &visit.service.protocol {
        Protocol::Oidc(settings) => end_sessions(&visit, settings, &form.logout_token).await,
        Protocol::Saml(_) => Err(Problem::NotFound),
    };
    let mut answer = match &outcome {
        Ok(ended) => {
            log::info!("{}: the identity provider ended {ended} session(s)", visit.service.name);
            HttpResponse::Ok()
        }
        Err(Problem::Unreachable(_)) => HttpResponse::ServiceUnavailable(),
        Err(problem) => {
            log::warn!("{}: log-out token refused: {problem:?}", visit.service.name);
            HttpResponse::BadRequest()
        }
    };
    answer.insert_header((header::CACHE_CONTROL, "no-store"));
    match outcome {
        Ok(_) => answer.finish(),
        Err(_) => answer.json(serde_json::json!({ "error": "invalid_request" })),
    }
}

async fn end_sessions(visit: &Visit, settings: &OidcSettings, token: &str) -> Result<usize, Problem> {
    let metadata = visit.app.oidc.provider.current(&visit.app.network).await?;
    let claims = match open(&metadata, token) {
        Err(NotOpened::UnknownKey) => {
            let metadata = visit.app.oidc.provider.renewed(&visit.app.network).await?;
            open(&metadata, token)
        }
        opened => opened,
    };
    let claims = claims.map_err(|refused| Problem::Evidence(format!("{refused:?}")))?;
    check(&claims, metadata.issuer().as_str(), &settings.client_id).map_err(Problem::evidence)?;
    if !visit.app.oidc.used.put(&claims.jti, ()) {
        // Delivered at least once: a repeat is answered like the first, and does nothing.
        return Ok(0);
    }
    Ok(visit.app.sessions.remove_where(|session| {
        let Link::Oidc(tokens) = &session.link else {
            return false;
        };
        let same_session = claims.sid.is_none() || claims.sid == tokens.sid;
        let same_person = claims.sub.as_ref().is_none_or(|sub| *sub == session.subject);
        session.service == visit.service.name && same_session && same_person
    }))
}

#[derive(Debug)]
enum NotOpened {
    Malformed,
    Algorithm,
    Type,
    UnknownKey,
    Signature,
}

/// Verifies the signature, and only then reads the claims.
fn open(metadata: &Metadata, token: &str) -> Result<Claims, NotOpened> {
    let (signed, signature) = token.rsplit_once('.').ok_or(NotOpened::Malformed)?;
    let (header, payload) = signed.split_once('.').ok_or(NotOpened::Malformed)?;
    let header: Header = json(header)?;
    if !provider::ALGORITHMS.contains(&header.alg) {
        return Err(NotOpened::Algorithm);
    }
    // No other token must pass for a log-out token (Back-Channel Logout §2.4 with RFC 8725 §3.11).
    if header.typ.is_none_or(|typ| !typ.eq_ignore_ascii_case(TYPE)) {
        return Err(NotOpened::Type);
    }
    let kid = header.kid.ok_or(NotOpened::UnknownKey)?;
    let has_kid = |key: &&openidconnect::core::CoreJsonWebKey| key.key_id().is_some_and(|id| **id == kid);
    let key = metadata
        .jwks()
        .keys()
        .iter()
        .find(has_kid)
        .ok_or(NotOpened::UnknownKey)?;
    let signature = BASE64_URL_SAFE_NO_PAD
        .decode(signature)
        .map_err(|_| NotOpened::Malformed)?;
    key.verify_signature(&header.alg, signed.as_bytes(), &signature)
        .map_err(|_| NotOpened::Signature)?;
    json(payload)
}

fn json<T: DeserializeOwned>(part: &str) -> Result<T, NotOpened> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| NotOpened::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| NotOpened::Malformed)
}

fn check(claims: &Claims, issuer: &str, client_id: &str) -> Result<(), &'static str> {
    let now = clock::now().timestamp();
    let for_us = match &claims.aud {
        Audience::One(one) => one == client_id,
        Audience::Several(several) => several.iter().any(|one| one == client_id),
    };
    let rules = [
        (claims.iss == issuer, "iss"),
        (for_us, "aud"),
        (claims.iat <= now + 180 && claims.iat > now - 600, "iat"),
        (claims.exp > now - 180, "exp"),
        (claims.events.contains_key(EVENT), "events"),
        (claims.nonce.is_none(), "nonce: an ID token is no log-out token"),
        (claims.sub.is_some() || claims.sid.is_some(), "neither sub nor sid"),
    ];
    rules
        .iter()
        .find(|(holds, _)| !holds)
        .map_or(Ok(()), |(_, name)| Err(name))
}
