//! The clients of the tests: one of each kind, their party files, and what each asks.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::EncodingKey;
use serde_json::{Value, json};

use super::{machines, tax};
use crate::config::parties::Parties;
use crate::oidc::resume::sha256;

/// How a client proves itself.
#[derive(Clone, Copy)]
pub(super) enum Proof {
    Basic,
    Post,
    Assertion,
    Name,
}

/// A client; its secret is its name with `-secret`.
#[derive(Clone, Copy)]
pub(super) struct Client {
    pub(super) id: &'static str,
    pub(super) proof: Proof,
}

pub(super) const ALPHA: Client = client("alpha", Proof::Basic);
pub(super) const BETA: Client = client("beta", Proof::Post);
/// Proves itself by signed assertions; a resource server that may introspect everybody's tokens.
pub(super) const KEYED: Client = client("keyed", Proof::Assertion);
/// A page in a browser, without a server.
pub(super) const PAGE: Client = client("page", Proof::Name);
/// PKCE is optional, access tokens are JWTs.
pub(super) const LOOSE: Client = client("loose", Proof::Basic);
/// Its ID tokens are signed by ES256.
pub(super) const CURVED: Client = client("curved", Proof::Basic);
/// Content with user-ID and password.
pub(super) const EASY: Client = client("easy", Proof::Basic);
/// Shares no session.
pub(super) const ALONE: Client = client("alone", Proof::Basic);

const fn client(id: &'static str, proof: Proof) -> Client {
    Client { id, proof }
}

/// What each client's file says beyond the common part.
const CLIENTS: &[(&str, &str, &str)] = &[
    ("alpha", "", "secret = \"alpha-secret\""),
    ("beta", "", "auth = \"client_secret_post\"\nsecret = \"beta-secret\""),
    (
        "keyed",
        "",
        "auth = \"private_key_jwt\"\njwks_path = \"keyed.jwks.json\"\nintrospect = true",
    ),
    ("page", "", "auth = \"none\"\ncors_origins = [\"https://page.example\"]"),
    (
        "loose",
        "",
        "secret = \"loose-secret\"\npkce = \"optional\"\naccess_token = \"jwt\"",
    ),
    ("curved", "", "secret = \"curved-secret\"\nid_token_alg = \"ES256\""),
    ("easy", "least = \"low\"", "secret = \"easy-secret\""),
    ("alone", "sso = \"never\"", "secret = \"alone-secret\""),
];

/// The key of [`KEYED`], as a JWK and for signing.
pub(super) static KEY: LazyLock<(EncodingKey, Value)> = LazyLock::new(|| {
    crate::vault::install_crypto();
    let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
    let point = rcgen::PublicKeyData::der_bytes(&pair).to_vec();
    let part = |range| URL_SAFE_NO_PAD.encode(&point[range]);
    let jwk = json!({"kty": "EC", "crv": "P-256", "x": part(1..33), "y": part(33..65), "kid": "k1", "alg": "ES256"});
    (EncodingKey::from_ec_der(pair.serialized_der()), jwk)
});

/// An authorization request.
pub(super) struct Asked {
    pub(super) path: String,
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
}

impl Client {
    pub(super) fn redirect_uri(self) -> String {
        format!("https://{}.example/cb", self.id)
    }

    pub(super) fn post_logout_uri(self) -> String {
        format!("https://{}.example/bye", self.id)
    }

    /// An authorization request with everything that belongs to it; `more` replaces parameters, an empty value leaves one out.
    pub(super) fn asks(self, scope: &str, more: &[(&str, &str)]) -> Asked {
        let (state, nonce) = (format!("state of {}", self.id), format!("nonce-{}", self.id));
        let verifier = format!("verifier-of-{}-which-is-43-characters-or-more", self.id);
        let (challenge, uri) = (challenge(&verifier), self.redirect_uri());
        let ordinary = [
            ("response_type", "code"),
            ("client_id", self.id),
            ("redirect_uri", &uri),
            ("scope", scope),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let kept = ordinary
            .iter()
            .filter(|(name, _)| !more.iter().any(|(other, _)| other == name));
        let added = more.iter().filter(|(_, value)| !value.is_empty());
        Asked {
            path: format!("/oidc/authorize?{}", encoded(kept.chain(added))),
            state,
            nonce,
            verifier,
        }
    }
}

pub(super) fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(sha256(verifier))
}

pub(super) fn encoded<'a>(pairs: impl IntoIterator<Item = &'a (&'a str, &'a str)>) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

/// Writes party files and reads them as the operator's.
pub(super) fn parties(backchannels: &[(&str, String)], apart: &[&str]) -> Parties {
    let folder = tempfile::tempdir().unwrap();
    let keys = json!({"keys": [KEY.1]}).to_string();
    std::fs::write(folder.path().join("keyed.jwks.json"), keys).unwrap();
    for (id, of_party, of_client) in CLIENTS {
        let told = backchannels
            .iter()
            .find(|(client, _)| client == id)
            .map(|(_, uri)| format!("backchannel_logout_uri = \"{uri}\"\n"))
            .unwrap_or_default();
        let grants = match *id {
            "page" => "[\"authorization_code\", \"refresh_token\"]",
            _ => "[\"authorization_code\", \"refresh_token\", \"client_credentials\"]",
        };
        let group = if apart.contains(id) { "sso = \"apart\"\n" } else { "" };
        let file = format!(
            "kind = \"public\"\ndemo = true\nsector = \"{id}\"\n{of_party}\n{group}claims = [\"pid\", \"name\", \"birthdate\"]\n\
             [name]\nda = \"Tjenesten {id}\"\nen = \"Service {id}\"\n[oidc]\nclient_id = \"{id}\"\n{of_client}\n\
             redirect_uris = [\"https://{id}.example/cb\"]\npost_logout_redirect_uris = [\"https://{id}.example/bye\"]\n\
             grants = {grants}\nscopes = [\"openid\", \"profile\", \"pid\", \"offline_access\"]\n{told}"
        );
        std::fs::write(folder.path().join(format!("{id}.toml")), file).unwrap();
    }
    tax::register(folder.path(), apart);
    machines::register(folder.path());
    Parties::load_dir(folder.path(), true).unwrap()
}
