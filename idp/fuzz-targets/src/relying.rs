//! Relying parties: authorization requests, how clients prove themselves, JWTs and key sets.

use std::path::Path;
use std::sync::LazyLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use idp::config::parties::{Parties, Pkce};
use idp::domain::time::{Span, Time};
use idp::entropy::Entropy;
use idp::oidc::protocol::client::{Audience, Presented, verify_assertion};
use idp::oidc::protocol::{AuthorizationRequest, House, Params, Refused, WireError};
use idp::vault::signing::TYP_JWT;
use idp::vault::{MasterKey, Vault};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use saml_core::xml::{Doc, Limits};
use serde_json::{Value, json};

use crate::text;

const ISSUER: &str = "https://eid.example";
const TOKEN_ENDPOINT: &str = "https://eid.example/oidc/token";
const CLIENT: &str = "lab";
const NOW: Time = Time::from_secs(1_795_348_800);
const SKEW: Span = Span::secs(180);

static PARTIES: LazyLock<Parties> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/demo/parties");
    Parties::load_dir(&folder, true).expect("the demo's parties")
});

static VAULT: LazyLock<Vault> = LazyLock::new(|| {
    idp::vault::install_crypto();
    let rng = Entropy::seeded(7);
    let vault = Vault::new(&MasterKey::generate(&rng), [7; 16]);
    let keys = vault.rotate_keys(Vec::new(), "fuzz", NOW, false, &rng).expect("keys");
    vault.load_keys(keys.rows).expect("keys load");
    vault
});

/// A client's own key: what it signs with, and what it has registered.
static CLIENT_KEY: LazyLock<(EncodingKey, Value)> = LazyLock::new(|| {
    idp::vault::install_crypto();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).expect("a key");
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref()).expect("a key");
    let point = pair.public_key().as_ref();
    let part = |range: std::ops::Range<usize>| BASE64_URL_SAFE_NO_PAD.encode(&point[range]);
    let jwk = json!({"kty": "EC", "crv": "P-256", "alg": "ES256", "kid": "1", "x": part(1..33), "y": part(33..65)});
    (EncodingKey::from_ec_der(pkcs8.as_ref()), json!({"keys": [jwk]}))
});

fn audience() -> Audience<'static> {
    Audience {
        issuer: ISSUER,
        token_endpoint: TOKEN_ENDPOINT,
    }
}

/// The query of the authorization endpoint: an answer goes to a registered address or nowhere.
pub fn authorization_request(data: &[u8]) {
    let Some(params) = text(data).and_then(|query| Params::parse(query).ok()) else {
        return;
    };
    let id_token = |token: &str| VAULT.verify_own_jwt(token, TYP_JWT, NOW);
    let house = House {
        parties: &PARTIES,
        issuer: ISSUER,
        id_token: &id_token,
    };
    let client = params.get("client_id").and_then(|id| PARTIES.by_client(id));
    let registered = |uri: &str| {
        let client = client
            .and_then(|party| party.oidc.as_ref())
            .expect("a client that is answered is known");
        client.redirect_uris.iter().any(|known| known == uri)
    };
    match AuthorizationRequest::read(&params, &house) {
        Ok(asked) => {
            assert!(registered(&asked.answer.redirect_uri));
            assert!(asked.scope.has("openid"));
            let oidc = asked.party.oidc.as_ref().expect("a client");
            let spared = match oidc.pkce {
                Pkce::Required => false,
                Pkce::Optional => asked.nonce.is_some(),
                Pkce::Unasked => true,
            };
            assert!(asked.challenge.is_some() || spared);
            assert!(asked.must_be.is_none(), "no ID token of ours is in any corpus");
            assert!(asked.hint.is_none_or(|hint| hint.len() <= 64));
            leads_where_it_should(
                &asked.answer.url(&asked.answer.code(ISSUER, "code")),
                &asked.answer.redirect_uri,
            );
        }
        Err(Refused::Client(answer, error)) => {
            assert!(registered(&answer.redirect_uri));
            leads_where_it_should(&answer.url(&answer.error(ISSUER, &error)), &answer.redirect_uri);
        }
        Err(Refused::Page(_)) => {}
    }
}

fn leads_where_it_should(url: &str, registered: &str) {
    let (url, registered) = (
        url::Url::parse(url).expect("an address"),
        url::Url::parse(registered).expect("an address"),
    );
    assert_eq!((url.origin(), url.path()), (registered.origin(), registered.path()));
    assert_eq!(url.fragment(), registered.fragment());
    assert!(url.query_pairs().any(|(name, value)| name == "iss" && value == ISSUER));
}

/// A request at the back door: the first line is the Authorization header (empty for none), the rest the form.
pub fn token_request(data: &[u8]) {
    let Some((header, body)) = text(data).map(|data| data.split_once('\n').unwrap_or(("", data))) else {
        return;
    };
    let Ok(form) = Params::parse(body) else { return };
    assert!(form.repeated().is_none_or(|name| form.repeats(name)));
    let header = (!header.is_empty()).then_some(header);
    let Ok(presented) = Presented::read(header, &form) else {
        return;
    };
    if let Some(id) = form.get("client_id") {
        assert_eq!(id, presented.id(), "a client that is taken for another");
    }
    // What is logged of it: the name and the way, never the secret.
    let shown = format!("Presented({}, {})", presented.id(), presented.method().as_str());
    assert_eq!(format!("{presented:?}"), shown);
    if let Presented::Assertion { id, token } = &presented {
        let _refused = verify_assertion(token, id, &CLIENT_KEY.1, audience(), SKEW, NOW);
    }
}

/// A JWT that somebody brings: as an ID token or access token of ours, as a client's assertion. None is genuine.
pub fn jwt(data: &[u8]) {
    let Some(token) = text(data) else { return };
    for typ in [TYP_JWT, "at+jwt", "logout+jwt"] {
        assert!(VAULT.verify_own_jwt(token, typ, NOW).is_none(), "a forged {typ}");
    }
    assert!(verify_assertion(token, CLIENT, &CLIENT_KEY.1, audience(), SKEW, NOW).is_err());
}

/// The claims of an assertion that the client has really signed: it proves itself, to us, now, and nobody else.
pub fn assertion_claims(data: &[u8]) {
    let Ok(claims) = serde_json::from_slice::<Value>(data) else {
        return;
    };
    let Ok(token) = jsonwebtoken::encode(&Header::new(Algorithm::ES256), &claims, &CLIENT_KEY.0) else {
        return;
    };
    let Ok(once) = verify_assertion(&token, CLIENT, &CLIENT_KEY.1, audience(), SKEW, NOW) else {
        return;
    };
    assert_eq!(
        (claims["iss"].as_str(), claims["sub"].as_str()),
        (Some(CLIENT), Some(CLIENT))
    );
    assert_eq!(claims["jti"].as_str(), Some(once.jti.as_str()));
    assert!(NOW < once.until && once.until <= NOW + Span::minutes(5) + SKEW + SKEW);
    let aud = claims["aud"].as_str().or(claims["aud"][0].as_str());
    assert!(aud == Some(ISSUER) || aud == Some(TOKEN_ENDPOINT));
}

/// A client's registered key set, with a token that was signed by none of it.
pub fn jwks(data: &[u8]) {
    static TOKEN: LazyLock<String> = LazyLock::new(|| {
        let claims = json!({
            "iss": CLIENT, "sub": CLIENT, "aud": ISSUER, "jti": "1", "exp": (NOW + Span::minutes(4)).secs(),
        });
        jsonwebtoken::encode(&Header::new(Algorithm::ES256), &claims, &CLIENT_KEY.0).expect("signed")
    });
    assert!(verify_assertion(&TOKEN, CLIENT, &CLIENT_KEY.1, audience(), SKEW, NOW).is_ok());
    let Ok(keys) = serde_json::from_slice::<Value>(data) else {
        return;
    };
    let verdict = verify_assertion(&TOKEN, CLIENT, &keys, audience(), SKEW, NOW);
    assert_eq!(
        verdict,
        Err(WireError::new(
            idp::oidc::protocol::ErrorCode::InvalidClient,
            "the client did not prove itself"
        ))
    );
}

/// A message of the PID service's classic form: no more questions than a call may have, and the answer is XML that is read again.
pub fn pid_request(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let Some((questions, answer)) = idp::fuzzing::pid_request(text) else {
        return;
    };
    assert!((1..=100).contains(&questions));
    if let Some(answer) = answer {
        let read = Doc::parse(&answer, &Limits::message(answer.len())).expect("what we write is read");
        assert_eq!(read.root().all("", "response").count(), questions);
    }
}
