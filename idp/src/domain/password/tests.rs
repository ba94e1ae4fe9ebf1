//! What may be chosen, and what not.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use proptest::prelude::*;

fn judge(text: &str) -> Result<Form, Code> {
    judge_by(Law::Modern, text)
}

fn judge_by(law: Law, text: &str) -> Result<Form, Code> {
    let cpr = Cpr::parse("670185-1234").unwrap();
    let number = EidNumber::parse("987654321").unwrap();
    let context = Context {
        law,
        cpr: Some(&cpr),
        number: &number,
        user_ids: &["anna", "Anna.B"],
    };
    check_rules(&Password::typed(text.to_owned())?, &context)
}

#[test]
fn ordinary_rules() {
    let table = [
        ("", Code::PasswordRequired),
        ("ab1", Code::PasswordTooShort),
        ("ab12c", Code::PasswordTooShort),
        ("12345", Code::PasswordTooShort),
        (" abc12", Code::PasswordSpace),
        ("abc12 ", Code::PasswordSpace),
        ("abc\u{7}123", Code::PasswordCharacters),
        ("abc\u{202E}123", Code::PasswordCharacters),
        ("abc\u{200B}123", Code::PasswordCharacters),
        ("abc\u{E000}123", Code::PasswordCharacters),
        ("abcdefgh", Code::PasswordLettersDigits),
        ("135790", Code::PasswordLettersDigits),
        ("aAaA12", Code::PasswordRepeated),
        ("åÅåÅ12", Code::PasswordRepeated),
        ("xy1111", Code::PasswordRepeated),
        ("x987654321", Code::PasswordContainsNumber),
        ("x670185-1234", Code::PasswordContainsNumber),
        ("x6701851234", Code::PasswordContainsNumber),
        ("my-Anna-7", Code::PasswordContainsUserId),
        ("xxaNNa.b1", Code::PasswordContainsUserId),
        ("Password1", Code::PasswordCommon),
        ("hej123", Code::PasswordCommon),
        ("Hej123!", Code::PasswordCommon),
        ("Blåbær12", Code::PasswordCommon),
        ("trustno1", Code::PasswordCommon),
    ];
    for (text, code) in table {
        assert_eq!(judge(text), Err(code), "{text}");
    }
    assert_eq!(judge(&format!("a1{}", "xy".repeat(20))), Err(Code::PasswordTooLong));
    assert_eq!(judge(&"a1".repeat(200)), Err(Code::PasswordTooLong));
    for text in [
        "kat7hund",
        "xxx117",
        "a1 b2 c3 d4",
        "{}!#\"$'%^&,*()_+-=:;?.@a1",
        &"x1".repeat(20),
        "brødskive7",
        "<kat> & 7 hunde",
        "кошка 7",
        "私の猫は七匹7",
        "🐈🐈🐈 x7",
        &"ø1".repeat(20),
    ] {
        assert_eq!(judge(text), Ok(Form::Ordinary), "{text}");
    }
}

#[test]
fn the_classic_law_takes_what_every_keyboard_has() {
    for text in ["brødskive7", "abc<12>", "кошка 7", "x7 🐈🐈🐈"] {
        assert_eq!(
            judge_by(Law::Classic, text),
            Err(Code::PasswordClassicCharacters),
            "{text}"
        );
    }
    assert_eq!(judge_by(Law::Classic, "a1 b2 c3 d4"), Ok(Form::Ordinary));
    assert!(Law::Classic.is_case_blind() && !Law::default().is_case_blind());
}

#[test]
fn the_same_password_from_another_keyboard() {
    let one = |text: &str| Password::typed(text.to_owned()).unwrap();
    for (left, right) in [
        ("bla\u{30A}b7", "bl\u{E5}b7"),
        ("ｋａｔ７", "kat7"),
        ("a\u{A0}b 7", "a b 7"),
    ] {
        assert_eq!(one(left), one(right));
    }
    assert_ne!(one("Kat7"), one("kat7"));
    assert!(one("１３５７").looks_four_digits());
}

#[test]
fn the_common_ones_are_in_order_and_obey_the_other_rules() {
    assert!(COMMON.len() > 8_000);
    assert!(COMMON.is_sorted_by(|one, next| one < next));
    for text in COMMON.iter() {
        assert!(
            shape(text, Law::Modern).and_then(|()| composition(text)).is_ok(),
            "{text}"
        );
        assert_eq!(*text, text.to_lowercase());
    }
}

#[test]
fn four_digit_rules() {
    let table = [
        ("0000", Code::PasswordFourDigitsEqual),
        ("7777", Code::PasswordFourDigitsEqual),
        ("1234", Code::PasswordFourDigitsRun),
        ("5678", Code::PasswordFourDigitsRun),
        ("7890", Code::PasswordFourDigitsRun),
        ("4321", Code::PasswordFourDigitsRun),
        ("0987", Code::PasswordFourDigitsRun),
        ("6701", Code::PasswordFourDigitsCpr),
        ("8512", Code::PasswordFourDigitsCpr),
        ("1985", Code::PasswordFourDigitsCpr),
    ];
    for (text, code) in table {
        assert_eq!(judge(text), Err(code), "{text}");
    }
    for text in ["1357", "4711", "2580", "1233", "9021"] {
        assert_eq!(judge(text), Ok(Form::FourDigits), "{text}");
    }
}

#[test]
fn it_prints_nothing() {
    assert_eq!(
        format!("{:?}", Password::typed("kat7hund".into()).unwrap()),
        "Password(…)"
    );
}

proptest! {
    #[test]
    fn an_accepted_password_keeps_every_rule(text in "[ -~æøå]{1,44}") {
        match judge(&text) {
            Ok(Form::Ordinary) => {
                prop_assert!((MIN..=MAX).contains(&text.chars().count()));
                prop_assert!(text.bytes().any(|b| b.is_ascii_digit()) && text.chars().any(char::is_alphabetic));
                prop_assert!(!text.to_lowercase().contains("anna") && text.trim() == text);
            }
            Ok(Form::FourDigits) => prop_assert!(text.len() == 4),
            Err(code) => prop_assert!(code.as_str().starts_with("password.")),
        }
    }

    #[test]
    fn four_digits_are_never_judged_as_ordinary(digits in "[0-9]{4}") {
        match judge(&digits) {
            Ok(form) => prop_assert_eq!(form, Form::FourDigits),
            Err(code) => prop_assert!(code.as_str().starts_with("password.four_digits")),
        }
    }
}
