//! A passkey's life and what its answers are worth, by a key made of software.
#![expect(clippy::expect_used, reason = "tests")]

use acceptance::passkey::SoftKey;
use serde_json::Value;

use super::*;
use crate::audit::Who;
use crate::domain::authenticator::State;
use crate::domain::factor::Purpose;
use crate::domain::id::{AuthenticatorId, EidId, FlowId, SessionId};
use crate::domain::refusal::Code;
use crate::storage::{Durability, Passkey};
use crate::testing::{Citizen, House, passkeys};

const OURS: &str = "http://localhost:8080";
const SESSION: SessionId = SessionId::from_bytes([5; 16]);

fn who(citizen: &Citizen) -> Who {
    Who {
        person: citizen.person,
        eid: citizen.eid,
    }
}

fn wanted(eid: EidId) -> For<'static> {
    For {
        flow: FlowId::from_bytes([1; 16]),
        browser: [1; 32],
        eid,
        party: "borger",
        purpose: Purpose::Login,
    }
}

/// What a page that adds one asks, in this session.
fn asks(house: &House, citizen: &Citizen, session: SessionId) -> Result<(AddAsked, Value), Code> {
    let (asked, who) = (AddAsked::new(&house.ctx()), who(citizen));
    let options = house.store.read_blocking("test", move |tx| {
        let rules = passkeys();
        let adds = Adds {
            rules: &rules,
            who,
            session,
        };
        asks_to_add(tx, &adds, &asked, "anna")
    });
    match options {
        Ok(options) => Ok((asked, options)),
        Err(halt) => Err(halt.into_refusal().expect("a refusal").code),
    }
}

/// Brings a key for what was asked.
fn brings(
    house: &House,
    citizen: &Citizen,
    (asked, brought): (&AddAsked, &str),
    session: SessionId,
) -> Result<Passkey, Code> {
    let (ctx, who, rules) = (house.ctx(), who(citizen), passkeys());
    let adds = Adds {
        rules: &rules,
        who,
        session,
    };
    let came = adds.check(&house.vault, &ctx, asked, brought).expect("judged")?;
    let received = house.act(move |tx| {
        let rules = passkeys();
        let adds = Adds {
            rules: &rules,
            who,
            session,
        };
        receive(tx, &ctx, &adds, (&came, "Blue key"))
    });
    received.map_err(|refusal| refusal.code)
}

fn adds(house: &House, citizen: &Citizen, key: &SoftKey) -> Result<Passkey, Code> {
    let (asked, options) = asks(house, citizen, SESSION)?;
    brings(house, citizen, (&asked, &key.creates(&options, OURS)), SESSION)
}

/// The proof that a browser's answer is, if it holds.
fn proves(house: &House, wanted: For<'_>, asked: Asked, brought: &str) -> Result<Proof, Code> {
    let (ctx, eid) = (house.ctx(), wanted.eid);
    let check = house.act(move |tx| reserve(tx, &ctx, eid));
    check
        .run(&house.vault, &passkeys().relying, (asked, wanted), brought)
        .expect("judged")
}

fn signs(house: &House, wanted: For<'_>, asked: Asked, key: &SoftKey) -> String {
    let (ctx, eid) = (house.ctx(), wanted.eid);
    let check = house.act(move |tx| reserve(tx, &ctx, eid));
    let options = check.options(&house.vault, &passkeys().relying, asked, wanted);
    key.answers(&options.expect("said"), OURS)
}

fn settles(house: &House, citizen: &Citizen, asked: Asked, wanted: For<'static>, proof: &Proof) -> Settled {
    let (ctx, who, proof) = (house.ctx(), who(citizen), proof.clone());
    house.act(move |tx| settle(tx, &ctx, who, (asked, wanted), &proof))
}

fn state(house: &House, id: AuthenticatorId) -> State {
    house.act(move |tx| tx.passkeys().find(id)).expect("it is there").state
}

#[test]
fn anna_adds_one_and_it_answers() {
    let house = House::new();
    let (anna, key) = (house.anna(), SoftKey::new());
    let passkey = adds(&house, &anna, &key).expect("added");
    assert_eq!((passkey.name.as_str(), passkey.in_hardware), ("Blue key", false));
    let (asked, wanted) = (Asked::new(&house.ctx()), wanted(anna.eid));
    let proof = proves(&house, wanted, asked, &signs(&house, wanted, asked, &key)).expect("it holds");
    let settled = settles(&house, &anna, asked, wanted, &proof);
    assert_eq!(settled, Settled::Accepted { in_hardware: false });
    let kept = house
        .act(move |tx| tx.passkeys().find(passkey.id))
        .expect("it is there");
    assert_eq!((kept.counter, kept.version), (2, 2));
}

#[test]
fn an_answer_serves_for_what_it_was_asked_for_alone() {
    let house = House::new();
    let (anna, key) = (house.anna(), SoftKey::new());
    adds(&house, &anna, &key).expect("added");
    let (asked, here) = (Asked::new(&house.ctx()), wanted(anna.eid));
    let brought = signs(&house, here, asked, &key);
    let elsewhere = [
        For {
            flow: FlowId::from_bytes([2; 16]),
            ..here
        },
        For {
            browser: [2; 32],
            ..here
        },
        For { party: "shop", ..here },
        For {
            purpose: Purpose::Payment,
            ..here
        },
    ];
    for other in elsewhere {
        assert_eq!(
            proves(&house, other, asked, &brought).err(),
            Some(Code::PasskeyWrong),
            "{other:?}"
        );
    }
    let again = Asked::new(&house.ctx());
    assert_eq!(
        proves(&house, here, again, &brought).err(),
        Some(Code::PasskeyWrong),
        "a later question"
    );
    // A proof that holds is none for another place either, whoever hands it in.
    let proof = proves(&house, here, asked, &brought).expect("it holds");
    for other in elsewhere {
        let settled = settles(&house, &anna, asked, other, &proof);
        assert_eq!(settled, Settled::Refused(Code::PasskeyWrong), "{other:?}");
    }
    let bo = house.citizen("bo", "vinter-hest-77", false);
    let settled = settles(&house, &bo, asked, here, &proof);
    assert_eq!(settled, Settled::Refused(Code::PasskeyWrong), "somebody else's log-in");
    let settled = settles(&house, &anna, asked, here, &proof);
    assert!(matches!(settled, Settled::Accepted { .. }), "{settled:?}");
}

#[test]
fn a_counter_that_goes_back_blocks_the_passkey_and_nothing_else_does() {
    let house = House::new();
    let (anna, key) = (house.anna(), SoftKey::new());
    let passkey = adds(&house, &anna, &key).expect("added");
    let here = wanted(anna.eid);
    for junk in ["x", "{}", ""] {
        let asked = Asked::new(&house.ctx());
        assert!(proves(&house, here, asked, junk).is_err());
    }
    assert_eq!(
        state(&house, passkey.id),
        State::Active,
        "wrong answers count against nobody"
    );
    let answers = || {
        let asked = Asked::new(&house.ctx());
        let proof = proves(&house, here, asked, &signs(&house, here, asked, &key)).expect("it holds");
        settles(&house, &anna, asked, here, &proof)
    };
    key.counted(40);
    assert!(matches!(answers(), Settled::Accepted { .. }));
    key.counted(7);
    assert_eq!(answers(), Settled::Refused(Code::PasskeyCopied));
    assert_eq!(state(&house, passkey.id), State::Closed);
    let asked = Asked::new(&house.ctx());
    let brought = key.answers(&serde_json::json!({ "challenge": "AA", "rpId": "localhost" }), OURS);
    assert_eq!(proves(&house, here, asked, &brought).err(), Some(Code::PasskeyUnknown));
}

#[test]
fn a_passkey_that_does_not_count_is_believed() {
    let house = House::new();
    let anna = house.anna();
    let mut key = SoftKey::new();
    key.counts = false;
    adds(&house, &anna, &key).expect("added");
    for _ in 0..2 {
        let (asked, here) = (Asked::new(&house.ctx()), wanted(anna.eid));
        let proof = proves(&house, here, asked, &signs(&house, here, asked, &key)).expect("it holds");
        assert!(matches!(
            settles(&house, &anna, asked, here, &proof),
            Settled::Accepted { .. }
        ));
    }
}

#[test]
fn one_that_was_blocked_meanwhile_lets_nobody_in() {
    let house = House::new();
    let (anna, key) = (house.anna(), SoftKey::new());
    let passkey = adds(&house, &anna, &key).expect("added");
    let (asked, here) = (Asked::new(&house.ctx()), wanted(anna.eid));
    let proof = proves(&house, here, asked, &signs(&house, here, asked, &key)).expect("it holds");
    let (ctx, anna_is) = (house.ctx(), who(&anna));
    house.act(move |tx| block(tx, &ctx, anna_is, passkey.id));
    let settled = settles(&house, &anna, asked, here, &proof);
    assert_eq!(settled, Settled::Refused(Code::PasskeyUnknown));
    // Its key is gone, and it never comes back.
    let kept = house
        .act(move |tx| tx.passkeys().find(passkey.id))
        .expect("it is there");
    assert!(kept.key.is_none());
    assert_eq!(adds(&house, &anna, &key).err(), Some(Code::PasskeyKnown));
}

#[test]
fn only_the_owner_renames_and_blocks() {
    let house = House::new();
    let (anna, bo) = (house.anna(), house.citizen("bo", "vinter-hest-77", false));
    let passkey = adds(&house, &anna, &SoftKey::new()).expect("added");
    let stranger = who(&bo);
    let refused = |act: Result<(), crate::storage::Halt>| act.err().and_then(|halt| halt.into_refusal().ok());
    let ctx = house.ctx();
    let blocked = house.store.transact_blocking("test", Durability::Full, move |tx| {
        block(tx, &ctx, stranger, passkey.id)
    });
    assert_eq!(refused(blocked).map(|refusal| refusal.code), Some(Code::PasskeyUnknown));
    let (ctx, owner) = (house.ctx(), who(&anna));
    let renamed = house.act(move |tx| rename(tx, &ctx, owner, passkey.id, " Red key "));
    assert_eq!(renamed, Ok(()));
    let kept = house
        .act(move |tx| tx.passkeys().find(passkey.id))
        .expect("it is there");
    assert_eq!((kept.name.as_str(), kept.state), ("Red key", State::Active));
    let ctx = house.ctx();
    let nameless = house.act(move |tx| rename(tx, &ctx, owner, passkey.id, "\n"));
    assert_eq!(nameless.err().map(|refusal| refusal.code), Some(Code::PasskeyName));
}

#[test]
fn a_key_comes_in_once_for_the_session_and_the_moment_that_asked() {
    let house = House::new();
    let (anna, key) = (house.anna(), SoftKey::new());
    let (asked, options) = asks(&house, &anna, SESSION).expect("asked");
    let brought = key.creates(&options, OURS);
    let other = SessionId::from_bytes([6; 16]);
    assert_eq!(
        brings(&house, &anna, (&asked, &brought), other).err(),
        Some(Code::PasskeyWrong)
    );
    let bo = house.citizen("bo", "vinter-hest-77", false);
    assert_eq!(
        brings(&house, &bo, (&asked, &brought), SESSION).err(),
        Some(Code::PasskeyWrong)
    );
    let forged = AddAsked::from_bytes(&[&[0; 8][..], &asked.bytes()[8..]].concat()).expect("read");
    assert_eq!(
        brings(&house, &anna, (&forged, &brought), SESSION).err(),
        Some(Code::PasskeyWrong)
    );
    assert!(brings(&house, &anna, (&asked, &brought), SESSION).is_ok());
    assert_eq!(
        brings(&house, &anna, (&asked, &brought), SESSION).err(),
        Some(Code::PasskeyKnown)
    );
    // Another's account takes it no more than one's own.
    let (asked, options) = asks(&house, &bo, SESSION).expect("asked");
    assert_eq!(
        brings(&house, &bo, (&asked, &key.creates(&options, OURS)), SESSION).err(),
        Some(Code::PasskeyKnown)
    );
    let (asked, options) = asks(&house, &anna, SESSION).expect("asked");
    let late = SoftKey::new().creates(&options, OURS);
    house.clock.advance(crate::domain::passkey::ANSWER_LIFE);
    assert_eq!(
        brings(&house, &anna, (&asked, &late), SESSION).err(),
        Some(Code::PasskeyWrong)
    );
}

#[test]
fn so_many_and_no_more() {
    let house = House::new();
    let anna = house.anna();
    for _ in 0..passkeys().most {
        adds(&house, &anna, &SoftKey::new()).expect("added");
    }
    assert_eq!(adds(&house, &anna, &SoftKey::new()).err(), Some(Code::PasskeyTooMany));
}

#[test]
fn everything_else_goes_and_the_card_comes_back() {
    use crate::credentials::keycard::{Verdict, answer, ask_new, new_card, order_extra};
    use crate::domain::keycard::CardState;
    use crate::vault::card::{SCHEME, entries};

    let house = House::new();
    let anna = house.anna();
    let (ctx, who) = (house.ctx(), who(&anna));
    let none = house
        .store
        .transact_blocking("test", Durability::Full, move |tx| alone(tx, &ctx, who));
    let none = none.err().and_then(|halt| halt.into_refusal().ok());
    assert_eq!(
        none.map(|refusal| refusal.code),
        Some(Code::PasskeyUnknown),
        "she has none yet"
    );
    adds(&house, &anna, &SoftKey::new()).expect("added");
    let ctx = house.ctx();
    let before = house.act(move |tx| others(tx, who));
    assert_eq!(before.cards, [anna.card.to_string()]);
    house.act(move |tx| alone(tx, &ctx, who));
    let after = house.act(move |tx| others(tx, who));
    assert!(after.is_empty(), "{after:?}");
    let ctx = house.ctx();
    let held = house.act(move |tx| crate::credentials::second::held(tx, &ctx, who.eid));
    assert_eq!(
        held.factors().iter().collect::<Vec<_>>(),
        [crate::domain::factor::Factor::Passkey]
    );

    // A card is ordered, posted, and put into use by a code from itself.
    let ctx = house.ctx();
    house.act(move |tx| order_extra(tx, &ctx, who, 3));
    let ctx = house.ctx();
    let (card, secret) = house.act(move |tx| new_card(tx, &ctx, who.eid, CardState::Posted));
    let (ctx, number) = (house.ctx(), card.number.clone());
    let asked = house.act(move |tx| ask_new(tx, &ctx, who.eid, &number));
    let typed = entries(&secret, SCHEME).code[usize::from(asked.position.get())];
    let ctx = house.ctx();
    let verdict = house.act(move |tx| answer(tx, &ctx, who, &asked, &typed));
    assert!(matches!(verdict, Verdict::Accepted { .. }), "{verdict:?}");
}
