//! A bank has eIDs issued to its customers from a file, and is killed on the way.

use std::collections::HashSet;
use std::time::Duration;

use acceptance::measure::bulk::{count, cpr, delivery, line, refused};
use acceptance::{Database, House, Plan};
use serde_json::{Value, json};

use crate::both::on_both;

on_both!(
    a_bank_issues_to_its_customers_and_is_killed_twice_on_the_way,
    a_delivery_may_be_a_sheet,
);

const CUSTOMERS: usize = 1_500;

async fn a_bank_issues_to_its_customers_and_is_killed_twice_on_the_way(database: Database) {
    let house = House::start(Plan::on(database).without_services().set("demo.posts", false)).await;
    let file = delivery(&house, CUSTOMERS);
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
        assert_eq!(one["code"].as_str(), refused(nth), "{one}");
        if refused(nth).is_none() {
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
    let lines: Vec<_> = (0..CUSTOMERS).map(|nth| line(nth).to_string()).collect();
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

/// A spreadsheet's rows say the same as lines of JSON, and are killed, resumed and told in the same way: by the number of the line in the sheet.
async fn a_delivery_may_be_a_sheet(database: Database) {
    let house = House::start(Plan::on(database).without_services().set("demo.posts", false)).await;
    delivery(&house, 1_000);
    let consents = "2026-11-28;cpr_lookup|pid_link|pid_reuse|personal_data";
    let mut rows = vec!["cpr;customer_ref;public;rules;consents;name;address;born".to_owned()];
    for nth in 0..1_000 {
        rows.push(match nth {
            3 => "en række;der ikke er en".to_owned(),
            4 => format!(";B{nth};;;;\"Nobody; Nils\";Storgatan 2|Malmö;1990-01-01"),
            5 => format!("611199-4999;B{nth};;;;;;"),
            6 => format!("{};B{nth};ja;;;;;", cpr(nth)),
            8 => format!("{};B7;true;{consents};;;", cpr(nth)),
            _ => format!("{};B{nth};true;{consents};;;", cpr(nth)),
        });
    }
    let write = |name: &str, rows: &[String]| {
        let file = house.folder().join(name);
        std::fs::write(&file, format!("\u{feff}{}\r\n", rows.join("\r\n"))).unwrap();
        file.display().to_string()
    };
    let (file, out) = (write("customers.csv", &rows), house.folder().join("told.jsonl"));
    let out_name = out.display().to_string();
    let of = |file: &str| {
        let words = [
            "bulk",
            "issue",
            file,
            "--ra",
            "ra-netbank",
            "--batch",
            "sheet",
            "--officer",
            "k.vang",
            "--reason",
            "nye",
            "--out",
            &out_name,
        ];
        words.map(str::to_owned)
    };
    let words = of(&file);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut program = house.idp().args(&words).spawn().unwrap();
    while count(&house, "SELECT COUNT(*) FROM bulk_lines") == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    program.kill().unwrap();
    program.wait().unwrap();
    let said = house.idp_says(&words);
    assert!(said.contains("996 issued, 4 refused"), "{said}");
    let told = std::fs::read_to_string(&out).unwrap();
    let told: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        (told.len(), &told[0]["line"]),
        (1_000, &json!(2)),
        "the names are the first line"
    );
    for (nth, one) in told.iter().enumerate() {
        let code = match nth {
            3 | 6 => Some("request.malformed"),
            5 => Some("proofing.unknown_person"),
            8 => Some("order.customer_taken"),
            _ => None,
        };
        assert_eq!((&one["line"], one["code"].as_str()), (&json!(nth + 2), code), "{one}");
        if code.is_none() {
            assert_eq!(
                (&one["customer_ref"], &one["public"]),
                (&json!(format!("B{nth}")), &json!(nth != 4))
            );
        }
    }
    assert_eq!(
        count(&house, "SELECT COUNT(*) FROM eids WHERE issuer = 'ra-netbank'"),
        996
    );
    // The same with another column, which is empty, is the same delivery; other words under a number that is done are not.
    let mut turned: Vec<String> = rows.iter().map(|row| row.clone() + ";").collect();
    turned[0] += "email";
    for unreadable in [4, 7] {
        turned[unreadable] = rows[unreadable].clone();
    }
    let again = of(&write("turned.CSV", &turned));
    let again = house.idp_says(&again.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(again.contains("1000 lines read, 0 done now"), "{again}");
    rows[20] = rows[20].replace("true", "false");
    let other = of(&write("other.csv", &rows));
    let (code, _, reason) = house.idp_tries(&other.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(code == 1 && reason.contains("ra.key_reused"), "{code} {reason}");
    let wrong = of(&write("wrong.csv", &["cpr;shoe_size".to_owned()]));
    let (code, _, reason) = house.idp_tries(&wrong.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(code == 1 && reason.contains("column 2: unknown"), "{code} {reason}");
}
