//! Codes are one text each, and come back from it.

use std::collections::HashSet;

use super::*;
use crate::domain::time::Time;

#[test]
fn every_code_is_one_text_and_comes_back() {
    let texts: HashSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(texts.len(), Code::ALL.len());
    let keys: HashSet<_> = Code::ALL.iter().map(|code| code.text_key()).collect();
    assert_eq!(keys.len(), Code::ALL.len());
    for code in Code::ALL {
        assert_eq!(Code::from_str(code.as_str()), Some(*code));
    }
    assert_eq!(Code::from_str("lock001"), None);
}

#[test]
fn says_what_helps() {
    let refusal = Refusal::new(Code::Lock001)
        .at("password")
        .until(Time::from_secs(8))
        .left(0);
    assert_eq!(refusal.to_string(), "LOCK001");
    assert_eq!(refusal.field, Some("password"));
    assert_eq!(refusal.until, Some(Time::from_secs(8)));
    assert_eq!(refusal.left, Some(0));
    assert_eq!(
        Code::PasswordFourDigitsRun.text_key(),
        "refusal-password-four-digits-run"
    );
}
