//! A stranger who knows a user-ID must not lock its owner out, and learns nothing from trying.

use std::net::{IpAddr, Ipv4Addr};

use acceptance::relying::Lab;
use acceptance::{Database, House, Plan};

use crate::both::on_both;

on_both!(fifty_wrong_passwords_from_many_addresses);

async fn fifty_wrong_passwords_from_many_addresses(database: Database) {
    let plan = Plan::on(database)
        .without_services()
        .set("server.trusted_proxies", "127.0.0.1/32,::1/128");
    let house = House::start(plan).await;
    let lab = Lab::of(&house).await;
    let anna = house.citizen("anna");
    // Her browser is known from now on.
    lab.receives(&anna, "openid").await;

    let mut answers = Vec::new();
    for number in 0..50_u8 {
        let address = IpAddr::V4(Ipv4Addr::new(198, 51, number, 7));
        let browser = house.browser().from_address(address);
        let page = browser.get(lab.asks("openid", &[]).url.as_str()).await;
        page.must_be_step("credentials");
        let guess = format!("guess-number-{number}");
        let answer = browser
            .submit(&page, &[("user_id", anna.user_id()), ("password", &guess)])
            .await;
        answers.push((answer.status, answer.refusals(), answer.text()));
    }
    assert_eq!(answers[0].1, ["login.failed"]);
    assert!(
        answers.windows(2).all(|pair| pair[0] == pair[1]),
        "the stranger's answers differ: {answers:#?}"
    );

    // Even the right password opens nothing from there now, and says so in the same words.
    let browser = house.browser().from_address(IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9)));
    let page = browser.get(lab.asks("openid", &[]).url.as_str()).await;
    let page = browser
        .submit(&page, &[("user_id", anna.user_id()), ("password", anna.password())])
        .await;
    assert_eq!((page.status, page.refusals(), page.text()), answers.remove(0));

    // The owner's own browser still gets in.
    let asked = lab.asks("openid", &[("prompt", "login")]);
    let page = anna.browser.get(asked.url.as_str()).await;
    let page = anna.types_password(&page).await;
    let code = anna.person.code(&page.challenge()).to_owned();
    let sent = anna.browser.submit_once(&page, &[("code", &code)]).await;
    lab.answered(&sent);
}
