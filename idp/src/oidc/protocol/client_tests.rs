//! Client authentication: what proves and what does not.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::json;

use super::*;
use crate::entropy::Entropy;
use crate::vault::{MasterKey, Vault};

const NOW: Time = Time::from_secs(1_800_000_000);
const WE: Audience<'static> = Audience {
    issuer: "https://idp.example",
    token_endpoint: "https://idp.example/oidc/token",
};

fn form(text: &str) -> Params {
    Params::parse(text).unwrap()
}

fn basic(text: &str) -> String {
    format!("Basic {}", STANDARD.encode(text))
}

#[test]
fn four_ways_are_told_apart() {
    let read = |header: Option<&str>, text: &str| Presented::read(header, &form(text)).unwrap();
    assert_eq!(
        read(Some(&basic("shop:s%2Bcret")), "").method(),
        ClientAuth::SecretBasic
    );
    assert_eq!(
        read(None, "client_id=shop&client_secret=x").method(),
        ClientAuth::SecretPost
    );
    assert_eq!(read(None, "client_id=shop").method(), ClientAuth::None);
    let Presented::Basic { id, secrets } = read(Some(&basic("a%3Ab:s%2Bcret")), "client_id=a%3Ab") else {
        panic!()
    };
    assert_eq!(
        (id.as_str(), secrets),
        ("a:b", ["s+cret".to_owned(), "s%2Bcret".to_owned()])
    );
}

#[test]
fn two_ways_at_once_or_none_are_refused() {
    for (header, text) in [
        (Some(basic("shop:x")), "client_id=shop&client_secret=x"),
        (Some(basic("shop:x")), "client_id=other"),
        (Some(basic("shop:x")), "client_assertion=x.y.z"),
        (Some(basic("shop")), ""),
        (Some("Basic !!!".into()), ""),
        (Some("Basic".into()), ""),
        (Some("Bearer abc".into()), ""),
        (Some(format!("Basic {}", STANDARD.encode([0xff, 0xfe, b':']))), ""),
        (None, ""),
        (None, "client_secret=x"),
        (None, "client_assertion=x.y.z"),
        (
            None,
            "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer",
        ),
        (
            None,
            "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=x",
        ),
    ] {
        assert!(
            Presented::read(header.as_deref(), &form(text)).is_err(),
            "{header:?} {text}"
        );
    }
}

/// A client's key: made here as any client would, as a JWK and for signing.
fn key() -> (EncodingKey, Value) {
    crate::vault::install_crypto();
    let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
    let point = rcgen::PublicKeyData::der_bytes(&pair).to_vec();
    let (x, y) = (
        URL_SAFE_NO_PAD.encode(&point[1..33]),
        URL_SAFE_NO_PAD.encode(&point[33..65]),
    );
    let jwk = json!({"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": "k1", "alg": "ES256"});
    (
        EncodingKey::from_ec_der(pair.serialized_der()),
        json!({ "keys": [jwk] }),
    )
}

fn good() -> Value {
    json!({"iss": "shop", "sub": "shop", "aud": WE.issuer, "jti": "j1", "iat": NOW.secs(), "exp": NOW.secs() + 60})
}

fn sign(claims: &Value, key: &EncodingKey) -> String {
    let mut header = Header::new(Algorithm::ES256);
    header.kid = Some("k1".into());
    encode(&header, claims, key).unwrap()
}

fn verify(token: &str, keys: &Value) -> Result<Once, WireError> {
    verify_assertion(token, "shop", keys, WE, Span::minutes(3), NOW)
}

#[test]
fn a_good_assertion_proves_once() {
    let (key, keys) = key();
    let once = verify(&sign(&good(), &key), &keys).unwrap();
    assert_eq!(
        once,
        Once {
            jti: "j1".into(),
            until: NOW + Span::secs(60 + 180)
        }
    );
    let mut to_endpoint = good();
    to_endpoint["aud"] = json!(WE.token_endpoint);
    assert!(verify(&sign(&to_endpoint, &key), &keys).is_ok());
    to_endpoint["aud"] = json!([WE.issuer]);
    assert!(verify(&sign(&to_endpoint, &key), &keys).is_ok());
}

#[test]
fn every_fault_is_refused_alike() {
    let (key, keys) = key();
    for (name, value) in [
        ("iss", json!("other")),
        ("iss", json!(null)),
        ("sub", json!("other")),
        ("aud", json!("https://other.example")),
        ("aud", json!([WE.issuer, "https://other.example"])),
        ("aud", json!(format!("{}/", WE.issuer))),
        ("aud", json!([])),
        ("aud", json!(null)),
        ("jti", json!(null)),
        ("jti", json!("")),
        ("jti", json!(7)),
        ("jti", json!("x".repeat(256))),
        ("exp", json!(null)),
        ("exp", json!("soon")),
        ("exp", json!(NOW.secs() - 181)),
        ("exp", json!(NOW.secs() + 481)),
        ("exp", json!(1e300)),
        ("iat", json!(NOW.secs() + 181)),
        ("iat", json!("now")),
        ("nbf", json!(NOW.secs() + 181)),
    ] {
        let mut claims = good();
        claims[name] = value.clone();
        assert_eq!(verify(&sign(&claims, &key), &keys), Err(NO), "{name} = {value}");
    }
}

#[test]
fn another_key_or_no_signature_does_not_prove() {
    let (key, keys) = key();
    let (other, _) = self::key();
    assert!(verify(&sign(&good(), &other), &keys).is_err());
    let token = sign(&good(), &key);
    let (head, rest) = token.split_once('.').unwrap();
    let body = rest.split_once('.').unwrap().0;
    let none = URL_SAFE_NO_PAD.encode(json!({"alg": "none"}).to_string());
    let hmac = encode(
        &Header::new(Algorithm::HS256),
        &good(),
        &EncodingKey::from_secret(keys.to_string().as_bytes()),
    )
    .unwrap();
    for forged in [
        format!("{none}.{body}."),
        format!("{head}.{body}."),
        hmac,
        String::new(),
        "a.b.c".into(),
    ] {
        assert!(verify(&forged, &keys).is_err(), "{forged}");
    }
    for keys in [
        json!({}),
        json!({"keys": []}),
        json!("keys"),
        json!({"keys": [{"kty": "oct", "k": "AA"}]}),
    ] {
        assert!(verify(&token, &keys).is_err());
    }
    let vault = Vault::new(&MasterKey::generate(&Entropy::seeded(1)), [0; 16]);
    assert!(
        vault
            .sign_jwt(crate::vault::signing::Alg::Es256, "JWT", &good(), NOW)
            .is_err()
    );
}
