//! What the trail shows, and what it must notice.
#![expect(clippy::expect_used, reason = "tests")]

use super::verify::Walk;
use super::{Event, Finding, Head, Who, export_heads, record, seal_round, verify};
use crate::ctx::Ctx;
use crate::domain::refusal::Code;
use crate::testing::{Citizen, House};

fn tells(house: &House, citizen: &Citizen, times: usize) {
    let who = Who {
        person: citizen.person,
        eid: citizen.eid,
    };
    for _ in 0..times {
        let ctx = house.ctx();
        house.act(move |tx| {
            record(
                tx,
                &ctx,
                &Event::Refused {
                    who,
                    party: "skat".into(),
                    code: Code::Oces001,
                },
            )
        });
    }
}

fn seals(house: &House) -> usize {
    let ctx = Ctx::system(house.clock.now(), &house.rng);
    let sealed = actix_web::rt::System::new().block_on(seal_round(&house.store, &house.vault, &ctx, [1; 16]));
    sealed.expect("sealed")
}

fn findings(house: &House, heads: Option<Vec<Head>>) -> Vec<Finding> {
    house.act(move |tx| verify(tx, heads.as_deref())).findings
}

#[test]
fn an_untouched_trail_holds_sealed_or_not() {
    let house = House::new();
    let anna = house.anna();
    tells(&house, &anna, 5);
    let report = house.act(|tx| verify(tx, None));
    assert!(report.holds() && !report.heads_compared);
    assert_eq!((report.rows, report.unsealed, report.segments), (5, 5, 0));
    assert_eq!(seals(&house), 5);
    tells(&house, &anna, 3);
    assert_eq!(seals(&house), 3);
    assert_eq!(seals(&house), 0, "nothing waits");
    let report = house.act(|tx| verify(tx, None));
    assert!(report.holds());
    assert_eq!((report.rows, report.unsealed, report.segments), (8, 0, 2));
}

#[test]
fn a_trail_that_grows_while_it_is_verified_holds() {
    let house = House::new();
    let anna = house.anna();
    let grows = |times| {
        tells(&house, &anna, times);
        seals(&house);
        tells(&house, &anna, 1);
    };
    for _ in 0..3 {
        grows(4);
    }
    let mut walk = house.act(|tx| Walk::begin(tx, None));
    grows(3);
    loop {
        let mut next = walk.clone();
        let (more, after) = house.act(move |tx| Ok((next.step(tx)?, next.clone())));
        walk = after;
        grows(2);
        house.clock.advance(crate::domain::time::Span::secs(1));
        if !more {
            break;
        }
    }
    let report = house.act(move |tx| walk.clone().end(tx));
    assert!(report.holds(), "{report:?}");
    assert!(report.rows >= 14, "the rows of the beginning at least: {report:?}");
    assert_eq!(report.segments, 3, "the segments of the beginning");
}

#[test]
fn the_source_is_sealed_and_goes_with_the_key_of_its_year() {
    let house = House::new();
    let anna = house.anna();
    tells(&house, &anna, 1);
    let eid = anna.eid;
    let opened = house.act(move |tx| {
        let row = tx.audit().of_eid(eid, 1)?.remove(0);
        super::personal(tx, &row)
    });
    assert_eq!(opened.expect("a personal part")["source"], "192.0.2.1");
    house.act(|tx| tx.audit().erase_keys_before(2027));
    let erased = house.act(move |tx| {
        let row = tx.audit().of_eid(eid, 1)?.remove(0);
        super::personal(tx, &row)
    });
    assert_eq!(erased, None);
    assert!(findings(&house, None).is_empty(), "the row still verifies");
}

#[test]
fn exported_heads_are_appended_once_and_name_a_cut_off_tail() {
    let house = House::new();
    let anna = house.anna();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("heads");
    let export = |last| {
        actix_web::rt::System::new()
            .block_on(export_heads(&house.store, &path, last))
            .expect("exported")
    };
    tells(&house, &anna, 2);
    seals(&house);
    assert_eq!(export(None), 1);
    tells(&house, &anna, 2);
    seals(&house);
    assert_eq!(export(None), 2, "goes on where the file ends");
    assert_eq!(export(Some(2)), 2);
    let heads = Head::read_all(&path).expect("readable");
    assert_eq!(
        heads.iter().map(|h| (h.seq, h.rows)).collect::<Vec<_>>(),
        [(1, 2), (2, 2)]
    );
    assert!(findings(&house, Some(heads.clone())).is_empty());
    let mut longer = heads;
    longer.push(Head {
        seq: 3,
        ..longer[1].clone()
    });
    assert_eq!(
        findings(&house, Some(longer)),
        [Finding::Head(3)],
        "the tail was cut off"
    );
}

#[test]
fn a_half_written_head_is_cut_off_and_written_again() {
    let house = House::new();
    let anna = house.anna();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("heads");
    let export = |store| actix_web::rt::System::new().block_on(export_heads(store, &path, None));
    for _ in 0..2 {
        tells(&house, &anna, 2);
        seals(&house);
        export(&house.store).expect("exported");
    }
    let whole = std::fs::read(&path).expect("the file");
    for lost in [1, 20, whole.len() / 2 - 1] {
        std::fs::write(&path, &whole[..whole.len() - lost]).expect("written");
        assert_eq!(Head::read_all(&path).expect("readable").len(), 1);
        assert_eq!(export(&house.store).expect("goes on"), 2);
        assert_eq!(std::fs::read(&path).expect("the file"), whole);
    }
    std::fs::write(&path, &whole[..10]).expect("written");
    assert_eq!(export(&house.store).expect("goes on"), 2);
    assert_eq!(std::fs::read(&path).expect("the file"), whole);
}

#[test]
fn heads_of_another_database_are_not_gone_on_with() {
    let (house, other) = (House::new(), House::new());
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("heads");
    let export = |store| actix_web::rt::System::new().block_on(export_heads(store, &path, None));
    for house in [&house, &other] {
        let anna = house.anna();
        tells(house, &anna, 2);
        seals(house);
    }
    export(&other.store).expect("exported");
    let before = std::fs::read(&path).expect("the file");
    assert!(matches!(export(&house.store), Err(crate::storage::Halt::Fault(_))));
    assert_eq!(std::fs::read(&path).expect("the file"), before);
}
