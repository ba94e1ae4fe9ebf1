//! People, their numbers and names.

use idp::ctx::Ctx;
use idp::domain::id::PersonId;
use idp::domain::pid::{COUNT, Pid};
use idp::domain::refusal::Code;
use idp::entropy::Entropy;
use idp::storage::{AliasKind, Bank, Durability, Halt, NewPerson, Store, StoreSettings, Texts};

use crate::house::{House, NOW, cpr};

pub fn found_by_cpr(house: &House) {
    let id = PersonId::from_uuid(house.rng.uuid_v7(NOW));
    house.act(move |tx| {
        tx.people().insert(&NewPerson {
            id,
            name: "Bo Ødegård".into(),
            address: Some("Vejen 2".into()),
            protected: true,
            birth_date: cpr().birth_date().into(),
            cpr: Some(cpr()),
            email: None,
            phone: Some("80307050".into()),
            created_at: NOW,
        })
    });
    let (found, person) = house.act(move |tx| Ok((tx.people().by_cpr(&cpr())?, tx.people().find(id)?)));
    assert_eq!(found, Some(id));
    assert_eq!(person.name, "Bo Ødegård");
    assert_eq!(person.phone.as_deref(), Some("80307050"));
    assert_eq!(person.cpr.expect("has one").digits(), cpr().digits());
    assert!(person.protected && person.email.is_none());
}

/// The stories' databases are demos.
pub fn numbers_of_its_kind(house: &House) {
    let (person, _) = house.person();
    let real = idp::domain::cpr::Cpr::parse("010290-5225").expect("a number");
    let asked = real.clone();
    let refused = house.store.transact_blocking("story", Durability::Full, move |tx| {
        tx.people().add_cpr(person, &asked, NOW)
    });
    assert!(matches!(refused, Err(Halt::Refused(refusal)) if refusal.code == Code::CprRealNumber));
    house.act(move |tx| tx.people().add_cpr(person, &cpr(), NOW));

    house.run("DELETE FROM meta WHERE key = 'demo'");
    let store = Store::open(&StoreSettings::new(&house.url), house.vault.clone(), house.rng.clone()).expect("opens");
    let refused = store.transact_blocking("story", Durability::Full, move |tx| {
        tx.people().add_cpr(person, &cpr(), NOW)
    });
    assert!(matches!(refused, Err(Halt::Refused(refusal)) if refusal.code == Code::CprDemoNumber));
    let kept = store.transact_blocking("story", Durability::Full, move |tx| {
        tx.people().add_cpr(person, &real, NOW)
    });
    kept.expect("a number of production");
}

pub fn second_cpr(house: &House) {
    let (person, _) = house.person();
    let newer = idp::domain::cpr::Cpr::parse("620290-5224").expect("a substitute number");
    let (a, b) = (cpr(), newer.clone());
    house.act(move |tx| {
        tx.people().add_cpr(person, &a, NOW)?;
        tx.people().add_cpr(person, &b, NOW)
    });
    let b = newer.clone();
    let (old, new, current) = house.act(move |tx| {
        Ok((
            tx.people().by_cpr(&cpr())?,
            tx.people().by_cpr(&b)?,
            tx.people().cpr(person)?,
        ))
    });
    assert_eq!((old, new), (Some(person), Some(person)));
    assert_eq!(current.expect("one is in force").digits(), newer.digits());
}

pub fn sub_once(house: &House) {
    let (person, _) = house.person();
    let (first, again, elsewhere) = house.act(move |tx| {
        let first = tx.subjects().sub(person, "skat.dk", NOW)?;
        Ok((
            first,
            tx.subjects().sub(person, "skat.dk", NOW)?,
            tx.subjects().sub(person, "bank.dk", NOW)?,
        ))
    });
    assert_eq!(first, again);
    assert_ne!(first, elsewhere);
    assert_eq!(uuid::Uuid::parse_str(&first).expect("a UUID").get_version_num(), 4);
    let (found, wrong_sector, nobody) = house.act(move |tx| {
        Ok((
            tx.subjects().person("skat.dk", &first)?,
            tx.subjects().person("bank.dk", &first)?,
            tx.subjects().person("skat.dk", "nobody")?,
        ))
    });
    assert_eq!((found, wrong_sector, nobody), (Some(person), None, None));
}

pub fn aliases_and_banks(house: &House) {
    let (person, eid) = house.person();
    let pid = Pid::from_random(316_380_231_171);
    let given = pid.clone();
    house.act(move |tx| {
        tx.pids().insert(person, &given, NOW)?;
        tx.aliases().insert("åse", eid, AliasKind::Chosen, NOW)?;
        tx.eids().link_bank(
            eid,
            &Bank {
                bank: "netbank".into(),
                customer_ref: None,
            },
            NOW,
        )?;
        tx.eids().link_bank(
            eid,
            &Bank {
                bank: "netbank".into(),
                customer_ref: Some("K-17".into()),
            },
            NOW,
        )
    });
    let (found, unknown, names, banks, stored) = house.act(move |tx| {
        Ok((
            tx.aliases().eid("åse")?,
            tx.aliases().eid("asa")?,
            tx.aliases().of_eid(eid)?,
            tx.eids().banks(eid)?,
            tx.pids().find(person)?,
        ))
    });
    assert_eq!((found, unknown), (Some(eid), None));
    assert_eq!(names, [(AliasKind::Chosen, "åse".to_string())]);
    assert_eq!(
        banks,
        [Bank {
            bank: "netbank".into(),
            customer_ref: Some("K-17".into())
        }]
    );
    assert_eq!(stored, Some(pid));
}

/// Bo's draw is Åse's number: he gets the next one that is drawn, and keeps it.
pub fn pid_drawn_again(house: &House) {
    const SEED: u64 = 5;
    let ((aase, _), (bo, _)) = (house.person(), house.person());
    let draws = Entropy::seeded(SEED);
    let [first, next] = [0, 1].map(|_| Pid::from_random(draws.below_u64(COUNT)));
    let taken = first.clone();
    house.act(move |tx| tx.pids().insert(aase, &taken, NOW));
    let ctx = Ctx {
        rng: Entropy::seeded(SEED),
        ..house.ctx()
    };
    let again = ctx.clone();
    let bos = house.act(move |tx| idp::pid::of(tx, &ctx, bo));
    assert_eq!(bos, next);
    let (found, hers) = house.act(move |tx| Ok((idp::pid::of(tx, &again, bo)?, idp::pid::of(tx, &again, aase)?)));
    assert_eq!((found, hers), (next, first));
}

/// What a person holds as secret does not lie readable in the file or the server's answer.
pub fn nothing_readable(house: &House) {
    let (person, eid) = house.person();
    house.act(move |tx| {
        tx.people().add_cpr(person, &cpr(), NOW)?;
        tx.aliases().insert("et-hemmeligt-navn", eid, AliasKind::Chosen, NOW)
    });
    let dump = if let Some(path) = house.url.strip_prefix("sqlite:") {
        let wal = std::fs::read(format!("{path}-wal")).unwrap_or_default();
        [std::fs::read(path).expect("the file"), wal].concat()
    } else {
        let tables = "SELECT (SELECT string_agg(people::text, '') FROM people) || (SELECT string_agg(cprs::text, '') FROM cprs) || (SELECT string_agg(aliases::text, '') FROM aliases)";
        acceptance::postgres::shared().ask(&house.name(), tables).into_bytes()
    };
    assert!(!dump.is_empty());
    for secret in ["6102905225", "et-hemmeligt-navn", "aase@example.dk", "Aalborg"] {
        assert!(
            !dump.windows(secret.len()).any(|w| w == secret.as_bytes()),
            "{secret} lies readable"
        );
    }
}

pub fn only_what_is_told(house: &House) {
    let (person, _) = house.person();
    let pid = Pid::from_random(7);
    let given = pid.clone();
    house.act(move |tx| tx.pids().insert(person, &given, NOW));
    let (nothing, name) = house.act(move |tx| {
        let nothing = tx.people().told(person, "here", Texts::default())?;
        let sub = tx.subjects().sub(person, "here", NOW)?;
        let wanted = Texts {
            name: true,
            email: true,
            ..Texts::default()
        };
        let name = tx.people().told(person, "here", wanted)?;
        assert_eq!(name.sub, Some(sub));
        Ok((nothing, name))
    });
    assert!(nothing.name.is_none() && nothing.address.is_none() && nothing.email.is_none());
    assert_eq!((nothing.sub, nothing.pid), (None, Some(pid)));
    assert_eq!(name.name.as_deref(), Some("Åse Ærlig"));
    assert_eq!(name.email.as_deref(), Some("aase@example.dk"));
    assert!(name.address.is_none() && name.phone.is_none());
}
