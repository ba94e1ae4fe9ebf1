//! Machines that show certificates, over TLS that ends in the house (RFC 8705): a service asks whose CPR number it is, and nobody else by its
//! token.

use acceptance::{Database, House, Plan};
use rcgen::{CertificateParams, DnType, KeyPair};
use serde_json::{Value, json};

use crate::both::on_both;

on_both!(a_machine_asks_by_its_certificate_and_nobody_else_by_its_token,);

/// A certificate of its own, as PEM with its key, and its SHA-256 in hex.
fn certificate(name: &str) -> (String, String) {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    let key = KeyPair::generate().unwrap();
    let made = params.self_signed(&key).unwrap();
    let mark = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, made.der());
    let hex = mark.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    (format!("{}{}", key.serialize_pem(), made.pem()), hex)
}

async fn a_machine_asks_by_its_certificate_and_nobody_else_by_its_token(database: Database) {
    let mut house = House::built(Plan::on(database).over_tls());
    let ((own, mark), (others, _)) = (certificate("register"), certificate("register"));
    let party = format!(
        "kind = \"public\"\ndemo = true\npid_service = \"look_up\"\nunlisted = \"a machine\"\n[name]\nda = \"Register (demo)\"\n\
         en = \"Register (demo)\"\n[oidc]\nauth = \"self_signed_tls_client_auth\"\ntls_certificate_sha256 = [\"{mark}\"]\n\
         grants = [\"client_credentials\"]\nscopes = [\"pid_service\"]\n"
    );
    std::fs::write(house.config("parties/register.toml"), party).unwrap();
    house.seed();
    house.opens().await;
    let anna = house.citizen("anna").person;
    let shows = |pem: Option<&String>| {
        let client = house.client();
        let client = match pem {
            Some(pem) => client.identity(reqwest::Identity::from_pem(pem.as_bytes()).unwrap()),
            None => client,
        };
        client.build().unwrap()
    };
    let (machine, thief, nobody) = (shows(Some(&own)), shows(Some(&others)), shows(None));

    let discovery = format!("{}/.well-known/openid-configuration", house.issuer());
    let told: Value = machine.get(discovery).send().await.unwrap().json().await.unwrap();
    assert_eq!(told["tls_client_certificate_bound_access_tokens"], true, "{told}");
    let asks = async |client: &reqwest::Client| -> Value {
        let fields = [
            ("grant_type", "client_credentials"),
            ("scope", "pid_service"),
            ("client_id", "register"),
        ];
        let sent = client.post(format!("{}/oidc/token", house.issuer())).form(&fields);
        // The header of a proxy that is not there says nothing.
        let sent = sent.header("client-cert", ":MIIB:").send();
        sent.await.unwrap().json().await.unwrap()
    };
    for other in [&thief, &nobody] {
        let refused = asks(other).await;
        assert_eq!(refused["error"], "invalid_client", "{refused}");
    }
    let given = asks(&machine).await;
    let token = given["access_token"].as_str().unwrap_or_else(|| panic!("{given}"));

    let looks_up = async |client: &reqwest::Client| -> (u16, Value) {
        let sent = client.post(format!("{}/api/pid/v1/look-up", house.issuer()));
        let answer = sent
            .bearer_auth(token)
            .json(&json!({"pid": anna.pid}))
            .send()
            .await
            .unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    };
    let (status, answer) = looks_up(&machine).await;
    assert_eq!((status, &answer["name"]), (200, &json!("OK")), "{answer}");
    for other in [&thief, &nobody] {
        let (status, answer) = looks_up(other).await;
        assert_eq!((status, &answer["status"]), (401, &json!(8195)), "{answer}");
    }

    // Whoever shows no certificate logs in as ever.
    let anna = house.citizen("anna");
    let me = anna.logs_in_at(&house.service("borger")).await;
    assert_eq!(me["verified"], true, "{me}");
}
