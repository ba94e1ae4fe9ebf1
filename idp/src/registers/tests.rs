//! The registers, as they are asked: the house's own, and others' over the network.
#![expect(clippy::unwrap_used, reason = "tests")]

mod companies;
mod over_http;
mod sheets;

use super::import::{Changed, read, write};
use super::{Checked, CprRegister, Embedded, IdentityDocuments};
use crate::domain::cpr::Cpr;
use crate::domain::register::NumberedDocument;
use crate::testing::House;

const FILE: &str = r#"[
  {"cpr": "610180-1234", "name": "Anna Demosen", "mother": "Karen Demosen", "children": ["Bo Demosen"],
   "documents": [{"type": "passport", "number": "208 123 456", "valid_to": "2030-01-01"},
                 {"type": "driving_licence", "number": "12345678", "valid_to": "2020-01-01"},
                 {"type": "passport", "number": "200000001", "void": true}]},
  {"cpr": "620180-1238", "name": "Bo Demosen"}
]"#;

fn cpr(text: &str) -> Cpr {
    Cpr::parse(text).unwrap()
}

#[test]
fn what_was_imported_is_found_by_number_and_by_nothing_else() {
    let house = House::new();
    let people = read(FILE.as_bytes()).unwrap();
    let again = people.clone();
    let (ctx, later) = (house.ctx(), house.ctx());
    let all = Changed {
        people: 2,
        documents: 3,
    };
    assert_eq!(house.act(move |tx| write(tx, &ctx, &people, "ole")), all);
    let none = Changed::default();
    assert_eq!(
        house.act(move |tx| write(tx, &later, &again, "ole")),
        none,
        "nothing new"
    );
    let own = Embedded::new(house.store.clone());
    let anna = own.entry(&cpr("610180-1234")).unwrap().unwrap();
    assert_eq!(
        (anna.name.as_str(), anna.mother.as_deref()),
        ("Anna Demosen", Some("Karen Demosen"))
    );
    assert_eq!(own.entry(&cpr("630180-1232")), Ok(None));
}

#[test]
fn a_document_is_theirs_and_valid_or_it_is_not() {
    let house = House::new();
    let people = read(FILE.as_bytes()).unwrap();
    let ctx = house.ctx();
    house.act(move |tx| write(tx, &ctx, &people, "ole"));
    let own = Embedded::new(house.store.clone());
    let on = "2026-11-28".parse().unwrap();
    let check = |who: &str, kind, number: &str| own.check(&cpr(who), kind, number, on).unwrap();
    let (passport, licence) = (NumberedDocument::Passport, NumberedDocument::DrivingLicence);
    assert_eq!(check("610180-1234", passport, "208123456"), Checked::Valid);
    assert_eq!(check("610180-1234", licence, "208123456"), Checked::NotTheirs);
    assert_eq!(check("620180-1238", passport, "208123456"), Checked::NotTheirs);
    assert_eq!(check("610180-1234", licence, "12345678"), Checked::Expired);
    assert_eq!(check("610180-1234", passport, "200000001"), Checked::Void);
}

#[test]
fn a_document_that_the_file_names_no_longer_has_lapsed() {
    let house = House::new();
    let imports = |text: &str| {
        let (ctx, people) = (house.ctx(), read(text.as_bytes()).unwrap());
        house.act(move |tx| write(tx, &ctx, &people, "ole"))
    };
    imports(FILE);
    let renewed = r#"[{"cpr": "610180-1234", "name": "Anna Demosen", "mother": "Karen Demosen", "children": ["Bo Demosen"],
      "documents": [{"type": "passport", "number": "209000001", "valid_to": "2036-01-01"},
                    {"type": "driving_licence", "number": "12345678", "valid_to": "2020-01-01"}]}]"#;
    let changed = Changed {
        people: 0,
        documents: 3,
    };
    assert_eq!(imports(renewed), changed, "one is new and two have lapsed");
    let own = Embedded::new(house.store.clone());
    let on = "2026-11-28".parse().unwrap();
    let check = |kind, number: &str| own.check(&cpr("610180-1234"), kind, number, on).unwrap();
    let (passport, licence) = (NumberedDocument::Passport, NumberedDocument::DrivingLicence);
    assert_eq!(check(passport, "208123456"), Checked::NotTheirs);
    assert_eq!(check(passport, "209000001"), Checked::Valid);
    assert_eq!(check(licence, "12345678"), Checked::Expired);
    let bo = own.entry(&cpr("620180-1238")).unwrap();
    assert!(bo.is_some(), "whom the file does not name stays as they are");
    let moved = r#"[{"cpr": "610180-1234", "name": "Anna Demosen", "address": "Prøvevej 2"}]"#;
    assert_eq!(
        (imports(moved).documents, check(passport, "209000001")),
        (0, Checked::Valid),
        "nothing is said of them"
    );
    let none = r#"[{"cpr": "610180-1234", "name": "Anna Demosen", "documents": []}]"#;
    imports(none);
    assert_eq!(check(passport, "209000001"), Checked::NotTheirs);
    let twice = r#"[{"cpr": "610180-1234", "name": "A"}, {"cpr": "6101801234", "name": "B"}]"#;
    assert_eq!(read(twice.as_bytes()).unwrap_err(), "person 2: stands there twice");
}

#[test]
fn a_file_that_is_wrong_anywhere_is_not_read_and_says_where() {
    let wrong = |text: &str| read(text.as_bytes()).unwrap_err();
    assert_eq!(wrong("{}"), "no list in JSON: line 1");
    assert_eq!(wrong(r#"[{"cpr": "610180-1234"}]"#), "person 1: missing field `name`");
    let colour = r#"[{"cpr": "610180-1234", "name": "A", "shoe_size": 43}]"#;
    assert!(wrong(colour).starts_with("person 1: unknown field `shoe_size`"));
    assert_eq!(wrong(r#"[{"cpr": "99", "name": "A"}]"#), "person 1: cpr.format");
    let number = r#"[{"cpr": "610180-1234", "name": "A", "documents": [{"type": "passport", "number": "1"}]}]"#;
    assert_eq!(wrong(number), "person 1: a document's number is none");
    let secret = r#"[{"cpr": 6101801234, "name": "A"}]"#;
    assert!(!wrong(secret).contains("6101801234"));
}

#[test]
fn the_demos_file_is_sound_and_of_nobody() {
    let file = include_bytes!("../../../config/demo/register.json");
    let people = read(file).unwrap();
    assert_eq!(people.len(), 400);
    let house = House::new();
    let ctx = house.ctx();
    // A number that could be a living person's is refused by a demo's database.
    assert_eq!(house.act(move |tx| write(tx, &ctx, &people, "ole")).people, 400);
}
