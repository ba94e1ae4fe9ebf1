//! SAML: whatever XML says, only what the service's key has signed is believed, and what was signed is what is read.

use std::sync::LazyLock;

use saml_core::authn_request::AuthnRequest;
use saml_core::fuzzing;
use saml_core::key::TrustedKeys;
use saml_core::metadata::{Idp, Sp};
use saml_core::xml::Limits;
use saml_core::{Incoming, Kind, post, redirect};

use crate::text;

/// The demo service *skat*, whose key the two signed seeds are made with.
const METADATA: &str = include_str!("../../../config/demo/parties/skat.metadata.xml");
const LIMITS: Limits = Limits::message(65_536);

static KEYS: LazyLock<TrustedKeys> = LazyLock::new(|| {
    let service = Sp::parse(METADATA, &Limits::metadata_file()).expect("the demo's metadata");
    service.trusted_keys().expect("its keys")
});

/// The one request that *skat* has signed in its XML, and the one it has signed in a query.
pub const SIGNED_XML: &[u8] = include_bytes!("../../../fuzz/corpus/authn_request/signed.xml");
/// See [`SIGNED_XML`].
pub const SIGNED_QUERY: &[u8] = include_bytes!("../../../fuzz/corpus/redirect_query/signed");

static GENUINE_XML: LazyLock<AuthnRequest> = LazyLock::new(|| {
    let incoming = Incoming::from_xml(Kind::Request, text(SIGNED_XML).expect("text"), &LIMITS).expect("XML");
    AuthnRequest::read(incoming.verify(&KEYS).expect("signed")).expect("a request")
});
static GENUINE_QUERY: LazyLock<(AuthnRequest, Option<String>)> = LazyLock::new(|| {
    let incoming = redirect::decode(text(SIGNED_QUERY).expect("text"), &LIMITS).expect("a query");
    let request = AuthnRequest::read(incoming.verify(&KEYS).expect("signed")).expect("a request");
    (request, incoming.relay_state().map(str::to_owned))
});

/// Whether the two seeds carry the signatures that the targets count on.
#[must_use]
pub fn signed_seeds_are_genuine() -> bool {
    GENUINE_XML.issuer == GENUINE_QUERY.0.issuer && GENUINE_QUERY.1.is_some()
}

/// An `AuthnRequest` as XML: parsed, tried against the service's keys, read as if it had been believed.
pub fn authn_request(data: &[u8]) {
    let Some(xml) = text(data) else { return };
    for kind in [Kind::Request, Kind::Response] {
        let Ok(incoming) = Incoming::from_xml(kind, xml, &LIMITS) else {
            continue;
        };
        let _claimed = (incoming.claimed_issuer(), incoming.name());
        fuzzing::read_unproved(&incoming);
        if let Ok(believed) = incoming.verify(&KEYS) {
            let read = AuthnRequest::read(believed).expect("what was signed is a request");
            assert_eq!(read, *GENUINE_XML, "something that was never signed is believed");
        }
    }
}

/// The query of HTTP-Redirect, and the body of HTTP-POST.
pub fn redirect_query(data: &[u8]) {
    if let Some(query) = text(data)
        && let Ok(incoming) = redirect::decode(query, &LIMITS)
    {
        fuzzing::read_unproved(&incoming);
        if let Ok(believed) = incoming.verify(&KEYS) {
            let read = AuthnRequest::read(believed).expect("what was signed is a request");
            assert_eq!(read, GENUINE_QUERY.0, "something that was never signed is believed");
            assert_eq!(incoming.relay_state().map(str::to_owned), GENUINE_QUERY.1);
        }
    }
    if let Ok(incoming) = post::decode(data, &LIMITS) {
        fuzzing::read_unproved(&incoming);
        assert!(incoming.verify(&KEYS).is_err() || incoming.xml().as_bytes() == SIGNED_XML);
    }
}

/// Metadata of a service and of a provider: read, written again, read to the same.
pub fn metadata(data: &[u8]) {
    let Some(xml) = text(data) else { return };
    let limits = Limits::metadata_file();
    if let Ok(service) = Sp::parse(xml, &limits) {
        let _answers = (service.acs_default(), service.acs_by_index(0), service.recipient());
        let written = service.elem().write().expect("what was read can be written");
        let again = Sp::parse(&written, &limits).expect("what we wrote can be read");
        assert_eq!(service.entity_id, again.entity_id);
        assert_eq!(service.keys.len(), again.keys.len());
        assert_eq!(service.acs.len(), again.acs.len());
    }
    let _provider = Idp::parse(xml, &limits);
}

/// A SOAP envelope, as a service posts it.
pub fn soap(data: &[u8]) {
    for kind in [Kind::Request, Kind::Response] {
        if let Ok(incoming) = saml_core::soap::decode(kind, data, &LIMITS) {
            fuzzing::read_unproved(&incoming);
            if let Ok(believed) = incoming.verify(&KEYS) {
                let read = AuthnRequest::read(believed).expect("what was signed is a request");
                assert_eq!(read, *GENUINE_XML, "something that was never signed is believed");
            }
        }
    }
}
