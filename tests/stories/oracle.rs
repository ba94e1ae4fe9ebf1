//! Every kind of SAML Response past programs that are not ours: xmlsec1 for the signatures, the OASIS schemas for the form.

use acceptance::saml::{self, ASSERTION, Posted, Provider, RESPONSE};
use acceptance::{Citizen, Database, House, Plan};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_response_to_skat_is_signed_encrypted_and_well_formed() {
    let house = House::on(Database::Sqlite).await;
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_response_is_signed_too() {
    let house = House::on(Database::Sqlite).await;
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "not yet seen green (docs/roadmap.md); run with `cargo test --workspace --test stories -- --ignored`"]
async fn the_response_of_each_profile() {
    let profiles = [
        ("oiosaml-3", ASSERTION),
        ("oiosaml-2", ASSERTION),
        ("saml2int", RESPONSE),
    ];
    for (profile, signed) in profiles {
        let mut house = House::built(Plan::on(Database::Sqlite));
        let file = house.config("parties/skat.toml");
        let party = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, party.replace("oiosaml-3", profile)).unwrap();
        house.seed();
        house.opens().await;
        let anna = house.citizen("anna");
        anna.logs_in_at(&house.service("skat")).await;
        let mut posted = Posted::last_of(&anna.browser, &house);
        posted.follows_schema().unwrap();
        let certificate = &saml::certificates(&house).await[0];
        if signed == ASSERTION && posted.xml.contains("EncryptedAssertion") {
            posted = posted.opened(&house.config("skat-demo-key.pem"));
        }
        posted
            .verified_by(certificate, signed)
            .unwrap_or_else(|error| panic!("{profile}: {error}"));
    }
}
