//! A netbank-only eID is opened for use elsewhere by its holder.

use serde_json::json;

use super::place::{Browser, Place};
use crate::domain::consent::VERSION;

const PATH: &str = "/self-service/public";
const ALL: [(&str, &str); 5] = [
    ("version", VERSION),
    ("consent_cpr_lookup", "yes"),
    ("consent_pid_link", "yes"),
    ("consent_pid_reuse", "yes"),
    ("consent_personal_data", "yes"),
];

#[test]
fn each_consent_is_given_by_itself_and_is_read_again_later() {
    let place = Place::new();
    place.house.gets_a_ca();
    let bo = place.house.citizen("bosen", "netbank-77x", false);
    let eid = bo.eid;
    place.house.act(move |tx| tx.eids().set_public(eid, false));
    let browser = place.logged_in(&bo);
    let own = place.json(&browser, PATH).value();
    assert_eq!(
        (&own["state"], own["asked"].as_array().unwrap().len()),
        (&json!("may"), 4)
    );
    for missing in 1..5 {
        let given: Vec<_> = (0..5).filter(|nth| *nth != missing).map(|nth| ALL[nth]).collect();
        let answer = place.sends(&browser, PATH, &given);
        assert_eq!(answer.codes(), ["own.confirm"], "{missing}");
    }
    let mut old = ALL;
    old[0].1 = "2010-07-01";
    let refused = place.sends(&browser, PATH, &old);
    assert_eq!(refused.codes(), ["own.text_changed"; 4], "other texts were read");
    assert!(!place.house.act(move |tx| tx.eids().find(eid)).public);
    place.does(&browser, PATH, &ALL);
    let own = place.json(&browser, PATH).value();
    assert_eq!(
        (&own["state"], own["given"].as_array().unwrap().len()),
        (&json!("public"), 4)
    );
    assert!(own["given"].to_string().contains("PID"), "{own}");
    assert_eq!(insists(&place, &browser), ["eid.state"]);
    let (person, kept) = (bo.person, place.house.act(move |tx| tx.issues().consents(eid)));
    assert!(
        kept.iter()
            .all(|one| one.version == VERSION && one.channel == "self_service")
    );
    assert!(place.house.act(move |tx| tx.pids().find(person)).is_some());
    let history = place.get(&browser, "/self-service/history").body;
    assert!(history.contains("eID åbnet for brug uden for netbanken"), "{history}");
}

#[test]
fn whoever_has_it_already_is_asked_nothing() {
    let place = Place::new();
    place.house.gets_a_ca();
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    let own = place.json(&browser, PATH).value();
    assert_eq!((&own["state"], &own["asked"]), (&json!("public"), &json!([])));
    assert_eq!(insists(&place, &browser), ["eid.state"]);
}

/// Sends the form that is not shown.
fn insists(place: &Place, browser: &Browser) -> Vec<String> {
    let own = place.json(browser, PATH).value();
    let csrf = [("csrf", own["csrf"].as_str().unwrap())];
    let fields: Vec<_> = csrf.into_iter().chain(ALL).collect();
    let answer = place.post(browser, PATH, &fields);
    answer.codes().into_iter().map(str::to_owned).collect()
}
