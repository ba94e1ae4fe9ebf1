//! What people type: numbers, names, codes, passwords. What was read once is read the same again.

use std::sync::LazyLock;

use idp::domain::cpr::{self, Cpr};
use idp::domain::eid::EidNumber;
use idp::domain::id::FlowId;
use idp::domain::keycard::{CardNumber, Code, Index};
use idp::domain::password::{Context, Form, Password, check_rules};
use idp::domain::pid::Pid;
use idp::domain::user_id::{Chosen, Typed};

use crate::text;

static NUMBER: LazyLock<EidNumber> = LazyLock::new(|| EidNumber::from_random(23_456_789));
static CPR: LazyLock<Cpr> = LazyLock::new(|| Cpr::parse("610290-1234").expect("a substitute number"));

/// CPR number, PID, eID number, user-ID, card number, index, code, flow id.
pub fn people(data: &[u8]) {
    let Some(text) = text(data) else { return };
    if let Ok(cpr) = Cpr::parse(text) {
        assert_eq!(Cpr::parse(cpr.digits()).as_ref(), Ok(&cpr));
        // The last four are shown nowhere; the date before them may hold the same digits by chance.
        let (date, secret) = cpr.digits().split_at(6);
        for shown in [cpr.to_string(), format!("{cpr:?}")] {
            assert!(!shown.replacen(date, "", 1).contains(secret));
        }
        assert!(cpr::looks_like(text));
        let _facts = (cpr.is_substitute(), cpr.is_female(), cpr.age_on(cpr.birth_date()));
    }
    if let Some(pid) = Pid::parse(text) {
        assert_eq!(Pid::parse(pid.as_str()), Some(pid));
    }
    if let Some(number) = EidNumber::parse(text) {
        assert_eq!(EidNumber::parse(&number.grouped()), Some(number));
    }
    if let Some(card) = CardNumber::parse(text) {
        assert_eq!(CardNumber::parse(card.as_str()), Some(card));
    }
    if let Some(index) = Index::parse(text) {
        assert_eq!(index.to_string(), text);
    }
    if let Some(code) = Code::parse(text) {
        assert_eq!(Code::parse(&code.to_string()), Some(code));
    }
    if let Ok(flow) = text.parse::<FlowId>() {
        assert_eq!(flow.to_string().parse(), Ok(flow));
    }
    if let Ok(typed) = Typed::parse(text) {
        assert_eq!(
            Typed::parse(typed.as_str()).as_ref(),
            Ok(&typed),
            "the canonical form is its own"
        );
    }
    if let Ok(chosen) = Chosen::parse(text, &NUMBER) {
        assert!(Cpr::parse(text).is_err() && EidNumber::parse(text).is_none());
        assert_eq!(
            Typed::parse(text),
            Ok(Typed::from(&chosen)),
            "what was chosen is found again as typed"
        );
    }
}

/// A password as typed and as chosen.
pub fn passwords(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let Ok(password) = Password::typed(text.to_owned()) else {
        return;
    };
    // What is taken for the password is taken for itself.
    let canonical = std::str::from_utf8(password.canonical()).expect("text").to_owned();
    if let Ok(again) = Password::typed(canonical.clone()) {
        assert_eq!(again, password);
    }
    let text = canonical.as_str();
    let context = Context {
        law: idp::domain::password::Law::default(),
        cpr: Some(&CPR),
        number: &NUMBER,
        user_ids: &["anna-andersen", ""],
    };
    match check_rules(&password, &context) {
        Ok(Form::FourDigits) => assert!(password.looks_four_digits()),
        Ok(Form::Ordinary) => {
            assert!((6..=40).contains(&text.chars().count()));
            let bare = text.replace([' ', '-'], "");
            assert!(!bare.contains(CPR.digits()) && !bare.contains(NUMBER.as_str()));
            assert!(!text.to_ascii_lowercase().contains("anna-andersen"));
        }
        Err(_) => {}
    }
}
