//! Certificates: one of an eID counts at a time, each is revoked once, whoever comes at the same time.

use idp::audit::Who;
use idp::certificates::{self, ending_round, ensure, issue, renew, revoke};
use idp::domain::certificate::{Reason, Serial};
use idp::domain::id::{EidId, PersonId};
use idp::domain::refusal::Code;
use idp::domain::register::Entry;
use idp::storage::{Crl, Durability, Halt, NewCertificate, Standing};

use crate::house::{House, NOW, cpr};

fn somebody(house: &House) -> Who {
    ensure(&house.store, &house.vault, &house.ctx(), Some("http://id.example")).expect("a CA");
    let (person, eid) = house.person();
    house.act(move |tx| tx.people().add_cpr(person, &cpr(), NOW));
    Who { person, eid }
}

fn count(house: &House, eid: EidId) -> (usize, usize) {
    let all = house.act(move |tx| tx.certificates().of_eid(eid));
    (all.len(), all.iter().filter(|row| row.open).count())
}

fn kept<T: std::fmt::Debug>(results: &[Result<T, Halt>]) -> usize {
    let lost = |result: &Result<T, Halt>| matches!(result, Ok(_) | Err(Halt::Unavailable | Halt::Refused(_)));
    assert!(results.iter().all(lost), "{results:?}");
    results.iter().filter(|result| result.is_ok()).count()
}

pub fn round_trip(house: &House) {
    let who = somebody(house);
    let ctx = house.ctx();
    let serial = house.act(move |tx| issue(tx, &ctx, who));
    let row = house
        .act(move |tx| tx.certificates().open_of(who.eid))
        .expect("a certificate");
    assert_eq!(
        (row.serial, row.eid, row.open, row.revoked),
        (serial, who.eid, true, None)
    );
    let ca = row.ca.clone();
    let standing = |of: &str, serial: Serial| {
        let of = of.to_owned();
        house.act(move |tx| tx.certificates().standing(&of, serial))
    };
    assert_eq!(standing(&ca, serial), Some(Standing::Good));
    assert_eq!(standing("another", serial), None);
    assert_eq!(standing(&ca, Serial::from_random([9; 16])), None);
    let stale = row.clone();
    assert!(house.act(move |tx| tx.certificates().revoke(&row, Reason::Holder, NOW)));
    assert!(
        !house.act(move |tx| tx.certificates().revoke(&stale, Reason::Blocked, NOW)),
        "once"
    );
    assert_eq!(standing(&ca, serial), Some(Standing::Revoked(NOW, Reason::Holder)));
    let (of, at) = (ca.clone(), ca.clone());
    assert_eq!(house.act(move |tx| tx.certificates().unlisted(&of)), [serial]);
    house.act(move |tx| tx.certificates().note_listed(&[serial]));
    assert!(house.act(move |tx| tx.certificates().unlisted(&at)).is_empty());
    assert_eq!(house.act(move |tx| tx.certificates().revoked(&ca, NOW)).len(), 1);
}

pub fn nothing_readable(house: &House) {
    let who = somebody(house);
    let ctx = house.ctx();
    house.act(move |tx| issue(tx, &ctx, who));
    let name = house.bytes("Åse Ærlig".as_bytes());
    let found = match house.url.strip_prefix("sqlite:") {
        Some(path) => {
            let read = |end: &str| std::fs::read(format!("{path}{end}")).unwrap_or_default();
            let bytes = [read(""), read("-wal")].concat();
            assert!(bytes.len() > 4_096);
            bytes.windows(11).any(|some| some == "Åse Ærlig".as_bytes())
        }
        None => {
            let query = format!("SELECT count(*) FROM certificates WHERE position({name} in der) > 0");
            acceptance::postgres::shared().ask(&house.name(), &query).trim() != "0"
        }
    };
    assert!(!found, "a name lies readable");
}

pub fn one_is_issued(house: &House) {
    let who = somebody(house);
    let ctx = house.ctx();
    let results = house.at_once(move |tx| issue(tx, &ctx, who));
    assert!(kept(&results) > 0);
    let first = results.iter().flatten().next().expect("one");
    assert!(results.iter().flatten().all(|serial| serial == first), "{results:?}");
    assert_eq!(count(house, who.eid), (1, 1));
}

pub fn one_is_revoked(house: &House) {
    let who = somebody(house);
    let ctx = house.ctx();
    house.act({
        let ctx = ctx.clone();
        move |tx| issue(tx, &ctx, who)
    });
    let results = house.at_once(move |tx| revoke(tx, &ctx, who, Reason::Blocked));
    kept(&results);
    let done = results.iter().filter(|result| matches!(result, Ok(true))).count();
    assert_eq!((done, count(house, who.eid)), (1, (1, 0)));
}

/// Renewal and block at once: whatever comes first, nothing counts after a block that nobody has undone.
pub fn no_renewal_outlives_a_block(house: &House) {
    let who = somebody(house);
    let ctx = house.ctx();
    house.act({
        let ctx = ctx.clone();
        move |tx| issue(tx, &ctx, who)
    });
    let entry = Entry {
        name: "Åse Holm".into(),
        ..Entry::default()
    };
    house.act(move |tx| tx.people().set_registered(who.person, &entry));
    let threads: Vec<_> = (0..32)
        .map(|nth| {
            let (store, ctx) = (house.store.clone(), ctx.clone());
            std::thread::spawn(move || {
                store.transact_blocking("race", Durability::Full, move |tx| match nth {
                    16 => idp::credentials::block::eid(tx, &ctx, who, "holder").map(drop),
                    _ => renew(tx, &ctx, who).map(drop),
                })
            })
        })
        .collect();
    for thread in threads {
        match thread.join().expect("no thread panics") {
            Ok(()) | Err(Halt::Unavailable) => {}
            Err(Halt::Refused(refusal)) => assert!(
                matches!(
                    refusal.code,
                    Code::CertificateNone | Code::CertificateNothingNew | Code::EidState
                ),
                "{refusal}"
            ),
            Err(halt) => panic!("{halt:?}"),
        }
    }
    let (all, open) = count(house, who.eid);
    assert_eq!(open, 0, "a certificate of a blocked eID counts");
    assert!(all <= 2, "{all}");
}

/// Two eIDs of a person become public at once, each from sixteen threads: one PID, one certificate each.
pub fn one_pid_over_two_eids(house: &House) {
    let one = somebody(house);
    let eid = EidId::from_uuid(house.rng.uuid_v7(NOW));
    another(house, one.person, eid);
    let two = Who {
        person: one.person,
        eid,
    };
    let threads: Vec<_> = (0..32)
        .map(|nth| {
            let (store, ctx) = (house.store.clone(), house.ctx());
            let who = if nth % 2 == 0 { one } else { two };
            std::thread::spawn(move || {
                store.transact_blocking("race", Durability::Full, move |tx| issue(tx, &ctx, who))
            })
        })
        .collect();
    let results: Vec<_> = threads.into_iter().map(|one| one.join().expect("no panic")).collect();
    kept(&results);
    let mut pids = Vec::new();
    for who in [one, two] {
        assert_eq!(count(house, who.eid), (1, 1));
        let row = house.act(move |tx| tx.certificates().open_of(who.eid)).expect("one");
        pids.push(certificates::subject(&row.der).expect("ours").pid);
    }
    assert_eq!(pids[0], pids[1]);
}

/// What has ended ends, whatever a row beside it holds; looked for among those that count, and no others.
pub fn ends_beside_what_does_not_open(house: &House) {
    let who = somebody(house);
    let beside = EidId::from_uuid(house.rng.uuid_v7(NOW));
    another(house, who.person, beside);
    sealed(house, who.eid);
    sealed(house, beside);
    let (junk, of) = (house.bytes(b"junk"), house.bytes(&who.eid.bytes()));
    house.run(&format!("UPDATE certificates SET der = {junk} WHERE eid = {of}"));
    let (ctx, again) = (house.ctx(), house.ctx());
    assert_eq!(
        house.act(move |tx| ending_round(tx, &ctx, 10)),
        4,
        "told and ended, both"
    );
    assert_eq!(house.act(move |tx| ending_round(tx, &again, 10)), 0);
    assert_eq!(count(house, beside), (1, 0));
    if house.url.starts_with("sqlite:") {
        return;
    }
    for (told, index) in [
        ("", "certificates_ending"),
        (" AND told_at IS NULL", "certificates_untold"),
    ] {
        let plan = format!(
            "SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off; \
             EXPLAIN SELECT serial, eid, ends_at FROM certificates WHERE open_of IS NOT NULL AND ends_at <= 7{told} ORDER BY ends_at, serial LIMIT 100"
        );
        let plan = acceptance::postgres::shared().ask(&house.name(), &plan);
        assert!(plan.contains(index) && !plan.contains("Sort"), "{plan}");
    }
}

/// A root's list is brought by many at once: each number is published once, and none after a later one.
pub fn one_list_of_a_number(house: &House) {
    let list = |number: i64| Crl {
        number,
        at: NOW,
        der: vec![1],
    };
    let results = house.at_once(move |tx| tx.root_lists().publish("root", &list(1), NOW));
    kept(&results);
    assert_eq!(results.iter().filter(|result| matches!(result, Ok(true))).count(), 1);
    for (number, published) in [(0, false), (3, true), (2, false), (3, false)] {
        let done = house.act(move |tx| tx.root_lists().publish("root", &list(number), NOW));
        assert_eq!(done, published, "{number}");
    }
    let found = house.act(|tx| tx.root_lists().find("root")).expect("a list");
    assert_eq!((found, house.act(|tx| tx.root_lists().all()).len()), (list(3), 1));
    assert_eq!(house.act(|tx| tx.root_lists().find("another")), None);
}

fn another(house: &House, person: PersonId, eid: EidId) {
    let number = idp::domain::eid::EidNumber::from_random(house.rng.below_u64(1_000_000_000));
    house.act(move |tx| {
        tx.eids().insert(&idp::storage::NewEid {
            id: eid,
            number: number.clone(),
            person,
            status: idp::domain::eid::EidStatus::Active,
            public: false,
            issuer: "bank".into(),
            created_at: NOW,
        })
    });
}

/// Something in every sealed column of certificates and CAs.
pub fn sealed(house: &House, eid: EidId) {
    ensure(&house.store, &house.vault, &house.ctx(), Some("http://id.example")).expect("a CA");
    let serial = Serial::from_random(house.rng.bytes());
    let (key, _) = house.vault.make_certificate_key(serial, &house.rng).expect("a key");
    house.act(move |tx| {
        tx.certificates().insert(&NewCertificate {
            serial,
            eid,
            ca: "ca".into(),
            der: b"certificate".to_vec(),
            key: key.clone(),
            issued_at: NOW,
            ends_at: NOW,
        })
    });
}
