//! The life of a key card and the choice beside it, in a real browser that runs no script, in both languages: the next one at 20 codes
//! left, one that is lost, another factor instead.

use std::path::Path;

use acceptance::chromium::{Chromium, Reader};
use acceptance::people::{Card, Citizen};
use acceptance::program::run;
use acceptance::{Database, House};
use serde_json::{Value, json};

use crate::both::on_both;

on_both!(
    the_next_card_comes_when_twenty_codes_are_left,
    a_lost_card_is_stopped_and_the_one_in_the_drawer_serves,
    another_factor_is_chosen,
);

/// What a page says in each language.
const SAID: [[&str; 6]; 2] = [
    [
        "da",
        "Du har et nyt nøglekort",
        "Dit nye nøglekort er taget i brug",
        "Et nøglekort er bestilt",
        "Dit nøglekort er spærret",
        "Hvordan vil du logge på?",
    ],
    [
        "en",
        "You have a new key card",
        "Your new key card is in use",
        "A key card is ordered",
        "Your key card is blocked",
        "How do you want to log in?",
    ],
];

async fn window(house: &House, language: &'static str) -> Chromium {
    let reader = Reader {
        language,
        width: 390,
        dark: false,
    };
    let chromium = Chromium::open_for(house, reader).await;
    chromium.without_script().await;
    chromium
}

async fn says(chromium: &Chromium, text: &str) {
    let shown = chromium.text().await;
    assert!(shown.contains(text), "{text}:\n{shown}");
}

async fn types_password(chromium: &Chromium, citizen: &Citizen) {
    chromium.comes_to_step("credentials").await;
    chromium.types("user_id", citizen.user_id()).await;
    chromium.types("password", citizen.password()).await;
    chromium.presses("submit").await;
}

/// The card as it comes by the demo's post; what is printed on the paper is what the document beside it says.
async fn by_post(house: &House, citizen: &Citizen, before: usize) -> Card {
    let eid = citizen.person.eid_number.clone();
    let is_theirs = |about: &Value| about["kind"] == "card" && about["eid_number"] == eid.as_str();
    for _ in 0..300 {
        let sent: Vec<Value> = house.sent("letters").into_iter().filter(is_theirs).collect();
        if sent.len() > before {
            let letter = sent.last().unwrap();
            let card =
                json!({ "number": letter["card"]["number"], "status": "posted", "codes": letter["card"]["codes"] });
            let card: Card = serde_json::from_value(card).unwrap();
            let printed = text_of(&house.sent_file("letters", letter));
            assert!(printed.contains(&card.number), "{printed}");
            assert!(card.codes.values().all(|code| printed.contains(code)), "{printed}");
            return card;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("no card came for {}", citizen.user_id());
}

fn text_of(pdf: &Path) -> String {
    run(std::process::Command::new("pdftotext").arg("-layout").arg(pdf).arg("-"))
}

/// 21 codes are left: this log-in orders the next card. Karl puts it into use himself.
async fn the_next_card_comes_when_twenty_codes_are_left(database: Database) {
    for [language, new, in_use, ..] in SAID {
        let house = House::on(database).await;
        let mut karl = house.citizen("karl");
        let at = |path: &str| format!("{}{path}", house.issuer());
        let chromium = window(&house, language).await;
        chromium.logs_in(&karl.person, &house.service("borger")).await;
        let card = by_post(&house, &karl, 0).await;
        house.receives("sms", |about| about["notice"] == "card-ordered").await;

        chromium.goes_to(&at("/self-service/cards")).await;
        chromium.answers_all(&karl.person).await;
        chromium.waits_for("#cards").await;
        says(&chromium, new).await;
        says(&chromium, &card.number).await;
        let old = karl.person.keycards[0].number.clone();
        karl.person.keycards.push(card.clone());
        chromium.presses("activate").await;
        let challenge = chromium.challenge().await;
        assert_eq!(challenge.card, card.number, "the new card is asked for itself");
        chromium.types("code", &karl.person.wrong_code(&challenge)).await;
        chromium.presses("submit").await;
        chromium.waits_for("[data-code='code.wrong']").await;
        let challenge = chromium.challenge().await;
        chromium.types("code", karl.person.code(&challenge)).await;
        chromium.presses("submit").await;
        chromium.waits_for("[role='status']").await;
        says(&chromium, in_use).await;

        chromium.forgets().await;
        chromium.goes_to(&house.service("borger").login()).await;
        types_password(&chromium, &karl).await;
        chromium.comes_to_step("code").await;
        let asked = chromium.challenge().await.card;
        assert_eq!((asked.as_str(), asked == old), (card.number.as_str(), false));
        chromium.answers_card(&karl.person).await;
        chromium.arrives_at(&house.service("borger").at("")).await;
        chromium.closes_without_complaint().await;
    }
}

/// She has ordered one more in time; when the other is lost she stops it, and the one in the drawer takes its place.
async fn a_lost_card_is_stopped_and_the_one_in_the_drawer_serves(database: Database) {
    let house = House::on(database).await;
    let borger = house.service("borger");
    let at = |path: &str| format!("{}{path}", house.issuer());
    for ([language, _, _, ordered, blocked, _], who) in SAID.into_iter().zip(["anna", "clara"]) {
        let mut citizen = house.citizen(who);
        let old = citizen.person.keycards[0].number.clone();
        let chromium = window(&house, language).await;
        chromium.goes_to(&at("/self-service/cards")).await;
        chromium.answers_all(&citizen.person).await;
        chromium.waits_for("#order").await;
        chromium.presses("order").await;
        chromium.waits_for("[role='status']").await;
        says(&chromium, ordered).await;
        let card = by_post(&house, &citizen, 0).await;
        chromium.forgets().await;

        chromium.goes_to(&at("/")).await;
        chromium.presses("block").await;
        chromium.presses("block-card").await;
        types_password(&chromium, &citizen).await;
        chromium.comes_to_step("confirm").await;
        says(&chromium, &old).await;
        chromium.presses(&format!("card-{old}")).await;
        chromium.waits_for("[data-receipt='blocked-card']").await;
        says(&chromium, blocked).await;

        chromium.forgets().await;
        chromium.goes_to(&borger.login()).await;
        types_password(&chromium, &citizen).await;
        chromium.comes_to_step("code").await;
        assert_eq!(
            chromium.challenge().await.card,
            card.number,
            "the lost one is never asked for"
        );
        citizen.person.keycards.push(card);
        chromium.answers_card(&citizen.person).await;
        chromium.arrives_at(&borger.at("")).await;
        chromium.goes_to(&borger.at("me")).await;
        assert!(chromium.source().await.contains(citizen.person.pid.as_deref().unwrap()));
        chromium.closes_without_complaint().await;
    }
}

/// Gitte holds a code token beside her card.
async fn another_factor_is_chosen(database: Database) {
    let house = House::on(database).await;
    let borger = house.service("borger");
    for (press, [language, .., heading]) in (0..).zip(SAID) {
        let gitte = house.citizen("gitte");
        let chromium = window(&house, language).await;
        chromium.goes_to(&borger.login()).await;
        types_password(&chromium, &gitte).await;
        chromium.comes_to_step("code").await;
        assert_eq!(
            chromium.challenge().await.card,
            gitte.person.keycards[0].number,
            "the card is first"
        );
        chromium.presses("other").await;
        chromium.comes_to_step("factor").await;
        says(&chromium, heading).await;
        // Nothing chosen is nothing gone on with.
        chromium.presses("submit").await;
        chromium.waits_for("[data-code='factor.required']").await;
        chromium.presses("factor-token").await;
        chromium.presses("submit").await;
        chromium.waits_for("main[data-factor='token']").await;
        // And back: the card is there still.
        chromium.presses("other").await;
        chromium.comes_to_step("factor").await;
        chromium.presses("factor-keycard").await;
        chromium.presses("submit").await;
        chromium.waits_for("output#challenge").await;
        chromium.presses("other").await;
        chromium.presses("factor-token").await;
        chromium.presses("submit").await;
        chromium.waits_for("main[data-factor='token']").await;
        chromium.types("code", &gitte.person.tokens[0].shows(press)).await;
        chromium.presses("submit").await;
        chromium.arrives_at(&borger.at("")).await;
        chromium.goes_to(&borger.at("me")).await;
        assert!(chromium.source().await.contains(gitte.person.pid.as_deref().unwrap()));
        chromium.closes_without_complaint().await;
    }
}
