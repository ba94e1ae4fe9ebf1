//! Leaving: a log-out at an OIDC service goes on to the SAML services of the session by way of the browser, and comes back.

use std::fs;

use acceptance::chromium::Chromium;
use acceptance::{Database, House, Plan};

use crate::both::on_both;

on_both!(leaving_an_oidc_service_leaves_the_saml_one_by_redirect);

/// A house whose *skat* can be told of a log-out by way of the browser only.
async fn house_without_soap(database: Database) -> House {
    const SOAP: &str = "<md:SingleLogoutService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:SOAP\"";
    let mut house = House::built(Plan::on(database));
    let file = house.config("parties/skat.metadata.xml");
    let metadata = fs::read_to_string(&file).unwrap();
    let (before, rest) = metadata.split_once(SOAP).expect("skat has a SOAP address");
    let (_, after) = rest.split_once("/>").unwrap();
    fs::write(&file, format!("{before}{after}")).unwrap();
    house.seed();
    house.opens().await;
    house
}

async fn leaving_an_oidc_service_leaves_the_saml_one_by_redirect(database: Database) {
    let house = house_without_soap(database).await;
    let (borger, skat) = (house.service("borger"), house.service("skat"));
    let anna = house.citizen("anna");
    anna.logs_in_at(&borger).await;
    anna.browser.get(&skat.login()).await;
    anna.is_known_at(&skat).await;

    let before = anna.browser.steps().len();
    let page = anna.browser.get(&borger.at("logout")).await;
    assert!(
        page.url.as_str().starts_with(&borger.at("logged-out")),
        "did not come back to borger: {page:#}"
    );
    assert!(page.query("state").is_some(), "{}", page.url);
    let way: Vec<String> = anna.browser.steps()[before..]
        .iter()
        .map(|step| format!("{}{}", step.url.origin().ascii_serialization(), step.url.path()))
        .collect();
    let idp = house.issuer();
    let expected = [
        borger.at("logout"),
        format!("{idp}/oidc/logout"),
        format!("{idp}/saml/logout"),
        skat.at("slo"),
        format!("{idp}/saml/slo"),
        borger.at("logged-out"),
    ];
    assert_eq!(way, expected);
    // Nothing is waited for: skat's own session ended on the way.
    assert!(anna.is_unknown_at(&skat).await);
    assert!(anna.is_unknown_at(&borger).await);
    anna.begins_at(&skat).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_browser_follows_the_whole_chain_from_the_page_that_asks() {
    let house = house_without_soap(Database::Sqlite).await;
    let person = house.citizen("anna").person;
    let pid = person.pid.as_deref().unwrap();
    let (borger, skat) = (house.service("borger"), house.service("skat"));
    let chromium = Chromium::open(&house).await;
    chromium.logs_in(&person, &borger).await;
    chromium.goes_to(&skat.login()).await;
    chromium.arrives_at(&skat.at("")).await;
    chromium.goes_to(&skat.at("me")).await;
    assert!(chromium.source().await.contains(pid));

    // Without an ID token she is asked; the form's redirects lead to skat, on another origin, and back.
    chromium.goes_to(&format!("{}/oidc/logout", house.issuer())).await;
    chromium.presses("submit").await;
    chromium.arrives_at(&format!("{}/saml/slo", house.issuer())).await;
    chromium.goes_to(&skat.at("me")).await;
    assert!(!chromium.source().await.contains(pid), "skat still knows her");
    chromium.goes_to(&skat.with("passive=1").login()).await;
    chromium.arrives_at(&skat.at("")).await;
    chromium.goes_to(&skat.at("me")).await;
    assert!(!chromium.source().await.contains(pid), "the session lives on");
    chromium.closes_without_complaint().await;
}
