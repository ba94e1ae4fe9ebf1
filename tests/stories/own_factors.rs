//! What stands beside the card, from a person's own pages: a code token that is ordered, used and stopped; a device with a code app that
//! comes in, approves and is stopped; a passkey; a number that is called. Our pages run no script but the one that asks for a passkey; the
//! demo's app, which is one, does.

use acceptance::chromium::{Chromium, Reader};
use acceptance::people::Token;
use acceptance::post::heard;
use acceptance::{Database, House, Page, Plan};

use crate::both::on_both;

on_both!(
    a_token_from_the_order_to_the_block,
    a_device_comes_in_and_approves_until_it_is_stopped,
    a_passkey_comes_in_is_named_and_is_blocked,
    a_number_from_the_order_to_the_block,
);

fn reader(language: &'static str) -> Reader {
    Reader {
        language,
        width: 390,
        dark: false,
    }
}

/// On our own pages, without script, logged in.
async fn at_own_pages(house: &House, language: &'static str, who: &str) -> Chromium {
    let chromium = Chromium::open_for(house, reader(language)).await;
    chromium.without_script().await;
    chromium.goes_to(&format!("{}/self-service", house.issuer())).await;
    chromium.answers_all(&house.citizen(who).person).await;
    chromium.waits_for("#eid-number").await;
    chromium
}

async fn goes_on_without_complaint(chromium: Chromium) {
    let complaints = chromium.complaints().await;
    let policy = complaints.iter().any(|one| one.contains("Content Security Policy"));
    assert!(!policy, "{complaints:#?}");
    chromium.closes().await;
}

/// A delivery of one token, as its maker writes it (RFC 6030, plain).
fn delivery(serial: &str) -> String {
    format!(
        r#"<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc"><KeyPackage>
<DeviceInfo><Manufacturer>oath.XX</Manufacturer><SerialNo>{serial}</SerialNo></DeviceInfo>
<Key Id="{serial}" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:hotp"><Issuer>XX</Issuer>
<AlgorithmParameters><ResponseFormat Length="6" Encoding="DECIMAL"/></AlgorithmParameters>
<Data><Secret><PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue></Secret>
<Counter><PlainValue>0</PlainValue></Counter></Data></Key></KeyPackage></KeyContainer>"#
    )
}

/// The operator sends it once it is paid.
fn is_sent(house: &House, serial: &str, number: &str) -> Token {
    let file = house.folder().join(format!("{serial}.xml"));
    std::fs::write(&file, delivery(serial)).unwrap();
    house.idp_says(&["token", "import", file.to_str().unwrap(), "--officer", "olga"]);
    let paid = [
        "token",
        "assign",
        serial,
        number,
        "--officer",
        "olga",
        "--reason",
        "paid",
    ];
    house.idp_says(&paid);
    Token {
        serial: serial.into(),
        status: "assigned".into(),
        digits: 6,
        seed: "3132333435363738393031323334353637383930".into(),
        next: 0,
    }
}

async fn a_token_from_the_order_to_the_block(database: Database) {
    let house = House::on(database).await;
    for (language, who, price, serial) in [
        ("da", "anna", "99,00 kr.", "T-1001"),
        ("en", "clara", "99.00 kr.", "T-1002"),
    ] {
        let citizen = house.citizen(who);
        let number = &citizen.person.eid_number;
        let chromium = at_own_pages(&house, language, who).await;
        let at = |path: &str| format!("{}/self-service/tokens{path}", house.issuer());

        // The price stands before the order, and is accepted by a tick.
        chromium.goes_to(&at("")).await;
        assert!(chromium.text().await.contains(price));
        chromium.presses("submit").await;
        chromium.waits_for("[data-code='token.accept']").await;
        chromium.presses("accept").await;
        chromium.presses("submit").await;
        chromium.waits_for("#ordered").await;
        let orders = house.idp_says(&["token", "orders"]);
        assert!(
            orders.contains(number.as_str()) && orders.contains("99.00 kr."),
            "{orders}"
        );

        // It has come by post.
        let token = is_sent(&house, serial, number);
        chromium.goes_to(&at("")).await;
        chromium.presses("activate").await;
        for (shown, comes) in [
            (token.shows(500), "[data-code='token.wrong']"),
            (token.shows(0), "[role='status']"),
        ] {
            chromium.types_anew("serial", serial).await;
            chromium.types("shown", &shown).await;
            chromium.approves_with_card(&citizen.person).await;
            chromium.waits_for(comes).await;
        }
        let user = house.citizen(who);
        let page = user.begins_at(&house.service("borger")).await;
        let page = user.types_password(&page).await;
        let page = user.browser.submit(&page, &[("action", "other")]).await;
        let page = user.browser.submit(&page, &[("factor", "token")]).await;
        let page = user.browser.submit(&page, &[("code", &token.shows(1))]).await;
        assert!(
            page.url.as_str().starts_with(&house.service("borger").origin),
            "{page:#}"
        );

        // Stopped with the card: everybody is logged out, and the token is not offered any more.
        chromium.goes_to(&at("/block")).await;
        chromium.approves_with_card(&citizen.person).await;
        chromium.waits_for("[data-receipt='blocked-token']").await;
        chromium.goes_to(&at("")).await;
        chromium.comes_to_step("credentials").await;
        let page = begins(&house, who).await;
        page.must_be_step("code");
        assert!(!page.body.contains("id=\"other\""), "the card alone is left: {page:#}");
        goes_on_without_complaint(chromium).await;
    }
}

/// A fresh browser of theirs, as far as the second factor.
async fn begins(house: &House, who: &str) -> Page {
    let citizen = house.citizen(who);
    let page = citizen.begins_at(&house.service("borger")).await;
    citizen.types_password(&page).await
}

async fn a_device_comes_in_and_approves_until_it_is_stopped(database: Database) {
    let house = House::start(Plan::on(database).set("login.app.wait_minutes", 0)).await;
    for (language, who) in [("da", "anna"), ("en", "clara")] {
        let citizen = house.citizen(who);
        let own = at_own_pages(&house, language, who).await;
        own.presses_link("/self-service/apps").await;
        own.presses("add").await;
        own.approves_with_card(&citizen.person).await;
        own.waits_for("svg#picture title").await;
        let digits = own.waits_for("#handover .number").await.text().await.unwrap();

        // The demo's app takes the digits.
        let app = Chromium::open_for(&house, reader(language)).await;
        app.goes_to(&format!("{}/app", house.service("borger").origin)).await;
        app.waits_for("#bind:not([hidden])").await;
        fills(&app, "handover", &digits).await;
        fills(&app, "name", "telefon").await;
        app.waits_for("#bind button").await.click().await.unwrap();
        app.waits_for("#idle:not([hidden])").await;
        own.presses("next").await;
        own.waits_for("#apps li").await;
        assert!(own.text().await.contains("telefon"));

        // A log-in asks it, and is let in by the number on its page.
        let page = citizen.begins_at(&house.service("borger")).await;
        let page = citizen.types_password(&page).await;
        let page = citizen.browser.submit(&page, &[("action", "other")]).await;
        let page = citizen.browser.submit(&page, &[("factor", "app")]).await;
        page.must_be_step("app");
        let number = &page.body.split("data-number=\"").nth(1).expect("a number")[..2];
        app.waits_for("#question:not([hidden])").await;
        fills(&app, "number", number).await;
        app.waits_for("#question button").await.click().await.unwrap();
        app.waits_for("#idle:not([hidden])").await;
        let page = citizen.browser.submit(&page, &[]).await;
        assert!(
            page.url.as_str().starts_with(&house.service("borger").origin),
            "{page:#}"
        );

        // The telephone is lost: user-ID and password suffice, and it hears that it is nobody's any more.
        let stops = Chromium::open_for(&house, reader(language)).await;
        stops.without_script().await;
        stops.goes_to(&format!("{}/block", house.issuer())).await;
        stops.presses("block-app").await;
        stops.comes_to_step("credentials").await;
        stops.types("user_id", citizen.user_id()).await;
        stops.types("password", citizen.password()).await;
        stops.presses("submit").await;
        stops.waits_for("button[name='app']").await.click().await.unwrap();
        stops.waits_for("[data-receipt='blocked-app']").await;
        app.waits_for("#bind:not([hidden])").await;
        own.goes_to(&format!("{}/self-service/apps", house.issuer())).await;
        own.comes_to_step("credentials").await;
        for browser in [own, stops] {
            goes_on_without_complaint(browser).await;
        }
        app.closes().await;
    }
}

async fn a_passkey_comes_in_is_named_and_is_blocked(database: Database) {
    let house = House::start(Plan::on(database).set("login.passkey.wait_minutes", 0)).await;
    for (language, who, first, second) in [
        ("da", "anna", "Min blå nøgle", "Grøn nøgle"),
        ("en", "clara", "My blue key", "Green key"),
    ] {
        let person = house.citizen(who).person;
        let chromium = Chromium::open_for(&house, reader(language)).await;
        chromium.plugs_in_a_key().await;
        chromium
            .goes_to(&format!("{}/self-service/passkeys/add", house.issuer()))
            .await;
        chromium.answers_all(&person).await;
        chromium.types("name", first).await;
        chromium.presses("submit").await;
        chromium.waits_for("[role='status']").await;
        assert!(chromium.text().await.contains(first));
        let opens = async || {
            let link = chromium.waits_for("#passkeys li:last-child a").await;
            link.click().await.expect("a link");
            chromium.waits_for("#block").await;
        };
        opens().await;
        chromium.types_anew("name", second).await;
        chromium.presses("submit").await;
        chromium.waits_for("[role='status']").await;
        let text = chromium.text().await;
        assert!(text.contains(second) && !text.contains(first), "{text}");

        // Where the session is over, the log-in leads back to the passkey that was meant.
        opens().await;
        let address = chromium.address().await;
        chromium.forgets().await;
        chromium.goes_to(&address).await;
        chromium.answers_all(&person).await;
        chromium.waits_for("#block").await;
        assert_eq!(chromium.address().await, address);
        chromium.presses("block").await;
        chromium.waits_for("[data-receipt='blocked-passkey']").await;
        chromium.goes_to(&address).await;
        chromium.comes_to_step("credentials").await;
        let page = begins(&house, who).await;
        page.must_be_step("code");
        assert!(!page.body.contains("id=\"other\""), "the card alone is left: {page:#}");
        goes_on_without_complaint(chromium).await;
    }
}

async fn a_number_from_the_order_to_the_block(database: Database) {
    let plan = Plan::on(database).set("login.voice.wait_minutes", 0);
    let house = House::start(plan.set("login.voice.price_oere", 2_500)).await;
    for (language, who, price, number) in [
        ("da", "anna", "25,00 kr.", "80307050"),
        ("en", "clara", "25.00 kr.", "80307051"),
    ] {
        let own = at_own_pages(&house, language, who).await;
        let rings = async |notice: &str| {
            let ours = |call: &serde_json::Value| call["to"] == format!("+45{number}") && call["notice"] == notice;
            heard(&house.receives("calls", ours).await)
        };
        own.presses_link("/self-service/voice").await;
        own.waits_for("#price").await;
        assert!(own.text().await.contains(price));
        own.types("phone", number).await;
        own.presses("submit").await;
        own.waits_for("[data-code='voice.price']").await;
        own.presses("accept").await;
        own.presses("submit").await;
        own.waits_for("#called").await;
        let code = rings("contact-code").await;
        for (typed, comes) in [
            ("12", "[data-code='contact.code_wrong']"),
            (code.as_str(), "[role='status']"),
        ] {
            own.types("code", typed).await;
            own.presses("submit").await;
            own.waits_for(comes).await;
        }

        let user = house.citizen(who);
        let page = user.begins_at(&house.service("borger")).await;
        let page = user.types_password(&page).await;
        let page = user.browser.submit(&page, &[("action", "other")]).await;
        let page = user.browser.submit(&page, &[("factor", "voice")]).await;
        let code = rings("log-in-code").await;
        let page = user.browser.submit(&page, &[("code", &code)]).await;
        assert!(
            page.url.as_str().starts_with(&house.service("borger").origin),
            "{page:#}"
        );
        own.presses("block").await;
        own.waits_for("[data-what='voice']").await;
        own.presses("submit").await;
        own.waits_for("[data-receipt='blocked-voice']").await;
        own.goes_to(&format!("{}/self-service/voice", house.issuer())).await;
        own.comes_to_step("credentials").await;
        let page = begins(&house, who).await;
        page.must_be_step("code");
        assert!(!page.body.contains("id=\"other\""), "the card alone is left: {page:#}");
        goes_on_without_complaint(own).await;
    }
}

/// Types into a field of the app, which has no names.
async fn fills(app: &Chromium, id: &str, text: &str) {
    let field = app.waits_for(&format!("#{id}")).await;
    field.send_keys(text).await.unwrap();
}
