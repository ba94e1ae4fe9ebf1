//! A new generation of the stored-value key: everything moves, nothing is lost, whoever carries it out and however often it stops.

use idp::app::{Progress, begin_generation, reseal_some};
use idp::audit::Who;
use idp::ctx::Ctx;
use idp::domain::activation::{Digits, State};
use idp::domain::assurance::Level;
use idp::domain::company::{Company, Cvr, Signer, Signs};
use idp::domain::id::{ActivationId, EidId, FlowId, GrantId, OutboxId, PersonId, SessionId};
use idp::domain::proofing::Channel;
use idp::domain::register::Entry;
use idp::domain::time::Span;
use idp::storage::{AliasKind, DoneFlow, Issue, Letter, NewActivation, NewGrant, NewPerson, Tx, Walk};
use idp::vault::signing::{Alg, KeyPurpose};
use idp::vault::{Generations, Sealed};

use crate::cards::card;
use crate::certificates;
use crate::code_apps;
use crate::code_tokens;
use crate::house::{House, NOW, cpr};

/// Somebody with a value in every sealed column.
struct Somebody {
    person: PersonId,
    eid: EidId,
    flow: FlowId,
    grant: GrantId,
    card: idp::domain::keycard::CardNumber,
    letter: OutboxId,
}

fn somebody(house: &House) -> Somebody {
    let id = || house.rng.uuid_v7(NOW);
    let (person, eid) = house.person();
    let card = card(house, eid);
    code_tokens::token(house, Who { person, eid }, "R-1", "hotp-sha1-6");
    code_apps::device(house, Who { person, eid });
    certificates::sealed(house, eid);
    // The notice of the device is no part of this.
    house.act(|tx| {
        for letter in tx.outbox().claim(10, NOW, Span::secs(0))? {
            tx.outbox().done(letter.id, NOW)?;
        }
        Ok(())
    });
    let all = Somebody {
        person: PersonId::from_uuid(id()),
        eid,
        flow: FlowId::from_uuid(id()),
        grant: GrantId::from_uuid(id()),
        card,
        letter: OutboxId::from_uuid(id()),
    };
    let key = house
        .vault
        .generate_key(KeyPurpose::Audit, Alg::Es256, "test", NOW, &house.rng)
        .expect("a key");
    let session = SessionId::from_uuid(id());
    let (person, flow, grant, letter) = (all.person, all.flow, all.grant, all.letter);
    house.act(move |tx| {
        tx.keys().insert(&key)?;
        tx.people().insert(&NewPerson {
            id: person,
            name: "Bo Ødegård".into(),
            address: Some("Vejen 2".into()),
            protected: true,
            birth_date: None,
            cpr: Some(cpr()),
            email: Some("bo@example.dk".into()),
            phone: Some("80307050".into()),
            created_at: NOW,
        })?;
        tx.aliases().insert("bo", eid, AliasKind::Chosen, NOW)?;
        tx.audit().key(person, 2026, [7; 32])?;
        tx.audit().key(person, 2027, [8; 32])?;
        tx.flows().insert(&DoneFlow {
            flow,
            browser: [1; 32],
            session,
            result: b"what a repeat would find".to_vec(),
            done_at: NOW,
        })?;
        tx.grants().insert(&NewGrant {
            id: grant,
            party: "borger".into(),
            person,
            eid,
            session,
            sid: "s".into(),
            scope: "openid".into(),
            detail: b"detail".to_vec(),
            code_hash: None,
            code_expires_at: None,
            offline: true,
            expires_at: NOW + Span::days(1),
            created_at: NOW,
        })?;
        tx.grants().begin_refresh(grant, &[9; 32], NOW + Span::days(1))?;
        tx.activations().put(&NewActivation {
            id: ActivationId::from_bytes([5; 16]),
            eid,
            mac: [7; 32],
            to_print: Some(Digits::from_random(4_711)),
            state: State::Ordered,
            ordered_at: NOW,
            expires_at: NOW + Span::days(28),
        })?;
        tx.registers().put(&cpr(), &registered(), NOW)?;
        tx.companies().put(&cvr(), &company(), NOW)?;
        tx.online_orders().place(&crate::issuing::an_order(&cpr()), 9)?;
        tx.issues().insert(&Issue {
            eid,
            channel: Channel::CitizenService,
            by: ("centre".into(), "k".into()),
            level: Level::High,
            hand_over: "on_the_spot".into(),
            shown: "a passport".into(),
            issued_at: NOW,
        })?;
        tx.outbox().put(&a_letter(letter), NOW)
    });
    all
}

fn cvr() -> Cvr {
    Cvr::parse("00000019").expect("a substitute number")
}

fn company() -> Company {
    let signer = Signer {
        cpr: cpr(),
        how: Signs::Alone,
    };
    Company {
        name: "Ødegård ApS".into(),
        signers: vec![signer],
        ..Company::default()
    }
}

fn registered() -> Entry {
    Entry {
        name: "Bo Ødegård".into(),
        mother: Some("Karen Ødegård".into()),
        ..Entry::default()
    }
}

fn a_letter(id: OutboxId) -> Letter {
    Letter {
        id,
        kind: "logout".into(),
        dedup: id.to_string(),
        payload: b"to whom".to_vec(),
        attempts: 0,
    }
}

/// Everything of somebody's opens and says what was written.
fn all_opens(house: &House, who: &Somebody) {
    let (person, eid, flow, grant, number) = (who.person, who.eid, who.flow, who.grant, who.card.clone());
    house.act(move |tx| {
        let bo = tx.people().find(person)?;
        assert_eq!(bo.name, "Bo Ødegård");
        assert_eq!(
            (bo.address.as_deref(), bo.email.as_deref(), bo.phone.as_deref()),
            (Some("Vejen 2"), Some("bo@example.dk"), Some("80307050"))
        );
        assert_eq!(bo.cpr.expect("has one").digits(), cpr().digits());
        assert_eq!(tx.people().by_cpr(&cpr())?, Some(person), "look-ups do not move");
        assert_eq!(tx.registers().entry(&cpr())?, Some(registered()));
        assert_eq!(tx.companies().find(&cvr())?, Some(company()));
        let order = tx.online_orders().due(NOW)?.expect("an order");
        assert_eq!(order.details.expect("opens").as_slice(), b"typed");
        assert_eq!(tx.aliases().of_eid(eid)?, [(AliasKind::Chosen, "bo".to_owned())]);
        assert!(tx.cards().find(&number)?.expect("a card").secret.is_some());
        assert_eq!(tx.activations().digits(eid)?.as_deref(), Some("004711"));
        assert!(tx.code_tokens().by_serial("R-1")?.expect("a token").seed.is_some());
        assert_eq!(tx.code_apps().wakeable(eid, NOW)?.len(), 1, "where the app is woken");
        assert_eq!(tx.audit().find_key(person, 2026)?, Some([7; 32]));
        assert_eq!(tx.audit().find_key(person, 2027)?, Some([8; 32]));
        assert_eq!(
            tx.flows().find(flow)?.expect("ended").done.result,
            b"what a repeat would find"
        );
        let grant = tx.grants().find(grant)?.expect("a grant");
        assert_eq!(grant.detail, b"detail");
        assert_eq!(grant.refresh.expect("a family").secret, [9; 32]);
        let letters = tx.outbox().claim(10, NOW, Span::secs(0))?;
        assert_eq!(letters.len(), 1);
        assert_eq!(letters[0].payload, b"to whom");
        Ok(())
    });
    let keys = house.act(|tx| tx.keys().all());
    house.vault.load_keys(keys).expect("the signing keys open");
}

fn later(house: &House, seconds: i64) -> Ctx {
    Ctx::system(NOW + Span::secs(seconds), &house.rng)
}

fn some(house: &House, seconds: i64, node: u8) -> Progress {
    let ctx = later(house, seconds);
    let work = reseal_some(&house.store, &house.vault, &ctx, [node; 16]);
    idp_runtime().block_on(work).expect("the database answers")
}

fn idp_runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime")
}

fn begin(house: &House) -> Option<u32> {
    begin_generation(&house.store, &house.vault, &house.ctx()).expect("the database answers")
}

fn remaining(house: &House) -> u64 {
    house.act(|tx| {
        let current = tx.meta().generations()?.current;
        tx.reseal().remaining(current)
    })
}

pub fn moves(house: &House) {
    let who = somebody(house);
    assert_eq!(begin(house), Some(2));
    assert_eq!(begin(house), None, "one at a time");
    let before = remaining(house);
    for (column, sealed) in Sealed::ALL.into_iter().enumerate() {
        let walk = Walk {
            column,
            ..Walk::begin(2, NOW, 0)
        };
        let page = house.act(move |tx| tx.reseal().page(&walk, 10));
        assert!(!page.old.is_empty(), "this story writes no {sealed:?}");
    }
    all_opens(house, &who);

    assert_eq!(some(house, 1, 1), Progress::Moving(before));
    assert_eq!(remaining(house), 0);
    all_opens(house, &who);
    // A node that has not heard of the generation may still write under the old one: nothing is retired yet.
    assert_eq!(some(house, 2, 1), Progress::Settling(NOW + Span::secs(120)));
    assert_eq!(some(house, 100, 2), Progress::Settling(NOW + Span::secs(120)));
    house.vault.set_generations(Generations { oldest: 1, current: 1 });
    let late = OutboxId::from_uuid(house.rng.uuid_v7(NOW));
    house.act(move |tx| tx.outbox().put(&a_letter(late), NOW));
    assert_eq!(remaining(house), 1);

    assert_eq!(
        some(house, 130, 2),
        Progress::Moving(before + 1),
        "the straggler is found"
    );
    house.act(move |tx| tx.outbox().done(late, NOW));
    assert_eq!(some(house, 131, 2), Progress::Done(2));
    assert_eq!(some(house, 132, 2), Progress::Done(2));
    assert_eq!(house.vault.generations(), Generations { oldest: 2, current: 2 });
    all_opens(house, &who);
    assert_eq!(begin(house), Some(3));
}

pub fn goes_on(house: &House) {
    let who = somebody(house);
    let people = 30;
    for _ in 0..people {
        house.person();
    }
    begin(house);
    let before = remaining(house);
    // One process does a few rows at a time and is gone in the middle of the people's names.
    let stopped = house.act(|tx| {
        let mut walk = tx.reseal().walk()?.expect("one is under way");
        while walk.at() != Some(Sealed::PeopleName) || walk.found < 8 {
            walk = step(tx, &walk, 3)?;
        }
        Ok(walk)
    });
    assert_eq!(remaining(house), before - stopped.total);
    assert!(!stopped.after.is_empty() && stopped.total < before);
    // The other one has to wait for the lease of the first, as if it died holding it.
    house.act(|tx| tx.leases().take("keys.reseal", &[1; 16], NOW, NOW + Span::secs(60)));
    assert_eq!(some(house, 10, 2), Progress::Elsewhere);
    assert_eq!(some(house, 61, 2), Progress::Moving(before), "each value once");
    assert_eq!(some(house, 130, 2), Progress::Done(2));
    all_opens(house, &who);
}

fn step(tx: &mut Tx<'_>, walk: &Walk, rows: i64) -> Result<Walk, idp::storage::Halt> {
    let page = tx.reseal().page(walk, rows)?;
    tx.reseal().take(walk, &page)
}

pub fn leaves_what_changed(house: &House) {
    let who = somebody(house);
    begin(house);
    let column = Sealed::ALL
        .iter()
        .position(|column| *column == Sealed::OutboxPayload)
        .expect("the outbox is sealed");
    let walk = Walk {
        column,
        ..Walk::begin(2, NOW, 0)
    };
    let seen = walk.clone();
    let page = house.act(move |tx| tx.reseal().page(&seen, 10));
    assert_eq!(page.old.len(), 1);
    let letter = who.letter;
    house.act(move |tx| tx.outbox().done(letter, NOW));
    let after = house.act(move |tx| tx.reseal().take(&walk, &page));
    assert_eq!((after.found, after.column), (0, column + 1));
    let any = Walk {
        column,
        ..Walk::begin(u32::MAX, NOW, 0)
    };
    let page = house.act(move |tx| tx.reseal().page(&any, 10));
    assert!(page.old.is_empty(), "what was erased stays erased");
}

pub fn broken_stays(house: &House) {
    let who = somebody(house);
    house.run("UPDATE people SET email = (SELECT p.phone FROM people p WHERE p.phone IS NOT NULL) WHERE phone IS NULL");
    begin(house);
    let before = remaining(house);
    assert_eq!(some(house, 130, 1), Progress::Moving(before - 1));
    assert_eq!(
        some(house, 131, 1),
        Progress::Moving(before - 1),
        "a round that found nothing else"
    );
    assert_eq!(some(house, 132, 1), Progress::Broken(1));
    assert_eq!(remaining(house), 1);
    assert_eq!(house.vault.generations(), Generations { oldest: 1, current: 2 });
    house.run("UPDATE people SET email = NULL WHERE phone IS NULL");
    assert_eq!(some(house, 4_000, 1), Progress::Done(2), "tried again after an hour");
    all_opens(house, &who);
}
