//! People on their own pages, in a real browser that runs no script, in both languages: they see, change, end and stop.

use acceptance::chromium::{Chromium, Reader};
use acceptance::people::Person;
use acceptance::{Citizen, Database, House};

use crate::both::on_both;

on_both!(
    people_look_after_their_eid,
    people_stop_what_was_lost,
    help_is_there_for_everybody
);

fn reader(language: &'static str) -> Reader {
    Reader {
        language,
        width: 390,
        dark: false,
    }
}

/// From the start page by the link of this id.
async fn begins(house: &House, language: &'static str, link: &str) -> Chromium {
    let chromium = Chromium::open_for(house, reader(language)).await;
    chromium.without_script().await;
    chromium.goes_to(&format!("{}/", house.issuer())).await;
    chromium.presses(link).await;
    chromium
}

async fn types_password(chromium: &Chromium, person: &Person) {
    chromium.comes_to_step("credentials").await;
    chromium
        .types("user_id", person.user_id.as_deref().expect("a user-ID"))
        .await;
    chromium
        .types("password", person.password.as_deref().expect("a password"))
        .await;
    chromium.presses("submit").await;
}

/// What a fresh browser of theirs hears at a service.
async fn hears(house: &House, citizen: &Citizen) -> Vec<String> {
    let mut fresh = citizen.clone();
    fresh.browser = house.browser();
    let page = fresh.begins_at(&house.service("borger")).await;
    fresh.types_password(&page).await.refusals()
}

async fn people_look_after_their_eid(database: Database) {
    let house = House::on(database).await;
    for (language, who, changed, told) in [
        ("da", "anna", "Din adgangskode er skiftet", "Logget på"),
        ("en", "clara", "Your password is changed", "Logged in"),
    ] {
        let mut elsewhere = house.citizen(who);
        let person = elsewhere.person.clone();
        elsewhere.logs_in_at(&house.service("borger")).await;

        let chromium = begins(&house, language, "selfservice").await;
        chromium.answers_all(&person).await;
        chromium.waits_for("#eid-number").await;
        let at = |path: &str| format!("{}/self-service{path}", house.issuer());

        // What the service was given is taken back.
        chromium.goes_to(&at("/consents")).await;
        chromium.presses("withdraw-borger").await;
        chromium.waits_for("[role='status']").await;

        // What has happened, and where she is logged in; the other one is ended.
        chromium.goes_to(&at("/history")).await;
        chromium.waits_for("#history li").await;
        assert!(chromium.text().await.contains(told));
        chromium.goes_to(&at("/sessions")).await;
        chromium.waits_for("#sessions li:nth-child(2)").await;
        chromium.presses("others").await;
        chromium.waits_for("[role='status']").await;
        elsewhere.begins_at(&house.service("kommune")).await;

        // Another e-mail address: kept once the code that is sent there has been typed.
        let address = format!("{who}.new@demo.example");
        chromium.goes_to(&at("/contact")).await;
        chromium.types_anew("email", &address).await;
        chromium.presses("submit").await;
        chromium.waits_for("#email_code").await;
        let mail = house.receives("mail", |about| about["to"] == address.as_str()).await;
        let text = mail["text"].as_str().expect("a text");
        let code = text
            .split(|c: char| !c.is_ascii_digit())
            .find(|digits| digits.len() == 6);
        chromium.types("email_code", code.expect("six digits")).await;
        chromium.presses("submit").await;
        chromium.waits_for("[role='status']").await;

        // Another password: wrong first, then right.
        let (old, new) = (person.password.as_deref().expect("a password"), "vinter-hest-77");
        chromium.goes_to(&at("/password")).await;
        for (typed, comes) in [
            ("not-this-1", "[data-code='password.old_wrong']"),
            (old, "[role='status']"),
        ] {
            chromium.types("old", typed).await;
            chromium.types("new", new).await;
            chromium.types("again", new).await;
            chromium.presses("submit").await;
            chromium.waits_for(comes).await;
        }
        assert!(chromium.text().await.contains(changed));
        assert_eq!(hears(&house, &elsewhere).await, ["login.failed"]);
        elsewhere.person.password = Some(new.to_owned());
        elsewhere.browser = house.browser();
        elsewhere.logs_in_at(&house.service("borger")).await;

        chromium.goes_to(&at("/logout")).await;
        chromium.presses("submit").await;
        chromium.waits_for("[data-receipt='logged-out']").await;
        chromium.goes_to(&at("")).await;
        chromium.comes_to_step("credentials").await;
        chromium.closes_without_complaint().await;
    }
}

async fn people_stop_what_was_lost(database: Database) {
    let house = House::on(database).await;
    for (language, lost_card, stops_all, police) in [("da", "anna", "gitte", "114"), ("en", "clara", "hanne", "police")]
    {
        // The card is lost: user-ID and password suffice.
        let citizen = house.citizen(lost_card);
        let card = &citizen.person.keycards[0].number;
        let chromium = begins(&house, language, "block").await;
        chromium.presses("block-card").await;
        types_password(&chromium, &citizen.person).await;
        chromium.comes_to_step("confirm").await;
        assert!(chromium.text().await.contains(card.as_str()));
        chromium.presses(&format!("card-{card}")).await;
        chromium.waits_for("[data-receipt='blocked-card']").await;
        assert!(chromium.text().await.contains(police));
        assert_eq!(hears(&house, &citizen).await, ["LOCK003"]);
        chromium.closes_without_complaint().await;

        // Everything, from whoever is logged in elsewhere, too.
        let citizen = house.citizen(stops_all);
        citizen.logs_in_at(&house.service("borger")).await;
        let chromium = begins(&house, language, "block").await;
        chromium.presses("block-eid").await;
        types_password(&chromium, &citizen.person).await;
        chromium.comes_to_step("confirm").await;
        chromium.presses("submit").await;
        chromium.waits_for("[data-receipt='blocked-eid']").await;
        assert!(chromium.text().await.contains(police));
        citizen.begins_at(&house.service("kommune")).await;
        assert_eq!(hears(&house, &citizen).await, ["AUTH001"]);
        chromium.closes_without_complaint().await;
    }
}

async fn help_is_there_for_everybody(database: Database) {
    let house = House::on(database).await;
    for (language, open) in [("da", "Åbent nu"), ("en", "Open now")] {
        let chromium = begins(&house, language, "help").await;
        chromium.comes_to_step("help").await;
        chromium.goes_to(&format!("{}/help/contact", house.issuer())).await;
        chromium.waits_for("[data-open='true']").await;
        assert!(chromium.text().await.contains(open));
        chromium.closes_without_complaint().await;
    }
}
