//! eIDs that are issued to one person at once.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Barrier};

use idp::certificates::ensure;
use idp::credentials::activation::{By, Rules as Activation};
use idp::domain::assurance::Level;
use idp::domain::consent::{Consent, VERSION};
use idp::domain::cpr::Cpr;
use idp::domain::locale::Locale;
use idp::domain::proofing::{self, Channel, Edition, Evidence, Kind, Seen};
use idp::domain::refusal::Code;
use idp::domain::register::Entry;
use idp::domain::time::Span;
use idp::issuing::{Application, Person, Rules, Where, begin_public_use, is_free_for, issue, pid_of};
use idp::storage::{AtDesk, Bank, Durability, GivenConsent, Halt, Issue, NewOrder, Placing};

use crate::house::{House, NOW, cpr};

const RULES: Rules = Rules {
    proofing: proofing::Rules {
        edition: Edition::Late,
        vouched_on_the_spot: false,
    },
    activation: Activation {
        life: Span::days(28),
        by: By::Letter,
    },
};

fn has_a_ca(house: &House) {
    ensure(&house.store, &house.vault, &house.ctx(), Some("http://id.example")).expect("a CA");
}

fn entry() -> Entry {
    Entry {
        name: "Åse Ærlig".into(),
        address: Some("Vejen 1, 9000 Aalborg".into()),
        ..Entry::default()
    }
}

/// Thirty-two desks at once, each with the same passport before them: one eID.
pub fn one_eid_of_many_orders(house: &House) {
    has_a_ca(house);
    let ctx = house.ctx();
    let told = house.at_once(move |tx| {
        let (cpr, entry) = (cpr(), entry());
        let seen = [Seen {
            kind: Kind::DanishPassport,
            shows_cpr: true,
            issued: None,
            valid_to: None,
            confirmed: true,
        }];
        let application = Application {
            channel: Channel::CitizenService,
            by: ("centre", "k"),
            person: Person::Registered {
                cpr: &cpr,
                entry: &entry,
            },
            evidence: Evidence::Documents(&seen),
            questions: false,
            witness: None,
            consents: Some(NOW),
            another: false,
            hardware: false,
            bank: None,
            contact: (None, None),
            language: Locale::Da,
            at: Where::Desk("centre"),
            shown: "{}".into(),
        };
        issue(tx, &ctx, &application, &RULES)
    });
    let issued: Vec<_> = told.iter().filter_map(|one| one.as_ref().ok()).collect();
    let refused =
        |one: &&Result<_, Halt>| matches!(one, Err(Halt::Refused(refusal)) if refusal.code == Code::OrderHasEid);
    assert_eq!((issued.len(), told.iter().filter(refused).count()), (1, 31), "{told:?}");
    let who = issued[0].who;
    let (eids, cards, issue, consents, desk) = house.act(move |tx| {
        Ok((
            tx.eids().of_person(who.person)?,
            tx.cards().to_print(99, Some("centre"), NOW)?,
            tx.issues().find(who.eid)?,
            tx.issues().consents(who.eid)?,
            tx.desks().of_eid(who.eid)?,
        ))
    });
    assert_eq!((eids.len(), cards.len(), consents.len()), (1, 1, 4));
    assert_eq!(issue.map(|issue| issue.level), Some(Level::High));
    assert_eq!(desk.and_then(|desk| desk.card), Some(cards[0].card.number.clone()));
}

/// Thirty-two people of the civil register at once, all by what the bank calls one of its customers: one of them is that customer. Nor does
/// anybody's other eID become that customer's by a link.
pub fn one_person_of_one_customer_number(house: &House) {
    let bank = Bank {
        bank: "netbank".into(),
        customer_ref: Some("K1".into()),
    };
    let (ctx, called, serial) = (house.ctx(), bank.clone(), Arc::new(AtomicU16::new(0)));
    let told = house.at_once(move |tx| {
        let serial = serial.fetch_add(1, Ordering::Relaxed) % 1_000;
        let cpr = Cpr::parse(&format!("6101801{serial:03}")).expect("a number");
        let entry = entry();
        let application = Application {
            channel: Channel::Bank,
            by: ("ra-netbank", "k"),
            person: Person::Registered {
                cpr: &cpr,
                entry: &entry,
            },
            evidence: Evidence::Agreement {
                public: false,
                from_age: 8,
            },
            questions: false,
            witness: None,
            consents: None,
            another: false,
            hardware: false,
            bank: Some(called.clone()),
            contact: (None, None),
            language: Locale::Da,
            at: Where::Post,
            shown: "{}".into(),
        };
        issue(tx, &ctx, &application, &RULES)
    });
    let issued: Vec<_> = told.iter().filter_map(|one| one.as_ref().ok()).collect();
    let refused = |one: &&Result<_, Halt>| matches!(one, Err(Halt::Refused(refusal)) if refusal.code == Code::OrderCustomerTaken && refusal.field == Some("customer_ref"));
    assert_eq!((issued.len(), told.iter().filter(refused).count()), (1, 31), "{told:?}");
    let who = issued[0].who;
    let other = house.person();
    // The same name for two who are linked at once.
    let (ctx, name) = (
        house.ctx(),
        Bank {
            customer_ref: Some("K2".into()),
            ..bank.clone()
        },
    );
    let turn = Arc::new(AtomicU16::new(0));
    let linked = house.at_once(move |tx| {
        let (person, eid) = if turn.fetch_add(1, Ordering::Relaxed).is_multiple_of(2) {
            other
        } else {
            (who.person, who.eid)
        };
        is_free_for(tx, &ctx, &name, person)?;
        tx.eids().link_bank(eid, &name, NOW)?;
        Ok(person)
    });
    let people: BTreeSet<_> = linked.iter().filter_map(|one| one.as_ref().ok()).collect();
    assert_eq!(people.len(), 1, "{linked:?}");
}

/// A thousand ask at once for the public number of one CPR number that nobody has met before: all are told the same. Each is a thread of its
/// own that waits until all are there; on PostgreSQL they are spread over four nodes.
pub fn one_pid_for_a_thousand(house: &House) {
    has_a_ca(house);
    const THREADS: usize = 1_000;
    let nodes = house.nodes(if house.url.starts_with("sqlite:") { 1 } else { 4 });
    let all_there = Arc::new(Barrier::new(THREADS));
    let threads: Vec<_> = (0..THREADS)
        .map(|nth| {
            let (store, ctx) = (nodes[nth % nodes.len()].clone(), house.ctx());
            let all_there = Arc::clone(&all_there);
            let asks = move || {
                all_there.wait();
                let act = move |tx: &mut idp::storage::Tx<'_>| {
                    let (cpr, entry) = (cpr(), entry());
                    let person = Person::Registered {
                        cpr: &cpr,
                        entry: &entry,
                    };
                    pid_of(tx, &ctx, &person)
                };
                store.transact_blocking("pid", Durability::Full, act).expect("a number")
            };
            let small = std::thread::Builder::new().stack_size(128 * 1024);
            small.spawn(asks).expect("a thread")
        })
        .collect();
    let told: Vec<_> = threads
        .into_iter()
        .map(|thread| thread.join().expect("no thread panics"))
        .collect();
    assert!(told.iter().all(|(pid, _)| *pid == told[0].0), "one number");
    assert_eq!(told.iter().filter(|(_, created)| *created).count(), 1, "made once");
}

/// Thirty-two say yes to public use at once: it begins once.
pub fn public_use_begins_once(house: &House) {
    has_a_ca(house);
    let (person, eid) = house.person();
    house.act(move |tx| tx.people().add_cpr(person, &cpr(), NOW));
    house.run("UPDATE eids SET is_public = FALSE");
    let (ctx, who) = (house.ctx(), idp::audit::Who { person, eid });
    let told = house.at_once(move |tx| begin_public_use(tx, &ctx, who, ("bank", NOW)));
    assert_eq!(told.iter().filter(|one| one.is_ok()).count(), 1, "{told:?}");
    let consents = house.act(move |tx| tx.issues().consents(eid));
    assert_eq!(consents.len(), 4);
}

/// An order of somebody's, as a browser sends it.
pub fn an_order(cpr: &Cpr) -> NewOrder<'_> {
    NewOrder {
        cpr,
        document: "passport:200000001",
        source: "192.0.2.1",
        details: b"typed",
        placed_at: NOW,
    }
}

const MOST: i64 = 100;
const DAY: Span = Span::days(1);

fn open_orders(house: &House) -> usize {
    house.act(|tx| tx.online_orders().placed_before(NOW + DAY, 99)).len()
}

/// Thirty-two browsers send one order at once: it is open once; thirty-two nodes take it up: one has it; its answers come thirty-two times: one
/// counts.
pub fn one_online_order_once(house: &House) {
    let placed = house.at_once(|tx| tx.online_orders().place(&an_order(&cpr()), MOST));
    let opened = |one: &&Result<Placing, Halt>| matches!(one, Ok(Placing::Open));
    assert_eq!(placed.iter().filter(opened).count(), 1, "{placed:?}");
    assert!(
        placed.iter().all(Result::is_ok),
        "everybody is told the same: {placed:?}"
    );
    assert_eq!(open_orders(house), 1);

    let taken = house.at_once(|tx| {
        let Some(order) = tx.online_orders().due(NOW)? else {
            return Ok(None);
        };
        tx.online_orders().claim(&order, NOW + Span::minutes(5))?;
        Ok(Some(order))
    });
    let orders: Vec<_> = taken.iter().filter_map(|one| one.as_ref().ok()?.as_ref()).collect();
    let [order] = &orders[..] else {
        panic!("{} have it", orders.len())
    };
    assert_eq!(order.details.as_ref().expect("opens").as_slice(), b"typed");
    let (which, hash) = (order.which(), order.cpr);
    let another = (which.0, NOW + Span::secs(1));
    assert!(
        !house.act(move |tx| tx.online_orders().checked(another, NOW)),
        "of another under the same key nothing is said"
    );
    let checked = house.at_once(move |tx| tx.online_orders().checked(which, NOW));
    let accepted = |one: &&Result<bool, Halt>| matches!(one, Ok(true));
    assert_eq!(checked.iter().filter(accepted).count(), 1, "{checked:?}");
    let (open, checks, again) = house.act(move |tx| {
        Ok((
            tx.online_orders().placed_before(NOW + DAY, 99)?.len(),
            tx.online_orders().checks(&hash, NOW - Span::hours(24))?,
            tx.online_orders().place(&an_order(&cpr()), MOST)?,
        ))
    });
    assert_eq!(
        (open, checks.len(), again),
        (0, 1, Placing::Known),
        "the same order waits for a day"
    );
    house.act(|tx| tx.prune(NOW + Span::days(2)));
    assert_eq!(
        house.act(|tx| tx.online_orders().place(&an_order(&cpr()), MOST)),
        Placing::Open
    );
    // From one place there are three for a person; a further one takes the place of the latest, and what was there before stays.
    let sends = |document: &'static str, source: &'static str, seconds: i64| {
        house.act(move |tx| {
            let cpr = cpr();
            let order = NewOrder {
                document,
                source,
                placed_at: NOW + Span::secs(seconds),
                ..an_order(&cpr)
            };
            tx.online_orders().place(&order, MOST)
        })
    };
    let here = "192.0.2.1";
    assert_eq!(sends("passport:2", here, 1), Placing::Open);
    assert_eq!(sends("passport:3", here, 2), Placing::Open);
    assert_eq!(sends("passport:4", here, 3), Placing::Instead);
    assert_eq!(sends("passport:5", "198.51.100.1", 4), Placing::Open);
    assert_eq!(open_orders(house), 4);
    assert_eq!(sends("passport:3", here, 5), Placing::Instead, "the third made room");
    // Where it is full, only what adds no order is accepted.
    let when_full = |document: &'static str, source: &'static str| {
        house.act(move |tx| {
            let cpr = cpr();
            let order = NewOrder {
                document,
                source,
                placed_at: NOW + Span::secs(6),
                ..an_order(&cpr)
            };
            tx.online_orders().place(&order, 4)
        })
    };
    assert_eq!(when_full("passport:6", "203.0.113.1"), Placing::Full);
    assert_eq!(when_full("passport:5", "203.0.113.1"), Placing::Known);
    assert_eq!(when_full("passport:6", here), Placing::Instead);
    assert_eq!(open_orders(house), 4);
    let first = house.act(move |tx| tx.online_orders().first_of(&hash, NOW + Span::secs(9)));
    assert_eq!(first.map(|order| order.placed_at), Some(NOW), "who was there first");
}

pub fn round_trip(house: &House) {
    has_a_ca(house);
    let (_, eid) = house.person();
    let issue = Issue {
        eid,
        channel: Channel::HomeVisit,
        by: ("centre".into(), "k".into()),
        level: Level::Substantial,
        hand_over: "card_posted".into(),
        shown: "{\"documents\":[\"health_card\"]}".into(),
        issued_at: NOW,
    };
    let given = GivenConsent {
        consent: Consent::PidReuse,
        version: VERSION.into(),
        channel: "home_visit".into(),
        given_at: NOW,
    };
    let waits = AtDesk {
        eid,
        ra: "centre".into(),
        card: None,
        activation: None,
    };
    let (kept, consent) = (issue.clone(), given.clone());
    let (found, consents, desk) = house.act(move |tx| {
        tx.issues().insert(&kept)?;
        tx.issues().consent(eid, &consent)?;
        tx.desks().put(&waits)?;
        Ok((
            tx.issues().find(eid)?,
            tx.issues().consents(eid)?,
            tx.desks().of_eid(eid)?,
        ))
    });
    assert_eq!((found, consents, desk), (Some(issue), vec![given], None));
    let nobody = Cpr::parse("620290-5224").expect("a number");
    assert_eq!(house.act(move |tx| tx.people().by_cpr(&nobody)), None);
}

/// Thirty-two put one eID on hardware at once: one of them does, and it stays so.
pub fn hardware_is_begun_once(house: &House) {
    let (_, eid) = house.person();
    assert!(!house.act(move |tx| tx.eids().find(eid)).on_hardware);
    for on in [true, false] {
        let told = house.at_once(move |tx| tx.eids().put_on_hardware(eid, on));
        let first = told.iter().filter(|one| matches!(one, Ok(true))).count();
        assert_eq!(first, 1, "{told:?}");
        assert_eq!(house.act(move |tx| tx.eids().find(eid)).on_hardware, on);
    }
}

/// How sure it was who somebody is, is read with their eID; of nobody's it is Substantial.
pub fn identity_is_read_with_the_eid(house: &House) {
    let (_, eid) = house.person();
    assert_eq!(house.act(move |tx| tx.eids().find(eid)).identity, Level::NOT_NOTED);
    let issue = Issue {
        eid,
        channel: Channel::Bank,
        by: ("bank".into(), "k".into()),
        level: Level::Low,
        hand_over: "both_posted".into(),
        shown: "{}".into(),
        issued_at: NOW,
    };
    house.act(move |tx| tx.issues().insert(&issue));
    assert_eq!(house.act(move |tx| tx.eids().find(eid)).identity, Level::Low);
}
