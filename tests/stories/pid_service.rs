//! Services ask whose CPR number is behind a PID (M51): as JSON and in the classic form, each as far as it may; and anna sees who asked.

use acceptance::chromium::Chromium;
use acceptance::relying::Lab;
use acceptance::{Database, House};
use base64::Engine;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::both::on_both;

on_both!(services_ask_as_far_as_they_may_and_anna_sees_it);

/// A service with a token of its own.
struct Machine {
    client: reqwest::Client,
    base: String,
    token: String,
}

impl Machine {
    async fn of(house: &House, party: &str) -> Self {
        let lab = Lab::named(house, party).await;
        let fields = [("grant_type", "client_credentials"), ("scope", "pid_service")];
        let (status, given) = lab.posts("token_endpoint", &fields).await;
        assert_eq!(status, StatusCode::OK, "{given}");
        assert_eq!(given["scope"], "pid_service");
        Self {
            client: house.client().build().expect("client"),
            base: format!("{}/api/pid/v1", house.issuer()),
            token: given["access_token"].as_str().expect("a token").to_owned(),
        }
    }

    async fn asks(&self, path: &str, body: Value) -> (StatusCode, Value) {
        let request = self
            .client
            .post(format!("{}/{path}", self.base))
            .bearer_auth(&self.token);
        let answer = request.json(&body).send().await.expect("an answer");
        let status = answer.status();
        (status, answer.json().await.expect("JSON"))
    }

    async fn asks_in_xml(&self, xml: String, as_form: bool) -> (StatusCode, String) {
        let request = self.client.post(format!("{}/xml", self.base)).bearer_auth(&self.token);
        let request = if as_form {
            request.form(&[("PID_REQUEST", xml)])
        } else {
            request.header("content-type", "text/xml").body(xml)
        };
        let answer = request.send().await.expect("an answer");
        (answer.status(), answer.text().await.expect("text"))
    }
}

/// A certificate of anybody's, as a service would send what it was shown.
fn certificate(serial_number: &str) -> String {
    let mut params = rcgen::CertificateParams::new(Vec::new()).expect("no names");
    let oid = rcgen::DnType::CustomDnType(vec![2, 5, 4, 5]);
    params.distinguished_name.push(oid, serial_number);
    let key = rcgen::KeyPair::generate().expect("a key");
    let signed = params.self_signed(&key).expect("a certificate");
    base64::engine::general_purpose::STANDARD.encode(signed.der())
}

async fn services_ask_as_far_as_they_may_and_anna_sees_it(database: Database) {
    let house = House::on(database).await;
    let anna = house.citizen("anna");
    let (pid, cpr) = (
        anna.person.pid.clone().expect("a PID"),
        anna.person.cpr.clone().expect("a CPR number"),
    );
    let other = house.citizen("bo").person.cpr.clone().expect("a CPR number");
    let told = |status: u16, name: &str| (status, name.to_owned());
    let of = |answer: &Value| {
        (
            answer["status"].as_u64().unwrap() as u16,
            answer["name"].as_str().unwrap().to_owned(),
        )
    };

    // A public service looks up and matches.
    let portal = Machine::of(&house, "borger").await;
    let (status, answer) = portal.asks("look-up", json!({ "pid": pid })).await;
    assert_eq!((status, of(&answer)), (StatusCode::OK, told(0, "OK")));
    assert_eq!(answer["cpr"].as_str().unwrap().replace('-', ""), cpr.replace('-', ""));
    let (_, answer) = portal.asks("match", json!({ "pid": pid, "cpr": other })).await;
    assert_eq!((of(&answer), answer.get("cpr")), (told(1, "NO_MATCH"), None));
    let questions = json!({ "requests": [
        { "id": "a", "pid": pid, "cpr": cpr }, { "id": "b", "pid": "9208-2002-2-000000000000" }, { "id": "c", "pid": "1" },
    ] });
    let (status, answer) = portal.asks("batch", questions).await;
    let statuses: Vec<_> = answer["responses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["status"].clone())
        .collect();
    assert_eq!(
        (status, statuses),
        (StatusCode::OK, vec![json!(0), json!(2), json!(4096)])
    );
    for as_form in [false, true] {
        let xml = format!(
            "<method name=\"pidCprRequest\" version=\"1.0\"><request id=\"1\"><serviceId>7</serviceId><pid>{pid}</pid><cpr>{cpr}</cpr>\
             </request></method>"
        );
        let (status, answer) = portal.asks_in_xml(xml, as_form).await;
        assert_eq!(status, StatusCode::OK);
        assert!(
            answer.contains("statusCode=\"0\"") && !answer.contains("<cpr>"),
            "{answer}"
        );
    }

    let shown = certificate(&format!("PID:{pid}"));
    let (_, answer) = portal.asks("match", json!({ "certificate": shown, "cpr": cpr })).await;
    assert_eq!(
        (of(&answer), answer["pid"].as_str()),
        (told(0, "OK"), Some(pid.as_str()))
    );
    let differs = json!({ "certificate": shown, "pid": "9208-2002-2-000000000000", "cpr": cpr });
    let (status, answer) = portal.asks("match", differs).await;
    assert_eq!(
        (status, of(&answer)),
        (
            StatusCode::BAD_REQUEST,
            told(8194, "PID_DOES_NOT_MATCH_BASE64_CERTIFICATE")
        )
    );
    let xml = format!(
        "<method name=\"pidCprRequest\" version=\"1.0\"><request><b64Cert>{}</b64Cert><cpr>{cpr}</cpr></request></method>",
        certificate("CVR:00000019-RID:12345678")
    );
    let (_, answer) = portal.asks_in_xml(xml, false).await;
    assert!(answer.contains("statusCode=\"4\""), "{answer}");
    let (status, answer) = portal.asks("test", json!({})).await;
    assert_eq!((status, of(&answer)), (StatusCode::OK, told(0, "OK")));

    // A private one matches, three times for a log-in there.
    let shop = Machine::of(&house, "shop").await;
    let question = || json!({ "pid": pid, "cpr": cpr });
    let (status, answer) = shop.asks("match", question()).await;
    assert_eq!(
        (status, of(&answer)),
        (StatusCode::FORBIDDEN, told(17, "NOT_AUTHORIZED_FOR_SERVICE_LOOKUP"))
    );
    anna.logs_in_at(&house.service("shop")).await;
    for _ in 0..3 {
        let (status, answer) = shop.asks("match", question()).await;
        assert_eq!((status, of(&answer)), (StatusCode::OK, told(0, "OK")));
    }
    let (status, answer) = shop.asks("match", question()).await;
    assert_eq!(
        (status, of(&answer)),
        (StatusCode::TOO_MANY_REQUESTS, told(16, "BRUTE_FORCE_ATTEMPT_DETECTED"))
    );
    let (status, answer) = shop.asks("look-up", json!({ "pid": pid })).await;
    assert_eq!(
        (status, of(&answer)),
        (StatusCode::FORBIDDEN, told(8, "NOT_AUTHORIZED_FOR_CPR_LOOKUP"))
    );

    // Whoever has shown nothing, or has no right, is told nothing.
    let stranger = Machine {
        token: "made-up".into(),
        ..Machine::of(&house, "borger").await
    };
    let (status, answer) = stranger.asks("look-up", json!({ "pid": pid })).await;
    assert_eq!(
        (status, of(&answer)),
        (StatusCode::UNAUTHORIZED, told(8195, "MISSING_CLIENT_CERT"))
    );
    let (status, answer) = portal.asks("look-up", question()).await;
    assert_eq!(
        (status, of(&answer)),
        (StatusCode::BAD_REQUEST, told(4096, "NOT_PID_SERVICE_REQUEST"))
    );
    let lab = Lab::of(&house).await;
    let (status, given) = lab
        .posts(
            "token_endpoint",
            &[("grant_type", "client_credentials"), ("scope", "pid_service")],
        )
        .await;
    assert_eq!(
        (status, &given["error"]),
        (StatusCode::BAD_REQUEST, &json!("invalid_scope"))
    );

    let chromium = Chromium::open(&house).await;
    chromium
        .goes_to(&format!("{}/self-service/history", house.issuer()))
        .await;
    chromium.answers_all(&anna.person).await;
    chromium.waits_for("li[data-kind='pid.asked']").await;
    chromium.closes().await;
}
