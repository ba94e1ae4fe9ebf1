//! The trail under the hands of whoever controls the database.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use idp::audit::{Event, Finding, Head, Who, record, seal_round, verify};
use idp::ctx::Ctx;
use idp::domain::id::AuditId;
use idp::domain::refusal::Code;
use idp::entropy::Entropy;
use idp::storage::Segment;
use idp::vault::signing::{KeyPurpose, KeyState};
use idp::vault::{MasterKey, Vault};

use crate::house::{House, NOW};

/// Three sealed rows and one that waits.
fn trail(house: &House) {
    idp::vault::install_crypto();
    let keys = house
        .vault
        .rotate_keys(Vec::new(), "test", NOW, false, &house.rng)
        .expect("keys");
    house.act({
        let rows = keys.rows.clone();
        move |tx| rows.iter().try_for_each(|row| tx.keys().insert(row))
    });
    house.vault.load_keys(keys.rows).expect("keys load");
    let (person, eid) = house.person();
    for n in 0..4 {
        if n == 3 {
            let (store, vault, ctx) = (
                house.store.clone(),
                house.vault.clone(),
                Ctx::system(NOW, &Entropy::system()),
            );
            let seal = seal_round(&store, &vault, &ctx, [1; 16]);
            assert_eq!(actix_web::rt::System::new().block_on(seal).expect("sealed"), 3);
        }
        let ctx = house.ctx();
        let who = Who { person, eid };
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
    assert!(findings(house).is_empty(), "untouched");
}

fn findings(house: &House) -> Vec<Finding> {
    house.act(|tx| verify(tx, None)).findings
}

const ONE: &str = "(SELECT id FROM audit_rows WHERE id NOT IN (SELECT id FROM audit_pending) ORDER BY id LIMIT 1)";

pub fn edited(house: &House) {
    trail(house);
    house.run(&format!("UPDATE audit_rows SET party = 'shop' WHERE id = {ONE}"));
    assert!(matches!(findings(house)[..], [Finding::Edited(_)]));
}

pub fn edited_before_it_was_sealed(house: &House) {
    trail(house);
    house.run("UPDATE audit_rows SET kind = 'login.completed' WHERE id IN (SELECT id FROM audit_pending)");
    assert!(
        matches!(findings(house)[..], [Finding::Edited(_)]),
        "a forged row shows at once"
    );
}

pub fn removed(house: &House) {
    trail(house);
    house.run(&format!("DELETE FROM audit_rows WHERE id = {ONE}"));
    assert!(matches!(findings(house)[..], [Finding::Removed { segment: 1, .. }]));
}

pub fn inserted(house: &House) {
    trail(house);
    // Even a row whose MAC fits: taken out of the queue, it is in no segment.
    house.run("DELETE FROM audit_pending");
    assert!(matches!(findings(house)[..], [Finding::Inserted(_)]));
}

pub fn segment_rewritten(house: &House) {
    trail(house);
    house.run("UPDATE audit_segments SET sealed_at = sealed_at + 1000000");
    assert!(matches!(findings(house)[..], [Finding::Signature(1)]));
}

pub fn segment_removed(house: &House) {
    trail(house);
    let heads: Vec<_> = house
        .act(|tx| tx.audit().segments(0, 10))
        .iter()
        .map(idp::audit::Head::of)
        .collect();
    house.run("DELETE FROM audit_segments");
    assert_eq!(findings(house).len(), 3, "its rows hang in the air");
    let with_heads = house.act(move |tx| verify(tx, Some(&heads))).findings;
    assert!(with_heads.contains(&Finding::Head(1)));
}

pub fn named_twice(house: &House) {
    trail(house);
    let segment = house.act(|tx| tx.audit().segments(0, 1)).remove(0);
    let ids = [&segment.ids[..], &segment.ids[..1]].concat();
    let bytes: Vec<u8> = ids.iter().flat_map(|id| id.bytes()).collect();
    house.run(&format!("UPDATE audit_segments SET ids = {}", house.bytes(&bytes)));
    let (row, segment) = (ids[0], 1);
    assert_eq!(findings(house), [Finding::Root(1), Finding::Twice { row, segment }]);
}

/// SHA-256 as the trail uses it, by somebody who has read how.
fn hash(prefix: u8, parts: &[&[u8]]) -> [u8; 32] {
    let bytes = [&[prefix], &parts.concat()[..]].concat();
    let digest = ring::digest::digest(&ring::digest::SHA256, &bytes);
    digest.as_ref().try_into().expect("32 bytes")
}

/// Whoever controls the database takes a row out of a segment, computes the root anew and signs with a key of their own, which
/// they write beside ours, retired, so that no private half is needed.
pub fn signed_anew_with_an_inserted_key(house: &House) {
    trail(house);
    let stranger = Vault::new(&MasterKey::generate(&house.rng), [0; 16]);
    let mut theirs = stranger
        .rotate_keys(Vec::new(), "test", NOW, false, &house.rng)
        .expect("keys");
    stranger.load_keys(theirs.rows.clone()).expect("keys load");
    theirs
        .rows
        .retain(|row| row.purpose == KeyPurpose::Audit && row.state == KeyState::Active);
    let mut row = theirs.rows.remove(0);
    row.state = KeyState::Retired;
    row.sealed = Vec::new();
    house.act(move |tx| tx.keys().insert(&row));

    let segment = house.act(|tx| tx.audit().segments(0, 1)).remove(0);
    let (gone, left) = segment.ids.split_first().expect("three rows");
    let (first, second) = (left[0], left[1]);
    let leaf = |id: AuditId| {
        let row = house.act(move |tx| tx.audit().row(id)).expect("the row");
        hash(0, &[&id.bytes(), &row.mac])
    };
    let root = hash(1, &[&leaf(first), &leaf(second)]);
    let mut rewritten = Segment {
        ids: left.to_vec(),
        root,
        ..segment.clone()
    };
    let head = STANDARD.decode(Head::of(&rewritten).head).expect("base64");
    (rewritten.kid, rewritten.signature) = stranger.sign_audit(&head).expect("signed");
    house.run(&format!(
        "DELETE FROM audit_rows WHERE id = {}",
        house.bytes(&gone.bytes())
    ));
    house.run("DELETE FROM audit_segments");
    let ids: Vec<u8> = rewritten.ids.iter().flat_map(|id| id.bytes()).collect();
    house.run(&format!(
        "INSERT INTO audit_segments VALUES (1, {}, {}, {}, '{}', {}, {})",
        house.bytes(&ids),
        house.bytes(&rewritten.root),
        house.bytes(&rewritten.previous),
        rewritten.kid,
        house.bytes(&rewritten.signature),
        rewritten.sealed_at.micros(),
    ));
    let rows = house.act(|tx| tx.keys().all());
    house.vault.load_keys(rows).expect("ours load");
    assert_eq!(house.vault.refused_keys(), [rewritten.kid]);
    assert_eq!(findings(house), [Finding::Signature(1)]);
}

/// Two rows of a segment change places: by the segment's list, or by taking each other's ids.
pub fn reordered(house: &House) {
    trail(house);
    let segment = house.act(|tx| tx.audit().segments(0, 1)).remove(0);
    let mut ids = segment.ids.clone();
    ids.swap(0, 1);
    let list = |ids: &[AuditId]| {
        let bytes: Vec<u8> = ids.iter().flat_map(|id| id.bytes()).collect();
        house.run(&format!("UPDATE audit_segments SET ids = {}", house.bytes(&bytes)));
    };
    list(&ids);
    assert_eq!(findings(house), [Finding::Root(1)]);
    list(&segment.ids);
    assert!(findings(house).is_empty(), "put right again");

    let [one, other] = [segment.ids[0], segment.ids[1]];
    let takes = |from: &[u8], to: &[u8]| {
        let (from, to) = (house.bytes(from), house.bytes(to));
        house.run(&format!("UPDATE audit_rows SET id = {to} WHERE id = {from}"));
    };
    takes(&one.bytes(), &[0xff; 16]);
    takes(&other.bytes(), &one.bytes());
    takes(&[0xff; 16], &other.bytes());
    let mut found = findings(house);
    found.sort_by_key(ToString::to_string);
    let mut expected = vec![Finding::Edited(one), Finding::Edited(other), Finding::Root(1)];
    expected.sort_by_key(ToString::to_string);
    assert_eq!(
        found, expected,
        "the id is under the row's own MAC, and the root tells their order"
    );
}
