//! What services are told of people whose name and address are protected, and of the young: in a real browser.

use std::fs;

use acceptance::chromium::{Chromium, Reader};
use acceptance::house::Service;
use acceptance::listener::Listener;
use acceptance::people::Person;
use acceptance::saml::{Posted, Poster};
use acceptance::{Database, House, Plan};

use crate::both::on_both;

on_both!(
    a_protected_name_is_told_at_public_services_alone_and_the_address_nowhere,
    clara_is_marked_as_youth,
);

/// What stands in the place of a protected name.
const MARKER: &str = "NAVNE- OG ADRESSEBESKYTTET";

async fn a_protected_name_is_told_at_public_services_alone_and_the_address_nowhere(database: Database) {
    let mut house = House::built(Plan::on(database));
    // Both ask for the address, and the shop is registered for it, too.
    changes(
        &house,
        "parties/shop.toml",
        "\"email\", \"cpr\"]",
        "\"email\", \"cpr\", \"address\"]",
    );
    let scopes = (
        "\"profile\", \"email\", \"cpr\"",
        "\"profile\", \"email\", \"cpr\", \"address\"",
    );
    changes(&house, "parties/shop.toml", scopes.0, scopes.1);
    for (before, after) in [
        ("\"openid profile email\"", "\"openid profile email address\""),
        ("pid offline_access\"", "pid offline_access address\""),
    ] {
        changes(&house, "sp-demo.toml", before, after);
    }
    house.seed();
    house.opens().await;
    for (who, is_protected) in [("erik", true), ("anna", false)] {
        let person = house.citizen(who).person;
        let (name, address) = (person.name.as_deref().unwrap(), person.address.as_deref().unwrap());
        let street = address.lines().next().unwrap();
        let chromium = Chromium::open(&house).await;
        // A private service, a bank, and two public ones, over both protocols.
        for (service, is_public) in [("shop", false), ("netbank", false), ("borger", true), ("skat", true)] {
            let (shown, page) = becomes_known(&chromium, &person, &house.service(service)).await;
            if is_protected && !is_public {
                assert_eq!(shown, MARKER, "{who} at {service}");
                for word in name.split(' ') {
                    assert!(!page.contains(word), "{service} knows {word}: {page}");
                }
            } else {
                assert_eq!(shown, name, "{who} at {service}");
                assert!(!page.contains(MARKER), "{page}");
            }
            let asked = ["shop", "borger"].contains(&service);
            assert_eq!(
                page.contains(street),
                asked && !is_protected,
                "{who} at {service}: {page}"
            );
            chromium.forgets().await;
        }
        chromium.closes_without_complaint().await;
    }
}

fn changes(house: &House, file: &str, before: &str, after: &str) {
    let path = house.config(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(before), "{file} has no {before}");
    fs::write(path, text.replace(before, after)).unwrap();
}

/// A whole log-in, with a yes where the person is asked; the name that the service shows, and all of its page with what it was sent.
async fn becomes_known(chromium: &Chromium, person: &Person, service: &Service) -> (String, String) {
    chromium.goes_to(&service.login()).await;
    chromium.comes_to_step("credentials").await;
    chromium.types("user_id", person.user_id.as_deref().unwrap()).await;
    chromium.types("password", person.password.as_deref().unwrap()).await;
    chromium.presses("submit").await;
    if service.name == "shop" {
        chromium.comes_to_step("consent").await;
        let page = chromium.source().await;
        assert!(!page.contains(person.name.as_deref().unwrap()), "{page}");
        chromium.presses("consent-yes").await;
        chromium.presses("submit").await;
    }
    // Who only looks at a balance is asked for no code.
    if service.name != "netbank" {
        chromium.answers_card(person).await;
    }
    chromium.arrives_at(&service.at("")).await;
    chromium.goes_to(&service.at("me")).await;
    let name = chromium.waits_for("#name").await.text().await.unwrap();
    (name, chromium.source().await)
}

/// At a public service that asks in the words of OIOSAML 2, and on her own certificate. Anna is not.
async fn clara_is_marked_as_youth(database: Database) {
    let mut house = House::built(Plan::on(database).without_services());
    let listener = Listener::open().await;
    let poster = Poster::register(&house, "kulturhus", "oiosaml-2", &listener.at("acs"));
    changes(
        &house,
        "parties/kulturhus.toml",
        "[\"pid\", \"name\"]",
        "[\"pid\", \"name\", \"age_group\"]",
    );
    house.seed();
    house.opens().await;
    for (language, who, is_youth, marked) in [
        ("da", "clara", "true", Some("Mærket som ung")),
        ("en", "clara", "true", Some("Marked as youth")),
        ("en", "anna", "false", None),
    ] {
        let person = house.citizen(who).person;
        let reader = Reader {
            language,
            ..Reader::default()
        };
        let chromium = Chromium::open_for(&house, reader).await;
        let before = listener.heard("acs").len();
        listener.shows(&poster.page(&house).await);
        chromium.goes_to(&listener.at("")).await;
        chromium.presses("submit").await;
        chromium.answers_all(&person).await;
        chromium.arrives_at(&listener.at("acs")).await;
        let heard = listener.heard("acs");
        assert_eq!(heard.len(), before + 1);
        let response = heard.last().unwrap().iter().find(|(name, _)| name == "SAMLResponse");
        let posted = Posted::decoded(&response.expect("a Response").1, &house);
        let attribute = posted.xml.split("dk:gov:saml:attribute:IsYouthCert").nth(1);
        let attribute = attribute
            .and_then(|rest| rest.split("Attribute>").next())
            .expect("the mark");
        assert!(attribute.contains(&format!(">{is_youth}<")), "{who}: {attribute}");
        assert!(posted.xml.contains(person.pid.as_deref().unwrap()));

        chromium
            .goes_to(&format!("{}/self-service/certificate", house.issuer()))
            .await;
        chromium.answers_all(&person).await;
        chromium.waits_for("#serial").await;
        let text = chromium.text().await;
        match marked {
            Some(marked) => assert!(text.contains(marked), "{text}"),
            None => assert!(!text.contains("youth"), "{text}"),
        }
        chromium.closes().await;
    }
}
