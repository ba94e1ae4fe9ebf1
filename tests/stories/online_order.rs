//! People get an eID online, and open the one they have: at home, in a browser that runs no script, with the post.

use acceptance::chromium::{Chromium, Reader};
use acceptance::house::Service;
use acceptance::people::Person;
use acceptance::{Database, House};
use serde_json::{Value, json};

use crate::both::on_both;
use crate::issuing::{activates, by_post, letters_of, registers};
use crate::officers::Desk;

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

/// The password is right, and skat gets nobody; what the page says.
async fn is_refused_at(skat: &Service, chromium: &Chromium, who: &Person, code: &str) -> String {
    chromium.goes_to(&skat.login()).await;
    chromium.comes_to_step("credentials").await;
    chromium
        .types("user_id", who.user_id.as_deref().expect("user-ID"))
        .await;
    chromium
        .types("password", who.password.as_deref().expect("password"))
        .await;
    chromium.presses("submit").await;
    chromium.waits_for(&format!("[data-code='{code}']")).await;
    chromium.text().await
}

/// Refused at skat, on the way that the page shows, as far as "you already have an eID".
async fn is_refused_and_shows_a_licence(skat: &Service, chromium: &Chromium, bo: &Person) {
    let why = is_refused_at(skat, chromium, bo, "OCES001").await;
    assert!(why.contains("netbank"), "{why}");
    chromium.presses("extend").await;
    fills_in(chromium, bo.cpr.as_deref().expect("a CPR number"), &licence(bo)).await;
    chromium.answers_all(bo).await;
    chromium.comes_to_step("choose").await;
}

async fn bo_extends_his_eid_with_a_driving_licence_and_lands_at_skat(database: Database) {
    let house = House::on(database).await;
    let bo = house.citizen("bo").person;
    let chromium = browser(&house, database).await;
    let skat = house.service("skat");
    extends(&skat, &chromium, &bo).await;
    // He has just shown who he is: skat has its answer without another question.
    lands_at(&skat, &chromium).await;
    // A child is told why not, and is shown no way on.
    chromium.forgets().await;
    let dines = house.citizen("dines").person;
    let why = is_refused_at(&skat, &chromium, &dines, "OCES004").await;
    assert!(why.contains("15"), "{why}");
    let page = chromium.source().await;
    assert!(!page.contains("id=\"extend\"") && !page.contains("/extend"), "{page}");
    // Whoever said no when the bank issued the eID goes the way that Bo went.
    chromium.forgets().await;
    let ole = says_no_at_the_bank(&house).await;
    let anew = house.service("skat").with("force=1");
    extends(&anew, &chromium, &ole).await;
    // What he has just shown does not answer a service that asks for a new log-in (ForceAuthn).
    chromium.answers_all(&ole).await;
    lands_at(&anew, &chromium).await;
    chromium.closes_without_complaint().await;
}

/// A customer of the bank gets an eID for netbank alone, as they wish, and takes it into use.
async fn says_no_at_the_bank(house: &House) -> Person {
    let document = json!({"type": "driving_licence", "number": "45321643", "valid_to": "2033-01-01"});
    registers(
        house,
        &json!([{
            "cpr": OLE, "name": "Ole Online", "address": "Prøvevej 80\n9998 Prøvekøbing", "documents": [document],
        }]),
    );
    let order = json!({"cpr": OLE, "public": false, "customer_ref": "K558"});
    let bank = Desk::of(house, "ra-netbank", "k.vang");
    let issued = bank.posts("/orders", order).await.done();
    let mut ole = by_post(house, &issued).await;
    activates(house, &mut ole, "hund7kat").await;
    ole.person.cpr = Some(OLE.to_owned());
    ole.person.documents = serde_json::from_value(json!([document])).expect("a licence");
    ole.person
}

/// Opens the eID that they have, and goes back to the service that refused.
async fn extends(skat: &Service, chromium: &Chromium, who: &Person) {
    is_refused_and_shows_a_licence(skat, chromium, who).await;
    chromium.presses("submit").await;
    chromium.comes_to_step("confirm").await;
    let number = chromium.waits_for("#number").await.text().await.expect("text");
    assert_eq!(number.replace(' ', ""), who.eid_number.replace(' ', ""));
    chromium.presses("submit").await;
    chromium.waits_for("#public[data-state='public']").await;
    chromium.presses("continue").await;
}

/// The page that carries a SAML answer sends itself on where there is script; here it has a button.
async fn lands_at(skat: &Service, chromium: &Chromium) {
    chromium.comes_to_step("done").await;
    chromium.presses("submit").await;
    chromium.arrives_at(&skat.at("")).await;
}

async fn bo_gets_another_eid_and_has_two_cards(database: Database) {
    let house = House::on(database).await;
    let bo = house.citizen("bo");
    let chromium = browser(&house, database).await;
    is_refused_and_shows_a_licence(&house.service("skat"), &chromium, &bo.person).await;
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
