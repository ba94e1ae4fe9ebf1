//! A passkey's life and what its answers are worth, by a key made of software.
#![expect(clippy::expect_used, reason = "tests")]

use acceptance::passkey::SoftKey;
use serde_json::Value;

use super::*;
use crate::audit::Who;
use crate::domain::authenticator::State;
use crate::domain::factor::{Factor, Purpose};
use crate::domain::id::{AuthenticatorId, EidId, FlowId, SessionId};
use crate::domain::refusal::Code;
use crate::storage::{Durability, Passkey};
use crate::testing::{Citizen, House, VOICE, passkeys};

const OURS: &str = "http://localhost:8080";
const HOUR: Span = Span::minutes(60);
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
    asked_and_brought: (&AddAsked, &str),
    session: SessionId,
) -> Result<Passkey, Code> {
    brings_where_keys_wait(house, citizen, asked_and_brought, (session, Span::ZERO))
}

fn brings_where_keys_wait(
    house: &House,
    citizen: &Citizen,
    (asked, brought): (&AddAsked, &str),
    (session, waits): (SessionId, Span),
) -> Result<Passkey, Code> {
    let (ctx, who, rules) = (house.ctx(), who(citizen), passkeys());
    let adds = Adds {
        rules: &rules,
        who,
        session,
    };
    let came = adds.check(&house.vault, &ctx, asked, brought).expect("judged")?;
    let received = house.act(move |tx| {
        let rules = Rules { waits, ..passkeys() };
        let adds = Adds {
            rules: &rules,
            who,
            session,
        };
        receive(tx, &ctx, &adds, (&came, "Blue key"))
    });
    received.map_err(|refusal| refusal.code)
}

/// The whole way.
pub(crate) fn adds(house: &House, citizen: &Citizen, key: &SoftKey) -> Result<Passkey, Code> {
    let (asked, options) = asks(house, citizen, SESSION)?;
    brings(house, citizen, (&asked, &key.creates(&options, OURS)), SESSION)
}

/// The same where keys wait for an hour.
pub(crate) fn adds_to_wait(house: &House, citizen: &Citizen, key: &SoftKey) -> Passkey {
    let (asked, options) = asks(house, citizen, SESSION).expect("asked");
    let brought = key.creates(&options, OURS);
    brings_where_keys_wait(house, citizen, (&asked, &brought), (SESSION, HOUR)).expect("added")
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

const HANDOVER: [u8; 32] = [9; 32];

/// A token, an order of another, a device with a code app, digits for one more, and voice response.
pub(crate) fn holds_everything(house: &House, citizen: &Citizen) {
    use crate::credentials::token::{assign, import, order, pskc::Delivered, set_by_officer};
    use crate::domain::otp::Scheme;
    use crate::domain::time::Span;
    use crate::domain::voice::Line;
    use crate::storage::NewDevice;
    use crate::vault::device_key::DeviceKey;
    use crate::vault::otp::Seed;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};

    let (ctx, who) = (house.ctx(), who(citizen));
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key");
    let key = DeviceKey::from_bytes(pair.public_key().as_ref()).expect("a key");
    let line = Line::parse("80307050").expect("a number");
    let delivered = Delivered {
        serial: "A-1".into(),
        scheme: Scheme::parse("hotp-sha1-6").expect("a scheme"),
        seed: Seed::from_bytes(b"12345678901234567890").expect("a seed"),
        counter: 0,
    };
    house.act(move |tx| {
        let id = |ctx: &crate::ctx::Ctx| AuthenticatorId::from_uuid(ctx.rng.uuid_v7(ctx.now));
        import(tx, &ctx, std::slice::from_ref(&delivered), "officer")?;
        assign(tx, &ctx, who, "A-1", "officer", "paid")?;
        let token = tx.code_tokens().by_serial("A-1")?.expect("it is known");
        let state = State::Active;
        tx.code_tokens()
            .save(&crate::storage::CodeToken { state, ..token.clone() }, false, ctx.now)?;
        set_by_officer(tx, &ctx, who, token.id, State::Blocked)?;
        order(tx, &ctx, who, 9_900)?;
        tx.code_apps().begin(id(&ctx), who.eid, [8; 32], ctx.now)?;
        let app = tx.code_apps().by_handover([8; 32])?.expect("it waits");
        let device = NewDevice {
            key: &key,
            name: "telefon",
            push: None,
        };
        tx.code_apps().receive(&app, device, ctx.now + Span::ZERO, ctx.now)?;
        tx.code_apps().begin(id(&ctx), who.eid, HANDOVER, ctx.now)?;
        tx.voices().add(id(&ctx), who.eid, &line, ctx.now)?;
        let waiting = tx.voices().waiting(who.eid)?.expect("it waits");
        tx.voices().start(&waiting, ctx.now, ctx.now)
    });
}

#[test]
fn who_blocks_a_passkey_voids_what_was_proven_before() {
    let house = House::new();
    let anna = house.anna();
    let passkey = adds(&house, &anna, &SoftKey::new()).expect("added");
    let (ctx, who) = (house.ctx(), who(&anna));
    let before = house.act(move |tx| tx.eids().find(who.eid)).epoch;
    house.act(move |tx| block(tx, &ctx, who, passkey.id));
    assert_eq!(house.act(move |tx| tx.eids().find(who.eid)).epoch, before + 1);
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
    holds_everything(&house, &anna);
    let before = house.act(move |tx| others(tx, who));
    let all = Others {
        cards: vec![anna.card.to_string()],
        tokens: vec!["A-1".into()],
        ordered: true,
        apps: vec!["telefon".into()],
        voice: true,
    };
    assert_eq!(before, all);
    let ctx = house.ctx();
    house.act(move |tx| alone(tx, &ctx, who));
    let after = house.act(move |tx| others(tx, who));
    assert!(after.is_empty(), "{after:?}");
    let (kept, handed_over) = house.act(move |tx| {
        let handed_over = tx.code_apps().by_handover(HANDOVER)?;
        Ok((tx.authenticators().of_eid(who.eid)?, handed_over))
    });
    assert!(handed_over.is_none(), "no device comes in any more");
    let over: Vec<_> = kept.iter().map(|one| (one.factor, one.state)).collect();
    for factor in [Factor::Token, Factor::App, Factor::Voice] {
        assert!(over.contains(&(factor, State::Closed)), "{over:?}");
        assert!(
            !over.iter().any(|one| one.0 == factor && one.1 != State::Closed),
            "{over:?}"
        );
    }
    let events = house.act(move |tx| tx.audit().of_eid(who.eid, 50));
    assert!(events.iter().any(|row| row.kind == "token.order_ended"));
    for factor in ["token", "app", "voice"] {
        let told = |row: &&crate::storage::AuditRow| {
            row.kind == "factor.changed"
                && row.body.contains("passkeys_alone")
                && row.body.contains(&format!("\"{factor}\""))
        };
        assert_eq!(events.iter().filter(told).count(), 1, "{factor}");
    }
    let ctx = house.ctx();
    let held = house.act(move |tx| crate::credentials::second::held(tx, &ctx, who.eid, VOICE));
    assert_eq!(held.factors().iter().collect::<Vec<_>>(), [Factor::Passkey]);

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

/// Everything else of an eID on hardware opens no service: the key that it waits for waits for nothing. The next one does.
#[test]
fn the_first_key_of_an_eid_on_hardware_serves_at_once() {
    let house = House::new();
    let (anna, bo) = (house.anna(), house.citizen("bo", "another-77x", false));
    house.goes_on_hardware(&anna);
    let now = house.clock.now();
    let usable = |citizen| adds_to_wait(&house, citizen, &SoftKey::new()).usable_at;
    assert_eq!(usable(&anna), Some(now));
    assert_eq!((usable(&anna), usable(&bo)), (Some(now + HOUR), Some(now + HOUR)));

    // Whoever blocks her keys, which takes user-ID and password alone, brings none that serves at once.
    let (ctx, who) = (house.ctx(), who(&anna));
    house.act(move |tx| {
        for key in tx.passkeys().in_use(who.eid)? {
            block(tx, &ctx, who, key.id)?;
        }
        Ok(())
    });
    assert_eq!(usable(&anna), Some(now + HOUR));
}
