//! Responses: every sealing is believed by our own check and by xmlsec1; every rule of the check has a case that fails.

use chrono::TimeDelta;

use crate::{
    Incoming, Kind,
    dsig::SignatureError,
    enc::{Method, Recipient},
    ns::alg,
    response::{Response, Sealing, Signed},
    sp::{self, Need, Refused, check_response},
    status::{Status, Top, second},
    testing::*,
    xml::Limits,
};

const LIMITS: Limits = Limits::message(65_536);
const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion:Assertion";
const RESPONSE: &str = "urn:oasis:names:tc:SAML:2.0:protocol:Response";

fn seal(response: &Response, signed: Signed, encrypt: Option<&Recipient>) -> String {
    response
        .seal(&Sealing {
            key: &IDP_KEYS.signing(),
            signed,
            encrypt,
        })
        .unwrap()
}

fn check_with(xml: &str, change: impl FnOnce(&mut sp::Expect<'_>)) -> Result<sp::Identity, Refused> {
    let (keys, own) = (IDP_KEYS.trusted(), [SP_KEYS.decryption()]);
    let mut expect = expect(&keys, &own);
    change(&mut expect);
    check_response(&Incoming::from_xml(Kind::Response, xml, &LIMITS).unwrap(), &expect)
}

fn check(xml: &str) -> Result<sp::Identity, Refused> {
    check_with(xml, |_| {})
}

fn recipient(algorithms: &[&str]) -> Recipient {
    let method = |algorithm: &&str| Method {
        algorithm: (*algorithm).to_owned(),
        digest: None,
        mask: None,
    };
    Recipient::choose(SP_KEYS.encryption(), &algorithms.iter().map(method).collect::<Vec<_>>()).unwrap()
}

#[test]
fn a_signed_assertion_is_believed_here_and_by_xmlsec1() {
    let xml = seal(&response(), Signed::Assertion, None);
    let identity = check(&xml).unwrap();
    assert_eq!(identity.name_id, assertion().name_id);
    assert_eq!(identity.attributes, assertion().attributes);
    assert_eq!(identity.attribute(PID), Some("9208-2002-2-123456789012"));
    assert_eq!(identity.session_index, "_session");
    assert!(!identity.encrypted);
    xmlsec1_verifies(&xml, ASSERTION, &IDP_KEYS).unwrap();
    assert!(xmlsec1_verifies(&xml, ASSERTION, &EVIL_KEYS).is_err());
}

#[test]
fn a_signed_response_is_believed_where_that_suffices() {
    let xml = seal(&response(), Signed::Response, None);
    assert_eq!(check(&xml).unwrap_err(), Refused::Signature(SignatureError::Unsigned));
    check_with(&xml, |expect| expect.need = Need::SignedResponse).unwrap();
    xmlsec1_verifies(&xml, RESPONSE, &IDP_KEYS).unwrap();
}

#[test]
fn both_signatures_hold_at_once() {
    let xml = seal(&response(), Signed::Both, None);
    check(&xml).unwrap();
    check_with(&xml, |expect| expect.need = Need::SignedResponse).unwrap();
    assert_eq!(xml.matches("<ds:Signature ").count(), 2);
}

#[test]
fn every_cipher_that_we_write_is_read_by_xmlsec1_and_only_authenticated_ones_by_us() {
    for cipher in [alg::AES256_GCM, alg::AES128_GCM, alg::AES256_CBC, alg::AES128_CBC] {
        let recipient = recipient(&[cipher, alg::RSA_OAEP_MGF1P]);
        assert_eq!(
            (recipient.cipher(), recipient.transport()),
            (cipher, alg::RSA_OAEP_MGF1P)
        );
        let xml = seal(&response(), Signed::Assertion, Some(&recipient));
        assert!(!xml.contains("9208-2002-2-"), "the assertion is in the clear");
        let plain = xmlsec1(&["--decrypt"], &xml, "--privkey-pem", &SP_KEYS.pem("PRIVATE KEY")).unwrap();
        assert!(plain.contains("9208-2002-2-123456789012"));
        xmlsec1_verifies(&plain, ASSERTION, &IDP_KEYS).unwrap();
        let ours = check(&xml);
        if cipher.contains("gcm") {
            assert!(ours.unwrap().encrypted);
        } else {
            assert!(matches!(ours, Err(Refused::Decrypt(_))));
        }
    }
}

#[test]
fn the_newer_key_transport_is_used_only_where_it_is_asked_for() {
    assert_eq!(recipient(&[]).transport(), alg::RSA_OAEP_MGF1P);
    assert_eq!(recipient(&[]).cipher(), alg::AES256_GCM);
    let newer = recipient(&[alg::AES128_GCM, alg::RSA_OAEP_11]);
    assert_eq!((newer.cipher(), newer.transport()), (alg::AES128_GCM, alg::RSA_OAEP_11));
    check(&seal(&response(), Signed::Assertion, Some(&newer))).unwrap();
    let choose = |list: &[&str]| {
        let method = |algorithm: &&str| Method {
            algorithm: (*algorithm).to_owned(),
            digest: None,
            mask: None,
        };
        Recipient::choose(SP_KEYS.encryption(), &list.iter().map(method).collect::<Vec<_>>())
    };
    assert!(choose(&["http://www.w3.org/2001/04/xmlenc#tripledes-cbc"]).is_err());
    assert!(choose(&["http://www.w3.org/2001/04/xmlenc#rsa-1_5"]).is_err());
}

#[test]
fn an_encrypted_assertion_has_to_be_signed_inside() {
    let bare = recipient(&[]).encrypt(&assertion().elem().write().unwrap()).unwrap();
    let mut xml = response();
    xml.assertion = None;
    let shell = seal(&response(), Signed::Assertion, Some(&recipient(&[])));
    let (head, rest) = shell.split_once("<xenc:EncryptedData").unwrap();
    let (_, tail) = rest.split_once("</xenc:EncryptedData>").unwrap();
    let forged = format!("{head}{}{tail}", bare.write().unwrap());
    assert_eq!(
        check(&forged).unwrap_err(),
        Refused::Signature(SignatureError::Unsigned)
    );
}

#[test]
fn an_error_is_told_with_its_codes_and_whether_it_is_vouched_for() {
    let mut no = response();
    no.assertion = None;
    no.status = Status::of(Top::Responder, second::NO_PASSIVE).saying("nobody is logged in");
    let Err(Refused::Status { status, signed }) = check(&seal(&no, Signed::Assertion, None)) else {
        panic!()
    };
    assert_eq!((status.second(), signed), (Some(second::NO_PASSIVE), true));
}

#[test]
fn every_rule_of_the_service_side_refuses() {
    type Change = fn(&mut Response);
    let cases: &[(&str, Change, Refused)] = &[
        (
            "destination",
            |r| r.destination = "https://evil.example/acs".into(),
            Refused::Destination,
        ),
        (
            "answer to another request",
            |r| r.in_response_to = Some("_other".into()),
            Refused::InResponseTo,
        ),
        ("unsolicited", |r| r.in_response_to = None, Refused::InResponseTo),
        ("issuer", |r| r.issuer = "https://evil.example".into(), Refused::Issuer),
        (
            "assertion issuer",
            |r| a(r).issuer = "https://evil.example".into(),
            Refused::Issuer,
        ),
        (
            "audience",
            |r| a(r).conditions.audience = "https://other.example".into(),
            Refused::Audience,
        ),
        (
            "recipient",
            |r| a(r).confirmation.recipient = "https://x.example".into(),
            Refused::Confirmation("Recipient"),
        ),
        (
            "confirmation of another request",
            |r| a(r).confirmation.in_response_to = "_other".into(),
            { Refused::Confirmation("InResponseTo") },
        ),
        (
            "late confirmation",
            |r| a(r).confirmation.not_on_or_after = now() - TimeDelta::minutes(4),
            { Refused::Confirmation("NotOnOrAfter") },
        ),
        (
            "too early",
            |r| a(r).conditions.not_before = now() + TimeDelta::minutes(4),
            Refused::Time("NotBefore"),
        ),
        (
            "too late",
            |r| a(r).conditions.not_on_or_after = now() - TimeDelta::minutes(4),
            { Refused::Time("NotOnOrAfter") },
        ),
        (
            "stale",
            |r| a(r).issue_instant = now() - TimeDelta::minutes(9),
            Refused::Time("IssueInstant"),
        ),
        (
            "from the future",
            |r| a(r).issue_instant = now() + TimeDelta::minutes(4),
            Refused::Time("IssueInstant"),
        ),
        (
            "session over",
            |r| a(r).authentication.session_not_on_or_after = Some(now() - TimeDelta::hours(1)),
            { Refused::Time("SessionNotOnOrAfter") },
        ),
    ];
    for (name, change, refused) in cases {
        let mut response = response();
        change(&mut response);
        assert_eq!(
            check(&seal(&response, Signed::Assertion, None)).unwrap_err(),
            *refused,
            "{name}"
        );
    }
}

fn a(response: &mut Response) -> &mut crate::response::Assertion {
    response.assertion.as_mut().unwrap()
}

#[test]
fn skew_is_allowed_both_ways() {
    let xml = seal(&response(), Signed::Assertion, None);
    check_with(&xml, |expect| expect.now = now() - TimeDelta::minutes(2)).unwrap();
    check_with(&xml, |expect| expect.now = now() + TimeDelta::minutes(7)).unwrap();
}

#[test]
fn somebody_elses_key_is_not_believed() {
    let xml = response()
        .seal(&Sealing {
            key: &EVIL_KEYS.signing(),
            signed: Signed::Both,
            encrypt: None,
        })
        .unwrap();
    assert_eq!(check(&xml).unwrap_err(), Refused::Signature(SignatureError::Invalid));
}

#[test]
fn all_keys_of_a_party_are_tried() {
    let keys =
        crate::key::TrustedKeys::from_certificates([EVIL_KEYS.certificate.as_slice(), IDP_KEYS.certificate.as_slice()]);
    let keys = keys.unwrap();
    let xml = seal(&response(), Signed::Assertion, None);
    check_response(
        &Incoming::from_xml(Kind::Response, &xml, &LIMITS).unwrap(),
        &expect(&keys, &[]),
    )
    .unwrap();
}
