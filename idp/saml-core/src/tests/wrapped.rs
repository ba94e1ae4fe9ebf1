//! Wrapping of what is not a log-in: log-out messages, SOAP envelopes, metadata. And the property that all of it rests on:
//! what was verified is what is read.

use proptest::prelude::*;

use crate::{
    Id, Incoming, Kind,
    authn_request::AuthnRequest,
    dsig::{self, SignatureError},
    logout::{LogoutRequest, LogoutResponse},
    metadata::{Endpoint, Indexed, KeyDescriptor, MetadataError, Sp},
    name_id::NameId,
    ns::{binding, format},
    redirect::BindingError,
    soap,
    status::Status,
    testing::*,
    xml::{Elem, Limits},
};

const LIMITS: Limits = Limits::message(65_536);
const SLO: &str = "https://eid.example/saml/slo";

fn log_out(who: &str, id: &Id) -> Elem {
    LogoutRequest::new(id, now(), SP, SLO, NameId::new(who, format::PERSISTENT), Some("_s")).elem()
}

fn logged_out(id: &Id, status: Status) -> Elem {
    LogoutResponse::new(id, now(), SP, SLO, "_asked", status).elem()
}

fn refusal(kind: Kind, xml: &str) -> SignatureError {
    let incoming = match Incoming::from_xml(kind, xml, &LIMITS) {
        Ok(incoming) => incoming,
        Err(error) => panic!("the case is no XML: {error}: {xml}"),
    };
    incoming.verify(&SP_KEYS.trusted()).unwrap_err()
}

/// A genuine signed message and a forged one of the same kind, put together in every known way.
fn is_never_wrapped(kind: Kind, good: Elem, forged: Elem) {
    let good = dsig::enveloped(good, &id(7), &SP_KEYS.signing()).unwrap();
    let forged = forged.write().unwrap();
    let cut = |from: &str, to: &str| {
        let start = good.find(from).unwrap();
        let end = good[start..].find(to).unwrap() + start + to.len();
        (
            good[..start].to_owned(),
            good[start..end].to_owned(),
            good[end..].to_owned(),
        )
    };
    let (before, signature, after) = cut("<ds:Signature", "</ds:Signature>");
    let bare = format!("{before}{after}");
    let into = |inner: &str| forged.replace("</saml:Issuer>", &format!("</saml:Issuer>{inner}"));
    let extensions = |inner: &str| format!("<samlp:Extensions>{inner}</samlp:Extensions>");
    let object = |inner: &str| {
        let end = format!("<ds:Object>{inner}</ds:Object></ds:Signature>");
        signature.replace("</ds:Signature>", &end)
    };
    let cases = [
        ("stripped", bare.clone(), SignatureError::Unsigned),
        (
            "the original in Extensions",
            into(&extensions(&good)),
            SignatureError::Misplaced,
        ),
        (
            "its signature moved to the forged one",
            into(&format!("{signature}{}", extensions(&bare))),
            SignatureError::Reference,
        ),
        ("the original in ds:Object", into(&object(&bare)), SignatureError::Shape),
        (
            "the forged one in ds:Object of the original",
            good.replace(&signature, &object(&forged)),
            SignatureError::Shape,
        ),
        (
            "the forged one in Extensions of the original",
            good.replace("</ds:Signature>", &format!("</ds:Signature>{}", extensions(&forged))),
            SignatureError::Invalid,
        ),
        (
            "both signed, one inside the other",
            into(&format!(
                "{signature}{}",
                extensions(&good.replace(&id(7).to_string(), "_other"))
            )),
            SignatureError::Misplaced,
        ),
        (
            "a signature of no children that matter",
            into("<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/>"),
            SignatureError::Shape,
        ),
    ];
    for (name, xml, expected) in cases {
        assert_eq!(refusal(kind, &xml), expected, "{name}: {xml}");
    }
}

#[test]
fn a_log_out_request_is_never_wrapped_into_another() {
    is_never_wrapped(Kind::Request, log_out("anna", &id(7)), log_out("bo", &id(8)));
}

#[test]
fn a_log_out_response_is_never_wrapped_into_another() {
    let failed = Status::top(crate::status::Top::Responder);
    is_never_wrapped(
        Kind::Response,
        logged_out(&id(7), failed),
        logged_out(&id(8), Status::success()),
    );
}

#[test]
fn an_envelope_holds_one_message_and_its_signature() {
    let good = soap::encode(log_out("anna", &id(7)), &id(7), &SP_KEYS.signing()).unwrap();
    let start = good.find("<samlp:LogoutRequest").unwrap();
    let end = good.find("</soap:Body>").unwrap();
    let (message, forged) = (&good[start..end], log_out("bo", &id(8)).write().unwrap());
    let envelope = |header: &str, body: &str| {
        format!(
            "{}<soap:Header>{header}</soap:Header><soap:Body>{body}</soap:Body></soap:Envelope>",
            "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" \
             xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" \
             xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">"
        )
    };
    let read = |xml: &str| soap::decode(Kind::Request, xml.as_bytes(), &LIMITS);
    let verified = |xml: &str| read(xml).unwrap().verify(&SP_KEYS.trusted()).map(|_| ());
    assert_eq!(verified(&good), Ok(()));
    assert_eq!(verified(&envelope(message, &forged)), Err(SignatureError::Misplaced));
    let hidden = forged.replace(
        "</saml:Issuer>",
        &format!("</saml:Issuer><samlp:Extensions>{message}</samlp:Extensions>"),
    );
    assert_eq!(verified(&envelope("", &hidden)), Err(SignatureError::Misplaced));
    assert_eq!(
        read(&envelope("", &format!("{message}{forged}"))).unwrap_err(),
        BindingError::TwoMessages
    );
    assert_eq!(read(&envelope(message, "")).unwrap_err(), BindingError::NoMessage);
    let two_bodies = envelope(&forged, message).replace(
        "</soap:Envelope>",
        &format!("<soap:Body>{forged}</soap:Body></soap:Envelope>"),
    );
    assert!(matches!(read(&two_bodies).unwrap_err(), BindingError::Xml(_)));
}

fn service(acs: &str) -> Sp {
    Sp {
        entity_id: SP.to_owned(),
        valid_until: None,
        requests_signed: true,
        want_assertions_signed: true,
        keys: vec![KeyDescriptor::signing(&SP_KEYS.certificate)],
        slo: Vec::new(),
        name_id_formats: Vec::new(),
        acs: vec![Indexed {
            endpoint: Endpoint::new(binding::POST, acs),
            index: 0,
            is_default: None,
        }],
        attribute_services: Vec::new(),
    }
}

#[test]
fn of_metadata_only_the_role_of_the_document_element_is_read() {
    let evil_acs = "https://evil.example/acs";
    let good = service(ACS).elem().write().unwrap();
    let evil = service(evil_acs).elem().write().unwrap();
    let evil_role = {
        let start = evil.find("<md:SPSSODescriptor").unwrap();
        &evil[start..evil.find("</md:EntityDescriptor>").unwrap()]
    };
    let first = |inner: &str| good.replace("<md:SPSSODescriptor", &format!("{inner}<md:SPSSODescriptor"));
    let last = |inner: &str| good.replace("</md:EntityDescriptor>", &format!("{inner}</md:EntityDescriptor>"));
    let signature = |inner: &str| {
        format!(
            "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:Object>{inner}</ds:Object></ds:Signature>"
        )
    };
    let extensions = |inner: &str| format!("<md:Extensions>{inner}</md:Extensions>");
    // Hidden where the schema lets foreign things stand: not seen.
    for hidden in [
        extensions(evil_role),
        extensions(&evil),
        signature(evil_role),
        signature(&evil),
        evil.clone(),
    ] {
        for xml in [first(&hidden), last(&hidden)] {
            let sp = Sp::parse(&xml, &Limits::metadata_file()).unwrap();
            assert_eq!(sp, service(ACS), "{xml}");
            assert!(sp.acs_by_url(evil_acs).is_none());
        }
    }
    // A second role beside the first: nobody chooses between them.
    for xml in [first(evil_role), last(evil_role)] {
        assert_eq!(
            Sp::parse(&xml, &Limits::metadata_file()).unwrap_err(),
            MetadataError::Role("SPSSODescriptor")
        );
    }
    // The genuine document inside a forged one does not lend it its name.
    let wrapped = evil.replace(SP, "https://evil.example/saml").replace(
        "<md:SPSSODescriptor",
        &format!("{}<md:SPSSODescriptor", extensions(&good)),
    );
    assert_eq!(
        Sp::parse(&wrapped, &Limits::metadata_file()).unwrap().entity_id,
        "https://evil.example/saml"
    );
}

fn request() -> AuthnRequest {
    AuthnRequest::new(&id(7), now(), SP, "https://eid.example/saml/sso", ACS)
}

static SIGNED: std::sync::LazyLock<String> =
    std::sync::LazyLock::new(|| dsig::enveloped(request().elem(), &id(7), &SP_KEYS.signing()).unwrap());

/// Things to hide in a document, or to hide a document in.
const SCRAPS: [&str; 12] = [
    "<saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">https://evil.example/saml</saml:Issuer>",
    "<saml:Subject xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"><saml:NameID>bo</saml:NameID></saml:Subject>",
    "<samlp:NameIDPolicy xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" AllowCreate=\"true\"/>",
    "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_evil\" Version=\"2.0\">",
    "</samlp:AuthnRequest>",
    "<samlp:Extensions xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\">",
    "</samlp:Extensions>",
    "<ds:Object xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">",
    "</ds:Object>",
    "<x xmlns=\"urn:x\"/>",
    " ",
    "&#65;",
];

/// Places at which markup begins, and the end.
fn seams(xml: &str) -> Vec<usize> {
    xml.match_indices('<').map(|(at, _)| at).chain([xml.len()]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Pieces of a signed request are moved, doubled and mixed with others; whatever is still believed says what was signed.
    #[test]
    fn what_is_verified_is_what_is_read(
        moves in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<bool>()), 0..3),
        scraps in prop::collection::vec((0..SCRAPS.len(), any::<prop::sample::Index>()), 0..4),
    ) {
        let mut xml = SIGNED.clone();
        for (from, to, at, twice) in moves {
            let places = seams(&xml);
            let (a, b) = (*from.get(&places), *to.get(&places));
            let (start, end) = (a.min(b), a.max(b));
            let piece = xml[start..end].to_owned();
            if !twice {
                xml.replace_range(start..end, "");
            }
            let places = seams(&xml);
            xml.insert_str(*at.get(&places), &piece);
        }
        for (scrap, at) in scraps {
            let places = seams(&xml);
            xml.insert_str(*at.get(&places), SCRAPS[scrap]);
        }
        let Ok(incoming) = Incoming::from_xml(Kind::Request, &xml, &LIMITS) else { return Ok(()) };
        let claimed = incoming.claimed_issuer();
        if let Ok(verified) = incoming.verify(&SP_KEYS.trusted()) {
            prop_assert_eq!(claimed.as_deref(), Some(SP), "the keys were looked for under the name that was signed");
            if let Ok(read) = AuthnRequest::read(verified) {
                prop_assert_eq!(read, request());
            }
        }
    }
}
