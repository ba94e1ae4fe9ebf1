//! What is said on the wire: built, signed, parsed, verified; each beside the bare signature or verification.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey};
use bench::ratio::{over, table};
use chrono::{TimeDelta, Utc};
use criterion::{Criterion, criterion_group};
use idp::domain::assurance::{Level, Method};
use idp::domain::time::Time;
use idp::entropy::Entropy;
use idp::oidc::protocol::claims::{IdToken, acr, amr, at_hash};
use idp::vault::signing::{Alg, TYP_JWT};
use idp::vault::{MasterKey, Vault};
use saml_core::authn_request::AuthnRequest;
use saml_core::key::{SigningKey, TrustedKeys};
use saml_core::name_id::NameId;
use saml_core::ns::{attr_format, context_class, format};
use saml_core::response::{Assertion, Attribute, Authentication, Conditions, Confirmation, Response, Sealing, Signed};
use saml_core::status::Status;
use saml_core::xml::Limits;
use saml_core::{Id, Kind, redirect};

const NOW: Time = Time::from_secs(1_795_348_800);
const MESSAGE: [u8; 600] = [0x61; 600];
const LIMITS: Limits = Limits {
    bytes: 65_536,
    depth: 32,
    attributes_per_element: 32,
    attributes: 512,
    comments: false,
};
const IDP: &str = "https://eid.example/saml/metadata";
const SP: &str = "https://skat.example/saml";
const ACS: &str = "https://skat.example/saml/acs";

fn id_token() -> IdToken {
    IdToken {
        iss: "https://eid.example".into(),
        sub: "2f1fd4ee-3a4b-4ef2-9f4c-0e5c8b7f6a55".into(),
        aud: "borger".into(),
        exp: NOW.secs() + 300,
        iat: NOW.secs(),
        auth_time: NOW.secs(),
        nonce: Some("n-0S6_WzA2Mj".repeat(3)),
        acr: acr(Level::Substantial),
        amr: amr(&[Method::Password, Method::Keycard]),
        at_hash: at_hash("an access token of 43 characters, as ours are"),
        sid: "session-session-session-session-session-ses".into(),
        pid: Some("9208-2002-2-123456789012".into()),
        customer_ref: None,
    }
}

fn tokens(c: &mut Criterion) {
    let rng = Entropy::seeded(2);
    let vault = Vault::new(&MasterKey::generate(&rng), [7; 16]);
    let keys = vault.rotate_keys(Vec::new(), "bench", NOW, true, &rng).unwrap();
    vault.load_keys(keys.rows).unwrap();
    let mut group = c.benchmark_group("id-token");
    for (name, alg) in [("rs256", Alg::Rs256), ("es256", Alg::Es256)] {
        group.bench_function(name, |b| {
            b.iter(|| vault.sign_jwt(alg, TYP_JWT, &id_token(), NOW).unwrap());
        });
    }
    let token = vault.sign_jwt(Alg::Rs256, TYP_JWT, &id_token(), NOW).unwrap();
    group.bench_function("own-again", |b| {
        b.iter(|| vault.verify_own_jwt(&token, TYP_JWT, NOW).unwrap());
    });
    group.finish();
}

fn key() -> (Vec<u8>, Vec<u8>) {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
    let certificate = rcgen::CertificateParams::new(Vec::new())
        .unwrap()
        .self_signed(&key)
        .unwrap();
    (key.serialize_der(), certificate.der().to_vec())
}

fn response() -> Response {
    let (now, attribute) = (Utc::now(), "https://data.gov.dk/model/core/eid/person/attribute");
    let soon = now + TimeDelta::minutes(5);
    Response {
        id: Id::from_random([2; 20]),
        in_response_to: Some("_request0123456789abcdef0123456789abcdef".into()),
        issue_instant: now,
        destination: ACS.into(),
        issuer: IDP.into(),
        status: Status::success(),
        assertion: Some(Assertion {
            id: Id::from_random([1; 20]),
            issue_instant: now,
            issuer: IDP.into(),
            name_id: NameId::new("2f1fd4ee-3a4b-4ef2-9f4c-0e5c8b7f6a55", format::PERSISTENT),
            confirmation: Confirmation {
                recipient: ACS.into(),
                not_on_or_after: soon,
                in_response_to: "_request0123456789abcdef0123456789abcdef".into(),
            },
            conditions: Conditions {
                not_before: now,
                not_on_or_after: soon,
                audience: SP.into(),
            },
            authentication: Authentication {
                instant: now,
                session_index: "session-session-session-session-session-ses".into(),
                session_not_on_or_after: Some(now + TimeDelta::hours(8)),
                class: context_class::PASSWORD_PROTECTED_TRANSPORT.into(),
            },
            attributes: (0..6)
                .map(|n| Attribute::new(&format!("{attribute}{n}"), attr_format::URI, "Åse Ærlig"))
                .collect(),
        }),
    }
}

fn saml(c: &mut Criterion) {
    let (pkcs8, certificate) = key();
    let signing = SigningKey::from_pkcs8(&pkcs8, &certificate).unwrap();
    let trusted = TrustedKeys::from_certificates([certificate.as_slice()]).unwrap();
    let mut group = c.benchmark_group("saml");
    let sealing = Sealing {
        key: &signing,
        signed: Signed::Assertion,
        encrypt: None,
    };
    let response = response();
    group.bench_function("response", |b| b.iter(|| response.seal(&sealing).unwrap()));
    let request = AuthnRequest::new(
        &Id::from_random([3; 20]),
        Utc::now(),
        SP,
        "https://eid.example/saml/sso",
        ACS,
    );
    let xml = request.elem().write().unwrap();
    let url = redirect::encode(
        "https://eid.example/saml/sso",
        Kind::Request,
        &xml,
        Some("relay"),
        Some(&signing),
    )
    .unwrap();
    let query = url.split_once('?').unwrap().1;
    group.bench_function("authn-request", |b| {
        b.iter(|| {
            let incoming = redirect::decode(query, &LIMITS).unwrap();
            let verified = incoming.verify(&trusted).unwrap();
            AuthnRequest::read(verified).unwrap()
        });
    });
    let (bare, rng) = (RsaKeyPair::from_pkcs8(&pkcs8).unwrap(), SystemRandom::new());
    let mut signature = vec![0; bare.public_modulus_len()];
    group.bench_function("rsa2048", |b| {
        b.iter(|| bare.sign(&RSA_PKCS1_SHA256, &rng, &MESSAGE, &mut signature).unwrap());
    });
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, bare.public_key().as_ref());
    group.bench_function("rsa2048-verify", |b| {
        b.iter(|| public.verify(&MESSAGE, &signature).unwrap())
    });
    let p256 = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    group.bench_function("p256", |b| b.iter(|| p256.sign(&rng, &MESSAGE).unwrap()));
    group.finish();
}

criterion_group!(all, tokens, saml);

fn main() {
    all();
    Criterion::default().configure_from_args().final_summary();
    println!(
        "{}",
        table(&[
            over("id-token/rs256", "saml/rsa2048"),
            over("id-token/es256", "saml/p256"),
            over("id-token/own-again", "saml/rsa2048-verify"),
            over("saml/response", "saml/rsa2048"),
            over("saml/authn-request", "saml/rsa2048-verify"),
        ])
    );
}
