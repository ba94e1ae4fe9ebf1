//! A code and a refresh token in more than one hand, at the same moment, on both databases.

use std::sync::Arc;

use acceptance::relying::Lab;
use acceptance::{Database, House, Plan};
use reqwest::StatusCode;
use serde_json::Value;
use tokio::task::JoinSet;

use crate::both::on_both;

on_both!(
    a_code_exchanged_by_many_leaves_nothing_alive,
    a_refresh_token_used_by_many_has_one_successor
);

const MANY: usize = 12;

async fn house(database: Database) -> House {
    House::start(Plan::on(database).without_services()).await
}

/// The same, by many at once.
async fn at_once<F>(act: impl Fn() -> F) -> Vec<(StatusCode, Value)>
where
    F: Future<Output = (StatusCode, Value)> + Send + 'static,
{
    let mut many = JoinSet::new();
    for _ in 0..MANY {
        many.spawn(act());
    }
    many.join_all().await
}

async fn a_code_exchanged_by_many_leaves_nothing_alive(database: Database) {
    let house = house(database).await;
    let lab = Arc::new(Lab::of(&house).await);
    let (code, asked) = lab.receives(&house.citizen("anna"), "openid offline_access").await;
    let (code, asked) = (Arc::new(code), Arc::new(asked));
    let answers = at_once(|| {
        let (lab, code, asked) = (Arc::clone(&lab), Arc::clone(&code), Arc::clone(&asked));
        async move { lab.exchanges(&code, &asked).await }
    })
    .await;
    let given: Vec<&Value> = answers
        .iter()
        .filter(|(status, _)| status.is_success())
        .map(|(_, tokens)| tokens)
        .collect();
    assert_eq!(given.len(), 1, "{answers:?}");
    let (status, told) = lab.userinfo(given[0]["access_token"].as_str().unwrap()).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED, "{told}");
    let (status, told) = lab.refreshes(given[0]["refresh_token"].as_str().unwrap()).await;
    assert_eq!(
        (status, &told["error"]),
        (StatusCode::BAD_REQUEST, &Value::from("invalid_grant"))
    );
}

async fn a_refresh_token_used_by_many_has_one_successor(database: Database) {
    let house = house(database).await;
    let lab = Arc::new(Lab::of(&house).await);
    let (code, asked) = lab.receives(&house.citizen("anna"), "openid").await;
    let (_, first) = lab.exchanges(&code, &asked).await;
    let token = first["refresh_token"].as_str().unwrap();
    let answers = at_once(|| {
        let (lab, token) = (Arc::clone(&lab), token.to_owned());
        async move { lab.refreshes(&token).await }
    })
    .await;
    let mut successors: Vec<&str> = answers
        .iter()
        .map(|(status, tokens)| {
            tokens["refresh_token"]
                .as_str()
                .unwrap_or_else(|| panic!("{status} {tokens}"))
        })
        .collect();
    successors.dedup();
    assert_eq!(successors.len(), 1, "{answers:?}");

    // The successor serves; then the old one is a copy in somebody's hand, and the whole family ends.
    let (status, second) = lab.refreshes(successors[0]).await;
    assert!(status.is_success(), "{second}");
    let (status, _) = lab.refreshes(token).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    for (what, (status, told)) in [
        (
            "refresh",
            lab.refreshes(second["refresh_token"].as_str().unwrap()).await,
        ),
        ("userinfo", lab.userinfo(second["access_token"].as_str().unwrap()).await),
    ] {
        assert!(status.is_client_error(), "{what}: {status} {told}");
    }
}
