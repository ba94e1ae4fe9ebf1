//! The card as a factor: asked once, burnt once, blocked after five.
#![expect(clippy::expect_used, clippy::panic, reason = "tests")]

use super::{Asked, Ended, Verdict, answer, ask, ask_new, ending_round, new_card, order_by_officer, order_extra, wish};
use crate::audit::Who;
use crate::domain::keycard::{CardNumber, CardState, Code as CardCode, FETCHED_WITHIN, Threshold, VALID_FOR};
use crate::domain::refusal::Code;
use crate::domain::time::Span;
use crate::storage::{AtDesk, CardWish, Halt};
use crate::testing::{Citizen, House};
use crate::vault::card::{CardSecret, entries};

fn asks(house: &House, citizen: &Citizen) -> Asked {
    let (ctx, eid) = (house.ctx(), citizen.eid);
    house.act(move |tx| ask(tx, &ctx, eid))
}

fn types(house: &House, citizen: &Citizen, asked: &Asked, code: CardCode) -> Verdict {
    let (ctx, asked) = (house.ctx(), asked.clone());
    let who = Who {
        person: citizen.person,
        eid: citizen.eid,
    };
    house.act(move |tx| answer(tx, &ctx, who, &asked, &code))
}

/// The code beside what is asked.
fn right(citizen: &Citizen, asked: &Asked) -> CardCode {
    entries(&citizen.secret, crate::vault::card::SCHEME).code[usize::from(asked.position.get())]
}

fn wrong(citizen: &Citizen, asked: &Asked) -> CardCode {
    CardCode::new((right(citizen, asked).get() + 1) % CardCode::COUNT).expect("a code")
}

#[test]
fn showing_a_challenge_changes_nothing_and_a_right_answer_moves_on() {
    let house = House::new();
    let anna = house.anna();
    let first = asks(&house, &anna);
    assert_eq!(asks(&house, &anna), first, "abandoned challenges are offered again");
    assert!(matches!(
        types(&house, &anna, &first, right(&anna, &first)),
        Verdict::Accepted { left: 147 }
    ));
    assert_ne!(asks(&house, &anna).position, first.position);
    let again = types(&house, &anna, &first, right(&anna, &first));
    let Verdict::Refused { refusal, next } = again else {
        panic!("a burnt code was accepted")
    };
    assert_eq!(refusal.code, Code::CodeUsed);
    assert!(next.is_some(), "a fresh challenge comes with it");
    let row = house.act(move |tx| tx.cards().find(&anna.card)).expect("the card");
    assert_eq!(
        (row.card.used.count(), row.card.wrong_in_a_row),
        (1, 0),
        "a burnt code is not a wrong one"
    );
}

#[test]
fn five_wrong_in_a_row_block_the_card_and_a_right_one_starts_over() {
    let house = House::new();
    let anna = house.anna();
    let asked = asks(&house, &anna);
    for left in [4, 3, 2, 1] {
        let Verdict::Refused { refusal, next } = types(&house, &anna, &asked, wrong(&anna, &asked)) else {
            panic!()
        };
        assert_eq!((refusal.code, refusal.left), (Code::CodeWrong, Some(left)));
        assert_eq!(next.expect("asked again"), asked, "a wrong answer does not redraw");
    }
    assert!(matches!(
        types(&house, &anna, &asked, right(&anna, &asked)),
        Verdict::Accepted { .. }
    ));
    let asked = asks(&house, &anna);
    for _ in 0..4 {
        types(&house, &anna, &asked, wrong(&anna, &asked));
    }
    let Verdict::Refused { refusal, next } = types(&house, &anna, &asked, wrong(&anna, &asked)) else {
        panic!()
    };
    assert_eq!((refusal.code, next), (Code::Lock003, None));
    let (ctx, eid) = (house.ctx(), anna.eid);
    let asked_again = house.store.read_blocking("story", move |tx| ask(tx, &ctx, eid));
    assert!(matches!(asked_again, Err(Halt::Refused(refusal)) if refusal.code == Code::Lock003));
}

#[test]
fn the_128th_code_orders_a_card_and_the_148th_ends_it() {
    let house = House::new();
    let anna = house.anna();
    for n in 1..=148_u32 {
        let asked = asks(&house, &anna);
        let Verdict::Accepted { left } = types(&house, &anna, &asked, right(&anna, &asked)) else {
            panic!("{n}")
        };
        assert_eq!(left, 148 - n);
        let eid = anna.eid;
        let cards = house.act(move |tx| tx.cards().of_eid(eid));
        let ordered = cards.iter().filter(|row| row.card.state == CardState::Ordered).count();
        assert_eq!(ordered, usize::from(n >= 128), "after {n}");
    }
    let (ctx, eid) = (house.ctx(), anna.eid);
    let over = house.store.read_blocking("story", move |tx| ask(tx, &ctx, eid));
    assert!(
        matches!(over, Err(Halt::Refused(refusal)) if refusal.code == Code::Auth006),
        "used up, and said so"
    );
    let row = house.act(move |tx| tx.cards().find(&anna.card)).expect("the card");
    assert!(row.secret.is_none() && row.card.state == CardState::UsedUp);
}

#[test]
fn another_persons_card_is_not_answered() {
    let house = House::new();
    let (anna, bo) = (house.anna(), house.citizen("bo", "another-77x", false));
    let asked = asks(&house, &bo);
    let Verdict::Refused { refusal, next } = types(&house, &anna, &asked, right(&bo, &asked)) else {
        panic!()
    };
    assert_eq!((refusal.code, next), (Code::KeycardState, None));
}

/// A card that was printed for its holder.
fn gets_card(house: &House, citizen: &Citizen, state: CardState) -> (CardNumber, CardSecret) {
    let (ctx, eid) = (house.ctx(), citizen.eid);
    let (card, secret) = house.act(move |tx| new_card(tx, &ctx, eid, state));
    (card.number, secret)
}

fn state(house: &House, number: &CardNumber) -> CardState {
    let number = number.clone();
    house
        .act(move |tx| tx.cards().find(&number))
        .expect("the card")
        .card
        .state
}

fn of(secret: &CardSecret, asked: &Asked) -> CardCode {
    entries(secret, crate::vault::card::SCHEME).code[usize::from(asked.position.get())]
}

#[test]
fn when_the_card_in_use_has_ended_the_next_is_put_into_use_by_a_code_from_itself() {
    let house = House::new();
    let anna = house.anna();
    let (posted, secret) = gets_card(&house, &anna, CardState::Posted);
    gets_card(&house, &anna, CardState::Ordered);
    assert_eq!(asks(&house, &anna).card, anna.card, "what is in use is asked first");
    let first = anna.card.clone();
    house.act(move |tx| {
        let mut row = tx.cards().find(&first)?.expect("the card");
        row.card.state = CardState::UsedUp;
        tx.cards().save(&row, row.ordered_at).map(drop)
    });
    let asked = asks(&house, &anna);
    assert_eq!(asked.card, posted);
    assert!(matches!(
        types(&house, &anna, &asked, of(&secret, &asked)),
        Verdict::Accepted { left: 147 }
    ));
    assert_eq!(state(&house, &posted), CardState::Active);
    assert_eq!(state(&house, &anna.card), CardState::UsedUp);
}

#[test]
fn a_new_card_that_is_put_into_use_closes_the_old_one() {
    let house = House::new();
    let anna = house.anna();
    let (posted, secret) = gets_card(&house, &anna, CardState::Posted);
    let (ctx, eid, number) = (house.ctx(), anna.eid, posted.clone());
    let asked = house.act(move |tx| ask_new(tx, &ctx, eid, &number));
    let wrong = CardCode::new((of(&secret, &asked).get() + 1) % CardCode::COUNT).expect("a code");
    assert!(matches!(types(&house, &anna, &asked, wrong), Verdict::Refused { .. }));
    assert_eq!(
        state(&house, &anna.card),
        CardState::Active,
        "a wrong code changes nothing"
    );
    assert!(matches!(
        types(&house, &anna, &asked, of(&secret, &asked)),
        Verdict::Accepted { .. }
    ));
    assert_eq!(
        (state(&house, &posted), state(&house, &anna.card)),
        (CardState::Active, CardState::Replaced)
    );
    let old = anna.card.clone();
    assert!(
        house
            .act(move |tx| tx.cards().find(&old))
            .expect("the card")
            .secret
            .is_none()
    );
}

#[test]
fn a_card_that_nobody_was_handed_is_not_asked() {
    let house = House::new();
    let (anna, bo) = (house.anna(), house.citizen("bo", "another-77x", false));
    let (ordered, _) = gets_card(&house, &anna, CardState::Ordered);
    let (theirs, _) = gets_card(&house, &bo, CardState::Posted);
    for (number, code) in [(ordered, Code::KeycardState), (theirs, Code::KeycardNotFound)] {
        let (ctx, eid) = (house.ctx(), anna.eid);
        let asked = house
            .store
            .read_blocking("story", move |tx| ask_new(tx, &ctx, eid, &number));
        assert!(matches!(asked, Err(Halt::Refused(refusal)) if refusal.code == code));
    }
}

#[test]
fn a_holder_chooses_when_the_next_card_is_ordered_and_how_many_lie_in_stock() {
    let house = House::new();
    let anna = house.anna();
    let who = Who {
        person: anna.person,
        eid: anna.eid,
    };
    let count = || {
        let eid = anna.eid;
        house.act(move |tx| tx.cards().of_eid(eid)).len()
    };
    let wishes = |codes| {
        let ctx = house.ctx();
        let reorder_at = Threshold::new(codes).expect("within bounds");
        house.act(move |tx| {
            wish(
                tx,
                &ctx,
                who,
                CardWish {
                    reorder_at,
                    large_print: true,
                },
            )
        });
    };
    for _ in 0..108 {
        let asked = asks(&house, &anna);
        types(&house, &anna, &asked, right(&anna, &asked));
    }
    wishes(30);
    assert_eq!(count(), 1, "40 codes are left");
    wishes(41);
    assert_eq!(count(), 2, "the new threshold was passed already");
    wishes(60);
    assert_eq!(count(), 2, "one is on its way");
    let orders = || {
        let ctx = house.ctx();
        house
            .store
            .transact_blocking("story", crate::storage::Durability::Full, move |tx| {
                order_extra(tx, &ctx, who, 3)
            })
    };
    assert!(orders().is_ok() && orders().is_ok());
    assert!(matches!(orders(), Err(Halt::Refused(refusal)) if refusal.code == Code::KeycardEnough));
    assert_eq!(count(), 4);
}

#[test]
fn a_card_ends_after_three_years_and_its_holder_is_told_ahead() {
    let house = House::new();
    let anna = house.reachable("anna@example.dk", "80307050");
    let round = || {
        let ctx = house.ctx();
        house.act(move |tx| ending_round(tx, &ctx, None))
    };
    assert_eq!(round(), Ended::default());
    house.clock.advance(VALID_FOR - Span::days(90));
    assert_eq!((round().told, round().expired), (1, 0));
    let told = || {
        let now = house.clock.now();
        house.act(move |tx| tx.outbox().claim(100, now, Span::secs(1))).len()
    };
    assert_eq!(told(), 2, "a mail and a text message, once");
    house.clock.advance(Span::days(61));
    round();
    let eid = anna.eid;
    let states = || -> Vec<CardState> {
        let rows = house.act(move |tx| tx.cards().of_eid(eid));
        rows.into_iter().map(|row| row.card.state).collect()
    };
    assert_eq!(
        states(),
        [CardState::Active, CardState::Ordered],
        "the next one is ordered"
    );
    house.clock.advance(Span::days(29));
    let (ctx, eid) = (house.ctx(), anna.eid);
    let asked = house.store.read_blocking("story", move |tx| ask(tx, &ctx, eid));
    assert!(
        matches!(asked, Err(Halt::Refused(refusal)) if refusal.code == Code::KeycardExpired),
        "its time is over, whether the job has been there or not"
    );
    assert_eq!(round().expired, 1);
    assert_eq!(states(), [CardState::Expired, CardState::Ordered]);
    assert_eq!(round().expired, 0);
}

/// A card that an officer has ordered for their desk.
fn waits_at_a_desk(house: &House, citizen: &Citizen) -> CardNumber {
    let (ctx, now) = (house.ctx(), house.clock.now());
    let who = Who {
        person: citizen.person,
        eid: citizen.eid,
    };
    house.act(move |tx| {
        let number = order_by_officer(tx, &ctx, who, 3)?;
        tx.desks().put(&AtDesk {
            eid: who.eid,
            ra: "borgerservice".into(),
            card: Some(number.clone()),
            activation: None,
        })?;
        assert!(tx.cards().printed(&number, now)?);
        Ok(number)
    })
}

#[test]
fn a_card_that_waits_at_a_desk_holds_no_other_up() {
    let house = House::new();
    let anna = house.anna();
    let at_desk = waits_at_a_desk(&house, &anna);
    for _ in 0..128 {
        let asked = asks(&house, &anna);
        types(&house, &anna, &asked, right(&anna, &asked));
    }
    let eid = anna.eid;
    let cards = house.act(move |tx| tx.cards().of_eid(eid));
    assert_eq!(cards.len(), 3, "one in use, one at the desk, one by post");
    let ordered: Vec<_> = cards
        .iter()
        .filter(|row| row.card.state == CardState::Ordered)
        .collect();
    assert!(ordered.len() == 1 && ordered[0].card.number != at_desk);
}

#[test]
fn a_card_that_nobody_fetches_expires_and_the_next_one_comes_by_post() {
    let house = House::new();
    let anna = house.anna();
    let at_desk = waits_at_a_desk(&house, &anna);
    let (eid, soon) = (anna.eid, Threshold::new(60).expect("a threshold"));
    for _ in 0..90 {
        let asked = asks(&house, &anna);
        types(&house, &anna, &asked, right(&anna, &asked));
    }
    // As an earlier version left it: past the threshold, and nothing was ordered.
    house.act(move |tx| {
        let wish = CardWish {
            reorder_at: soon,
            large_print: false,
        };
        tx.card_wishes().set(eid, wish)
    });
    let round = || {
        let ctx = house.ctx();
        house.act(move |tx| ending_round(tx, &ctx, None)).expired
    };
    house.clock.advance(FETCHED_WITHIN - Span::secs(1));
    assert_eq!(round(), 0);
    house.clock.advance(Span::secs(1));
    assert_eq!(round(), 1);
    assert_eq!(round(), 0);
    let (cards, waits, events) = house.act(move |tx| {
        Ok((
            tx.cards().of_eid(eid)?,
            tx.desks().of_eid(eid)?,
            tx.audit().of_eid(eid, 400)?,
        ))
    });
    let gone = cards.iter().find(|row| row.card.number == at_desk).expect("the card");
    assert!(gone.card.state == CardState::Expired && gone.secret.is_none());
    assert_eq!(waits, None);
    let expired =
        |row: &&crate::storage::AuditRow| row.kind == "keycard.expired" && row.body.contains(at_desk.as_str());
    assert_eq!(events.iter().filter(expired).count(), 1);
    let ordered = cards.iter().filter(|row| row.card.state == CardState::Ordered);
    assert_eq!(ordered.count(), 1, "the next one, by post");
}

/// On hardware no card comes by itself: not near the end of the card, not near the end of its time, not by a wish. Whoever orders one is
/// back on cards.
#[test]
fn no_card_comes_by_itself_to_an_eid_on_hardware() {
    let house = House::new();
    let anna = house.anna();
    let (eid, who) = (
        anna.eid,
        Who {
            person: anna.person,
            eid: anna.eid,
        },
    );
    let cards = || house.act(move |tx| tx.cards().of_eid(eid)).len();
    house.goes_on_hardware(&anna);
    for _ in 0..130 {
        let asked = asks(&house, &anna);
        types(&house, &anna, &asked, right(&anna, &asked));
    }
    assert_eq!(cards(), 1, "after the 130th code");
    let (ctx, soon) = (house.ctx(), Threshold::parse("40").expect("a threshold"));
    let wanted = CardWish {
        reorder_at: soon,
        large_print: false,
    };
    house.act(move |tx| wish(tx, &ctx, who, wanted));
    house.clock.advance(VALID_FOR - Span::days(20));
    let ctx = house.ctx();
    let round = house.act(move |tx| ending_round(tx, &ctx, None));
    assert_eq!((round.told, cards()), (0, 1), "twenty days before its end");
    let ctx = house.ctx();
    house.act(move |tx| order_extra(tx, &ctx, who, 3));
    assert_eq!(cards(), 2);
    assert!(!house.act(move |tx| tx.eids().find(eid)).on_hardware);
    let events = house.act(move |tx| tx.audit().of_eid(eid, 400));
    assert!(
        events
            .iter()
            .any(|row| row.kind == "eid.hardware" && row.body.contains("false"))
    );
}
