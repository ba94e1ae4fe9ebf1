//! `idp token`: a delivery into the stock, and a token to somebody.

use std::fs;

use serde_json::Value;

use super::Desk;

const PLAIN: &str = include_str!("../../credentials/token/tests/rfc6030-plain.xml");
const PRE_SHARED: &str = include_str!("../../credentials/token/tests/rfc6030-pre-shared.xml");

fn number(people: &[Value], user_id: &str) -> String {
    let person = people.iter().find(|person| person["user_id"] == user_id);
    person.unwrap()["eid_number"].as_str().unwrap().to_owned()
}

#[test]
fn a_delivery_is_taken_once_and_a_token_goes_to_one_person() {
    let desk = Desk::new(true);
    desk.says(&["demo", "seed"]).unwrap();
    let (plain, sealed, key) = (
        desk.path("plain.xml"),
        desk.path("sealed.xml"),
        desk.path("transport.key"),
    );
    fs::write(&plain, PLAIN).unwrap();
    fs::write(&sealed, PRE_SHARED).unwrap();
    fs::write(&key, "12345678901234567890123456789012\n").unwrap();
    let [plain, sealed, key] = [&plain, &sealed, &key].map(|path| path.to_str().unwrap());
    let nobody = desk.says(&["token", "import", plain, "--officer", " "]);
    assert!(nobody.unwrap_err().contains("--officer"));
    let locked = desk.says(&["token", "import", sealed, "--officer", "o"]);
    assert!(locked.unwrap_err().contains("nothing was taken"));
    desk.says(&["token", "import", sealed, "--key-path", key, "--officer", "o"])
        .unwrap();
    desk.says(&["token", "import", plain, "--officer", "o"]).unwrap();
    let (anna, gitte) = (number(&desk.people(), "anna"), number(&desk.people(), "gitte"));
    let to = |number: &str| {
        desk.says(&[
            "token",
            "assign",
            "987654321",
            number,
            "--officer",
            "o",
            "--reason",
            "paid",
        ])
    };
    assert!(to("123").unwrap_err().contains("eID number"));
    assert!(to(&gitte).unwrap_err().contains("token.in_use"), "she has one");
    to(&anna).unwrap();
    assert!(
        to(&number(&desk.people(), "hanne"))
            .unwrap_err()
            .contains("token.state")
    );
    let people = desk.people();
    let anna = people.iter().find(|person| person["user_id"] == "anna").unwrap();
    assert_eq!(anna["tokens"][0]["status"], "assigned");
    for state in ["stock", "assigned"] {
        desk.says(&["token", "list", "--state", state]).unwrap();
        desk.says(&["token", "list", "--state", state, "--format", "json"])
            .unwrap();
    }
    assert!(desk.says(&["token", "list", "--state", "gone"]).is_err());
    desk.says(&["token", "orders"]).unwrap();
    desk.says(&["token", "orders", "--format", "json"]).unwrap();
    let unknown = desk.says(&[
        "token",
        "assign",
        "1",
        "999999999",
        "--officer",
        "o",
        "--reason",
        "paid",
    ]);
    assert!(unknown.unwrap_err().contains("no such eID"));
}
