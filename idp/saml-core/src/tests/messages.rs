//! Typed messages and metadata: what is written is read back, and what must not be taken is not.

use crate::{
    Incoming, Kind, ReadError,
    authn_request::AuthnRequest,
    context::{Comparison, RequestedAuthnContext},
    dsig,
    logout::{LogoutRequest, LogoutResponse},
    metadata::{
        AttributeService, Contact, Endpoint, Idp, Indexed, KeyDescriptor, MetadataError, Organization,
        RequestedAttribute, Sp, Use,
    },
    name_id::{NameId, NameIdPolicy},
    ns::{alg, attr_format, binding, format},
    read::VersionFault,
    response::Attribute,
    status::{Status, Top, second},
    testing::*,
    xml::{Elem, Limits, WriteError},
};

const LIMITS: Limits = Limits::message(65_536);

fn request() -> AuthnRequest {
    AuthnRequest::new(&id(7), now(), SP, "https://eid.example/saml/sso", ACS)
}

/// Signs the text of a request (after a change) and reads it as the identity provider does.
fn read_changed(change: impl FnOnce(String) -> String) -> Result<AuthnRequest, ReadError> {
    let marked = request().elem().write().unwrap();
    let text = change(marked);
    // Signed over the query, so that any text can be signed.
    let url = crate::redirect::encode("https://x/", Kind::Request, &text, None, Some(&SP_KEYS.signing())).unwrap();
    let incoming = crate::redirect::decode(url.split_once('?').unwrap().1, &LIMITS).unwrap();
    AuthnRequest::read(incoming.verify(&SP_KEYS.trusted()).unwrap())
}

#[test]
fn a_full_request_is_read_back() {
    let mut full = request();
    full.force_authn = true;
    full.is_passive = true;
    full.acs_url = None;
    full.protocol_binding = None;
    full.acs_index = Some(3);
    full.attribute_index = Some(1);
    full.name_id_policy = Some(NameIdPolicy {
        format: Some(format::TRANSIENT.to_owned()),
        sp_name_qualifier: Some(SP.to_owned()),
        allow_create: Some(true),
    });
    full.context = Some(RequestedAuthnContext::minimum([
        "https://data.gov.dk/concept/core/nsis/loa/Substantial",
    ]));
    full.subject = Some(NameId::new("somebody", format::PERSISTENT));
    let xml = dsig::enveloped(full.elem(), &id(7), &SP_KEYS.signing()).unwrap();
    let incoming = Incoming::from_xml(Kind::Request, &xml, &LIMITS).unwrap();
    assert_eq!(
        AuthnRequest::read(incoming.verify(&SP_KEYS.trusted()).unwrap()).unwrap(),
        full
    );
}

#[test]
fn shapes_of_the_field_are_taken() {
    // OIOSAML.Net: no address, Conditions, an offset; Shibboleth: 1 and 0; AppSwitch and Scoping; Issuer with a format.
    let read = read_changed(|xml| {
        xml.replace(
            " AssertionConsumerServiceURL=\"https://skat.example/saml/acs\"",
            " ForceAuthn=\"1\" IsPassive=\"0\"",
        )
        .replace("2026-11-22T12:00:00Z", "2026-11-22T13:00:00.123+01:00")
        .replace(
            "<saml:Issuer",
            "<saml:Issuer Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:entity\"",
        )
        .replace(
            "</saml:Issuer>",
            "</saml:Issuer><samlp:Extensions><a:AppSwitch xmlns:a=\"https://data.gov.dk/eid/saml/extensions\">\
                 <a:Platform>Android</a:Platform></a:AppSwitch></samlp:Extensions><saml:Conditions xmlns:saml=\
                 \"urn:oasis:names:tc:SAML:2.0:assertion\"/><samlp:Scoping><samlp:RequesterID>urn:x</samlp:RequesterID>\
                 </samlp:Scoping>",
        )
    });
    let read = read.unwrap();
    assert!(read.force_authn && !read.is_passive && read.acs_url.is_none());
    assert_eq!(read.issue_instant.timestamp(), now().timestamp());
}

#[test]
fn what_a_request_must_not_be() {
    type Change = fn(String) -> String;
    let cases: &[(Change, ReadError)] = &[
        (
            |x| x.replace("2.0\"", "1.1\""),
            ReadError::Version(VersionFault::TooLow),
        ),
        (
            |x| x.replace("2.0\"", "3.0\""),
            ReadError::Version(VersionFault::TooHigh),
        ),
        (|x| x.replace(" Version=\"2.0\"", ""), ReadError::Missing("Version")),
        (|x| x.replace("ID=\"_", "ID=\"1"), ReadError::Value("ID")),
        (
            |x| x.replace("T12:00:00Z", "T12:00:00"),
            ReadError::Value("IssueInstant"),
        ),
        (
            |x| x.replace("https://skat.example/saml</", "  </"),
            ReadError::Value("Issuer"),
        ),
        (
            |x| x.replace("</samlp:AuthnRequest>", "<samlp:Response/></samlp:AuthnRequest>"),
            { ReadError::Unexpected("Response".into()) },
        ),
        (
            |x| {
                x.replace(
                    "</saml:Issuer>",
                    "</saml:Issuer><samlp:Extensions><samlp:AuthnRequest/></samlp:Extensions>",
                )
            },
            { ReadError::Unexpected("AuthnRequest".into()) },
        ),
        (
            |x| x.replace(" ProtocolBinding", " IsPassive=\"yes\" ProtocolBinding"),
            ReadError::Value("IsPassive"),
        ),
    ];
    for (change, error) in cases {
        assert_eq!(read_changed(change).unwrap_err(), *error);
    }
}

#[test]
fn log_out_messages_are_read_back() {
    let mut ask = LogoutRequest::new(
        &id(3),
        now(),
        SP,
        "https://eid.example/slo",
        assertion().name_id,
        Some("_s1"),
    );
    ask.not_on_or_after = Some(now());
    ask.reason = Some("urn:oasis:names:tc:SAML:2.0:logout:user".to_owned());
    let xml = dsig::enveloped(ask.elem(), &id(3), &SP_KEYS.signing()).unwrap();
    let incoming = Incoming::from_xml(Kind::Request, &xml, &LIMITS).unwrap();
    assert_eq!(
        LogoutRequest::read(incoming.verify(&SP_KEYS.trusted()).unwrap()).unwrap(),
        ask
    );

    let status = Status {
        top: Top::Success,
        nested: vec![second::PARTIAL_LOGOUT.to_owned(), "urn:third".to_owned()],
        message: Some("borger".to_owned()),
    };
    let answer = LogoutResponse::new(&id(4), now(), IDP, "https://skat.example/slo", "_x", status);
    let xml = dsig::enveloped(answer.elem(), &id(4), &IDP_KEYS.signing()).unwrap();
    let incoming = Incoming::from_xml(Kind::Response, &xml, &LIMITS).unwrap();
    assert_eq!(
        LogoutResponse::read(incoming.verify(&IDP_KEYS.trusted()).unwrap()).unwrap(),
        answer
    );
}

#[test]
fn an_unknown_comparison_is_refused() {
    let read = read_changed(|xml| {
        xml.replace("</saml:Issuer>", "</saml:Issuer><samlp:RequestedAuthnContext Comparison=\"most\"><s:AuthnContextClassRef xmlns:s=\"urn:oasis:names:tc:SAML:2.0:assertion\">x</s:AuthnContextClassRef></samlp:RequestedAuthnContext>")
    });
    assert_eq!(read.unwrap_err(), ReadError::Value("Comparison"));
    assert_eq!(Comparison::default(), Comparison::Exact);
}

fn sp() -> Sp {
    Sp {
        entity_id: SP.to_owned(),
        valid_until: Some(now()),
        requests_signed: true,
        want_assertions_signed: true,
        keys: vec![
            KeyDescriptor::signing(&SP_KEYS.certificate),
            KeyDescriptor::encryption(&SP_KEYS.certificate, &[alg::AES128_GCM, alg::RSA_OAEP_MGF1P]),
        ],
        slo: vec![Endpoint::new(binding::REDIRECT, "https://skat.example/saml/slo")],
        name_id_formats: vec![format::PERSISTENT.to_owned()],
        acs: vec![
            Indexed {
                endpoint: Endpoint::new(binding::POST, ACS),
                index: 0,
                is_default: None,
            },
            Indexed {
                endpoint: Endpoint::new(binding::POST, "https://skat.example/b"),
                index: 1,
                is_default: Some(true),
            },
        ],
        attribute_services: vec![AttributeService {
            index: 0,
            is_default: Some(true),
            name: "skat".to_owned(),
            requested: vec![RequestedAttribute {
                name: PID.to_owned(),
                name_format: Some(attr_format::URI.to_owned()),
                required: true,
            }],
        }],
    }
}

#[test]
fn metadata_is_read_back() {
    let xml = sp().elem().write().unwrap();
    let read = Sp::parse(&xml, &Limits::metadata_file()).unwrap();
    assert_eq!(read, sp());
    assert_eq!(read.acs_default().unwrap().index, 1);
    assert_eq!(read.acs_by_url(ACS).unwrap().index, 0);
    assert!(read.acs_by_url(&format!("{ACS}/")).is_none());
    assert_eq!(read.recipient().unwrap().unwrap().cipher(), alg::AES128_GCM);

    let idp = Idp {
        entity_id: IDP.to_owned(),
        valid_until: None,
        want_requests_signed: true,
        keys: vec![KeyDescriptor::signing(&IDP_KEYS.certificate)],
        slo: vec![Endpoint {
            binding: binding::POST.to_owned(),
            location: "https://eid.example/slo".to_owned(),
            response_location: Some("https://eid.example/slo2".to_owned()),
        }],
        name_id_formats: vec![format::PERSISTENT.to_owned(), format::TRANSIENT.to_owned()],
        sso: vec![Endpoint::new(binding::REDIRECT, "https://eid.example/sso")],
        attributes: vec![Attribute {
            name: PID.to_owned(),
            name_format: Some(attr_format::URI.to_owned()),
            friendly_name: None,
            values: Vec::new(),
        }],
        organization: None,
        contact: None,
    };
    let mut published = idp.clone();
    published.organization = Some(Organization {
        name: "Nøgle".into(),
        display_name: "Nøgle".into(),
        url: "https://eid.example/".into(),
    });
    published.contact = Some(Contact {
        name: None,
        email: "mailto:drift@eid.example".into(),
    });
    for written in [&idp, &published] {
        let xml = written.elem().write().unwrap();
        assert_eq!(Idp::parse(&xml, &Limits::metadata_file()).unwrap(), idp);
    }
}

#[test]
fn metadata_end_with_the_earlier_one_of_entity_and_role() {
    let xml = sp().elem().write().unwrap();
    let role = |until: &str| {
        xml.replace(
            "<md:SPSSODescriptor",
            &format!("<md:SPSSODescriptor validUntil=\"{until}\""),
        )
    };
    let ends = |xml: &str| Sp::parse(xml, &Limits::metadata_file()).map(|sp| sp.valid_until);
    assert_eq!(ends(&xml), Ok(Some(now())));
    assert_eq!(ends(&role("2027-01-01T00:00:00Z")), Ok(Some(now())));
    let day_before = now() - chrono::TimeDelta::days(1);
    assert_eq!(ends(&role("2026-11-21T12:00:00Z")), Ok(Some(day_before)));
    assert!(
        ends(&role("tomorrow")).is_err(),
        "a date that cannot be read is not an absent one"
    );
    let never = xml.replace(" validUntil=\"2026-11-22T12:00:00Z\"", "");
    assert_eq!(ends(&never), Ok(None));
}

#[test]
fn the_first_key_that_can_be_encrypted_for_is_taken() {
    let list = |keys: &[KeyDescriptor]| {
        let mut sp = sp();
        sp.keys = [&[KeyDescriptor::signing(&SP_KEYS.certificate)], keys].concat();
        Sp::parse(&sp.elem().write().unwrap(), &Limits::metadata_file())
    };
    let elliptic = KeyDescriptor::encryption(&elliptic_certificate(), &[]);
    let both = KeyDescriptor {
        usage: Use::Both,
        ..KeyDescriptor::signing(&elliptic_certificate())
    };
    let old = KeyDescriptor::encryption(
        &SP_KEYS.certificate,
        &["http://www.w3.org/2001/04/xmlenc#tripledes-cbc"],
    );
    let good = KeyDescriptor::encryption(&SP_KEYS.certificate, &[alg::AES128_GCM]);
    for before in [&elliptic, &both, &old] {
        let sp = list(&[before.clone(), good.clone()]).unwrap();
        assert_eq!(sp.recipient().unwrap().unwrap().cipher(), alg::AES128_GCM);
    }
    // Where none can be used, the reason of the first is told; where none is meant for it, there is none.
    assert!(
        list(&[elliptic.clone(), old.clone()])
            .unwrap_err()
            .to_string()
            .contains("kind of key")
    );
    assert!(
        list(&[old, elliptic])
            .unwrap_err()
            .to_string()
            .contains("EncryptionMethod")
    );
    assert!(list(&[]).unwrap().recipient().unwrap().is_none());
}

#[test]
fn a_log_out_may_name_thirty_two_sessions_and_not_one_more() {
    let read = |count: usize| {
        let mut ask = LogoutRequest::new(&id(3), now(), SP, "https://eid.example/slo", assertion().name_id, None);
        ask.session_indexes = (0..count).map(|n| format!("_s{n}")).collect();
        let xml = dsig::enveloped(ask.elem(), &id(3), &SP_KEYS.signing()).unwrap();
        let incoming = Incoming::from_xml(Kind::Request, &xml, &LIMITS).unwrap();
        let request = LogoutRequest::read(incoming.verify(&SP_KEYS.trusted()).unwrap());
        request.map(|request| request.session_indexes.len())
    };
    assert_eq!((read(0), read(32)), (Ok(0), Ok(32)));
    assert_eq!(read(33), Err(ReadError::Value("SessionIndex")));
}

#[test]
fn metadata_that_cannot_be_trusted_is_refused_by_name() {
    type Change = fn(String) -> String;
    let cases: &[(Change, &str)] = &[
        (
            |x| x.replace("https://skat.example/saml/acs", "javascript:alert(1)"),
            "AssertionConsumerService",
        ),
        (
            |x| x.replace("https://skat.example/b", "https://user:pw@skat.example/b"),
            "AssertionConsumerService",
        ),
        (
            |x| x.replace(" index=\"0\" isDefault=\"true\"", " isDefault=\"true\""),
            "index",
        ),
        (|x| x.replace("SPSSODescriptor", "IDPSSODescriptor"), "SPSSODescriptor"),
        (
            |x| x.replace("entityID=\"https://skat.example/saml\"", "entityID=\"skat\""),
            "entityID",
        ),
        (
            |x| {
                x.replace("<md:EntityDescriptor", "<md:EntitiesDescriptor")
                    .replace("</md:EntityDescriptor", "</md:EntitiesDescriptor")
            },
            "aggregate",
        ),
        (
            |x| x.replace("<ds:X509Certificate>MII", "<ds:X509Certificate>AAA"),
            "certificate",
        ),
        (
            |x| x.replace("2009/xmlenc11#aes128-gcm", "2001/04/xmlenc#tripledes-cbc"),
            "EncryptionMethod",
        ),
    ];
    for (change, named) in cases {
        let error: MetadataError =
            Sp::parse(&change(sp().elem().write().unwrap()), &Limits::metadata_file()).unwrap_err();
        assert!(error.to_string().contains(named), "{error} should name {named}");
    }
}

#[test]
fn a_character_that_xml_cannot_carry_is_not_written() {
    for bad in ["\0", "\u{b}", "\u{ffff}"] {
        assert_eq!(Elem::new("saml:Issuer").text(bad).write(), Err(WriteError::Character));
        assert_eq!(
            Elem::new("saml:Issuer").attr("Format", bad).write(),
            Err(WriteError::Character)
        );
    }
}
