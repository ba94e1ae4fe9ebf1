//! A register that comes as a sheet.

use super::{cpr, read, write};
use crate::domain::register::{CivilStatus, NumberedDocument};
use crate::registers::{Checked, CprRegister, Embedded, IdentityDocuments, sheet};
use crate::testing::House;

#[test]
fn a_sheet_is_read_as_the_list_is() {
    let house = House::new();
    let text = "\u{feff}cpr;name;address;protected;status;children;passport;passport_valid_to;driving_licence\r\n\
                610180-1234;Anna Demosen;\"Prøvevej 1|9998 Prøvekøbing\";true;;Bo Demosen | Eva Demosen;208 123 456;2030-01-01;\r\n\
                620180-1238;\"Demosen; Bo\";;;emigrated;;;;12345678\r\n";
    let people = sheet::read(text.as_bytes()).unwrap();
    assert_eq!(people.len(), 2);
    let ctx = house.ctx();
    house.act(move |tx| write(tx, &ctx, &people, "ole"));
    let own = Embedded::new(house.store.clone());
    let anna = own.entry(&cpr("610180-1234")).unwrap().unwrap();
    assert_eq!(anna.address.as_deref(), Some("Prøvevej 1\n9998 Prøvekøbing"));
    assert!(anna.protected && anna.status == CivilStatus::Alive);
    assert_eq!(anna.children, ["Bo Demosen", "Eva Demosen"]);
    let bo = own.entry(&cpr("620180-1238")).unwrap().unwrap();
    assert_eq!((bo.name.as_str(), bo.status), ("Demosen; Bo", CivilStatus::Emigrated));
    let on = "2026-11-28".parse().unwrap();
    let passport = own.check(&cpr("610180-1234"), NumberedDocument::Passport, "208123456", on);
    assert_eq!(passport, Ok(Checked::Valid));
    // The same people as a list change nothing.
    let list = r#"[{"cpr": "620180-1238", "name": "Demosen; Bo", "status": "emigrated",
        "documents": [{"type": "driving_licence", "number": "12345678"}]}]"#;
    let people = read(list.as_bytes()).unwrap();
    let entry = own.entry(&cpr("620180-1238")).unwrap();
    let ctx = house.ctx();
    house.act(move |tx| write(tx, &ctx, &people, "ole"));
    assert_eq!(own.entry(&cpr("620180-1238")).unwrap(), entry);
}

#[test]
fn what_cannot_be_read_is_named_by_its_place_and_never_told() {
    for (text, why) in [
        ("", "column cpr is missing"),
        ("cpr\n610180-1234\n", "column name is missing"),
        ("cpr,name,shoe_size\n", "column 3: unknown"),
        ("cpr,name,name\n", "column name stands there twice"),
        ("cpr,name\n610180-1234\n", "line 2: not as many cells"),
        ("cpr,name\n610180-1234,Anna\n999999-9999,Bo\n", "line 3: cpr.date"),
        ("cpr,name\n610180-1234,\n", "line 2: missing field `name`"),
        (
            "cpr,name,protected\n610180-1234,Anna,ja\n",
            "line 2: protected is true or false",
        ),
        ("cpr,name,status\n610180-1234,Anna,gone\n", "line 2: unknown variant"),
        (
            "cpr,name,passport_valid_to\n610180-1234,Anna,2030-01-01\n",
            "line 2: passport_valid_to without passport",
        ),
        (
            "cpr,name,passport\n610180-1234,Anna,æ\n",
            "line 2: a document's number is none",
        ),
        (
            "cpr,name\n610180-1234,Anna\n610180-1234,Anna B\n",
            "person 2: stands there twice",
        ),
    ] {
        let refused = sheet::read(text.as_bytes()).unwrap_err();
        assert!(refused.starts_with(why), "{text}: {refused}");
        assert!(!refused.contains("610180") && !refused.contains("Anna"), "{refused}");
    }
}
