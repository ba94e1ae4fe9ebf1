//! An officer's day, from outside: an RA's own program with its own key speaks the protocol of docs/integrate/ra.md to the real house.

use std::sync::atomic::{AtomicU64, Ordering};

use acceptance::{Database, House, Plan};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::both::on_both;

on_both!(
    a_caller_is_helped_by_telephone,
    a_lost_card_is_followed_by_a_new_one,
    a_company_is_looked_up_for_whoever_says_they_sign_for_it,
    nobody_else_gets_in_by_this_door,
);

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// An officer at their RA's program.
pub(crate) struct Desk {
    client: reqwest::Client,
    issuer: String,
    officer: Value,
    key: EcdsaKeyPair,
    /// So far is the house's clock ahead, in seconds.
    ahead: u64,
}

/// An answer: status, body, content type.
#[derive(Debug)]
pub(crate) struct Answer(u16, Value);

fn now() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.unwrap().as_secs()
}

fn fresh() -> String {
    static SERIAL: AtomicU64 = AtomicU64::new(0);
    format!("{}-{:08}", std::process::id(), SERIAL.fetch_add(1, Ordering::Relaxed))
}

impl Desk {
    pub(crate) fn of(house: &House, ra: &str, officer: &str) -> Self {
        let listed = house.idp_says(&["demo", "officers", "--format", "json"]);
        let listed: Vec<Value> = serde_json::from_str(&listed).unwrap();
        let found = listed
            .into_iter()
            .find(|one| one["ra"] == ra && one["officer"] == officer)
            .expect("an officer of the demo");
        let pem = std::fs::read_to_string(house.folder().join(found["key"].as_str().unwrap())).unwrap();
        let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        let der = BASE64_STANDARD.decode(body).unwrap();
        Self {
            client: house.client().build().unwrap(),
            issuer: house.issuer(),
            key: EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der).unwrap(),
            officer: found,
            ahead: 0,
        }
    }

    /// The same, on a later day.
    pub(crate) fn later(mut self, seconds: u64) -> Self {
        self.ahead = seconds;
        self
    }

    fn now(&self) -> u64 {
        now() + self.ahead
    }

    fn text(&self, name: &str) -> &str {
        self.officer[name].as_str().unwrap()
    }

    fn signs(&self, typ: &str, claims: &Value) -> String {
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let head = json!({"alg": "ES256", "typ": typ, "kid": self.text("kid")});
        let signed = format!("{}.{}", part(&head), part(claims));
        let signature = self.key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }

    /// The machine's token, by private_key_jwt.
    async fn token(&self) -> String {
        let id = self.text("client_id");
        let proof = self.signs(
            "JWT",
            &json!({"iss": id, "sub": id, "aud": self.issuer, "iat": self.now(), "exp": self.now() + 60, "jti": fresh()}),
        );
        let fields = [
            ("grant_type", "client_credentials"),
            ("scope", "ra"),
            ("client_assertion_type", JWT_BEARER),
            ("client_assertion", &proof),
        ];
        let sent = self
            .client
            .post(format!("{}/oidc/token", self.issuer))
            .form(&fields)
            .send();
        let given: Value = sent.await.unwrap().json().await.unwrap();
        given["access_token"]
            .as_str()
            .unwrap_or_else(|| panic!("{given}"))
            .to_owned()
    }

    fn assertion(&self, token: &str, method: &str, path: &str) -> String {
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, token.as_bytes());
        self.signs(
            "officer+jwt",
            &json!({
                "iss": self.text("client_id"), "aud": self.issuer, "sub": self.text("officer"), "role": self.text("role"),
                "reason": "sag 2026-118", "eid": self.officer["eid"], "iat": self.now(), "exp": self.now() + 60, "jti": fresh(),
                "htm": method, "htu": format!("{}{path}", self.issuer), "ath": BASE64_URL_SAFE_NO_PAD.encode(hash.as_ref()),
            }),
        )
    }

    async fn sends(&self, path: &str, body: &Value, token: &str, assertion: &str) -> Answer {
        let request = self
            .client
            .post(format!("{}{path}", self.issuer))
            .bearer_auth(token)
            .header("Officer-Assertion", assertion)
            .header("Idempotency-Key", fresh())
            .json(body);
        let answer = request.send().await.unwrap();
        let (status, kind) = (answer.status().as_u16(), answer.headers()["content-type"].clone());
        assert_eq!(kind == "application/problem+json", status != 200, "{status} {kind:?}");
        Answer(status, answer.json().await.unwrap())
    }

    pub(crate) async fn posts(&self, path: &str, body: Value) -> Answer {
        let path = format!("/api/ra/v1{path}");
        let token = self.token().await;
        let assertion = self.assertion(&token, "POST", &path);
        self.sends(&path, &body, &token, &assertion).await
    }

    /// The eID of somebody who tells their number.
    async fn finds(&self, number: &str) -> Answer {
        self.posts("/people/find", json!({ "eid_number": number })).await
    }
}

impl Answer {
    #[track_caller]
    pub(crate) fn done(self) -> Value {
        assert_eq!(self.0, 200, "{}", self.1);
        self.1
    }

    #[track_caller]
    pub(crate) fn is_refused(&self, status: u16, code: &str) {
        assert_eq!((self.0, self.1["code"].as_str()), (status, Some(code)), "{}", self.1);
    }
}

fn eid(found: &Value) -> String {
    found["eids"][0]["id"].as_str().unwrap().to_owned()
}

async fn a_caller_is_helped_by_telephone(database: Database) {
    let house = House::start(Plan::on(database).without_services()).await;
    let desk = Desk::of(&house, "support", "m.dahl");
    let anna = house.citizen("anna").person;
    let found = desk.finds(&anna.eid_number).await.done();
    let eid = eid(&found);
    let stops = json!({"what": "password", "because": "misuse"});
    let stopped = desk.posts(&format!("/eids/{eid}/block"), stops).await.done();
    assert_eq!(stopped["password"], "blocked");
    let asked = desk.posts(&format!("/eids/{eid}/questions"), json!({})).await.done();
    let family = "Demosen";
    let mut said = serde_json::Map::new();
    for question in asked["questions"].as_array().unwrap() {
        let subject = question["subject"].as_str().unwrap();
        let text = match subject {
            "mother" => format!("Karen {family}"),
            "father" => format!("Jens {family}"),
            "spouse" => format!("Kim {family}"),
            "child" => format!("Freja {family}"),
            _ => "Gammel Prøvevej".to_owned(),
        };
        said.insert(subject.to_owned(), text.into());
    }
    let answers = json!({"round": asked["round"], "answers": said});
    let passed = desk.posts(&format!("/eids/{eid}/answers"), answers).await.done();
    assert_eq!(passed["state"], "passed");
    let orders = json!({"by": "text_message", "proof": {"kind": "questions", "round": asked["round"]}});
    let ordered = desk.posts(&format!("/eids/{eid}/activation"), orders).await.done();
    assert_eq!(
        (&ordered["status"], &ordered["activation"]["state"]),
        (&json!("ordered"), &json!("sent"))
    );
    let trail = house.idp_says(&["audit", "export"]);
    let calls = trail.lines().filter(|line| line.contains("officer.acted")).count();
    assert_eq!(calls, 5, "{trail}");
}

async fn a_lost_card_is_followed_by_a_new_one(database: Database) {
    let house = House::start(Plan::on(database).without_services()).await;
    let desk = Desk::of(&house, "ra-borgerservice", "i.friis");
    let anna = house.citizen("anna").person;
    let eid = eid(&desk.finds(&anna.eid_number).await.done());
    let card = &anna.keycards[0].number;
    let stops = json!({"what": "card", "which": card, "because": "lost"});
    desk.posts(&format!("/eids/{eid}/block"), stops).await.done();
    let cards = format!("/eids/{eid}/cards");
    let number = |number: &str| json!({"proof": {"kind": "document_number", "document": "passport", "number": number}});
    desk.posts(&cards, number("209999999"))
        .await
        .is_refused(403, "ra.proof");
    let ordered = desk.posts(&cards, number("200000000")).await.done();
    let states = |stands: &Value| -> Vec<String> {
        let cards = stands["cards"].as_array().unwrap().iter();
        cards.map(|card| card["state"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(states(&ordered)[1], "blocked");
    let stops = json!({"what": "eid", "because": "misuse"});
    desk.posts(&format!("/eids/{eid}/block"), stops).await.done();
    let opens = json!({"what": "eid", "proof": {"kind": "document_seen", "document": "danish_passport"}});
    let opened = desk.posts(&format!("/eids/{eid}/open"), opens).await.done();
    assert_eq!((&opened["status"], states(&opened).len()), (&json!("active"), 3));
}

async fn a_company_is_looked_up_for_whoever_says_they_sign_for_it(database: Database) {
    let house = House::start(Plan::on(database).without_services()).await;
    let desk = Desk::of(&house, "ra-borgerservice", "i.friis");
    let (anna, bo) = (house.citizen("anna").person, house.citizen("bo").person);
    let (annas, bos) = (anna.cpr.unwrap(), bo.cpr.unwrap());
    let imports = |name: &str, text: &str| {
        let file = house.folder().join(name);
        std::fs::write(&file, text).unwrap();
        let file = file.display().to_string();
        house.idp_tries(&["register", "import", &file, "--companies", "--officer", "test"])
    };
    let sheet = format!(
        "cvr;name;address;status;signs_alone\n00000019;Annas Prøveri ApS;Prøvevej 1|9998 Prøvekøbing;;{annas}\n"
    );
    let (code, said, _) = imports("companies.csv", &sheet);
    assert_eq!((code, said.trim()), (0, "1 companies read: 1 new or changed"));
    let demo = std::fs::read_to_string(house.config("companies.json")).unwrap();
    let (code, said, _) = imports("companies.json", &demo);
    assert_eq!((code, said.trim()), (0, "36 companies read: 36 new or changed"));
    // A number that may be a living company's is for production alone, and nothing of the file is taken.
    let (code, _, why) = imports(
        "real.json",
        r#"[{"cvr": "00000027", "name": "A"}, {"cvr": "10000009", "name": "B"}]"#,
    );
    assert!(code == 1 && why.contains("cvr.real_number"), "{code} {why}");

    let asks = |body: Value| desk.posts("/companies/find", body);
    let told = asks(json!({"cvr": "00000019", "cpr": annas})).await.done();
    assert_eq!(
        (&told["name"], &told["status"], &told["person"]),
        (&json!("Annas Prøveri ApS"), &json!("active"), &json!("alone"))
    );
    let told = asks(json!({"cvr": "00000019", "cpr": bos})).await.done();
    assert_eq!((&told["person"], &told["sign_alone"]), (&json!("no"), &json!(1)));
    asks(json!({"cvr": "00000027"})).await.is_refused(404, "ra.not_found");
    let trail = house.idp_says(&["audit", "export"]);
    assert!(trail.contains("register.companies_imported"), "{trail}");
    let calls = trail.lines().filter(|line| line.contains("officer.acted")).count();
    assert_eq!(calls, 3, "{trail}");
    assert!(!trail.contains(&annas.replace('-', "")), "{trail}");
}

async fn nobody_else_gets_in_by_this_door(database: Database) {
    let house = House::start(Plan::on(database).without_services()).await;
    let desk = Desk::of(&house, "ra-netbank-b", "b.holt");
    let anna = house.citizen("anna").person;
    desk.finds(&anna.eid_number).await.is_refused(404, "ra.not_found");
    let printer = Desk::of(&house, "trykkeri", "t.kvist");
    printer.finds(&anna.eid_number).await.is_refused(403, "ra.role");
    let gitte = house.citizen("gitte").person;
    let herself = Desk::of(&house, "ra-netbank", "gitte");
    herself.finds(&gitte.eid_number).await.is_refused(403, "ra.own_case");
    let (path, body) = ("/api/ra/v1/people/find", json!({ "eid_number": anna.eid_number }));
    let support = Desk::of(&house, "support", "m.dahl");
    let token = support.token().await;
    let assertion = support.assertion(&token, "POST", path);
    support.sends(path, &body, &token, &assertion).await.done();
    support
        .sends(path, &body, &token, &assertion)
        .await
        .is_refused(401, "ra.replayed");
    let anothers = desk.assertion(&token, "POST", path);
    support
        .sends(path, &body, &token, &anothers)
        .await
        .is_refused(401, "ra.assertion");
    support
        .sends(path, &body, "no token", &assertion)
        .await
        .is_refused(401, "ra.token");
    let described = house.document("/api/openapi.json").await;
    assert!(described["paths"].as_object().unwrap().contains_key(path));
}
