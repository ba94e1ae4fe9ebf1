//! A made-up SAML identity provider: it answers with whatever a test puts together.

use aws_lc_rs::rand;
use chrono::{DateTime, TimeDelta, Utc};
use saml_core::authn_request::AuthnRequest;
use saml_core::enc::{Method, Recipient};
use saml_core::key::{EncryptionKey, SigningKey, TrustedKeys};
use saml_core::metadata::{Endpoint, KeyDescriptor, Sp};
use saml_core::name_id::NameId;
use saml_core::ns::{alg, attr_format, binding, format};
use saml_core::response::{Assertion, Attribute, Authentication, Conditions, Confirmation, Response, Sealing, Signed};
use saml_core::status::Status;
use saml_core::{Id, Incoming, redirect, xml::Limits};
use sp_demo::clock;

pub const LIMITS: Limits = Limits::message(65_536);
pub const ANNA: &str = "https://data.gov.dk/model/core/eid/person/uuid/5f0d6e0e-7a2e-4a55-8a19-1d5c3d6f7a11";

pub struct Idp {
    pub entity_id: String,
    pub sso: String,
    pub slo: String,
    pub key: SigningKey,
    pub stranger: SigningKey,
}

/// A log-in request, as it arrived.
pub struct Asked {
    pub request: AuthnRequest,
    pub relay_state: String,
}

pub fn id() -> Id {
    let mut bits = [0; 20];
    rand::fill(&mut bits).unwrap();
    Id::from_random(bits)
}

fn key() -> SigningKey {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
    let certificate = rcgen::CertificateParams::default().self_signed(&key).unwrap();
    SigningKey::from_pkcs8(&key.serialize_der(), certificate.der()).unwrap()
}

impl Idp {
    pub fn new(issuer: &str) -> Self {
        let at = |path: &str| format!("{issuer}/{path}");
        let (entity_id, sso, slo) = (at("saml/metadata"), at("saml/sso"), at("saml/slo"));
        Self {
            entity_id,
            sso,
            slo,
            key: key(),
            stranger: key(),
        }
    }

    pub fn metadata(&self) -> String {
        let idp = saml_core::metadata::Idp {
            entity_id: self.entity_id.clone(),
            valid_until: None,
            want_requests_signed: true,
            keys: vec![KeyDescriptor::signing(self.key.certificate_der())],
            slo: vec![Endpoint::new(binding::REDIRECT, &self.slo)],
            name_id_formats: vec![format::PERSISTENT.to_owned()],
            sso: vec![
                Endpoint::new(binding::REDIRECT, &self.sso),
                Endpoint::new(binding::POST, &self.sso),
            ],
            attributes: Vec::new(),
            organization: None,
            contact: None,
        };
        idp.elem().write().unwrap()
    }

    /// Reads the request that a service sent the browser away with, and believes it by the service's metadata.
    pub fn asked(&self, address: &url::Url, sp: &Sp) -> Asked {
        let incoming = redirect::decode(address.query().unwrap(), &LIMITS).unwrap();
        self.believe(&incoming, sp)
    }

    pub fn believe(&self, incoming: &Incoming, sp: &Sp) -> Asked {
        let keys: TrustedKeys = sp.trusted_keys().unwrap();
        let request = AuthnRequest::read(incoming.verify(&keys).unwrap()).unwrap();
        assert_eq!(
            (request.issuer.as_str(), request.destination.as_deref()),
            (sp.entity_id.as_str(), Some(&*self.sso))
        );
        Asked {
            request,
            relay_state: incoming.relay_state().unwrap().to_owned(),
        }
    }

    /// The right answer, for a test to spoil.
    pub fn answer(&self, asked: &Asked) -> Response {
        let (now, request) = (clock::now(), &asked.request);
        let acs = request.acs_url.clone().unwrap();
        Response {
            id: id(),
            in_response_to: Some(request.id.clone()),
            issue_instant: now,
            destination: acs.clone(),
            issuer: self.entity_id.clone(),
            status: Status::success(),
            assertion: Some(self.assertion(now, request, acs)),
        }
    }

    fn assertion(&self, now: DateTime<Utc>, request: &AuthnRequest, acs: String) -> Assertion {
        let end = now + TimeDelta::minutes(5);
        let text = |name: &str, value: &str| Attribute::new(name, attr_format::URI, value);
        Assertion {
            id: id(),
            issue_instant: now,
            issuer: self.entity_id.clone(),
            name_id: NameId::new(ANNA, format::PERSISTENT),
            confirmation: Confirmation {
                recipient: acs,
                not_on_or_after: end,
                in_response_to: request.id.clone(),
            },
            conditions: Conditions {
                not_before: now,
                not_on_or_after: end,
                audience: request.issuer.clone(),
            },
            authentication: Authentication {
                instant: now,
                session_index: "index-1".to_owned(),
                session_not_on_or_after: Some(now + TimeDelta::hours(8)),
                class: "https://data.gov.dk/concept/core/nsis/loa/Substantial".to_owned(),
            },
            attributes: vec![
                text("https://data.gov.dk/model/core/specVersion", "OIO-SAML-3.0"),
                text("https://data.gov.dk/concept/core/nsis/loa", "Substantial"),
                text(
                    "https://data.gov.dk/model/core/eid/person/pid",
                    "9208-2002-2-123456789012",
                ),
                text("https://data.gov.dk/model/core/eid/fullName", "Anna & <Demo>"),
            ],
        }
    }

    /// Signs and encrypts as OIOSAML 3 does; gives the form that the browser posts.
    pub fn form(&self, response: &Response, asked: &Asked, sp: &Sp) -> Vec<(String, String)> {
        let certificate = &sp.keys.last().unwrap().certificate_der;
        let key = EncryptionKey::from_certificate(certificate).unwrap();
        let method = |algorithm: &str| Method {
            algorithm: algorithm.to_owned(),
            digest: None,
            mask: None,
        };
        let recipient = Recipient::choose(key, &[method(alg::AES256_GCM), method(alg::RSA_OAEP_MGF1P)]).unwrap();
        self.sealed(
            response,
            asked,
            &Sealing {
                key: &self.key,
                signed: Signed::Assertion,
                encrypt: Some(&recipient),
            },
        )
    }

    pub fn sealed(&self, response: &Response, asked: &Asked, sealing: &Sealing<'_>) -> Vec<(String, String)> {
        let xml = response.seal(sealing).unwrap();
        saml_core::post::encode(saml_core::Kind::Response, &xml, Some(&asked.relay_state))
    }
}
