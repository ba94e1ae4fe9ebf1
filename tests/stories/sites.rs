//! Names on different sites, over TLS, in a real browser: what SameSite, Secure, `form-action` and third-party rules make of
//! the protocols' cross-site posts and redirects.

use std::fs;
use std::time::Duration;

use acceptance::chromium::Chromium;
use acceptance::house::Service;
use acceptance::listener::Listener;
use acceptance::people::Person;
use acceptance::saml::{Posted, Poster};
use acceptance::{Database, House, Plan};

use crate::both::on_both;

on_both!(
    posts_between_sites_find_the_session,
    a_single_log_out_goes_round_the_sites
);

async fn posts_between_sites_find_the_session(database: Database) {
    let mut house = House::built(Plan::on(database).over_tls());
    form_post_at(&house, "borger");
    let listener = Listener::open().await;
    let poster = Poster::register(&house, "poster", "oiosaml-3", &listener.at("acs"));
    let tax = opens_told(&house);
    house.seed();
    house.opens().await;
    let person = house.citizen("anna").person;
    let pid = person.pid.as_deref().unwrap();
    let (skat, borger) = (house.service("skat"), house.service("borger"));
    let chromium = Chromium::open(&house).await;

    // OIDC, answered by a form that posts itself to another site.
    chromium.logs_in(&person, &borger).await;
    assert!(knows(&chromium, &borger, &person).await, "{}", chromium.text().await);

    // SAML from a third site on the live session: nothing is asked, shown or not. Each service has not been visited before, so
    // that what it knows came by this request.
    for (service, asked) in [(&skat, skat.with("passive=1")), (&tax, tax.clone())] {
        assert!(!knows(&chromium, service, &person).await, "it has a session of its own");
        chromium.goes_to(&asked.login()).await;
        chromium.arrives_at(&service.at("")).await;
        assert!(knows(&chromium, service, &person).await, "{}", chromium.text().await);
    }

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
    assert!(posted.opened(&poster.key(&house)).xml.contains(pid), "{}", posted.xml);

    // That service has no address for log-outs: a page of ours names it, and leads back to where she left.
    chromium.goes_to(&skat.at("logout")).await;
    chromium.waits_for("#unreached").await;
    assert!(chromium.address().await.starts_with(&house.issuer()));
    assert!(chromium.text().await.contains("poster"), "{}", chromium.text().await);
    chromium.presses("back").await;
    chromium.arrives_at(&skat.at("logged-out")).await;
    assert!(
        chromium.text().await.contains("kunne ikke nås"),
        "{}",
        chromium.text().await
    );
    is_forgotten(&chromium, &person, &[&skat, &tax, &borger]).await;
    asks_nothing_and_knows_nobody(&chromium, &skat, &person).await;
    chromium.closes_without_complaint().await;
}

async fn a_single_log_out_goes_round_the_sites(database: Database) {
    let mut house = House::built(Plan::on(database).over_tls());
    let told = opens_told(&house);
    house.seed();
    house.opens().await;
    let person = house.citizen("anna").person;
    let (skat, borger) = (house.service("skat"), house.service("borger"));
    let chromium = Chromium::open(&house).await;

    for (leaves, tells) in [(&skat, &told), (&told, &skat)] {
        chromium.logs_in(&person, &skat).await;
        for service in [&told, &borger] {
            chromium.goes_to(&service.login()).await;
            chromium.arrives_at(&service.at("")).await;
            assert!(knows(&chromium, service, &person).await, "{}", chromium.text().await);
        }
        // To the identity provider, to the other SAML service where it is told by the browser, and back: nothing to press.
        chromium.goes_to(&leaves.at("logout")).await;
        chromium.arrives_at(&leaves.at("logged-out")).await;
        let text = chromium.text().await;
        assert!(text.contains("logget af her og i log-in-tjenesten"), "{text}");
        is_forgotten(&chromium, &person, &[leaves, tells, &borger]).await;
        asks_nothing_and_knows_nobody(&chromium, leaves, &person).await;
    }
    chromium.closes_without_complaint().await;
}

async fn knows(chromium: &Chromium, service: &Service, person: &Person) -> bool {
    chromium.goes_to(&service.at("me")).await;
    chromium.source().await.contains(person.pid.as_deref().unwrap())
}

/// Some are told from server to server, so it may take a moment.
async fn is_forgotten(chromium: &Chromium, person: &Person, services: &[&Service]) {
    for service in services {
        for tries in 0.. {
            if !knows(chromium, service, person).await {
                break;
            }
            assert!(tries < 50, "{} still knows her", service.name);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

async fn asks_nothing_and_knows_nobody(chromium: &Chromium, service: &Service, person: &Person) {
    chromium.goes_to(&service.with("passive=1").login()).await;
    chromium.arrives_at(&service.at("")).await;
    assert!(!knows(chromium, service, person).await, "{} knows her", service.name);
}

/// The service gets its OIDC answers by form_post.
fn form_post_at(house: &House, service: &str) {
    with_services(house, |services| {
        let oidc = services[service]["oidc"].as_table_mut().unwrap();
        oidc.insert("response_mode".to_owned(), "form_post".into());
    });
}

/// A second SAML service, on a site of its own, that is told of log-outs by the browser alone.
fn opens_told(house: &House) -> Service {
    let (skat, told) = (house.service("skat"), house.service("told"));
    with_services(house, |services| {
        let like = services["skat"].clone();
        services.insert("told".to_owned(), like);
    });
    let made_of = |name: &str| {
        let text = fs::read_to_string(house.config(name)).unwrap();
        text.replace(&skat.at(""), &told.at(""))
    };
    let metadata = made_of("parties/skat.metadata.xml");
    let (before, soap) = metadata
        .split_once("<md:SingleLogoutService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:SOAP\"")
        .unwrap();
    let metadata = format!("{before}{}", soap.split_once("/>").unwrap().1);
    fs::write(house.config("parties/told.metadata.xml"), metadata).unwrap();
    let party = made_of("parties/skat.toml")
        .replace("\"skat\"", "\"told\"")
        .replace("skat.metadata.xml", "told.metadata.xml")
        .replace(
            &format!("\"{}/skat\"", skat.origin),
            &format!("\"{}/told\"", told.origin),
        );
    fs::write(house.config("parties/told.toml"), party).unwrap();
    told
}

fn with_services(house: &House, change: impl FnOnce(&mut toml::Table)) {
    let file = house.config("sp-demo.toml");
    let mut settings: toml::Table = fs::read_to_string(&file).unwrap().parse().unwrap();
    change(settings["services"].as_table_mut().unwrap());
    fs::write(&file, toml::to_string(&settings).unwrap()).unwrap();
}
