//! Clients that send slowly, too much, half, or nothing: they are hung up on, and everybody else is served meanwhile.

use std::time::Duration;

use acceptance::wire::Wire;
use acceptance::{Database, House, Plan};

use super::load::busy;

const PATIENCE: u32 = 2;
/// Longer than the house waits, by far.
const SILENCE: Duration = Duration::from_secs(15);

async fn house() -> House {
    House::start(
        busy(Plan::on(Database::Sqlite))
            .set("server.request_seconds", PATIENCE)
            .set("server.keep_alive_seconds", 5),
    )
    .await
}

async fn serves(house: &House) {
    let mut wire = Wire::to(house.port()).await;
    wire.sends("GET /robots.txt HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    assert_eq!(wire.hears(1).await[0].status, 200);
}

/// Sends a byte at a time for ever; true once it was hung up on.
async fn trickles(mut wire: Wire, byte: u8) -> bool {
    for _ in 0..60 {
        if !wire.sends([byte]).await || wire.listens(Duration::from_millis(250)).await {
            return true;
        }
    }
    false
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_that_never_ends_is_hung_up_on() {
    let house = house().await;
    let mut many = Vec::new();
    for _ in 0..100 {
        let mut wire = Wire::to(house.port()).await;
        wire.sends("GET /robots.txt HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
            .await;
        many.push(tokio::spawn(trickles(wire, b'a')));
    }
    serves(&house).await;
    for one in many {
        assert!(one.await.unwrap(), "a slow head is waited for without end");
    }
    serves(&house).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn so_is_one_after_a_first_request_that_was_good() {
    let house = house().await;
    let mut wire = Wire::to(house.port()).await;
    wire.sends("GET /robots.txt HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    assert_eq!(wire.hears(1).await[0].status, 200);
    wire.sends("GET /robots.txt HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        .await;
    assert!(trickles(wire, b'a').await, "the second head is waited for without end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_never_ends_is_hung_up_on() {
    let house = house().await;
    let mut many = Vec::new();
    for path in ["/oidc/token", "/saml/sso", "/login/0193e8a0b1c27abc8def0123456789ab"] {
        for _ in 0..30 {
            let mut wire = Wire::to(house.port()).await;
            let head = format!(
                "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 60000\r\n\r\n"
            );
            wire.sends(head).await;
            many.push(tokio::spawn(trickles(wire, b'a')));
        }
    }
    serves(&house).await;
    for one in many {
        assert!(one.await.unwrap(), "a slow body is waited for without end");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_much_is_refused_on_arrival() {
    let house = house().await;
    let refused = |status: u16| (400..500).contains(&status);
    // A head of a megabyte, in one header and in many.
    for head in [
        format!(
            "GET / HTTP/1.1\r\nHost: localhost\r\nX-Big: {}\r\n\r\n",
            "a".repeat(1_048_576)
        ),
        format!(
            "GET / HTTP/1.1\r\nHost: localhost\r\n{}\r\n",
            "X-Many: a\r\n".repeat(80_000)
        ),
        format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "a".repeat(1_048_576)),
        format!(
            "GET / HTTP/1.1\r\nHost: localhost\r\nCookie: {}\r\n\r\n",
            "a=b; ".repeat(100_000)
        ),
    ] {
        let mut wire = Wire::to(house.port()).await;
        wire.sends(head).await;
        wire.listens(SILENCE).await;
        assert!(
            wire.answers().iter().all(|answer| refused(answer.status)),
            "{:#?}",
            wire.answers()
        );
    }
    // A body that says how long it is, one that lies, and one in chunks without end.
    let head = "POST /oidc/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    for how in [
        "Content-Length: 1000000\r\n",
        "Content-Length: 18446744073709551615\r\n",
        "Transfer-Encoding: chunked\r\n",
    ] {
        let mut wire = Wire::to(house.port()).await;
        wire.sends(format!("{head}{how}\r\n")).await;
        let chunked = how.starts_with("Transfer");
        for _ in 0..16 {
            let piece = "a".repeat(65_536);
            let piece = if chunked {
                format!("10000\r\n{piece}\r\n")
            } else {
                piece
            };
            if !wire.sends(piece).await {
                break;
            }
        }
        wire.listens(SILENCE).await;
        let answers = wire.answers();
        assert!(
            answers.len() <= 1 && answers.iter().all(|answer| refused(answer.status)),
            "{how}: {answers:#?}"
        );
    }
    // What is packed small and would be large unpacked.
    let client = house.client().build().unwrap();
    let bomb = client
        .post(format!("{}/oidc/token", house.issuer()))
        .header("content-encoding", "gzip")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(vec![0_u8; 1_000])
        .send()
        .await
        .unwrap();
    assert!(refused(bomb.status().as_u16()), "{}", bomb.status());
    serves(&house).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_a_connection_is_answered_or_dropped() {
    let house = house().await;
    // A client that has said all it will say still hears the answer.
    let mut wire = Wire::to(house.port()).await;
    wire.sends("GET /robots.txt HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    wire.closes_its_half().await;
    assert!(wire.listens(SILENCE).await, "the connection is kept for nobody");
    assert!(
        wire.answers().iter().all(|answer| answer.status == 200),
        "{:#?}",
        wire.answers()
    );
    // One that stops in the middle is dropped without an answer that means anything.
    for half in [
        "GET /robots.txt HT",
        "POST /oidc/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\ngrant_type=",
    ] {
        let mut wire = Wire::to(house.port()).await;
        wire.sends(half).await;
        wire.closes_its_half().await;
        assert!(wire.listens(SILENCE).await, "{half}: the connection is kept for nobody");
        assert!(
            wire.answers().iter().all(|answer| answer.status >= 400),
            "{half}: {:#?}",
            wire.answers()
        );
    }
    // One that opens and says nothing.
    let mut silent = Wire::to(house.port()).await;
    assert!(
        silent.listens(SILENCE).await,
        "somebody who says nothing is waited for without end"
    );
    serves(&house).await;
}
