//! A bank has eIDs issued to its customers from a file, and is killed on the way.

use std::collections::HashSet;
use std::time::Duration;

use acceptance::{Database, House, Plan};
use serde_json::{Value, json};

use crate::both::on_both;

on_both!(a_bank_issues_to_its_customers_and_is_killed_twice_on_the_way,);

const CUSTOMERS: usize = 1_500;

/// The CPR number of a customer (day + 60, nobody's).
fn cpr(nth: usize) -> String {
    let (day, month, serial) = (61 + nth % 28, 1 + (nth / 28) % 12, 1_000 + nth / 336);
    format!("{day}{month:02}70{serial}")
}

fn line(nth: usize) -> Value {
    let consents = ["cpr_lookup", "pid_link", "pid_reuse", "personal_data"];
    let rules = json!({"version": "2026-11-28", "consents": consents});
    match nth % 50 {
        // Nobody in the register; a customer without a number; a line that says nothing.
        7 => json!({"cpr": "611199-4999", "customer_ref": format!("B{nth}")}),
        9 => json!({
            "customer": {"name": "Nils Nobody", "address": "Storgatan 2", "born": "1990-01-01"}, "customer_ref": format!("B{nth}"),
        }),
        11 => json!({"customer_ref": ""}),
        _ => {
            json!({"cpr": cpr(nth), "customer_ref": format!("B{nth}"), "public": nth.is_multiple_of(2), "rules": rules})
        }
    }
}

fn count(house: &House, what: &str) -> usize {
    house.asks(what).trim().parse().unwrap()
}

async fn a_bank_issues_to_its_customers_and_is_killed_twice_on_the_way(database: Database) {
    let house = House::start(Plan::on(database).without_services().set("demo.posts", false)).await;
    let people: Vec<_> = (0..CUSTOMERS)
        .map(|nth| json!({"cpr": cpr(nth), "name": format!("Kunde Nr {nth}"), "address": "Prøvevej 1\n9998 Prøvekøbing"}))
        .collect();
    let (register, file) = (
        house.folder().join("register.json"),
        house.folder().join("customers.jsonl"),
    );
    std::fs::write(&register, Value::from(people).to_string()).unwrap();
    house.idp_says(&[
        "register",
        "import",
        &register.display().to_string(),
        "--officer",
        "test",
    ]);
    let lines: Vec<_> = (0..CUSTOMERS).map(|nth| line(nth).to_string()).collect();
    std::fs::write(&file, lines.join("\n")).unwrap();
    let before = count(&house, "SELECT COUNT(*) FROM eids");

    let path = file.display().to_string();
    let out = house.folder().join("told.jsonl").display().to_string();
    let words = [
        "bulk",
        "issue",
        path.as_str(),
        "--ra",
        "ra-netbank",
        "--batch",
        "2026-11",
        "--officer",
        "k.vang",
        "--reason",
        "nye kunder",
        "--out",
        out.as_str(),
    ];
    let done = "SELECT COUNT(*) FROM bulk_lines";
    for least in [1, CUSTOMERS / 3] {
        let mut program = house.idp().args(words).spawn().unwrap();
        while count(&house, done) < least {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        program.kill().unwrap();
        program.wait().unwrap();
        assert!(count(&house, done) < CUSTOMERS, "it was killed on the way");
    }
    let said = house.idp_says(&words);
    let wrong = CUSTOMERS / 50;
    let told = std::fs::read_to_string(house.folder().join("told.jsonl")).unwrap();
    let told: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(told.len(), CUSTOMERS, "{said}");
    let issued: Vec<_> = told.iter().filter(|one| one["outcome"] == "issued").collect();
    assert_eq!(issued.len(), CUSTOMERS - 2 * wrong, "{said}");
    let numbers: HashSet<_> = issued.iter().map(|one| one["eid_number"].as_str().unwrap()).collect();
    assert_eq!(numbers.len(), issued.len(), "no eID twice");
    for (nth, one) in told.iter().enumerate() {
        assert_eq!(one["line"], nth + 1);
        let code = match nth % 50 {
            7 => json!("proofing.unknown_person"),
            11 => json!("request.malformed"),
            _ => Value::Null,
        };
        assert_eq!(one["code"], code, "{one}");
        if code.is_null() {
            assert_eq!(one["customer_ref"], format!("B{nth}"));
            assert_eq!(one["public"], nth % 2 == 0 && nth % 50 != 9, "{one}");
        }
    }
    for (table, each) in [("eids", 1), ("cards", 1), ("activations", 1)] {
        let now = count(&house, &format!("SELECT COUNT(*) FROM {table} WHERE {}", made(table)));
        assert_eq!(now, issued.len() * each, "{table}");
    }
    assert_eq!(count(&house, "SELECT COUNT(*) FROM eids") - before, issued.len());
    let public = issued.iter().filter(|one| one["public"] == true).count();
    assert_eq!(count(&house, "SELECT COUNT(*) FROM given_consents"), public * 4);

    // Again: nothing is left to do. Other words under a number that is done are refused.
    let again = house.idp_says(&words);
    assert!(again.contains("1500 lines read, 0 done now"), "{again}");
    std::fs::write(&file, lines.join("\n").replace("B20\"", "B20x\"")).unwrap();
    let (code, _, reason) = house.idp_tries(&words);
    assert!(code == 1 && reason.contains("ra.key_reused"), "{code} {reason}");
    let (code, _, reason) = house.idp_tries(&[
        "bulk",
        "issue",
        path.as_str(),
        "--ra",
        "ra-borgerservice",
        "--batch",
        "x",
        "--officer",
        "y",
        "--reason",
        "z",
    ]);
    assert!(code == 1 && reason.contains("no bank"), "{code} {reason}");
}

/// What the delivery made, by table.
fn made(table: &str) -> &'static str {
    match table {
        "eids" => "issuer = 'ra-netbank'",
        "cards" => "state = 'ordered'",
        _ => "state = 'ordered'",
    }
}
