//! Our own metadata: what an identity provider is given once, to know us by.

use actix_web::{HttpResponse, http::header};
use saml_core::metadata::{AttributeService, Endpoint, Indexed, KeyDescriptor, RequestedAttribute, Sp};
use saml_core::ns::{alg, attr_format, binding, format};

use super::Provider;
use crate::problem::Problem;
use crate::services::Protocol;
use crate::visit::Visit;

/// What we ask to be told; what we are not registered for is left out all the same.
const ATTRIBUTES: [(&str, bool); 6] = [
    ("https://data.gov.dk/model/core/specVersion", true),
    ("https://data.gov.dk/concept/core/nsis/loa", true),
    ("https://data.gov.dk/model/core/eid/person/pid", false),
    ("https://data.gov.dk/model/core/eid/fullName", false),
    ("https://data.gov.dk/model/core/eid/email", false),
    ("https://data.gov.dk/model/core/eid/dateOfBirth", false),
];

/// `GET /{service}/metadata`.
pub async fn show(visit: Visit) -> HttpResponse {
    let outcome = match &visit.service.protocol {
        Protocol::Saml(provider) => describe(provider, visit.service.title(crate::text::Locale::Da)).map(|xml| {
            let content_type = (header::CONTENT_TYPE, "application/samlmetadata+xml; charset=utf-8");
            HttpResponse::Ok().insert_header(content_type).body(xml)
        }),
        Protocol::Oidc(_) => Err(Problem::NotFound),
    };
    visit.show(outcome)
}

/// The metadata of a service provider.
pub fn describe(provider: &Provider, name: &str) -> Result<String, Problem> {
    let certificate = provider.signing.certificate_der();
    let acs = Endpoint::new(binding::POST, &provider.acs_url);
    let slo = [binding::REDIRECT, binding::SOAP].map(|binding| Endpoint::new(binding, &provider.slo_url));
    let requested = ATTRIBUTES.map(|(name, required)| RequestedAttribute {
        name: name.to_owned(),
        name_format: Some(attr_format::URI.to_owned()),
        required,
    });
    let sp = Sp {
        entity_id: provider.entity_id.clone(),
        valid_until: None,
        requests_signed: true,
        want_assertions_signed: true,
        keys: vec![
            KeyDescriptor::signing(certificate),
            KeyDescriptor::encryption(certificate, &[alg::AES256_GCM, alg::RSA_OAEP_MGF1P]),
        ],
        slo: slo.to_vec(),
        name_id_formats: vec![format::PERSISTENT.to_owned()],
        acs: vec![Indexed {
            endpoint: acs,
            index: 0,
            is_default: Some(true),
        }],
        attribute_services: vec![AttributeService {
            index: 0,
            is_default: Some(true),
            name: name.to_owned(),
            requested: requested.to_vec(),
        }],
    };
    sp.elem().write().map_err(Problem::fault)
}
