//! A token from its delivery to its end, and what it answers on the way.
#![expect(clippy::expect_used, clippy::panic, reason = "tests")]

use super::pskc::{Delivered, PskcError, read};
use super::*;
use crate::audit::Who;
use crate::credentials::keycard;
use crate::ctx::Ctx;
use crate::domain::authenticator::State;
use crate::domain::id::AuthenticatorId;
use crate::domain::keycard::Code as CardCode;
use crate::domain::otp::{Code as TokenCode, Moves, Scheme};
use crate::domain::refusal::Code;
use crate::domain::time::Span;
use crate::storage::{CodeToken, Halt, Tx};
use crate::testing::{Citizen, House};
use crate::vault::card::{SCHEME, entries};
use crate::vault::otp::{Seed, shown};
use crate::vault::transport::TransportKey;

const PLAIN: &str = include_str!("tests/rfc6030-plain.xml");
const PRE_SHARED: &str = include_str!("tests/rfc6030-pre-shared.xml");

fn rfc_key() -> TransportKey {
    let bytes: Vec<u8> = [0x12, 0x34, 0x56, 0x78, 0x90]
        .into_iter()
        .cycle()
        .take(15)
        .chain([0x12])
        .collect();
    TransportKey::from_bytes(&bytes).expect("128 bits")
}

fn who(citizen: &Citizen) -> Who {
    Who {
        person: citizen.person,
        eid: citizen.eid,
    }
}

fn delivered(serial: &str, scheme: Scheme) -> Delivered {
    Delivered {
        serial: serial.into(),
        scheme,
        seed: Seed::from_bytes(b"12345678901234567890").expect("a seed"),
        counter: 0,
    }
}

fn hotp() -> Scheme {
    Scheme::parse("hotp-sha1-6").expect("a scheme")
}

/// What the token shows at its `at`-th press.
fn shows(at: u64) -> TokenCode {
    let seed = Seed::from_bytes(b"12345678901234567890").expect("a seed");
    TokenCode::parse(&shown(&seed, hotp(), at)).expect("a code")
}

/// What the card asks, and the code that stands there.
fn approval(tx: &mut Tx<'_>, ctx: &Ctx, citizen: &Citizen, right: bool) -> Result<(keycard::Asked, CardCode), Halt> {
    let asked = keycard::ask(tx, ctx, citizen.eid)?;
    let code = entries(&citizen.secret, SCHEME).code[usize::from(asked.position.get())];
    let other = CardCode::new((code.get() + 1) % CardCode::COUNT).expect("a code");
    Ok((asked, if right { code } else { other }))
}

fn of_serial(house: &House, serial: &'static str) -> CodeToken {
    house
        .act(move |tx| tx.code_tokens().by_serial(serial))
        .expect("it is known")
}

/// The token is sent to her.
fn sent(house: &House, citizen: &Citizen) -> AuthenticatorId {
    let (ctx, who) = (house.ctx(), who(citizen));
    house.act(move |tx| {
        import(tx, &ctx, &[delivered("A-1", hotp())], "officer")?;
        assign(tx, &ctx, who, "A-1", "officer", "paid")?;
        Ok(tx.code_tokens().by_serial("A-1")?.expect("it is known").id)
    })
}

/// She puts it into use with what it shows first.
fn in_use(house: &House, citizen: &Citizen) -> AuthenticatorId {
    let id = sent(house, citizen);
    assert_eq!(activates(house, citizen, 0, true), None);
    id
}

fn activates(house: &House, citizen: &Citizen, press: u64, right: bool) -> Option<Code> {
    let (ctx, who, citizen) = (house.ctx(), who(citizen), copy(citizen));
    house.act(move |tx| {
        let (asked, code) = approval(tx, &ctx, &citizen, right)?;
        let told = activate(tx, &ctx, who, "A-1", shows(press), (&asked, &code))?;
        Ok(told.err().map(|told| told.0.code))
    })
}

fn copy(citizen: &Citizen) -> Citizen {
    Citizen {
        card: citizen.card.clone(),
        secret: citizen.secret.clone(),
        ..*citizen
    }
}

fn answers(house: &House, citizen: &Citizen, id: AuthenticatorId, press: u64) -> Option<Code> {
    let (ctx, who) = (house.ctx(), who(citizen));
    house.act(move |tx| {
        Ok(match answer(tx, &ctx, who, Asked(id), shows(press))? {
            Verdict::Accepted => None,
            Verdict::Refused { refusal, .. } => Some(refusal.code),
        })
    })
}

#[test]
fn the_files_of_rfc_6030_are_read() {
    for (file, key) in [(PLAIN, None), (PRE_SHARED, Some(rfc_key()))] {
        let tokens = read(file.as_bytes(), key.as_ref()).expect("a delivery");
        let [token] = tokens.as_slice() else {
            panic!("one token")
        };
        assert_eq!((token.serial.as_str(), token.counter), ("987654321", 0));
        assert_eq!((token.scheme.digits, token.scheme.moves), (8, Moves::ByPress));
        assert_eq!(token.seed.bytes(), b"12345678901234567890");
        assert_eq!(shown(&token.seed, token.scheme, 0), "84755224");
    }
}

#[test]
fn a_delivery_that_is_not_sound_is_refused_whole() {
    let other = TransportKey::from_bytes(&[7; 16]).expect("a key");
    let long = TransportKey::from_bytes(&[7; 32]).expect("a key");
    for key in [None, Some(&other), Some(&long)] {
        let refused = read(PRE_SHARED.as_bytes(), key);
        assert!(
            matches!(refused, Err(PskcError::Encryption(_) | PskcError::Token(..))),
            "{refused:?}"
        );
    }
    let changed = [
        (PRE_SHARED, "AAECAwQFBgcI", "AAECAwQFBgcJ"),
        (PRE_SHARED, "Su+NvtQf", "Su+NvtQg"),
        (PRE_SHARED, "MACMethod", "MacMethod"),
        (PLAIN, "Version=\"1.0\"", "Version=\"2.0\""),
        (PLAIN, "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=", "MTIzNDU2Nzg5MA=="),
        (PLAIN, "Length=\"8\"", "Length=\"4\""),
        (PLAIN, "DECIMAL", "HEXADECIMAL"),
        (PLAIN, "pskc:hotp", "pskc:ocra"),
        (PLAIN, "<SerialNo>987654321</SerialNo>", ""),
        (PLAIN, "<SerialNo>987654321<", "<SerialNo>98 65<"),
        (PLAIN, "keyprov:pskc\">", "keyprov:other\">"),
        (PLAIN, "<KeyContainer", "<!DOCTYPE x [<!ENTITY y \"z\">]><KeyContainer"),
        (PLAIN, "<Counter>", "<Counted>"),
    ];
    for (file, from, to) in changed {
        assert!(file.contains(from), "{from}");
        let refused = read(file.replace(from, to).as_bytes(), Some(&rfc_key()));
        assert!(refused.is_err(), "{from} → {to}: {refused:?}");
    }
    let package = &PLAIN[PLAIN.find("<KeyPackage>").expect("one")..PLAIN.find("</KeyContainer>").expect("its end")];
    let again = package.replace("Id=\"12345678\"", "Id=\"2\"");
    let twice = PLAIN.replace("</KeyContainer>", &format!("{again}</KeyContainer>"));
    let refused = read(twice.as_bytes(), None);
    assert!(
        matches!(&refused, Err(PskcError::Token(serial, _)) if serial == "987654321"),
        "{refused:?}"
    );
}

#[test]
fn a_token_by_time_is_read() {
    let file = PLAIN
        .replace("pskc:hotp", "pskc:totp")
        .replace("<ResponseFormat", "<Suite>HMAC-SHA256</Suite><ResponseFormat")
        .replace(
            "<Counter>",
            "<TimeInterval><PlainValue>60</PlainValue></TimeInterval><Counter>",
        );
    let token = read(file.as_bytes(), None).expect("a delivery").remove(0);
    assert_eq!(token.scheme.word(), "totp-sha256-8-60");
}

#[test]
fn from_the_delivery_to_the_first_use() {
    let house = House::new();
    let anna = house.anna();
    let ctx = house.ctx();
    let (again, who) = (ctx.clone(), who(&anna));
    let ordered = house.act(move |tx| Ok((order(tx, &again, who, 9_900)?, order(tx, &again, who, 9_900)?)));
    assert_eq!(ordered, (true, false), "one order at a time");
    let id = sent(&house, &anna);
    let twice = house.act(move |tx| import(tx, &ctx, &[delivered("A-1", hotp())], "officer"));
    assert_eq!(twice, 0, "known already");
    let eid = anna.eid;
    assert!(
        house.act(move |tx| tx.code_tokens().open_order(eid)).is_none(),
        "the order is done"
    );
    assert_eq!(answers(&house, &anna, id, 0), Some(Code::TokenState), "not in use yet");
    assert_eq!(activates(&house, &anna, 900, true), Some(Code::TokenWrong));
    assert_eq!(
        activates(&house, &anna, 0, false),
        Some(Code::CodeWrong),
        "the card approves it"
    );
    assert_eq!(of_serial(&house, "A-1").state, State::Assigned);
    assert_eq!(activates(&house, &anna, 0, true), None);
    assert_eq!(of_serial(&house, "A-1").state, State::Active);
    assert_eq!(
        activates(&house, &anna, 1, true),
        Some(Code::TokenNotFound),
        "once only"
    );
    assert_eq!(
        answers(&house, &anna, id, 0),
        Some(Code::TokenUsed),
        "spent on putting it into use"
    );
    assert_eq!(answers(&house, &anna, id, 1), None);
    assert_eq!(
        answers(&house, &anna, id, 1),
        Some(Code::TokenUsed),
        "no code serves twice"
    );
}

#[test]
fn somebody_elses_token_answers_nothing() {
    let house = House::new();
    let (anna, bo) = (house.anna(), house.citizen("bo", "another-77x", false));
    let id = in_use(&house, &anna);
    assert_eq!(answers(&house, &bo, id, 1), Some(Code::TokenState));
    assert_eq!(activates(&house, &bo, 1, true), Some(Code::TokenNotFound));
    let ctx = house.ctx();
    let bo = who(&bo);
    let taken = house
        .store
        .transact_blocking("test", crate::storage::Durability::Full, move |tx| {
            assign(tx, &ctx, bo, "A-1", "officer", "paid")
        });
    assert!(matches!(taken, Err(Halt::Refused(refusal)) if refusal.code == Code::TokenState));
    assert_eq!(answers(&house, &anna, id, 1), None, "nothing was counted against her");
}

#[test]
fn five_wrong_codes_block_it_and_the_card_opens_it_again() {
    let house = House::new();
    let anna = house.anna();
    let id = in_use(&house, &anna);
    for _ in 0..4 {
        assert_eq!(answers(&house, &anna, id, 5_000), Some(Code::TokenWrong));
    }
    assert_eq!(answers(&house, &anna, id, 5_000), Some(Code::TokenBlocked));
    assert_eq!(
        answers(&house, &anna, id, 1),
        Some(Code::TokenBlocked),
        "also with a right one"
    );
    let (ctx, who, card) = (house.ctx(), who(&anna), copy(&anna));
    let told = house.act(move |tx| {
        let (asked, code) = approval(tx, &ctx, &card, false)?;
        let wrong = reopen(tx, &ctx, who, id, (&asked, &code))?
            .err()
            .map(|told| told.0.code);
        let (asked, code) = approval(tx, &ctx, &card, true)?;
        Ok((wrong, reopen(tx, &ctx, who, id, (&asked, &code))?.is_ok()))
    });
    assert_eq!(told, (Some(Code::CodeWrong), true));
    assert_eq!(answers(&house, &anna, id, 1), None);
    let (ctx, card) = (house.ctx(), copy(&anna));
    let blocked = house.act(move |tx| {
        let (asked, code) = approval(tx, &ctx, &card, true)?;
        Ok(block(tx, &ctx, who, id, (&asked, &code))?.is_ok())
    });
    assert!(blocked);
    assert_eq!(answers(&house, &anna, id, 2), Some(Code::TokenBlocked));
}

#[test]
fn a_runaway_token_is_brought_back_by_two_codes() {
    let house = House::new();
    let anna = house.anna();
    let id = in_use(&house, &anna);
    assert_eq!(answers(&house, &anna, id, 60), Some(Code::TokenNext));
    assert_eq!(answers(&house, &anna, id, 61), None);
    assert_eq!(answers(&house, &anna, id, 60), Some(Code::TokenUsed));
    assert_eq!(
        answers(&house, &anna, id, 30),
        Some(Code::TokenWrong),
        "nothing before it serves"
    );
}

#[test]
fn a_token_by_time_follows_the_clock() {
    let house = House::new();
    let anna = house.anna();
    let scheme = Scheme::parse("totp-sha1-6-30").expect("a scheme");
    let (ctx, who) = (house.ctx(), who(&anna));
    let id = house.act(move |tx| {
        import(tx, &ctx, &[delivered("T-1", scheme)], "officer")?;
        assign(tx, &ctx, who, "T-1", "officer", "paid")?;
        let token = tx.code_tokens().by_serial("T-1")?.expect("it is known");
        let state = State::Active;
        assert!(
            tx.code_tokens()
                .save(&CodeToken { state, ..token.clone() }, false, ctx.now)?
        );
        Ok(token.id)
    });
    let seed = Seed::from_bytes(b"12345678901234567890").expect("a seed");
    let types = |steps: i64| {
        let ctx = house.ctx();
        let at = u64::try_from(ctx.now.secs() / 30 + steps).expect("after 1970");
        let code = TokenCode::parse(&shown(&seed, scheme, at)).expect("a code");
        house.act(move |tx| {
            Ok(match answer(tx, &ctx, who, Asked(id), code)? {
                Verdict::Accepted => None,
                Verdict::Refused { refusal, .. } => Some(refusal.code),
            })
        })
    };
    assert_eq!(types(0), None);
    assert_eq!(types(0), Some(Code::TokenUsed));
    house.clock.advance(Span::secs(30));
    assert_eq!(types(0), None);
    house.clock.advance(Span::minutes(20));
    assert_eq!(types(-10), Some(Code::TokenNext), "an old one is far away");
    assert_eq!(types(0), None);
}

#[test]
fn an_eid_that_is_closed_gets_none_and_waits_for_none() {
    let house = House::new();
    let anna = house.anna();
    let (ctx, who) = (house.ctx(), who(&anna));
    house.act(move |tx| {
        order(tx, &ctx, who, 9_900)?;
        crate::credentials::block::close_eid(tx, &ctx, who, "holder")
    });
    let eid = anna.eid;
    assert!(house.act(move |tx| tx.code_tokens().open_order(eid)).is_none());
    let ctx = house.ctx();
    let sent = house
        .store
        .transact_blocking("test", crate::storage::Durability::Full, move |tx| {
            import(tx, &ctx, &[delivered("A-1", hotp())], "officer")?;
            assign(tx, &ctx, who, "A-1", "officer", "paid")
        });
    assert!(matches!(sent, Err(Halt::Refused(refusal)) if refusal.code == Code::EidState));
}

#[test]
fn one_that_was_only_sent_is_not_opened_by_the_card_alone() {
    let house = House::new();
    let anna = house.anna();
    let id = sent(&house, &anna);
    let (ctx, who, card) = (house.ctx(), who(&anna), copy(&anna));
    let opened = house
        .store
        .transact_blocking("test", crate::storage::Durability::Full, move |tx| {
            let (asked, code) = approval(tx, &ctx, &card, true)?;
            reopen(tx, &ctx, who, id, (&asked, &code)).map(drop)
        });
    assert!(matches!(opened, Err(Halt::Refused(refusal)) if refusal.code == Code::TokenState));
    assert_eq!(of_serial(&house, "A-1").state, State::Assigned);
}

#[test]
fn to_stop_a_token_that_is_stopped_changes_nothing() {
    let house = House::new();
    let anna = house.anna();
    let (id, who) = (in_use(&house, &anna), who(&anna));
    let stops = |by_officer: bool| {
        let ctx = house.ctx();
        house.act(move |tx| {
            let stopped = if by_officer {
                set_by_officer(tx, &ctx, who, id, State::Blocked)
            } else {
                stop(tx, &ctx, who, id)
            };
            match stopped {
                Ok(()) => Ok(None),
                Err(Halt::Refused(refusal)) => Ok(Some(refusal.code)),
                Err(halt) => Err(halt),
            }
        })
    };
    assert_eq!(stops(false), None);
    assert_eq!(
        (stops(false), stops(true)),
        (Some(Code::TokenState), Some(Code::TokenState))
    );
    assert_eq!(of_serial(&house, "A-1").state, State::Blocked, "it can be opened again");
    let ctx = house.ctx();
    house.act(move |tx| set_by_officer(tx, &ctx, who, id, State::Active));
    assert_eq!(of_serial(&house, "A-1").state, State::Active);
}
