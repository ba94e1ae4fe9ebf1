//! Thirty-two at once: one wins, nothing is lost, nobody waits for ever.

use idp::domain::id::RoundId;
use idp::domain::keycard::Position;
use idp::domain::lanes::{self, LaneKind, Weight};
use idp::domain::questions::Subject;
use idp::domain::refusal::Code;
use idp::domain::time::Span;
use idp::storage::{Durability, Halt, LaneId, RaAnswer, Round, RoundState};

use crate::cards::card;
use crate::house::{House, NOW};

pub fn one_taker(house: &House) {
    let results = house.at_once(|tx| {
        tx.replays()
            .take("https://skat.example", "_request", NOW + Span::minutes(5), NOW)
    });
    assert_eq!(results.iter().filter(|r| matches!(r, Ok(true))).count(), 1);
    assert_eq!(results.iter().filter(|r| matches!(r, Ok(false))).count(), 31);
}

pub fn one_burner(house: &House) {
    let (_, eid) = house.person();
    let number = card(house, eid);
    let asked = number.clone();
    let first = Position::new(0).expect("the first");
    let results = house.at_once(move |tx| {
        let mut row = tx.cards().find(&asked)?.expect("the card");
        if row.card.used.is_used(first) {
            return Ok(false);
        }
        row.card.used.mark(first);
        row.card.pending = Position::new(1);
        if tx.cards().save(&row, NOW)? {
            Ok(true)
        } else {
            Err(Halt::Again)
        }
    });
    assert_eq!(
        results.iter().filter(|r| matches!(r, Ok(true))).count(),
        1,
        "{results:?}"
    );
    assert_eq!(results.iter().filter(|r| matches!(r, Ok(false))).count(), 31);
    let row = house.act(move |tx| tx.cards().find(&number)).expect("the card");
    assert_eq!(row.card.used.count(), 1);
}

pub fn every_count_counts(house: &House) {
    let (_, eid) = house.person();
    let lane = LaneId::Strangers(eid);
    // A lost race runs again; a thread that lost them all tries once more, as a person would.
    let count = move |tx: &mut idp::storage::Tx<'_>| {
        let (counter, version) = tx.lanes().find(lane)?;
        let (counter, _) = lanes::settle_wrong(counter, LaneKind::Strangers, Weight::Ordinary, NOW, NOW);
        tx.lanes().save(lane, &counter, version)
    };
    let lost = house.at_once(count).into_iter().filter(Result::is_err).count();
    for _ in 0..lost {
        house.act(count);
    }
    let counter = house.act(move |tx| tx.lanes().find(lane)).0;
    assert_eq!(counter.since_reset, 32, "no count was lost");
}

pub fn one_sub(house: &House) {
    let (person, _) = house.person();
    let subs: std::collections::HashSet<_> = house
        .at_once(move |tx| tx.subjects().sub(person, "skat.dk", NOW))
        .into_iter()
        .filter_map(Result::ok)
        .collect();
    assert_eq!(subs.len(), 1);
}

pub fn one_pid(house: &House) {
    let (person, _) = house.person();
    let ctx = house.ctx();
    let mut pids: Vec<_> = house
        .at_once(move |tx| idp::pid::of(tx, &ctx, person))
        .into_iter()
        .filter_map(Result::ok)
        .collect();
    assert!(pids.len() > 1, "nobody else found it");
    pids.dedup();
    let stored = house.act(move |tx| tx.pids().find(person));
    assert_eq!(pids, [stored.expect("one")]);
}

pub fn refusal_undoes(house: &House) {
    let refused = house.store.transact_blocking("story", Durability::Full, |tx| {
        assert!(tx.replays().take("a", "b", NOW + Span::minutes(5), NOW)?);
        Err::<(), _>(Code::RequestReplayed.into())
    });
    assert!(matches!(refused, Err(Halt::Refused(r)) if r.code == Code::RequestReplayed));
    assert!(
        house.act(|tx| tx.replays().take("a", "b", NOW + Span::minutes(5), NOW)),
        "nothing of the refused act was kept"
    );
}

pub fn panic_undoes(house: &House) {
    let broken = house.store.transact_blocking("story", Durability::Full, |tx| {
        tx.replays().take("c", "d", NOW + Span::minutes(5), NOW)?;
        panic!("a bug in an act");
        #[expect(unreachable_code, reason = "gives the act its type")]
        Ok::<(), Halt>(())
    });
    assert!(matches!(broken, Err(Halt::Fault(_))));
    assert!(
        house.act(|tx| tx.replays().take("c", "d", NOW + Span::minutes(5), NOW)),
        "the store goes on"
    );
}

pub fn one_answer_kept(house: &House) {
    let results = house.at_once(|tx| {
        let known = tx.ra_answers().find("ra-bank", "case-0007")?;
        if known.is_some() {
            return Ok(false);
        }
        let answer = RaAnswer {
            request: [7; 32],
            body: "{}".into(),
        };
        tx.ra_answers()
            .keep("ra-bank", "case-0007", &answer, NOW + Span::hours(24))?;
        Ok(true)
    });
    assert_eq!(results.iter().filter(|r| matches!(r, Ok(true))).count(), 1);
    assert_eq!(results.iter().filter(|r| matches!(r, Ok(false))).count(), 31);
    let other = house.act(|tx| tx.ra_answers().find("ra-bank-b", "case-0007"));
    assert_eq!(other, None, "another RA's key is another key");
}

pub fn one_act_on_a_round(house: &House) {
    let (_, eid) = house.person();
    let id = RoundId::from_uuid(house.rng.uuid_v7(NOW));
    house.act(move |tx| {
        tx.rounds().begin(&Round {
            id,
            eid,
            asked_by: ("support".into(), "m.dahl".into()),
            subjects: vec![Subject::Mother, Subject::Father],
            state: RoundState::Passed,
            begun_at: NOW,
            expires_at: NOW + Span::minutes(15),
        })
    });
    let results = house.at_once(move |tx| tx.rounds().moves(id, RoundState::Passed, RoundState::Used));
    assert_eq!(results.iter().filter(|r| matches!(r, Ok(true))).count(), 1);
    assert_eq!(results.iter().filter(|r| matches!(r, Ok(false))).count(), 31);
    let round = house.act(move |tx| tx.rounds().find(id)).expect("a round");
    assert_eq!(round.state, RoundState::Used);
    let unpassed = house.act(move |tx| tx.rounds().unpassed_since(eid, NOW - Span::days(1)));
    assert_eq!(unpassed, 0);
}
