//! What the house sends to people arrives: at a real SMTP server under TLS, and as files in the demo; and what cannot be sent is
//! seen by the operator and sent later.

use std::time::Duration;

use acceptance::post::MailServer;
use acceptance::{Database, House, Plan};

use crate::both::on_both;

on_both!(
    a_notice_reaches_a_real_mail_server_once,
    what_cannot_be_sent_is_kept_for_the_operator
);

async fn mails(server: &MailServer, least: usize) -> Vec<String> {
    for _ in 0..300 {
        let mails = server.received();
        if mails.len() >= least {
            return mails;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("no mail came");
}

/// Karl's log-in leaves 20 codes: a card is ordered, and he is told.
async fn a_notice_reaches_a_real_mail_server_once(database: Database) {
    let server = MailServer::open();
    let plan = server
        .settings()
        .into_iter()
        .fold(Plan::on(database), |plan, (key, value)| plan.set(key, value));
    let house = House::start(plan).await;
    house.citizen("karl").logs_in_at(&house.service("borger")).await;
    let mails = mails(&server, 1).await;
    assert_eq!(mails.len(), 1, "{mails:#?}");
    let (head, body) = mails[0].split_once("\n\n").expect("a mail");
    assert!(head.contains("To: karl@demo.example"), "{head}");
    assert!(head.contains("<noreply@log-in.example>"), "{head}");
    assert!(head.to_lowercase().contains("message-id: <"), "{head}");
    assert!(head.contains("Content-Type: text/plain; charset=utf-8"), "{head}");
    assert!(!body.is_empty());
    let sms = house.receives("sms", |about| about["notice"] == "card-ordered").await;
    assert_eq!(sms["to"], "80307009");
    assert!(sms["text"].as_str().unwrap().contains("nyt nøglekort"), "{sms}");
    assert!(house.sent("mail").is_empty(), "it went to the server instead");
}

async fn what_cannot_be_sent_is_kept_for_the_operator(database: Database) {
    let port = acceptance::program::free_port();
    let plan = Plan::on(database)
        .set("delivery.mail.host", "localhost")
        .set("delivery.mail.port", port)
        .set("delivery.mail.from", "noreply@log-in.example");
    let house = House::start(plan).await;
    house.citizen("karl").logs_in_at(&house.service("borger")).await;
    let listed = || {
        let listed = house.idp_says(&["outbox", "list", "--format", "json"]);
        serde_json::from_str::<Vec<serde_json::Value>>(&listed).unwrap()
    };
    let mut waited = 0;
    while listed().is_empty() {
        waited += 1;
        assert!(waited < 100, "the failure is not listed");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let failing = listed();
    assert_eq!(
        (&failing[0]["kind"], &failing[0]["state"]),
        (&"mail".into(), &"failing".into()),
        "{failing:?}"
    );
    let text = failing[0].to_string();
    assert!(!text.contains("karl"), "an address is shown: {text}");
    let (code, _, reason) = house.idp_tries(&["outbox", "retry", failing[0]["id"].as_str().unwrap()]);
    assert_eq!(code, 1, "what is still tried is not given up: {reason}");
    assert!(house.idp_says(&["outbox", "retry", "--all"]).contains("tried again: 0"));
}
