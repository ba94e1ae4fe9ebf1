//! The rules of an OpenID Connect client in a party file. Owns its redirect addresses, secret, keys and grants.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{
    certificate::certificate,
    common::{Place, address, beside, once, origins},
    file::OidcFile,
    types::{AccessToken, ClientAuth, Grant, OidcClient, Pkce},
};
use crate::config::{reader::Reader, values::Secret};

/// What may be asked for.
const SCOPES: &[&str] = &[
    "openid",
    "profile",
    "email",
    "address",
    "phone",
    "pid",
    "cpr",
    "offline_access",
    OFFICERS,
    PID_SERVICE,
];
/// The officers' API: an RA's own scope, and nobody else's.
pub(super) const OFFICERS: &str = "ra";
/// The PID service: of whoever may ask it.
pub(super) const PID_SERVICE: &str = "pid_service";
/// 256 bits in base64url.
const SECRET_CHARACTERS: usize = 43;

/// Judges `[oidc]`.
pub(super) fn client(file: OidcFile, party: &str, place: &Place<'_>, reader: &mut Reader) -> OidcClient {
    let secret_sha256 = secret(&file, place, reader);
    let jwks = jwks(&file, party, place, reader);
    let certificate = certificate(&file, place, reader);
    for (key, uris) in [
        ("oidc.redirect_uris", &file.redirect_uris),
        ("oidc.post_logout_redirect_uris", &file.post_logout_redirect_uris),
    ] {
        for uri in uris {
            redirect_uri(key, uri, place, reader);
        }
        once(key, uris, reader);
    }
    grants(&file, reader);
    scopes(&file, reader);
    public_client(&file, reader);
    if file.pkce == Pkce::Unasked && !place.demo {
        reader.problem("oidc.pkce", "unasked is for test tools in a demo");
    }
    let client_id = file.client_id.clone().unwrap_or_else(|| party.to_owned());
    if client_id.is_empty() || client_id.len() > 255 || !client_id.bytes().all(|byte| byte.is_ascii_graphic()) {
        reader.problem(
            "oidc.client_id",
            "must be 1 to 255 printable ASCII characters without a space",
        );
    }
    let backchannel_logout_uri = file
        .backchannel_logout_uri
        .as_deref()
        .and_then(|uri| address("oidc.backchannel_logout_uri", uri, place, reader));
    OidcClient {
        client_id,
        redirect_uris: file.redirect_uris,
        post_logout_redirect_uris: file.post_logout_redirect_uris,
        auth: file.auth,
        secret_sha256,
        jwks,
        certificate,
        grants: file.grants,
        pkce: file.pkce,
        id_token_alg: file.id_token_alg,
        access_token: file.access_token,
        scopes: file.scopes,
        backchannel_logout_uri,
        backchannel_session_required: file.backchannel_session_required,
        cors_origins: origins("oidc.cors_origins", &file.cors_origins, place, reader),
        introspect: file.introspect,
    }
}

fn secret(file: &OidcFile, place: &Place<'_>, reader: &mut Reader) -> Option<[u8; 32]> {
    let given = [
        file.secret.is_some(),
        file.secret_sha256.is_some(),
        file.secret_path.is_some(),
    ];
    let given = given.into_iter().filter(|given| *given).count();
    if !file.auth.has_secret() {
        if given > 0 {
            reader.problem("oidc.secret", format!("set, though auth is {}", file.auth.as_str()));
        }
        return None;
    }
    if given != 1 {
        reader.problem(
            "oidc.secret_path",
            "exactly one of secret_path, secret_sha256, secret (demo only) must be set",
        );
        return None;
    }
    if let Some(hex) = &file.secret_sha256 {
        let digest = from_hex(hex);
        if digest.is_none() {
            reader.problem("oidc.secret_sha256", "must be 64 hex digits");
        }
        return digest;
    }
    if let Some(secret) = &file.secret {
        if !place.demo {
            reader.problem(
                "oidc.secret",
                "readable secrets are for the demo: use secret_path or secret_sha256",
            );
        }
        return Some(sha256(secret));
    }
    let text = beside(file.secret_path.as_deref()?, "oidc.secret_path", place, reader)?;
    let secret = Secret::from(text.trim_end_matches(['\r', '\n']).to_owned());
    let least = if place.demo { 1 } else { SECRET_CHARACTERS };
    if secret.expose().len() < least {
        reader.problem(
            "oidc.secret_path",
            format!("the secret must be made by a machine: {least} characters at least"),
        );
    }
    Some(sha256(&secret))
}

fn jwks(file: &OidcFile, party: &str, place: &Place<'_>, reader: &mut Reader) -> Option<serde_json::Value> {
    const KEY: &str = "oidc.jwks_path";
    // A demo makes the keys of its own RAs at its first run; before that nobody can call for them.
    let made = || {
        place
            .keys
            .map(|keys| keys.join(format!("{party}.jwks.json")))
            .filter(|path| path.exists())
    };
    let path = match &file.jwks_path {
        Some(path) => path.clone(),
        None if file.auth != ClientAuth::PrivateKeyJwt => return None,
        None if place.demo && file.scopes == [OFFICERS] => std::path::absolute(made()?).ok()?,
        None => {
            reader.problem(KEY, "missing: private_key_jwt needs the client's public keys");
            return None;
        }
    };
    let text = beside(&path, KEY, place, reader)?;
    let Ok(jwks) = serde_json::from_str::<serde_json::Value>(&text) else {
        reader.problem(KEY, "the file is not JSON");
        return None;
    };
    let keys = jwks
        .get("keys")
        .and_then(|keys| keys.as_array())
        .filter(|keys| !keys.is_empty());
    match keys {
        None => reader.problem(
            KEY,
            "the file must hold {\"keys\": [ … ]} with one key at least (RFC 7517 §5)",
        ),
        Some(keys) if keys.iter().any(|key| key.get("d").is_some() || key.get("k").is_some()) => {
            reader.problem(KEY, "the file holds a private key: ask the service for its public ones");
        }
        Some(keys) if !keys.iter().any(signs) => reader.problem(
            KEY,
            "no key in the file can verify a signature of RS256, PS256, ES256 or EdDSA: kty RSA of 2048 bits, EC P-256 or OKP \
             Ed25519, and not use \"enc\"",
        ),
        Some(_) => {}
    }
    Some(jwks)
}

/// A key that a client assertion may be verified by; keys for something else may stand beside it.
fn signs(key: &serde_json::Value) -> bool {
    const MODULUS_BYTES: usize = 256;
    let bytes = |name: &str| {
        let text = key.get(name).and_then(|value| value.as_str()).unwrap_or_default();
        URL_SAFE_NO_PAD.decode(text).map_or(0, |bytes| bytes.len())
    };
    let is = |name: &str, value: &str| key.get(name).and_then(|found| found.as_str()) == Some(value);
    let usable = match key.get("kty").and_then(|kind| kind.as_str()) {
        Some("RSA") => bytes("n") >= MODULUS_BYTES && bytes("e") > 0,
        Some("EC") => is("crv", "P-256") && bytes("x") == 32 && bytes("y") == 32,
        Some("OKP") => is("crv", "Ed25519") && bytes("x") == 32,
        _ => false,
    };
    usable && !is("use", "enc")
}

fn grants(file: &OidcFile, reader: &mut Reader) {
    let has = |grant| file.grants.contains(&grant);
    once(
        "oidc.grants",
        &file.grants.iter().map(|grant| grant.as_str()).collect::<Vec<_>>(),
        reader,
    );
    if file.grants.is_empty() {
        reader.problem("oidc.grants", "empty: the client could do nothing");
    }
    if has(Grant::AuthorizationCode) && file.redirect_uris.is_empty() {
        reader.problem("oidc.redirect_uris", "missing: where should the code be sent?");
    }
    if has(Grant::RefreshToken) && !has(Grant::AuthorizationCode) {
        reader.problem("oidc.grants", "refresh_token needs authorization_code");
    }
    if file.scopes.iter().any(|scope| scope == "offline_access") && !has(Grant::RefreshToken) {
        reader.problem("oidc.scopes", "offline_access needs the grant refresh_token");
    }
}

fn scopes(file: &OidcFile, reader: &mut Reader) {
    once("oidc.scopes", &file.scopes, reader);
    for scope in &file.scopes {
        if !SCOPES.contains(&scope.as_str()) {
            reader.problem(
                "oidc.scopes",
                format!("{scope:?} is not offered; known are {}", SCOPES.join(", ")),
            );
        }
    }
    if file.grants.contains(&Grant::AuthorizationCode) && !file.scopes.iter().any(|scope| scope == "openid") {
        reader.problem("oidc.scopes", "openid is missing");
    }
}

/// A client without a secret has nothing but PKCE, and may do nothing in its own name.
fn public_client(file: &OidcFile, reader: &mut Reader) {
    if file.auth != ClientAuth::None {
        return;
    }
    if file.pkce != Pkce::Required {
        reader.problem("oidc.pkce", "must be required for a public client");
    }
    if file.grants.contains(&Grant::ClientCredentials) {
        reader.problem("oidc.grants", "client_credentials is not for a public client");
    }
    if file.introspect {
        reader.problem("oidc.introspect", "not for a public client");
    }
    if file.access_token == AccessToken::Jwt && file.scopes.iter().any(|scope| scope == "offline_access") {
        reader.problem("oidc.access_token", "opaque for a public client with offline_access");
    }
}

/// RFC 9700 §4.1: compared byte by byte, so it must have only one spelling, and lead nowhere else than it seems to.
fn redirect_uri(key: &str, uri: &str, place: &Place<'_>, reader: &mut Reader) {
    if let Some(url) = address(key, uri, place, reader) {
        let normal = url.as_str() == uri || url.as_str().strip_suffix('/') == Some(uri);
        if !normal {
            reader.problem(
                key,
                format!("{uri:?} must be written in its normal form: {:?}", url.as_str()),
            );
        }
    }
}

fn sha256(secret: &Secret) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, secret.expose().as_bytes()).as_ref());
    bytes
}

pub(super) fn from_hex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}
