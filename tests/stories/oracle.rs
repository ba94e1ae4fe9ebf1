//! Every kind of SAML Response past programs that are not ours: xmlsec1 for the signatures, the OASIS schemas for the form.

use acceptance::saml::{self, ASSERTION, Posted, Poster, Provider, RESPONSE};
use acceptance::{Citizen, Database, House, Plan};

use crate::both::on_both;

on_both!(
    the_response_to_skat_is_signed_encrypted_and_well_formed,
    an_error_response_is_signed_too,
    the_response_of_each_profile
);

async fn the_response_to_skat_is_signed_encrypted_and_well_formed(database: Database) {
    let house = House::on(database).await;
    let anna = house.citizen("anna");
    anna.logs_in_at(&house.service("skat")).await;
    let posted = Posted::last_of(&anna.browser, &house);
    let certificate = &saml::certificates(&house).await[0];
    let pid = anna.person.pid.as_deref().unwrap();
    assert!(!posted.xml.contains(pid), "the assertion is not encrypted");
    posted.follows_schema().unwrap();

    let opened = posted.opened(&house.config("skat-demo-key.pem"));
    assert!(opened.xml.contains(pid));
    opened.verified_by(certificate, ASSERTION).unwrap();
    opened.alone(ASSERTION).follows_schema().unwrap();
    let forged = Posted::decoded_xml(opened.xml.replace(pid, "9208-2002-2-000000000000"), &house);
    assert!(
        forged.verified_by(certificate, ASSERTION).is_err(),
        "the PID is outside of the signature"
    );
    let stranger = house.folder().join("stranger.pem");
    std::fs::write(&stranger, Provider::new("stranger").certificate).unwrap();
    assert!(
        opened.verified_by(&stranger, ASSERTION).is_err(),
        "another certificate verifies it"
    );
}

async fn an_error_response_is_signed_too(database: Database) {
    let house = House::on(database).await;
    let bo = house.citizen("bo");
    let page = bo.begins_at(&house.service("skat")).await;
    let page = bo.types_password(&page).await;
    bo.gives_up(&page).await;
    signed_error(&bo, &house, "OCES001").await;

    let passer_by = house.citizen("anna");
    passer_by
        .browser
        .get(&house.service("skat").with("passive=1").login())
        .await;
    signed_error(&passer_by, &house, "urn:oasis:names:tc:SAML:2.0:status:NoPassive").await;
}

async fn signed_error(citizen: &Citizen, house: &House, says: &str) {
    let posted = Posted::last_of(&citizen.browser, house);
    assert!(posted.xml.contains(says), "{}", posted.xml);
    assert!(!posted.xml.contains("Assertion>"), "{}", posted.xml);
    posted
        .verified_by(&saml::certificates(house).await[0], RESPONSE)
        .unwrap();
    posted.follows_schema().unwrap();
}

/// A service of our own for each profile, which takes what it is sent as it is.
async fn the_response_of_each_profile(database: Database) {
    // The services' metadata want their assertions signed: saml2int then signs both.
    let profiles: [(&str, bool, &[&str]); 3] = [
        ("oiosaml-3", true, &[ASSERTION]),
        ("oiosaml-2", false, &[ASSERTION]),
        ("saml2int", true, &[RESPONSE, ASSERTION]),
    ];
    let mut house = House::built(Plan::on(database).without_services());
    let acs = |profile: &str| format!("http://127.0.0.1:9498/{profile}/acs");
    let posters = profiles.map(|(profile, ..)| Poster::register(&house, profile, profile, &acs(profile)));
    house.seed();
    house.opens().await;
    let certificate = &saml::certificates(&house).await[0];

    for (poster, (profile, encrypted, signed)) in posters.iter().zip(profiles) {
        let anna = house.citizen("anna");
        let pid = anna.person.pid.as_deref().unwrap();
        let asks = anna.browser.shown(&acs(profile), poster.page(&house).await);
        let page = anna.browser.submit(&asks, &[]).await;
        let page = anna.types_password(&page).await;
        let code = anna.person.code(&page.challenge()).to_owned();
        let page = anna.browser.submit_once(&page, &[("code", &code)]).await;
        assert_eq!(page.carried("RelayState"), "posted");
        let posted = Posted::decoded(&page.carried("SAMLResponse"), &house);

        posted
            .follows_schema()
            .unwrap_or_else(|error| panic!("{profile}: {error}"));
        assert_eq!(posted.xml.contains("EncryptedAssertion"), encrypted, "{profile}");
        assert_eq!(posted.xml.contains(pid), !encrypted, "{profile}: who can read the PID?");
        let opened = if encrypted {
            posted.opened(&poster.key(&house))
        } else {
            posted.clone()
        };
        assert!(opened.xml.contains(pid), "{profile}: {}", opened.xml);
        let alone = opened.alone(ASSERTION);
        alone
            .follows_schema()
            .unwrap_or_else(|error| panic!("{profile}: {error}"));
        for element in [RESPONSE, ASSERTION] {
            // The Response is signed as it travels, the assertion as it is read.
            let document = if element == RESPONSE { &posted } else { &opened };
            let holds = document.verified_by(certificate, element);
            assert_eq!(
                holds.is_ok(),
                signed.contains(&element),
                "{profile}: {element}: {holds:?}"
            );
        }
        let forged = Posted::decoded_xml(opened.xml.replace(pid, "9208-2002-2-000000000000"), &house);
        let holds = forged.verified_by(certificate, ASSERTION);
        assert!(holds.is_err(), "{profile}: the PID is outside of the signature");
    }
}
