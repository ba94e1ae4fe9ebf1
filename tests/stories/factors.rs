//! The choice among second factors: gitte has a code token beside her card.

use acceptance::relying::Lab;
use acceptance::{Database, House, Plan};

use crate::both::on_both;

on_both!(
    gitte_uses_her_token_instead_of_the_card,
    the_token_is_asked_first_once_she_wants_it,
    a_blocked_token_leaves_the_card,
    one_code_of_a_token_lets_in_once,
);

async fn gitte_uses_her_token_instead_of_the_card(database: Database) {
    let house = House::on(database).await;
    for (press, service, protocol) in [(0, "borger", "oidc"), (1, "skat", "saml")] {
        let gitte = house.citizen("gitte");
        let page = gitte.begins_at(&house.service(service)).await;
        let page = gitte.types_password(&page).await;
        page.must_be_step("code");
        assert_eq!(
            page.challenge().card,
            gitte.person.keycards[0].number,
            "the card is first"
        );
        let page = gitte.browser.submit(&page, &[("action", "other")]).await;
        page.must_be_step("factor");
        let page = gitte.browser.submit(&page, &[]).await;
        assert_eq!(page.refusals(), ["factor.required"], "{page:#}");
        let page = gitte.browser.submit(&page, &[("factor", "passport")]).await;
        assert_eq!(page.refusals(), ["factor.required"], "{page:#}");
        let page = gitte.browser.submit(&page, &[("factor", "token")]).await;
        page.must_be_step("code");
        let page = gitte.browser.submit(&page, &[("code", "12")]).await;
        assert_eq!(page.refusals(), ["token.format"], "{page:#}");
        let code = gitte.person.tokens[0].shows(press);
        let page = gitte.browser.submit(&page, &[("code", &code)]).await;
        assert!(
            page.url.as_str().starts_with(&house.service(service).origin),
            "{page:#}"
        );
        let me = gitte.is_known_at(&house.service(service)).await;
        assert_eq!(
            (me["protocol"].as_str(), me["verified"].as_bool()),
            (Some(protocol), Some(true)),
            "{me}"
        );
        assert_eq!(me["level"], "Substantial", "{me}");
    }
}

async fn the_token_is_asked_first_once_she_wants_it(database: Database) {
    let house = House::start(Plan::on(database).without_services()).await;
    let lab = Lab::of(&house).await;
    for (press, usual) in [(0, "no"), (1, "yes")] {
        let gitte = house.citizen("gitte");
        let page = gitte.browser.get(lab.asks("openid pid", &[]).url.as_str()).await;
        let page = gitte.types_password(&page).await;
        assert!(
            page.body.contains("data-factor=\"keycard\""),
            "the card is first: {page:#}"
        );
        let page = gitte.browser.submit(&page, &[("action", "other")]).await;
        let chosen = [("factor", "token"), ("usual", usual)];
        let page = gitte.browser.submit(&page, &chosen).await;
        let code = gitte.person.tokens[0].shows(press);
        let page = gitte.browser.submit_once(&page, &[("code", &code)]).await;
        assert!(page.redirect().is_some(), "{page:#}");
    }

    let again = house.citizen("gitte");
    let page = again.browser.get(lab.asks("openid pid", &[]).url.as_str()).await;
    let page = again.types_password(&page).await;
    page.must_be_step("code");
    assert!(page.body.contains("data-factor=\"token\""), "{page:#}");
    let page = again.browser.submit(&page, &[("action", "other")]).await;
    let page = again.browser.submit(&page, &[("factor", "keycard")]).await;
    let code = again.person.code(&page.challenge()).to_owned();
    let page = again.browser.submit_once(&page, &[("code", &code)]).await;
    assert!(page.redirect().is_some(), "the card serves as before: {page:#}");
}

async fn a_blocked_token_leaves_the_card(database: Database) {
    let house = House::start(Plan::on(database).without_services()).await;
    let lab = Lab::of(&house).await;
    let gitte = house.citizen("gitte");
    let page = gitte.browser.get(lab.asks("openid pid", &[]).url.as_str()).await;
    let page = gitte.types_password(&page).await;
    let page = gitte.browser.submit(&page, &[("action", "other")]).await;
    let mut page = gitte.browser.submit(&page, &[("factor", "token")]).await;
    for _ in 0..4 {
        page = gitte.browser.submit(&page, &[("code", "000000")]).await;
        assert_eq!(page.refusals(), ["token.wrong"], "{page:#}");
    }
    page = gitte.browser.submit(&page, &[("code", "000000")]).await;
    assert_eq!(page.refusals(), ["token.blocked"], "{page:#}");
    page.must_be_step("factor");
    let page = gitte.browser.submit(&page, &[("factor", "keycard")]).await;
    let code = gitte.person.code(&page.challenge()).to_owned();
    let page = gitte.browser.submit_once(&page, &[("code", &code)]).await;
    assert!(page.redirect().is_some(), "{page:#}");
}

async fn one_code_of_a_token_lets_in_once(database: Database) {
    let plan = Plan::on(database)
        .without_services()
        .set("login.flood.address_per_minute", 10_000);
    let house = House::start(plan).await;
    let lab = Lab::of(&house).await;
    let mut ready = Vec::new();
    for _ in 0..16 {
        let gitte = house.citizen("gitte");
        let page = gitte.browser.get(lab.asks("openid pid", &[]).url.as_str()).await;
        let page = gitte.types_password(&page).await;
        let page = gitte.browser.submit(&page, &[("action", "other")]).await;
        let page = gitte.browser.submit(&page, &[("factor", "token")]).await;
        page.must_be_step("code");
        ready.push((gitte, page));
    }
    let code = ready[0].0.person.tokens[0].shows(0);
    let mut answers = tokio::task::JoinSet::new();
    for (gitte, page) in ready {
        let code = code.clone();
        answers.spawn(async move { gitte.browser.submit_once(&page, &[("code", &code)]).await });
    }
    let answers = answers.join_all().await;
    let (arrived, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|page| page.redirect().is_some());
    assert_eq!(arrived.len(), 1, "{} log-ins came of one code", arrived.len());
    assert!(
        refused.iter().all(|page| page.refusals() == ["token.used"]),
        "{refused:#?}"
    );
}
