//! What an assertion says of a person, under the names of the service's profile. What may be said at all was decided by
//! [`crate::login`]: only what the party is registered for and asked for arrives here.

use saml_core::{
    metadata::AttributeService,
    ns::attr_format::{BASIC, URI},
    response::Attribute,
};

use super::own::Own;
use super::services::Service;
use crate::config::parties::{Claim, Profile};
use crate::domain::assurance::Level;
use crate::login::{Outcome, Released};

const SPEC_VERSION: &str = "https://data.gov.dk/model/core/specVersion";
const LOA: &str = "https://data.gov.dk/concept/core/nsis/loa";
const PID: &str = "https://data.gov.dk/model/core/eid/person/pid";
const FULL_NAME: &str = "https://data.gov.dk/model/core/eid/fullName";
const FIRST_NAME: &str = "https://data.gov.dk/model/core/eid/firstName";
const LAST_NAME: &str = "https://data.gov.dk/model/core/eid/lastName";
const EMAIL: &str = "https://data.gov.dk/model/core/eid/email";
const BIRTH_DATE: &str = "https://data.gov.dk/model/core/eid/dateOfBirth";
const CPR: &str = "https://data.gov.dk/model/core/eid/cprNumber";
const PAIRWISE_ID: &str = "urn:oasis:names:tc:SAML:attribute:pairwise-id";

/// OIOSAML 2.
mod old {
    pub(super) const SURNAME: &str = "urn:oid:2.5.4.4";
    pub(super) const COMMON_NAME: &str = "urn:oid:2.5.4.3";
    pub(super) const UID: &str = "urn:oid:0.9.2342.19200300.100.1.1";
    pub(super) const MAIL: &str = "urn:oid:0.9.2342.19200300.100.1.3";
    pub(super) const LEVEL: &str = "dk:gov:saml:attribute:AssuranceLevel";
    pub(super) const SPEC_VERSION: &str = "dk:gov:saml:attribute:SpecVer";
    pub(super) const SERIAL: &str = "urn:oid:2.5.4.5";
    pub(super) const ADDRESS: &str = "urn:oid:2.5.4.16";
    pub(super) const PID: &str = "dk:gov:saml:attribute:PidNumberIdentifier";
    pub(super) const CPR: &str = "dk:gov:saml:attribute:CprNumberIdentifier";
    pub(super) const YOUTH: &str = "dk:gov:saml:attribute:IsYouthCert";
}

/// Which datum each name is.
const CLAIMS: &[(&str, Claim)] = &[
    (PID, Claim::Pid),
    (FULL_NAME, Claim::Name),
    (FIRST_NAME, Claim::Name),
    (LAST_NAME, Claim::Name),
    (EMAIL, Claim::Email),
    (BIRTH_DATE, Claim::Birthdate),
    (CPR, Claim::Cpr),
    (old::SURNAME, Claim::Name),
    (old::COMMON_NAME, Claim::Name),
    (old::MAIL, Claim::Email),
    (old::SERIAL, Claim::Pid),
    (old::PID, Claim::Pid),
    (old::ADDRESS, Claim::Address),
    (old::CPR, Claim::Cpr),
    (old::YOUTH, Claim::AgeGroup),
];

/// All attributes that may ever be sent, for the metadata.
pub(super) fn offered() -> Vec<Attribute> {
    let bare = |name: &str, format: &str| Attribute {
        values: Vec::new(),
        ..Attribute::new(name, format, "")
    };
    let new = [
        SPEC_VERSION,
        LOA,
        PID,
        FULL_NAME,
        FIRST_NAME,
        LAST_NAME,
        EMAIL,
        BIRTH_DATE,
        CPR,
    ];
    new.iter().map(|name| bare(name, URI)).collect()
}

/// The attribute consuming service that a request means: by index, else the default. `Err`: there is none of that index.
pub(super) fn consuming(service: &Service, index: Option<u16>) -> Result<Option<&AttributeService>, ()> {
    let list = &service.sp.attribute_services;
    match index {
        Some(index) => list.iter().find(|s| s.index == index).map(Some).ok_or(()),
        None => Ok(list
            .iter()
            .find(|s| s.is_default == Some(true))
            .or_else(|| list.first())),
    }
}

/// The data that a service asks for: what its metadata request, or all that it is registered for when they name nothing.
pub(super) fn asks(service: &Service, consuming: Option<&AttributeService>) -> Vec<Claim> {
    let Some(consuming) = consuming else {
        return service.party.claims.clone();
    };
    let mut claims: Vec<Claim> = consuming
        .requested
        .iter()
        .filter_map(|asked| {
            CLAIMS
                .iter()
                .find(|(name, _)| *name == asked.name)
                .map(|(_, claim)| *claim)
        })
        .collect();
    claims.sort_unstable();
    claims.dedup();
    claims
}

/// The statement.
pub(super) fn of(
    own: &Own,
    service: &Service,
    consuming: Option<&AttributeService>,
    outcome: &Outcome,
    level: Level,
) -> Vec<Attribute> {
    let released = &outcome.released;
    let mut attributes = match service.profile {
        Profile::Oiosaml3 => oiosaml3(released, level),
        Profile::Oiosaml2 => oiosaml2(released, level),
        Profile::Saml2Int => saml2int(own, released, level),
    };
    if !service.party.may_know(Claim::AgeGroup) {
        attributes.retain(|attribute| attribute.name != old::YOUTH);
    }
    if let Some(consuming) = consuming {
        // What no service asked for by name is not sent; what its profile makes mandatory is.
        attributes.retain(|attribute| {
            is_mandatory(service.profile, &attribute.name)
                || consuming.requested.iter().any(|asked| asked.name == attribute.name)
        });
    }
    attributes
}

fn is_mandatory(profile: Profile, name: &str) -> bool {
    match profile {
        Profile::Oiosaml3 => [SPEC_VERSION, LOA].contains(&name),
        Profile::Oiosaml2 => [
            old::SURNAME,
            old::COMMON_NAME,
            old::UID,
            old::MAIL,
            old::LEVEL,
            old::SPEC_VERSION,
        ]
        .contains(&name),
        Profile::Saml2Int => [PAIRWISE_ID, LOA].contains(&name),
    }
}

fn oiosaml3(released: &Released, level: Level) -> Vec<Attribute> {
    let mut list = vec![
        Attribute::new(SPEC_VERSION, URI, "OIO-SAML-3.0"),
        Attribute::new(LOA, URI, level.nsis_name()),
    ];
    list.extend(personal(released));
    list
}

fn saml2int(own: &Own, released: &Released, level: Level) -> Vec<Attribute> {
    // SAML subject identifiers §3.4: 127 characters of letters, digits, `=` and `-`, then the scope.
    let pairwise = format!("{}@{}", released.sub, own.scope);
    let mut list = vec![
        Attribute::new(PAIRWISE_ID, URI, pairwise),
        Attribute::new(LOA, URI, level.nsis_name()),
    ];
    list.extend(personal(released));
    list
}

fn personal(released: &Released) -> Vec<Attribute> {
    let (first, last) = names(released);
    let values = [
        (PID, released.pid.as_ref().map(|pid| pid.as_str().to_owned())),
        (FULL_NAME, released.name.clone()),
        (FIRST_NAME, first),
        (LAST_NAME, last),
        (EMAIL, released.email.clone()),
        (
            BIRTH_DATE,
            released.birth_date.map(|date| date.format("%d-%m-%Y").to_string()),
        ),
        (CPR, released.cpr.clone()),
    ];
    values
        .into_iter()
        .filter_map(|(name, value)| Some(Attribute::new(name, URI, value?)))
        .collect()
}

/// A mandatory attribute that is not known, or not for this service, is sent empty; an optional one is left out.
fn oiosaml2(released: &Released, level: Level) -> Vec<Attribute> {
    let pid = released.pid.as_ref().map(|pid| pid.as_str().to_owned());
    let mandatory = [
        (old::SPEC_VERSION, "SpecVer", Some("DK-SAML-2.0".to_owned())),
        (old::LEVEL, "AssuranceLevel", Some(level.oiosaml2_number().to_string())),
        (old::UID, "Uid", Some(released.sub.clone())),
        (old::COMMON_NAME, "CommonName", released.name.clone()),
        (old::SURNAME, "surName", names(released).1),
        (old::MAIL, "mail", released.email.clone()),
    ];
    let optional = [
        (old::PID, "PidNumberIdentifier", pid.clone()),
        (old::SERIAL, "serialNumber", pid.map(|pid| format!("PID:{pid}"))),
        (old::ADDRESS, "postalAddress", released.address.clone()),
        (old::CPR, "CprNumberIdentifier", released.cpr.clone()),
        (old::YOUTH, "IsYouthCert", Some(released.youth.to_string())),
    ];
    let mandatory = mandatory
        .into_iter()
        .map(|(name, friendly, value)| (name, friendly, Some(value.unwrap_or_default())));
    mandatory
        .chain(optional)
        .filter_map(|(name, friendly, value)| Some(Attribute::new(name, BASIC, value?).friendly(friendly)))
        .collect()
}

/// First and last name out of the full name, which is all that the register gives us: the first word is a first name for sure and
/// the last one the last name; what stands between may be either, and OIOSAML's firstName takes no middle names. A protected
/// name is not taken apart: at private services a marker stands in its place.
fn names(released: &Released) -> (Option<String>, Option<String>) {
    let Some(name) = &released.name else {
        return (None, None);
    };
    let mut words = name.split_whitespace();
    match (words.next(), words.next_back()) {
        (Some(first), Some(last)) if !released.protected => (Some(first.to_owned()), Some(last.to_owned())),
        _ => (None, Some(name.clone())),
    }
}
