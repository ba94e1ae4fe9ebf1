//! What is issued, listed and answered, read by a parser of others (x509-parser) and held to the rules of RFC 5280 as linters have them.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod asked;
mod rules;

use crate::audit::Who;
use crate::domain::certificate::Reason;
use crate::domain::refusal::Code;
use crate::domain::register::Entry;
use crate::domain::time::{Span, Time};
use crate::storage::{CertificateRow, Durability, Halt};
use crate::testing::{Citizen, House};

use super::{ensure, issue, renew, revoke};

/// A house whose CA issues.
fn house() -> House {
    let house = House::new();
    ensure(&house.store, &house.vault, &house.ctx(), Some("http://id.example")).unwrap();
    house
}

fn who(citizen: &Citizen) -> Who {
    Who {
        person: citizen.person,
        eid: citizen.eid,
    }
}

fn issued(house: &House, citizen: &Citizen) -> CertificateRow {
    let (ctx, who) = (house.ctx(), who(citizen));
    house.act(move |tx| issue(tx, &ctx, who));
    open(house, citizen).unwrap()
}

fn open(house: &House, citizen: &Citizen) -> Option<CertificateRow> {
    let eid = citizen.eid;
    house.act(move |tx| tx.certificates().open_of(eid))
}

fn refused<T: Send + std::fmt::Debug + 'static>(
    house: &House,
    act: impl Fn(&mut crate::storage::Tx<'_>) -> Result<T, Halt> + Send + 'static,
) -> Code {
    match house
        .store
        .transact_blocking("test", Durability::Full, move |tx| act(tx))
    {
        Err(Halt::Refused(refusal)) => refusal.code,
        other => panic!("{other:?}"),
    }
}

#[test]
fn one_at_a_time_and_the_same_again() {
    let house = house();
    let anna = house.anna();
    let first = issued(&house, &anna);
    assert_eq!(issued(&house, &anna), first);
    assert_eq!(super::subject(&first.der).unwrap().common_name, "Anna Andersen");
    assert_eq!(super::issuer(&first.der).unwrap(), "Nøgle Demo CA I");
}

#[test]
fn renewed_for_a_reason_and_the_pid_stays() {
    let house = house();
    let anna = house.anna();
    let first = issued(&house, &anna);
    let (ctx, who, person) = (house.ctx(), who(&anna), anna.person);
    let again = ctx.clone();
    assert_eq!(
        refused(&house, move |tx| renew(tx, &again, who)),
        Code::CertificateNothingNew
    );
    house.act(move |tx| {
        let entry = Entry {
            name: "Anna Holm".into(),
            ..Entry::default()
        };
        tx.people().set_registered(person, &entry)?;
        renew(tx, &ctx, who)
    });
    let second = open(&house, &anna).unwrap();
    let (before, after) = (
        super::subject(&first.der).unwrap(),
        super::subject(&second.der).unwrap(),
    );
    assert_eq!((after.common_name.as_str(), &after.pid), ("Anna Holm", &before.pid));
    let eid = anna.eid;
    let all = house.act(move |tx| tx.certificates().of_eid(eid));
    let old = all.iter().find(|row| row.serial == first.serial).unwrap();
    assert_eq!(old.revoked.map(|(_, reason)| reason), Some(Reason::Superseded));
}

#[test]
fn a_name_that_becomes_protected_is_taken_out() {
    let house = house();
    let anna = house.anna();
    issued(&house, &anna);
    let (ctx, who, person) = (house.ctx(), who(&anna), anna.person);
    house.act(move |tx| {
        let entry = Entry {
            name: "Anna Andersen".into(),
            protected: true,
            ..Entry::default()
        };
        tx.people().set_registered(person, &entry)?;
        renew(tx, &ctx, who)
    });
    let subject = super::subject(&open(&house, &anna).unwrap().der).unwrap();
    assert_eq!(subject.common_name, "Pseudonym");
}

#[test]
fn the_pid_is_found_again_by_a_second_eid() {
    let house = house();
    let anna = house.anna();
    let other = house.another_eid(&anna, "anna-two", "noegle-5678y");
    let (one, two) = (issued(&house, &anna), issued(&house, &other));
    let (one, two) = (super::subject(&one.der).unwrap(), super::subject(&two.der).unwrap());
    assert_eq!(one.pid, two.pid);
}

#[test]
fn whoever_revokes_is_for_netbanks_alone() {
    let house = house();
    let anna = house.anna();
    let first = issued(&house, &anna);
    let (ctx, who, eid) = (house.ctx(), who(&anna), anna.eid);
    assert!(house.act(move |tx| revoke(tx, &ctx, who, Reason::Holder)));
    assert_eq!(open(&house, &anna), None);
    assert!(!house.act(move |tx| tx.eids().find(eid)).public);
    let ctx = house.ctx();
    assert!(!house.act(move |tx| revoke(tx, &ctx, who, Reason::Holder)), "once");
    let ctx = house.ctx();
    assert_eq!(refused(&house, move |tx| renew(tx, &ctx, who)), Code::CertificateNone);
    let second = issued(&house, &anna);
    assert_ne!(first.serial, second.serial);
    assert!(house.act(move |tx| tx.eids().find(eid)).public, "attached again");
}

#[test]
fn without_a_ca_nothing_becomes_public() {
    let house = House::new();
    let anna = house.anna();
    let (ctx, who) = (house.ctx(), who(&anna));
    assert_eq!(refused(&house, move |tx| issue(tx, &ctx, who)), Code::Oces005);
}

#[test]
fn the_end_is_told_ahead_and_ends_public_use() {
    let house = house();
    let anna = house.anna();
    let eid = anna.eid;
    let round = |house: &House| {
        let ctx = house.ctx();
        house.act(move |tx| super::ending_round(tx, &ctx, 10))
    };
    let goes_to = |time: Time| {
        house
            .clock
            .advance(Span::micros(time.micros() - house.clock.now().micros()))
    };
    let end = issued(&house, &anna).ends_at;
    assert_eq!(round(&house), 0);
    goes_to(end - Span::days(60));
    assert_eq!((round(&house), round(&house)), (1, 0), "told once");
    assert!(house.act(move |tx| tx.eids().find(eid)).public);
    goes_to(end);
    assert_eq!((round(&house), round(&house)), (1, 0));
    assert_eq!(open(&house, &anna), None);
    assert!(!house.act(move |tx| tx.eids().find(eid)).public);
}
