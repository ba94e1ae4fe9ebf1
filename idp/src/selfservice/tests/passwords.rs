//! Another password.

use serde_json::json;

use super::place::{Browser, Place};

const PATH: &str = "/self-service/password";
const NEW: &str = "vinter-hest-77";

fn wish<'a>(old: &'a str, new: &'a str, again: &'a str) -> [(&'a str, &'a str); 3] {
    [("old", old), ("new", new), ("again", again)]
}

#[test]
fn the_new_one_counts_at_once_and_everybody_else_is_logged_out() {
    let place = Place::new();
    let mut anna = place.house.anna();
    let (browser, elsewhere) = (place.logged_in(&anna), place.logged_in(&anna));
    let at_service = place.logs_in_at(&anna, "borger", "openid");
    let page = place.does(&browser, PATH, &wish(anna.password, NEW, NEW));
    assert!(page.body.contains("Din adgangskode er skiftet"), "{}", page.body);
    assert_eq!(
        place.get(&browser, "/self-service").status,
        200,
        "this session lives on"
    );
    place.get(&elsewhere, "/self-service").must_ask_for_a_log_in();
    assert!(place.begins_at(&at_service, "borger", "openid").starts_with("/login/"));
    // The old one is wrong now, the new one right.
    let fresh = Browser::default();
    let flow = place.get(&fresh, "/self-service").location().to_owned();
    let refused = place.proves_with(&fresh, &anna, anna.password, &flow);
    assert_eq!(refused["errors"][0]["code"], "login.failed", "{refused}");
    anna.password = NEW;
    assert_eq!(place.proves(&fresh, &anna, &flow)["step"], "done");
    let eid = anna.eid;
    let kinds: Vec<_> = place
        .house
        .act(move |tx| tx.audit().of_eid(eid, 50))
        .into_iter()
        .map(|row| row.kind)
        .collect();
    assert!(kinds.iter().any(|kind| kind == "password.changed"), "{kinds:?}");
}

#[test]
fn browsers_that_were_known_are_strangers_after_it() {
    let place = Place::new();
    let anna = place.house.anna();
    let (browser, eid) = (place.logged_in(&anna), anna.eid);
    let known = place.house.act(move |tx| {
        let epoch = tx.eids().find(eid)?.epoch;
        tx.devices().of_eid(eid, epoch)
    });
    assert_eq!(known.len(), 1);
    place.does(&browser, PATH, &wish(anna.password, NEW, NEW));
    let known = place.house.act(move |tx| {
        let epoch = tx.eids().find(eid)?.epoch;
        tx.devices().of_eid(eid, epoch)
    });
    assert!(known.is_empty());
}

#[test]
fn what_the_law_refuses_is_said_at_its_field_and_costs_no_attempt() {
    let place = Place::new();
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    let table: &[([&str; 3], &[&str])] = &[
        (["", "", ""], &["password.required", "password.required"]),
        ([anna.password, "kort1", "kort1"], &["password.too_short"]),
        ([anna.password, "kat7hund", "kat8hund"], &["password.differs"]),
        ([anna.password, anna.password, anna.password], &["password.unchanged"]),
        (
            [anna.password, "xx-anna-77", "xx-anna-77"],
            &["password.contains_user_id"],
        ),
        ([anna.password, "Password1", "Password1"], &["password.common"]),
        ([anna.password, "1234", "1234"], &["password.four_digits_run"]),
        (["", "kat7hund", "kat7hund"], &["password.required"]),
    ];
    for ([old, new, again], codes) in table {
        let page = place.sends(&browser, PATH, &wish(old, new, again));
        assert_eq!(page.status, 422, "{new}");
        assert_eq!(page.codes(), *codes, "{new}: {}", page.body);
        for secret in [*old, *new] {
            assert!(secret.is_empty() || !page.body.contains(&format!("value=\"{secret}\"")));
        }
    }
    // Nothing was counted: five wrong ones are left, and the fifth closes the lane.
    for tried in 1..=4 {
        let page = place.sends(&browser, PATH, &wish("not-this-1", NEW, NEW));
        assert_eq!(page.codes(), ["password.old_wrong"], "{tried}");
    }
    let page = place.sends(&browser, PATH, &wish("not-this-1", NEW, NEW));
    assert_eq!(page.codes(), ["LOCK001"], "a known browser hears why");
    let page = place.sends(&browser, PATH, &wish(anna.password, NEW, NEW));
    assert_eq!(
        page.codes(),
        ["AUTH004"],
        "the right one is not tried while the lane is closed"
    );
}

#[test]
fn a_stolen_session_gets_the_strangers_few_tries_and_hears_nothing_precise() {
    let place = Place::new();
    let anna = place.house.anna();
    let owner = place.logged_in(&anna);
    let thief = Browser::with_cookie_of(&owner, "idp_session_own", "idp_session_own");
    for _ in 0..8 {
        let page = place.sends(&thief, PATH, &wish("not-this-1", NEW, NEW));
        assert_eq!(page.codes(), ["password.old_wrong"]);
    }
    let page = place.sends(&thief, PATH, &wish(anna.password, NEW, NEW));
    assert_eq!(page.codes(), ["password.old_wrong"], "one address has three tries");
    let page = place.does(&owner, PATH, &wish(anna.password, NEW, NEW));
    assert_eq!(page.status, 200, "the owner's lane is another one");
}

#[test]
fn it_is_json_on_the_same_address() {
    let place = Place::new();
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    let shown = place.json(&browser, PATH).value();
    assert_eq!(shown["section"], "password");
    let csrf = &shown["csrf"];
    let wrong = json!({"csrf": csrf, "old": anna.password, "new": "kort1", "again": "kort1"});
    let answer = place.post_json(&browser, PATH, &wrong);
    assert_eq!(answer.status, 422);
    assert_eq!(answer.value()["errors"][0]["code"], "password.too_short");
    assert_eq!(answer.value()["errors"][0]["field"], "new");
    let right = json!({"csrf": csrf, "old": anna.password, "new": NEW, "again": NEW});
    assert_eq!(
        place.post_json(&browser, PATH, &right).value(),
        json!({"done": "changed"})
    );
    // The same form once more: its token is of the epoch before.
    assert_eq!(place.post_json(&browser, PATH, &right).status, 403);
    let huge = json!({"csrf": "x", "old": "x".repeat(200_000), "new": NEW, "again": NEW});
    assert_eq!(place.post_json(&browser, PATH, &huge).status, 413);
}

#[test]
fn four_digits_are_a_form_of_their_own() {
    let place = Place::new();
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    place.does(&browser, PATH, &wish(anna.password, "4711", "4711"));
    let eid = anna.eid;
    let stored = place.house.act(move |tx| tx.passwords().find(eid)).unwrap();
    assert!(stored.four_digits && !stored.blocked);
}
