//! Whoever wonders where their eID opens a door looks it up (M05): by the start page's link, in both languages, and as a program.

use acceptance::chromium::{Chromium, Reader};
use acceptance::{Database, House};
use serde_json::Value;

use crate::both::on_both;

on_both!(people_and_programs_look_up_where_an_eid_is_taken);

async fn people_and_programs_look_up_where_an_eid_is_taken(database: Database) {
    let house = House::on(database).await;
    for (language, search, found) in [("da", "skat", "Skat (demo)"), ("en", "tax", "Tax office (demo)")] {
        let reader = Reader {
            language,
            width: 390,
            dark: false,
        };
        let chromium = Chromium::open_for(&house, reader).await;
        chromium.goes_to(&format!("{}/", house.issuer())).await;
        chromium.presses("directory").await;
        chromium.comes_to_step("directory").await;
        let kinds = "return [...document.querySelectorAll('[data-kind]')].map(group => group.dataset.kind)";
        assert_eq!(
            chromium.runs(kinds).await,
            serde_json::json!(["public", "bank", "private"])
        );
        let unseen = "return [...document.images].filter(image => !(image.complete && image.naturalWidth > 0)).length";
        assert_eq!(chromium.runs(unseen).await, 0, "every picture is shown");
        chromium.types("q", search).await;
        chromium.presses("submit").await;
        chromium.arrives_at(&format!("{}/services?q=", house.issuer())).await;
        let links = "return [...document.querySelectorAll('[data-service] a')].map(link => link.textContent.trim())";
        assert_eq!(chromium.runs(links).await, serde_json::json!([found]));
        chromium
            .waits_for("[data-service='skat'] a")
            .await
            .click()
            .await
            .expect("a link");
        chromium
            .arrives_at(house.service("skat").at("").trim_end_matches('/'))
            .await;
        chromium.closes().await;
    }
    let client = reqwest::Client::new();
    let asked = client
        .get(format!("{}/services", house.issuer()))
        .header("accept", "application/json");
    let told: Value = asked.send().await.expect("an answer").json().await.expect("JSON");
    let services = told["services"].as_array().expect("services");
    let named = |id: &str| services.iter().find(|service| service["id"] == id);
    assert_eq!(named("netbank").expect("netbank")["kind"], "bank");
    assert!(named("lab").is_none(), "its file says why it is not listed");
    let logo = named("skat").expect("skat")["logo"]
        .as_str()
        .expect("a picture")
        .to_owned();
    let picture = client
        .get(format!("{}{logo}", house.issuer()))
        .send()
        .await
        .expect("an answer");
    assert_eq!(picture.headers()["content-type"], "image/svg+xml");
    assert!(
        picture.headers()["content-security-policy"]
            .to_str()
            .expect("text")
            .contains("sandbox")
    );
    for hidden in ["lab", "own", "nobody"] {
        let none = client
            .get(format!("{}/services/{hidden}/logo", house.issuer()))
            .send()
            .await
            .expect("an answer");
        assert_eq!(none.status(), 404, "{hidden}");
    }
}
