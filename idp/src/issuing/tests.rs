//! Applications, from what is shown to what is made.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use chrono::NaiveDate;

use super::*;
use crate::audit::Who;
use crate::credentials::activation::{By, Rules as Activation};
use crate::domain::activation::State;
use crate::domain::assurance::Level;
use crate::domain::consent::{Consent, VERSION};
use crate::domain::cpr::Cpr;
use crate::domain::eid::EidStatus;
use crate::domain::keycard::CardState;
use crate::domain::locale::Locale;
use crate::domain::proofing::{self, Channel, Edition, Evidence, HandOver, Kind, Seen};
use crate::domain::refusal::Code;
use crate::domain::register::{CivilStatus, Entry};
use crate::domain::time::{Span, Time};
use crate::domain::user_id::Typed;
use crate::storage::{AliasKind, Bank, Durability, Halt, PersonStatus};
use crate::testing::{House, substitute_cpr};

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

fn entry() -> Entry {
    Entry {
        name: "Lone Ny Lund".into(),
        address: Some("Prøvevej 3\n9998 Prøvekøbing".into()),
        ..Entry::default()
    }
}

fn seen(kind: Kind) -> Seen {
    Seen {
        kind,
        shows_cpr: true,
        issued: None,
        valid_to: "2033-01-01".parse().ok(),
        confirmed: false,
    }
}

/// At a citizen service centre, with a passport.
fn at_centre<'a>(cpr: &'a Cpr, entry: &'a Entry, shown: &'a [Seen]) -> Application<'a> {
    Application {
        channel: Channel::CitizenService,
        by: ("borgerservice", "i.friis"),
        person: Person::Registered { cpr, entry },
        evidence: Evidence::Documents(shown),
        questions: false,
        witness: None,
        consents: Some(Time::from_secs(1)),
        another: false,
        hardware: false,
        bank: None,
        contact: (None, None),
        language: Locale::Da,
        at: Where::Desk("borgerservice"),
        shown: "{}".into(),
    }
}

/// At a bank, which knows its customer.
fn at_bank<'a>(person: Person<'a>, public: bool) -> Application<'a> {
    Application {
        channel: Channel::Bank,
        by: ("ra-netbank", "k.vang"),
        person,
        evidence: Evidence::Agreement { public, from_age: 8 },
        questions: false,
        witness: None,
        consents: public.then_some(Time::from_secs(1)),
        another: false,
        hardware: false,
        bank: Some(Bank {
            bank: "netbank".into(),
            customer_ref: Some("K1".into()),
        }),
        contact: (None, None),
        language: Locale::Da,
        at: Where::Post,
        shown: "{}".into(),
    }
}

fn issues(house: &House, application: &Application<'_>) -> Result<Issued, Code> {
    // The act may run again, so that it is handed what it needs by value.
    let Application {
        channel,
        questions,
        consents,
        another,
        hardware,
        language,
        ..
    } = *application;
    let (ctx, by) = (house.ctx(), (application.by.0.to_owned(), application.by.1.to_owned()));
    let cpr = application.person.cpr().cloned();
    let (entry, customer) = match application.person {
        Person::Registered { entry, .. } => (Some(entry.clone()), None),
        Person::Customer { name, address, born } => (None, Some((name.to_owned(), address.to_owned(), born))),
    };
    let seen = match application.evidence {
        Evidence::Documents(seen) => seen.to_vec(),
        _ => Vec::new(),
    };
    let agreement = match application.evidence {
        Evidence::Agreement { public, from_age } => Some((public, from_age)),
        _ => None,
    };
    let (bank, at) = (application.bank.clone(), application.at);
    let (desk, fetched) = match at {
        Where::Post => (None, false),
        Where::Desk(ra) => (Some(ra.to_owned()), false),
        Where::PickUp(ra) => (Some(ra.to_owned()), true),
    };
    let act = move |tx: &mut crate::storage::Tx<'_>| {
        let person = match (&cpr, &entry, &customer) {
            (Some(cpr), Some(entry), _) => Person::Registered { cpr, entry },
            (_, _, Some((name, address, born))) => Person::Customer {
                name,
                address,
                born: *born,
            },
            _ => panic!("nobody"),
        };
        let application = Application {
            channel,
            by: (&by.0, &by.1),
            person,
            evidence: agreement.map_or(Evidence::Documents(&seen), |(public, from_age)| Evidence::Agreement {
                public,
                from_age,
            }),
            questions,
            witness: None,
            consents,
            another,
            hardware,
            bank: bank.clone(),
            contact: (None, None),
            language,
            at: match &desk {
                None => Where::Post,
                Some(ra) if fetched => Where::PickUp(ra),
                Some(ra) => Where::Desk(ra),
            },
            shown: r#"{"documents":["danish_passport"]}"#.into(),
        };
        issue(tx, &ctx, &application, &RULES)
    };
    match house.store.transact_blocking("issue", Durability::Full, act) {
        Ok(issued) => Ok(issued),
        Err(Halt::Refused(refusal)) => Err(refusal.code),
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn with_a_passport_everything_is_made_at_once_and_waits_at_the_desk() {
    let house = House::new().certifies();
    let (cpr, entry) = (substitute_cpr(&house.rng), entry());
    let issued = issues(&house, &at_centre(&cpr, &entry, &[seen(Kind::DanishPassport)])).unwrap();
    assert_eq!(
        (issued.allowed.hand_over, issued.allowed.level),
        (HandOver::OnTheSpot, Level::Substantial)
    );
    let Who { person, eid } = issued.who;
    let (number, typed) = (issued.number.clone(), Typed::from(&cpr));
    let (row, card, password, pid, by_cpr, issue, consents, at_desk) = house.act(move |tx| {
        Ok((
            tx.eids().find(eid)?,
            tx.cards().of_eid(eid)?,
            tx.activations().find(eid)?,
            tx.pids().find(person)?,
            tx.aliases().eid(typed.as_str())?,
            tx.issues().find(eid)?.unwrap(),
            tx.issues().consents(eid)?,
            tx.desks().of_eid(eid)?.unwrap(),
        ))
    });
    assert_eq!(
        (row.status, row.public, row.number, row.issuer.as_str()),
        (EidStatus::Ordered, true, number, "borgerservice")
    );
    assert_eq!((card.len(), card[0].card.state), (1, CardState::Ordered));
    assert_eq!(password.as_ref().unwrap().state, State::Ordered);
    assert!(pid.is_some() && pid == issued.pid);
    assert_eq!(by_cpr, Some(eid));
    assert_eq!(
        (issue.level, issue.shown.as_str()),
        (Level::Substantial, r#"{"documents":["danish_passport"]}"#)
    );
    let given: Vec<_> = consents.iter().map(|given| given.consent).collect();
    let mut all = Consent::ALL.to_vec();
    all.sort_by_key(|consent| consent.as_str());
    assert_eq!(given, all);
    assert!(
        consents
            .iter()
            .all(|given| given.version == VERSION && given.channel == "citizen_service")
    );
    assert_eq!(at_desk.card.as_ref(), Some(&card[0].card.number));
    assert_eq!(at_desk.activation, password.map(|password| password.id));
    // The post prints none of it, the desk both.
    let now = house.clock.now();
    let (post, desk) = house.act(move |tx| {
        Ok((
            (
                tx.cards().to_print(9, None, now)?.len(),
                tx.activations().to_print(9, None, (now, now))?.len(),
            ),
            (
                tx.cards().to_print(9, Some("borgerservice"), now)?.len(),
                tx.activations().to_print(9, Some("borgerservice"), (now, now))?.len(),
            ),
        ))
    });
    assert_eq!((post, desk), ((0, 0), (1, 1)));
}

#[test]
fn without_a_photo_both_letters_go_by_post() {
    let house = House::new().certifies();
    let (cpr, entry) = (substitute_cpr(&house.rng), entry());
    let papers = [
        seen(Kind::HealthCard),
        Seen {
            issued: house.ctx().now.utc_date().pred_opt(),
            ..seen(Kind::TaxStatement)
        },
    ];
    let issued = issues(&house, &at_centre(&cpr, &entry, &papers)).unwrap();
    assert_eq!((issued.allowed.hand_over, issued.at_desk), (HandOver::BothPosted, None));
    let now = house.clock.now();
    let post = house.act(move |tx| {
        Ok((
            tx.cards().to_print(9, None, now)?.len(),
            tx.activations().to_print(9, None, (now, now))?.len(),
        ))
    });
    assert_eq!(post, (1, 1));
    // Answered questions let the password go over the counter, the card never.
    let another = substitute_cpr(&house.rng);
    let vouched = Application {
        questions: true,
        ..at_centre(&another, &entry, &papers)
    };
    let issued = issues(&house, &vouched).unwrap();
    let waits = issued.at_desk.unwrap();
    assert!(waits.card.is_none() && waits.activation.is_some());
    let fetched = Application {
        at: Where::PickUp("borgerservice-b"),
        another: true,
        ..vouched
    };
    assert_eq!(issues(&house, &fetched).err(), Some(Code::OrderDelivery));
}

#[test]
fn a_bank_gives_netbank_alone_to_whoever_says_no_is_a_child_or_has_no_number() {
    let house = House::new().certifies();
    let (cpr, entry) = (substitute_cpr(&house.rng), entry());
    let grown = Person::Registered {
        cpr: &cpr,
        entry: &entry,
    };
    let issued = issues(&house, &at_bank(grown, false)).unwrap();
    assert!(issued.pid.is_none());
    let Who { person, eid } = issued.who;
    let (row, pid, consents, banks) = house.act(move |tx| {
        Ok((
            tx.eids().find(eid)?,
            tx.pids().find(person)?,
            tx.issues().consents(eid)?,
            tx.eids().banks(eid)?,
        ))
    });
    assert!(!row.public && pid.is_none() && consents.is_empty());
    assert_eq!(banks[0].customer_ref.as_deref(), Some("K1"));

    let nobody = Person::Customer {
        name: "Nora Nilsson",
        address: "Storgatan 2",
        born: NaiveDate::from_ymd_opt(1993, 1, 1).unwrap(),
    };
    // Nobody else of the civil register is called K1 by this bank; by another one they may be.
    let (second, same) = (substitute_cpr(&house.rng), entry.clone());
    let another = Person::Registered {
        cpr: &second,
        entry: &same,
    };
    assert_eq!(
        issues(&house, &at_bank(another, false)).err(),
        Some(Code::OrderCustomerTaken)
    );
    let elsewhere = Application {
        bank: Some(Bank {
            bank: "netbank-b".into(),
            customer_ref: Some("K1".into()),
        }),
        ..at_bank(another, false)
    };
    issues(&house, &elsewhere).unwrap();
    // The bank's customer K1 has one: a repetition makes no second.
    assert_eq!(issues(&house, &at_bank(nobody, true)).err(), Some(Code::OrderHasEid));
    let other = Application {
        bank: Some(Bank {
            bank: "netbank".into(),
            customer_ref: Some("K2".into()),
        }),
        ..at_bank(nobody, true)
    };
    let issued = issues(&house, &other).unwrap();
    assert!(issued.pid.is_none(), "without a CPR number it is for netbank alone");
    let infant = Person::Customer {
        name: "Nils Nilsson",
        address: "Storgatan 2",
        born: NaiveDate::from_ymd_opt(2019, 1, 1).unwrap(),
    };
    assert_eq!(
        issues(&house, &at_bank(infant, false)).err(),
        Some(Code::ProofingTooYoung)
    );
}

#[test]
fn nobody_gets_two_unless_they_ask_for_another_and_the_number_stays() {
    let house = House::new().certifies();
    let (cpr, entry) = (substitute_cpr(&house.rng), entry());
    let shown = [seen(Kind::DanishPassport)];
    let first = issues(&house, &at_centre(&cpr, &entry, &shown)).unwrap();
    let again = at_centre(&cpr, &entry, &shown);
    assert_eq!(issues(&house, &again).err(), Some(Code::OrderHasEid));
    let another = Application { another: true, ..again };
    let second = issues(&house, &another).unwrap();
    assert_eq!(first.who.person, second.who.person);
    assert_eq!(first.pid, second.pid, "the PID is the person's");
    let typed = Typed::from(&cpr);
    let (found, names) = house.act(move |tx| {
        Ok((
            tx.aliases().eid(typed.as_str())?,
            tx.aliases()
                .of_eid(second.who.eid)?
                .into_iter()
                .map(|(kind, _)| kind)
                .collect::<Vec<_>>(),
        ))
    });
    assert_eq!(
        (found, names),
        (None, vec![AliasKind::Number]),
        "with two, the CPR number says neither"
    );
}

#[test]
fn what_stands_in_the_way_leaves_nothing_behind() {
    let house = House::new().certifies();
    let (cpr, known) = (substitute_cpr(&house.rng), entry());
    let shown = [seen(Kind::DanishPassport)];
    let good = at_centre(&cpr, &known, &shown);
    let homeless = Entry {
        address: None,
        ..entry()
    };
    let dead = Entry {
        status: crate::domain::register::CivilStatus::Dead,
        ..entry()
    };
    let of = |entry| Person::Registered { cpr: &cpr, entry };
    for (application, code) in [
        (
            Application {
                consents: None,
                ..good.clone()
            },
            Code::OrderConsents,
        ),
        (
            Application {
                person: of(&homeless),
                at: Where::Post,
                ..good.clone()
            },
            Code::OrderNoAddress,
        ),
        (
            Application {
                person: of(&dead),
                ..good.clone()
            },
            Code::ProofingPersonEnded,
        ),
        (
            Application {
                evidence: Evidence::Documents(&[]),
                ..good.clone()
            },
            Code::ProofingDocuments,
        ),
    ] {
        assert_eq!(issues(&house, &application).err(), Some(code));
    }
    let asked = cpr.clone();
    assert_eq!(house.act(move |tx| tx.people().by_cpr(&asked)), None);
    // Whoever has no address fetches everything, or gets it over the counter.
    let fetched = Application {
        person: of(&homeless),
        at: Where::PickUp("ra-ambassade"),
        ..good
    };
    assert_eq!(issues(&house, &fetched).unwrap().at_desk.unwrap().ra, "ra-ambassade");
}

/// On hardware: one card all the same, for the first use and for the key, and nothing that tells the rest of the world apart.
#[test]
fn an_eid_on_hardware_gets_its_one_card_and_says_what_it_is() {
    let house = House::new().certifies();
    for hardware in [true, false] {
        let (cpr, entry) = (substitute_cpr(&house.rng), entry());
        let shown = [seen(Kind::DanishPassport)];
        let application = Application {
            hardware,
            ..at_centre(&cpr, &entry, &shown)
        };
        let eid = issues(&house, &application).unwrap().who.eid;
        let (row, cards, events) = house.act(move |tx| {
            Ok((
                tx.eids().find(eid)?,
                tx.cards().of_eid(eid)?,
                tx.audit().of_eid(eid, 50)?,
            ))
        });
        assert_eq!((row.on_hardware, cards.len()), (hardware, 1));
        assert_eq!(events.iter().any(|row| row.kind == "eid.hardware"), hardware);
    }
}

#[test]
fn a_bank_that_delivers_somebody_dead_is_refused_and_the_death_is_heard() {
    let house = House::new();
    let anna = house.anna();
    let person = anna.person;
    let cpr = house.act(move |tx| tx.people().cpr(person)).unwrap();
    let text = format!("{{\"cpr\": \"{}\", \"customer_ref\": \"K1\"}}", cpr.digits());
    let mut line = bulk::Wanted::read(1, text.as_bytes());
    line.entry = Some(Entry {
        status: CivilStatus::Dead,
        ..entry()
    });
    let delivery = bulk::Delivery {
        ra: "ra-netbank".into(),
        bank: "netbank".into(),
        from_age: 13,
        batch: "2026-11".into(),
        officer: "k.vang".into(),
        reason: "nye kunder".into(),
    };
    let (ctx, eid) = (house.ctx(), anna.eid);
    let done = house.act(move |tx| bulk::take(tx, &ctx, &delivery, &[line.clone()], &RULES));
    assert_eq!(done, 1);
    let (person, of_bank) = house.act(move |tx| Ok((tx.people().find(person)?, tx.eids().banks(eid)?)));
    assert_eq!((person.status, of_bank.len()), (PersonStatus::Ended, 0));
}
