//! Every page in both languages, as a browser and a screen reader get it.

use super::place::{Browser, Place};
use crate::domain::authenticator::State;
use crate::domain::keycard::CardState;
use crate::domain::locale::Locale;
use crate::domain::officer;
use crate::selfservice::history::KINDS;
use crate::selfservice::tokens::Act;
use crate::web::Say;
use crate::web::tests::{markup_is_whole, no_key_shows};

const OPEN: [&str; 11] = [
    "/block",
    "/help",
    "/help/lost-card",
    "/help/lost-device",
    "/help/password",
    "/help/user-id",
    "/help/trouble",
    "/help/misuse",
    "/help/personal",
    "/help/contact",
    "/help/without-eid",
];
const OWN: [&str; 27] = [
    "/self-service",
    "/self-service/history",
    "/self-service/sessions",
    "/self-service/consents",
    "/self-service/public",
    "/self-service/password",
    "/self-service/user-id",
    "/self-service/cards",
    "/self-service/tokens",
    "/self-service/tokens/activate",
    "/self-service/apps",
    "/self-service/apps/add",
    "/self-service/passkeys",
    "/self-service/voice",
    "/self-service/certificate",
    "/self-service/contact",
    "/self-service/data",
    "/self-service/close",
    "/self-service/logout",
    "/block/password",
    "/block/card",
    "/block/token",
    "/block/app",
    "/block/passkey",
    "/block/voice",
    "/block/certificate",
    "/block/eid",
];

#[test]
fn the_page_that_adds_a_passkey_has_the_one_script_of_ours() {
    let place = Place::new();
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    for lang in ["da", "en"] {
        let at = format!("/self-service/passkeys/add?lang={lang}");
        let page = place.get(&browser, &at);
        assert_eq!(page.status, 200, "{at}: {}", page.body);
        assert_eq!(page.body.matches("<script").count(), 1, "{at}");
        let policy = page.headers.get("content-security-policy").expect("a policy");
        assert!(
            policy.to_str().expect("text").ends_with("script-src 'self'"),
            "{policy:?}"
        );
        markup_is_whole(&page.body, &at);
        no_key_shows(&page.body, &at);
    }
    let script = place.get(&browser, "/assets/passkey.js");
    assert_eq!(
        script.headers.get("content-type").expect("a type"),
        "text/javascript; charset=utf-8"
    );
}

#[test]
fn every_page_in_both_languages_is_sound() {
    let place = Place::new();
    let anna = place.house.anna();
    place.logs_in_at(&anna, "lab", "openid");
    place.is_given_lasting_access(&anna);
    super::tokens::is_sent(&place, &anna);
    let browser = place.logged_in(&anna);
    for lang in ["da", "en"] {
        for path in OPEN.into_iter().chain(OWN) {
            let at = format!("{path}?lang={lang}");
            let page = place.get(&browser, &at);
            assert_eq!(page.status, 200, "{at}: {}", page.body);
            assert!(page.body.contains(&format!("<html lang=\"{lang}\"")), "{at}");
            assert!(!page.body.contains("<script"), "{at}");
            markup_is_whole(&page.body, &at);
            no_key_shows(&page.body, &at);
        }
        for (path, fields) in [
            ("/self-service/password", [("old", ""), ("new", "x")]),
            ("/self-service/user-id", [("user_id", "x"), ("action", "choose")]),
            ("/self-service/tokens/activate", [("serial", "x"), ("shown", "x")]),
            ("/self-service/apps/add", [("code", "x"), ("x", "")]),
            ("/self-service/contact", [("email", "x"), ("phone", "x")]),
            ("/self-service/close", [("sure", ""), ("x", "")]),
            ("/self-service/voice", [("action", "order"), ("phone", "x")]),
            ("/self-service/voice", [("action", "confirm"), ("code", "")]),
            ("/self-service/sessions", [("end", "others"), ("x", "")]),
        ] {
            let page = place.sends(&browser, path, &fields);
            markup_is_whole(&page.body, path);
            no_key_shows(&page.body, path);
        }
    }
}

#[test]
fn every_word_that_is_said_by_code_has_a_text() {
    for locale in [Locale::Da, Locale::En] {
        let say = Say(locale);
        let word = |of: &str, word: &str| {
            let key = format!("word-{of}-{}", word.replace(['.', '_'], "-"));
            assert!(say.maybe(&key).is_some(), "{key}");
        };
        CardState::ALL.iter().for_each(|state| word("card", state.as_str()));
        for state in [State::Assigned, State::Active, State::Blocked] {
            word("token", state.as_str());
        }
        for act in Act::ALL {
            word("token-act", act.as_str());
            word("token-act-lead", act.as_str());
        }
        KINDS.iter().for_each(|kind| word("event", kind));
        // Who they are themselves, officers ask about nobody.
        for act in officer::Act::ALL.into_iter().filter(|act| *act != officer::Act::Look) {
            word("change", &format!("officer-{}", act.as_str()));
        }
        word("change", "officer-repeated");
        for (factor, ways) in [
            (
                "token",
                "activated holder officer reopened wrong_codes eid passkeys_alone",
            ),
            (
                "app",
                "handed_over key_received holder officer renamed push_changed eid passkeys_alone",
            ),
            ("passkey", "added renamed holder officer counter_went_back eid"),
            (
                "voice",
                "ordered activated moved holder officer wrong_codes eid passkeys_alone",
            ),
        ] {
            for how in ways.split(' ') {
                word("change", &format!("{factor}-{how}"));
            }
        }
        for method in crate::domain::assurance::Method::ALL {
            word("method", method.as_str());
        }
        for scope in [
            "openid",
            "profile",
            "email",
            "address",
            "phone",
            "pid",
            "cpr",
            "offline_access",
        ] {
            word("scope", scope);
        }
        for receipt in [
            "logged-out",
            "closed",
            "blocked-password",
            "blocked-card",
            "blocked-token",
            "blocked-app",
            "blocked-passkey",
            "blocked-voice",
            "blocked-eid",
        ] {
            for part in ["heading", "done", "1"] {
                assert!(say.maybe(&format!("receipt-{receipt}-{part}")).is_some(), "{receipt}");
            }
        }
    }
}

#[test]
fn help_names_the_way_without_an_eid_and_never_a_user_id() {
    let place = Place::new();
    let nobody = Browser::default();
    for (path, said) in [
        ("/help/without-eid", "blanket"),
        ("/help/lost-card", "politiet"),
        ("/help/lost-device", "Lån aldrig"),
        ("/help/user-id", "viser vi først dit bruger-id"),
        ("/help/personal", "hæfter selv"),
        ("/help/contact", "12 34 56 78"),
        ("/nowhere", "Sådan gør du uden eID"),
        ("/block", "ikke bruge en nøgle"),
    ] {
        let page = place.get(&nobody, path);
        assert!(page.body.contains(said), "{path}: {}", page.body);
    }
    assert_eq!(place.get(&nobody, "/help/nothing").status, 404);
    let topic = place.json(&nobody, "/help/contact").value();
    assert_eq!(topic["contacts"][0]["phone"], "12 34 56 78");
    assert_eq!(topic["contacts"][0]["open"], serde_json::Value::Null);
    assert_eq!(
        place.json(&nobody, "/help").value()["topics"].as_array().unwrap().len(),
        9
    );
}
