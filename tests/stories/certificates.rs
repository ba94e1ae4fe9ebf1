//! Certificates as everybody meets them: `openssl` takes the chain, the revocation list and the OCSP answers; people see theirs, renew it,
//! revoke it; a service hears of it within a minute.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use acceptance::browser::Page;
use acceptance::chromium::{Chromium, Reader};
use acceptance::program::output;
use acceptance::{Citizen, Database, House};
use serde_json::Value;

use crate::both::on_both;

mod chain;

use self::chain::{Chain, a_root_revokes_an_issuing_ca};

on_both!(
    openssl_takes_chain_list_and_answers,
    a_root_revokes_an_issuing_ca,
    the_certificate_is_seen_renewed_and_revoked
);

/// A page of self-service, after the whole log-in where one is asked for.
async fn opens(house: &House, citizen: &Citizen, path: &str) -> Page {
    let page = citizen.browser.get(&format!("{}{path}", house.issuer())).await;
    if page.url.path() == path {
        return page;
    }
    let page = citizen.types_password(&page).await;
    citizen.answers(&page).await
}

/// What a file says, kept beside the house.
fn kept(house: &House, name: &str, bytes: &[u8]) -> PathBuf {
    let path = house.folder().join(name);
    std::fs::write(&path, bytes).expect("a file");
    path
}

async fn fetched(house: &House, address: &str) -> Vec<u8> {
    let client = house.client().build().expect("a client");
    let answer = client.get(address).send().await.expect("an answer");
    assert!(answer.status().is_success(), "{address}: {}", answer.status());
    answer.bytes().await.expect("bytes").to_vec()
}

/// `openssl` with these words; what it said and whether it agreed.
fn openssl(words: &[&str]) -> (bool, String) {
    let out = output(Command::new("openssl").args(words));
    let said = [out.stdout, out.stderr].concat();
    (out.status.success(), String::from_utf8_lossy(&said).into_owned())
}

/// The newest list, as text PEM that `openssl verify` reads.
async fn list(house: &House, base: &str) -> (PathBuf, String) {
    let der = kept(house, "ca.crl", &fetched(house, &format!("{base}.crl")).await);
    let pem = house.folder().join("crl.pem");
    let words = ["crl", "-inform", "DER", "-in", word(&der), "-out", word(&pem), "-text"];
    let (good, said) = openssl(&words);
    assert!(good, "{said}");
    (pem.clone(), std::fs::read_to_string(pem).expect("a list"))
}

fn word(path: &Path) -> &str {
    path.to_str().expect("a path")
}

async fn openssl_takes_chain_list_and_answers(database: Database) {
    let house = House::on(database).await;
    let gitte = house.citizen("gitte");
    let own = opens(&house, &gitte, "/self-service/certificate/own.pem").await;
    let own = kept(&house, "own.pem", own.body.as_bytes());

    // As the certificate itself tells: where its CA's certificate, its list and the answers are.
    let (_, text) = openssl(&[
        "x509",
        "-in",
        word(&own),
        "-noout",
        "-text",
        "-nameopt",
        "RFC2253,utf8,-esc_msb",
    ]);
    assert!(text.contains("O=Ingen organisatorisk tilknytning,C=DK"), "{text}");
    assert!(
        text.contains("PID:9208-2002-2-") && text.contains("CN=Gitte Ansat Møller"),
        "{text}"
    );
    let address = |end: &str| {
        let found = text
            .split_whitespace()
            .find(|word| word.starts_with("URI:") && word.ends_with(end));
        found
            .unwrap_or_else(|| panic!("no {end}: {text}"))
            .trim_start_matches("URI:")
            .to_owned()
    };
    let (ca, ocsp) = (address(".cer"), address("/ocsp"));
    let base = ca.trim_end_matches(".cer").to_owned();
    assert_eq!(address(".crl"), format!("{base}.crl"));
    let chain = String::from_utf8(fetched(&house, &format!("{base}.pem")).await).expect("text");
    let end = "-----END CERTIFICATE-----\n";
    let (issuing, root) = chain.split_at(chain.find(end).expect("two certificates") + end.len());
    let (issuing, root) = (
        kept(&house, "ca.pem", issuing.as_bytes()),
        kept(&house, "root.pem", root.as_bytes()),
    );

    let (list_file, told) = list(&house, &base).await;
    assert!(told.contains("X509v3 CRL Number"), "{told}");
    let verify = |list: &Path| {
        let words = [
            "verify",
            "-x509_strict",
            "-crl_check",
            "-CAfile",
            word(&root),
            "-untrusted",
            word(&issuing),
        ];
        openssl(&[&words[..], &["-CRLfile", word(list), word(&own)]].concat())
    };
    assert_eq!(verify(&list_file).1.trim(), format!("{}: OK", word(&own)));
    youth(&house, (&root, &issuing, &list_file)).await;
    let chain = Chain {
        own: own.clone(),
        issuing: issuing.clone(),
        root: root.clone(),
    };
    chain.passes(&house, &base).await;
    let asks = |how: &[&str]| {
        let words = [
            "ocsp",
            "-issuer",
            word(&issuing),
            "-cert",
            word(&own),
            "-CAfile",
            word(&root),
            "-url",
            &ocsp,
        ];
        openssl(&[&words[..], how].concat())
    };
    for how in [&["-no_nonce"][..], &[]] {
        let (good, said) = asks(how);
        assert!(
            good && said.contains("Response verify OK") && said.contains("own.pem: good"),
            "{said}"
        );
        assert!(!said.contains("WARNING"), "the nonce comes back: {said}");
    }
    by_get(&house, (&issuing, &own), &ocsp).await;
    hostile(&house, &ocsp).await;

    // Revoked by its holder, with user-ID and password: both say so within a minute, and a service hears it at once.
    gitte.logs_in_at(&house.service("borger")).await;
    let begun = Instant::now();
    let page = gitte
        .browser
        .get(&format!("{}/block/certificate", house.issuer()))
        .await;
    let page = gitte.browser.submit(&page, &[]).await;
    assert!(
        page.body.contains("data-receipt=\"blocked-certificate\""),
        "{}",
        page.body
    );
    let (_, said) = asks(&[]);
    assert!(
        said.contains("own.pem: revoked") && said.contains("cessationOfOperation"),
        "{said}"
    );
    let serial = openssl(&["x509", "-in", word(&own), "-noout", "-serial"]).1;
    let serial = serial.trim().trim_start_matches("serial=").to_owned();
    let (list_file, told) = loop {
        let (file, told) = list(&house, &base).await;
        if told.contains(&serial) {
            break (file, told);
        }
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "not listed within a minute: {told}"
        );
        tokio::time::sleep(Duration::from_millis(500)).await;
    };
    assert!(
        !told.contains("Gitte") && !told.contains("9208-2002"),
        "no personal data in a list"
    );
    let (good, said) = verify(&list_file);
    assert!(!good && said.contains("certificate revoked"), "{said}");
    let mut fresh = gitte.clone();
    fresh.browser = house.browser();
    let page = fresh.begins_at(&house.service("borger")).await;
    assert_eq!(fresh.types_password(&page).await.refusals(), ["OCES006"]);
}

/// A youth's certificate says so as the field writes it, longer than X.520 foresees, and is taken.
async fn youth(house: &House, (root, issuing, list): (&Path, &Path, &Path)) {
    let clara = house.citizen("clara");
    let own = opens(house, &clara, "/self-service/certificate/own.pem").await;
    let own = kept(house, "youth.pem", own.body.as_bytes());
    let der = house.folder().join("youth.der");
    openssl(&["x509", "-in", word(&own), "-outform", "DER", "-out", word(&der)]);
    let unit = "Ung mellem 15 og 18 - Kan som udgangspunkt ikke lave juridisk bindende aftaler".as_bytes();
    let der = std::fs::read(der).expect("a certificate");
    let marked = der.windows(unit.len()).any(|some| some == unit);
    assert!(marked, "OU, byte for byte");
    let words = [
        "verify",
        "-x509_strict",
        "-crl_check",
        "-CAfile",
        word(root),
        "-CRLfile",
        word(list),
    ];
    let (_, said) = openssl(&[&words[..], &["-untrusted", word(issuing), word(&own)]].concat());
    assert_eq!(said.trim(), format!("{}: OK", word(&own)));
}

/// The same question by GET, as caches like it.
async fn by_get(house: &House, (issuing, own): (&Path, &Path), ocsp: &str) {
    let asked = house.folder().join("asked.der");
    let words = [
        "ocsp",
        "-issuer",
        word(issuing),
        "-cert",
        word(own),
        "-no_nonce",
        "-reqout",
        word(&asked),
    ];
    openssl(&words);
    let (_, base64) = openssl(&["base64", "-A", "-in", word(&asked)]);
    let path = base64
        .trim()
        .replace('/', "%2F")
        .replace('+', "%2B")
        .replace('=', "%3D");
    let client = house.client().build().expect("a client");
    let answer = client.get(format!("{ocsp}/{path}")).send().await.expect("an answer");
    assert_eq!(answer.headers()["content-type"], "application/ocsp-response");
    let cached = answer.headers()["cache-control"].to_str().expect("text").to_owned();
    assert!(cached.contains("max-age=30") && cached.contains("public"), "{cached}");
    let answer = answer.bytes().await.expect("bytes");
    let answer = kept(house, "answer.der", &answer);
    let (_, said) = openssl(&["ocsp", "-respin", word(&answer), "-noverify", "-text"]);
    assert!(said.contains("Cert Status: good"), "{said}");
}

/// What nobody should ask is answered without a signature, and quickly.
async fn hostile(house: &House, ocsp: &str) {
    let client = house.client().build().expect("a client");
    let malformed: &[u8] = &[0x30, 3, 0x0a, 1, 1];
    for body in [vec![0x30; 10], vec![0; 60_000], Vec::new()] {
        let request = client
            .post(ocsp)
            .header("content-type", "application/ocsp-request")
            .body(body);
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.bytes().await.expect("bytes"), malformed);
    }
    let answer = client.post(ocsp).body("x").send().await.expect("an answer");
    assert_eq!(answer.bytes().await.expect("bytes"), malformed);
    let answer = client
        .get(format!("{ocsp}/{}", "A".repeat(4_000)))
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.bytes().await.expect("bytes"), malformed);
    let answer = client
        .get(format!("{}/ca/nothing.crl", house.issuer()))
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 404);
}

async fn the_certificate_is_seen_renewed_and_revoked(database: Database) {
    let house = House::on(database).await;
    for (language, who, nothing_new, seen) in [
        ("da", "anna", "Der er ingen grund til at forny", "Anna Demosen"),
        ("en", "erik", "There is no reason to renew", "Pseudonym"),
    ] {
        let citizen = house.citizen(who);
        let reader = Reader {
            language,
            width: 390,
            dark: false,
        };
        let chromium = Chromium::open_for(&house, reader).await;
        chromium.without_script().await;
        chromium
            .goes_to(&format!("{}/self-service/certificate", house.issuer()))
            .await;
        chromium.answers_all(&citizen.person).await;
        let name = chromium.waits_for("#name").await.text().await.expect("text");
        assert!(name.starts_with(seen), "{name}");
        chromium.presses("renew").await;
        chromium.waits_for("[data-code='certificate.nothing_new']").await;
        assert!(chromium.text().await.contains(nothing_new));

        // The register has another name meanwhile.
        let cpr = citizen.person.cpr.clone().expect("a CPR number");
        registers(&house, &cpr, "Else Nytnavn Holm");
        let before = chromium.waits_for("#serial").await.text().await.expect("text");
        chromium.presses("renew").await;
        chromium.waits_for("[role='status']").await;
        let name = chromium.waits_for("#name").await.text().await.expect("text");
        assert_eq!(name, "Else Nytnavn Holm");
        assert!(
            chromium
                .waits_for("#past")
                .await
                .text()
                .await
                .expect("text")
                .contains(&before)
        );
        chromium
            .goes_to(&format!("{}/self-service/history", house.issuer()))
            .await;
        let issued = if language == "da" {
            "Certifikat udstedt"
        } else {
            "Certificate issued"
        };
        assert!(chromium.text().await.contains(issued));

        // The service knows the same person under the same PID.
        let pid = citizen.person.pid.clone();
        let known = citizen.logs_in_at(&house.service("borger")).await;
        assert_eq!(known["pid"], Value::from(pid));

        chromium
            .goes_to(&format!("{}/self-service/certificate", house.issuer()))
            .await;
        chromium.presses("revoke").await;
        chromium.comes_to_step("confirm").await;
        chromium.presses("submit").await;
        chromium.waits_for("[data-receipt='blocked-certificate']").await;
        let mut fresh = citizen.clone();
        fresh.browser = house.browser();
        let page = fresh.begins_at(&house.service("borger")).await;
        assert_eq!(fresh.types_password(&page).await.refusals(), ["OCES006"]);
        fresh.browser = house.browser();
        fresh
            .logs_in_at(&house.service("netbank").with("level=substantial"))
            .await;
        chromium.closes_without_complaint().await;
    }
}

/// The civil register has this name for the number from now on, unprotected.
fn registers(house: &House, cpr: &str, name: &str) {
    let people = serde_json::json!([{ "cpr": cpr, "name": name, "address": "Nyvej 1\n9998 Prøvekøbing" }]);
    let file = kept(house, "people.json", people.to_string().as_bytes());
    house.idp_says(&["register", "import", word(&file), "--officer", "story"]);
}
