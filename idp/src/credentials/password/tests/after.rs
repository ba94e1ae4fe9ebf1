//! What happens to a lane, a password and its verifier besides a log-in.

use super::super::{Reopened, reopen};
use super::*;
use crate::domain::eid::EidNumber;
use crate::domain::time::Time;
use crate::storage::BlockCause;
use crate::vault::password::{Params, Verifier};

#[test]
fn a_shut_lane_is_opened_by_an_officer_who_says_why() {
    let house = House::new();
    let (anna, typist) = (house.anna(), Typist::at(&house));
    for n in 0..100 {
        typist.hears(
            &format!("198.51.{}.{}", n / 250, n % 250),
            anna.user_id,
            "wrong-1234x",
            &[],
        );
        if n % 5 == 4 {
            house.clock.advance(Span::hours(8));
        }
    }
    let enters = || typist.hears("203.0.113.9", anna.user_id, anna.password, &[]);
    assert_eq!(enters(), Some(Code::LoginFailed), "shut, however long one waits");
    let (ctx, eid) = (house.ctx(), anna.eid);
    let opens = |number: EidNumber| {
        let ctx = ctx.clone();
        house.act(move |tx| reopen(tx, &ctx, &number, "O-17", "showed a passport"))
    };
    let number = house.act(move |tx| tx.eids().find(eid)).number;
    assert_eq!(opens(number.clone()), Reopened::Opened);
    assert_eq!(enters(), None);
    assert_eq!(opens(number), Reopened::WasOpen);
    assert_eq!(opens(EidNumber::from_random(7)), Reopened::NoSuchEid);
    let told = house.act(move |tx| tx.audit().of_eid(eid, 100));
    let of_kind = |kind: &str| told.iter().filter(|row| row.kind == kind).collect::<Vec<_>>();
    assert!(of_kind("lane.reopened")[0].body.contains("O-17"));
    assert_eq!((of_kind("lane.shut").len(), of_kind("lane.notice").len()), (1, 1));
}

#[test]
fn a_password_that_its_holder_blocked_is_told_apart_from_one_that_tries_blocked() {
    let house = House::new();
    let (anna, typist) = (house.anna(), Typist::at(&house));
    let eid = anna.eid;
    for (cause, code) in [(BlockCause::Holder, Code::Auth007), (BlockCause::Tries, Code::Auth005)] {
        house.act(move |tx| {
            let stored = tx.passwords().find(eid)?.expect("a password");
            tx.passwords().set(eid, &stored.verifier, false, Time::from_secs(0))?;
            tx.passwords().block(eid, cause)
        });
        assert_eq!(typist.hears("192.0.2.1", anna.user_id, anna.password, &[]), Some(code));
    }
}

#[test]
fn a_verifier_of_another_cost_is_made_anew_after_a_right_password_alone() {
    let house = House::new();
    let (anna, typist) = (house.anna(), Typist::at(&house));
    let dearer = Params { passes: 2, ..CHEAP };
    let eid = anna.eid;
    let stored = || {
        let stored = house.act(move |tx| tx.passwords().find(eid)).expect("a password");
        Verifier::from_bytes(&stored.verifier).expect("a verifier")
    };
    let proven = |password: &str| {
        let (ctx, sources) = (house.ctx(), Arc::clone(&typist.sources));
        let typed = Zeroizing::new(password.as_bytes().to_vec());
        let check = house.act(move |tx| {
            let attempt = Attempt {
                user_id: Typed::parse("anna").ok(),
                password: typed.clone(),
                four_digits: false,
                devices: Vec::new(),
            };
            reserve(tx, &ctx, &sources, &dearer, &attempt)
        });
        check.run(&house.vault, &mut HashMemory::new())
    };
    assert!(proven("wrong-1234x").renewal(dearer).is_none());
    let (first, under_way) = (proven(anna.password), proven(anna.password));
    assert!(first.renewal(CHEAP).is_none(), "it costs what it should");
    let renewal = first.renewal(dearer).expect("it costs something else");
    let renewed = renewal
        .run(&house.vault, &house.rng, &mut HashMemory::new())
        .expect("made");
    assert!(house.act(move |tx| renewed.store(tx)));
    assert_eq!(stored().params, dearer);
    let (ctx, sources) = (house.ctx(), Arc::clone(&typist.sources));
    let settled = house.act(move |tx| settle(tx, &ctx, &sources, &under_way, false));
    assert!(
        matches!(settled, Settled::Verdict(Verdict::Accepted(_))),
        "a log-in that was under way is right as well: {settled:?}"
    );
    house.clock.advance(Span::minutes(1));
    assert_eq!(typist.hears("192.0.2.1", anna.user_id, anna.password, &[]), None);
    let late = proven(anna.password).renewal(CHEAP).expect("another cost");
    let late = late
        .run(&house.vault, &house.rng, &mut HashMemory::new())
        .expect("made");
    house.act(move |tx| tx.passwords().block(eid, BlockCause::Holder));
    assert!(!house.act(move |tx| late.store(tx)), "it was blocked meanwhile");
}
