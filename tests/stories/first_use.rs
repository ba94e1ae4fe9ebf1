//! From an activation password to an eID in use: the first time, after a forgotten password, and when the card comes later.

use acceptance::browser::Page;
use acceptance::chromium::{Chromium, Reader};
use acceptance::people::{Card, Citizen};
use acceptance::{Database, House};

use crate::both::on_both;

on_both!(
    ida_activates_her_eid_and_logs_in,
    an_activation_password_tells_nothing_and_is_lost_by_nobody_who_gives_up,
    whoever_has_forgotten_a_password_gets_another_by_post,
    karls_next_card_comes_by_post_and_is_put_into_use_at_the_log_in,
);

fn activation_password(citizen: &Citizen) -> &str {
    citizen
        .person
        .activation_password
        .as_deref()
        .expect("an activation password")
}

async fn begins(citizen: &Citizen, house: &House) -> Page {
    let page = citizen.browser.get(&format!("{}/activate", house.issuer())).await;
    page.must_be_step("activate");
    page
}

async fn types(citizen: &Citizen, page: &Page, password: &str) -> Page {
    let fields = [
        ("user_id", citizen.person.eid_number.as_str()),
        ("activation_password", password),
    ];
    citizen.browser.submit(page, &fields).await
}

/// From the right activation password to the page that asks for a code.
async fn chooses(citizen: &Citizen, page: &Page, password: &str) -> Page {
    page.must_be_step("terms");
    let page = citizen.browser.submit(page, &[("accept_terms", "yes")]).await;
    page.must_be_step("choose");
    let fields = [("password", password), ("password_again", password), ("user_id", "")];
    citizen.browser.submit(&page, &fields).await
}

async fn ida_activates_her_eid_and_logs_in(database: Database) {
    let house = House::on(database).await;
    let mut ida = house.citizen("ida");
    let borger = house.service("borger");
    let page = begins(&ida, &house).await;
    let page = types(&ida, &page, activation_password(&ida)).await;
    page.must_be_step("terms");
    let page = ida.browser.submit(&page, &[]).await;
    assert_eq!(page.refusals(), ["terms.required"], "{page:#}");
    let page = ida.browser.submit(&page, &[("accept_terms", "yes")]).await;
    for (password, again, user_id, refusals) in [
        ("kat", "kat", "", vec!["password.too_short"]),
        ("password123", "password123", "", vec!["password.common"]),
        ("kat7hund", "kat7hun", "", vec!["password.differs"]),
        ("kat7hund", "kat7hund", "abc", vec!["user_id.too_short"]),
        ("kat7hund", "kat7hund", "anna", vec!["user_id.too_short"]),
    ] {
        let fields = [("password", password), ("password_again", again), ("user_id", user_id)];
        let page = ida.browser.submit(&page, &fields).await;
        assert_eq!(page.refusals(), refusals, "{password} {user_id}: {page:#}");
        assert!(
            page.body.contains(&format!("value=\"{user_id}\"")),
            "what was typed is kept: {page:#}"
        );
        assert!(!page.body.contains("kat7hund"), "a secret is not: {page:#}");
    }
    let fields = [
        ("password", "kat7hund"),
        ("password_again", "kat7hund"),
        ("user_id", "ida-holm"),
    ];
    let page = ida.browser.submit(&page, &fields).await;
    page.must_be_step("code");
    let wrong = ida.person.wrong_code(&page.challenge());
    let page = ida.browser.submit(&page, &[("code", &wrong)]).await;
    assert_eq!(page.refusals(), ["code.wrong"], "{page:#}");
    let page = ida.answers(&page).await;
    page.must_be_step("done");

    ida.person.user_id = Some("ida-holm".into());
    ida.person.password = Some("kat7hund".into());
    let me = ida.logs_in_at(&borger).await;
    assert_eq!(me["verified"], true, "{me}");
    let again = begins(&ida, &house).await;
    let page = types(&ida, &again, activation_password(&ida)).await;
    assert_eq!(page.refusals(), ["activation.failed"], "it is used up: {page:#}");
    house.receives("mail", |about| about["notice"] == "eid-activated").await;
}

async fn an_activation_password_tells_nothing_and_is_lost_by_nobody_who_gives_up(database: Database) {
    let house = House::on(database).await;
    let ida = house.citizen("ida");
    let mut texts = Vec::new();
    for (user_id, password) in [
        (ida.person.eid_number.as_str(), "000000"),
        ("nobody-at-all", "000000"),
        ("anna", "000000"),
        ("frida", "482913"),
    ] {
        let browser = house.browser();
        let page = browser.get(&format!("{}/activate", house.issuer())).await;
        let page = browser
            .submit(&page, &[("user_id", user_id), ("activation_password", password)])
            .await;
        assert_eq!(page.refusals(), ["activation.failed"], "{user_id}: {page:#}");
        texts.push((page.status, page.text().replace(user_id, "…")));
    }
    assert!(texts.windows(2).all(|pair| pair[0] == pair[1]), "{texts:#?}");

    let page = begins(&ida, &house).await;
    let page = types(&ida, &page, activation_password(&ida)).await;
    page.must_be_step("terms");
    let page = ida.browser.submit(&page, &[("action", "cancel")]).await;
    page.must_be_step("activate");
    // Another day, another browser; the card is at home.
    let ida = house.citizen("ida");
    let page = begins(&ida, &house).await;
    let page = types(&ida, &page, activation_password(&ida)).await;
    let page = chooses(&ida, &page, "kat7hund").await;
    page.must_be_step("code");
    // At home she logs in with what she chose, and gives the code there.
    let mut at_home = house.citizen("ida");
    at_home.person.password = Some("kat7hund".into());
    let me = at_home.logs_in_at(&house.service("borger")).await;
    assert_eq!(me["verified"], true, "{me}");
    // The page she left behind is over.
    let old = ida.answers(&page).await;
    assert_eq!(old.refusals(), ["activation.expired"], "{old:#}");
}

async fn whoever_has_forgotten_a_password_gets_another_by_post(database: Database) {
    let house = House::on(database).await;
    let mut anna = house.citizen("anna");
    let borger = house.service("borger");
    anna.logs_in_at(&borger).await;
    let order = format!("{}/activate/order", house.issuer());
    let card = anna.person.keycards[0].number.clone();
    let mut answers = Vec::new();
    for (user_id, number) in [
        ("anna", "A000000001"),
        ("nobody-at-all", card.as_str()),
        ("anna", card.as_str()),
    ] {
        let browser = house.browser();
        let page = browser.get(&order).await;
        page.must_be_step("order");
        let page = browser
            .submit(&page, &[("user_id", user_id), ("card_number", number)])
            .await;
        page.must_be_step("ordered");
        answers.push((page.status, page.text()));
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "one answer to all");
    let letter = house
        .receives("letters", |about| {
            about["kind"] == "activation" && about["eid_number"] == anna.person.eid_number.as_str()
        })
        .await;
    house
        .receives("sms", |about| about["notice"] == "activation-ordered")
        .await;
    // The old password is of no use, even where she is known.
    let page = anna.begins_at(&borger.with("force=1")).await;
    let page = anna.types_password(&page).await;
    assert_eq!(page.refusals(), ["AUTH008"], "{page:#}");

    let page = begins(&anna, &house).await;
    let page = types(&anna, &page, letter["activation_password"].as_str().unwrap()).await;
    let page = chooses(&anna, &page, "0000").await;
    assert_eq!(page.refusals(), ["password.four_digits_equal"], "{page:#}");
    let fields = [("password", "4711"), ("password_again", "4711"), ("user_id", "")];
    let page = anna.browser.submit(&page, &fields).await;
    let page = anna.answers(&page).await;
    page.must_be_step("done");
    anna.person.password = Some("4711".into());
    anna.browser = house.browser();
    let me = anna.logs_in_at(&borger).await;
    assert_eq!(me["pid"].as_str(), anna.person.pid.as_deref(), "{me}");
}

/// 21 codes are left: the log-in that leaves 20 orders the next card; when the old one is used up the new one is asked for.
async fn karls_next_card_comes_by_post_and_is_put_into_use_at_the_log_in(database: Database) {
    let house = House::on(database).await;
    let mut karl = house.citizen("karl");
    let borger = house.service("borger").with("force=1");
    karl.logs_in_at(&borger).await;
    let letter = house.receives("letters", |about| about["kind"] == "card").await;
    let new: Card = serde_json::from_value(serde_json::json!({
        "number": letter["card"]["number"], "status": "posted", "codes": letter["card"]["codes"],
    }))
    .unwrap();
    let pdf = house.sent_file("letters", &letter);
    let text = std::process::Command::new("pdftotext")
        .arg("-layout")
        .arg(&pdf)
        .arg("-")
        .output()
        .unwrap();
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(
        text.contains(&new.number) && new.codes.values().all(|code| text.contains(code)),
        "{text}"
    );
    for _ in 0..20 {
        let page = karl.begins_at(&borger).await;
        let page = karl.types_password(&page).await;
        assert_ne!(page.challenge().card, new.number, "the old card is used to its end");
        karl.answers(&page).await;
    }
    let page = karl.begins_at(&borger).await;
    let page = karl.types_password(&page).await;
    assert_eq!(page.challenge().card, new.number, "{page:#}");
    karl.person.keycards.push(new.clone());
    let page = karl.answers(&page).await;
    assert!(page.url.as_str().starts_with(&borger.origin), "{page:#}");
    let (code, _, reason) = house.idp_tries(&["keycard", "print", &new.number, "--format", "text"]);
    assert_eq!(code, 0, "a demo shows everything: {reason}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_use_in_a_real_browser_without_script() {
    for (language, width, dark, titles) in [
        (
            "da",
            390,
            false,
            [
                "Aktivér dit eID",
                "Regler for dit eID",
                "Vælg adgangskode",
                "Nøgle fra dit nøglekort",
                "Dit eID er i brug",
            ],
        ),
        (
            "en",
            1200,
            true,
            [
                "Activate your eID",
                "Rules for your eID",
                "Choose a password",
                "A code from your key card",
                "Your eID is in use",
            ],
        ),
    ] {
        let house = House::on(Database::Sqlite).await;
        let mut ida = house.citizen("ida").person;
        let password = ida.activation_password.clone().expect("an activation password");
        let chromium = Chromium::open_for(&house, Reader { language, width, dark }).await;
        chromium.without_script().await;
        let comes_to = async |step: &str, title: &str| {
            chromium.comes_to_step(step).await;
            let text = chromium.text().await;
            assert!(text.contains(title), "{title}: {text}");
        };
        chromium.goes_to(&format!("{}/", house.issuer())).await;
        chromium.presses("activate").await;
        comes_to("activate", titles[0]).await;
        chromium.presses("submit").await;
        chromium.waits_for("[data-code='activation.required']").await;
        chromium.types("user_id", &ida.eid_number).await;
        chromium.types("activation_password", &password).await;
        chromium.presses("submit").await;
        comes_to("terms", titles[1]).await;
        chromium.presses("accept_terms").await;
        chromium.presses("submit").await;
        comes_to("choose", titles[2]).await;
        chromium.types("password", "kat7hund").await;
        chromium.types("password_again", "kat7hund").await;
        chromium.presses("submit").await;
        comes_to("code", titles[3]).await;
        chromium.answers_card(&ida).await;
        comes_to("done", titles[4]).await;

        // In use from now on.
        ida.user_id = Some(ida.eid_number.clone());
        ida.password = Some("kat7hund".into());
        chromium.logs_in(&ida, &house.service("borger")).await;
        chromium.closes_without_complaint().await;
    }
}
