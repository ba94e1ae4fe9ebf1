//! Code tokens: one code is accepted once, one token goes to one eID, one order is open at a time.

use idp::audit::Who;
use idp::credentials::token::pskc::Delivered;
use idp::credentials::token::{Asked, Verdict, answer, assign, import, order};
use idp::domain::authenticator::State;
use idp::domain::id::{AuthenticatorId, EidId, PersonId};
use idp::domain::otp::{Code as TokenCode, Scheme};
use idp::domain::refusal::Code;
use idp::storage::{CodeToken, Halt};
use idp::vault::otp::{Seed, shown};

use crate::house::{House, NOW};

fn scheme(word: &str) -> Scheme {
    Scheme::parse(word).expect("a scheme")
}

fn seed() -> Seed {
    Seed::from_bytes(b"12345678901234567890").expect("a seed")
}

fn delivered(serial: &str, word: &str) -> Delivered {
    Delivered {
        serial: serial.into(),
        scheme: scheme(word),
        seed: seed(),
        counter: 0,
    }
}

fn who((person, eid): (PersonId, EidId)) -> Who {
    Who { person, eid }
}

/// A token in use.
pub fn token(house: &House, who: Who, serial: &'static str, word: &'static str) -> AuthenticatorId {
    let ctx = house.ctx();
    house.act(move |tx| {
        import(tx, &ctx, &[delivered(serial, word)], "officer")?;
        assign(tx, &ctx, who, serial, "officer", "paid")?;
        let token = tx.code_tokens().by_serial(serial)?.expect("it is known");
        let (id, state) = (token.id, State::Active);
        assert!(tx.code_tokens().save(&CodeToken { state, ..token }, false, NOW)?);
        Ok(id)
    })
}

/// Thirty-two that type one code at once.
fn at_once(house: &House, who: Who, id: AuthenticatorId, code: TokenCode) -> Vec<Result<Option<Code>, Halt>> {
    let ctx = house.ctx();
    house.at_once(move |tx| {
        Ok(match answer(tx, &ctx, who, Asked(id), code)? {
            Verdict::Accepted => None,
            Verdict::Refused { refusal, .. } => Some(refusal.code),
        })
    })
}

pub fn one_code_once(house: &House) {
    let who = who(house.person());
    for (serial, word) in [("P-1", "hotp-sha1-6"), ("T-1", "totp-sha256-8-30")] {
        let id = token(house, who, serial, word);
        let at = if word.starts_with('h') {
            0
        } else {
            u64::try_from(NOW.secs() / 30).expect("after 1970")
        };
        let code = TokenCode::parse(&shown(&seed(), scheme(word), at)).expect("a code");
        let results = at_once(house, who, id, code);
        let accepted = results.iter().filter(|result| matches!(result, Ok(None))).count();
        assert_eq!(accepted, 1, "{word}: {results:?}");
        // A race that was lost for good is told to come again; nobody hears anything else.
        let late =
            |result: &Result<_, Halt>| matches!(result, Ok(None | Some(Code::TokenUsed)) | Err(Halt::Unavailable));
        assert!(results.iter().all(late), "{results:?}");
        let token = house.act(move |tx| tx.code_tokens().find(id)).expect("it is there");
        assert_eq!((token.counter.next, token.counter.wrong_in_a_row), (at + 1, 0));
        house.act(move |tx| {
            let state = State::Blocked;
            let token = tx.code_tokens().find(id)?.expect("it is there");
            tx.code_tokens().save(&CodeToken { state, ..token }, false, NOW)
        });
    }
}

pub fn wrong_ones_block(house: &House) {
    let who = who(house.person());
    let id = token(house, who, "P-2", "hotp-sha1-6");
    let results = at_once(house, who, id, TokenCode::parse("000000").expect("six digits"));
    let count = |code| {
        results
            .iter()
            .filter(|result| matches!(result, Ok(Some(c)) if *c == code))
            .count()
    };
    assert_eq!(count(Code::TokenWrong), 4, "{results:?}");
    let token = house.act(move |tx| tx.code_tokens().find(id)).expect("it is there");
    assert_eq!((token.state, token.counter.wrong_in_a_row), (State::Blocked, 5));
}

pub fn one_owner(house: &House) {
    let (anna, bo) = (who(house.person()), who(house.person()));
    let ctx = house.ctx();
    house.act(move |tx| import(tx, &ctx, &[delivered("P-3", "hotp-sha1-6")], "officer"));
    let ctx = house.ctx();
    let results = house.at_once(move |tx| {
        // Half of them for one, half for the other.
        let who = if ctx.rng.below(2) == 0 { anna } else { bo };
        assign(tx, &ctx, who, "P-3", "officer", "paid")
    });
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
}

pub fn one_order(house: &House) {
    let who = who(house.person());
    let ctx = house.ctx();
    let results = house.at_once(move |tx| order(tx, &ctx, who, 9_900));
    assert_eq!(
        results.iter().filter(|result| matches!(result, Ok(true))).count(),
        1,
        "{results:?}"
    );
    let orders = house.act(move |tx| {
        let all = tx.code_tokens().orders(1_000)?;
        Ok(all.into_iter().filter(|order| order.eid == who.eid).count())
    });
    assert_eq!(orders, 1);
}

pub fn round_trip(house: &House) {
    let who = who(house.person());
    let id = token(house, who, "P-4", "hotp-sha1-6");
    let held = house.act(move |tx| {
        assert!(tx.authenticators().rename(id, who.eid, "den grå")?);
        assert!(
            !tx.authenticators()
                .rename(id, EidId::from_bytes([1; 16]), "another's")?
        );
        tx.authenticators()
            .make_usual(who.eid, idp::domain::factor::Factor::Token)?;
        tx.authenticators().of_eid(who.eid)
    });
    assert_eq!(
        (held.len(), held[0].id, held[0].name.as_str(), held[0].usual),
        (1, id, "den grå", true)
    );
    let read = house.act(move |tx| tx.code_tokens().find(id)).expect("it is there");
    let (first, second) = house.act(move |tx| {
        let state = State::Closed;
        let closed = CodeToken { state, ..read.clone() };
        Ok((
            tx.code_tokens().save(&closed, false, NOW)?,
            tx.code_tokens().save(&read, false, NOW)?,
        ))
    });
    assert!(
        first && !second,
        "a token is not saved over a version that was not read"
    );
    let token = house.act(move |tx| tx.code_tokens().find(id)).expect("it is there");
    assert!(token.seed.is_none(), "the seed is erased when its life is over");
}
