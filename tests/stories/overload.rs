//! More people than can be served, clients that send or take too slowly, and addresses that nobody has: what must hold on any
//! machine. How fast anything is, `make overload` says.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use acceptance::measure::forged::{self, Answer, Open};
use acceptance::measure::memory;
use acceptance::measure::overload::{Wish, metrics, run};
use acceptance::relying::Lab;
use acceptance::{Database, House, Plan};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn behind_a_proxy(database: Database) -> Plan {
    Plan::on(database)
        .without_services()
        .set("server.trusted_proxies", "127.0.0.1/32,::1/128")
}

/// The short form of `make overload`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_times_what_can_be_served_harms_nobody_but_the_crowd() {
    let seen = run(&Wish::short()).await;
    let phase = &seen.phases[0];
    for (kind, probed) in &phase.probes {
        assert!(probed.asked() > 0, "{kind}: nobody asked");
        assert_eq!(probed.errors(), 0, "{kind}: {:?}", probed.first_error());
    }
    assert!(phase.known.came > 0);
    assert!(phase.known.part() >= 0.95, "{:?}", phase.known);
    let turned_away: usize = phase
        .attack
        .iter()
        .filter(|(answer, _)| matches!(answer, Answer::Waits | Answer::Full | Answer::TurnedAway))
        .map(|(_, count)| count)
        .sum();
    assert!(turned_away > 0, "the crowd was served whole: {:?}", phase.attack);
    assert!(
        !phase
            .attack
            .keys()
            .any(|answer| matches!(answer, Answer::Odd(_) | Answer::None)),
        "{:?}",
        phase.attack
    );
    assert!(
        phase.room_was_open,
        "the waiting room stayed closed: {:?}",
        phase.attack
    );
    let grown = seen.rss_after_passers_by_mib - seen.rss_before_mib;
    assert!(grown < 64.0, "grown by {grown} MiB");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_waits_in_line_and_is_let_in_and_a_known_browser_walks_past() {
    let plan = behind_a_proxy(Database::Sqlite).set("login.room.mode", "always");
    let house = House::start(plan).await;
    let lab = Lab::of(&house).await;
    let anna = house.citizen("anna");
    let at = |last: u8| Ipv4Addr::new(192, 0, 2, last).into();
    let browser = anna.browser.from_address(at(1));

    // The line moves at a second for each address: the first there is through, the second waits.
    let first = house.browser().from_address(at(1));
    first
        .get(lab.asks("openid", &[]).url.as_str())
        .await
        .must_be_step("credentials");
    let mut waited = None;
    for _ in 0..5 {
        let page = browser.get(lab.asks("openid", &[]).url.as_str()).await;
        if page.step() == "wait" {
            waited = Some(page);
            break;
        }
    }
    let page = waited.expect("she waits");
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    let again: u64 = page.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=10).contains(&again), "{again}");
    assert!(
        page.body.contains("http-equiv=\"refresh\"") && !page.body.contains("<script"),
        "{page:#}"
    );
    assert!(page.body.contains("data-code=\"login.wait\""), "{page:#}");

    // Her place is kept over looking again; then she is asked for user-ID and password, and let in.
    let begun = Instant::now();
    let mut shown = browser.get(page.url.as_str()).await;
    while shown.step() == "wait" {
        assert!(begun.elapsed() < Duration::from_secs(60), "{shown:#}");
        tokio::time::sleep(Duration::from_millis(500)).await;
        shown = browser.get(page.url.as_str()).await;
    }
    shown.must_be_step("credentials");
    let fields = [("user_id", anna.user_id()), ("password", anna.password())];
    let shown = browser.submit(&shown, &fields).await;
    shown.must_be_step("code");
    let code = anna.person.code(&shown.challenge()).to_owned();
    lab.answered(&browser.submit_once(&shown, &[("code", &code)]).await);

    // From now on this browser is a known one, whoever else waits.
    for _ in 0..3 {
        let page = browser
            .get(lab.asks("openid", &[("prompt", "login")]).url.as_str())
            .await;
        page.must_be_step("credentials");
        browser.submit(&page, &fields).await.must_be_step("code");
    }
    // And a running session never stands in any line.
    let silent = lab.asks("openid", &[("prompt", "none")]);
    lab.answered(&browser.once(Method::GET, silent.url, Vec::new()).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ticket_serves_one_browser_once_and_json_says_when_to_come_again() {
    let plan = behind_a_proxy(Database::Sqlite)
        .set("login.room.mode", "always")
        .set("login.room.longest_seconds", 3);
    let house = House::start(plan).await;
    let lab = Lab::of(&house).await;
    let client = forged::client(house.client());
    let from = Ipv4Addr::new(192, 0, 2, 7);
    let open = Open::at(&client, &lab)
        .await
        .expect("nobody knows where it comes from: no line but everybody's");
    let wrong = ("nobody-at-all", "wrong-password-1");
    // Several at once from one address: some get a place, and then the line of that address is full.
    let (mut ticket, mut answers) = (None, Vec::new());
    for _ in 0..12 {
        let (answer, given) = open.tries(&client, wrong, Some(from), None).await;
        ticket = ticket.or(given);
        answers.push(answer);
    }
    assert!(
        answers.contains(&Answer::Waits) && answers.contains(&Answer::Full),
        "{answers:?}"
    );
    let ticket = ticket.expect("a place");
    let other = Open::at(&client, &lab).await.expect("another browser");
    let before = turned_away(&house, "room_ticket").await;
    let (answer, _) = other.tries(&client, wrong, Some(from), Some(&ticket)).await;
    assert_ne!(answer, Answer::Tried, "another browser's ticket served");
    let (answer, _) = open
        .tries(&client, wrong, Some(Ipv4Addr::new(203, 0, 113, 7)), Some(&ticket))
        .await;
    assert!(
        answer == Answer::Tried || answer == Answer::Waits,
        "a place of its own there: {answer:?}"
    );
    assert!(turned_away(&house, "room_ticket").await >= before + 2.0);
    let begun = Instant::now();
    loop {
        let (answer, _) = open.tries(&client, wrong, Some(from), Some(&ticket)).await;
        if answer == Answer::Tried {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{answer:?}");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    // Once: its next try needs a place again.
    let mut again = Vec::new();
    for _ in 0..8 {
        again.push(open.tries(&client, wrong, Some(from), Some(&ticket)).await.0);
    }
    assert!(
        again.iter().filter(|answer| **answer == Answer::Tried).count() <= 3,
        "{again:?}"
    );

    let answer = client
        .post(open.url.clone())
        .header("cookie", &open.cookies)
        .header("accept", "application/json")
        .header("x-forwarded-for", from.to_string())
        .form(&[
            ("csrf", open.csrf.as_str()),
            ("user_id", "nobody"),
            ("password", "wrong-password-1"),
        ])
        .send()
        .await
        .unwrap();
    if answer.status() == StatusCode::SERVICE_UNAVAILABLE {
        let again = answer.headers()["retry-after"].to_str().unwrap().to_owned();
        let body: Value = answer.json().await.unwrap();
        assert_eq!(
            (body["step"].as_str(), body["retry_after"].to_string()),
            (Some("wait"), again),
            "{body}"
        );
        assert!(
            body["errors"][0]["code"].as_str().unwrap().starts_with("login."),
            "{body}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_of_addresses_that_nobody_has_leave_memory_bounded() {
    let plan = behind_a_proxy(Database::Sqlite)
        .set("login.hash.memory_kib", 1_024)
        .set("log.level", "warn");
    let mut house = House::start(plan).await;
    let lab = Lab::of(&house).await;
    let client = forged::client(house.client());
    let open = Open::at(&client, &lab).await.expect("an open log-in");
    let pid = house.running().pid();
    let mut sizes = Vec::new();
    for lot in 0..6_u32 {
        let tries = (0..2_000).map(|number| {
            let from = Some(forged::address(lot * 2_000 + number));
            open.tries(&client, ("nobody-at-all", "wrong-password-1"), from, None)
        });
        let tries: Vec<_> = tries.collect();
        use futures_util::StreamExt;
        let answers: Vec<_> = futures_util::stream::iter(tries).buffer_unordered(64).collect().await;
        assert!(
            answers
                .iter()
                .all(|(answer, _)| !matches!(answer, Answer::Odd(_) | Answer::None))
        );
        sizes.push(memory(pid, "VmRSS"));
    }
    let grown = sizes[5] - sizes[0];
    assert!(
        grown < 24.0,
        "{grown} MiB more after ten thousand more addresses: {sizes:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_takes_no_answers_is_hung_up_on() {
    let plan = Plan::on(Database::Sqlite)
        .without_services()
        .set("server.answer_seconds", 2)
        .set("server.keep_alive_seconds", 60);
    let house = House::start(plan).await;
    let port: u16 = house.issuer().rsplit(':').next().unwrap().parse().unwrap();
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut greedy = socket.connect((Ipv4Addr::LOCALHOST, port).into()).await.unwrap();
    let request = "GET /assets/style.css HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(200);
    // As many requests as the house will take, and not a byte of its answers.
    let begun = Instant::now();
    let ended = loop {
        let written = tokio::time::timeout(Duration::from_millis(200), greedy.write_all(request.as_bytes())).await;
        if matches!(written, Ok(Err(_))) {
            break true;
        }
        if begun.elapsed() > Duration::from_secs(20) {
            break false;
        }
    };
    assert!(ended, "it waits for ever for somebody who takes nothing");
    assert_eq!(turned_away(&house, "answer_slow").await, 1.0);
    let served = house
        .client()
        .build()
        .unwrap()
        .get(format!("{}/robots.txt", house.issuer()))
        .send()
        .await;
    assert!(served.unwrap().status().is_success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heads_and_bodies_that_trickle_are_cut_on_every_request_of_a_connection() {
    let plan = Plan::on(Database::Sqlite)
        .without_services()
        .set("server.request_seconds", 2)
        .set("server.keep_alive_seconds", 60);
    let house = House::start(plan).await;
    let port: u16 = house.issuer().rsplit(':').next().unwrap().parse().unwrap();
    let good = "GET /robots.txt HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let body = "POST /oidc/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 5000\r\n\r\n";
    for (slow, status) in [("GET /robots.txt HTTP/1.1\r\nX-Slow: ", "408"), (body, "408")] {
        for before in [0, 2] {
            let mut wire = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
            for _ in 0..before {
                wire.write_all(good.as_bytes()).await.unwrap();
                assert!(
                    hears(&mut wire, Duration::from_secs(10))
                        .await
                        .0
                        .starts_with("HTTP/1.1 200")
                );
            }
            wire.write_all(slow.as_bytes()).await.unwrap();
            let begun = Instant::now();
            let mut heard = String::new();
            while begun.elapsed() < Duration::from_secs(20) {
                let _gone = wire.write_all(b"a").await;
                let (more, over) = hears(&mut wire, Duration::from_millis(250)).await;
                heard += &more;
                if over {
                    break;
                }
            }
            assert!(
                begun.elapsed() < Duration::from_secs(15),
                "{slow:?} after {before}: waited for without end"
            );
            assert!(
                heard.is_empty() || heard.contains(status),
                "{slow:?} after {before}: {heard}"
            );
        }
    }
    // A head that is too large, and one that is not but has a large body behind it.
    let mut wire = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
    let large = format!("GET / HTTP/1.1\r\nHost: localhost\r\nX-Large: {}", "a".repeat(40_000));
    wire.write_all(large.as_bytes()).await.unwrap();
    let (heard, over) = hears(&mut wire, Duration::from_secs(10)).await;
    assert!(
        heard.starts_with("HTTP/1.1 431") || (heard.is_empty() && over),
        "{heard}"
    );
    let client = house.client().build().unwrap();
    let answer = client
        .post(format!("{}/oidc/token", house.issuer()))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("a={}", "b".repeat(100_000)))
        .send()
        .await
        .unwrap();
    assert!(answer.status().is_client_error(), "{}", answer.status());
    for (cause, least) in [("head_slow", 2.0), ("body_slow", 2.0), ("head_large", 1.0)] {
        assert!(turned_away(&house, cause).await >= least, "{cause}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_tls_a_handshake_that_is_never_made_is_given_up_and_an_idle_connection_is_closed() {
    let plan = Plan::on(Database::Sqlite)
        .over_tls()
        .without_services()
        .set("server.tls.handshake_seconds", 2)
        .set("server.keep_alive_seconds", 3);
    let house = House::start(plan).await;
    let port: u16 = house.issuer().rsplit(':').next().unwrap().parse().unwrap();
    // Says nothing; says half of a greeting; says something else.
    for greeting in [&b""[..], &[22, 3, 1, 2, 0, 1, 0], b"GET / HTTP/1.1\r\n\r\n"] {
        let mut wire = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        wire.write_all(greeting).await.unwrap();
        let begun = Instant::now();
        while !hears(&mut wire, Duration::from_secs(1)).await.1 {
            assert!(
                begun.elapsed() < Duration::from_secs(15),
                "{greeting:?}: waited for without end"
            );
        }
    }
    assert_eq!(turned_away(&house, "tls_handshake").await, 3.0);
    let client = house.client().build().unwrap();
    let answer = client
        .get(format!("{}/robots.txt", house.issuer()))
        .send()
        .await
        .unwrap();
    assert_eq!(
        (answer.status(), answer.version()),
        (StatusCode::OK, reqwest::Version::HTTP_2)
    );
    answer.text().await.unwrap();
    let begun = Instant::now();
    while metrics(&house).await["idp_connections"] > 0.0 {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "an idle connection is kept for ever"
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    // The client finds that out by itself.
    let answer = client
        .get(format!("{}/robots.txt", house.issuer()))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
}

/// How many the house has counted of a cause.
async fn turned_away(house: &House, cause: &str) -> f64 {
    let numbers = metrics(house).await;
    let name = format!("idp_turned_away_total{{cause=\"{cause}\"}}");
    numbers.get(&name).copied().unwrap_or(0.0)
}

/// What comes within that time, and whether it was the end.
async fn hears(wire: &mut TcpStream, within: Duration) -> (String, bool) {
    let mut buffer = vec![0; 65_536];
    match tokio::time::timeout(within, wire.read(&mut buffer)).await {
        Err(_) => (String::new(), false),
        Ok(Err(_)) => (String::new(), true),
        Ok(Ok(0)) => (String::new(), true),
        Ok(Ok(read)) => (String::from_utf8_lossy(&buffer[..read]).into_owned(), false),
    }
}
