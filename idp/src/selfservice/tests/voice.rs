//! A person and the number that is called: ordered and confirmed, moved, blocked; and who has no business with it.

use serde_json::{Value, json};

use super::place::{Answer, Browser, Place};
use crate::credentials::voice;
use crate::domain::time::Span;
use crate::testing::Citizen;
use crate::web::tests::{markup_is_whole, no_key_shows};

const PATH: &str = "/self-service/voice";
const NUMBER: &str = "80 30 70 50";

/// What the last call said that confirms a number.
fn heard(place: &Place) -> String {
    let now = place.house.clock.now();
    let letters = place
        .house
        .act(move |tx| tx.outbox().claim(100, now, Span::minutes(60)));
    let read = |letter: &crate::storage::Letter| {
        let message: Value = serde_json::from_slice(&letter.payload).ok()?;
        message["notice"]["contact_code"]["code"].as_str().map(str::to_owned)
    };
    let calls = letters.iter().filter(|letter| letter.kind == "calls");
    calls.filter_map(read).next_back().expect("a call")
}

fn orders(place: &Place, browser: &Browser, number: &str, more: &[(&str, &str)]) -> Answer {
    let fields = [&[("action", "order"), ("phone", number)], more].concat();
    place.sends(browser, PATH, &fields)
}

fn confirms(place: &Place, browser: &Browser, code: &str) -> Answer {
    place.sends(browser, PATH, &[("action", "confirm"), ("code", code)])
}

/// In use.
pub(super) fn has_it(place: &Place, browser: &Browser, number: &str) {
    let called = orders(place, browser, number, &[]);
    assert_eq!(called.location(), "/self-service/voice?done=called", "{}", called.body);
    let confirmed = confirms(place, browser, &heard(place));
    assert_eq!(
        confirmed.location(),
        "/self-service/voice?done=ordered",
        "{}",
        confirmed.body
    );
}

fn line(place: &Place, citizen: &Citizen) -> Option<String> {
    let eid = citizen.eid;
    let kept = place.house.act(move |tx| tx.voices().in_use(eid))?;
    kept.line.map(|line| line.as_str().to_owned())
}

#[test]
fn a_number_is_ordered_and_confirmed_by_the_code_that_is_read_there() {
    let mut place = Place::new();
    place.ceremony.voice.waits = Span::minutes(60);
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    let foreign = orders(&place, &browser, "+46 70 123 45 67", &[]);
    assert_eq!(foreign.codes(), ["voice.number"]);
    assert!(
        foreign.body.contains("value=\"+46 70 123 45 67\""),
        "what was typed is kept"
    );

    orders(&place, &browser, NUMBER, &[]);
    for lang in ["en", "da"] {
        let page = place.get(&browser, &format!("{PATH}?lang={lang}")).body;
        assert!(
            page.contains("id=\"called\"") && !page.contains("id=\"number\""),
            "{page}"
        );
        markup_is_whole(&page, PATH);
        no_key_shows(&page, PATH);
    }
    assert_eq!(line(&place, &anna), None, "not before it is confirmed");
    let code = heard(&place);
    let digits: u32 = code.parse().unwrap();
    let wrong = format!("{:06}", (digits + 1) % 1_000_000);
    for (typed, refusal) in [
        ("", "contact.code_required"),
        ("12", "contact.code_wrong"),
        (wrong.as_str(), "voice.wrong"),
    ] {
        let page = confirms(&place, &browser, typed);
        assert_eq!((page.status.as_u16(), page.codes()), (422, vec![refusal]));
        markup_is_whole(&page.body, PATH);
    }
    // Another number can be asked for meanwhile.
    let again = place.get(&browser, &format!("{PATH}?again=yes")).body;
    assert!(
        again.contains("id=\"phone\"") && !again.contains("id=\"code\""),
        "{again}"
    );
    // In another session of hers the same code serves nobody.
    let elsewhere = place.logged_in(&anna);
    assert!(!place.get(&elsewhere, PATH).body.contains("id=\"called\""));
    assert_eq!(confirms(&place, &elsewhere, &code).codes(), ["voice.lapsed"]);

    let page = place
        .does(&browser, PATH, &[("action", "confirm"), ("code", &code)])
        .body;
    assert!(
        page.contains("ender på 50") && page.contains("kan bruges ved log-in fra"),
        "{page}"
    );
    assert_eq!(line(&place, &anna).as_deref(), Some("+4580307050"));
    let own = place.json(&browser, PATH).value();
    assert!(
        own["ends"] == "50" && own["waits_until"].is_string() && own["confirms"] == Value::Null,
        "{own}"
    );
    let same = place.does(&browser, PATH, &[("action", "order"), ("phone", NUMBER)]);
    assert!(
        same.body.contains("Vi ringer allerede til det nummer."),
        "{}",
        same.body
    );
    place.waits(5);
    assert_eq!(confirms(&place, &browser, &code).codes(), ["voice.lapsed"]);

    let history = place.get(&browser, "/self-service/history").body;
    for told in [
        "Opkald med koder bestilt",
        "Ringet op med en kode: Selvbetjening",
        "Nummer til opkald med koder bekræftet",
    ] {
        assert!(history.contains(told), "{told}: {history}");
    }
    let all = place.sends(&browser, "/self-service/data", &[]).value();
    assert_eq!(all["eids"][0]["tokens_and_apps"][0]["telephone"], "+4580307050");
}

#[test]
fn it_is_ordered_at_the_price_that_was_shown() {
    let mut place = Place::new();
    place.ceremony.voice.price_oere = 2_550;
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    for (lang, price) in [("da", "25,50 kr."), ("en", "25.50 kr.")] {
        let page = place.get(&browser, &format!("{PATH}?lang={lang}")).body;
        assert!(page.contains(price), "{page}");
    }
    for fields in [
        &[][..],
        &[("price", "2550")][..],
        &[("accept", "yes")][..],
        &[("accept", "yes"), ("price", "1")][..],
    ] {
        let page = orders(&place, &browser, NUMBER, fields);
        assert_eq!(page.codes(), ["voice.price"], "{fields:?}");
    }
    let called = orders(&place, &browser, NUMBER, &[("accept", "yes"), ("price", "2550")]);
    assert_eq!(called.status, 303, "{}", called.body);
    confirms(&place, &browser, &heard(&place));
    // Another number costs nothing.
    assert_eq!(orders(&place, &browser, "80 30 70 51", &[]).status, 303);
}

#[test]
fn it_is_blocked_where_everything_is_and_everybody_is_logged_out() {
    const BLOCK: &str = "/block/voice";
    let mut place = Place::new();
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    assert!(
        !place.get(&browser, PATH).body.contains(BLOCK),
        "there is nothing to block"
    );
    assert_eq!(place.sends(&browser, BLOCK, &[]).codes(), ["voice.unknown"]);
    has_it(&place, &browser, NUMBER);
    // What the operator offers no longer can be blocked still.
    place.ceremony.voice.offered = false;
    assert!(place.get(&browser, PATH).body.contains(BLOCK));
    let thief = place.logged_in(&anna);
    let stopper = Browser::default();
    place.comes_to(&stopper, &anna, BLOCK);
    let done = place.sends(&stopper, BLOCK, &[]);
    assert!(done.body.contains("data-receipt=\"blocked-voice\""), "{}", done.body);
    assert_eq!(line(&place, &anna), None);
    for one in [&browser, &thief] {
        place.get(one, "/self-service").must_ask_for_a_log_in();
    }
}

#[test]
fn nobody_orders_it_without_a_fresh_proof_or_where_nobody_is_called() {
    let mut place = Place::new();
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    let made_up = [("action", "order"), ("phone", NUMBER), ("csrf", "x")];
    assert_eq!(place.post(&browser, PATH, &made_up).codes(), ["login.csrf"]);
    let csrf = place.get(&browser, PATH).csrf();
    place.ceremony.voice = voice::Rules {
        offered: false,
        ..place.ceremony.voice
    };
    assert!(!place.get(&browser, PATH).body.contains("id=\"phone\""));
    let off = place.post(
        &browser,
        PATH,
        &[("action", "order"), ("phone", NUMBER), ("csrf", &csrf)],
    );
    assert_eq!(off.codes(), ["voice.off"]);
    let odd = place.post(&browser, PATH, &[("action", "x"), ("csrf", &csrf)]);
    assert_eq!(odd.codes(), ["request.malformed"]);
    place.waits(11);
    place.get(&browser, PATH).must_ask_for_a_log_in();
    let asked = place.json(&Browser::default(), PATH);
    assert_eq!(asked.value()["errors"][0]["code"], json!("own.log_in"));
}
