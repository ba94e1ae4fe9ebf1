//! From a party file to a party: each rule a small named check. Owns what a good party is; notes every fault before it gives
//! up. What concerns OpenID Connect is in `client`.

use std::{collections::BTreeSet, path::Path};

use url::Url;

use super::{
    client::{PID_SERVICE, client},
    common::{Place, address, beside, is_word, once, origins, picture, resolve},
    file::{PartyFile, SamlFile},
    ra::authority,
    types::{Grant, OidcClient, Party, SamlSp, Texts},
};
use crate::{
    config::reader::Reader,
    domain::{
        assurance::Level,
        factor::{Factor, Factors, Purpose, allowed},
        party::{OWN, PartyKind, Sso},
        pid_service::Right,
    },
};

/// A name longer than this breaks the log-in page on a telephone.
const NAME_CHARACTERS: usize = 60;

/// Judges a file; the reader holds what was wrong.
pub(super) fn party(file: PartyFile, place: &Place<'_>, reader: &mut Reader) -> Party {
    let id = id(place.path, reader);
    demo_flag(&file, place, reader);
    let kind = kind(&file, reader);
    let bank = bank(&file, kind, reader);
    let sso = sso(&file, kind, reader);
    let name = name(&file, reader);
    let least = least(&file, reader);
    let purpose = purpose(&file, &sso, least, reader);
    let factors = factors(&file, purpose, reader);
    let home_url = file
        .home_url
        .as_deref()
        .and_then(|url| address("home_url", url, place, reader));
    let logo = file.logo.as_deref().and_then(|path| picture(path, place, reader));
    unlisted(file.unlisted.as_deref(), reader);
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
    pid_service(file.pid_service, kind, oidc.as_ref(), reader);
    let sector = sector(file.sector, oidc.as_ref(), saml.as_ref(), reader);
    let ra = authority(file.ra, kind, (oidc.as_ref(), saml.as_ref()), reader);
    Party {
        id,
        name,
        kind,
        bank,
        sso,
        sector,
        least,
        purpose,
        factors,
        demo: file.demo,
        home_url,
        logo,
        unlisted: file.unlisted,
        continues_to,
        claims: file.claims,
        pid_service: file.pid_service,
        oidc,
        saml,
        ra,
        file: place.path.to_owned(),
    }
}

/// Only a public service may translate a PID, and whoever asks proves itself as a machine (M51).
fn pid_service(right: Option<Right>, kind: PartyKind, oidc: Option<&OidcClient>, reader: &mut Reader) {
    let scoped = oidc.is_some_and(|client| client.scopes.iter().any(|scope| scope == PID_SERVICE));
    let machine = oidc.is_some_and(|client| client.grants.contains(&Grant::ClientCredentials));
    match right {
        None if scoped => reader.problem(
            "pid_service",
            "missing: the scope is registered, but not what may be asked",
        ),
        Some(right) if !right.suits(kind) => {
            reader.problem(
                "pid_service",
                "only a public service may look a CPR number up: must be match",
            );
        }
        Some(_) if !(scoped && machine) => reader.problem(
            "pid_service",
            "needs the grant client_credentials and the scope pid_service in [oidc]",
        ),
        _ => {}
    }
}

/// Every service is in the public directory, unless its file says why not (M05).
fn unlisted(reason: Option<&str>, reader: &mut Reader) {
    if reason.is_some_and(|reason| reason.trim().is_empty() || reason.len() > 200) {
        reader.problem(
            "unlisted",
            "must say in 1 to 200 characters why the service is not in the directory",
        );
    }
}

fn id(path: &Path, reader: &mut Reader) -> String {
    let id = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let good = (1..=40).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && id != OWN;
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
        reader.problem("kind", "must be public, private, bank or ra");
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
        .filter(|sso| *sso != Sso::Group(OWN.to_owned()))
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
        Some(Level::High) => reader.problem("least", "nothing that is told reaches high: nobody could log in"),
        Some(_) => {}
    }
    level.unwrap_or(Level::Substantial)
}

/// A payment is approved by a log-in of its own (M14).
fn purpose(file: &PartyFile, sso: &Sso, least: Level, reader: &mut Reader) -> Purpose {
    let purpose = match file.purpose.as_deref() {
        None => Some(Purpose::Login),
        Some(text) => Purpose::parse(text),
    };
    let purpose = purpose.unwrap_or_else(|| {
        reader.problem("purpose", "must be login or payment");
        Purpose::Login
    });
    if purpose == Purpose::Payment && *sso != Sso::Never {
        reader.problem("sso", "a payment never rides on a session: must be never");
    }
    if purpose == Purpose::Payment && least == Level::Low {
        reader.problem("least", "a payment needs two factors: must be substantial");
    }
    purpose
}

fn factors(file: &PartyFile, purpose: Purpose, reader: &mut Reader) -> Option<Factors> {
    if file.factors.is_empty() {
        return None;
    }
    once("factors", &file.factors, reader);
    let mut named = Factors::NONE;
    for word in &file.factors {
        match Factor::parse(word) {
            Some(factor) => named = named.with(factor),
            None => {
                let known: Vec<_> = Factor::ALL.iter().map(|factor| factor.as_str()).collect();
                reader.problem("factors", format!("{word:?} is none of {}", known.join(", ")));
            }
        }
    }
    if !named.is_empty() && allowed(Some(named), purpose).is_empty() {
        reader.problem("factors", "a payment is never approved with a key card: nobody could");
    }
    Some(named)
}

fn sector(given: Option<String>, oidc: Option<&OidcClient>, saml: Option<&SamlSp>, reader: &mut Reader) -> String {
    if let Some(sector) = given {
        if sector.trim().is_empty() || sector.len() > 100 || sector == OWN {
            reader.problem("sector", "must be 1 to 100 characters, and not “own”");
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
