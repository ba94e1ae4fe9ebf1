//! From a party file to a party: each rule a small named check. Owns what a good party is; notes every fault before it gives
//! up.

use std::{collections::BTreeSet, fs, path::Path};

use url::Url;

use super::{
    file::{OidcFile, PartyFile, SamlFile},
    types::{AccessToken, ClientAuth, Grant, OidcClient, Party, Pkce, SamlSp, Texts},
};
use crate::{
    config::{
        reader::Reader,
        values::{Origin, Secret, is_loopback},
    },
    domain::{
        assurance::Level,
        party::{PartyKind, Sso},
    },
};

/// What may be asked for; `cpr` is not offered before people can be asked for consent.
const SCOPES: &[&str] = &[
    "openid",
    "profile",
    "email",
    "address",
    "phone",
    "pid",
    "offline_access",
];
/// A name longer than this breaks the log-in page on a telephone.
const NAME_CHARACTERS: usize = 60;
/// 256 bits in base64url.
const SECRET_CHARACTERS: usize = 43;
/// Names of groups that are ours.
const OWN_GROUP: &str = "own";

/// Where a party file stands, and how strict the house is.
pub(super) struct Place<'a> {
    pub(super) path: &'a Path,
    pub(super) demo: bool,
}

/// Judges a file; the reader holds what was wrong.
pub(super) fn party(file: PartyFile, place: &Place<'_>, reader: &mut Reader) -> Party {
    let id = id(place.path, reader);
    demo_flag(&file, place, reader);
    let kind = kind(&file, reader);
    let bank = bank(&file, kind, reader);
    let sso = sso(&file, kind, reader);
    let name = name(&file, reader);
    let least = least(&file, reader);
    let home_url = file
        .home_url
        .as_deref()
        .and_then(|url| address("home_url", url, place, reader));
    let continues_to = origins("continues_to", &file.continues_to, place, reader);
    once("claims", &file.claims, reader);
    if file.oidc.is_none() && file.saml.is_none() {
        reader.problem(
            "oidc",
            "missing, and [saml] too: the party could never ask for a log-in",
        );
    }
    let oidc = file.oidc.map(|oidc| client(oidc, &id, place, reader));
    let saml = file.saml.map(|saml| service_provider(saml, place, reader));
    let sector = sector(file.sector, oidc.as_ref(), saml.as_ref(), reader);
    Party {
        id,
        name,
        kind,
        bank,
        sso,
        sector,
        least,
        demo: file.demo,
        home_url,
        continues_to,
        claims: file.claims,
        oidc,
        saml,
        file: place.path.to_owned(),
    }
}

fn id(path: &Path, reader: &mut Reader) -> String {
    let id = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let good = (1..=40).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && id != OWN_GROUP;
    if !good {
        reader.problem(
            "",
            "the file's name is the party's id: 1 to 40 of a-z, 0-9 and -, and not “own”",
        );
    }
    id.to_owned()
}

fn demo_flag(file: &PartyFile, place: &Place<'_>, reader: &mut Reader) {
    match (file.demo, place.demo) {
        (true, false) => reader.problem("demo", "a demo party is refused in production"),
        (false, true) => reader.problem("demo", "must be true in a demo: real parties stay out of it"),
        _ => {}
    }
}

fn kind(file: &PartyFile, reader: &mut Reader) -> PartyKind {
    file.kind.as_deref().and_then(PartyKind::parse).unwrap_or_else(|| {
        reader.problem("kind", "must be public, private or bank");
        PartyKind::Private
    })
}

fn bank(file: &PartyFile, kind: PartyKind, reader: &mut Reader) -> Option<String> {
    match (&file.bank, kind == PartyKind::Bank) {
        (None, true) => reader.problem(
            "bank",
            "missing: a bank accepts eIDs that are linked to it, by this key",
        ),
        (Some(_), false) => reader.problem("bank", "only for kind = \"bank\""),
        (Some(key), true) if !is_word(key) => reader.problem("bank", "must be 1 to 40 of a-z, 0-9 and -"),
        _ => {}
    }
    file.bank.clone()
}

/// A netbank never accepts a running session (M01).
fn sso(file: &PartyFile, kind: PartyKind, reader: &mut Reader) -> Sso {
    let Some(text) = file.sso.as_deref() else {
        return Sso::by_default(kind);
    };
    let sso = Sso::parse(text)
        .filter(|sso| *sso != Sso::Group(OWN_GROUP.to_owned()))
        .unwrap_or_else(|| {
            reader.problem(
                "sso",
                "must be `never` or a group's name of a-z, 0-9, - and _, other than “own”",
            );
            Sso::Never
        });
    if kind == PartyKind::Bank && sso != Sso::Never {
        reader.problem("sso", "a bank never shares a session");
    }
    sso
}

fn name(file: &PartyFile, reader: &mut Reader) -> Texts {
    for (key, text) in [("name.da", &file.name.da), ("name.en", &file.name.en)] {
        if text.trim().is_empty() {
            reader.problem(key, "missing: people must know whom they log in to");
        } else if text.chars().count() > NAME_CHARACTERS || text.chars().any(char::is_control) {
            reader.problem(key, format!("must be at most {NAME_CHARACTERS} printable characters"));
        }
    }
    Texts {
        da: file.name.da.clone(),
        en: file.name.en.clone(),
    }
}

fn least(file: &PartyFile, reader: &mut Reader) -> Level {
    let level = match file.least.as_deref() {
        None => Some(Level::Substantial),
        Some(text) => Level::parse(text),
    };
    match level {
        None => reader.problem("least", "must be low or substantial"),
        Some(Level::High) => reader.problem("least", "no factor reaches high yet: nobody could log in"),
        Some(_) => {}
    }
    level.unwrap_or(Level::Substantial)
}

fn sector(given: Option<String>, oidc: Option<&OidcClient>, saml: Option<&SamlSp>, reader: &mut Reader) -> String {
    if let Some(sector) = given {
        if sector.trim().is_empty() || sector.len() > 100 {
            reader.problem("sector", "must be 1 to 100 characters");
        }
        return sector;
    }
    let mut hosts: BTreeSet<String> = oidc
        .iter()
        .flat_map(|client| &client.redirect_uris)
        .filter_map(|uri| Url::parse(uri).ok()?.host_str().map(str::to_owned))
        .collect();
    if hosts.is_empty()
        && let Some(sp) = saml
    {
        let host = Url::parse(&sp.entity_id)
            .ok()
            .and_then(|url| url.host_str().map(str::to_owned));
        hosts.insert(host.unwrap_or_else(|| sp.entity_id.clone()));
    }
    if hosts.len() > 1 {
        reader.problem(
            "sector",
            "missing: the redirect addresses have several hosts, so which one names the sector?",
        );
    }
    hosts.pop_first().unwrap_or_default()
}

fn client(file: OidcFile, party: &str, place: &Place<'_>, reader: &mut Reader) -> OidcClient {
    let secret_sha256 = secret(&file, place, reader);
    let jwks = jwks(&file, place, reader);
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

fn jwks(file: &OidcFile, place: &Place<'_>, reader: &mut Reader) -> Option<serde_json::Value> {
    const KEY: &str = "oidc.jwks_path";
    let Some(path) = &file.jwks_path else {
        if file.auth == ClientAuth::PrivateKeyJwt {
            reader.problem(KEY, "missing: private_key_jwt needs the client's public keys");
        }
        return None;
    };
    let text = beside(path, KEY, place, reader)?;
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
        Some(_) => {}
    }
    Some(jwks)
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

fn service_provider(file: SamlFile, place: &Place<'_>, reader: &mut Reader) -> SamlSp {
    let entity_id = file.entity_id.unwrap_or_default();
    if entity_id.is_empty() || entity_id.len() > 1024 || entity_id.chars().any(|c| c.is_whitespace() || c.is_control())
    {
        reader.problem(
            "saml.entity_id",
            "must be 1 to 1024 characters without white space (SAML Core §8.3.6)",
        );
    }
    let metadata = file.metadata.unwrap_or_default();
    let metadata_xml = if metadata.as_os_str().is_empty() {
        reader.problem("saml.metadata", "missing: the file with the service's metadata");
        String::new()
    } else {
        beside(&metadata, "saml.metadata", place, reader).unwrap_or_default()
    };
    SamlSp {
        entity_id,
        metadata_xml,
        metadata_path: resolve(&metadata, place),
        profile: file.profile,
        name_id: file.name_id,
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

/// https, or http on this machine in a demo; no user, no fragment, no backslash.
fn address(key: &str, text: &str, place: &Place<'_>, reader: &mut Reader) -> Option<Url> {
    let reason = match Url::parse(text) {
        Err(error) => format!("not an address: {error}"),
        Ok(url) if text.contains('\\') || !text.bytes().all(|byte| byte.is_ascii_graphic()) => {
            format!(
                "{} holds a backslash, a space or a character beyond ASCII",
                url.host_str().unwrap_or_default()
            )
        }
        Ok(url) if !url.username().is_empty() || url.password().is_some() || text.contains('@') => {
            "must name no user".to_owned()
        }
        Ok(url) if url.fragment().is_some() => "must have no fragment".to_owned(),
        Ok(url) if text.contains('*') => format!("{}: no wildcards", url.host_str().unwrap_or_default()),
        Ok(url) if url.scheme() == "https" && url.has_host() => return Some(url),
        Ok(url) if url.scheme() == "http" && is_loopback(&url) && place.demo => return Some(url),
        Ok(_) => "must be https (plain http: on this machine, in a demo)".to_owned(),
    };
    reader.problem(key, format!("{text:?}: {reason}"));
    None
}

fn origins(key: &str, texts: &[String], place: &Place<'_>, reader: &mut Reader) -> Vec<String> {
    let mut origins = Vec::new();
    for text in texts {
        match Origin::parse(text) {
            Ok(origin) if origin.is_https() || (place.demo && origin.is_loopback()) => {
                origins.push(origin.as_str().to_owned());
            }
            Ok(_) => reader.problem(key, format!("{text:?}: must be https")),
            Err(reason) => reader.problem(key, format!("{text:?}: {reason}")),
        }
    }
    origins
}

fn once<T: PartialEq>(key: &str, items: &[T], reader: &mut Reader) {
    let repeated = items
        .iter()
        .enumerate()
        .any(|(at, item)| items.iter().take(at).any(|before| before == item));
    if repeated {
        reader.problem(key, "an entry stands twice");
    }
}

/// Paths in a party file are seen from that file.
fn resolve(path: &Path, place: &Place<'_>) -> std::path::PathBuf {
    place.path.parent().unwrap_or(Path::new("")).join(path)
}

fn beside(path: &Path, key: &str, place: &Place<'_>, reader: &mut Reader) -> Option<String> {
    /// A federation's whole metadata would be an operator's slip.
    const MOST: u64 = 1_048_576;
    let path = resolve(path, place);
    let read = fs::metadata(&path).and_then(|about| {
        if about.len() > MOST {
            return Err(std::io::Error::other("larger than 1 MiB"));
        }
        fs::read_to_string(&path)
    });
    read.map_err(|error| reader.problem(key, format!("{} cannot be read: {error}", path.display())))
        .ok()
}

fn is_word(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn sha256(secret: &Secret) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, secret.expose().as_bytes()).as_ref());
    bytes
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}
