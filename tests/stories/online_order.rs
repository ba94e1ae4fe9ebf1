//! People get an eID online, and open the one they have: at home, in a browser that runs no script, with the post.

use acceptance::chromium::{Chromium, Reader};
use acceptance::people::Person;
use acceptance::{Database, House};
use serde_json::{Value, json};

use crate::both::on_both;
use crate::issuing::{activates, letters_of, registers};

on_both!(
    ole_orders_online_and_his_letters_come,
    bo_extends_his_eid_with_a_driving_licence_and_lands_at_skat,
    bo_gets_another_eid_and_has_two_cards,
);

const OLE: &str = "720191-1002";
const CONSENTS: [&str; 4] = [
    "consent_cpr_lookup",
    "consent_pid_link",
    "consent_pid_reuse",
    "consent_personal_data",
];

/// Danish on one database, English on the other; a telephone's width.
fn reader(database: Database) -> Reader {
    let language = match database {
        Database::Sqlite => "da",
        Database::Postgres => "en",
    };
    Reader {
        language,
        width: 390,
        dark: false,
    }
}

async fn browser(house: &House, database: Database) -> Chromium {
    let chromium = Chromium::open_for(house, reader(database)).await;
    chromium.without_script().await;
    chromium
}

/// The form, the rules and each consent.
async fn fills_in(chromium: &Chromium, cpr: &str, licence: &str) {
    chromium.comes_to_step("details").await;
    chromium.types("cpr", cpr).await;
    chromium.presses("document-driving-licence").await;
    chromium.types("document_number", licence).await;
    chromium.presses("submit").await;
    chromium.comes_to_step("rules").await;
    for consent in CONSENTS {
        chromium.presses(consent).await;
    }
    chromium.presses("submit").await;
}

fn licence(person: &Person) -> String {
    let mut licences = person.documents.iter().filter(|one| one.kind == "driving_licence");
    licences.next().expect("a licence").number.clone()
}

async fn ole_orders_online_and_his_letters_come(database: Database) {
    let house = House::on(database).await;
    registers(
        &house,
        &json!([{
            "cpr": OLE, "name": "Ole Online", "address": "Prøvevej 80\n9998 Prøvekøbing",
            "documents": [{"type": "driving_licence", "number": "45321643", "valid_to": "2033-01-01"}],
        }]),
    );
    let chromium = browser(&house, database).await;
    chromium.goes_to(&format!("{}/", house.issuer())).await;
    chromium.presses("order").await;
    chromium.comes_to_step("menu").await;
    chromium.presses("order-private").await;
    chromium.comes_to_step("details").await;
    // A child is told at once, and what was typed stands there still.
    let child = house.citizen("dines").person.cpr.expect("a CPR number");
    chromium.types("cpr", &child).await;
    chromium.types("mobile", "80307050").await;
    chromium.presses("submit").await;
    chromium.waits_for("[data-code='proofing.too_young']").await;
    chromium.waits_for("[data-code='document.kind']").await;
    chromium.types_anew("cpr", OLE).await;
    chromium.presses("document-driving-licence").await;
    chromium.types("document_number", "4532 1643").await;
    chromium.presses("submit").await;
    chromium.comes_to_step("rules").await;
    // Back keeps what was typed.
    chromium.presses("back").await;
    chromium.comes_to_step("details").await;
    let source = chromium.source().await;
    assert!(source.contains("80307050") && source.contains("4532 1643"), "{source}");
    chromium.presses("submit").await;
    chromium.comes_to_step("rules").await;
    chromium.presses("consent_pid_link").await;
    chromium.presses("submit").await;
    chromium.waits_for("[data-code='own.confirm']").await;
    for consent in CONSENTS {
        chromium.presses(consent).await;
    }
    chromium.presses("submit").await;
    chromium.comes_to_step("confirm").await;
    chromium.presses("submit").await;
    chromium.comes_to_step("done").await;
    let told = chromium.text().await;

    let his = |about: &Value| about["kind"] == "welcome" && about["name"] == "Ole Online";
    let welcome = house.receives("letters", his).await;
    let mut ole = letters_of(&house, welcome["eid_number"].as_str().unwrap()).await;
    activates(&house, &mut ole, "hund7kat").await;
    let me = ole.logs_in_at(&house.service("skat")).await;
    assert_eq!(me["verified"], true, "{me}");

    // Whoever orders in the name of somebody who has one reads the same page; the holder hears of it by post.
    let anna = house.citizen("anna").person;
    chromium.goes_to(&format!("{}/order/online", house.issuer())).await;
    fills_in(&chromium, anna.cpr.as_deref().expect("a CPR number"), &licence(&anna)).await;
    chromium.comes_to_step("confirm").await;
    chromium.presses("submit").await;
    chromium.comes_to_step("done").await;
    assert_eq!(chromium.text().await, told);
    let again =
        |about: &Value| about["kind"] == "ordered-again" && about["name"] == anna.name.as_deref().expect("a name");
    house.receives("letters", again).await;
    chromium.closes_without_complaint().await;
}

/// Refused at skat, on the way that the page shows, as far as "you already have an eID".
async fn is_refused_and_shows_a_licence(house: &House, chromium: &Chromium, bo: &Person) {
    chromium.goes_to(&house.service("skat").login()).await;
    chromium.comes_to_step("credentials").await;
    chromium.types("user_id", bo.user_id.as_deref().expect("user-ID")).await;
    chromium
        .types("password", bo.password.as_deref().expect("password"))
        .await;
    chromium.presses("submit").await;
    chromium.waits_for("[data-code='OCES001']").await;
    chromium.presses("extend").await;
    fills_in(chromium, bo.cpr.as_deref().expect("a CPR number"), &licence(bo)).await;
    chromium.answers_all(bo).await;
    chromium.comes_to_step("choose").await;
}

async fn bo_extends_his_eid_with_a_driving_licence_and_lands_at_skat(database: Database) {
    let house = House::on(database).await;
    let bo = house.citizen("bo").person;
    let chromium = browser(&house, database).await;
    is_refused_and_shows_a_licence(&house, &chromium, &bo).await;
    chromium.presses("submit").await;
    chromium.comes_to_step("confirm").await;
    let number = chromium.waits_for("#number").await.text().await.expect("text");
    assert_eq!(number.replace(' ', ""), bo.eid_number.replace(' ', ""));
    chromium.presses("submit").await;
    chromium.waits_for("#public[data-state='public']").await;
    // He has just shown who he is: skat has its answer without another question.
    chromium.presses("continue").await;
    let skat = house.service("skat");
    // The page that carries a SAML answer sends itself on where there is script; here it has a button.
    chromium.comes_to_step("done").await;
    chromium.presses("submit").await;
    chromium.arrives_at(&skat.at("")).await;
    chromium.closes_without_complaint().await;
}

async fn bo_gets_another_eid_and_has_two_cards(database: Database) {
    let house = House::on(database).await;
    let bo = house.citizen("bo");
    let chromium = browser(&house, database).await;
    is_refused_and_shows_a_licence(&house, &chromium, &bo.person).await;
    chromium.presses("choice-another").await;
    chromium.presses("submit").await;
    chromium.comes_to_step("confirm").await;
    chromium.presses("submit").await;
    chromium.comes_to_step("done").await;
    let name = bo.person.name.clone().expect("a name");
    let new = |about: &Value| {
        about["kind"] == "welcome"
            && about["name"] == name.as_str()
            && about["eid_number"] != bo.person.eid_number.as_str()
    };
    let welcome = house.receives("letters", new).await;
    let mut second = letters_of(&house, welcome["eid_number"].as_str().unwrap()).await;
    activates(&house, &mut second, "hund7kat").await;
    let me = second.logs_in_at(&house.service("skat")).await;
    assert_eq!(me["verified"], true, "{me}");
    // The first one is for his bank, as before.
    let mut first = house.citizen("bo");
    first.person.user_id = Some("bo".to_owned());
    let page = first.begins_at(&house.service("skat")).await;
    let page = first.types_password(&page).await;
    assert_eq!(page.refusals(), ["OCES003"], "{page:#}");
    let me = first
        .logs_in_at(&house.service("netbank").with("level=substantial"))
        .await;
    assert_eq!(me["verified"], true, "{me}");
    chromium.closes_without_complaint().await;
}
