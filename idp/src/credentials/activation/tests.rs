//! An activation password is used once, tells strangers nothing, and is lost by nobody who gives up half-way.
#![expect(clippy::expect_used, clippy::panic, reason = "tests")]

use super::{Attempted, By, Choice, Rules, attempt, choose, complete, order_online};
use crate::audit::Who;
use crate::credentials::{block, open};
use crate::domain::activation::{Digits, State, VOID_AT};
use crate::domain::eid::{EidNumber, EidStatus};
use crate::domain::id::EidId;
use crate::domain::keycard::CardNumber;
use crate::domain::password::Form;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::time::Span;
use crate::domain::user_id::{Chosen, Typed};
use crate::storage::{Activation, Durability, Halt};
use crate::testing::{ACTIVATION as RULES, Citizen, House};

fn typed(text: &str) -> Typed {
    Typed::parse(text).expect("a user-ID")
}

fn orders(house: &House, user_id: &str, card: &CardNumber) {
    let (ctx, user_id, card) = (house.ctx(), typed(user_id), card.clone());
    house.act(move |tx| order_online(tx, &ctx, (Some(&user_id), Some(&card)), RULES));
}

fn live(house: &House, eid: EidId) -> Option<Activation> {
    house.act(move |tx| tx.activations().find(eid))
}

fn status(house: &House, eid: EidId) -> EidStatus {
    house.act(move |tx| tx.eids().find(eid)).status
}

/// The letter comes: what stands in it.
fn comes_by_post(house: &House, citizen: &Citizen) -> Digits {
    let (eid, now) = (citizen.eid, house.clock.now());
    let digits = house.act(move |tx| {
        let id = tx.activations().find(eid)?.expect("one was ordered").id;
        let digits = tx.activations().digits(eid)?;
        assert!(tx.activations().printed(id, now)?);
        assert_eq!(tx.activations().posted(id, now)?, Some(eid));
        assert_eq!(tx.activations().digits(eid)?, None, "erased when it is posted");
        Ok(digits)
    });
    Digits::parse(&digits.expect("sealed until it is posted")).expect("six digits")
}

fn tries(house: &House, user_id: &str, digits: Digits) -> Option<Attempted> {
    let (ctx, user_id) = (house.ctx(), typed(user_id));
    house.act(move |tx| attempt(tx, &ctx, Some(&user_id), Some(digits)))
}

fn other(digits: Digits) -> Digits {
    Digits::from_random(digits.to_string().parse::<u32>().expect("a number") + 1)
}

fn chooses(house: &House, right: Attempted, user_id: Option<&str>) -> Result<Result<i32, Refusal>, Halt> {
    let number = EidNumber::from_random(1);
    let choice = Choice {
        verifier: vec![1; 61],
        form: Form::Ordinary,
        user_id: user_id.map(|name| Chosen::parse(name, &number).expect("a name")),
        rules: "2026-11-28",
    };
    let ctx = house.ctx();
    house
        .store
        .transact_blocking("story", Durability::Full, move |tx| choose(tx, &ctx, &right, &choice))
}

fn refused<T>(done: Result<T, Halt>) -> Code {
    match done {
        Err(Halt::Refused(refusal)) => refusal.code,
        _ => panic!("it was not refused"),
    }
}

fn password_is_blocked(house: &House, eid: EidId) -> bool {
    let password = house.act(move |tx| tx.passwords().find(eid));
    password.expect("a password").blocked
}

#[test]
fn whoever_has_forgotten_a_password_orders_chooses_and_is_in_use_with_a_code() {
    let house = House::new();
    let anna = house.anna();
    orders(&house, "anna", &anna.card);
    assert_eq!(status(&house, anna.eid), EidStatus::Ordered, "blocked at once");
    let eid = anna.eid;
    assert!(password_is_blocked(&house, eid));
    let digits = comes_by_post(&house, &anna);
    let right = tries(&house, "anna", digits).expect("it is right");
    assert_eq!(
        tries(&house, "anna", digits),
        Some(right),
        "nothing is burnt by typing it"
    );
    assert!(matches!(chooses(&house, right, Some("annas-new-name")), Ok(Ok(_))));
    assert_eq!(tries(&house, "anna", digits), None, "used once");
    assert_eq!(refused(chooses(&house, right, None)), Code::ActivationExpired);
    assert!(
        !house
            .act(move |tx| tx.passwords().find(eid))
            .expect("a password")
            .blocked
    );
    assert_eq!(status(&house, anna.eid), EidStatus::Ordered, "a code is missing");
    let ctx = house.ctx();
    let after = house.act(move |tx| {
        let eid = tx.eids().find(eid)?;
        complete(tx, &ctx, eid)
    });
    assert_eq!(after.status, EidStatus::Active);
    assert_eq!(
        house.act(|tx| tx.aliases().eid("annas-new-name")),
        Some(anna.eid),
        "the new name finds her"
    );
}

#[test]
fn only_what_belongs_together_orders_and_only_once_a_day() {
    let house = House::new();
    let (anna, bo) = (house.anna(), house.citizen("bo", "another-77x", false));
    orders(&house, "anna", &bo.card);
    orders(&house, "nobody", &anna.card);
    orders(&house, "anna", &CardNumber::from_random(1));
    assert!(live(&house, anna.eid).is_none() && live(&house, bo.eid).is_none());
    assert_eq!(status(&house, anna.eid), EidStatus::Active);
    orders(&house, "anna", &anna.card);
    let first = live(&house, anna.eid).expect("ordered").id;
    house.clock.advance(Span::hours(23));
    orders(&house, "anna", &anna.card);
    assert_eq!(live(&house, anna.eid).expect("the same").id, first);
    house.clock.advance(Span::hours(1));
    orders(&house, "anna", &anna.card);
    assert_ne!(live(&house, anna.eid).expect("another").id, first);
}

#[test]
fn a_blocked_eid_orders_nothing() {
    let house = House::new();
    let anna = house.anna();
    let eid = anna.eid;
    house.act(move |tx| tx.eids().set_status(eid, EidStatus::Active, EidStatus::Blocked));
    orders(&house, "anna", &anna.card);
    assert!(live(&house, anna.eid).is_none());
}

fn blocked_and_opened(house: &House, citizen: &Citizen) -> EidStatus {
    let ctx = house.ctx();
    let who = Who {
        person: citizen.person,
        eid: citizen.eid,
    };
    let by = open::By {
        officer: "centre/k",
        reason: "the letter was stolen",
    };
    house.act(move |tx| {
        assert!(block::eid(tx, &ctx, who, block::OFFICER)?);
        open::eid(tx, &ctx, who, by, RULES)
    })
}

#[test]
fn a_stolen_letter_serves_no_more_once_the_eid_was_blocked() {
    let house = House::new();
    let anna = house.anna();
    orders(&house, "anna", &anna.card);
    let stolen = comes_by_post(&house, &anna);
    assert!(tries(&house, "anna", stolen).is_some());
    assert_eq!(blocked_and_opened(&house, &anna), EidStatus::Ordered);
    assert_eq!(tries(&house, "anna", stolen), None);
    let new = comes_by_post(&house, &anna);
    assert_ne!(new, stolen);
    assert_eq!(tries(&house, "anna", stolen), None);
    let right = tries(&house, "anna", new).expect("it serves");
    // What was chosen with a stolen one counts as little.
    assert!(matches!(chooses(&house, right, None), Ok(Ok(_))));
    assert_eq!(blocked_and_opened(&house, &anna), EidStatus::Ordered);
    let eid = anna.eid;
    assert!(password_is_blocked(&house, eid));
    let third = comes_by_post(&house, &anna);
    assert!(tries(&house, "anna", third).is_some());
    let voids = house.act(move |tx| tx.audit().of_eid(eid, 400));
    let voids = voids.iter().filter(|row| row.kind == "activation.void").count();
    assert_eq!(voids, 1, "the one that was used up had gone before");
}

#[test]
fn an_eid_in_use_is_opened_with_the_password_that_it_had() {
    let house = House::new();
    let anna = house.anna();
    assert_eq!(blocked_and_opened(&house, &anna), EidStatus::Active);
    assert!(live(&house, anna.eid).is_none());
    let eid = anna.eid;
    assert!(!password_is_blocked(&house, eid));
}

#[test]
fn five_wrong_close_for_eight_hours_and_twenty_make_it_void() {
    let house = House::new();
    let anna = house.anna();
    orders(&house, "anna", &anna.card);
    let digits = comes_by_post(&house, &anna);
    for round in 1..=VOID_AT / 5 {
        for _ in 0..5 {
            assert_eq!(tries(&house, "anna", other(digits)), None);
        }
        if round < VOID_AT / 5 {
            assert_eq!(
                tries(&house, "anna", digits),
                None,
                "closed: the right one is not looked at"
            );
            assert_eq!(live(&house, anna.eid).expect("there").state, State::Posted);
        }
        house.clock.advance(Span::hours(8) + Span::secs(1));
        if round == 1 {
            assert!(tries(&house, "anna", digits).is_some(), "open again");
        }
    }
    assert_eq!(live(&house, anna.eid).expect("there").state, State::Void);
    assert_eq!(tries(&house, "anna", digits), None);
}

#[test]
fn its_time_ends_and_a_later_order_makes_it_worthless() {
    let house = House::new();
    let anna = house.anna();
    orders(&house, "anna", &anna.card);
    let first = comes_by_post(&house, &anna);
    let right = tries(&house, "anna", first).expect("it is right");
    house.clock.advance(Span::days(28));
    assert_eq!(tries(&house, "anna", first), None);
    assert_eq!(refused(chooses(&house, right, None)), Code::ActivationExpired);
    orders(&house, "anna", &anna.card);
    let second = comes_by_post(&house, &anna);
    assert_eq!(tries(&house, "anna", first), None);
    assert!(tries(&house, "anna", second).is_some());
}

#[test]
fn a_name_that_is_taken_burns_nothing() {
    let house = House::new();
    let anna = house.anna();
    house.citizen("somebody", "another-77x", false);
    orders(&house, "anna", &anna.card);
    let digits = comes_by_post(&house, &anna);
    let right = tries(&house, "anna", digits).expect("it is right");
    for nth in 0..11 {
        let Ok(Err(refusal)) = chooses(&house, right, Some("somebody")) else {
            panic!("it is somebody's")
        };
        let code = if nth < 10 {
            Code::UserIdTaken
        } else {
            Code::UserIdTooMany
        };
        assert_eq!((refusal.code, refusal.field), (code, Some("user_id")), "{nth}");
    }
    house.clock.advance(Span::days(1) + Span::secs(1));
    assert!(matches!(chooses(&house, right, Some("nobody-yet")), Ok(Ok(_))));
}

#[test]
fn who_has_a_mobile_number_gets_it_at_once_where_the_operator_allows_it() {
    let house = House::new();
    let anna = house.reachable("anna@example.dk", "80307050");
    let (ctx, card) = (house.ctx(), anna.card.clone());
    let rules = Rules {
        by: By::TextMessage,
        ..RULES
    };
    house.act(move |tx| {
        let user_id = typed("reachable-anna");
        order_online(tx, &ctx, (Some(&user_id), Some(&card)), rules)
    });
    assert_eq!(live(&house, anna.eid).expect("ordered").state, State::Sent);
    let eid = anna.eid;
    assert_eq!(
        house.act(move |tx| tx.activations().digits(eid)),
        None,
        "kept nowhere but in the message"
    );
}

#[test]
fn an_attempt_at_nobody_is_counted_as_one_at_somebody() {
    let house = House::new();
    let wrong = Digits::from_random(1);
    for _ in 0..7 {
        assert_eq!(tries(&house, "nobody-at-all", wrong), None);
    }
    let ctx = house.ctx();
    assert_eq!(house.act(move |tx| attempt(tx, &ctx, None, None)), None);
}
