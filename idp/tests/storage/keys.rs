//! Signing keys between store and vault.

use std::collections::BTreeMap;
use std::thread;

use idp::app::{ensure_keys, rotate_keys, withdraw_key};
use idp::ctx::Ctx;
use idp::domain::time::Span;
use idp::entropy::Entropy;
use idp::vault::signing::rotation::WANTED;
use idp::vault::signing::{Alg, KeyPurpose, KeyRow, KeyState};
use idp::vault::{MasterKey, Vault};
use serde_json::json;

use crate::house::{House, NOW};

fn rows(house: &House) -> Vec<KeyRow> {
    let mut rows = house.act(|tx| tx.keys().all());
    rows.sort_by(|one, other| one.kid.cmp(&other.kid));
    rows
}

fn begins(house: &House) {
    idp::vault::install_crypto();
    ensure_keys(&house.store, &house.vault, &house.ctx(), "test").expect("keys");
}

fn published(house: &House) -> Vec<String> {
    let set = house.vault.jwks_json(NOW);
    let keys = set["keys"].as_array().expect("keys");
    keys.iter()
        .map(|key| key["kid"].as_str().expect("an id").to_owned())
        .collect()
}

fn count(rows: &[KeyRow], state: KeyState) -> BTreeMap<(KeyPurpose, Alg), usize> {
    let mut counts = BTreeMap::new();
    for row in rows.iter().filter(|row| row.state == state) {
        *counts.entry((row.purpose, row.alg)).or_default() += 1;
    }
    counts
}

fn one_each() -> BTreeMap<(KeyPurpose, Alg), usize> {
    WANTED.into_iter().map(|wanted| (wanted, 1)).collect()
}

pub fn private_half_goes(house: &House) {
    begins(house);
    let later = Ctx::system(NOW + Span::days(7), &house.rng);
    rotate_keys(&house.store, &house.vault, &later, "test", false).expect("rotated");
    let rows = rows(house);
    assert_eq!(count(&rows, KeyState::Retired), one_each());
    for row in rows {
        assert_eq!(row.sealed.is_empty(), row.state == KeyState::Retired, "{row:?}");
        assert!(house.vault.vouches_for(&row), "{row:?}");
    }
}

/// Somebody with the database and without the master key.
pub fn others_are_refused(house: &House) {
    begins(house);
    let before = published(house);
    let stranger = Vault::new(&MasterKey::generate(&house.rng), [0; 16]);
    let theirs = stranger
        .generate_key(KeyPurpose::Jwt, Alg::Es256, "test", NOW, &house.rng)
        .expect("a key");
    let kid = theirs.kid.clone();
    house.act(move |tx| {
        tx.keys().insert(&KeyRow {
            state: KeyState::Retired,
            sealed: Vec::new(),
            ..theirs.clone()
        })
    });
    begins(house);
    assert_eq!(published(house), before);
    assert_eq!(house.vault.refused_keys(), [kid.as_str()]);
    house.run("UPDATE signing_keys SET retires_at = 9000000000000000, mac = NULL WHERE purpose = 'saml'");
    begins(house);
    assert_eq!(
        house.vault.saml_certificates(NOW).len(),
        2,
        "what was changed is refused, and others are made in its place"
    );
    assert_eq!(house.vault.refused_keys().len(), 3);
    house.run("UPDATE signing_keys SET created_at = created_at + 1");
    let refused = ensure_keys(&house.store, &house.vault, &house.ctx(), "test");
    assert!(refused.is_err(), "where nothing is ours nothing is made");
}

pub fn older_program(house: &House) {
    begins(house);
    let before = rows(house);
    house.run("UPDATE signing_keys SET mac = NULL");
    house.run("DELETE FROM meta WHERE key = 'signing_keys_change'");
    begins(house);
    assert_eq!(rows(house), before);
    assert_eq!(published(house).len(), 4);

    house.run("UPDATE signing_keys SET mac = NULL");
    let strange = Vault::new(&MasterKey::generate(&house.rng), [0; 16]);
    assert!(ensure_keys(&house.store, &strange, &house.ctx(), "test").is_err());
    assert_eq!(rows(house).len(), before.len(), "another master key makes nothing");
}

pub fn one_set(house: &House) {
    idp::vault::install_crypto();
    let nodes: Vec<_> = (0..4)
        .map(|_| {
            let (store, vault) = (house.store.clone(), house.vault.clone());
            thread::spawn(move || ensure_keys(&store, &vault, &Ctx::system(NOW, &Entropy::system()), "test"))
        })
        .collect();
    for node in nodes {
        node.join().expect("no panic").expect("keys");
    }
    let rows = rows(house);
    assert_eq!(count(&rows, KeyState::Active), one_each());
    assert_eq!(count(&rows, KeyState::Next), one_each());
}

pub fn rotations_at_once(house: &House) {
    begins(house);
    let officers: Vec<_> = (0..2)
        .map(|_| {
            let (store, vault) = (house.store.clone(), house.vault.clone());
            thread::spawn(move || {
                rotate_keys(&store, &vault, &Ctx::system(NOW, &Entropy::system()), "test", true).is_ok()
            })
        })
        .collect();
    for officer in officers {
        assert!(officer.join().expect("no panic"));
    }
    let rows = rows(house);
    assert_eq!(count(&rows, KeyState::Active), one_each());
    assert_eq!(count(&rows, KeyState::Next), one_each());
    assert!(rows.iter().all(|row| house.vault.vouches_for(row)));
}

pub fn withdrawn(house: &House) {
    begins(house);
    let token = house
        .vault
        .sign_jwt(Alg::Rs256, "JWT", &json!({"sub": "x"}), NOW)
        .expect("signed");
    assert!(house.vault.verify_own_jwt(&token, "JWT", NOW).is_some());
    let stolen = rows(house)
        .into_iter()
        .find(|row| row.purpose == KeyPurpose::Jwt && row.alg == Alg::Rs256 && row.state == KeyState::Active)
        .expect("it signs");
    let done = withdraw_key(&house.store, &house.vault, &house.ctx(), "test", &stolen.kid).expect("done");
    assert!(done.is_some());
    begins(house);
    assert!(!published(house).contains(&stolen.kid));
    assert!(house.vault.verify_own_jwt(&token, "JWT", NOW).is_none());
    let told = house.act(|tx| tx.audit().page(None, 100));
    let withdrawn = format!("\"withdrawn\":[\"{}\"]", stolen.kid);
    assert!(
        told.iter()
            .any(|row| row.kind == "keys.rotated" && row.body.contains(&withdrawn)),
        "{told:?}"
    );
    let none = withdraw_key(&house.store, &house.vault, &house.ctx(), "test", "unknown").expect("asked");
    assert!(none.is_none());
}
