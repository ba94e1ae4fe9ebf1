//! What services were given is seen, and taken back as a whole.

use serde_json::json;

use super::place::{Browser, Place};

const PATH: &str = "/self-service/consents";

#[test]
fn what_a_service_was_given_is_seen_and_taken_back() {
    let place = Place::new();
    let anna = place.house.anna();
    let token = place.is_given_lasting_access(&anna);
    let at_borger = place.logs_in_at(&anna, "borger", "openid profile");
    place.logs_in_at(&anna, "lab", "openid");
    let browser = place.logged_in(&anna);
    let page = place.get(&browser, PATH).body;
    assert!(
        page.contains("Borger (demo)") && page.contains("varig adgang"),
        "{page}"
    );
    let own = place.json(&browser, PATH).value();
    let parties: Vec<_> = own["consents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["id"])
        .collect();
    assert_eq!(parties, [&json!("borger"), &json!("lab")], "{own}");
    assert_eq!(
        own["consents"][0]["data"],
        json!(["offline_access", "openid", "profile"])
    );
    assert!(own["consents"][0]["lasts_until"].is_string(), "{own}");

    let page = place.does(&browser, PATH, &[("withdraw", "borger")]);
    assert!(!page.body.contains("Borger (demo)"), "{}", page.body);
    assert_eq!(place.refreshes(&token)["error"], "invalid_grant");
    let own = place.json(&browser, PATH).value();
    assert_eq!(own["consents"].as_array().unwrap().len(), 1, "the other one is left");
    let again = place.sends(&browser, PATH, &[("withdraw", "borger")]);
    assert_eq!(again.codes(), ["own.nothing"]);
    let history = place.get(&browser, "/self-service/history").body;
    assert!(
        history.contains("Varig adgang taget tilbage: Borger (demo)"),
        "{history}"
    );
    drop(at_borger);
}

#[test]
fn nobody_takes_back_what_is_anothers() {
    let place = Place::new();
    let (anna, bo) = (place.house.anna(), place.house.citizen("bosen", "netbank-77x", false));
    let token = place.is_given_lasting_access(&anna);
    place.logs_in_at(&bo, "lab", "openid");
    let browser = place.logged_in(&bo);
    let own = place.json(&browser, PATH).value();
    assert_eq!(
        (&own["consents"][0]["id"], &own["consents"][1]),
        (&json!("lab"), &json!(null))
    );
    let page = place.sends(&browser, PATH, &[("withdraw", "borger")]);
    assert_eq!(page.codes(), ["own.nothing"]);
    let page = place.post(&browser, PATH, &[("withdraw", "borger"), ("csrf", "made up")]);
    assert_eq!(page.codes(), ["login.csrf"]);
    assert!(place.refreshes(&token)["access_token"].is_string());
    place.get(&Browser::default(), PATH).must_ask_for_a_log_in();
}
