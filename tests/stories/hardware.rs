//! An eID on hardware (M15, M38): ordered so at a desk, its key added at home, used at a service without a code, lost, and found a way back.

use acceptance::chromium::{Chromium, Reader};
use acceptance::{Database, House};
use serde_json::{Value, json};

use crate::both::on_both;
use crate::issuing::{DAY, by_post, registers, rules};
use crate::officers::Desk;

on_both!(an_eid_on_hardware_from_the_desk_to_borger_without_a_code_and_back,);

const CPR: &str = "681085-4001";
const PASSWORD: &str = "kat7hund";

async fn an_eid_on_hardware_from_the_desk_to_borger_without_a_code_and_back(database: Database) {
    let house = House::on(database).await;
    registers(
        &house,
        &json!([{"cpr": CPR, "name": "Linus Lund", "address": "Prøvevej 80\n9998 Prøvekøbing"}]),
    );
    let desk = Desk::of(&house, "ra-borgerservice", "i.friis");
    let order = json!({
        "cpr": CPR, "rules": rules(), "on": "hardware", "deliver": "post",
        "documents": [{"kind": "danish_passport", "shows_cpr": true, "valid_to": "2099-01-01"}],
    });
    let issued = desk.posts("/orders", order).await.done();
    assert_eq!(issued["eid"]["on_hardware"], true, "{issued}");
    let mut linus = by_post(&house, &issued).await;
    linus.person.password = Some(PASSWORD.to_owned());
    let (person, borger) = (linus.person.clone(), house.service("borger"));
    let chromium = Chromium::open_for(&house, Reader::default()).await;
    let _key = chromium.plugs_in_a_key().await;

    // First use: its last page leads on to the key.
    chromium.goes_to(&format!("{}/activate", house.issuer())).await;
    chromium.types("user_id", &person.eid_number).await;
    let activation = person.activation_password.as_deref().unwrap();
    chromium.types("activation_password", activation).await;
    chromium.presses("submit").await;
    chromium.comes_to_step("terms").await;
    chromium.presses("accept_terms").await;
    chromium.presses("submit").await;
    chromium.comes_to_step("choose").await;
    chromium.types("password", PASSWORD).await;
    chromium.types("password_again", PASSWORD).await;
    chromium.presses("submit").await;
    chromium.answers_card(&person).await;
    chromium.comes_to_step("done").await;

    // Not yet: the card opens no service.
    let page = linus.begins_at(&borger).await;
    let page = linus.types_password(&page).await;
    assert_eq!(page.refusals(), ["hardware.unbound"], "{page:#}");

    // The key comes in by the card, shows that it works, and everything else is switched off.
    chromium.presses("add-key").await;
    chromium.answers_all(&person).await;
    chromium.waits_for("#name").await;
    chromium.types("name", "Min nøgle").await;
    chromium.presses("submit").await;
    chromium.comes_to_step("credentials").await;
    chromium.types("user_id", &person.eid_number).await;
    chromium.types("password", PASSWORD).await;
    chromium.presses("submit").await;
    chromium.comes_to_step("passkey").await;
    chromium.presses("submit").await;
    chromium.waits_for("#others").await;
    chromium.presses("sure").await;
    chromium.presses("submit").await;
    chromium.waits_for("[role='status']").await;
    chromium.goes_to(&format!("{}/self-service", house.issuer())).await;
    chromium.waits_for("#eid-number").await;
    assert!(
        !chromium.source().await.contains("id=\"hardware\""),
        "nothing is left to do"
    );

    // At borger: user-ID, password, key.
    chromium.forgets().await;
    chromium.goes_to(&borger.login()).await;
    chromium.comes_to_step("credentials").await;
    chromium.types("user_id", &person.eid_number).await;
    chromium.types("password", PASSWORD).await;
    chromium.presses("submit").await;
    chromium.comes_to_step("passkey").await;
    chromium.presses("submit").await;
    chromium.arrives_at(&borger.at("")).await;
    chromium.closes_without_complaint().await;

    // The key is lost: it is blocked, and a card comes to whoever shows who they are. It is for another key, and no service takes it.
    let desk = desk.later(DAY);
    let found = desk
        .posts("/people/find", json!({"eid_number": person.eid_number}))
        .await
        .done();
    let eid = &found["eids"][0];
    assert_eq!(eid["cards"][0]["state"], "replaced", "{found}");
    let id = eid["id"].as_str().unwrap();
    let passkey = |one: &&Value| one["kind"] == "passkey";
    let key = eid["factors"].as_array().unwrap().iter().find(passkey).unwrap();
    let lost = json!({"what": "passkey", "which": key["id"], "because": "lost"});
    desk.posts(&format!("/eids/{id}/block"), lost).await.done();
    let proof = json!({"proof": {"kind": "document_seen", "document": "danish_passport"}});
    let stands = desk.posts(&format!("/eids/{id}/cards"), proof).await.done();
    assert_eq!(
        (&stands["on_hardware"], &stands["cards"][0]["state"]),
        (&json!(true), &json!("ordered"))
    );
    let page = linus.begins_at(&borger).await;
    let page = linus.types_password(&page).await;
    assert_eq!(page.refusals(), ["hardware.unbound"], "{page:#}");
}
