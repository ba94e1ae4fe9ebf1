//! The officers' API against its own description: schemathesis (PyPI) makes up some thousand calls of three officers. No call may end in an
//! error of the server, and none in an answer that the description does not name.

use std::fs;
use std::path::Path;
use std::process::Command;

use acceptance::program::root;
use acceptance::{Database, House, Plan};
use serde_json::{Value, json};

use crate::both::on_both;

on_both!(the_officers_api_is_as_it_is_described);

const OFFICERS: [(&str, &str); 3] = [
    ("support", "m.dahl"),
    ("ra-borgerservice", "i.friis"),
    ("trykkeri", "t.kvist"),
];

async fn the_officers_api_is_as_it_is_described(database: Database) {
    let mut plan = Plan::on(database).without_services();
    for limit in ["ra.calls_per_minute", "ra.officer_calls_per_minute"] {
        plan = plan.set(limit, 1_000_000);
    }
    let house = House::start(plan).await;
    let listed: Vec<Value> = serde_json::from_str(&house.idp_says(&["demo", "officers", "--format", "json"])).unwrap();
    let people = ["anna", "bo", "frida", "gitte", "karl", "nora"];
    let people = people.map(|who| house.citizen(who).person.eid_number);
    let document = house.document("/api/openapi.json").await;
    let whole = written(&house, "whole.json", &document);
    for (ra, officer) in OFFICERS {
        let mut who = listed
            .iter()
            .find(|one| one["ra"] == ra && one["officer"] == officer)
            .expect("an officer of the demo")
            .clone();
        who["issuer"] = json!(house.issuer());
        who["people"] = json!(people);
        who["key"] = json!(house.folder().join(who["key"].as_str().unwrap()));
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
