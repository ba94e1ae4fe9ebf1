//! Names by which a person may call themself.

use super::place::Place;
use crate::domain::eid::{EidNumber, EidStatus};
use crate::domain::id::EidId;
use crate::domain::user_id::Typed;
use crate::storage::{AliasKind, NewEid};
use crate::testing::{Citizen, House};

const PATH: &str = "/self-service/user-id";

fn with_number(house: &House, citizen: &Citizen) {
    let (eid, now) = (citizen.eid, house.clock.now());
    house.act(move |tx| {
        let number = tx.eids().find(eid)?.number;
        tx.aliases()
            .insert(Typed::from(&number).as_str(), eid, AliasKind::Number, now)
    });
}

fn names(house: &House, citizen: &Citizen) -> Vec<(AliasKind, String)> {
    let eid = citizen.eid;
    house.act(move |tx| tx.aliases().of_eid(eid))
}

fn found(house: &House, name: &'static str) -> Option<EidId> {
    house.act(move |tx| tx.aliases().eid(name))
}

#[test]
fn a_chosen_name_is_kept_as_written_and_found_as_typed() {
    let place = Place::new();
    let anna = place.house.anna();
    with_number(&place.house, &anna);
    let browser = place.logged_in(&anna);
    let page = place.does(&browser, PATH, &[("user_id", "Anna.Bang"), ("action", "choose")]);
    assert!(page.body.contains("Anna.Bang"), "{}", page.body);
    assert_eq!(found(&place.house, "anna.bang"), Some(anna.eid));
    assert_eq!(found(&place.house, "anna"), None, "the name before is free");
    place.does(&browser, PATH, &[("action", "remove")]);
    assert_eq!(found(&place.house, "anna.bang"), None);
    assert_eq!(names(&place.house, &anna).len(), 1);
}

#[test]
fn what_breaks_a_rule_is_said_and_stays_in_the_field() {
    let place = Place::new();
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    let table = [
        ("", "user_id.required"),
        ("abcd", "user_id.too_short"),
        ("søren", "user_id.characters"),
        (" abcde", "user_id.space"),
        ("010290-5225", "user_id.like_cpr"),
        ("987654321", "user_id.like_number"),
        ("\"><script>", "user_id.characters"),
    ];
    for (name, code) in table {
        let page = place.sends(&browser, PATH, &[("user_id", name), ("action", "choose")]);
        assert_eq!((page.status.as_u16(), page.codes()), (422, vec![code]), "{name}");
        assert!(!page.body.contains("<script"));
        assert!(
            name.contains('<') || page.body.contains(&format!("value=\"{name}\"")),
            "{name}"
        );
    }
    let page = place.sends(&browser, PATH, &[("user_id", "abcde"), ("action", "else")]);
    assert_eq!(page.codes(), ["request.malformed"]);
    let page = place.sends(&browser, PATH, &[("action", "remove")]);
    assert_eq!(page.codes(), ["user_id.required"], "the only name stays");
}

#[test]
fn a_taken_name_is_told_ten_times_a_day_and_no_more() {
    let place = Place::new();
    let (anna, bo) = (place.house.anna(), place.house.citizen("bosen", "netbank-77x", false));
    let browser = place.logged_in(&anna);
    for _ in 0..10 {
        let page = place.sends(&browser, PATH, &[("user_id", "BOSEN"), ("action", "choose")]);
        assert_eq!(page.codes(), ["user_id.taken"]);
    }
    for name in ["bosen", "free-name-1"] {
        let page = place.sends(&browser, PATH, &[("user_id", name), ("action", "choose")]);
        assert_eq!(
            page.codes(),
            ["user_id.too_many"],
            "{name}: a free name is not told either"
        );
    }
    assert_eq!(found(&place.house, "bosen"), Some(bo.eid));
    let eid = anna.eid;
    let rows = place.house.act(move |tx| tx.audit().of_eid(eid, 100));
    let told: Vec<_> = rows.iter().filter(|row| row.kind == "user_id.taken").collect();
    assert_eq!(told.len(), 10);
    assert!(
        told.iter().all(|row| !row.body.contains("osen")),
        "the name is not recorded"
    );
    place.waits(24 * 60 + 1);
    let browser = place.logged_in(&anna);
    place.does(&browser, PATH, &[("user_id", "free-name-1"), ("action", "choose")]);
}

#[test]
fn the_cpr_number_is_a_name_of_whoever_has_one_eid() {
    let place = Place::new();
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    let page = place.does(&browser, PATH, &[("action", "cpr_on")]);
    assert!(page.body.contains("-••••"), "its end is covered: {}", page.body);
    let person = anna.person;
    let cpr = place.house.act(move |tx| tx.people().cpr(person)).unwrap();
    assert!(!page.body.contains(cpr.digits().get(6..).unwrap()) || page.body.matches(cpr.digits()).count() == 0);
    place.does(&browser, PATH, &[("action", "cpr_on")]);
    place.does(&browser, PATH, &[("action", "cpr_off")]);
    assert_eq!(names(&place.house, &anna).len(), 1);

    // Another eID of the same person.
    let (id, number) = (EidId::from_bytes([9; 16]), EidNumber::from_random(77));
    let now = place.house.clock.now();
    let second = move |tx: &mut crate::storage::Tx<'_>| {
        tx.eids().insert(&NewEid {
            id,
            number: number.clone(),
            person,
            status: EidStatus::Active,
            public: false,
            issuer: "bank".into(),
            created_at: now,
        })
    };
    place.house.act(second);
    let page = place.sends(&browser, PATH, &[("action", "cpr_on")]);
    assert_eq!(page.codes(), ["user_id.cpr"]);
    place
        .house
        .act(move |tx| tx.eids().set_status(id, EidStatus::Active, EidStatus::Closed));
    place.does(&browser, PATH, &[("action", "cpr_on")]);
    assert_eq!(names(&place.house, &anna).len(), 2);
}
