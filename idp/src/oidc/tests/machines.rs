//! Machines that prove themselves by a certificate (RFC 8705): who gets a token, what it is bound to, and whom it serves.

use std::path::Path;
use std::sync::LazyLock;

use actix_web::test::TestRequest;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use serde_json::Value;

use super::browser::Answer;
use super::parties::encoded;
use super::place::{KEYED, Place, basic};
use crate::ctx::{Ctx, Shown};
use crate::session::{NotIn, machine};
use crate::vault::sha256;

const PROXY: &str = "10.9.9.9:4711";

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority(name: &str) -> Authority {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate of this name until the end of that year; of its own where nobody issues it.
fn certificate(name: &str, until: i32, by: Option<&Authority>) -> Vec<u8> {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2000, 1, 1);
    params.not_after = date_time_ymd(until, 12, 31);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let key = KeyPair::generate().unwrap();
    let made = match by {
        Some(by) => params.signed_by(&key, by),
        None => params.self_signed(&key),
    };
    made.unwrap().der().to_vec()
}

struct Certificates {
    ours: Authority,
    issued: Vec<u8>,
    pinned: Vec<u8>,
    over: Vec<u8>,
}

static CERTIFICATES: LazyLock<Certificates> = LazyLock::new(|| {
    crate::vault::install_crypto();
    let ours = authority("Authority of machines");
    Certificates {
        issued: certificate("machine", 2070, Some(&ours)),
        pinned: certificate("own", 2070, None),
        over: certificate("own", 2001, None),
        ours,
    }
});

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `issued`, by authority and subject; `pinned`, by hash, of which one is over.
pub(super) fn register(folder: &Path) {
    let known = &*CERTIFICATES;
    std::fs::write(folder.join("machines.pem"), known.ours.pem()).unwrap();
    let pins: Vec<_> = [&known.pinned, &known.over].map(|one| hex(&sha256(one))).to_vec();
    let of_client = [
        (
            "issued",
            "auth = \"tls_client_auth\"\ntls_subject = \"CN=machine\"\ntls_ca_path = \"machines.pem\"".to_owned(),
        ),
        (
            "pinned",
            format!(
                "auth = \"self_signed_tls_client_auth\"\ntls_certificate_sha256 = {pins:?}\naccess_token = \"jwt\""
            ),
        ),
    ];
    for (id, of_client) in of_client {
        let file = format!(
            "kind = \"public\"\ndemo = true\npid_service = \"match\"\n[name]\nda = \"Maskinen {id}\"\nen = \"Machine {id}\"\n\
             [oidc]\n{of_client}\ngrants = [\"client_credentials\"]\nscopes = [\"pid_service\"]\n"
        );
        std::fs::write(folder.join(format!("{id}.toml")), file).unwrap();
    }
}

/// A machine's request for a token, through a peer, with these lines of the header.
fn asks(place: &Place, id: &str, peer: &str, lines: &[&str]) -> Answer {
    let fields = [
        ("grant_type", "client_credentials"),
        ("scope", "pid_service"),
        ("client_id", id),
    ];
    let form = ("content-type", "application/x-www-form-urlencoded");
    let mut request = TestRequest::post().uri("/oidc/token").insert_header(form);
    for line in lines {
        request = request.append_header(("client-cert", *line));
    }
    place.call_from(peer, request.set_payload(encoded(&fields)))
}

fn line(der: &[u8]) -> String {
    format!(":{}:", STANDARD.encode(der))
}

/// As nginx writes it.
fn escaped(der: &[u8]) -> String {
    let pem = format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        STANDARD.encode(der)
    );
    pem.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn token(place: &Place, id: &str, der: &[u8]) -> Value {
    let answer = asks(place, id, PROXY, &[&line(der)]);
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()["access_token"].clone()
}

#[test]
fn a_machine_gets_a_token_by_its_certificate_and_the_token_is_bound_to_it() {
    let place = Place::new();
    let known = &*CERTIFICATES;
    let given = asks(&place, "issued", PROXY, &[&escaped(&known.issued)]);
    assert_eq!(given.status, 200, "{}", given.body);
    let opaque = given.json()["access_token"].clone();
    assert_eq!(place.stored(&opaque).bound_to, Some(sha256(&known.issued)));
    let told = place.posts(KEYED, "/oidc/introspect", &[("token", opaque.as_str().unwrap())]);
    let mark = URL_SAFE_NO_PAD.encode(sha256(&known.issued));
    assert_eq!(told.json()["cnf"]["x5t#S256"], mark, "{}", told.body);
    // Another certificate of the same name from the same authority is its own, too: that is what the file says.
    token(&place, "issued", &certificate("machine", 2069, Some(&known.ours)));
    let jwt = token(&place, "pinned", &known.pinned);
    let mark = URL_SAFE_NO_PAD.encode(sha256(&known.pinned));
    assert_eq!(super::place::claims(&jwt)["cnf"]["x5t#S256"], mark);
}

#[test]
fn whoever_shows_anything_else_gets_nothing() {
    let place = Place::new();
    let known = &*CERTIFICATES;
    let (right, pinned) = (line(&known.issued), line(&known.pinned));
    let same_name = line(&certificate("machine", 2070, Some(&authority("Authority of machines"))));
    let other_name = line(&certificate("machine2", 2070, Some(&known.ours)));
    let over = line(&certificate("machine", 2001, Some(&known.ours)));
    let alone = line(&certificate("machine", 2070, None));
    let authoritys = line(known.ours.der());
    let twin = line(&certificate("own", 2070, None));
    let pinned_and_over = line(&known.over);
    let cases: [(&str, &str, &str, &[&str]); 15] = [
        ("no certificate", "issued", PROXY, &[]),
        ("another authority of that name", "issued", PROXY, &[&same_name]),
        ("the right authority, another subject", "issued", PROXY, &[&other_name]),
        ("over", "issued", PROXY, &[&over]),
        ("nobody issued it", "issued", PROXY, &[&alone]),
        ("the authority's own", "issued", PROXY, &[&authoritys]),
        ("another client's", "issued", PROXY, &[&pinned]),
        ("another client's", "pinned", PROXY, &[&right]),
        ("of the same name", "pinned", PROXY, &[&twin]),
        ("known, and over", "pinned", PROXY, &[&pinned_and_over]),
        ("two", "issued", PROXY, &[&right, &right]),
        ("no certificate at all", "issued", PROXY, &["hello"]),
        ("nobody of that name", "nobody", PROXY, &[&right]),
        ("from no proxy of ours", "issued", "127.0.0.1:50000", &[&right]),
        ("from no proxy of ours", "pinned", "192.0.2.1:50000", &[&pinned]),
    ];
    for (what, id, peer, lines) in cases {
        let answer = asks(&place, id, peer, lines);
        // Plain http from afar is not answered at all; everybody else is told the same.
        let told = answer.status == 401 && answer.error() == "invalid_client";
        assert!(
            told || peer.starts_with("192."),
            "{what}: {} {}",
            answer.status,
            answer.body
        );
        assert!(!answer.body.contains("access_token"), "{what}: {}", answer.body);
    }
    // A secret is no certificate, and a certificate is no secret.
    let form = [("grant_type", "client_credentials"), ("scope", "pid_service")];
    for (id, secret) in [("issued", "issued-secret"), ("alpha", "")] {
        let request = TestRequest::post().uri("/oidc/token").insert_header(basic(id, secret));
        let request = request.insert_header(("content-type", "application/x-www-form-urlencoded"));
        let request = request.insert_header(("client-cert", right.as_str()));
        let answer = place.call_from(PROXY, request.set_payload(encoded(&form)));
        assert_eq!(answer.error(), "invalid_client", "{id}: {}", answer.body);
    }
}

/// A token that was taken from its machine is worth nothing in other hands.
#[test]
fn a_bound_token_serves_whoever_shows_that_certificate() {
    let place = Place::new();
    let known = &*CERTIFICATES;
    let bound = token(&place, "issued", &known.issued);
    let with = |der: Option<&[u8]>| {
        let mut ctx: Ctx = place.house.ctx();
        ctx.caller.certificate = der.map(|der| Shown::new(vec![der.to_vec()]));
        let (store, parties) = (&place.oidc.store, &place.oidc.parties);
        let token = bound.as_str().unwrap();
        let found = actix_web::rt::System::new().block_on(machine(store, parties, &ctx, (token, "pid_service")));
        found.unwrap().map(|party| party.id.clone())
    };
    assert_eq!(with(Some(&known.issued)), Ok("issued".to_owned()));
    assert_eq!(with(None), Err(NotIn::Token));
    assert_eq!(with(Some(&known.pinned)), Err(NotIn::Token));
    let renewed = certificate("machine", 2070, Some(&known.ours));
    assert_eq!(
        with(Some(&renewed)),
        Err(NotIn::Token),
        "of the same name, and another one"
    );
}

/// What is taken out of the party's file counts no longer, whatever was given for it before.
#[test]
fn a_bound_token_ends_with_its_certificates_place_in_the_file() {
    let place = Place::new();
    let known = &*CERTIFICATES;
    let bound = token(&place, "issued", &known.issued);
    let ctx = |der: Option<&[u8]>| {
        let mut ctx: Ctx = place.house.ctx();
        ctx.caller.certificate = der.map(|der| Shown::new(vec![der.to_vec()]));
        ctx
    };
    let with = |ctx: Ctx, token: &str| {
        let (store, parties) = (&place.oidc.store, &place.oidc.parties);
        let found = actix_web::rt::System::new().block_on(machine(store, parties, &ctx, (token, "pid_service")));
        found.unwrap().map(|party| party.id.clone())
    };
    // A token from before its party was registered with certificates is bound to none.
    let mut unbound = place.stored(&bound);
    unbound.hash = sha256(b"of before");
    unbound.bound_to = None;
    place.house.act(move |tx| tx.tokens().insert(&unbound));
    assert_eq!(with(ctx(Some(&known.issued)), "of before"), Err(NotIn::Token));

    let folder = tempfile::tempdir().unwrap();
    register(folder.path());
    let file = folder.path().join("issued.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("CN=machine", "CN=another")).unwrap();
    let bound = bound.as_str().unwrap();
    assert_eq!(with(ctx(Some(&known.issued)), bound), Ok("issued".to_owned()));
    let changed = crate::config::parties::Parties::load_dir(folder.path(), true).unwrap();
    place.oidc.parties.swap(changed);
    assert_eq!(with(ctx(Some(&known.issued)), bound), Err(NotIn::Token));
}

#[test]
fn discovery_tells_the_methods_where_certificates_can_be_shown() {
    use crate::oidc::protocol::discovery::document;
    let methods = |here: bool, of: &str| {
        let told = document("https://idp.example", here);
        told[format!("{of}_endpoint_auth_methods_supported")].to_string()
    };
    for of in ["token", "introspection", "revocation"] {
        assert!(methods(true, of).contains("\"tls_client_auth\",\"self_signed_tls_client_auth\""));
        assert!(!methods(false, of).contains("tls_client_auth"));
        assert_eq!(methods(true, of).contains("none"), of != "introspection");
    }
    let bound = "tls_client_certificate_bound_access_tokens";
    assert_eq!(document("https://idp.example", true)[bound], true);
    assert!(document("https://idp.example", false).get(bound).is_none());
}
