//! The choke point, as people and strangers meet it.
#![expect(clippy::expect_used, clippy::panic, reason = "tests")]

mod after;

use std::sync::Arc;

use zeroize::Zeroizing;

use super::{Attempt, DeviceClaim, Settled, Sources, Verdict, reserve, settle};
use crate::audit::Who;
use crate::ctx::Ctx;
use crate::domain::id::DeviceId;
use crate::domain::refusal::Code;
use crate::domain::time::Span;
use crate::domain::user_id::Typed;
use crate::storage::{Device, Durability, LaneId};
use crate::testing::{CHEAP, Citizen, House};
use crate::vault::password::HashMemory;

/// Somebody who types into the log-in page.
struct Typist<'a> {
    house: &'a House,
    sources: Arc<Sources>,
}

impl<'a> Typist<'a> {
    fn at(house: &'a House) -> Typist<'a> {
        Typist {
            house,
            sources: Arc::default(),
        }
    }

    fn types(&self, ctx: &Ctx, user_id: &str, password: &str, devices: &[DeviceClaim]) -> Verdict {
        self.watched(ctx, user_id, password, devices).0
    }

    /// The verdict, and the transactions that led to it.
    fn watched(
        &self,
        ctx: &Ctx,
        user_id: &str,
        password: &str,
        devices: &[DeviceClaim],
    ) -> (Verdict, Vec<(&'static str, Durability)>) {
        let mut transactions = vec![("password.reserve", Durability::Soft)];
        let (sources, act_ctx) = (Arc::clone(&self.sources), ctx.clone());
        let (user_id, password, devices) = (Typed::parse(user_id).ok(), password.to_owned(), devices.to_vec());
        let check = self.house.act(move |tx| {
            let attempt = Attempt {
                user_id: user_id.clone(),
                password: Zeroizing::new(password.clone().into_bytes()),
                four_digits: password.len() == 4,
                devices: devices.clone(),
            };
            reserve(tx, &act_ctx, &sources, &CHEAP, &attempt)
        });
        let proof = Arc::new(check.run(&self.house.vault, &mut HashMemory::new()));
        for durability in [Durability::Soft, Durability::Full] {
            let (sources, ctx, proof) = (Arc::clone(&self.sources), ctx.clone(), Arc::clone(&proof));
            transactions.push(("password.settle", durability));
            let durable = durability == Durability::Full;
            if let Settled::Verdict(verdict) = self.house.act(move |tx| settle(tx, &ctx, &sources, &proof, durable)) {
                return (verdict, transactions);
            }
        }
        panic!("a durable settling asked for a durable one");
    }

    /// What somebody at an address hears.
    fn hears(&self, source: &str, user_id: &str, password: &str, devices: &[DeviceClaim]) -> Option<Code> {
        match self.types(&self.house.ctx_from(source), user_id, password, devices) {
            Verdict::Accepted(_) => None,
            Verdict::Refused { refusal, .. } => Some(refusal.code),
        }
    }
}

fn known_device(house: &House, anna: &Citizen) -> DeviceClaim {
    let claim = DeviceClaim {
        eid: anna.eid,
        device: DeviceId::from_uuid(house.rng.uuid_v7(house.clock.now())),
        epoch: 1,
    };
    let now = house.clock.now();
    house.act(move |tx| {
        let device = Device {
            id: claim.device,
            eid: claim.eid,
            epoch: 1,
            expires_at: now + Span::days(180),
        };
        tx.devices().remember(&device, 10, now)
    });
    claim
}

#[test]
fn the_right_password_is_accepted_and_a_wrong_one_is_not() {
    let house = House::new();
    let (anna, typist) = (house.anna(), Typist::at(&house));
    assert_eq!(typist.hears("192.0.2.1", anna.user_id, anna.password, &[]), None);
    assert_eq!(
        typist.hears("192.0.2.1", anna.user_id, "wrong-1234x", &[]),
        Some(Code::LoginFailed)
    );
    assert_eq!(
        typist.hears("192.0.2.1", "nobody", anna.password, &[]),
        Some(Code::LoginFailed)
    );
}

#[test]
fn a_stranger_with_fifty_tries_from_many_addresses_does_not_keep_the_owner_out() {
    let house = House::new();
    let (anna, typist) = (house.anna(), Typist::at(&house));
    let device = known_device(&house, &anna);
    for n in 0..50 {
        let heard = typist.hears(&format!("198.51.100.{n}"), anna.user_id, "wrong-1234x", &[]);
        assert_eq!(heard, Some(Code::LoginFailed), "the stranger always hears the same");
    }
    assert_eq!(
        typist.hears("198.51.100.99", anna.user_id, anna.password, &[]),
        Some(Code::LoginFailed),
        "closed"
    );
    assert_eq!(
        typist.hears("192.0.2.1", anna.user_id, anna.password, &[device]),
        None,
        "the owner gets in"
    );
    house.clock.advance(Span::hours(8));
    assert_eq!(
        typist.hears("198.51.100.200", anna.user_id, anna.password, &[]),
        None,
        "open again after eight hours"
    );
}

#[test]
fn one_address_has_three_tries() {
    let house = House::new();
    let (anna, typist) = (house.anna(), Typist::at(&house));
    for _ in 0..3 {
        assert_eq!(
            typist.hears("203.0.113.7", anna.user_id, "wrong-1234x", &[]),
            Some(Code::LoginFailed)
        );
    }
    assert_eq!(
        typist.hears("203.0.113.7", anna.user_id, anna.password, &[]),
        Some(Code::LoginFailed)
    );
    assert_eq!(
        typist.hears("203.0.113.8", anna.user_id, anna.password, &[]),
        None,
        "others are not held to account"
    );
    for n in 0..3 {
        typist.hears(&format!("2001:db8:0:1::{n}"), "bo", "wrong-1234x", &[]);
    }
    let bo = house.citizen("bo", "another-77x", false);
    for n in 3..6 {
        typist.hears(&format!("2001:db8:0:1::{n}"), bo.user_id, "wrong-1234x", &[]);
    }
    let same_56 = typist.hears("2001:db8:0:ff::1", bo.user_id, bo.password, &[]);
    assert_eq!(same_56, Some(Code::LoginFailed), "an IPv6 /56 is one source");
    assert_eq!(typist.hears("2001:db8:0:100::1", bo.user_id, bo.password, &[]), None);
}

#[test]
fn ten_in_a_row_on_a_known_device_block_the_password_and_end_what_it_gave() {
    let house = House::new();
    let (anna, typist) = (house.anna(), Typist::at(&house));
    let device = known_device(&house, &anna);
    let mut heard = Vec::new();
    for n in 0..10 {
        if n == 5 {
            assert_eq!(
                typist.hears("192.0.2.1", anna.user_id, anna.password, &[device]),
                Some(Code::Auth004)
            );
            house.clock.advance(Span::hours(8));
        }
        heard.push(
            typist
                .hears("192.0.2.1", anna.user_id, "wrong-1234x", &[device])
                .expect("a refusal"),
        );
    }
    assert_eq!(heard[3], Code::LoginFailed);
    assert_eq!(heard[4], Code::Lock001, "the fifth closes the lane and says so");
    assert_eq!(heard[9], Code::Lock002, "the tenth blocks the password and says so");
    let right = typist.types(&house.ctx_from("192.0.2.200"), anna.user_id, anna.password, &[device]);
    let Verdict::Refused { refusal, about } = right else {
        panic!("blocked")
    };
    assert_eq!(
        (refusal.code, about),
        (
            Code::Auth005,
            Some(Who {
                person: anna.person,
                eid: anna.eid
            })
        )
    );
    let kinds: Vec<_> = house
        .act(move |tx| tx.audit().of_eid(anna.eid, 10))
        .into_iter()
        .map(|row| row.kind)
        .collect();
    assert!(
        kinds.contains(&"password.blocked".to_owned()) && kinds.contains(&"lane.closed".to_owned()),
        "{kinds:?}"
    );
}

#[test]
fn a_right_password_returns_its_reservation_and_a_lost_one_lapses() {
    let house = House::new();
    let (anna, typist) = (house.anna(), Typist::at(&house));
    for _ in 0..20 {
        assert_eq!(typist.hears("192.0.2.1", anna.user_id, anna.password, &[]), None);
    }
    let ctx = house.ctx();
    let sources = Arc::new(Sources::default());
    for _ in 0..5 {
        let (ctx, sources) = (ctx.clone(), Arc::clone(&sources));
        house.act(move |tx| {
            let attempt = Attempt {
                user_id: Typed::parse("anna").ok(),
                password: Zeroizing::new(b"never settled".to_vec()),
                four_digits: false,
                devices: Vec::new(),
            };
            reserve(tx, &ctx, &sources, &CHEAP, &attempt).map(drop)
        });
    }
    assert_eq!(
        typist.hears("192.0.2.1", anna.user_id, anna.password, &[]),
        Some(Code::LoginFailed),
        "five are under way"
    );
    house.clock.advance(Span::secs(31));
    assert_eq!(
        typist.hears("192.0.2.1", anna.user_id, anna.password, &[]),
        None,
        "they lapsed, uncounted"
    );
}

#[test]
fn an_unknown_name_is_counted_on_a_decoy_of_fixed_number() {
    let house = House::new();
    let typist = Typist::at(&house);
    for n in 0..6 {
        typist.hears(&format!("198.51.100.{n}"), "nobody-at-all", "wrong-1234x", &[]);
    }
    let hash = house.vault.lookup(crate::vault::Lookup::UserId, b"nobody-at-all");
    let slot = u16::from_be_bytes([hash[0], hash[1]]);
    let counter = house.act(move |tx| tx.lanes().find(LaneId::Decoy(slot))).0;
    assert!(
        counter.closed_until.is_some(),
        "an unknown name meets the same lane: {counter:?}"
    );
}

#[test]
fn known_and_unknown_names_take_the_same_transactions() {
    let house = House::new();
    let (anna, typist) = (house.anna(), Typist::at(&house));
    let mut closings = 0;
    for n in 0..12 {
        let ctx = house.ctx_from(&format!("198.51.100.{n}"));
        let (_, known) = typist.watched(&ctx, anna.user_id, "wrong-1234x", &[]);
        let (_, unknown) = typist.watched(&ctx, "nobody-at-all", "wrong-1234x", &[]);
        assert_eq!(known, unknown, "try {n}");
        closings += known
            .iter()
            .filter(|(_, durability)| *durability == Durability::Full)
            .count();
        if n == 7 {
            house.clock.advance(Span::hours(8));
        }
    }
    assert_eq!(closings, 1, "the fifth closes both");
    for n in 12..17 {
        house.clock.advance(Span::secs(1));
        let ctx = house.ctx_from(&format!("198.51.100.{n}"));
        let (_, known) = typist.watched(&ctx, anna.user_id, "1234", &[]);
        let (_, unknown) = typist.watched(&ctx, "nobody-at-all", "1234", &[]);
        assert_eq!(known, unknown, "try {n}");
    }
}

#[test]
fn a_device_of_an_older_epoch_is_a_stranger() {
    let house = House::new();
    let (anna, typist) = (house.anna(), Typist::at(&house));
    let device = known_device(&house, &anna);
    house.act(move |tx| tx.eids().raise_epoch(anna.eid));
    for n in 0..5 {
        typist.hears(&format!("198.51.100.{n}"), anna.user_id, "wrong-1234x", &[]);
    }
    let heard = typist.hears("192.0.2.1", anna.user_id, anna.password, &[device]);
    assert_eq!(
        heard,
        Some(Code::LoginFailed),
        "the device cookie is void after a change of credentials"
    );
}
