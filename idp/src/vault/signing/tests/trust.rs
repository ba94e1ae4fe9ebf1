//! Which keys are ours, and how trust in one of them ends.

use super::*;

/// What somebody with a key of their own writes beside ours: retired, so that no private half is needed, or anything else.
fn forged(purpose: KeyPurpose, state: KeyState) -> KeyRow {
    let stranger = Vault::new(&MasterKey::generate(&Entropy::seeded(9)), [0; 16]);
    let alg = if purpose == KeyPurpose::Saml {
        Alg::Rs256
    } else {
        Alg::Es256
    };
    let row = stranger
        .generate_key(purpose, alg, "x", START, &Entropy::system())
        .unwrap();
    KeyRow {
        state,
        sealed: Vec::new(),
        ..row
    }
}

#[test]
fn a_key_that_somebody_else_wrote_beside_ours_is_nobodys() {
    let (vault, rows) = vault();
    let before = (kids(&vault, START), vault.saml_certificates(START));
    for state in [KeyState::Next, KeyState::Active, KeyState::Retired] {
        for purpose in [KeyPurpose::Jwt, KeyPurpose::Saml, KeyPurpose::Audit] {
            let theirs = forged(purpose, state);
            let bare = KeyRow {
                mac: None,
                ..theirs.clone()
            };
            for row in [theirs, bare] {
                let kid = row.kid.clone();
                vault
                    .load_keys(rows.iter().cloned().chain([row.clone()]).collect())
                    .unwrap();
                assert_eq!(vault.refused_keys(), [kid.as_str()]);
                assert_eq!((kids(&vault, START), vault.saml_certificates(START)), before);
                let rotated = vault
                    .rotate_keys(
                        [rows.clone(), vec![row]].concat(),
                        "x",
                        START,
                        false,
                        &Entropy::system(),
                    )
                    .unwrap();
                assert_eq!(rotated.rows, rows, "it is left alone, and nothing is made of it");
            }
        }
    }
}

#[test]
fn what_of_a_key_is_not_secret_is_believed_as_the_vault_wrote_it_only() {
    let (vault, rows) = vault();
    let row = rows
        .iter()
        .find(|row| row.purpose == KeyPurpose::Saml && row.state == KeyState::Next)
        .unwrap();
    assert!(vault.vouches_for(row));
    let other = forged(KeyPurpose::Saml, KeyState::Next);
    let changed = |change: fn(&mut KeyRow, KeyRow)| {
        let mut row = row.clone();
        change(&mut row, other.clone());
        row
    };
    for changed in [
        changed(|row, other| row.kid = other.kid),
        changed(|row, _| row.purpose = KeyPurpose::Jwt),
        changed(|row, _| row.alg = Alg::Es256),
        changed(|row, _| row.state = KeyState::Active),
        changed(|row, other| row.public_der = other.public_der),
        changed(|row, other| row.certificate_der = other.certificate_der),
        changed(|row, _| row.certificate_der = None),
        changed(|row, _| row.created_at = START + Span::secs(1)),
        changed(|row, _| row.published_at = START + Span::secs(1)),
        changed(|row, _| row.activates_at = START),
        changed(|row, _| row.retires_at = Some(START)),
        changed(|row, _| row.mac = None),
        changed(|row, other| row.mac = other.mac),
    ] {
        assert!(!vault.vouches_for(&changed), "{changed:?}");
    }
}

#[test]
fn keys_of_an_older_program_are_taken_over_once_and_only_with_their_private_half() {
    let (vault, rows) = vault();
    let old: Vec<_> = rows.iter().cloned().map(|row| KeyRow { mac: None, ..row }).collect();
    assert_eq!(vault.adopt(&old), Some(rows.clone()));
    let theirs = KeyRow {
        mac: None,
        ..forged(KeyPurpose::Jwt, KeyState::Retired)
    };
    let adopted = vault.adopt(&[old.clone(), vec![theirs.clone()]].concat()).unwrap();
    assert_eq!(adopted.last().unwrap(), &theirs, "no private half: not ours");
    let swapped = KeyRow {
        public_der: theirs.public_der.clone(),
        ..old[2].clone()
    };
    assert!(vault.adopt(&[swapped]).is_none(), "the halves do not belong together");
    let saml = old.iter().find(|row| row.certificate_der.is_some()).unwrap();
    let certificate_der = forged(KeyPurpose::Saml, KeyState::Next).certificate_der;
    let certified = KeyRow {
        certificate_der,
        ..saml.clone()
    };
    assert!(vault.adopt(&[certified]).is_none(), "the certificate is of another key");
    let retired = KeyRow {
        state: KeyState::Retired,
        retires_at: Some(START + PUBLISH_AFTER),
        ..old[0].clone()
    };
    assert!(vault.adopt(&[retired]).unwrap()[0].sealed.is_empty());
    let mixed = [rows, vec![theirs]].concat();
    assert!(vault.adopt(&mixed).is_none(), "the keys were taken over before");
    let stranger = Vault::new(&MasterKey::generate(&Entropy::seeded(2)), [0; 16]);
    assert!(stranger.adopt(&old).is_none());
}

#[test]
fn a_stolen_key_is_trusted_no_longer_from_the_moment_it_is_replaced() {
    let (vault, rows) = vault();
    let token = |n: u8| vault.sign_jwt(Alg::Es256, "JWT", &json!({"n": n}), START).unwrap();
    let (stolen, old_certificate) = (token(1), vault.saml_certificates(START)[0].clone());
    let (kid, signature) = vault.sign_audit(b"head").unwrap();
    let rotated = vault
        .rotate_keys(rows, "idp.example", START, true, &Entropy::system())
        .unwrap();
    assert_eq!(
        rotated.withdrawn.len(),
        3,
        "the audit key is replaced but not withdrawn"
    );
    vault.load_keys(rotated.rows).unwrap();
    assert!(vault.verify_own_jwt(&stolen, "JWT", START).is_none());
    assert!(!kids(&vault, START).contains(&header(&stolen)["kid"].as_str().unwrap().to_owned()));
    assert!(!vault.saml_certificates(START).contains(&old_certificate));
    assert!(
        vault.verify_audit(&kid, b"head", &signature),
        "old heads stay verifiable"
    );
    assert_ne!(vault.sign_audit(b"head").unwrap().0, kid);
    assert_ne!(header(&token(2))["kid"], header(&stolen)["kid"]);
}

#[test]
fn any_key_but_one_of_the_audit_trail_can_be_withdrawn() {
    let (vault, rows) = vault();
    let rng = Entropy::system();
    let withdraw = |rows: &[KeyRow], kid: &str| vault.withdraw_key(rows.to_vec(), kid, "x", START, &rng).unwrap();
    let of = |state| {
        rows.iter()
            .find(|row| row.purpose == KeyPurpose::Jwt && row.alg == Alg::Es256 && row.state == state)
            .unwrap()
            .kid
            .clone()
    };
    for state in [KeyState::Active, KeyState::Next] {
        let kid = of(state);
        let after = withdraw(&rows, &kid).unwrap();
        assert_eq!(after.withdrawn, [kid.as_str()]);
        vault.load_keys(after.rows.clone()).unwrap();
        assert!(!kids(&vault, START).contains(&kid));
        let states: Vec<_> = after
            .rows
            .iter()
            .filter(|row| row.purpose == KeyPurpose::Jwt && row.alg == Alg::Es256)
            .map(|row| row.state)
            .collect();
        for (wanted, times) in [(KeyState::Active, 1), (KeyState::Next, 1), (KeyState::Retired, 1)] {
            assert_eq!(
                states.iter().filter(|state| **state == wanted).count(),
                times,
                "{states:?}"
            );
        }
        let once_more = withdraw(&after.rows, &kid);
        assert!(once_more.is_none(), "it is over");
    }
    let retired = vault
        .rotate_keys(rows.clone(), "x", START + PUBLISH_AHEAD, false, &rng)
        .unwrap();
    let kid = of(KeyState::Active);
    vault.load_keys(retired.rows.clone()).unwrap();
    assert!(
        kids(&vault, START).contains(&kid),
        "it signs no more but is still trusted"
    );
    let after = withdraw(&retired.rows, &kid).unwrap();
    vault.load_keys(after.rows).unwrap();
    assert!(!kids(&vault, START).contains(&kid));
    let audit = rows.iter().find(|row| row.purpose == KeyPurpose::Audit).unwrap();
    assert!(withdraw(&rows, &audit.kid).is_none());
    assert!(withdraw(&rows, "unknown").is_none());
}
