//! The rules of a registration authority in a party file: a machine that proves itself by its own key, asks for nobody's log-in and
//! gets the one scope of the officers' API.

use super::{
    client::OFFICERS,
    common::{is_word, once},
    file::RaFile,
    types::{AccessToken, ClientAuth, Desk, Grant, Office, OidcClient, Ra, SamlSp},
};
use crate::{
    config::reader::Reader,
    domain::{
        eid::FULL_AGE,
        officer::{Reach, Role},
        party::PartyKind,
    },
};

/// Judges `[ra]`, and that nobody else has anything of one.
pub(super) fn authority(
    file: Option<RaFile>,
    kind: PartyKind,
    (oidc, saml): (Option<&OidcClient>, Option<&SamlSp>),
    reader: &mut Reader,
) -> Option<Ra> {
    let is_ra = kind == PartyKind::Ra;
    if !is_ra {
        if file.is_some() {
            reader.problem("ra", "only for kind = \"ra\"");
        }
        if oidc.is_some_and(|client| client.scopes.iter().any(|scope| scope == OFFICERS)) {
            reader.problem("oidc.scopes", "\"ra\" is for kind = \"ra\" alone");
        }
        return None;
    }
    if saml.is_some() {
        reader.problem("saml", "not for kind = \"ra\": nobody logs in there");
    }
    if let Some(client) = oidc {
        machine(client, reader);
    }
    let Some(file) = file else {
        reader.problem("ra", "missing: which roles may its officers have?");
        return None;
    };
    if file.roles.is_empty() {
        reader.problem("ra.roles", "empty: its officers could do nothing");
    }
    once("ra.roles", &file.roles, reader);
    if file.roles.contains(&Role::Printer) {
        printer(&file, reader);
    }
    if file.bank.as_deref().is_some_and(|bank| !is_word(bank)) {
        reader.problem("ra.bank", "must be 1 to 40 of a-z, 0-9 and -");
    }
    if file.bank.is_some() && (file.desk != Desk::CitizenService || file.home_visits) {
        reader.problem("ra.desk", "not for a bank: it knows its customers");
    }
    if file.bank.is_none() && file.from_age > 0 {
        reader.problem("ra.from_age", "only for a bank");
    }
    if file.from_age > FULL_AGE {
        reader.problem("ra.from_age", "must be 0 to 18");
    }
    if file.bank.is_some() && file.reach == Reach::All {
        reader.problem("ra.reach", "a bank touches its own customers' eIDs alone: must be own");
    }
    Some(Ra {
        roles: file.roles,
        reach: file.reach,
        bank: file.bank,
        desk: file.desk,
        home_visits: file.home_visits,
        from_age: file.from_age,
        office: Office {
            address: file.address,
            hours: [file.hours_da, file.hours_en],
            booking_url: file.booking_url,
        },
    })
}

/// Whoever prints for the post sees everybody's codes, and knows of nobody. Whoever meets people prints for their own desk alone.
fn printer(file: &RaFile, reader: &mut Reader) {
    if file.roles.contains(&Role::Support) {
        reader.problem(
            "ra.roles",
            "printer is not for support: who sees codes helps nobody by telephone",
        );
    }
    let for_its_desk = file.roles.contains(&Role::Registrar);
    if !for_its_desk && file.reach != Reach::All {
        reader.problem("ra.reach", "must be all for printer: the print queue is everybody's");
    }
}

/// A key of its own and not a shared secret: what an officer has done must not be anybody's but theirs to have said.
fn machine(client: &OidcClient, reader: &mut Reader) {
    if client.auth != ClientAuth::PrivateKeyJwt && !client.auth.by_certificate() {
        reader.problem(
            "oidc.auth",
            "must be private_key_jwt for kind = \"ra\", or by a certificate",
        );
    }
    if client.auth.by_certificate() && client.jwks.is_none() {
        reader.problem(
            "oidc.jwks_path",
            "missing: what officers say is signed, whatever the machine shows",
        );
    }
    if client.grants != [Grant::ClientCredentials] {
        reader.problem("oidc.grants", "must be [\"client_credentials\"] for kind = \"ra\"");
    }
    if client.scopes != [OFFICERS] {
        reader.problem("oidc.scopes", "must be [\"ra\"] for kind = \"ra\"");
    }
    if client.access_token != AccessToken::Opaque {
        reader.problem(
            "oidc.access_token",
            "must be opaque for kind = \"ra\": it can be revoked",
        );
    }
}
