//! Commands against a house of their own: a temporary folder, an SQLite database, nobody else.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod ca;
mod crowd;
mod keys;
mod secrets;
mod tokens;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;
use serde_json::Value;
use tempfile::TempDir;

use super::open::ctx;
use super::{Cli, run};
use crate::app::{House, ensure_keys};
use crate::clock::Clock;
use crate::config;
use crate::ctx::Ctx;
use crate::demo::{seed, show};
use crate::domain::keycard::{CardNumber, CardState};
use crate::domain::time::Span;
use crate::domain::user_id::Typed;
use crate::entropy::Entropy;
use crate::storage::{Durability, Tx};
use crate::vault::password::{self, HashMemory, Params, Verifier};

const CHEAP: Params = Params {
    memory_kib: 64,
    passes: 1,
    lanes: 1,
};

/// A folder with a configuration; commands run as an operator would type them.
struct Desk(TempDir);

impl Desk {
    fn new(demo: bool) -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        fs::create_dir(desk.path("parties")).unwrap();
        fs::write(desk.path("idp.toml"), desk.configuration(demo)).unwrap();
        desk
    }

    /// Production has its floor for the cost of a password, a demo may be quick.
    fn configuration(&self, demo: bool) -> String {
        let at = |name| self.path(name).display().to_string();
        let (mark, key, cost) = if demo {
            (
                format!("{{ enabled = true, dir = \"{}\" }}", at("var")),
                format!("master_key_path = \"{}\"", at("var/master.key")),
                "[login.hash]\nmemory_kib = 64\npasses = 1\n",
            )
        } else {
            ("false".into(), format!("master_key = \"{}\"", "ab".repeat(32)), "")
        };
        format!(
            "demo = {mark}\n[server]\npublic_url = \"http://localhost:8080\"\n[storage]\nurl = \"sqlite:{}\"\n\
             [vault]\n{key}\n[parties]\ndir = \"{}\"\n{cost}",
            at("var/idp.db"),
            at("parties"),
        )
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn says(&self, words: &[&str]) -> Result<(), String> {
        let config = self.path("idp.toml");
        let mut line = vec!["idp", "--config", config.to_str().unwrap()];
        line.extend(words);
        let cli = Cli::try_parse_from(line).map_err(|error| error.to_string())?;
        run(&cli).map_err(|failure| failure.0)
    }

    fn house(&self) -> House {
        let text = fs::read_to_string(self.path("idp.toml")).unwrap();
        let settings = config::from_text(Path::new("idp.toml"), &text, &BTreeMap::new()).unwrap();
        let house = House::open(settings, Clock::system(), Entropy::system(), true).unwrap();
        ensure_keys(&house.store, &house.vault, &ctx(&house), "test").unwrap();
        house
    }

    fn people(&self) -> Vec<Value> {
        let house = self.house();
        let ctx = ctx(&house);
        house
            .store
            .read_blocking("test", move |tx| show::people(tx, &ctx))
            .unwrap()
    }
}

fn person<'a>(people: &'a [Value], user_id: &str) -> &'a Value {
    people
        .iter()
        .find(|person| person["user_id"] == user_id)
        .unwrap_or_else(|| panic!("no {user_id}"))
}

#[test]
fn the_cast_is_as_the_contract_says() {
    let desk = Desk::new(true);
    desk.says(&["demo", "seed"]).unwrap();
    let people = desk.people();
    let table = [
        ("anna", "adult", "active", "netbank public", true, 148),
        ("bo", "adult", "active", "netbank", false, 148),
        ("clara", "youth", "active", "netbank public", true, 148),
        ("dines", "child", "active", "netbank", false, 148),
        ("erik", "adult", "active", "netbank public", true, 148),
        ("frida", "adult", "blocked", "public", true, 148),
        ("gitte", "adult", "active", "netbank public", true, 148),
        ("hanne", "adult", "active", "public", true, 148),
        ("karl", "adult", "active", "netbank public", true, 21),
        ("nora", "adult", "active", "netbank", false, 148),
        ("ida", "adult", "ordered", "netbank public", true, 148),
        ("jens", "adult", "active", "netbank", true, 148),
        ("otto", "adult", "active", "netbank public", true, 148),
    ];
    assert_eq!(people.len(), table.len());
    for (user_id, group, status, scope, pid, left) in table {
        let person = person(&people, user_id);
        let words: Vec<&str> = person["scope"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .collect();
        assert_eq!(
            (
                person["age_group"].as_str().unwrap(),
                person["status"].as_str().unwrap()
            ),
            (group, status),
            "{user_id}"
        );
        assert_eq!(
            (words.join(" ").as_str(), person["pid"].is_string()),
            (scope, pid),
            "{user_id}"
        );
        assert_eq!(person["cpr"].is_null(), user_id == "nora");
        assert_eq!(person["protected"].as_bool().unwrap(), user_id == "erik");
        let card = &person["keycards"][0];
        assert_eq!(
            (card["left"].as_u64().unwrap(), card["codes"].as_object().unwrap().len()),
            (left, 148),
            "{user_id}"
        );
    }
    let files = fs::read_dir(desk.path("var/cards")).unwrap().count();
    assert_eq!(files, 39, "each card as PDF, text and JSON");
}

#[test]
fn seeding_twice_changes_nothing_and_the_passwords_are_right() {
    let desk = Desk::new(true);
    desk.says(&["demo", "seed"]).unwrap();
    let before = desk.people();
    desk.says(&["demo", "seed"]).unwrap();
    assert_eq!(before, desk.people());
    let house = desk.house();
    let verifier = house
        .store
        .read_blocking("test", |tx| {
            let eid = tx.aliases().eid(Typed::parse("ANNA").unwrap().as_str())?.unwrap();
            Ok(tx.passwords().find(eid)?.unwrap().verifier)
        })
        .unwrap();
    let verifier = Verifier::from_bytes(&verifier).unwrap();
    let mut memory = HashMemory::new();
    assert!(password::verify(&house.vault, &verifier, b"anna-demo-1", &mut memory));
    assert!(!password::verify(&house.vault, &verifier, b"anna-demo-2", &mut memory));
}

#[test]
fn ages_hold_for_half_a_year_after_seeding() {
    let desk = Desk::new(true);
    let house = desk.house();
    let now = Clock::system().now();
    seed::seed(&house.store, &house.vault, &ctx(&house), CHEAP).unwrap();
    let later = Ctx::system(now + Span::days(180), &house.rng);
    let people = house
        .store
        .read_blocking("test", move |tx| show::people(tx, &later))
        .unwrap();
    for (user_id, group) in [("anna", "adult"), ("clara", "youth"), ("dines", "child")] {
        assert_eq!(person(&people, user_id)["age_group"], group);
    }
}

#[test]
fn demo_and_production_do_not_mix() {
    let desk = Desk::new(true);
    desk.says(&["demo", "seed"]).unwrap();
    fs::write(desk.path("idp.toml"), desk.configuration(false)).unwrap();
    for words in [
        &["migrate"][..],
        &["keys", "list"],
        &["keycard", "print", "A123456789"],
        &["audit", "verify"],
    ] {
        assert!(desk.says(words).unwrap_err().contains("made as a demo"), "{words:?}");
    }
    assert!(
        desk.says(&["demo", "people"])
            .unwrap_err()
            .contains("for the demo alone")
    );

    let desk = Desk::new(false);
    assert!(
        desk.says(&["keys", "list"]).is_err(),
        "there is no folder for a database yet"
    );
    fs::create_dir(desk.path("var")).unwrap();
    assert!(desk.says(&["keys", "list"]).unwrap_err().contains("idp migrate"));
    desk.says(&["migrate"]).unwrap();
    desk.says(&["keys", "list", "--format", "json"]).unwrap();
    fs::write(desk.path("idp.toml"), desk.configuration(true)).unwrap();
    assert!(
        desk.says(&["demo", "seed"])
            .unwrap_err()
            .contains("made for production")
    );
}

#[test]
fn a_backup_comes_back_whole_and_the_old_database_is_kept() {
    let desk = Desk::new(true);
    desk.says(&["demo", "seed"]).unwrap();
    let before = desk.people();
    let copy = desk.path("copy.db");
    let copy = copy.to_str().unwrap();
    desk.says(&["backup", copy]).unwrap();
    assert!(desk.says(&["backup", copy]).unwrap_err().contains("exists already"));
    burn_one(
        &desk.house(),
        person(&before, "anna")["keycards"][0]["number"].as_str().unwrap(),
    );
    assert_eq!(person(&desk.people(), "anna")["keycards"][0]["left"], 147);
    assert!(desk.says(&["restore", copy]).unwrap_err().contains("--replace"));
    desk.says(&["restore", copy, "--replace"]).unwrap();
    assert_eq!(before, desk.people());
    desk.says(&["audit", "verify"]).unwrap();
    let kept = fs::read_dir(desk.path("var")).unwrap().flatten();
    assert!(
        kept.into_iter()
            .any(|entry| entry.file_name().to_string_lossy().starts_with("idp.db.before-"))
    );
    fs::write(desk.path("other.db"), b"no database").unwrap();
    assert!(
        desk.says(&["restore", desk.path("other.db").to_str().unwrap(), "--replace"])
            .is_err()
    );
    assert_eq!(before, desk.people(), "a refused restore changes nothing");
}

fn burn_one(house: &House, number: &str) {
    let number = CardNumber::parse(number).unwrap();
    let now = Clock::system().now();
    let act = move |tx: &mut Tx<'_>| {
        let mut row = tx.cards().find(&number)?.unwrap();
        let at = row.card.pending.unwrap();
        row.card.used.mark(at);
        row.card.pending = crate::domain::keycard::next_pending(&row.card.used, &mut |_| 0);
        tx.cards().save(&row, now)
    };
    assert!(house.store.transact_blocking("test", Durability::Full, act).unwrap());
}

#[test]
fn in_production_an_officer_prints_what_has_not_left_the_house() {
    let desk = Desk::new(false);
    desk.says(&["migrate"]).unwrap();
    let house = desk.house();
    let numbers = cards(&house);
    let out = desk.path("card.json");
    let out = out.to_str().unwrap();
    let print = |number: &str, more: &[&str]| {
        let mut words = vec!["keycard", "print", number, "--format", "json", "--out", out];
        words.extend(more);
        desk.says(&words)
    };
    let officer = ["--officer", "O-17", "--reason", "first print"];
    assert!(print(&numbers[0], &[]).unwrap_err().contains("--officer"));
    assert!(
        print(&numbers[0], &["--officer", " ", "--reason", "x"])
            .unwrap_err()
            .contains("--officer")
    );
    assert!(print("B000000000", &officer).unwrap_err().contains("keycard.not_found"));
    assert!(print("12", &officer).unwrap_err().contains("no card number"));
    assert!(
        print(&numbers[1], &officer).unwrap_err().contains("keycard.state"),
        "an active card is not printed"
    );
    print(&numbers[0], &officer).unwrap();
    let card: Value = serde_json::from_slice(&fs::read(out).unwrap()).unwrap();
    assert_eq!(
        (
            card["number"].as_str().unwrap(),
            card["codes"].as_object().unwrap().len()
        ),
        (numbers[0].as_str(), 148)
    );
    desk.says(&["audit", "export", "--out", out]).unwrap();
    let trail = fs::read_to_string(out).unwrap();
    assert_eq!(
        trail.matches("keycard.printed").count(),
        1,
        "what was refused showed nothing"
    );
    assert!(trail.contains("O-17") && trail.contains("first print"));
}

/// Two cards of nobody in particular: one ordered, one active.
fn cards(house: &House) -> Vec<String> {
    let ctx = ctx(house);
    let act = move |tx: &mut Tx<'_>| {
        let person = crate::domain::id::PersonId::from_uuid(ctx.rng.uuid_v7(ctx.now));
        let eid = crate::domain::id::EidId::from_uuid(ctx.rng.uuid_v7(ctx.now));
        tx.people().insert(&crate::storage::NewPerson {
            id: person,
            name: "Anna Andersen".into(),
            address: None,
            protected: false,
            birth_date: None,
            cpr: None,
            email: None,
            phone: None,
            created_at: ctx.now,
        })?;
        tx.eids().insert(&crate::storage::NewEid {
            id: eid,
            number: crate::domain::eid::EidNumber::from_random(1),
            person,
            status: crate::domain::eid::EidStatus::Active,
            public: true,
            issuer: "borgerservice".into(),
            created_at: ctx.now,
        })?;
        [CardState::Ordered, CardState::Active]
            .into_iter()
            .map(|state| {
                Ok(crate::credentials::keycard::new_card(tx, &ctx, eid, state)?
                    .0
                    .number
                    .to_string())
            })
            .collect()
    };
    house.store.transact_blocking("test", Durability::Full, act).unwrap()
}

#[test]
fn configuration_is_checked_without_a_database() {
    let desk = Desk::new(false);
    desk.says(&["check-config"]).unwrap();
    desk.says(&["party", "check"]).unwrap();
    desk.says(&["party", "list", "--format", "json"]).unwrap();
    assert!(!desk.path("var").exists());
    fs::write(desk.path("idp.toml"), "[server]\nlisten = 1\nnonsense = true\n").unwrap();
    let reason = desk.says(&["check-config"]).unwrap_err();
    assert!(
        reason.contains("server.listen") && reason.contains("nonsense") && reason.contains("idp.toml"),
        "{reason}"
    );
}
