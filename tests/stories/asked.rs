//! What a service's request tells the page: the language, whose user-ID; and how many requests one browser may have open.

use acceptance::relying::Lab;
use acceptance::{Database, House, Page, Plan};

async fn house() -> (House, Lab) {
    let house = House::start(Plan::on(Database::Sqlite).without_services()).await;
    let lab = Lab::of(&house).await;
    (house, lab)
}

fn language(page: &Page) -> &str {
    page.body
        .split("<html lang=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_speaks_the_language_that_the_service_asks_for() {
    let (house, lab) = house().await;
    for (asked, browsers, spoken) in [
        ("en", "da", "en"),
        ("da", "en", "da"),
        ("da-DK", "en-GB", "da"),
        ("sv en da", "da", "en"),
        ("sv", "en", "en"),
        ("sv", "da", "da"),
        ("", "en", "en"),
    ] {
        let mut anna = house.citizen("anna");
        anna.browser = anna.browser.speaking(browsers);
        let page = anna
            .browser
            .get(lab.asks("openid", &[("ui_locales", asked)]).url.as_str())
            .await;
        page.must_be_step("credentials");
        assert_eq!(language(&page), spoken, "{asked:?} to a browser that speaks {browsers}");
        let wrong = anna
            .browser
            .submit(&page, &[("user_id", "nobody-at-all"), ("password", "not-hers-1")])
            .await;
        assert_eq!(
            (wrong.refusals(), language(&wrong)),
            (vec!["login.failed".to_owned()], spoken),
            "{wrong:#}"
        );
        let page = anna.types_password(&wrong).await;
        page.must_be_step("code");
        assert_eq!(language(&page), spoken, "every step of it: {page:#}");
    }
    // A request that is refused on a page of ours speaks it, too.
    for (asked, spoken) in [("en", "en"), ("da", "da")] {
        let nobody = lab.asks("openid", &[("ui_locales", asked), ("client_id", "nobody")]);
        let page = house.browser().speaking("da").get(nobody.url.as_str()).await;
        page.must_be_step("error");
        assert_eq!(language(&page), spoken, "{page:#}");
    }
}

/// What stands in the field, as the browser would send it.
fn user_id(page: &Page) -> String {
    let form = page.form();
    let field = form.fields.iter().find(|(name, _)| name == "user_id");
    field
        .unwrap_or_else(|| panic!("no user-ID is asked for: {page:#}"))
        .1
        .clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hint_stands_in_the_field_and_is_nothing_more() {
    let (house, lab) = house().await;
    let long = "a".repeat(65);
    for (hint, shown) in [
        ("anna", "anna"),
        ("anna@demo.example", "anna@demo.example"),
        ("\"><script>alert(1)</script>", "\"><script>alert(1)</script>"),
        ("", ""),
        // Never a CPR number in an address, and nothing that could be no user-ID.
        ("610290-1234", ""),
        ("6102901234", ""),
        (&long, ""),
    ] {
        let page = house
            .browser()
            .get(lab.asks("openid", &[("login_hint", hint)]).url.as_str())
            .await;
        page.must_be_step("credentials");
        assert_eq!(user_id(&page), shown, "{hint}");
        assert!(!page.body.contains("<script>alert"), "{}", page.body);
    }
    let page = house.browser().get(lab.asks("openid", &[]).url.as_str()).await;
    assert_eq!(user_id(&page), "");

    // She types the rest. Whoever else sits there types another name, and it is that one which counts.
    let anna = house.citizen("anna");
    let page = anna
        .browser
        .get(lab.asks("openid", &[("login_hint", "anna")]).url.as_str())
        .await;
    let page = anna.browser.submit(&page, &[("password", anna.password())]).await;
    page.must_be_step("code");
    assert_eq!(page.challenge().card, anna.person.keycards[0].number);
    let clara = house.citizen("clara");
    let page = clara
        .browser
        .get(lab.asks("openid", &[("login_hint", "anna")]).url.as_str())
        .await;
    let wrong = clara
        .browser
        .submit(&page, &[("user_id", "clara"), ("password", "not-hers-1")])
        .await;
    assert_eq!(user_id(&wrong), "clara", "what was typed stays");
    let page = clara.browser.submit(&wrong, &[("password", clara.password())]).await;
    assert_eq!(page.challenge().card, clara.person.keycards[0].number);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sixth_log_in_ends_the_oldest_of_the_browser() {
    let (house, lab) = house().await;
    let anna = house.citizen("anna");
    let mut open = Vec::new();
    for _ in 0..5 {
        let page = anna.browser.get(lab.asks("openid", &[]).url.as_str()).await;
        page.must_be_step("credentials");
        open.push(page);
    }
    // Five stand side by side: the oldest is shown still.
    anna.browser.get(open[0].url.as_str()).await.must_be_step("credentials");
    let sixth = anna.browser.get(lab.asks("openid", &[]).url.as_str()).await;
    sixth.must_be_step("credentials");
    open.push(sixth);

    let oldest = open.remove(0);
    let page = anna.browser.get(oldest.url.as_str()).await;
    assert_eq!(page.refusals(), ["login.expired"], "{page:#}");
    let page = anna.types_password(&oldest).await;
    assert_eq!(page.refusals(), ["login.expired"], "{page:#}");
    for page in &open {
        anna.types_password(page).await.must_be_step("code");
    }
    // Another browser's are its own.
    let other = house.citizen("anna");
    let page = other.browser.get(lab.asks("openid", &[]).url.as_str()).await;
    other.types_password(&page).await.must_be_step("code");
    anna.browser.get(open[0].url.as_str()).await.must_be_step("code");
}
