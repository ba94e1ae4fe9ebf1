//! What people do to their own eID, one at a time and many at once.

use idp::audit::{Event, Who, record};
use idp::credentials::block;
use idp::domain::contact::{Email, Phone};
use idp::domain::eid::EidStatus;
use idp::domain::id::EidId;
use idp::domain::keycard::CardState;
use idp::domain::time::Span;
use idp::domain::user_id::{Chosen, Typed};
use idp::storage::{AliasKind, Durability};

use crate::cards::card;
use crate::house::{House, NOW};

fn chosen(house: &House, eid: EidId, name: &str) -> Chosen {
    let number = house.act(move |tx| tx.eids().find(eid)).number;
    Chosen::parse(name, &number).expect("a good name")
}

pub fn name_replaced(house: &House) {
    let (_, eid) = house.person();
    let (first, second) = (chosen(house, eid, "Aase.One"), chosen(house, eid, "Aase.Two"));
    house.act(move |tx| tx.aliases().choose(&first, eid, NOW));
    house.act(move |tx| tx.aliases().choose(&second, eid, NOW));
    let names = house.act(move |tx| tx.aliases().of_eid(eid));
    assert_eq!(
        names,
        [(AliasKind::Chosen, "Aase.Two".to_owned())],
        "kept as it was written"
    );
    assert_eq!(house.act(|tx| tx.aliases().eid("aase.two")), Some(eid));
    assert_eq!(house.act(|tx| tx.aliases().eid("aase.one")), None);
    assert!(house.act(move |tx| tx.aliases().drop_kind(eid, AliasKind::Chosen)));
    assert!(!house.act(move |tx| tx.aliases().drop_kind(eid, AliasKind::Chosen)));
}

/// 32 people, each with an eID of their own, want the same name.
pub fn one_name(house: &House) {
    let eids: Vec<EidId> = (0..32).map(|_| house.person().1).collect();
    let wish = chosen(house, eids[0], "wanted-by-all");
    let threads: Vec<_> = eids
        .into_iter()
        .map(|eid| {
            let (store, wish) = (house.store.clone(), wish.clone());
            std::thread::spawn(move || {
                store.transact_blocking("race", Durability::Full, move |tx| {
                    if tx.aliases().eid(Typed::from(&wish).as_str())?.is_some() {
                        return Ok(None);
                    }
                    tx.aliases().choose(&wish, eid, NOW)?;
                    Ok(Some(eid))
                })
            })
        })
        .collect();
    let results: Vec<_> = threads.into_iter().map(|one| one.join().expect("no panic")).collect();
    let won: Vec<EidId> = results.iter().filter_map(|result| *result.as_ref().ok()?).collect();
    assert_eq!(won.len(), 1, "{results:?}");
    assert_eq!(house.act(|tx| tx.aliases().eid("wanted-by-all")), Some(won[0]));
}

/// The same eID's password is changed 32 times at once, each having read the same epoch.
pub fn one_password(house: &House) {
    let (_, eid) = house.person();
    house.act(move |tx| tx.passwords().set(eid, b"first", false, NOW));
    let epoch = house.act(move |tx| tx.eids().find(eid)).epoch;
    let results = house.at_once(move |tx| {
        if !tx.eids().hold(eid, epoch, None)? {
            return Ok(false);
        }
        tx.passwords().set(eid, b"second", false, NOW)?;
        tx.eids().raise_epoch(eid)?;
        Ok(true)
    });
    assert_eq!(
        results.iter().filter(|r| matches!(r, Ok(true))).count(),
        1,
        "{results:?}"
    );
    let (after, stored) = house.act(move |tx| Ok((tx.eids().find(eid)?.epoch, tx.passwords().find(eid)?)));
    assert_eq!(after, epoch + 1);
    assert_eq!(stored.expect("a password").version, 2);
    assert_eq!(house.act(move |tx| tx.passwords().set_at(eid)), Some(NOW));
}

pub fn one_block(house: &House) {
    let (person, eid) = house.person();
    let number = card(house, eid);
    let (ctx, who, wanted) = (house.ctx(), Who { person, eid }, number.clone());
    let results = house.at_once(move |tx| block::card(tx, &ctx, who, &wanted, block::HOLDER));
    assert_eq!(
        results.iter().filter(|r| matches!(r, Ok(true))).count(),
        1,
        "{results:?}"
    );
    let row = house.act(move |tx| tx.cards().find(&number)).expect("the card");
    assert_eq!(row.card.state, CardState::Blocked);
    assert!(row.secret.is_none(), "its codes are gone");
    let events = house.act(move |tx| tx.audit().of_eid(eid, 50));
    assert_eq!(events.iter().filter(|row| row.kind == "keycard.blocked").count(), 1);
}

pub fn closed(house: &House) {
    let (person, eid) = house.person();
    let number = card(house, eid);
    let (ctx, who) = (house.ctx(), Who { person, eid });
    let results = house.at_once(move |tx| block::close_eid(tx, &ctx, who, block::HOLDER));
    assert_eq!(
        results.iter().filter(|r| matches!(r, Ok(true))).count(),
        1,
        "{results:?}"
    );
    let (found, row) = house.act(move |tx| Ok((tx.eids().find(eid)?, tx.cards().find(&number)?)));
    assert_eq!(found.status, EidStatus::Closed);
    assert!(row.expect("the card").card.state.is_closed());
    let ctx = house.ctx();
    assert!(
        !house.act(move |tx| block::eid(tx, &ctx, who, block::HOLDER)),
        "closed is for good"
    );
}

pub fn contact(house: &House) {
    let (person, _) = house.person();
    let (email, phone) = (
        Email::parse("ny@example.dk").expect("good"),
        Phone::parse("80307050").expect("good"),
    );
    house.act(move |tx| {
        tx.people().set_email(person, Some(&email))?;
        tx.people().set_phone(person, Some(&phone))
    });
    let kept = house.act(move |tx| tx.people().find(person));
    assert_eq!(
        (kept.email.as_deref(), kept.phone.as_deref()),
        (Some("ny@example.dk"), Some("+4580307050"))
    );
    house.act(move |tx| {
        tx.people().set_email(person, None)?;
        tx.people().set_phone(person, None)
    });
    let kept = house.act(move |tx| tx.people().find(person));
    assert_eq!((kept.email, kept.phone), (None, None));
}

pub fn history(house: &House) {
    let ((person, eid), (other, other_eid)) = (house.person(), house.person());
    for (who, how) in [
        (Who { person, eid }, "chosen"),
        (
            Who {
                person: other,
                eid: other_eid,
            },
            "removed",
        ),
    ] {
        for step in 0..5 {
            let mut ctx = house.ctx();
            // Three of them in one moment.
            ctx.now = NOW + Span::secs(i64::from(step / 3));
            house.act(move |tx| record(tx, &ctx, &Event::UserIdChanged { who, how }));
        }
    }
    let mut seen = Vec::new();
    let mut before = None;
    loop {
        let page = house.act(move |tx| tx.audit().history(eid, &["user_id.changed"], before, 2));
        let Some(last) = page.last() else { break };
        before = Some((last.at, last.id));
        assert!(page.iter().all(|row| row.body.contains("chosen")), "another's event");
        seen.extend(page.into_iter().map(|row| (row.at, row.id)));
    }
    assert_eq!(seen.len(), 5);
    assert!(
        seen.windows(2).all(|two| two[0] > two[1]),
        "newest first, each once: {seen:?}"
    );
    assert!(
        house
            .act(move |tx| tx.audit().history(eid, &["login.completed"], None, 9))
            .is_empty()
    );
    let all = house.act(move |tx| tx.audit().all_of_eid(eid, None, 9));
    assert_eq!(all.len(), 5);
    let count = house.act(move |tx| tx.audit().count_since(eid, "user_id.changed", NOW + Span::secs(1)));
    assert_eq!(count, 2);
}
