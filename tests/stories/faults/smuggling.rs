//! One request that two readers take for different ones: whatever hides in it must never be answered as somebody else's.
//! Each probe goes to the house directly, and through nginx and HAProxy with one shared connection behind them.

use std::time::Duration;

use acceptance::front::{Front, Kind};
use acceptance::wire::{Answer, Wire};
use acceptance::{Database, House, Plan};

use super::load::busy;

/// What hides: its answer is unlike every other one of these stories. Its head is left open for the next request to complete.
const HIDDEN: &str = "GET /robots.txt HTTP/1.1\r\nX-Rest: ";
const MARK: &str = "Disallow";
const SILENCE: Duration = Duration::from_millis(700);

/// A probe: its name and its bytes. Each is a POST whose length can be read in more than one way.
fn probes() -> Vec<(&'static str, String)> {
    let post = "POST /oidc/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    let with = |headers: &str, body: &str| format!("{post}{headers}\r\n{body}");
    let after_end = format!("0\r\n\r\n{HIDDEN}");
    let long = after_end.len();
    let chunk = format!("{:x}\r\n{HIDDEN}\r\n0\r\n\r\n", HIDDEN.len());
    let both = |te: &str| with(&format!("Content-Length: {long}\r\n{te}\r\n"), &after_end);
    vec![
        ("CL.TE", both("Transfer-Encoding: chunked")),
        (
            "TE.CL",
            with("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", &chunk),
        ),
        (
            "TE twice",
            both("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"),
        ),
        ("TE with a list", both("Transfer-Encoding: identity, chunked")),
        ("TE unknown", both("Transfer-Encoding: xchunked")),
        ("TE with a space before the colon", both("Transfer-Encoding : chunked")),
        ("TE with a tab", both("Transfer-Encoding:\tchunked")),
        ("TE with a vertical tab", both("Transfer-Encoding: \x0bchunked")),
        ("TE in quotes", both("Transfer-Encoding: \"chunked\"")),
        ("TE folded", both("Transfer-Encoding:\r\n chunked")),
        ("TE after a bare line feed", both("X: y\nTransfer-Encoding: chunked")),
        ("TE after a bare return", both("X: y\rTransfer-Encoding: chunked")),
        (
            "CL twice, different",
            with(
                &format!("Content-Length: 0\r\nContent-Length: {}\r\n", HIDDEN.len()),
                HIDDEN,
            ),
        ),
        (
            "CL twice, alike",
            with(
                &format!("Content-Length: {0}\r\nContent-Length: {0}\r\n", HIDDEN.len()),
                HIDDEN,
            ),
        ),
        (
            "CL as a list",
            with(&format!("Content-Length: 0, {}\r\n", HIDDEN.len()), HIDDEN),
        ),
        (
            "CL with a sign",
            with(&format!("Content-Length: +{}\r\n", HIDDEN.len()), HIDDEN),
        ),
        ("CL negative", with("Content-Length: -1\r\n", HIDDEN)),
        ("CL in hexadecimal", with("Content-Length: 0x10\r\n", HIDDEN)),
        (
            "CL folded",
            with(&format!("Content-Length:\r\n {}\r\n", HIDDEN.len()), HIDDEN),
        ),
        ("CL with letters behind", with("Content-Length: 0a\r\n", HIDDEN)),
        (
            "a chunk with an extension",
            with(
                "Transfer-Encoding: chunked\r\n",
                &format!("1;a=b\r\na\r\n0;c\r\n\r\n{HIDDEN}"),
            ),
        ),
        (
            "a chunk extension with a line feed",
            with(
                "Transfer-Encoding: chunked\r\n",
                &format!("1;a\nb\r\na\r\n0\r\n\r\n{HIDDEN}"),
            ),
        ),
        (
            "a chunk size with a line feed",
            with("Transfer-Encoding: chunked\r\n", &format!("1\na\r\n0\r\n\r\n{HIDDEN}")),
        ),
        (
            "a chunk size too large to count",
            with(
                "Transfer-Encoding: chunked\r\n",
                &format!("10000000000000000\r\n{HIDDEN}"),
            ),
        ),
        (
            "a chunk size with a sign",
            with(
                "Transfer-Encoding: chunked\r\n",
                &format!("+1\r\na\r\n0\r\n\r\n{HIDDEN}"),
            ),
        ),
        (
            "a chunk size in 0x",
            with(
                "Transfer-Encoding: chunked\r\n",
                &format!("0x1\r\na\r\n0\r\n\r\n{HIDDEN}"),
            ),
        ),
        (
            "a chunk without its end",
            with("Transfer-Encoding: chunked\r\n", &format!("1\r\naX0\r\n\r\n{HIDDEN}")),
        ),
        (
            "trailers that set a length",
            with(
                "Transfer-Encoding: chunked\r\n",
                &format!("0\r\nContent-Length: 5\r\n\r\n{HIDDEN}"),
            ),
        ),
        ("a name with a space", with("Content Length: 5\r\n", HIDDEN)),
        (
            "a null byte in a value",
            with("X: a\0b\r\nContent-Length: 0\r\n", HIDDEN),
        ),
        (
            "HTTP/1.0 with TE",
            format!(
                "POST /oidc/token HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\nContent-Length: {long}\r\nTransfer-Encoding: chunked\r\n\r\n{after_end}"
            ),
        ),
        (
            "GET with a body",
            format!(
                "GET /oidc/jwks HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{HIDDEN}",
                HIDDEN.len()
            ),
        ),
        (
            "two hosts",
            format!("GET /oidc/jwks HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n\r\n{HIDDEN}"),
        ),
    ]
}

/// Probes whose bytes have one reading, in which what follows is a request of its own that the sender may well make.
fn is_plain_pipelining(name: &str) -> bool {
    [
        "a chunk with an extension",
        "trailers that set a length",
        "two hosts",
        "a null byte in a value",
        "a name with a space",
    ]
    .contains(&name)
}

async fn house() -> House {
    House::start(busy(Plan::on(Database::Sqlite)).set("server.trusted_proxies", "127.0.0.1/32")).await
}

/// Sends a probe, then more on the same connection; everything that came back.
async fn probed(port: u16, bytes: &str) -> (Vec<Answer>, bool) {
    let mut wire = Wire::to(port).await;
    wire.sends(bytes).await;
    // What a proxy would send next over a connection that it shares.
    wire.sends("GET /.well-known/openid-configuration HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await;
    let closed = wire.listens(SILENCE).await;
    (wire.answers(), closed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_house_itself_reads_a_request_in_one_way_or_not_at_all() {
    let house = house().await;
    for (name, bytes) in probes() {
        let (answers, closed) = probed(house.port(), &bytes).await;
        let hidden = answers.iter().filter(|answer| answer.body.contains(MARK)).count();
        eprintln!(
            "direct, {name}: {:?}, closed: {closed}",
            answers.iter().map(|answer| answer.status).collect::<Vec<_>>()
        );
        if is_plain_pipelining(name) {
            assert!(hidden <= 1, "{name}: {answers:#?}");
            continue;
        }
        assert_eq!(hidden, 0, "{name}: what hides was answered: {answers:#?}");
        let refused = answers.first().is_none_or(|first| first.status == 400);
        if refused {
            assert!(
                closed && answers.len() <= 1,
                "{name}: it goes on after what it could not read: {answers:#?}"
            );
        }
    }
}

async fn nobody_gets_anothers_answer(kind: Kind) {
    let house = house().await;
    let front = Front::of(&house, kind).await;
    let issuer = house.issuer();
    for (name, bytes) in probes() {
        let mut wire = Wire::to(front.port).await;
        wire.sends(&bytes).await;
        // Others come through the same connection to the house while the probe hangs.
        for number in 0..4 {
            let mut victim = Wire::to(front.port).await;
            let asks = if number % 2 == 0 {
                "/.well-known/openid-configuration"
            } else {
                "/oidc/jwks"
            };
            victim
                .sends(format!(
                    "GET {asks} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                ))
                .await;
            victim.listens(Duration::from_secs(10)).await;
            let answers = victim.answers();
            let expected = if number % 2 == 0 { issuer.as_str() } else { "\"keys\"" };
            let own = |answer: &Answer| answer.body.contains(expected) && !answer.body.contains(MARK);
            assert!(
                answers.len() == 1 && own(&answers[0]),
                "{kind:?}, {name}: a stranger's answer: {answers:#?}"
            );
        }
        wire.listens(SILENCE).await;
        let answers = wire.answers();
        eprintln!(
            "{kind:?}, {name}: {:?}",
            answers.iter().map(|answer| answer.status).collect::<Vec<_>>()
        );
        assert!(
            answers.iter().all(|answer| !answer.body.contains(&issuer)),
            "{kind:?}, {name}: a victim's answer: {answers:#?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_nginx_nobody_gets_anothers_answer() {
    nobody_gets_anothers_answer(Kind::Nginx).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_haproxy_nobody_gets_anothers_answer() {
    nobody_gets_anothers_answer(Kind::Haproxy).await;
}
