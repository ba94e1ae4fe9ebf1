//! How people get an eID, from outside: an officer's own program, the post, the first use, and what it then opens.

use acceptance::people::{Card, Citizen, Person};
use acceptance::{Database, House, html};
use serde_json::{Value, json};

use crate::both::on_both;
use crate::officers::Desk;

on_both!(
    lone_without_photo_gets_her_eid_by_post_and_her_bank_links_it,
    a_bank_customer_says_no_is_refused_at_skat_and_says_yes_later,
    a_youth_is_marked_and_a_child_gets_netbank_alone,
);

const LONE: &str = "681085-4000";
const OLE: &str = "720190-1003";
/// In seconds.
pub(crate) const DAY: u64 = 24 * 60 * 60;
const VERSION: &str = "2026-11-28";

/// Whoever has no eID yet is in the register of the house.
pub(crate) fn registers(house: &House, people: &Value) {
    let file = house.folder().join("people.json");
    std::fs::write(&file, people.to_string()).unwrap();
    let path = file.display().to_string();
    house.idp_says(&["register", "import", &path, "--officer", "test"]);
}

pub(crate) fn rules() -> Value {
    json!({"version": VERSION, "consents": ["cpr_lookup", "pid_link", "pid_reuse", "personal_data"]})
}

/// The letters of somebody who was issued an eID, as the post brings them; and the person, who has read them.
pub(crate) async fn by_post(house: &House, issued: &Value) -> Citizen {
    letters_of(house, issued["eid"]["number"].as_str().unwrap()).await
}

/// The same, of whoever has the eID with this number.
pub(crate) async fn letters_of(house: &House, number: &str) -> Citizen {
    let number = number.to_owned();
    let of = |kind: &'static str| {
        let number = number.clone();
        move |about: &Value| about["kind"] == kind && about["eid_number"] == number.as_str()
    };
    let welcome = house.receives("letters", of("welcome")).await;
    assert!(
        welcome["address"].as_str().unwrap().contains("Prøvekøbing"),
        "{welcome}"
    );
    // One of the two goes by the post of one day, the other by that of the next.
    let posted = |about: &Value| about["eid_number"] == number.as_str() && about["kind"] != "welcome";
    house.receives("letters", posted).await;
    house.waits(i64::try_from(DAY).unwrap()).await;
    let password = house.receives("letters", of("activation")).await;
    let card = house.receives("letters", of("card")).await;
    let card: Card = serde_json::from_value(json!({
        "number": card["card"]["number"], "status": "posted", "codes": card["card"]["codes"],
    }))
    .unwrap();
    let person = Person {
        user_id: Some(number.clone()),
        eid_number: number,
        cpr: None,
        name: None,
        address: None,
        email: None,
        mobile: None,
        password: None,
        activation_password: password["activation_password"].as_str().map(str::to_owned),
        pid: None,
        scope: Vec::new(),
        status: "ordered".to_owned(),
        keycards: vec![card],
        documents: Vec::new(),
        tokens: Vec::new(),
        apps: Vec::new(),
    };
    Citizen {
        person,
        browser: house.browser(),
    }
}

/// The first use, to its end.
pub async fn activates(house: &House, citizen: &mut Citizen, password: &str) {
    let page = citizen.browser.get(&format!("{}/activate", house.issuer())).await;
    let activation = citizen.person.activation_password.clone().unwrap();
    let fields = [
        ("user_id", citizen.person.eid_number.as_str()),
        ("activation_password", activation.as_str()),
    ];
    let page = citizen.browser.submit(&page, &fields).await;
    page.must_be_step("terms");
    let page = citizen.browser.submit(&page, &[("accept_terms", "yes")]).await;
    page.must_be_step("choose");
    let fields = [("password", password), ("password_again", password), ("user_id", "")];
    let page = citizen.browser.submit(&page, &fields).await;
    let page = citizen.answers(&page).await;
    page.must_be_step("done");
    citizen.person.password = Some(password.to_owned());
}

async fn lone_without_photo_gets_her_eid_by_post_and_her_bank_links_it(database: Database) {
    let house = House::on(database).await;
    registers(
        &house,
        &json!([{"cpr": LONE, "name": "Lone Lund", "address": "Prøvevej 77\n9998 Prøvekøbing"}]),
    );
    let desk = Desk::of(&house, "ra-borgerservice", "i.friis");
    let order = json!({
        "cpr": LONE, "rules": rules(), "documents": [
            {"kind": "health_card", "shows_cpr": true},
            {"kind": "name_certificate", "shows_cpr": false},
        ],
    });
    let issued = desk.posts("/orders", order.clone()).await.done();
    assert_eq!(issued["hand_over"], "both_posted");
    let told: Vec<_> = issued["notes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|note| &note["code"])
        .collect();
    assert_eq!(told, [&json!("link_bank"), &json!("both_posted")]);
    desk.posts("/orders", order).await.is_refused(409, "order.has_eid");
    let mut lone = by_post(&house, &issued).await;
    activates(&house, &mut lone, "kat7hund").await;
    let me = lone.logs_in_at(&house.service("skat")).await;
    assert_eq!(me["verified"], true, "{me}");
    // What a centre issued does not open a netbank until the bank has linked it.
    let netbank = house.service("netbank").with("level=substantial");
    let page = lone.begins_at(&netbank).await;
    let page = lone.types_password(&page).await;
    assert_eq!(page.refusals(), ["AUTH003"], "{page:#}");
    let bank = Desk::of(&house, "ra-netbank", "k.vang").later(DAY);
    let links = json!({"eid_number": lone.person.eid_number, "cpr": LONE, "customer_ref": "K555"});
    let linked = bank.posts("/links", links).await.done();
    let me = lone.logs_in_at(&netbank).await;
    assert_eq!(me["subject"], linked["sub"], "{me}");
}

async fn a_bank_customer_says_no_is_refused_at_skat_and_says_yes_later(database: Database) {
    let house = House::on(database).await;
    registers(
        &house,
        &json!([{"cpr": OLE, "name": "Ole Olsen", "address": "Prøvevej 78\n9998 Prøvekøbing"}]),
    );
    let bank = Desk::of(&house, "ra-netbank", "k.vang");
    let issued = bank
        .posts("/orders", json!({"cpr": OLE, "public": false, "customer_ref": "K556"}))
        .await
        .done();
    let mut ole = by_post(&house, &issued).await;
    activates(&house, &mut ole, "hund7kat").await;
    let me = ole
        .logs_in_at(&house.service("netbank").with("level=substantial"))
        .await;
    assert_eq!(me["subject"], issued["sub"], "{me}");
    let skat = house.service("skat");
    let page = ole.begins_at(&skat).await;
    let page = ole.types_password(&page).await;
    assert_eq!(page.refusals(), ["OCES001"], "{page:#}");
    // On his own pages he says yes, to each of the four.
    let own = format!("{}/self-service/public", house.issuer());
    let page = ole.browser.get(&own).await;
    let page = ole.types_password(&page).await;
    let page = ole.answers(&page).await;
    page.must_be_step("own");
    let three = [
        ("version", VERSION),
        ("consent_cpr_lookup", "yes"),
        ("consent_pid_link", "yes"),
        ("consent_pid_reuse", "yes"),
    ];
    let page = ole.browser.submit(&page, &three).await;
    assert_eq!(page.refusals(), ["own.confirm"], "{page:#}");
    let all: Vec<_> = three.into_iter().chain([("consent_personal_data", "yes")]).collect();
    let page = ole.browser.submit(&page, &all).await;
    assert!(page.body.contains("data-state=\"public\""), "{page:#}");
    // The request that was refused waits in this browser, and in no other.
    let other = house.citizen("anna");
    let elsewhere = other.browser.get(&own).await;
    let elsewhere = other.types_password(&elsewhere).await;
    let elsewhere = other.answers(&elsewhere).await;
    assert!(
        html::with_attribute(&elsewhere.body, "id", "continue").is_empty(),
        "{elsewhere:#}"
    );
    let ways = html::with_attribute(&page.body, "id", "continue");
    let way = ways[0].attribute("href").expect("a way");
    // He has just logged in to say so: nothing is asked again.
    let page = ole.browser.get(&format!("{}{way}", house.issuer())).await;
    assert!(page.url.as_str().starts_with(&skat.origin), "{page:#}");
    let me = ole.is_known_at(&skat).await;
    assert_eq!(me["verified"], true, "{me}");
    assert!(me["pid"].as_str().unwrap().starts_with("9208-2002-2-"), "{me}");
}

async fn a_youth_is_marked_and_a_child_gets_netbank_alone(database: Database) {
    let house = House::on(database).await;
    let year = chrono_year();
    let born = |age: i32| format!("6101{:02}-4{:03}", (year - age) % 100, 100 + age);
    let (youth, child) = (born(16), born(12));
    registers(
        &house,
        &json!([
            {"cpr": youth, "name": "Ulla Ung", "address": "Prøvevej 79\n9998 Prøvekøbing"},
            {"cpr": child, "name": "Bjørn Barn", "address": "Prøvevej 79\n9998 Prøvekøbing"},
        ]),
    );
    let desk = Desk::of(&house, "ra-borgerservice", "i.friis");
    let passport = json!([{"kind": "danish_passport", "shows_cpr": true, "valid_to": "2099-01-01"}]);
    let order = |cpr: &str| json!({"cpr": cpr, "rules": rules(), "documents": passport});
    let issued = desk.posts("/orders", order(&youth)).await.done();
    assert_eq!(
        (&issued["youth"], &issued["hand_over"]),
        (&json!(true), &json!("on_the_spot"))
    );
    desk.posts("/orders", order(&child))
        .await
        .is_refused(422, "proofing.too_young");
    let bank = Desk::of(&house, "ra-netbank", "k.vang");
    let wishes = json!({"cpr": child, "public": true, "rules": rules(), "customer_ref": "K557"});
    let issued = bank.posts("/orders", wishes).await.done();
    assert_eq!(issued["netbank_only"], "proofing.too_young");
    let id = issued["eid"]["id"].as_str().unwrap();
    let yes = json!({"rules": rules(), "documents": passport});
    bank.posts(&format!("/eids/{id}/public"), yes)
        .await
        .is_refused(422, "OCES004");
    let trail = house.idp_says(&["audit", "export"]);
    assert!(
        trail.contains("eid.issued") && !trail.contains(&youth.replace('-', "")),
        "{trail}"
    );
}

/// This year.
fn chrono_year() -> i32 {
    let now = std::process::Command::new("date").arg("+%Y").output().unwrap();
    String::from_utf8(now.stdout).unwrap().trim().parse().unwrap()
}
