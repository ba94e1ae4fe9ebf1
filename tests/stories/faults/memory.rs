//! Memory is bounded, whoever asks and whatever for: addresses, paths, flows and tokens that never come again leave nothing
//! behind. `make soak` asks a million times.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use acceptance::relying::Lab;
use acceptance::{Database, House, Plan};
use tokio::task::JoinSet;

use super::load::busy;

/// What may be added to the resident memory after the first tenth of the requests, in KiB: the allocator's own unrest. A
/// leak of as little as 100 bytes a request shows in the long form.
const GROWTH_KIB: usize = 48 * 1_024;
const CLIENTS: usize = 8;

fn requests() -> usize {
    std::env::var("SOAK_REQUESTS").map_or(20_000, |number| number.parse().expect("SOAK_REQUESTS is a number"))
}

fn resident_kib(pid: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn does_not_grow_with_the_number_of_requests() {
    let plan = busy(Plan::on(Database::Sqlite))
        .set("server.trusted_proxies", "127.0.0.1/32,::1/128")
        .set("log.level", "warn");
    let mut house = House::start(plan).await;
    let pid = house.running().pid();
    let lab = Arc::new(Lab::of(&house).await);
    let client = house
        .client()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let (total, issuer) = (requests(), house.issuer());
    let idle = resident_kib(pid);
    let (mut warm, mut highest) = (0, 0);
    let begun = Instant::now();
    let good = Arc::new(AtomicUsize::new(0));
    let slice = total / 10;
    for tenth in 0..10 {
        let next = Arc::new(AtomicUsize::new(tenth * slice));
        let mut clients = JoinSet::new();
        for _ in 0..CLIENTS {
            let (next, client, issuer, lab) = (Arc::clone(&next), client.clone(), issuer.clone(), Arc::clone(&lab));
            let good = Arc::clone(&good);
            clients.spawn(async move {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= (tenth + 1) * slice {
                        return;
                    }
                    if asks(&client, &issuer, &lab, number).await < 400 {
                        good.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
        clients.join_all().await;
        let now = resident_kib(pid);
        highest = highest.max(now);
        if tenth == 0 {
            warm = now;
        }
    }
    eprintln!(
        "{total} requests in {:?}: {idle} KiB idle, {warm} KiB after the first tenth, {highest} KiB at most",
        begun.elapsed()
    );
    assert!(
        highest <= warm + GROWTH_KIB,
        "from {warm} KiB to {highest} KiB over {total} requests"
    );
}

/// One request, unlike every other one before it; the answer is one of ours, never a fault.
async fn asks(client: &reqwest::Client, issuer: &str, lab: &Lab, number: usize) -> u16 {
    let address = format!(
        "2001:db8:{:x}:{:x}::{:x}",
        number >> 16 & 0xffff,
        number & 0xffff,
        number % 7
    );
    let flow = uuid::Uuid::new_v4().simple();
    let request = match number % 10 {
        0 => client.get(format!("{issuer}/.well-known/openid-configuration")),
        1 => client.get(format!("{issuer}/saml/metadata")),
        2 => client.get(format!("{issuer}/nothing/{flow}?a={number}")),
        3 | 4 => client.get(lab.asks("openid", &[]).url),
        5 => client
            .post(format!("{issuer}/login/{flow}"))
            .form(&[("user_id", "anna"), ("password", "x")]),
        6 => client
            .post(lab.endpoint("token_endpoint"))
            .basic_auth(format!("client-{number}"), Some("wrong"))
            .form(&[("grant_type", "client_credentials")]),
        7 => client.get(lab.endpoint("userinfo_endpoint")).bearer_auth(flow),
        8 => client
            .post(lab.endpoint("introspection_endpoint"))
            .basic_auth(&lab.client_id, Some(&lab.secret))
            .form(&[("token", flow.to_string())]),
        _ => client.get(format!("{issuer}/saml/sso?SAMLRequest={flow}&RelayState={number}")),
    };
    let answer = request.header("x-forwarded-for", address).send().await.unwrap();
    let status = answer.status().as_u16();
    assert!(status < 500 || status == 503, "request {number}: {status}");
    answer.bytes().await.unwrap();
    status
}
