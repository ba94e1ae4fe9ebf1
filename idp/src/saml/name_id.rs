//! What a service calls a person. Persistent: the pairwise name of the person in the service's sector. Transient: made
//! from the service's own name of the session, so that it stays the same as long as the session and needs no storing.

use saml_core::{name_id::NameId, ns::format};

use super::own::Own;
use super::services::Service;
use super::state::Form;
use crate::config::parties::Profile;
use crate::login::Outcome;

/// OIOSAML 3 names persons by addresses, persistent or not.
const PERSON: &str = "https://data.gov.dk/model/core/eid/person/uuid/";

/// The name for one service.
pub(super) fn of(own: &Own, service: &Service, form: Form, qualified: bool, outcome: &Outcome) -> NameId {
    let (value, format) = match form {
        Form::Persistent => (outcome.released.sub.clone(), format::PERSISTENT),
        Form::Transient => (transient(&outcome.sid), format::TRANSIENT),
    };
    let named = |yes: bool, name: &str| yes.then(|| name.to_owned());
    let plain = service.profile == Profile::Oiosaml3;
    NameId {
        value: if plain { format!("{PERSON}{value}") } else { value },
        format: Some(format.to_owned()),
        name_qualifier: named(!plain, &own.entity_id),
        sp_name_qualifier: named(!plain || qualified, service.entity_id()),
    }
}

/// The pairwise name that a service's persistent NameID stands for.
pub(super) fn sub_of(service: &Service, name_id: &NameId) -> Option<String> {
    if name_id.format() != format::PERSISTENT {
        return None;
    }
    match service.profile {
        Profile::Oiosaml3 => name_id.value.strip_prefix(PERSON).map(str::to_owned),
        Profile::Oiosaml2 | Profile::Saml2Int => Some(name_id.value.clone()),
    }
}

/// A version 4 UUID out of the session's name at this service, which nobody else knows.
fn transient(sid: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, format!("saml transient {sid}").as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(digest.as_ref().get(..16).unwrap_or(&[0; 16]));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    uuid::Uuid::from_bytes(bytes).hyphenated().to_string()
}
