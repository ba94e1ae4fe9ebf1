//! What good requests become, and how a service hears that something cannot be done.

use saml_core::{
    context::{Comparison, RequestedAuthnContext},
    name_id::{NameId, NameIdPolicy},
    ns::{binding, context_class, format},
    sp::{Need, Refused},
    status::{Top, second},
};

use super::place::*;
use crate::config::parties::Profile;
use crate::domain::assurance::Level;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::time::Span;
use crate::login::{Continue, Fresh, MustBe, Protocol};
use crate::saml::context::{States, asked};

#[test]
fn the_metadata_are_served_with_an_etag_and_name_our_addresses() {
    let place = Place::new();
    let answer = place.get("/saml/metadata", None);
    assert_eq!(answer.status, 200);
    for part in [SSO, SLO, "WantAuthnRequestsSigned=\"true\"", "eid/person/pid", IDP] {
        assert!(answer.body.contains(part), "{part}");
    }
    assert!(answer.body.matches("<md:KeyDescriptor").count() >= 1);
    assert!(!place.idp_keys().is_empty());
}

#[test]
fn a_good_request_leads_to_the_log_in_page() {
    let place = Place::new();
    let answer = place.get(&place.asks(&place.request("tax"), Some("æ+&=")), None);
    assert_eq!(answer.status, 303);
    assert!(answer.location.unwrap().starts_with("/login/"));
}

#[test]
fn a_posted_request_comes_back_to_us_with_a_get_first() {
    let place = Place::new();
    let request = place.request("tax");
    let id = saml_core::Id::from_random([9; 20]);
    let mut request = request;
    request.id = id.to_string();
    let xml = saml_core::dsig::enveloped(request.elem(), &id, &KEYS.signing()).unwrap();
    let answer = place.post(
        "/saml/sso",
        &saml_core::post::encode(saml_core::Kind::Request, &xml, Some("s")),
    );
    assert_eq!(answer.status, 303, "{}", answer.body);
    let back = answer.location.unwrap();
    assert!(back.starts_with("/saml/sso/continue?t="));
    assert!(place.get(&back, None).location.unwrap().starts_with("/login/"));
    place.house.clock.advance(Span::minutes(6));
    assert_eq!(place.get(&back, None).code(), "login.expired");
    assert_eq!(place.get("/saml/sso/continue?t=AAAA", None).code(), "login.expired");
}

#[test]
fn a_request_becomes_a_demand() {
    let place = Place::new();
    let mut request = place.request("tax");
    request.force_authn = true;
    request.context = Some(RequestedAuthnContext::minimum([
        "https://data.gov.dk/eid/Person",
        "https://data.gov.dk/concept/core/nsis/loa/Low",
    ]));
    request.subject = Some(NameId::new(
        "https://data.gov.dk/model/core/eid/person/uuid/x-y",
        format::PERSISTENT,
    ));
    let query = place.asks(&request, None);
    let incoming = saml_core::redirect::decode(query.split_once('?').unwrap().1, &LIMITS).unwrap();
    let demand = place.saml.accept(&place.ctx(), &incoming).unwrap();
    assert_eq!(demand.party, "tax");
    assert_eq!(demand.fresh, Fresh::Force);
    assert_eq!(demand.wanted, vec![Level::Low]);
    assert_eq!(
        demand.level(Level::High),
        Some(Level::Substantial),
        "the party's least is not lowered"
    );
    assert_eq!(demand.must_be, Some(MustBe::Sub("x-y".into())));
    assert_eq!(demand.resume.request_id, Some((entity("tax"), request.id)));
}

/// The status that a service hears, if the answer is posted to its verified address.
fn status(place: &Place, request: &saml_core::authn_request::AuthnRequest) -> saml_core::status::Status {
    let answer = place.get(&place.asks(request, Some("relay")), None);
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(
        answer.body.contains(&format!("action=\"{}\"", acs("tax"))),
        "{}",
        answer.body
    );
    assert_eq!(answer.field("RelayState").as_deref(), Some("relay"));
    let fields = [("SAMLResponse".to_owned(), answer.field("SAMLResponse").unwrap())];
    match place.believes("tax", &request.id, &fields, Need::SignedAssertion) {
        Err(Refused::Status { status, signed: true }) => status,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_cannot_be_done_is_told_to_the_service() {
    type Change = fn(&mut saml_core::authn_request::AuthnRequest);
    let cases: &[(Change, &str)] = &[
        (|r| r.is_passive = true, second::NO_PASSIVE),
        (|r| (r.is_passive, r.force_authn) = (true, true), second::NO_PASSIVE),
        (
            |r| r.protocol_binding = Some(binding::REDIRECT.into()),
            second::UNSUPPORTED_BINDING,
        ),
        (
            |r| r.name_id_policy = policy(Some(format::ENCRYPTED), None),
            second::INVALID_NAME_ID_POLICY,
        ),
        (
            |r| r.name_id_policy = policy(Some("urn:x"), None),
            second::INVALID_NAME_ID_POLICY,
        ),
        (
            |r| r.name_id_policy = policy(None, Some("https://other.example")),
            second::INVALID_NAME_ID_POLICY,
        ),
        (
            |r| r.context = minimum("https://data.gov.dk/eid/Professional"),
            second::NO_AUTHN_CONTEXT,
        ),
        (
            |r| r.context = minimum("https://data.gov.dk/concept/core/nsis/loa/High"),
            second::NO_AUTHN_CONTEXT,
        ),
        (|r| r.context = minimum("urn:unknown"), second::NO_AUTHN_CONTEXT),
        (|r| r.context = minimum(context_class::X509), second::NO_AUTHN_CONTEXT),
        (
            |r| {
                let low = "https://data.gov.dk/concept/core/nsis/loa/Low".to_owned();
                r.context = Some(RequestedAuthnContext {
                    comparison: Comparison::Exact,
                    classes: vec![low],
                    declarations: false,
                });
            },
            second::NO_AUTHN_CONTEXT,
        ),
        (
            |r| {
                r.subject = Some(NameId::new(
                    "mail@x.example",
                    "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
                ))
            },
            { second::UNKNOWN_PRINCIPAL },
        ),
        (|r| r.attribute_index = Some(7), second::REQUEST_UNSUPPORTED),
    ];
    let place = Place::new();
    for (change, expected) in cases {
        let mut request = place.request("tax");
        change(&mut request);
        assert_eq!(status(&place, &request).second(), Some(*expected));
    }
}

fn policy(format: Option<&str>, qualifier: Option<&str>) -> Option<NameIdPolicy> {
    Some(NameIdPolicy {
        format: format.map(str::to_owned),
        sp_name_qualifier: qualifier.map(str::to_owned),
        allow_create: Some(true),
    })
}

fn minimum(class: &str) -> Option<RequestedAuthnContext> {
    Some(RequestedAuthnContext::minimum([class]))
}

/// What a service hears of each refusal: the second status. The first is always Responder, the message the code.
const HEARD: [(Code, &str); 33] = [
    (Code::Oces001, second::REQUEST_DENIED),
    (Code::Oces002, second::REQUEST_DENIED),
    (Code::Oces003, second::REQUEST_DENIED),
    (Code::Oces004, second::REQUEST_DENIED),
    (Code::Oces005, second::REQUEST_DENIED),
    (Code::Oces006, second::REQUEST_DENIED),
    (Code::Auth003, second::REQUEST_DENIED),
    (Code::Auth001, second::AUTHN_FAILED),
    (Code::Auth004, second::AUTHN_FAILED),
    (Code::Auth005, second::AUTHN_FAILED),
    (Code::Auth006, second::AUTHN_FAILED),
    (Code::Auth007, second::AUTHN_FAILED),
    (Code::Auth008, second::AUTHN_FAILED),
    (Code::Auth019, second::AUTHN_FAILED),
    (Code::Lock001, second::AUTHN_FAILED),
    (Code::Lock002, second::AUTHN_FAILED),
    (Code::Lock003, second::AUTHN_FAILED),
    (Code::Can002, second::AUTHN_FAILED),
    (Code::LoginPassive, second::NO_PASSIVE),
    (Code::LoginConsent, second::NO_PASSIVE),
    (Code::LoginLevelUnmet, second::NO_AUTHN_CONTEXT),
    (Code::LoginSubjectMismatch, second::UNKNOWN_PRINCIPAL),
    (Code::FactorNotTaken, second::AUTHN_FAILED),
    (Code::HardwareUnbound, second::AUTHN_FAILED),
    (Code::TokenBlocked, second::AUTHN_FAILED),
    (Code::AppRejected, second::AUTHN_FAILED),
    (Code::AppLapsed, second::AUTHN_FAILED),
    (Code::AppRests, second::AUTHN_FAILED),
    (Code::VoiceBlocked, second::AUTHN_FAILED),
    (Code::VoiceLapsed, second::AUTHN_FAILED),
    (Code::VoiceRests, second::AUTHN_FAILED),
    (Code::PasskeyCopied, second::AUTHN_FAILED),
    (Code::PasskeyUnknown, second::AUTHN_FAILED),
];

#[test]
fn refusals_of_the_ceremony_have_their_codes() {
    let place = Place::new();
    let request = place.request("tax");
    let outcome = &place.anna_at(&["tax"])[0];
    let (resume, _) = place.answered(&request, outcome);
    for (code, expected) in HEARD {
        let refusal = Refusal::new(code);
        let Continue::Post { url, fields } = place.saml.refuse(&place.ctx(), &resume, &refusal).unwrap() else {
            panic!("an error Response goes by POST");
        };
        assert_eq!(url, acs("tax"));
        match place.believes("tax", &request.id, &fields, Need::SignedAssertion) {
            Err(Refused::Status { status, signed: true }) => {
                let heard = (status.top, status.nested, status.message);
                let expected = (
                    Top::Responder,
                    vec![expected.to_owned()],
                    Some(code.as_str().to_owned()),
                );
                assert_eq!(heard, expected, "{code}");
            }
            other => panic!("{code}: {other:?}"),
        }
    }
}

#[test]
fn every_code_of_the_original_is_in_the_table() {
    let original = |code: &&Code| code.as_str().starts_with(|first: char| first.is_ascii_uppercase());
    for code in Code::ALL.iter().filter(original) {
        assert!(HEARD.iter().any(|(heard, _)| heard == code), "{code}");
    }
}

#[test]
fn requested_classes_as_levels() {
    let loa = |name: &str| format!("https://data.gov.dk/concept/core/nsis/loa/{name}");
    let ask_at = |profile, least, comparison, classes: &[&str]| {
        let context = RequestedAuthnContext {
            comparison,
            classes: classes.iter().map(ToString::to_string).collect(),
            declarations: false,
        };
        asked(Some(&context), profile, least).map(|asked| (asked.levels, asked.states))
    };
    let ask = |comparison, classes: &[&str]| ask_at(Profile::Oiosaml3, Level::Low, comparison, classes);
    let class = |class: &str| States::Class(class.to_owned());
    use Comparison::{Better, Exact, Maximum, Minimum};
    use Level::{Low, Substantial};
    let (low, substantial, high) = (loa("Low"), loa("Substantial"), loa("High"));
    assert_eq!(ask(Minimum, &[&substantial]), Some((vec![Substantial], States::Level)));
    assert_eq!(ask(Minimum, &[&high, &low]), Some((vec![Low], States::Level)));
    assert_eq!(
        ask(Exact, &[&high, &substantial]),
        Some((vec![Substantial], class(&substantial)))
    );
    assert_eq!(ask(Exact, &[&high]), None);
    assert_eq!(
        ask(Exact, &["https://data.gov.dk/eid/Person"]),
        Some((vec![], States::Plain))
    );
    assert_eq!(ask(Exact, &["https://data.gov.dk/eid/Professional", &low]), None);
    assert_eq!(ask(Better, &[&low]), Some((vec![Substantial], States::Level)));
    assert_eq!(ask(Better, &[&high]), None);
    assert_eq!(ask(Maximum, &[&low]), Some((vec![Low], class(&low))));
    assert_eq!(ask(Maximum, &[&high]), Some((vec![Substantial, Low], States::Level)));
    assert_eq!(
        ask(Maximum, &[&substantial]),
        Some((vec![Substantial, Low], States::Level)),
        "who is known less surely is below it"
    );
    assert_eq!(ask(Minimum, &["urn:x", "urn:y"]), None);

    // Where the party lets nobody in below Substantial, Low is neither stated nor a way round it.
    let ask_skat = |comparison, classes: &[&str]| ask_at(Profile::Oiosaml3, Substantial, comparison, classes);
    assert_eq!(ask_skat(Exact, &[&low]), None);
    assert_eq!(ask_skat(Maximum, &[&low]), None);
    assert_eq!(
        ask_skat(Maximum, &[&substantial]),
        Some((vec![Substantial], class(&substantial)))
    );
    assert_eq!(
        ask_skat(Exact, &[&low, &substantial]),
        Some((vec![Substantial], class(&substantial)))
    );
    assert_eq!(
        ask_skat(Minimum, &[&low]),
        Some((vec![Low], States::Level)),
        "the party's least is added later"
    );
    // A password was typed over a protected line, whatever else was shown: what most services ask for by default.
    let plain = context_class::PASSWORD_PROTECTED_TRANSPORT;
    assert_eq!(ask_skat(Exact, &[plain]), Some((vec![Low], class(plain))));

    // Two factors are called X509 in OIOSAML 2; elsewhere that is a certificate, which nobody shows.
    let x509 = context_class::X509;
    let ask_old = |comparison, classes: &[&str]| ask_at(Profile::Oiosaml2, Substantial, comparison, classes);
    assert_eq!(ask_old(Exact, &["urn:x", x509]), Some((vec![Substantial], class(x509))));
    for profile in [Profile::Oiosaml3, Profile::Saml2Int] {
        assert_eq!(ask_at(profile, Low, Exact, &["urn:x", x509]), None);
        assert_eq!(ask_at(profile, Low, Minimum, &[x509]), None);
    }
}

#[test]
fn our_metadata_follow_the_keys() {
    let place = Place::new();
    let served = || place.get("/saml/metadata", None);
    let first = served();
    let etag = first.etag.clone().unwrap();
    place.house.clock.advance(Span::secs(11));
    assert_eq!(served().etag, first.etag, "the same keys, the same document");
    let (rng, now) = (&place.house.rng, place.house.clock.now());
    let keys = place
        .house
        .vault
        .rotate_keys(Vec::new(), "test", now, false, rng)
        .unwrap();
    place.house.vault.load_keys(keys.rows).unwrap();
    place.house.clock.advance(Span::secs(11));
    let second = served();
    assert_ne!((&second.etag, &second.body), (&first.etag, &first.body));
    let renewed = second.etag.unwrap();
    let answer = place.get_if_changed("/saml/metadata", &renewed);
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (304, ""));
    let answer = place.get_if_changed("/saml/metadata", &format!("\"x\", {renewed}"));
    assert_eq!(answer.status, 304);
    assert_eq!(place.get_if_changed("/saml/metadata", &etag).status, 200);
}

#[test]
fn our_metadata_offer_no_weak_algorithm() {
    // A service that reads one there may choose it: Shibboleth then signs with SHA-1.
    let body = Place::new().get("/saml/metadata", None).body;
    // Without the certificates, whose base64 may spell anything.
    let around = body.split("<ds:X509Certificate>").enumerate();
    let around = around.map(|(n, part)| if n == 0 { part } else { part.split_once('<').unwrap().1 });
    let body = around.collect::<String>().to_ascii_lowercase();
    assert!(body.contains("singlelogoutservice"));
    for weak in [
        "sha1",
        "md5",
        "rsa-1_5",
        "rsa1_5",
        "tripledes",
        "des-cbc",
        "hmac",
        "dsa-",
        "aes128-cbc",
        "none",
    ] {
        assert!(!body.contains(weak), "{weak}");
    }
    for element in ["digestmethod", "signingmethod", "encryptionmethod", "validuntil"] {
        assert!(!body.contains(element), "what is not said is not offered: {element}");
    }
}

#[test]
fn a_name_is_given_whatever_a_request_says_of_making_one() {
    let place = Place::new();
    let outcome = &place.anna_at(&["tax"])[0];
    for allow_create in [None, Some(false), Some(true)] {
        let mut request = place.request("tax");
        request.name_id_policy = Some(NameIdPolicy {
            format: Some(format::PERSISTENT.into()),
            sp_name_qualifier: None,
            allow_create,
        });
        let (_, fields) = place.answered(&request, outcome);
        let identity = place
            .believes("tax", &request.id, &fields, Need::SignedAssertion)
            .unwrap();
        assert!(identity.name_id.value.ends_with(&outcome.released.sub));
    }
}
