//! A clock that jumps by an hour, either way, while people are under way.

use std::time::Duration;

use acceptance::relying::Lab;
use acceptance::{Citizen, Database, House, Page, Plan};

use super::load::{audit_holds, busy};
use crate::both::on_both;

on_both!(jumps_of_an_hour);

const HOUR: i64 = 3_600;

async fn jumps_of_an_hour(database: Database) {
    let mut house = House::start(busy(Plan::on(database))).await;
    let lab = Lab::of(&house).await;
    let anna = house.citizen("anna");

    // Forward in the middle of a log-in: it has lapsed, and the next one works.
    let late = is_asked(&anna, &lab).await;
    let shown = late.challenge();
    house.waits(HOUR).await;
    let answer = answers(&anna, &late).await;
    assert_eq!(answer.refusals(), ["login.expired"], "{answer:#}");
    let (code, asked) = lab.receives(&house.citizen("anna"), "openid").await;
    let (status, tokens) = lab.exchanges(&code, &asked).await;
    assert!(status.is_success(), "{status} {tokens}");
    let refresh = tokens["refresh_token"].as_str().unwrap().to_owned();
    // A session that began an hour ago has been idle for too long, and what rests on it is over.
    let old = house.citizen("anna");
    let under_way = is_asked(&old, &lab).await;
    assert_ne!(under_way.challenge(), shown, "a burnt entry is asked for again");

    // Back in the middle of another: what was burnt stays burnt, what was used stays used.
    house.waits(0).await;
    lab.answered(&answers(&old, &under_way).await);
    let (status, again) = lab.exchanges(&code, &asked).await;
    assert_eq!(
        (status.as_u16(), again["error"].as_str()),
        (400, Some("invalid_grant")),
        "{again}"
    );
    let (status, again) = lab.refreshes(&refresh).await;
    assert_eq!(status, 400, "its grant ended with the second use of the code: {again}");
    let next = is_asked(&house.citizen("anna"), &lab).await;
    assert!(
        ![shown, under_way.challenge()].contains(&next.challenge()),
        "a burnt entry is asked for again"
    );

    // A house that comes back an hour earlier than it left goes on sealing its audit trail.
    house.waits(HOUR).await;
    lab.receives(&house.citizen("gitte"), "openid").await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    house.evict().killed();
    house.idp_opens().await;
    lab.receives(&house.citizen("gitte"), "openid").await;
    seals(&house).await;
    audit_holds(&house);
    house.waits(-HOUR).await;
    lab.receives(&house.citizen("gitte"), "openid").await;
    seals(&house).await;
    audit_holds(&house);
}

/// Within some seconds no row of the audit trail waits to be sealed.
async fn seals(house: &House) {
    let mut report = serde_json::Value::Null;
    for _ in 0..20 {
        tokio::time::sleep(Duration::from_millis(500)).await;
        report = serde_json::from_str(&house.idp_says(&["audit", "verify", "--format", "json"])).unwrap();
        if report["unsealed"] == 0 {
            return;
        }
    }
    panic!("the sealer has stopped: {report}");
}

async fn is_asked(citizen: &Citizen, lab: &Lab) -> Page {
    let page = citizen
        .browser
        .get(lab.asks("openid", &[("prompt", "login")]).url.as_str())
        .await;
    let page = citizen.types_password(&page).await;
    page.must_be_step("code");
    page
}

async fn answers(citizen: &Citizen, page: &Page) -> Page {
    let code = citizen.person.code(&page.challenge()).to_owned();
    citizen.browser.submit_once(page, &[("code", &code)]).await
}
