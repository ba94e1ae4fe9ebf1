//! Bad configuration is refused before anything listens, and the refusal names file, key and reason.

use std::fs;

use acceptance::{Database, House, Plan};

fn house() -> House {
    House::built(Plan::on(Database::Sqlite).without_services())
}

/// What `serve` says to a configuration that somebody has spoilt.
fn refusal(spoil: impl FnOnce(&House)) -> String {
    let house = house();
    spoil(&house);
    let (checked, _, said) = house.idp_tries(&["check-config"]);
    assert_eq!(checked, 1, "check-config takes it: {said}");
    let (served, _, again) = house.idp_tries(&["serve"]);
    assert_eq!(served, 1, "serve takes it: {again}");
    again
}

fn edit(house: &House, name: &str, change: impl FnOnce(String) -> String) {
    let file = house.config(name);
    fs::write(&file, change(fs::read_to_string(&file).unwrap())).unwrap();
}

#[test]
fn the_demo_configuration_is_good() {
    let (code, said, errors) = house().idp_tries(&["check-config"]);
    assert_eq!(code, 0, "{said}{errors}");
}

#[test]
fn an_unknown_key_is_named_with_its_file() {
    let said = refusal(|house| {
        edit(house, "idp.toml", |text| {
            format!("{text}\n[session]\nidle_minuts = 5\n")
        })
    });
    assert!(said.contains("idp.toml") && said.contains("idle_minuts"), "{said}");
}

#[test]
fn a_value_of_the_wrong_kind_is_named_with_its_reason() {
    let said = refusal(|house| {
        edit(house, "idp.toml", |text| {
            format!("{text}\n[session]\nidle_minutes = \"soon\"\n")
        })
    });
    assert!(
        said.contains("idp.toml") && said.contains("session.idle_minutes"),
        "{said}"
    );
}

#[test]
fn a_bad_value_of_the_environment_is_named_by_its_variable() {
    let house = House::built(
        Plan::on(Database::Sqlite)
            .without_services()
            .set("server.listen", "everywhere"),
    );
    let (code, _, said) = house.idp_tries(&["serve"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("IDP__SERVER__LISTEN"), "{said}");
}

#[test]
fn a_party_with_a_bad_redirect_uri_is_named_with_its_file() {
    let said = refusal(|house| {
        edit(house, "parties/lab.toml", |text| {
            text.replace("http://127.0.0.1:9499/cb", "http://127.0.0.1:9499/cb#part")
        });
    });
    assert!(said.contains("lab.toml") && said.contains("redirect_uris"), "{said}");
}

#[test]
fn production_refuses_demo_parties() {
    let house = House::built(Plan::on(Database::Sqlite).without_services().set("demo", "false"));
    let (code, _, said) = house.idp_tries(&["serve"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("demo"), "{said}");
}

#[test]
fn the_demo_is_refused_on_a_name_that_others_reach() {
    let plan = Plan::on(Database::Sqlite)
        .without_services()
        .set("server.public_url", "https://id.example.dk");
    let (code, _, said) = House::built(plan).idp_tries(&["serve"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("public"), "{said}");
}

#[test]
fn plain_http_is_refused_on_an_address_that_others_reach() {
    let plan = Plan::on(Database::Sqlite)
        .without_services()
        .set("server.listen", "0.0.0.0:0");
    let (code, _, said) = House::built(plan).idp_tries(&["serve"]);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("server.listen") || said.contains("trusted_proxies"),
        "{said}"
    );
}

#[test]
fn a_wrong_word_on_the_command_line_is_wrong_usage() {
    let (code, _, said) = house().idp_tries(&["serv"]);
    assert_eq!(code, 2, "{said}");
}
