//! Companies, as they are imported and asked for.

use super::cpr;
use crate::domain::company::{CompanyStatus, Cvr, Signs};
use crate::registers::companies::{Registered, read, read_sheet, write};
use crate::registers::{CompanyRegister, Embedded};
use crate::testing::House;

const FILE: &str = r#"[
  {"cvr": "00000019", "name": "Demo ApS", "address": "Prøvevej 1\n9998 Prøvekøbing",
   "signers": [{"cpr": "610180-1234", "how": "alone"}, {"cpr": "6201801238", "how": "jointly"}]},
  {"cvr": "0000 0027", "name": "Attrap; A/S", "status": "bankrupt"}
]"#;
const SHEET: &str = "cvr;name;address;status;signs_alone;signs_jointly\n\
                     00000019;Demo ApS;Prøvevej 1|9998 Prøvekøbing;;610180-1234;620180-1238\n\
                     00000027;\"Attrap; A/S\";;bankrupt;;\n";

fn cvr(text: &str) -> Cvr {
    Cvr::parse(text).unwrap()
}

fn imports(house: &House, all: Vec<Registered>) -> usize {
    let ctx = house.ctx();
    house.act(move |tx| write(tx, &ctx, &all, "ole"))
}

#[test]
fn what_was_imported_is_found_by_number() {
    let house = House::new();
    assert_eq!(imports(&house, read(FILE.as_bytes()).unwrap()), 2);
    assert_eq!(
        imports(&house, read_sheet(SHEET.as_bytes()).unwrap()),
        0,
        "the same as a sheet"
    );
    let own = Embedded::new(house.store.clone());
    let demo = own.company(&cvr("00000019")).unwrap().unwrap();
    assert_eq!(demo.address.as_deref(), Some("Prøvevej 1\n9998 Prøvekøbing"));
    assert_eq!(demo.signs(&cpr("610180-1234")), Some(Signs::Alone));
    assert_eq!(demo.signs(&cpr("620180-1238")), Some(Signs::Jointly));
    let other = own.company(&cvr("00000027")).unwrap().unwrap();
    assert_eq!(
        (other.name.as_str(), other.status),
        ("Attrap; A/S", CompanyStatus::Bankrupt)
    );
    assert_eq!(own.company(&cvr("00000035")), Ok(None));
    let moved = r#"[{"cvr": "00000019", "name": "Demo ApS", "status": "dissolved"}]"#;
    assert_eq!(imports(&house, read(moved.as_bytes()).unwrap()), 1);
    assert!(own.company(&cvr("00000019")).unwrap().unwrap().signers.is_empty());
    assert!(
        own.company(&cvr("00000027")).unwrap().is_some(),
        "who is not named stays"
    );
}

#[test]
fn a_file_that_is_wrong_anywhere_is_not_read_and_says_where() {
    let wrong = |text: &str| read(text.as_bytes()).unwrap_err();
    assert_eq!(wrong("{}"), "no list in JSON: line 1");
    assert_eq!(wrong(r#"[{"name": "A"}]"#), "company 1: missing field `cvr`");
    assert_eq!(wrong(r#"[{"cvr": 19, "name": "A"}]"#), "company 1: invalid type");
    assert_eq!(wrong(r#"[{"cvr": "00000018", "name": "A"}]"#), "company 1: cvr.check");
    assert_eq!(wrong(r#"[{"cvr": "00000019"}]"#), "company 1: missing field `name`");
    let sound = r#"{"cvr": "00000019", "name": "A"}"#;
    assert_eq!(wrong(&format!("[{sound}, {sound}]")), "company 2: stands there twice");
    let signed = |cpr: &str, how: &str| {
        let signer = format!(r#"{{"cpr": "{cpr}", "how": "{how}"}}"#);
        wrong(&format!(
            r#"[{{"cvr": "00000019", "name": "A", "signers": [{signer}, {signer}]}}]"#
        ))
    };
    assert_eq!(signed("990180-1234", "alone"), "company 1: cpr.date");
    assert_eq!(signed("610180-1234", "often"), "company 1: unknown variant");
    assert_eq!(
        signed("610180-1234", "alone"),
        "company 1: no name, or somebody signs twice"
    );
    for (text, why) in [
        ("cvr\n", "column name is missing"),
        ("cvr,name,cpr\n", "column 3: unknown"),
        ("cvr,name\n00000019,Demo\n00000028,Demo\n", "line 3: cvr.check"),
        (
            "cvr,name,signs_alone\n00000019,Demo,610180-1234|1\n",
            "line 2: cpr.format",
        ),
    ] {
        let refused = read_sheet(text.as_bytes()).unwrap_err();
        assert!(refused.starts_with(why), "{text}: {refused}");
        assert!(!refused.contains("610180") && !refused.contains("Demo"), "{refused}");
    }
}

#[test]
fn the_demos_companies_are_sound_and_nobodys() {
    let all = read(include_bytes!("../../../../config/demo/companies.json")).unwrap();
    assert_eq!(all.len(), 36);
    let house = House::new();
    assert_eq!(
        imports(&house, all),
        36,
        "a number that could be a company's is refused by a demo's database"
    );
}
