//! What holds and what does not, by a key made of software.
#![expect(clippy::unwrap_used, reason = "tests")]

use acceptance::passkey::{Maker, SoftKey};

use super::*;

const OURS: &str = "https://log-in.example.dk";
const CHALLENGE: Challenge = [7; 32];

fn relying(anchors: Option<&str>) -> Relying {
    let origins = vec![Url::parse(OURS).unwrap()];
    Relying::new("example.dk", "Nøgle", origins, anchors).unwrap()
}

fn asked(house: &Relying) -> Value {
    let holder = Holder {
        handle: [3; 32],
        name: "anna".to_owned(),
    };
    house.creation(CHALLENGE, &holder, &[]).unwrap()
}

fn brought_in(house: &Relying, key: &SoftKey) -> Registered {
    let brought = key.creates(&asked(house), OURS);
    house.register(CHALLENGE, &brought).unwrap().unwrap()
}

#[test]
fn a_key_comes_in_and_signs() {
    let (house, key) = (relying(None), SoftKey::new());
    let came = brought_in(&house, &key);
    assert_eq!((came.counter, came.in_hardware), (1, false));
    let keys = [Key::from_bytes(&came.key.bytes().unwrap()).unwrap()];
    assert!(keys[0] == came.key && keys[0].mark() == came.key.mark());
    let options = house.request(CHALLENGE, &keys).unwrap();
    assert_eq!(options["userVerification"], "required");
    assert_eq!(options["allowCredentials"].as_array().unwrap().len(), 1);
    let shown = house.verify(CHALLENGE, &keys, &key.answers(&options, OURS)).unwrap();
    assert_eq!(shown, Ok(Shown { which: 0, counter: 2 }));
}

#[test]
fn what_is_asked_names_us_and_wants_the_holder_checked() {
    let house = relying(None);
    let options = asked(&house);
    assert_eq!(options["rp"]["id"], "example.dk");
    assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
    assert_eq!(options["attestation"], "none");
    assert_eq!(options["challenge"], URL_SAFE_NO_PAD.encode(CHALLENGE));
    let key = brought_in(&house, &SoftKey::new()).key;
    let holder = Holder {
        handle: [3; 32],
        name: "anna".to_owned(),
    };
    let again = house.creation(CHALLENGE, &holder, &[key]).unwrap();
    assert_eq!(again["excludeCredentials"].as_array().unwrap().len(), 1);
}

#[test]
fn a_signature_for_something_else_does_not_hold() {
    let (house, key) = (relying(None), SoftKey::new());
    let keys = [brought_in(&house, &key).key];
    let options = house.request(CHALLENGE, &keys).unwrap();
    let good = key.answers(&options, OURS);
    let other_challenge = house.verify([8; 32], &keys, &good).unwrap();
    let other_page = house
        .verify(CHALLENGE, &keys, &key.answers(&options, "https://evil.example"))
        .unwrap();
    let mut elsewhere = options.clone();
    elsewhere["rpId"] = "evil.example".into();
    let other_site = house.verify(CHALLENGE, &keys, &key.answers(&elsewhere, OURS)).unwrap();
    let forged = good.replacen("\"signature\":\"M", "\"signature\":\"N", 1);
    assert_ne!(forged, good);
    let forged = house.verify(CHALLENGE, &keys, &forged).unwrap();
    for refused in [other_challenge, other_page, other_site, forged] {
        assert_eq!(refused, Err(Code::PasskeyWrong));
    }
    for junk in ["", "{}", "null", "[]", &"9".repeat(9_000)] {
        assert_eq!(
            house.verify(CHALLENGE, &keys, junk).unwrap(),
            Err(Code::PasskeyWrong),
            "{junk:.20}"
        );
    }
    let stranger = SoftKey::new();
    let stranger = house
        .verify(CHALLENGE, &keys, &stranger.answers(&options, OURS))
        .unwrap();
    assert_eq!(stranger, Err(Code::PasskeyUnknown));
}

#[test]
fn a_key_that_does_not_check_its_holder_is_refused() {
    let house = relying(None);
    let mut key = SoftKey::new();
    let keys = [brought_in(&house, &key).key];
    key.verifies = false;
    let brought = key.creates(&asked(&house), OURS);
    assert_eq!(
        house.register(CHALLENGE, &brought).unwrap().err(),
        Some(Code::PasskeyUnverified)
    );
    let options = house.request(CHALLENGE, &keys).unwrap();
    let shown = house.verify(CHALLENGE, &keys, &key.answers(&options, OURS)).unwrap();
    assert_eq!(shown, Err(Code::PasskeyUnverified));
}

#[test]
fn a_key_that_was_made_for_something_else_does_not_come_in() {
    let (house, key) = (relying(None), SoftKey::new());
    let options = asked(&house);
    let wrong = |challenge, brought: &str| house.register(challenge, brought).unwrap().err();
    assert_eq!(wrong([8; 32], &key.creates(&options, OURS)), Some(Code::PasskeyWrong));
    assert_eq!(
        wrong(CHALLENGE, &key.creates(&options, "https://evil.example")),
        Some(Code::PasskeyWrong)
    );
    assert_eq!(wrong(CHALLENGE, "{}"), Some(Code::PasskeyWrong));
    let keys = [brought_in(&house, &key).key];
    let signed = key.answers(&house.request(CHALLENGE, &keys).unwrap(), OURS);
    assert_eq!(wrong(CHALLENGE, &signed), Some(Code::PasskeyWrong));
}

#[test]
fn a_maker_is_believed_where_the_operator_trusts_it() {
    let (maker, stranger) = (Maker::new(), Maker::new());
    let house = relying(Some(&maker.pem()));
    let options = asked(&house);
    assert_eq!(options["attestation"], "direct");
    let comes_in = |house: &Relying, key: &SoftKey, maker: &Maker| {
        let brought = key.creates_vouched(&asked(house), OURS, maker);
        house.register(CHALLENGE, &brought).unwrap().unwrap().in_hardware
    };
    assert!(comes_in(&house, &SoftKey::new(), &maker));
    assert!(
        !comes_in(&house, &SoftKey::new(), &stranger),
        "a maker whom nobody trusts"
    );
    assert!(
        !comes_in(&relying(None), &SoftKey::new(), &maker),
        "no maker is trusted"
    );
    assert!(!brought_in(&house, &SoftKey::new()).in_hardware, "nobody vouches");
    let mut copied = SoftKey::new();
    copied.may_be_copied = true;
    assert!(
        !comes_in(&house, &copied, &maker),
        "it says itself that it may be copied"
    );
}

#[test]
fn certificates_are_read_or_refused_with_their_number() {
    let two = [Maker::new().pem(), Maker::new().pem()].concat();
    assert!(Relying::new("example.dk", "x", Vec::new(), Some(&two)).is_ok());
    for bad in [
        "",
        "no certificate",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        assert!(
            Relying::new("example.dk", "x", Vec::new(), Some(bad)).is_err(),
            "{bad:?}"
        );
    }
}
