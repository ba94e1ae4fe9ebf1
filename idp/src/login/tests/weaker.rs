//! What a weaker proof must not do to what a stronger one gave; what a known browser does to the strangers' lane; what is shed.

use super::*;
use crate::domain::lanes::{Counter, LaneKind, Weight, reserve, settle_wrong};
use crate::storage::LaneId;

#[test]
fn a_password_alone_renews_nothing_of_what_two_factors_gave() {
    let place = place();
    let (anna, mut browser) = (place.house.anna(), Kept::new("anna's, left unlocked"));
    let first = place.logs_in(&mut browser, &anna, demand("borger"));
    place.house.clock.advance(Span::minutes(10));
    // Whoever sits there and knows the password proves it anew where that is enough.
    let forced = Demand {
        fresh: Fresh::Force,
        ..low("kommune")
    };
    let again = place.logs_in(&mut browser, &anna, forced);
    assert_eq!(session_of(&again), session_of(&first), "still her session");
    assert!(again.contains(" low "), "the answer says what was shown: {again}");
    let asks = |fresh| {
        matches!(
            place.takes(
                &browser,
                Demand {
                    fresh,
                    ..demand("borger")
                }
            ),
            Stand::Page { .. }
        )
    };
    assert!(
        asks(Fresh::MaxAge(Span::minutes(5))),
        "the code was not shown for ten minutes"
    );
    assert!(!asks(Fresh::MaxAge(Span::minutes(15))), "the session is what it was");
    assert!(!asks(Fresh::No));
}

#[test]
fn a_session_that_is_stepped_up_is_as_old_as_its_password() {
    let place = place();
    let (anna, mut browser) = (place.house.anna(), Kept::new("anna's"));
    place.logs_in(&mut browser, &anna, low("kommune"));
    place.house.clock.advance(Span::minutes(20));
    let flow = place.asks_first(&browser, demand("skat"));
    let stepped = over(place.code(&browser, &flow, &right(&anna, &flow)).expect("answered"));
    browser.keeps(&stepped);
    let asks = |minutes| {
        let fresh = Fresh::MaxAge(Span::minutes(minutes));
        matches!(
            place.takes(
                &browser,
                Demand {
                    fresh,
                    ..demand("borger")
                }
            ),
            Stand::Page { .. }
        )
    };
    assert!(asks(10) && !asks(30));
}

/// Strangers have failed so often that their lane is closed.
fn strangers_fail(place: &Place, anna: &Citizen, times: u32) {
    let (lane, now) = (LaneId::Strangers(anna.eid), place.house.clock.now());
    place.house.act(move |tx| {
        let (mut counter, version) = tx.lanes().find(lane)?;
        for _ in 0..times {
            counter = settle_wrong(reserve(counter, now), LaneKind::Strangers, Weight::Ordinary, now, now).0;
        }
        tx.lanes().save(lane, &counter, version)
    });
}

fn strangers(place: &Place, anna: &Citizen) -> Counter {
    let lane = LaneId::Strangers(anna.eid);
    place.house.act(move |tx| Ok(tx.lanes().find(lane)?.0))
}

#[test]
fn a_log_in_from_a_known_browser_does_not_open_the_strangers_lane_and_says_what_happened_once() {
    let place = place();
    let (anna, mut browser) = (place.house.anna(), Kept::new("anna's"));
    place.logs_in(&mut browser, &anna, demand("borger"));
    strangers_fail(&place, &anna, 5);
    let closed = strangers(&place, &anna);
    assert!(closed.closed_until.is_some() && closed.untold() == 5);

    place.house.clock.advance(Span::minutes(31));
    let flow = place.asks_first(&browser, demand("borger"));
    let (flow, _) = paged(place.password(&browser, flow, &anna, anna.password));
    assert_eq!(flow.proven.as_ref().map(|proven| proven.failed), Some(5), "she is told");
    over(place.code(&browser, &flow, &right(&anna, &flow)).expect("answered"));
    let after = strangers(&place, &anna);
    assert_eq!(
        after.closed_until, closed.closed_until,
        "the lane stays closed for strangers"
    );
    assert_eq!(
        (after.since_reset, after.untold()),
        (5, 0),
        "still on the way to being shut, told once"
    );
}

#[test]
fn steps_up_in_one_browser_push_out_no_other_and_a_password_alone_makes_none_known() {
    let place = place();
    let anna = place.house.anna();
    let (mut at_home, mut elsewhere) = (Kept::new("at home"), Kept::new("elsewhere"));
    place.logs_in(&mut at_home, &anna, demand("borger"));
    place.logs_in(&mut elsewhere, &anna, demand("borger"));
    for _ in 0..12 {
        place.house.clock.advance(Span::minutes(31));
        place.logs_in(&mut elsewhere, &anna, low("kommune"));
        let flow = place.asks_first(&elsewhere, demand("skat"));
        let stepped = over(place.code(&elsewhere, &flow, &right(&anna, &flow)).expect("answered"));
        assert!(stepped.device.is_some());
        elsewhere.keeps(&stepped);
    }
    let device = at_home.browser.devices[0];
    let now = place.house.clock.now();
    let live = place
        .house
        .act(move |tx| tx.devices().live(device.device, device.eid, device.epoch, now));
    assert!(live, "the browser at home is still known");

    let mut new = Kept::new("new");
    let flow = place.asks_first(&new, low("kommune"));
    let entered = over(place.password(&new, flow, &anna, anna.password));
    assert!(entered.device.is_none());
    new.keeps(&entered);
    assert!(new.browser.devices.is_empty());
}

#[test]
fn an_attempt_that_was_shed_gives_its_place_back() {
    let mut place = place();
    // One lane for hashes, nobody may wait long.
    place.ceremony.work = Work::new(WorkSettings {
        hash_lanes: 1,
        hash_queue: 4,
        deadline: std::time::Duration::from_millis(20),
    });
    let (anna, browser) = (place.house.anna(), Kept::new("anna's"));
    let (open, gate) = std::sync::mpsc::channel::<()>();
    let work = place.ceremony.work.clone();
    let busy = std::thread::spawn(move || System::new().block_on(work.hash(move |_| gate.recv().is_ok())));
    while place.ceremony.work.depth() == 0 {
        std::thread::yield_now();
    }
    for _ in 0..6 {
        let flow = place.asks_first(&browser, demand("borger"));
        let typed = Credentials {
            user_id: anna.user_id.into(),
            password: Zeroizing::new(anna.password.into()),
        };
        let shed = place.run(
            place
                .ceremony
                .credentials(&place.house.ctx(), &browser.browser, flow, typed),
        );
        assert!(matches!(shed, Err(Halt::Unavailable)));
    }
    open.send(()).expect("waits");
    assert_eq!(busy.join().expect("no panic"), Ok(true));
    assert!(strangers(&place, &anna).reserved.is_empty());
    let flow = place.asks_first(&browser, demand("borger"));
    let (flow, errors) = paged(place.password(&browser, flow, &anna, anna.password));
    assert!(matches!(flow.step, Step::Code(_)), "{errors:?}");
}

#[test]
fn a_repeat_of_the_finish_meets_a_block_that_came_between() {
    let place = place();
    let (anna, browser) = (place.house.anna(), Kept::new("anna's"));
    let flow = place.asks_first(&browser, demand("shop"));
    let (flow, _) = paged(place.password(&browser, flow, &anna, anna.password));
    let code = right(&anna, &flow);
    over(place.code(&browser, &flow, &code).expect("answered"));
    let eid = anna.eid;
    place.house.act(move |tx| {
        use crate::domain::eid::EidStatus;
        tx.eids().set_status(eid, EidStatus::Active, EidStatus::Blocked)
    });
    let late = place.code(&browser, &flow, &code);
    assert!(matches!(late, Err(Halt::Refused(refusal)) if refusal.code == Code::Auth001));
}

#[test]
fn whatever_1200_bytes_of_state_hold_they_fit_at_every_step() {
    let place = place();
    let (anna, browser, ctx) = (place.house.anna(), Kept::new("anna's"), place.house.ctx());
    for filler in ["s", "\"", "\\", "æ"] {
        let state = filler.repeat(1_200 / filler.len());
        let nonce = "n".repeat(512);
        let resume = Resume {
            state: postcard::to_allocvec(&("borger", "https://borger.example/callback", state, nonce)).expect("bytes"),
            ..demand("borger").resume
        };
        let asks = Demand {
            resume,
            ..demand("borger")
        };
        let flow = place.asks_first(&browser, asks);
        assert!(flow.seal(&place.house.vault, &ctx).is_ok(), "on arrival: {filler}");
        let (flow, _) = paged(place.password(&browser, flow, &anna, anna.password));
        assert!(
            flow.seal(&place.house.vault, &ctx).is_ok(),
            "after the password: {filler}"
        );
    }
}
