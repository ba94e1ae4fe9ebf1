//! Signing keys as a server lives with them.
#![expect(clippy::unwrap_used, reason = "tests")]

mod trust;

use std::sync::OnceLock;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use serde_json::json;

use super::rotation::{PUBLISH_AFTER, PUBLISH_AHEAD, Step, WANTED, step};
use super::*;
use crate::domain::time::Span;
use crate::entropy::Entropy;
use crate::vault::{MasterKey, Vault};

const START: Time = Time::from_secs(1_800_000_000);

/// A vault with a new server's first keys; they are made once, since RSA keys take their time.
fn vault() -> (Vault, Vec<KeyRow>) {
    static ROWS: OnceLock<Vec<KeyRow>> = OnceLock::new();
    let vault = Vault::new(&MasterKey::generate(&Entropy::seeded(1)), [0; 16]);
    let rows = ROWS.get_or_init(|| {
        vault
            .rotate_keys(Vec::new(), "idp.example", START, false, &Entropy::system())
            .unwrap()
            .rows
    });
    vault.load_keys(rows.clone()).unwrap();
    (vault, rows.clone())
}

fn kids(vault: &Vault, now: Time) -> Vec<String> {
    let set = vault.jwks_json(now);
    set["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key["kid"].as_str().unwrap().to_owned())
        .collect()
}

fn header(token: &str) -> serde_json::Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap()).unwrap()
}

#[test]
fn a_new_server_has_one_key_that_signs_and_one_that_stands_ready() {
    let (vault, rows) = vault();
    for (purpose, alg) in WANTED {
        let states: Vec<_> = rows
            .iter()
            .filter(|row| row.purpose == purpose && row.alg == alg)
            .map(|row| row.state)
            .collect();
        assert_eq!(states, [KeyState::Active, KeyState::Next]);
    }
    assert_eq!(kids(&vault, START).len(), 4);
    assert_eq!(vault.saml_certificates(START).len(), 2);
}

#[test]
fn a_bad_set_of_keys_leaves_the_one_in_use_signing() {
    let (vault, mut rows) = vault();
    if let Some(last) = rows.last_mut() {
        last.sealed = vec![0; 60];
    }
    assert!(vault.load_keys(rows).is_err());
    for alg in [Alg::Rs256, Alg::Es256] {
        assert!(vault.sign_jwt(alg, "JWT", &json!({"sub": "x"}), START).is_ok());
    }
}

#[test]
fn a_token_of_ours_is_recognised_and_no_other() {
    let (vault, _) = vault();
    let claims = json!({"sub": "x", "exp": 1});
    for alg in [Alg::Rs256, Alg::Es256] {
        let token = vault.sign_jwt(alg, "JWT", &claims, START).unwrap();
        assert_eq!(header(&token)["alg"], alg.as_str());
        assert!(kids(&vault, START).contains(&header(&token)["kid"].as_str().unwrap().to_owned()));
        assert_eq!(vault.verify_own_jwt(&token, "JWT", START), Some(claims.clone()));
        assert_eq!(
            vault.verify_own_jwt(&token, "at+jwt", START),
            None,
            "another kind of token"
        );
        let (head, rest) = token.split_once('.').unwrap();
        let (body, signature) = rest.split_once('.').unwrap();
        let none = URL_SAFE_NO_PAD.encode(json!({"alg": "none", "typ": "JWT"}).to_string());
        let other = URL_SAFE_NO_PAD.encode(json!({"sub": "y", "exp": 1}).to_string());
        for forged in [
            format!("{none}.{body}."),
            format!("{head}.{other}.{signature}"),
            format!("{head}.{body}."),
            format!("{head}.{body}"),
            String::new(),
            "..".to_owned(),
        ] {
            assert_eq!(vault.verify_own_jwt(&forged, "JWT", START), None, "{forged}");
        }
    }
}

#[test]
fn the_published_key_verifies_what_was_signed() {
    let (vault, _) = vault();
    let set: jsonwebtoken::jwk::JwkSet = serde_json::from_value(vault.jwks_json(START)).unwrap();
    for alg in [jsonwebtoken::Algorithm::RS256, jsonwebtoken::Algorithm::ES256] {
        let ours = if alg == jsonwebtoken::Algorithm::RS256 {
            Alg::Rs256
        } else {
            Alg::Es256
        };
        let token = vault.sign_jwt(ours, "JWT", &json!({"sub": "x"}), START).unwrap();
        let jwk = set.find(header(&token)["kid"].as_str().unwrap()).unwrap();
        let mut rules = jsonwebtoken::Validation::new(alg);
        rules.required_spec_claims.clear();
        rules.validate_exp = false;
        let key = jsonwebtoken::DecodingKey::from_jwk(jwk).unwrap();
        assert_eq!(
            jsonwebtoken::decode::<serde_json::Value>(&token, &key, &rules)
                .unwrap()
                .claims["sub"],
            "x"
        );
    }
}

#[test]
fn rotation_publishes_ahead_and_keeps_after() {
    let (vault, rows) = vault();
    let rng = Entropy::system();
    let early = vault
        .rotate_keys(rows.clone(), "idp.example", START + Span::days(6), false, &rng)
        .unwrap();
    assert_eq!(
        early.rows, rows,
        "nothing may happen before the next key was seen for seven days"
    );
    assert_eq!(early.waits.len(), WANTED.len());

    let due = START + PUBLISH_AHEAD;
    let old = vault.sign_jwt(Alg::Es256, "JWT", &json!({"n": 1}), START).unwrap();
    let seen_before = kids(&vault, START);
    let rotated = vault.rotate_keys(rows, "idp.example", due, false, &rng).unwrap();
    assert!(rotated.waits.is_empty());
    vault.load_keys(rotated.rows.clone()).unwrap();
    let new = vault.sign_jwt(Alg::Es256, "JWT", &json!({"n": 2}), due).unwrap();
    assert_ne!(header(&old)["kid"], header(&new)["kid"]);
    assert!(
        seen_before.contains(&header(&new)["kid"].as_str().unwrap().to_owned()),
        "it was published ahead"
    );
    assert!(
        vault.verify_own_jwt(&old, "JWT", due).is_some(),
        "an old token still verifies"
    );
    assert_eq!(kids(&vault, due).len(), 6);
    assert!(
        rotated
            .rows
            .iter()
            .filter(|row| row.state == KeyState::Retired)
            .all(|row| row.sealed.is_empty())
    );

    let late = due + PUBLISH_AFTER;
    assert_eq!(kids(&vault, late).len(), 4, "a retired key is published no longer");
    assert!(vault.verify_own_jwt(&old, "JWT", late).is_none());
    let cleaned = vault
        .rotate_keys(rotated.rows, "idp.example", late, false, &rng)
        .unwrap();
    assert_eq!(cleaned.removed.len(), 3, "audit keys stay");
}

#[test]
fn a_stolen_key_is_replaced_at_once() {
    let (_, rows) = vault();
    for (purpose, alg) in WANTED {
        assert!(matches!(step(&rows, purpose, alg, START, false), Step::Wait(_)));
        assert!(matches!(step(&rows, purpose, alg, START, true), Step::Advance { .. }));
    }
}

#[test]
fn the_certificate_names_the_server_and_carries_its_key() {
    let (vault, _) = vault();
    let key = vault.saml_signer(START).unwrap();
    let (_, certificate) = x509_parser::parse_x509_certificate(&key.certificate_der).unwrap();
    assert_eq!(certificate.subject().to_string(), "CN=idp.example");
    assert!(certificate.validity().not_before.timestamp() <= START.secs());
    assert!(certificate.validity().not_after.timestamp() > (START + Span::days(5 * 365)).secs());
    assert_eq!(
        vault.saml_certificates(START)[0],
        key.certificate_der,
        "the active one comes first"
    );
    assert_eq!(key.key.public_modulus_len(), 384);
}

#[test]
fn audit_signatures_hold_for_their_bytes_and_key() {
    let (vault, rows) = vault();
    let (kid, signature) = vault.sign_audit(b"head 1").unwrap();
    assert!(vault.verify_audit(&kid, b"head 1", &signature));
    assert!(!vault.verify_audit(&kid, b"head 2", &signature));
    let other = rows
        .iter()
        .find(|row| row.purpose == KeyPurpose::Audit && row.kid != kid)
        .unwrap();
    assert!(!vault.verify_audit(&other.kid, b"head 1", &signature));
    let jwt = rows
        .iter()
        .find(|row| row.purpose == KeyPurpose::Jwt && row.alg == Alg::Es256)
        .unwrap();
    assert!(
        !vault.verify_audit(&jwt.kid, b"head 1", &signature),
        "a key of another purpose"
    );
}

#[test]
fn a_key_of_another_vault_does_not_load_and_changes_nothing() {
    let (vault, rows) = vault();
    let stranger = Vault::new(&MasterKey::generate(&Entropy::seeded(2)), [0; 16]);
    assert!(stranger.load_keys(rows).is_err());
    assert!(stranger.sign_jwt(Alg::Es256, "JWT", &json!({}), START).is_err());
    assert!(
        vault
            .load_keys(vec![KeyRow {
                sealed: vec![1, 2, 3],
                ..vault_row(&vault)
            }])
            .is_err()
    );
    assert!(
        vault.sign_jwt(Alg::Es256, "JWT", &json!({}), START).is_ok(),
        "the keys in use stay"
    );
}

fn vault_row(vault: &Vault) -> KeyRow {
    vault
        .generate_key(KeyPurpose::Jwt, Alg::Es256, "x", START, &Entropy::system())
        .unwrap()
}

#[test]
fn stored_words_come_back() {
    for purpose in [KeyPurpose::Jwt, KeyPurpose::Saml, KeyPurpose::Audit] {
        assert_eq!(KeyPurpose::parse(purpose.as_str()), Some(purpose));
    }
    for state in [KeyState::Next, KeyState::Active, KeyState::Retired] {
        assert_eq!(KeyState::parse(state.as_str()), Some(state));
    }
    for alg in [Alg::Rs256, Alg::Es256] {
        assert_eq!(Alg::parse(alg.as_str()), Some(alg));
    }
    assert_eq!(
        (KeyPurpose::parse("x"), KeyState::parse(""), Alg::parse("none")),
        (None, None, None)
    );
}

proptest! {
    #[test]
    fn noise_is_never_a_token_of_ours(text in "[A-Za-z0-9_.-]{0,80}") {
        let (vault, _) = vault();
        prop_assert_eq!(vault.verify_own_jwt(&text, "JWT", START), None);
    }
}
