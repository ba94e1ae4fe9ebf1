//! Registers of others, over the network: what is asked and how, and what becomes of a house whose register is slow, wrong or gone.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};

use super::cpr;
use crate::config::{Millis, Register, RegistersSection, Seconds};
use crate::domain::company::{CompanyStatus, Cvr, Signs};
use crate::domain::register::NumberedDocument;
use crate::registers::{Checked, Registers, Unreachable};
use crate::testing::House;

/// An office that answers what it is told to, and notes what it was asked.
#[derive(Clone)]
struct Office {
    url: url::Url,
    answer: Arc<Mutex<(u16, String)>>,
    asked: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Office {
    fn open(tls: Option<Arc<ServerConfig>>) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let port = socket.local_addr().unwrap().port();
        let office = Self {
            url: format!("{scheme}://localhost:{port}/cpr/").parse().unwrap(),
            answer: Arc::new(Mutex::new((503, String::new()))),
            asked: Arc::default(),
        };
        let behind = office.clone();
        thread::spawn(move || {
            for stream in socket.incoming() {
                let (office, tls, stream) = (behind.clone(), tls.clone(), stream.unwrap());
                // A handshake that fails is somebody whom the office does not know.
                thread::spawn(move || match tls {
                    Some(tls) => office.serves(StreamOwned::new(ServerConnection::new(tls).unwrap(), stream)),
                    None => office.serves(stream),
                });
            }
        });
        office
    }

    fn serves(&self, stream: impl Read + Write) -> Option<()> {
        let mut stream = BufReader::new(stream);
        let (mut line, mut length) = (String::new(), 0);
        stream.read_line(&mut line).ok()?;
        let path = line.split(' ').nth(1)?.to_owned();
        loop {
            let mut header = String::new();
            stream.read_line(&mut header).ok()?;
            match header.trim().to_ascii_lowercase().split_once(": ") {
                Some(("content-length", value)) => length = value.parse().ok()?,
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).ok()?;
        self.asked
            .lock()
            .unwrap()
            .push((path, serde_json::from_slice(&body).ok()?));
        let (status, text) = self.answer.lock().unwrap().clone();
        // 0: it never answers.
        if status == 0 {
            thread::sleep(Duration::from_secs(5));
            return None;
        }
        let head = format!(
            "HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            text.len()
        );
        let stream = stream.get_mut();
        stream.write_all(head.as_bytes()).ok()?;
        stream.write_all(text.as_bytes()).ok()?;
        stream.flush().ok()
    }

    fn answers(&self, status: u16, body: &str) {
        *self.answer.lock().unwrap() = (status, body.to_owned());
    }

    fn times_asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

fn register(office: &Office) -> Register {
    Register {
        url: Some(office.url.clone()),
        patience_ms: Millis(400),
        failures: 3,
        pause_seconds: Seconds(1),
        ..Register::default()
    }
}

fn registers(set: &Register) -> Registers {
    let set = RegistersSection {
        cpr: set.clone(),
        documents: set.clone(),
        companies: set.clone(),
    };
    Registers::open(&set, House::new().store.clone()).unwrap()
}

const ANNA: &str = r#"{"name": "Anna Demosen", "address": "Prøvevej 1", "protected": true, "mother": "Karen Demosen"}"#;

#[test]
fn an_entry_is_asked_once_and_remembered_for_a_while() {
    let office = Office::open(None);
    let registers = registers(&register(&office));
    office.answers(200, ANNA);
    for _ in 0..5 {
        let anna = registers.cpr.entry(&cpr("610180-1234")).unwrap().unwrap();
        assert_eq!((anna.name.as_str(), anna.protected), ("Anna Demosen", true));
    }
    let asked = office.asked.lock().unwrap().clone();
    // The number stands in the body: addresses are written into logs on the way.
    assert_eq!(asked, [("/cpr/entry".to_owned(), json!({ "cpr": "6101801234" }))]);
    // That there is nobody is true today, and not remembered.
    office.answers(200, "null");
    for _ in 0..2 {
        assert_eq!(registers.cpr.entry(&cpr("620180-1238")), Ok(None));
    }
    assert_eq!(office.times_asked(), 3);
}

#[test]
fn a_document_is_what_its_register_says_and_only_a_valid_one_is_remembered() {
    let office = Office::open(None);
    let registers = registers(&register(&office));
    let on = "2026-11-28".parse().unwrap();
    let check = || {
        let (anna, kind) = (cpr("610180-1234"), NumberedDocument::DrivingLicence);
        registers.documents.check(&anna, kind, "45321643", on)
    };
    let words = [
        ("not_theirs", Checked::NotTheirs),
        ("expired", Checked::Expired),
        ("void", Checked::Void),
        ("valid", Checked::Valid),
    ];
    for (word, checked) in words {
        office.answers(200, &json!({ "result": word }).to_string());
        assert_eq!(check(), Ok(checked), "{word}");
    }
    assert_eq!((check(), office.times_asked()), (Ok(Checked::Valid), 4));
    let asked = office.asked.lock().unwrap()[0].clone();
    let question = json!({ "cpr": "6101801234", "type": "driving_licence", "number": "45321643", "on": "2026-11-28" });
    assert_eq!(asked, ("/cpr/check".to_owned(), question));
}

#[test]
fn a_company_is_asked_once_and_remembered_for_a_while() {
    let office = Office::open(None);
    let registers = registers(&register(&office));
    let cvr = Cvr::parse("00000019").unwrap();
    office.answers(200, "null");
    assert_eq!(registers.companies.company(&cvr), Ok(None));
    let signers = json!([{"cpr": "6101801234", "how": "jointly"}]);
    let entry = json!({"name": "Demo ApS", "address": "Prøvevej 1", "status": "bankrupt", "signers": signers});
    office.answers(200, &entry.to_string());
    for _ in 0..3 {
        let company = registers.companies.company(&cvr).unwrap().unwrap();
        assert_eq!(
            (company.name.as_str(), company.status),
            ("Demo ApS", CompanyStatus::Bankrupt)
        );
        assert_eq!(company.signs(&cpr("610180-1234")), Some(Signs::Jointly));
    }
    let question = ("/cpr/company".to_owned(), json!({ "cvr": "00000019" }));
    assert_eq!(*office.asked.lock().unwrap(), [question.clone(), question]);
    let other = Cvr::parse("00000027").unwrap();
    let twice = [("6101801234", "alone"), ("6101801234", "jointly")];
    for signers in [&[("1", "alone")][..], &twice] {
        let signers: Vec<_> = signers
            .iter()
            .map(|(cpr, how)| json!({"cpr": cpr, "how": how}))
            .collect();
        let wrong = json!({"name": "Demo ApS", "signers": signers});
        office.answers(200, &wrong.to_string());
        assert_eq!(registers.companies.company(&other), Err(Unreachable::Question));
    }
}

#[test]
fn one_that_says_what_nobody_understands_does_not_answer() {
    let office = Office::open(None);
    let registers = registers(&Register {
        failures: 100,
        ..register(&office)
    });
    let (long, anna) = (format!("{{\"name\": \"{}\"}}", "a".repeat(70_000)), cpr("610180-1234"));
    let (one, all) = (Unreachable::Question, Unreachable::Register);
    for (status, body, why) in [
        (200, "", one),
        (200, "{}", one),
        (200, "[]", one),
        (200, r#"{"name": " "}"#, one),
        (200, r#"{"name": "A", "shoe_size": 43}"#, one),
        (200, &long, one),
        (400, ANNA, one),
        (422, ANNA, one),
        (204, "", all),
        (301, "", all),
        (401, ANNA, all),
        // What a gateway says while the register is away is not the register's word.
        (404, "", all),
        (404, r#"{"message": "no route"}"#, all),
        (429, ANNA, all),
        (500, ANNA, all),
    ] {
        office.answers(status, body);
        assert_eq!(registers.cpr.entry(&anna), Err(why), "{status} {body:.40}");
    }
    office.answers(200, ANNA);
    assert!(registers.cpr.entry(&anna).unwrap().is_some());
}

#[test]
fn one_that_keeps_failing_is_left_alone_and_found_again() {
    let office = Office::open(None);
    let registers = registers(&register(&office));
    let anna = cpr("610180-1234");
    // Somebody about whom it says nothing that can be read keeps nobody else waiting.
    office.answers(422, "");
    for _ in 0..10 {
        assert_eq!(registers.cpr.entry(&cpr("620180-1238")), Err(Unreachable::Question));
    }
    office.asked.lock().unwrap().clear();
    office.answers(503, "");
    for _ in 0..10 {
        assert_eq!(registers.cpr.entry(&anna), Err(Unreachable::Register));
    }
    assert_eq!(office.times_asked(), 3, "after three it is left alone");
    office.answers(200, ANNA);
    assert_eq!(registers.cpr.entry(&anna), Err(Unreachable::Register), "for a while");
    thread::sleep(Duration::from_millis(1_100));
    assert!(registers.cpr.entry(&anna).unwrap().is_some());
    assert!(registers.cpr.entry(&anna).unwrap().is_some());
    assert_eq!(office.times_asked(), 4);
}

#[test]
fn a_silent_one_holds_nobody_longer_than_patience_and_few_at_a_time() {
    let office = Office::open(None);
    let set = Register {
        at_once: 2,
        failures: 1_000,
        ..register(&office)
    };
    let registers = registers(&set);
    office.answers(0, "");
    let begun = super::super::line::now();
    thread::scope(|crowd| {
        for _ in 0..12 {
            crowd.spawn(|| assert_eq!(registers.cpr.entry(&cpr("610180-1234")), Err(Unreachable::Register)));
        }
    });
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert_eq!(
        office.times_asked(),
        2,
        "those without a place turned away by themselves"
    );
}

/// An authority, and what it issues: PEM of certificate and key.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn issues(&self) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        (params.signed_by(&key, &self.0).unwrap(), key)
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).unwrap();
        roots
    }
}

#[test]
fn both_ends_know_each_other() {
    crate::vault::install_crypto();
    let (theirs, ours, strange) = (Authority::new(), Authority::new(), Authority::new());
    let (certificate, key) = theirs.issues();
    let tls = ServerConfig::builder()
        .with_client_cert_verifier(WebPkiClientVerifier::builder(Arc::new(ours.roots())).build().unwrap())
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        )
        .unwrap();
    let office = Office::open(Some(Arc::new(tls)));
    office.answers(200, ANNA);

    let folder = tempfile::tempdir().unwrap();
    let keeps = |name: &str, text: &str| -> PathBuf {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let shown = |name: &str, authority: &Authority| {
        let (certificate, key) = authority.issues();
        (
            Some(keeps(&format!("{name}.pem"), &certificate.pem())),
            Some(keeps(&format!("{name}.key"), &key.serialize_pem())),
        )
    };
    let asks = |(certificate, key), ca| {
        let set = Register {
            certificate,
            key,
            ca,
            patience_ms: Millis(3_000),
            ..register(&office)
        };
        registers(&set).cpr.entry(&cpr("610180-1234"))
    };
    let known = || Some(keeps("ca.pem", &theirs.0.pem()));
    assert!(asks(shown("ours", &ours), known()).unwrap().is_some());
    assert_eq!(asks((None, None), known()), Err(Unreachable::Register), "we are nobody");
    assert_eq!(
        asks(shown("strange", &strange), known()),
        Err(Unreachable::Register),
        "we are somebody else"
    );
    let other = Some(keeps("other.pem", &strange.0.pem()));
    assert_eq!(
        asks(shown("ours", &ours), other),
        Err(Unreachable::Register),
        "they are somebody else"
    );
    assert_eq!(
        asks(shown("ours", &ours), None),
        Err(Unreachable::Register),
        "the system knows them not"
    );
    assert_eq!(office.times_asked(), 1, "nobody's number was sent to or by a stranger");
}
