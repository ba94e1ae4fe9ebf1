//! The officers' API against its own description: schemathesis (PyPI) makes up some thousand calls of four officers, and as many that they might
//! make. No call may end in an error of the server, and none in an answer that the description does not name; each is answered well once.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use acceptance::program::root;
use acceptance::{Database, House, Plan};
use serde_json::{Value, json};

use crate::both::on_both;
use crate::issuing::rules;

on_both!(the_officers_api_is_as_it_is_described);

/// Each with how many of a hundred newcomers are theirs: those who issue need the most, since nobody gets two.
const OFFICERS: [(&str, &str, usize); 4] = [
    ("support", "m.dahl", 5),
    ("ra-netbank", "k.vang", 40),
    ("ra-borgerservice", "i.friis", 40),
    ("trykkeri", "t.kvist", 15),
];

/// Who does beside them what their calls rest on.
const OTHERS: [(&str, &str, &str); 4] = [
    ("registrar", "ra-borgerservice", "i.friis"),
    ("printer", "ra-borgerservice", "u.krogh"),
    ("bank", "ra-netbank", "k.vang"),
    ("print shop", "trykkeri", "t.kvist"),
];

async fn the_officers_api_is_as_it_is_described(database: Database) {
    let mut plan = Plan::on(database).without_services();
    for limit in ["ra.calls_per_minute", "ra.officer_calls_per_minute"] {
        plan = plan.set(limit, 1_000_000);
    }
    let house = House::start(plan).await;
    for (list, more) in [("register.json", &[][..]), ("companies.json", &["--companies"][..])] {
        let list = root().join("config/demo").join(list).display().to_string();
        let import = ["register", "import", list.as_str(), "--officer", "test"];
        house.idp_says(&[&import[..], more].concat());
    }
    let listed: Vec<Value> = serde_json::from_str(&house.idp_says(&["demo", "officers", "--format", "json"])).unwrap();
    let officer = |ra: &str, officer: &str| {
        let mut listed = listed.iter();
        let found = listed.find(|one| one["ra"] == ra && one["officer"] == officer);
        let mut found = found.expect("an officer of the demo").clone();
        found["key"] = json!(house.folder().join(found["key"].as_str().unwrap()));
        found
    };
    let people = ["anna", "bo", "frida", "gitte", "karl", "nora"].map(|who| {
        let person = house.citizen(who).person;
        json!({"eid_number": person.eid_number, "cpr": person.cpr})
    });
    let ledger = house.folder().join("ledger");
    let others = OTHERS.map(|(word, ra, name)| (word.to_owned(), officer(ra, name)));
    let known = json!({
        "issuer": house.issuer(), "people": people, "rules": rules(), "ledger": ledger,
        "companies": numbers("companies.json", "cvr"),
        "others": serde_json::Map::from_iter(others),
    });
    let document = house.document("/api/openapi.json").await;
    let whole = written(&house, "whole.json", &document);
    let mut newcomers = numbers("register.json", "cpr");
    let hundredth = newcomers.len() / 100;
    for (ra, name, share) in OFFICERS {
        let rest = newcomers.split_off(share * hundredth);
        let mut who = known.clone();
        who["newcomers"] = json!(std::mem::replace(&mut newcomers, rest));
        who["officer"] = officer(ra, name);
        let who = written(&house, "officer.json", &who);
        let (good, said) = judges(&house, &who, &whole);
        assert!(good, "{ra}: {said}");
        if ra == "support" {
            // What is not described is found out.
            let mut less = document.clone();
            for path in less["paths"].as_object_mut().unwrap().values_mut() {
                for act in path.as_object_mut().unwrap().values_mut() {
                    act["responses"].as_object_mut().unwrap().remove("404");
                }
            }
            let (good, said) = judges(&house, &who, &written(&house, "less.json", &less));
            assert!(!good && said.contains("Undocumented status code"), "{said}");
        }
    }
    let ledger = fs::read_to_string(&ledger).unwrap();
    let well: BTreeSet<&str> = ledger.lines().filter_map(|line| line.strip_suffix(" 200")).collect();
    let mut never = Vec::new();
    for (path, acts) in document["paths"].as_object().unwrap() {
        let acts = acts.as_object().unwrap().keys();
        never.extend(acts.map(|act| format!("{} {path}", act.to_uppercase())));
    }
    never.retain(|call| !well.contains(call.as_str()));
    assert!(never.is_empty(), "never answered well: {never:?}");
}

/// What the lists of the demo hold under this name.
fn numbers(list: &str, name: &str) -> Vec<Value> {
    let list = fs::read_to_string(root().join("config/demo").join(list)).unwrap();
    let list: Vec<Value> = serde_json::from_str(&list).unwrap();
    list.iter().map(|one| one[name].clone()).collect()
}

fn written(house: &House, name: &str, value: &Value) -> std::path::PathBuf {
    let file = house.folder().join(name);
    fs::write(&file, value.to_string()).unwrap();
    file
}

/// Whether all answers are as described, and what was said of them.
fn judges(house: &House, officer: &Path, description: &Path) -> (bool, String) {
    let python = root().join("tests/foreign");
    let done = Command::new(python.join(".installed/python/bin/st"))
        .arg("run")
        .arg(description)
        .args(["--url", &house.issuer()])
        .args([
            "--checks",
            "not_a_server_error,status_code_conformance,content_type_conformance",
        ])
        .args(["--checks", "response_headers_conformance,response_schema_conformance"])
        .args([
            "--max-examples",
            "20",
            "--seed",
            "1",
            "--generation-deterministic",
            "--no-color",
        ])
        .env("OFFICER", officer)
        .env("PYTHONPATH", python.join("python"))
        .env("SCHEMATHESIS_HOOKS", "officers_api")
        .current_dir(house.folder())
        .output()
        .expect("schemathesis: run `make setup`");
    let said = [done.stdout, done.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    (done.status.success(), said)
}
