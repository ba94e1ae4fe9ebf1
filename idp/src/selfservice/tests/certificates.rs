//! The certificate on its holder's own pages.

use serde_json::{Value, json};

use super::place::{Browser, Place};
use super::who;
use crate::certificates::issue;
use crate::domain::register::Entry;
use crate::testing::Citizen;

const PATH: &str = "/self-service/certificate";

/// Somebody who is logged in, and what their section says.
fn with_a_certificate() -> (Place, Citizen, Browser) {
    let place = Place::new();
    let anna = place.house.anna();
    let (ctx, who) = (place.house.ctx(), who(&anna));
    place.house.gets_a_ca();
    place.house.act(move |tx| issue(tx, &ctx, who));
    let browser = place.logged_in(&anna);
    (place, anna, browser)
}

fn says(place: &Place, browser: &Browser) -> Value {
    place.json(browser, PATH).value()
}

/// An act as a program sends it.
fn acts(place: &Place, browser: &Browser, path: &str, action: &str) -> Value {
    let csrf = place.json(browser, path).value()["csrf"].clone();
    place
        .post_json(browser, path, &json!({ "csrf": csrf, "action": action }))
        .value()
}

fn registered(place: &Place, anna: &Citizen, entry: Entry) {
    let (ctx, person) = (place.house.ctx(), anna.person);
    place.house.act(move |tx| {
        let cpr = tx.people().cpr(person)?.expect("a number");
        tx.registers().put(&cpr, &entry, ctx.now)
    });
}

#[test]
fn it_is_seen_in_both_forms_and_exported() {
    let (place, _, browser) = with_a_certificate();
    let shown = says(&place, &browser);
    assert_eq!(shown["certificate"]["subject"]["common_name"], "Anna Andersen");
    assert!(shown["certificate"]["check"].as_bool().unwrap());
    let pem = place.get(&browser, &format!("{PATH}/own.pem"));
    assert_eq!(pem.body, shown["certificate"]["pem"].as_str().unwrap());
    assert_eq!(place.get(&browser, &format!("{PATH}/other.pem")).status, 404);
    assert_eq!(place.get(&Browser::default(), &format!("{PATH}/own.pem")).status, 303);
    let export = acts(&place, &browser, "/self-service/data", "");
    assert_eq!(
        export["eids"][0]["certificates"][0]["serial"],
        shown["certificate"]["serial"]
    );
    let history = place.json(&browser, "/self-service/history").value();
    let kinds: Vec<_> = history["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| &line["kind"])
        .collect();
    assert!(kinds.contains(&&Value::from("certificate.issued")), "{kinds:?}");
}

#[test]
fn a_name_is_fetched_again_and_nothing_else_renews() {
    let (place, anna, browser) = with_a_certificate();
    let before = says(&place, &browser)["certificate"]["serial"].clone();
    let refused = acts(&place, &browser, PATH, "renew");
    assert_eq!(refused["errors"][0]["code"], "certificate.nothing_new");
    let holm = Entry {
        name: "Anna Holm".into(),
        address: Some("Nyvej 1".into()),
        ..Entry::default()
    };
    registered(&place, &anna, holm);
    assert_eq!(acts(&place, &browser, PATH, "renew")["done"], "renewed");
    let after = says(&place, &browser);
    assert_eq!(after["certificate"]["subject"]["common_name"], "Anna Holm");
    assert_ne!(after["certificate"]["serial"], before);
    assert_eq!(after["past"][0]["serial"], before);
    assert_eq!(after["past"][0]["reason"], "superseded");
    let person = anna.person;
    let stored = place.house.act(move |tx| tx.people().find(person));
    assert_eq!(
        (stored.name.as_str(), stored.address.as_deref()),
        ("Anna Holm", Some("Nyvej 1"))
    );
}

#[test]
fn a_revoked_one_ends_public_use_and_is_not_issued_again_here() {
    let (place, anna, browser) = with_a_certificate();
    let page = place.sends(&browser, "/block/certificate", &[]);
    assert!(
        page.body.contains("data-receipt=\"blocked-certificate\""),
        "{}",
        page.body
    );
    place.get(&browser, "/self-service").must_ask_for_a_log_in();
    let again = place.logged_in(&anna);
    let shown = says(&place, &again);
    assert_eq!(
        (shown["certificate"].clone(), shown["may_have"].clone()),
        (Value::Null, false.into())
    );
    let refused = acts(&place, &again, PATH, "issue");
    assert_eq!(refused["errors"][0]["code"], "certificate.none");
    let twice = acts(&place, &again, "/block/certificate", "");
    assert_eq!(twice["errors"][0]["code"], "certificate.none");
}

#[test]
fn a_public_eid_without_one_gets_it_here() {
    let place = Place::new();
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    assert_eq!(says(&place, &browser)["may_have"], true);
    let without_a_ca = acts(&place, &browser, PATH, "issue");
    assert_eq!(without_a_ca["errors"][0]["code"], "OCES005");
    place.house.gets_a_ca();
    assert_eq!(acts(&place, &browser, PATH, "issue")["done"], "issued");
    assert_eq!(says(&place, &browser)["certificate"]["subject"]["youth"], false);
}

#[test]
fn a_block_revokes_and_opening_issues_another() {
    let (place, anna, browser) = with_a_certificate();
    let (eid, who) = (anna.eid, who(&anna));
    place.sends(&browser, "/block/eid", &[]);
    let past = place.house.act(move |tx| tx.certificates().of_eid(eid));
    assert!(past.iter().all(|row| !row.open && row.revoked.is_some()));
    let ctx = place.house.ctx();
    let by = crate::credentials::open::By {
        officer: "o",
        reason: "r",
    };
    place
        .house
        .act(move |tx| crate::credentials::open::eid(tx, &ctx, who, by, crate::testing::ACTIVATION));
    let open = place.house.act(move |tx| tx.certificates().open_of(eid)).unwrap();
    let pid = |row: &crate::storage::CertificateRow| crate::certificates::subject(&row.der).unwrap().pid;
    assert_eq!(pid(&open), pid(&past[0]));
    assert!(place.house.act(move |tx| tx.eids().find(eid)).public);
}
