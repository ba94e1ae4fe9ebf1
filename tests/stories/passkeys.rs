//! Passkeys, in a real browser with a virtual security key, and by a key made of software that does what no browser would.

use acceptance::chromium::{Chromium, Reader};
use acceptance::passkey::SoftKey;
use acceptance::relying::Lab;
use acceptance::{Citizen, Database, House, Page, Plan};
use serde_json::{Value, json};

use crate::both::on_both;

on_both!(
    anna_adds_a_passkey_and_logs_in_with_it,
    an_answer_lets_in_once_and_nowhere_else,
    what_does_not_hold_is_refused,
    a_copy_is_blocked_and_the_holder_told,
    a_new_passkey_waits,
    a_passkey_by_json,
    the_eid_on_hardware_alone,
);

const ADD: &str = "/self-service/passkeys/add";

/// A house whose passkeys may be used at once.
async fn house(database: Database) -> House {
    House::start(
        Plan::on(database)
            .without_services()
            .set("login.passkey.wait_minutes", 0),
    )
    .await
}

/// What a page asks the browser for.
fn asked(page: &Page) -> Value {
    let input = acceptance::html::elements(&page.body, "input");
    let options = input.iter().find_map(|input| input.attribute("data-options"));
    serde_json::from_str(options.unwrap_or_else(|| panic!("nothing is asked: {page:#}"))).expect("JSON")
}

/// Their own page at this address, after a full log-in where one is asked.
async fn opens(citizen: &Citizen, house: &House, path: &str) -> Page {
    let page = citizen.browser.get(&format!("{}{path}", house.issuer())).await;
    if page.step() == "own" {
        return page;
    }
    let page = citizen.types_password(&page).await;
    citizen.answers(&page).await
}

/// Adds a key in self-service.
async fn adds(citizen: &Citizen, house: &House, key: &SoftKey) -> Page {
    let page = opens(citizen, house, ADD).await;
    let brought = key.creates(&asked(&page), &house.issuer());
    let fields = [("name", "Blue key"), ("passkey", brought.as_str())];
    citizen.browser.submit(&page, &fields).await
}

/// As far as the page that asks for the passkey.
async fn waits(citizen: &Citizen, lab: &Lab) -> Page {
    let page = citizen.browser.get(lab.asks("openid pid", &[]).url.as_str()).await;
    let page = citizen.types_password(&page).await;
    chooses(citizen, &page).await
}

async fn chooses(citizen: &Citizen, page: &Page) -> Page {
    let page = if page.step() == "factor" {
        page.clone()
    } else {
        citizen.browser.submit(page, &[("action", "other")]).await
    };
    let page = citizen.browser.submit(&page, &[("factor", "passkey")]).await;
    page.must_be_step("passkey");
    page
}

async fn anna_adds_a_passkey_and_logs_in_with_it(database: Database) {
    let plan = Plan::on(database).set("login.passkey.wait_minutes", 0);
    let house = House::start(plan).await;
    let anna = house.citizen("anna").person;
    let chromium = Chromium::open_for(
        &house,
        Reader {
            width: 390,
            ..Reader::default()
        },
    )
    .await;
    let key = chromium.plugs_in_a_key().await;

    // In self-service: a name first, then the key.
    chromium.goes_to(&format!("{}{ADD}", house.issuer())).await;
    chromium.answers_all(&anna).await;
    chromium.waits_for("#name").await;
    chromium.presses("submit").await;
    chromium.waits_for("[data-code='passkey.name']").await;
    chromium.types("name", "Min blå nøgle").await;
    chromium.presses("submit").await;
    chromium.waits_for("[role='status']").await;
    assert!(
        chromium.text().await.contains("Min blå nøgle"),
        "{}",
        chromium.text().await
    );

    // The same key does not come in twice: the browser itself says so.
    chromium.presses("add").await;
    chromium.types("name", "Den samme").await;
    chromium.presses("submit").await;
    chromium.waits_for("#passkey-failed:not([hidden])").await;

    // At a service, instead of the card; and first from then on.
    let borger = house.service("borger");
    for already in [false, true] {
        chromium.forgets().await;
        chromium.goes_to(&borger.login()).await;
        chromium.comes_to_step("credentials").await;
        chromium.types("user_id", anna.user_id.as_deref().unwrap()).await;
        chromium.types("password", anna.password.as_deref().unwrap()).await;
        chromium.presses("submit").await;
        if !already {
            chromium.comes_to_step("code").await;
            chromium.presses("other").await;
            chromium.comes_to_step("factor").await;
            chromium.presses("factor-passkey").await;
            chromium.presses("usual").await;
            chromium.presses("submit").await;
        }
        chromium.comes_to_step("passkey").await;
        if already {
            // A key that does not know its holder answers nothing; another way is offered.
            chromium.key_knows_its_holder(&key, false).await;
            chromium.presses("submit").await;
            chromium.waits_for("#passkey-failed:not([hidden])").await;
            chromium.waits_for("#other").await;
            chromium.key_knows_its_holder(&key, true).await;
        }
        chromium.presses("submit").await;
        chromium.arrives_at(&borger.at("")).await;
        chromium.goes_to(&borger.at("me")).await;
        assert!(chromium.source().await.contains(anna.pid.as_deref().unwrap()));
    }
    let complaints = chromium.complaints().await;
    assert!(
        !complaints.iter().any(|one| one.contains("Content Security Policy")),
        "{complaints:#?}"
    );

    // Without script nothing is lost but the passkey.
    chromium.without_script().await;
    chromium.forgets().await;
    chromium.goes_to(&borger.login()).await;
    chromium.types("user_id", anna.user_id.as_deref().unwrap()).await;
    chromium.types("password", anna.password.as_deref().unwrap()).await;
    chromium.presses("submit").await;
    chromium.comes_to_step("passkey").await;
    assert!(
        chromium.text().await.contains("JavaScript"),
        "{}",
        chromium.text().await
    );
    chromium.presses("submit").await;
    chromium.waits_for("[data-code='passkey.required']").await;
    chromium.presses("other").await;
    chromium.presses("factor-keycard").await;
    chromium.presses("submit").await;
    chromium.answers_card(&anna).await;
    chromium.arrives_at(&borger.at("")).await;
    chromium.closes().await;
}

async fn an_answer_lets_in_once_and_nowhere_else(database: Database) {
    let house = house(database).await;
    let lab = Lab::of(&house).await;
    let (anna, key) = (house.citizen("anna"), SoftKey::new());
    let page = adds(&anna, &house, &key).await;
    assert!(page.body.contains("Adgangsnøglen er tilføjet"), "{page:#}");

    // Two browsers wait; the answer of one is none for the other, nor is the page itself.
    let (one, two) = (house.citizen("anna"), house.citizen("anna"));
    let (first, second) = (waits(&one, &lab).await, waits(&two, &lab).await);
    assert_ne!(asked(&first)["challenge"], asked(&second)["challenge"]);
    let brought = key.answers(&asked(&first), &house.issuer());
    let refused = two.browser.submit(&second, &[("assertion", &brought)]).await;
    assert_eq!(refused.refusals(), ["passkey.wrong"], "{refused:#}");
    let refused = two.browser.submit_once(&first, &[("assertion", &brought)]).await;
    assert_eq!(refused.refusals(), ["login.expired"], "{refused:#}");

    // Sent sixteen times at once, it is one log-in: one session, however often the answer is given.
    let mut answers = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let (browser, page, brought) = (one.browser.clone(), first.clone(), brought.clone());
        answers.spawn(async move { browser.submit_once(&page, &[("assertion", &brought)]).await });
    }
    let answers = answers.join_all().await;
    // A repeat that finds no turn at the database is told to come again, and nothing else.
    let (arrived, busy): (Vec<_>, Vec<_>) = answers.into_iter().partition(|page| page.redirect().is_some());
    assert!(!arrived.is_empty(), "{busy:#?}");
    assert!(
        busy.iter().all(|page| page.refusals() == ["request.unavailable"]),
        "{busy:#?}"
    );
    let sessions = anna
        .browser
        .get(&format!("{}/self-service/sessions", house.issuer()))
        .await;
    let listed = acceptance::html::elements(&sessions.body, "li");
    let log_ins = listed
        .iter()
        .filter(|line| line.text().contains("adgangsnøgle"))
        .count();
    assert!(log_ins <= 1, "{sessions:#}");

    // And nobody took the sixteen for a copy: it serves on. The same answer does not.
    let third = waits(&two, &lab).await;
    let refused = two.browser.submit(&third, &[("assertion", &brought)]).await;
    assert_eq!(refused.refusals(), ["passkey.wrong"], "{refused:#}");
    let brought = key.answers(&asked(&refused), &house.issuer());
    let arrived = two.browser.submit_once(&refused, &[("assertion", &brought)]).await;
    assert!(arrived.redirect().is_some(), "{arrived:#}");
}

async fn what_does_not_hold_is_refused(database: Database) {
    let house = house(database).await;
    let lab = Lab::of(&house).await;
    let (anna, mut key) = (house.citizen("anna"), SoftKey::new());
    adds(&anna, &house, &key).await;
    let fresh = house.citizen("anna");
    let mut page = waits(&fresh, &lab).await;
    let elsewhere = key.answers(&asked(&page), "https://evil.example");
    key.verifies = false;
    let unverified = key.answers(&asked(&page), &house.issuer());
    let stranger = SoftKey::new().answers(&asked(&page), &house.issuer());
    for (brought, code) in [
        (String::new(), "passkey.required"),
        ("{\"id\":1}".to_owned(), "passkey.wrong"),
        ("[".repeat(30_000), "passkey.wrong"),
        (elsewhere, "passkey.wrong"),
        (unverified, "passkey.unverified"),
        (stranger, "passkey.unknown"),
    ] {
        page = fresh.browser.submit(&page, &[("assertion", &brought)]).await;
        assert_eq!(page.refusals(), [code], "{page:#}");
        page.must_be_step("passkey");
    }

    // Blocked in self-service meanwhile: the page that was open lets nobody in, and later ones do not ask for it.
    key.verifies = true;
    let brought = key.answers(&asked(&page), &house.issuer());
    let list = opens(&anna, &house, "/self-service/passkeys").await;
    let links = acceptance::html::elements(&list.body, "a");
    let link = links.iter().filter_map(|link| link.attribute("href")).find(|href| {
        href.starts_with("/self-service/passkeys/") && !href.ends_with("/add") && !href.ends_with("/alone")
    });
    let one = anna
        .browser
        .get(&format!("{}{}", house.issuer(), link.expect("a link")))
        .await;
    let blocked = anna.browser.submit(&one, &[("action", "block")]).await;
    assert!(blocked.body.contains("Adgangsnøglen er spærret"), "{blocked:#}");
    let refused = fresh.browser.submit(&page, &[("assertion", &brought)]).await;
    assert_eq!(refused.refusals(), ["passkey.unknown"], "{refused:#}");
    let later = house.citizen("anna");
    let page = later.browser.get(lab.asks("openid pid", &[]).url.as_str()).await;
    let page = later.types_password(&page).await;
    page.must_be_step("code");
    assert!(!page.body.contains("id=\"other\""), "the card alone is left: {page:#}");
    let again = adds(&anna, &house, &key).await;
    assert_eq!(again.refusals(), ["passkey.known"], "{again:#}");
}

async fn a_copy_is_blocked_and_the_holder_told(database: Database) {
    let house = house(database).await;
    let lab = Lab::of(&house).await;
    let (anna, key) = (house.citizen("anna"), SoftKey::new());
    key.counted(40);
    adds(&anna, &house, &key).await;
    let fresh = house.citizen("anna");
    let page = waits(&fresh, &lab).await;
    // The copy has counted less far.
    key.counted(7);
    let brought = key.answers(&asked(&page), &house.issuer());
    let refused = fresh.browser.submit(&page, &[("assertion", &brought)]).await;
    assert_eq!(refused.refusals(), ["passkey.copied"], "{refused:#}");
    refused.must_be_step("factor");
    let page = fresh.browser.submit(&refused, &[("factor", "keycard")]).await;
    let code = fresh.person.code(&page.challenge()).to_owned();
    let arrived = fresh.browser.submit_once(&page, &[("code", &code)]).await;
    assert!(arrived.redirect().is_some(), "the card is left: {arrived:#}");
    let list = anna
        .browser
        .get(&format!("{}/self-service/passkeys", house.issuer()))
        .await;
    assert!(list.body.contains("Du har ingen adgangsnøgler"), "{list:#}");
}

async fn a_new_passkey_waits(database: Database) {
    let house = House::start(Plan::on(database).without_services()).await;
    let lab = Lab::of(&house).await;
    let (anna, key) = (house.citizen("anna"), SoftKey::new());
    let page = adds(&anna, &house, &key).await;
    assert!(page.body.contains("Kan bruges fra"), "{page:#}");
    let fresh = house.citizen("anna");
    let page = fresh.browser.get(lab.asks("openid pid", &[]).url.as_str()).await;
    let page = fresh.types_password(&page).await;
    assert!(!page.body.contains("id=\"other\""), "it is not asked yet: {page:#}");
    house.waits(3_600).await;
    let page = waits(&fresh, &lab).await;
    let brought = key.answers(&asked(&page), &house.issuer());
    let arrived = fresh.browser.submit_once(&page, &[("assertion", &brought)]).await;
    assert!(arrived.redirect().is_some(), "{arrived:#}");
}

async fn a_passkey_by_json(database: Database) {
    let house = house(database).await;
    let lab = Lab::of(&house).await;
    let (anna, key) = (house.citizen("anna"), SoftKey::new());
    adds(&anna, &house, &key).await;
    let client = house
        .client()
        .cookie_store(true)
        .redirect(reqwest::redirect::Policy::none());
    let client = client.build().unwrap();
    let begun = client.get(lab.asks("openid pid", &[]).url).send().await.unwrap();
    let url = begun.url().join(begun.headers()["location"].to_str().unwrap()).unwrap();
    let (client, url) = (&client, &url);
    let sends = async |mut fields: Value, csrf: &Value| -> Value {
        fields["csrf"] = csrf.clone();
        let request = client
            .post(url.clone())
            .header("accept", "application/json")
            .json(&fields);
        request.send().await.unwrap().json().await.unwrap()
    };
    let shown = client.get(url.clone()).header("accept", "application/json");
    let shown: Value = shown.send().await.unwrap().json().await.unwrap();
    let typed = json!({ "user_id": "anna", "password": anna.person.password });
    let shown = sends(typed, &shown["csrf"]).await;
    assert_eq!(
        (&shown["step"], &shown["factors"]),
        (&json!("code"), &json!(["keycard", "passkey"])),
        "{shown}"
    );
    let shown = sends(json!({ "action": "other" }), &shown["csrf"]).await;
    let shown = sends(json!({ "factor": "passkey" }), &shown["csrf"]).await;
    assert_eq!(
        (&shown["step"], &shown["fields"]),
        (&json!("passkey"), &json!(["assertion"])),
        "{shown}"
    );
    let brought = key.answers(&shown["passkey"], &house.issuer());
    let done = sends(json!({ "assertion": brought }), &shown["csrf"]).await;
    assert_eq!(done["step"], "done", "{done}");
}

/// Card, token and app go with a fresh proof by the passkey; the card comes back when she wants it.
async fn the_eid_on_hardware_alone(database: Database) {
    const ALONE: &str = "/self-service/passkeys/alone";
    let house = house(database).await;
    let lab = Lab::of(&house).await;
    let (gitte, key) = (house.citizen("gitte"), SoftKey::new());
    adds(&gitte, &house, &key).await;

    // The log-in of just now was by card: this page wants the passkey, and nothing else will do.
    let page = gitte.browser.get(&format!("{}{ALONE}", house.issuer())).await;
    let page = gitte.types_password(&page).await;
    page.must_be_step("passkey");
    assert!(!page.body.contains("id=\"other\""), "{page:#}");
    let brought = key.answers(&asked(&page), &house.issuer());
    let page = gitte.browser.submit(&page, &[("assertion", &brought)]).await;
    assert_eq!(page.step(), "own", "{page:#}");
    assert!(page.body.contains("id=\"only-one\""), "one key is a risk: {page:#}");
    for listed in [&gitte.person.keycards[0].number, &gitte.person.tokens[0].serial] {
        assert!(page.body.contains(listed.as_str()), "{listed}: {page:#}");
    }
    let page = gitte.browser.submit(&page, &[]).await;
    assert_eq!(page.refusals(), ["own.confirm"], "{page:#}");
    let page = gitte.browser.submit(&page, &[("sure", "yes")]).await;
    assert!(
        page.body.contains("Du logger nu kun på med dine adgangsnøgler"),
        "{page:#}"
    );

    // From now on the passkey is asked, and nothing beside it.
    let fresh = house.citizen("gitte");
    let page = fresh.browser.get(lab.asks("openid pid", &[]).url.as_str()).await;
    let page = fresh.types_password(&page).await;
    page.must_be_step("passkey");
    assert!(!page.body.contains("id=\"other\""), "{page:#}");
    let brought = key.answers(&asked(&page), &house.issuer());
    let arrived = fresh.browser.submit_once(&page, &[("assertion", &brought)]).await;
    assert!(arrived.redirect().is_some(), "{arrived:#}");

    // The way back.
    let page = gitte
        .browser
        .get(&format!("{}/self-service/cards", house.issuer()))
        .await;
    let page = gitte.browser.submit(&page, &[("action", "order")]).await;
    assert!(page.body.contains("Et nøglekort er bestilt"), "{page:#}");
}
