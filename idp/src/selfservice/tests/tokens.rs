//! A person and their code token: ordered, put into use, stopped, opened again.

use serde_json::json;

use super::place::{Browser, Place, code_of};
use crate::credentials::token::{assign, import, pskc::Delivered};
use crate::domain::authenticator::State;
use crate::domain::otp::Scheme;
use crate::testing::Citizen;
use crate::vault::otp::{Seed, shown};
use crate::web::tests::markup_is_whole;

const PATH: &str = "/self-service/tokens";
const ACTIVATE: &str = "/self-service/tokens/activate";
const BLOCK: &str = "/self-service/tokens/block";
const REOPEN: &str = "/self-service/tokens/reopen";
const SERIAL: &str = "A-1";

fn seed() -> Seed {
    Seed::from_bytes(b"12345678901234567890").unwrap()
}

fn scheme() -> Scheme {
    Scheme::parse("hotp-sha1-6").unwrap()
}

/// What the token shows at its `at`-th press.
fn press(at: u64) -> String {
    shown(&seed(), scheme(), at)
}

/// The operator sends one to her.
pub(super) fn is_sent(place: &Place, citizen: &Citizen) {
    let (ctx, who) = (place.house.ctx(), super::who(citizen));
    place.house.act(move |tx| {
        let delivered = Delivered {
            serial: SERIAL.into(),
            scheme: scheme(),
            seed: seed(),
            counter: 0,
        };
        import(tx, &ctx, &[delivered], "officer")?;
        assign(tx, &ctx, who, SERIAL, "officer", "paid")
    });
}

fn state(place: &Place) -> State {
    place.house.act(|tx| tx.code_tokens().by_serial(SERIAL)).unwrap().state
}

/// She fills in a form that a code of her card approves.
pub(super) fn approves(
    place: &Place,
    browser: &Browser,
    citizen: &Citizen,
    path: &str,
    more: &[(&str, &str)],
) -> super::place::Answer {
    let asked = place.json(browser, path).value();
    let challenge = &asked["challenge"];
    let code = code_of(citizen, &challenge["index"]);
    let (card, index) = (
        challenge["card"].as_str().unwrap(),
        challenge["index"].as_str().unwrap(),
    );
    let mut fields = vec![("card", card), ("index", index), ("code", code.as_str())];
    fields.extend(more);
    place.sends(browser, path, &fields)
}

/// In use, by its first code.
fn puts_into_use(place: &Place, browser: &Browser, citizen: &Citizen) {
    is_sent(place, citizen);
    let first = press(0);
    let done = approves(
        place,
        browser,
        citizen,
        ACTIVATE,
        &[("serial", SERIAL), ("shown", &first)],
    );
    assert_eq!(done.location(), "/self-service/tokens?done=activated", "{}", done.body);
}

#[test]
fn one_is_ordered_at_the_price_that_was_shown() {
    let place = Place::new();
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    let page = place.get(&browser, PATH);
    assert!(page.body.contains("99,00 kr."), "{}", page.body);
    let order = |fields: &[(&str, &str)]| {
        let all: Vec<_> = [("action", "order")]
            .into_iter()
            .chain(fields.iter().copied())
            .collect();
        place.sends(&browser, PATH, &all)
    };
    assert_eq!(order(&[("price", "9900")]).codes(), ["token.accept"]);
    markup_is_whole(&order(&[]).body, PATH);
    let cheaper = order(&[("price", "1"), ("accept", "yes")]);
    assert_eq!(cheaper.codes(), ["token.price"]);
    assert_eq!(
        order(&[("accept", "yes")]).codes(),
        ["token.accept"],
        "a price is part of it"
    );
    let page = place.does(
        &browser,
        PATH,
        &[("action", "order"), ("price", "9900"), ("accept", "yes")],
    );
    assert!(page.body.contains("id=\"ordered\"") && !page.body.contains("id=\"price\""));
    let own = place.json(&browser, PATH).value();
    assert_eq!(
        (&own["order"]["price_oere"], &own["may_order"]),
        (&json!(9900), &json!(false))
    );
    let eid = anna.eid;
    assert!(place.house.act(move |tx| tx.code_tokens().open_order(eid)).is_some());
    place.does(&browser, PATH, &[("action", "take_back")]);
    assert!(place.house.act(move |tx| tx.code_tokens().open_order(eid)).is_none());
}

#[test]
fn it_is_put_into_use_stopped_and_opened_again_with_the_card() {
    let place = Place::new();
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    for path in [ACTIVATE, BLOCK, REOPEN] {
        assert_eq!(
            place.json(&browser, path).value()["errors"][0]["code"],
            "token.state",
            "{path}"
        );
    }
    puts_into_use(&place, &browser, &anna);
    assert_eq!(state(&place), State::Active);
    let page = place.get(&browser, PATH);
    assert!(
        page.body.contains(SERIAL) && !page.body.contains("value=\"order\""),
        "one at a time"
    );

    let stopped = approves(&place, &browser, &anna, BLOCK, &[]);
    assert!(
        stopped.body.contains("data-receipt=\"blocked-token\""),
        "{}",
        stopped.body
    );
    assert_eq!(state(&place), State::Blocked);
    place.get(&browser, PATH).must_ask_for_a_log_in();

    let browser = place.logged_in(&anna);
    let other = approves(&place, &browser, &anna, REOPEN, &[("serial", "B-2")]);
    assert_eq!(other.codes(), ["token.not_found"]);
    assert!(other.body.contains("value=\"B-2\""), "what was typed is kept");
    let done = approves(&place, &browser, &anna, REOPEN, &[("serial", SERIAL)]);
    assert_eq!(done.location(), "/self-service/tokens?done=reopened");
    assert_eq!(state(&place), State::Active);
}

#[test]
fn what_is_wrong_is_told_beside_its_field_and_costs_no_code_of_the_card() {
    let place = Place::new();
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    is_sent(&place, &anna);
    let (right, wrong) = (press(0), press(5_000));
    for (serial, shown, code) in [
        ("B-2", right.as_str(), "token.not_found"),
        (SERIAL, "", "token.required"),
        (SERIAL, "12", "token.format"),
        (SERIAL, wrong.as_str(), "token.wrong"),
    ] {
        let page = approves(
            &place,
            &browser,
            &anna,
            ACTIVATE,
            &[("serial", serial), ("shown", shown)],
        );
        assert_eq!((page.status.as_u16(), page.codes()), (422, vec![code]));
    }
    let stale = [
        ("serial", SERIAL),
        ("shown", right.as_str()),
        ("card", "A000000000"),
        ("index", "0000"),
    ];
    let page = place.sends(&browser, ACTIVATE, &[&stale[..], &[("code", "123456")]].concat());
    assert_eq!(
        page.codes(),
        ["code.used"],
        "another challenge was shown: nothing is counted"
    );
    let done = approves(
        &place,
        &browser,
        &anna,
        ACTIVATE,
        &[("serial", SERIAL), ("shown", &right)],
    );
    assert_eq!(done.status, 303, "{}", done.body);
}

#[test]
fn who_guesses_what_a_new_token_shows_ends_it() {
    let place = Place::new();
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    is_sent(&place, &anna);
    let wrong = press(5_000);
    let fields = [("serial", SERIAL), ("shown", wrong.as_str())];
    for _ in 0..4 {
        assert_eq!(
            approves(&place, &browser, &anna, ACTIVATE, &fields).codes(),
            ["token.wrong"]
        );
    }
    let over = approves(&place, &browser, &anna, ACTIVATE, &fields);
    assert_eq!(over.codes(), ["token.void"], "{}", over.body);
    assert_eq!(state(&place), State::Closed, "its seed is erased");
    assert!(place.json(&browser, PATH).value()["may_order"].as_bool().unwrap());
}

#[test]
fn without_the_card_it_is_stopped_by_user_id_and_password() {
    let place = Place::new();
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    puts_into_use(&place, &browser, &anna);
    let thief = place.logged_in(&anna);
    let stopper = Browser::default();
    place.comes_to(&stopper, &anna, "/block/token");
    let none = place.sends(&stopper, "/block/token", &[("token", "B-2")]);
    assert_eq!(none.codes(), ["token.not_found"]);
    let done = place.sends(&stopper, "/block/token", &[("token", SERIAL)]);
    assert!(done.body.contains("data-receipt=\"blocked-token\""), "{}", done.body);
    assert_eq!(state(&place), State::Blocked);
    place.get(&thief, "/self-service").must_ask_for_a_log_in();
}

#[test]
fn nobody_does_it_for_another_or_without_a_fresh_proof() {
    let place = Place::new();
    let (anna, bo) = (place.house.anna(), place.house.citizen("bosen", "netbank-77x", false));
    is_sent(&place, &bo);
    let browser = place.logged_in(&anna);
    let shown = place.json(&browser, ACTIVATE).value();
    assert_eq!(shown["errors"][0]["code"], "token.state", "not hers");
    let page = place.post(&browser, PATH, &[("action", "order"), ("csrf", "made up")]);
    assert_eq!(page.codes(), ["login.csrf"]);
    place.waits(11);
    for path in [PATH, ACTIVATE, BLOCK, REOPEN] {
        place.get(&browser, path).must_ask_for_a_log_in();
    }
}
