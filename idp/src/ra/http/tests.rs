//! The description that the repository holds is the one that the code gives.
#![expect(clippy::unwrap_used, reason = "tests")]

use serde_json::Value;

use super::described::text;
use super::problem::STATUSES;
use crate::domain::proofing::ROWS;
use crate::domain::refusal::Code;

const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/integrate/openapi.json");

/// Written anew with `UPDATE_OPENAPI=1`.
#[test]
fn the_description_in_the_repository_is_the_one_that_is_served() {
    let made = text().unwrap();
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(KEPT, &made).unwrap();
    }
    let kept = std::fs::read_to_string(KEPT).unwrap_or_default();
    assert!(
        kept == made,
        "docs/integrate/openapi.json is old: UPDATE_OPENAPI=1 writes it anew"
    );
}

#[test]
fn every_call_names_its_proofs_and_its_problems() {
    let api: Value = serde_json::from_str(&text().unwrap()).unwrap();
    assert!(api["openapi"].as_str().unwrap().starts_with("3.1"));
    let paths = api["paths"].as_object().unwrap();
    for (path, item) in paths {
        assert!(path.starts_with("/api/ra/v1/"), "{path}");
        for (method, call) in item.as_object().unwrap() {
            let proofs = &call["security"][0];
            assert!(
                proofs["machine"].is_array() && proofs["officer"].is_array(),
                "{method} {path}"
            );
            for status in ["401", "403", "429", "500"] {
                let problem = &call["responses"][status]["content"]["application/problem+json"];
                assert!(problem.is_object(), "{method} {path} {status}");
            }
            for (status, codes) in STATUSES {
                let problem = &call["responses"][status.as_str()]["description"];
                let says = |code: &Code| problem.as_str().unwrap().contains(code.as_str());
                assert!(problem.is_null() || codes.iter().all(says), "{method} {path} {status}");
            }
        }
    }
}

#[test]
fn the_page_for_ras_names_every_code() {
    let page = include_str!("../../../../docs/integrate/ra.md");
    for code in STATUSES.iter().flat_map(|(_, codes)| *codes) {
        assert!(page.contains(&format!("`{}`", code.as_str())), "{}", code.as_str());
    }
}

/// Types of one name would hide each other: what a document may be was once described as what a batch holds.
#[test]
fn a_documents_kinds_are_those_of_the_table_and_a_batchs_its_own() {
    let api: Value = serde_json::from_str(&text().unwrap()).unwrap();
    let schemas = &api["components"]["schemas"];
    let words = |name: &str| schemas[name]["enum"].as_array().unwrap().clone();
    let kinds: Vec<Value> = ROWS.iter().map(|row| row.word.into()).collect();
    assert_eq!(words("Kind"), kinds);
    assert_eq!(words("BatchKind"), ["cards", "passwords"]);
    for (wish, field, kind) in [
        ("DocumentWish", "kind", "Kind"),
        ("HandOverWish", "document", "Kind"),
        ("BatchWish", "what", "BatchKind"),
        ("LetterWish", "what", "BatchKind"),
        ("PostedWish", "what", "BatchKind"),
    ] {
        let of = &schemas[wish]["properties"][field]["$ref"];
        assert_eq!(of, &format!("#/components/schemas/{kind}"), "{wish}");
    }
}
