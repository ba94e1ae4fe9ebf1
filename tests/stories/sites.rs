//! Three names on three sites, over TLS, in a real browser: what SameSite, Secure, `form-action` and third-party rules make of
//! the protocols' cross-site posts.

use std::fs;
use std::time::Duration;

use acceptance::chromium::Chromium;
use acceptance::listener::Listener;
use acceptance::saml::{Posted, Poster};
use acceptance::{Database, House, Plan};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "not yet seen green (docs/roadmap.md); run with `cargo test --workspace --test stories -- --ignored`"]
async fn posts_between_sites_sessions_and_single_logout() {
    let mut house = House::built(Plan::on(Database::Sqlite).over_tls());
    form_post_at(&house, "borger");
    let listener = Listener::open().await;
    let poster = Poster::register(&house, "poster", &listener.at("acs"));
    house.seed();
    house.opens().await;
    let person = house.citizen("anna").person;
    let pid = person.pid.as_deref().unwrap().to_owned();
    let (skat, borger) = (house.service("skat"), house.service("borger"));
    let chromium = Chromium::open(&house).await;

    // OIDC, answered by a form that posts itself to another site.
    chromium.logs_in(&person, &borger).await;
    chromium.goes_to(&borger.at("me")).await;
    assert!(chromium.source().await.contains(&pid), "{}", chromium.text().await);

    // SAML from a third site on the live session: nothing is asked.
    chromium.goes_to(&skat.login()).await;
    chromium.arrives_at(&skat.at("")).await;
    chromium.goes_to(&skat.at("me")).await;
    assert!(chromium.source().await.contains(&pid), "{}", chromium.text().await);
    chromium.goes_to(&skat.with("passive=1").login()).await;
    chromium.arrives_at(&skat.at("")).await;

    // An AuthnRequest that is POSTed from another site finds the session too, although its cookie is SameSite=Lax.
    listener.shows(&poster.page(&house).await);
    chromium.goes_to(&listener.at("")).await;
    chromium.presses("submit").await;
    let fields = listener
        .hears("acs", Duration::from_secs(20))
        .await
        .expect("an answer without a question");
    let value = |name: &str| {
        fields
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    };
    assert_eq!(value("RelayState"), Some("posted"));
    let posted = Posted::decoded(value("SAMLResponse").unwrap(), &house);
    assert!(posted.opened(&poster.key(&house)).xml.contains(&pid), "{}", posted.xml);

    // Left at one, left at all.
    chromium.goes_to(&skat.at("logout")).await;
    chromium.arrives_at(&skat.at("")).await;
    for service in [&skat, &borger] {
        for _ in 0..50 {
            chromium.goes_to(&service.at("me")).await;
            if !chromium.source().await.contains(&pid) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert!(
            !chromium.source().await.contains(&pid),
            "{} still knows her",
            service.name
        );
    }
    chromium.goes_to(&skat.with("passive=1").login()).await;
    chromium.arrives_at(&skat.at("")).await;
    chromium.goes_to(&skat.at("me")).await;
    assert!(!chromium.source().await.contains(&pid));
    let complaints = chromium.complaints().await;
    assert!(
        !complaints.iter().any(|one| one.contains("Content Security Policy")),
        "{complaints:#?}"
    );
    chromium.closes().await;
}

/// The service gets its OIDC answers by form_post.
fn form_post_at(house: &House, service: &str) {
    let file = house.config("sp-demo.toml");
    let text = fs::read_to_string(&file).unwrap();
    let mut settings: toml::Table = text.parse().unwrap();
    settings["services"][service]["oidc"]
        .as_table_mut()
        .unwrap()
        .insert("response_mode".to_owned(), toml::Value::String("form_post".to_owned()));
    fs::write(&file, toml::to_string(&settings).unwrap()).unwrap();
}
