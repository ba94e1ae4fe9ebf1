//! Two nodes, one database: any node may serve any request, what may happen once happens once on both together, and what one
//! learns the other knows in time.

use std::time::{Duration, Instant};

use acceptance::browser::query;
use acceptance::relying::{Asked, Lab, claims};
use acceptance::twins::{Node, Twins};
use acceptance::{Citizen, Page};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use Node::{One, Other};

async fn without_services() -> Twins {
    Twins::start(|plan| {
        plan.without_services()
            .set("server.trusted_proxies", "127.0.0.1/32,::1/128")
    })
    .await
}

async fn finishes(citizen: &Citizen, page: &Page) -> Page {
    let code = citizen.person.code(&page.challenge()).to_owned();
    citizen.browser.submit_once(page, &[("code", &code)]).await
}

/// A log-in up to the question for the code.
async fn is_asked(citizen: &Citizen, lab: &Lab, scope: &str) -> (Page, Asked) {
    let asked = lab.asks(scope, &[]);
    let page = citizen.browser.get(asked.url.as_str()).await;
    let page = citizen.types_password(&page).await;
    page.must_be_step("code");
    (page, asked)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_request_of_a_log_in_on_another_node_than_the_one_before() {
    let twins = Twins::start(|plan| plan).await;
    let house = &twins.house;
    let before = twins.served();
    let anna = house.citizen("anna");
    let known = anna.logs_in_at(&house.service("borger")).await;
    let arrived = anna.browser.get(&house.service("skat").login()).await;
    let skat = house.service("skat").at("");
    assert!(arrived.url.as_str().starts_with(&skat), "asked again: {arrived:#}");
    let me = anna.is_known_at(&house.service("skat")).await;
    assert_eq!(me["pid"], known["pid"], "{me}");

    anna.browser.get(&house.service("borger").at("logout")).await;
    assert!(anna.is_unknown_at(&house.service("borger")).await);
    let begun = Instant::now();
    while !anna.is_unknown_at(&house.service("skat")).await {
        assert!(begun.elapsed() < Duration::from_secs(20), "skat still knows her");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    anna.begins_at(&house.service("borger")).await;
    let after = twins.served();
    for node in 0..2 {
        let served = after[node] - before[node];
        assert!(served >= 3, "node {node} served {served} of it");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_step_finds_what_the_other_node_did() {
    let twins = without_services().await;
    let lab = Lab::of(&twins.house).await;
    let anna = twins.house.citizen("anna");
    let asked = lab.asks("openid pid offline_access", &[]);

    twins.turn_to(One);
    let page = anna.browser.get(asked.url.as_str()).await;
    page.must_be_step("credentials");
    twins.turn_to(Other);
    let page = anna.types_password(&page).await;
    page.must_be_step("code");
    twins.turn_to(One);
    let finished = finishes(&anna, &page).await;
    let first = query(&lab.answered(&finished), "code").unwrap();
    // The same form again, elsewhere: a new continuation of the same session, and the code before it is void.
    twins.turn_to(Other);
    let again = finishes(&anna, &page).await;
    let code = query(&lab.answered(&again), "code").unwrap();
    assert_ne!(first, code);
    assert!(lab.exchanges(&first, &asked).await.0.is_client_error());
    twins.turn_to(One);
    let (status, tokens) = lab.exchanges(&code, &asked).await;
    assert!(status.is_success(), "{status} {tokens}");

    let refresh = tokens["refresh_token"].as_str().unwrap();
    twins.turn_to(Other);
    let (status, next) = lab.refreshes(refresh).await;
    assert!(status.is_success(), "{status} {next}");
    // An answer that was lost is given again, by whichever node.
    twins.turn_to(One);
    let (status, same) = lab.refreshes(refresh).await;
    assert!(status.is_success(), "{status} {same}");
    assert_eq!(next["refresh_token"], same["refresh_token"]);

    let token = same["access_token"].as_str().unwrap();
    twins.turn_to(Other);
    let (_, known) = lab.posts("introspection_endpoint", &[("token", token)]).await;
    assert_eq!(known["active"], true, "{known}");
    twins.turn_to(One);
    let (status, _) = lab.posts("revocation_endpoint", &[("token", token)]).await;
    assert!(status.is_success());
    twins.turn_to(Other);
    let (_, known) = lab.posts("introspection_endpoint", &[("token", token)]).await;
    assert_eq!(known["active"], false, "revoked on one node, alive on the other");

    // A running session is found by the other node, and its end, too.
    let silent = lab.asks("openid", &[("prompt", "none")]);
    let answer = anna.browser.once(Method::GET, silent.url, Vec::new()).await;
    assert!(query(&lab.answered(&answer), "code").is_some());
    twins.turn_to(One);
    let mut out = reqwest::Url::parse(lab.endpoint("end_session_endpoint")).unwrap();
    out.query_pairs_mut().append_pair(
        "id_token_hint",
        same["id_token"].as_str().or(tokens["id_token"].as_str()).unwrap(),
    );
    anna.browser.get(out.as_str()).await;
    twins.turn_to(Other);
    let silent = lab.asks("openid", &[("prompt", "none")]);
    let answer = anna.browser.once(Method::GET, silent.url, Vec::new()).await;
    assert_eq!(
        query(&lab.answered(&answer), "error").as_deref(),
        Some("login_required")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn lanes_and_known_devices_are_everywhere() {
    let twins = without_services().await;
    let lab = Lab::of(&twins.house).await;
    let anna = twins.house.citizen("anna");
    twins.turn_to(One);
    lab.receives(&anna, "openid").await;

    // Three wrong passwords here, two there: the strangers' lane is closed on both.
    for (number, node) in [One, One, One, Other, Other].into_iter().enumerate() {
        twins.turn_to(node);
        let stranger = twins.house.browser().from_address([198, 51, 100, number as u8].into());
        let page = stranger.get(lab.asks("openid", &[]).url.as_str()).await;
        let answer = stranger
            .submit(&page, &[("user_id", anna.user_id()), ("password", "a-guess-123")])
            .await;
        assert_eq!(answer.refusals(), ["login.failed"]);
    }
    for node in [One, Other] {
        twins.turn_to(node);
        let stranger = twins.house.browser().from_address([203, 0, 113, 9].into());
        let page = stranger.get(lab.asks("openid", &[]).url.as_str()).await;
        let answer = stranger
            .submit(&page, &[("user_id", anna.user_id()), ("password", anna.password())])
            .await;
        assert_eq!(answer.refusals(), ["login.failed"], "open on {node:?}");
    }
    // Her own browser, known since the first node, gets in at the other.
    let asked = lab.asks("openid", &[("prompt", "login")]);
    let page = anna.browser.get(asked.url.as_str()).await;
    let page = anna.types_password(&page).await;
    lab.answered(&finishes(&anna, &page).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_code_of_the_card_raced_on_both() {
    let twins = without_services().await;
    let lab = Lab::of(&twins.house).await;
    let mut ready = Vec::new();
    for _ in 0..24 {
        let anna = twins.house.citizen("anna");
        let (page, asked) = is_asked(&anna, &lab, "openid").await;
        ready.push((anna, page, asked));
    }
    let shown = ready[0].1.challenge();
    assert!(ready.iter().all(|(_, page, _)| page.challenge() == shown));
    let before = twins.served();
    let mut answers = JoinSet::new();
    for (anna, page, asked) in ready {
        let code = anna.person.code(&shown).to_owned();
        answers.spawn(async move { (anna.browser.submit_once(&page, &[("code", &code)]).await, asked) });
    }
    let answers = answers.join_all().await;
    let arrived: Vec<_> = answers.iter().filter(|(page, _)| page.redirect().is_some()).collect();
    assert_eq!(arrived.len(), 1, "log-ins that came of one code");
    for (page, _) in answers.iter().filter(|(page, _)| page.redirect().is_none()) {
        assert_eq!(page.refusals(), ["code.used"], "{page:#}");
    }
    let after = twins.served();
    assert!(
        (0..2).all(|node| after[node] - before[node] >= 8),
        "{before:?} {after:?}"
    );
    let code = query(&lab.answered(&arrived[0].0), "code").unwrap();
    let (status, tokens) = lab.exchanges(&code, &arrived[0].1).await;
    assert!(status.is_success(), "{status} {tokens}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_authorization_code_and_a_refresh_token_raced_on_both() {
    let twins = without_services().await;
    let lab = Lab::of(&twins.house).await;
    let anna = twins.house.citizen("anna");
    for _ in 0..4 {
        let asked = lab.asks("openid offline_access", &[("prompt", "login")]);
        let page = anna.browser.get(asked.url.as_str()).await;
        let page = anna.types_password(&page).await;
        let code = query(&lab.answered(&finishes(&anna, &page).await), "code").unwrap();
        let tries = futures_of(8, || lab.exchanges(&code, &asked)).await;
        let given: Vec<_> = tries.iter().filter(|(status, _)| status.is_success()).collect();
        assert_eq!(given.len(), 1, "exchanges of one code");
        // A code that comes twice ends what it gave: somebody else has it.
        let refresh = given[0].1["refresh_token"].as_str().unwrap();
        let (status, answer) = lab.refreshes(refresh).await;
        assert!(status.is_client_error(), "{status} {answer}");

        let (code, asked) = {
            let asked = lab.asks("openid offline_access", &[]);
            let answer = anna.browser.once(Method::GET, asked.url.clone(), Vec::new()).await;
            (query(&lab.answered(&answer), "code").unwrap(), asked)
        };
        let (_, tokens) = lab.exchanges(&code, &asked).await;
        let refresh = tokens["refresh_token"].as_str().unwrap().to_owned();
        let tries = futures_of(8, || lab.refreshes(&refresh)).await;
        let mut successors: Vec<_> = tries
            .iter()
            .filter(|(status, _)| status.is_success())
            .map(|(_, tokens)| tokens["refresh_token"].as_str().unwrap())
            .collect();
        assert!(!successors.is_empty(), "{tries:?}");
        successors.dedup();
        assert_eq!(successors.len(), 1, "one token has one successor");
    }
}

async fn futures_of<F: Future>(times: usize, make: impl Fn() -> F) -> Vec<F::Output> {
    futures_util::future::join_all((0..times).map(|_| make())).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_saml_request_answered_by_both_is_answered_once() {
    let twins = Twins::start(|plan| plan).await;
    let house = &twins.house;
    let stranger = house.browser();
    let url = reqwest::Url::parse(&house.service("skat").login()).unwrap();
    let request = stranger.once(Method::GET, url, Vec::new()).await.redirect().unwrap();
    assert!(request.as_str().contains("SAMLRequest="), "{request}");
    let mut ready = Vec::new();
    for who in ["anna", "clara", "erik", "gitte"] {
        let citizen = house.citizen(who);
        let page = citizen.browser.get(request.as_str()).await;
        let page = citizen.types_password(&page).await;
        page.must_be_step("code");
        ready.push((citizen, page));
    }
    let mut answers = JoinSet::new();
    for (citizen, page) in ready {
        answers.spawn(async move { finishes(&citizen, &page).await });
    }
    let answers = answers.join_all().await;
    let answered = answers.iter().filter(|page| page.body.contains("SAMLResponse")).count();
    assert_eq!(answered, 1, "answers to one request");
    for page in answers.iter().filter(|page| !page.body.contains("SAMLResponse")) {
        assert_eq!(page.refusals(), ["request.replayed"], "{page:#}");
    }
}

/// A client with a key of its own.
struct Signer {
    key: EcdsaKeyPair,
}

impl Signer {
    fn new() -> Self {
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref()).unwrap();
        Self { key }
    }

    fn jwks(&self) -> Value {
        let point = self.key.public_key().as_ref();
        let text = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        json!({"keys": [{
            "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "one",
            "x": text(&point[1..33]), "y": text(&point[33..]),
        }]})
    }

    fn asserts(&self, claims: &Value) -> String {
        let text = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let head = json!({"alg": "ES256", "typ": "JWT", "kid": "one"});
        let signed = format!("{}.{}", text(&head), text(claims));
        let signature = self.key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_clients_assertion_serves_once_on_both_together() {
    let signer = Signer::new();
    let twins = Twins::furnished(
        |plan| plan.without_services(),
        |house| {
            Lab::register(house, "signer");
            let file = house.config("parties/signer.toml");
            let party = std::fs::read_to_string(&file).unwrap();
            let party = party
                .replace("client_secret_basic", "private_key_jwt")
                .replace("secret = \"lab-secret\"", "jwks_path = \"signer.jwks.json\"");
            std::fs::write(&file, party).unwrap();
            std::fs::write(house.config("parties/signer.jwks.json"), signer.jwks().to_string()).unwrap();
        },
    )
    .await;
    let client = twins.house.client().build().unwrap();
    let issuer = twins.house.issuer();
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let discovery = twins.house.document("/.well-known/openid-configuration").await;
    let endpoint = discovery["token_endpoint"].as_str().unwrap();
    for number in 0..4 {
        let claims = json!({
            "iss": "signer", "sub": "signer", "aud": issuer, "iat": now, "exp": now + 120, "jti": format!("once-{number}"),
        });
        let fields = [
            ("grant_type", "client_credentials".to_owned()),
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer".to_owned(),
            ),
            ("client_assertion", signer.asserts(&claims)),
        ];
        let tries = futures_of(8, || async {
            client.post(endpoint).form(&fields).send().await.unwrap().status()
        })
        .await;
        let served = tries.iter().filter(|status| status.is_success()).count();
        assert_eq!(served, 1, "{tries:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn keys_that_were_rotated_are_known_to_both_in_half_a_minute() {
    let twins = without_services().await;
    let lab = Lab::of(&twins.house).await;
    let anna = twins.house.citizen("anna");
    let client = twins.house.client().build().unwrap();
    let jwks = |node: Node| {
        let (client, url) = (client.clone(), format!("{}/oidc/jwks", twins.address(node)));
        async move {
            let keys: Value = client.get(url).send().await.unwrap().json().await.unwrap();
            let mut kids: Vec<_> = keys["keys"]
                .as_array()
                .unwrap()
                .iter()
                .map(|key| key["kid"].to_string())
                .collect();
            kids.sort();
            kids
        }
    };
    let before = jwks(One).await;
    assert_eq!(before, jwks(Other).await);
    twins.turn_to(One);
    let replaced = kid(&id_token(&anna, &lab).await);
    twins.house.idp_says(&["keys", "rotate", "--now"]);
    let begun = Instant::now();
    loop {
        let both = [jwks(One).await, jwks(Other).await];
        if both[0] == both[1] && both[0] != before {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(40), "{before:?} {both:?}");
        // In between, whatever a node signs by the new key is published by the other already, since it stood ready, and taken for its own. With
        // `--now` nobody trusts the key that was replaced, once they have heard of it.
        for (here, there) in [(One, Other), (Other, One)] {
            twins.turn_to(here);
            let token = id_token(&anna, &lab).await;
            let signed_by = kid(&token);
            twins.turn_to(there);
            let hinted = lab.asks("openid", &[("prompt", "none"), ("id_token_hint", &token)]);
            let answer = anna.browser.once(Method::GET, hinted.url, Vec::new()).await;
            // The replaced one may be heard of between the answer and this look.
            let published = jwks(there).await.contains(&signed_by);
            assert!(published || signed_by == replaced, "{signed_by}");
            assert!(
                signed_by == replaced || query(&lab.answered(&answer), "code").is_some(),
                "{answer:#}"
            );
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(36), "{took:?}");
}

/// Which key has signed, as it stands in the key set.
fn kid(token: &str) -> String {
    let head = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    let head: Value = serde_json::from_slice(&head).unwrap();
    head["kid"].to_string()
}

/// An ID token by the running session, or by a whole log-in the first time.
async fn id_token(citizen: &Citizen, lab: &Lab) -> String {
    let asked = lab.asks("openid", &[]);
    let mut answer = citizen.browser.once(Method::GET, asked.url.clone(), Vec::new()).await;
    let goes_on = answer.redirect().unwrap();
    if goes_on.path().starts_with("/login/") {
        let page = citizen.browser.get(goes_on.as_str()).await;
        let page = citizen.types_password(&page).await;
        answer = finishes(citizen, &page).await;
    }
    let code = query(&lab.answered(&answer), "code").unwrap();
    let (status, tokens) = lab.exchanges(&code, &asked).await;
    assert!(status.is_success(), "{status} {tokens}");
    let token = tokens["id_token"].as_str().unwrap().to_owned();
    assert_eq!(claims(&token)["aud"], "lab");
    token
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn parties_are_read_again_node_by_node() {
    let mut twins = without_services().await;
    let client = twins
        .house
        .client()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let lab = Lab::of(&twins.house).await;
    let asked = lab.asks("openid", &[("client_id", "newcomer")]);
    Lab::register(&twins.house, "newcomer");
    let known = |address: String| {
        let path = format!("{}?{}", asked.url.path(), asked.url.query().unwrap());
        let request = client.get(format!("{address}{path}"));
        async move { request.send().await.unwrap().status() != StatusCode::BAD_REQUEST }
    };
    for (told, expected) in [
        (None, [false, false]),
        (Some(One), [true, false]),
        (Some(Other), [true, true]),
    ] {
        if let Some(node) = told {
            twins.signal(node, "HUP");
        }
        let begun = Instant::now();
        loop {
            let both = [known(twins.address(One)).await, known(twins.address(Other)).await];
            if both == expected {
                break;
            }
            assert!(begun.elapsed() < Duration::from_secs(10), "{told:?}: {both:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}
