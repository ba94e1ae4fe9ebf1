//! What each profile's service gets, checked by the service's own rules; and which metadata are refused at the start.

use saml_core::{
    context::{Comparison, RequestedAuthnContext},
    metadata::KeyDescriptor,
    name_id::NameIdPolicy,
    ns::{context_class, format},
    sp::{Identity, Need},
};

use super::place::*;
use crate::domain::assurance::{Level, Method};
use crate::domain::time::{Span, Time};
use crate::login::{Outcome, Protocol as _};
use crate::saml::own::moment;
use crate::saml::services::check;

const NOW: Time = Time::from_secs(1_795_348_800);

/// What the service learns, and its name for her.
fn logs_in_at(place: &Place, name: &str, need: Need) -> (Identity, String) {
    let request = place.request(name);
    let outcome = place.anna_at(&[name]).remove(0);
    let (_, fields) = place.answered(&request, &outcome);
    assert!(fields.contains(&("RelayState".to_owned(), "state".to_owned())));
    let identity = place.believes(name, &request.id, &fields, need).unwrap();
    (identity, outcome.released.sub)
}

#[test]
fn oiosaml_3_is_encrypted_and_speaks_in_addresses() {
    let (identity, sub) = logs_in_at(&Place::new(), "tax", Need::SignedAssertion);
    assert!(identity.encrypted);
    let told = |name: &str| identity.attribute(&format!("https://data.gov.dk/{name}"));
    assert_eq!(told("model/core/specVersion"), Some("OIO-SAML-3.0"));
    assert_eq!(told("concept/core/nsis/loa"), Some("Substantial"));
    assert_eq!(told("model/core/eid/person/pid"), Some("9208-2002-2-123456789012"));
    assert_eq!(told("model/core/eid/fullName"), Some("Anna Bø Andersen"));
    assert_eq!(told("model/core/eid/firstName"), Some("Anna"), "no middle names");
    assert_eq!(told("model/core/eid/lastName"), Some("Andersen"));
    assert_eq!(told("model/core/eid/dateOfBirth"), Some("31-12-1980"));
    assert_eq!(told("model/core/eid/email"), None);
    assert_eq!(
        identity.name_id.value,
        format!("https://data.gov.dk/model/core/eid/person/uuid/{sub}")
    );
    assert_eq!(identity.name_id.format(), format::PERSISTENT);
    assert!(identity.session_not_on_or_after.is_some());
}

#[test]
fn oiosaml_2_has_its_old_names_and_empty_mandatory_ones() {
    let (identity, sub) = logs_in_at(&Place::new(), "old", Need::SignedAssertion);
    assert!(!identity.encrypted);
    assert_eq!(
        identity.attribute("urn:oid:0.9.2342.19200300.100.1.1"),
        Some(sub.as_str())
    );
    assert_eq!(identity.attribute("dk:gov:saml:attribute:SpecVer"), Some("DK-SAML-2.0"));
    assert_eq!(identity.attribute("dk:gov:saml:attribute:AssuranceLevel"), Some("3"));
    assert_eq!(
        identity.attribute("dk:gov:saml:attribute:PidNumberIdentifier"),
        Some("9208-2002-2-123456789012")
    );
    assert_eq!(identity.attribute("urn:oid:2.5.4.4"), Some("Andersen"));
    assert_eq!(
        identity.attribute("urn:oid:0.9.2342.19200300.100.1.3"),
        Some(""),
        "mandatory and unknown: empty"
    );
    assert_eq!(
        identity.attribute("dk:gov:saml:attribute:IsYouthCert"),
        None,
        "not registered for the age"
    );
    assert_eq!(
        identity.name_id.sp_name_qualifier.as_deref(),
        Some(entity("old").as_str())
    );
}

#[test]
fn saml2int_signs_the_response_and_encrypts() {
    let (identity, sub) = logs_in_at(&Place::new(), "uni", Need::SignedResponse);
    assert!(identity.encrypted);
    assert_eq!(
        identity.attribute("urn:oasis:names:tc:SAML:attribute:pairwise-id"),
        Some(format!("{sub}@localhost").as_str())
    );
    assert_eq!(
        identity.class,
        "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
    );
}

#[test]
fn a_level_that_was_asked_for_is_stated_and_a_transient_name_stays_in_its_session() {
    let place = Place::new();
    let outcome = &place.anna_at(&["tax"])[0];
    let names: Vec<String> = (0..2)
        .map(|_| {
            let mut request = place.request("tax");
            request.context = Some(RequestedAuthnContext::minimum([
                "https://data.gov.dk/concept/core/nsis/loa/Substantial",
            ]));
            request.name_id_policy = Some(NameIdPolicy {
                format: Some(format::TRANSIENT.into()),
                sp_name_qualifier: Some(entity("tax")),
                allow_create: Some(true),
            });
            let (_, fields) = place.answered(&request, outcome);
            let identity = place
                .believes("tax", &request.id, &fields, Need::SignedAssertion)
                .unwrap();
            assert_eq!(identity.class, "https://data.gov.dk/concept/core/nsis/loa/Substantial");
            assert_eq!(identity.name_id.format(), format::TRANSIENT);
            assert_eq!(
                identity.name_id.sp_name_qualifier.as_deref(),
                Some(entity("tax").as_str())
            );
            identity.name_id.value
        })
        .collect();
    assert_eq!(names[0], names[1]);
    assert!(!names[0].contains(&outcome.released.sub));
}

#[test]
fn metadata_that_cannot_be_used_stop_the_start_by_file_and_key() {
    let wrong = |name: &'static str, change: fn(&mut saml_core::metadata::Sp)| {
        let parties = parties(|n, sp| {
            if n == name {
                change(sp)
            }
        });
        let error = check(&parties, true, NOW).unwrap_err();
        assert_eq!(error.problems.len(), 1, "{error:?}");
        let problem = &error.problems[0];
        assert!(problem.file.ends_with(&format!("{name}.toml")), "{problem:?}");
        (problem.key.clone(), problem.reason.clone())
    };
    let (key, reason) = wrong("tax", |sp| sp.keys.truncate(1));
    assert!(key == "saml.metadata" && reason.contains("encryption key"), "{reason}");
    let (key, reason) = wrong("old", |sp| sp.keys.clear());
    assert!(key == "saml.metadata" && reason.contains("signing key"), "{reason}");
    let (_, reason) = wrong("uni", |sp| {
        sp.acs[0].endpoint.location = "http://uni.example/acs".into()
    });
    assert!(reason.contains("https"), "{reason}");
    let (_, reason) = wrong("uni", |sp| sp.acs.push(sp.acs[0].clone()));
    assert!(reason.contains("index 0"), "{reason}");
    let (key, _) = wrong("uni", |sp| sp.entity_id = "https://another.example".into());
    assert_eq!(key, "saml.entity_id");
    let (_, reason) = wrong("uni", |sp| sp.keys = vec![KeyDescriptor::signing(&[1, 2, 3])]);
    assert!(reason.contains("certificate"), "{reason}");
    let (key, reason) = wrong("uni", |sp| sp.valid_until = Some(moment(NOW)));
    assert!(
        key == "saml.metadata" && reason.contains("uni.xml: validUntil is over"),
        "{reason}"
    );
}

#[test]
fn metadata_are_good_until_the_moment_that_they_name() {
    let ending = |end: Time| parties(|name, sp| sp.valid_until = (name == "uni").then(|| moment(end)));
    assert!(check(&ending(NOW + Span::secs(1)), true, NOW).is_ok());
    assert!(check(&ending(NOW), true, NOW).is_err());
    // And the set that would be put in its place by a reload is judged in the same way.
    assert!(check(&ending(NOW + Span::days(1)), true, NOW + Span::days(1)).is_err());
}

/// The class and the level attribute of an answer, of a log-in with password and card.
fn stated_at(place: &Place, name: &str, comparison: Comparison, classes: &[&str]) -> (String, String) {
    let outcome = &place.anna_at(&[name])[0];
    let mut request = place.request(name);
    request.context = Some(RequestedAuthnContext {
        comparison,
        classes: classes.iter().map(ToString::to_string).collect(),
        declarations: false,
    });
    let (_, fields) = place.answered(&request, outcome);
    let identity = place
        .believes(name, &request.id, &fields, Need::SignedAssertion)
        .unwrap();
    let level = [
        "https://data.gov.dk/concept/core/nsis/loa",
        "dk:gov:saml:attribute:AssuranceLevel",
    ]
    .iter()
    .find_map(|attribute| identity.attribute(attribute));
    (identity.class.clone(), level.unwrap().to_owned())
}

#[test]
fn exactly_low_is_answered_by_low_although_more_was_proven() {
    let place = Place::new();
    let low = "https://data.gov.dk/concept/core/nsis/loa/Low";
    let substantial = "https://data.gov.dk/concept/core/nsis/loa/Substantial";
    let stated = |comparison, classes: &[&str]| {
        let (class, level) = stated_at(&place, "quiz", comparison, classes);
        (class.rsplit('/').next().unwrap().to_owned(), level)
    };
    let both = |level: &str| (level.to_owned(), level.to_owned());
    assert_eq!(stated(Comparison::Exact, &[low]), both("Low"));
    assert_eq!(stated(Comparison::Maximum, &[low]), both("Low"));
    assert_eq!(
        stated(Comparison::Exact, &[low, substantial]),
        both("Low"),
        "the first is the most preferred"
    );
    assert_eq!(stated(Comparison::Exact, &[substantial, low]), both("Substantial"));
    assert_eq!(stated(Comparison::Minimum, &[low]), both("Substantial"));
    assert_eq!(stated(Comparison::Better, &[low]), both("Substantial"));
}

#[test]
fn a_way_of_proving_is_stated_where_it_is_true_and_the_level_beside_it() {
    let place = Place::new();
    let x509 = context_class::X509;
    assert_eq!(
        stated_at(&place, "old", Comparison::Exact, &[x509]),
        (x509.to_owned(), "3".to_owned())
    );
    let plain = context_class::PASSWORD_PROTECTED_TRANSPORT;
    assert_eq!(
        stated_at(&place, "tax", Comparison::Exact, &[x509, plain]),
        (plain.to_owned(), "Substantial".to_owned()),
        "nobody showed a certificate"
    );
}

#[test]
fn no_answer_states_more_than_was_reached() {
    let place = Place::new();
    let mut request = place.request("quiz");
    request.context = Some(RequestedAuthnContext {
        comparison: Comparison::Exact,
        classes: vec!["https://data.gov.dk/concept/core/nsis/loa/Substantial".into()],
        declarations: false,
    });
    let low = Outcome {
        level: Level::Low,
        methods: vec![Method::Password],
        ..place.anna_at(&["quiz"]).remove(0)
    };
    let query = place.asks(&request, None);
    let incoming = saml_core::redirect::decode(query.split_once('?').unwrap().1, &LIMITS).unwrap();
    let demand = place.saml.accept(&place.ctx(), &incoming).unwrap();
    assert_eq!(demand.level(Level::High), Some(Level::Substantial));
    // The ceremony never ends like this; if it did, nobody would be told a lie.
    assert!(place.saml.answer(&place.ctx(), &demand.resume, &low, &[]).is_err());
}
