//! A new address is kept once somebody has shown that they read what is sent there.

use super::place::{Answer, Browser, Place};

const PATH: &str = "/self-service/contact";
const CONFIRM: &str = "/self-service/contact/confirm";

fn kept(place: &Place, citizen: &crate::testing::Citizen) -> (Option<String>, Option<String>) {
    let person = citizen.person;
    let kept = place.house.act(move |tx| tx.people().find(person));
    (kept.email, kept.phone)
}

/// A code is sent to the address.
fn asks(place: &Place, browser: &Browser, email: &str) -> (Answer, String) {
    let page = place.sends(browser, PATH, &[("email", email)]);
    assert_eq!(page.status, 200, "{}", page.body);
    let code = place.codes_sent().remove(0).1;
    (page, code)
}

fn confirms(place: &Place, browser: &Browser, page: &Answer, email: &str, code: &str) -> Answer {
    let csrf = page.csrf();
    let fields = [("csrf", csrf.as_str()), ("email", email), ("email_code", code)];
    place.post(browser, CONFIRM, &fields)
}

fn other(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

#[test]
fn the_old_address_serves_until_the_code_is_typed() {
    let place = Place::new();
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    place.gives_contact(&browser, "old@example.dk", "");
    let (page, code) = asks(&place, &browser, "new@example.dk");
    assert!(!page.body.contains(&code), "it is sent, not shown");
    assert_eq!(kept(&place, &anna).0.as_deref(), Some("old@example.dk"));
    for (typed, refused) in [("", "contact.code_required"), (&other(&code), "contact.code_wrong")] {
        let wrong = confirms(&place, &browser, &page, "new@example.dk", typed);
        assert_eq!((wrong.status.as_u16(), wrong.codes()), (422, vec![refused]));
        assert_eq!(wrong.hidden("email"), "new@example.dk");
    }
    let done = confirms(&place, &browser, &page, "new@example.dk", &code);
    assert_eq!(done.location(), "/self-service/contact?done=changed");
    assert_eq!(kept(&place, &anna).0.as_deref(), Some("new@example.dk"));
    assert_eq!(place.get(&browser, CONFIRM).location(), PATH);
}

#[test]
fn a_code_is_for_one_address_one_session_and_some_minutes() {
    let place = Place::new();
    let anna = place.house.anna();
    let (browser, second) = (place.logged_in(&anna), place.logged_in(&anna));
    let (page, code) = asks(&place, &browser, "new@example.dk");
    let another = confirms(&place, &browser, &page, "thief@example.dk", &code);
    assert_eq!(another.codes(), ["contact.code_wrong"], "another address");
    let (theirs, _) = asks(&place, &second, "new@example.dk");
    let elsewhere = confirms(&place, &second, &theirs, "new@example.dk", &code);
    assert_eq!(elsewhere.codes(), ["contact.code_wrong"], "another session");
    place.waits(19);
    let late = confirms(&place, &browser, &page, "new@example.dk", &code);
    assert!(
        late.status == 303 || late.codes() == ["contact.code_wrong"],
        "{}",
        late.body
    );
    place.comes_to(&browser, &anna, PATH);
    let (page, code) = asks(&place, &browser, "newer@example.dk");
    place.waits(9);
    let done = confirms(&place, &browser, &page, "newer@example.dk", &code);
    assert_eq!(done.status, 303, "{}", done.body);
}

#[test]
fn whoever_guesses_is_stopped_and_so_is_whoever_has_messages_sent() {
    let place = Place::new();
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    let (page, code) = asks(&place, &browser, "new@example.dk");
    for _ in 0..5 {
        let wrong = confirms(&place, &browser, &page, "new@example.dk", &other(&code));
        assert_eq!(wrong.codes(), ["contact.code_wrong"]);
    }
    let right = confirms(&place, &browser, &page, "new@example.dk", &code);
    assert_eq!(right.codes(), ["contact.too_many"], "even the right one");
    for nth in 0..9 {
        asks(&place, &browser, &format!("a{nth}@example.dk"));
    }
    let tired = place.sends(&browser, PATH, &[("email", "b@example.dk")]);
    assert_eq!(tired.codes(), ["contact.too_many"]);
    assert!(place.codes_sent().is_empty());
    assert_eq!(kept(&place, &anna), (None, None));
}

#[test]
fn what_was_typed_with_the_order_is_a_proposal_until_it_is_confirmed() {
    let place = Place::new();
    let anna = place.house.anna();
    let (eid, person, now) = (anna.eid, anna.person, place.house.clock.now());
    place.house.act(move |tx| {
        tx.people().set_email(person, None)?;
        tx.people().set_phone(person, None)?;
        tx.issues().insert(&crate::storage::Issue {
            eid,
            channel: crate::domain::proofing::Channel::Online,
            by: ("own".into(), String::new()),
            level: crate::domain::assurance::Level::Substantial,
            hand_over: "both_posted".into(),
            shown: r#"{"number_of":"passport:1","email":"ole@example.dk","mobile":"+4580307050"}"#.into(),
            issued_at: now,
        })
    });
    let browser = place.logged_in(&anna);
    let page = place.get(&browser, PATH).body;
    assert!(
        page.contains("id=\"proposed\"") && page.contains("ole@example.dk"),
        "{page}"
    );
    let own = place.json(&browser, PATH).value();
    assert_eq!(
        (&own["email"], &own["proposed"]["email"]),
        (&"".into(), &"ole@example.dk".into())
    );
    // Left empty, nothing is kept and nobody hears of anything.
    let cleared = place.sends(&browser, PATH, &[("email", ""), ("phone", "")]);
    assert_eq!(
        cleared.location(),
        "/self-service/contact?done=changed",
        "{}",
        cleared.body
    );
    let changes = move || {
        let since = now - crate::domain::time::Span::hours(1);
        move |tx: &mut crate::storage::Tx<'_>| tx.audit().count_since(eid, "contact.changed", since)
    };
    assert_eq!(place.house.act(changes()), 0);
    assert!(place.codes_sent().is_empty());
    // Confirmed, it is hers like any other.
    place.gives_contact(&browser, "ole@example.dk", "+4580307050");
    let kept = place.house.act(move |tx| tx.people().find(person));
    assert_eq!(
        (kept.email.as_deref(), kept.phone.as_deref()),
        (Some("ole@example.dk"), Some("+4580307050"))
    );
    assert_eq!(place.house.act(changes()), 1);
    assert!(!place.get(&browser, PATH).body.contains("id=\"proposed\""));
}
