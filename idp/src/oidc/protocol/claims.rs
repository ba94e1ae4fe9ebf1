//! What our tokens and the userinfo answer say. Our own structs: each field is there for a clause of a specification or for
//! what the party is registered to know.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::domain::assurance::{Level, Method, nsis_loa_uri};
use crate::login::Released;

/// An ID token (OpenID Connect Core §2).
#[derive(Clone, Debug, Serialize)]
pub struct IdToken {
    /// Our name.
    pub iss: String,
    /// The party's own name for the person.
    pub sub: String,
    /// The client.
    pub aud: String,
    /// Seconds.
    pub exp: i64,
    /// Seconds.
    pub iat: i64,
    /// When the person proved themself.
    pub auth_time: i64,
    /// As the request had it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// NSIS level.
    pub acr: &'static str,
    /// How (RFC 8176).
    pub amr: Vec<&'static str>,
    /// Binds the access token that came with it.
    pub at_hash: String,
    /// The party's name for the session.
    pub sid: String,
    /// The public number, where asked for and registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pid: Option<String>,
    /// What this bank calls its customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_ref: Option<String>,
}

/// A JWT access token (RFC 9068 §2.2).
#[derive(Clone, Debug, Serialize)]
pub struct AccessClaims {
    /// Our name.
    pub iss: String,
    /// The person's name at this party; the client itself where nobody logged in.
    pub sub: String,
    /// Where it is good: at our own resources.
    pub aud: String,
    /// Seconds.
    pub exp: i64,
    /// Seconds.
    pub iat: i64,
    /// Its id.
    pub jti: String,
    /// Whom it was given to.
    pub client_id: String,
    /// What for.
    pub scope: String,
    /// When the person proved themself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
    /// NSIS level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<&'static str>,
    /// The certificate that it is bound to (RFC 8705 §3.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cnf: Option<Value>,
}

/// `cnf`: whoever brings the token shows the certificate of this SHA-256 (RFC 8705 §3.1).
#[must_use]
pub fn confirmation(mark: &[u8; 32]) -> Value {
    json!({ "x5t#S256": URL_SAFE_NO_PAD.encode(mark) })
}

/// A logout token (OpenID Connect Back-Channel Logout §2.4).
#[derive(Clone, Debug, Serialize)]
pub struct LogoutToken {
    /// Our name.
    pub iss: String,
    /// The client.
    pub aud: String,
    /// Seconds.
    pub iat: i64,
    /// Seconds.
    pub exp: i64,
    /// Its id: the same at every try to deliver it.
    pub jti: String,
    /// The party's name for the person.
    pub sub: String,
    /// The party's name for the session.
    pub sid: String,
    /// What it is.
    pub events: Value,
}

/// The one event of a logout token.
#[must_use]
pub fn logout_event() -> Value {
    json!({"http://schemas.openid.net/event/backchannel-logout": {}})
}

/// `acr`.
#[must_use]
pub fn acr(level: Level) -> &'static str {
    nsis_loa_uri(level)
}

/// `amr`: each factor, and `mfa` where there were several.
#[must_use]
pub fn amr(methods: &[Method]) -> Vec<&'static str> {
    let mut words: Vec<_> = methods.iter().map(|method| method.amr()).collect();
    if methods.len() > 1 {
        words.push("mfa");
    }
    words
}

/// The left half of the token's SHA-256 (both our algorithms hash with SHA-256).
#[must_use]
pub fn at_hash(access_token: &str) -> String {
    URL_SAFE_NO_PAD.encode(&digest(&SHA256, access_token.as_bytes()).as_ref()[..16])
}

/// The userinfo answer: exactly what was released. Nothing was verified by us beyond the register's data, and mail address
/// and number are what the person gave.
#[must_use]
pub fn userinfo(released: &Released) -> Value {
    let mut claims = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            claims.insert(name.to_owned(), value);
        }
    };
    put("sub", Some(json!(released.sub)));
    put("pid", released.pid.as_ref().map(|pid| json!(pid.as_str())));
    put("name", released.name.as_ref().map(|name| json!(name)));
    put("cpr", released.cpr.as_ref().map(|cpr| json!(cpr)));
    put("birthdate", released.birth_date.map(|date| json!(date.to_string())));
    put("email", released.email.as_ref().map(|email| json!(email)));
    put("email_verified", released.email.as_ref().map(|_| json!(false)));
    put("phone_number", released.phone.as_ref().map(|phone| json!(phone)));
    put("phone_number_verified", released.phone.as_ref().map(|_| json!(false)));
    put(
        "address",
        released.address.as_ref().map(|address| json!({ "formatted": address })),
    );
    put(
        "customer_ref",
        released.customer_ref.as_ref().map(|customer| json!(customer)),
    );
    Value::Object(claims)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// OpenID Connect Core, appendix A.3: the access token and its `at_hash`.
    #[test]
    fn at_hash_as_in_the_specification() {
        assert_eq!(
            at_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"),
            "77QmUPtjPfzWtF2AnpK9RQ"
        );
    }

    #[test]
    fn methods_in_registered_words() {
        assert_eq!(amr(&[Method::Password]), ["pwd"]);
        assert_eq!(amr(&[Method::Password, Method::Keycard]), ["pwd", "otp", "mfa"]);
    }

    #[test]
    fn userinfo_says_only_what_was_released() {
        let nobody = Released {
            sub: "s".into(),
            ..Released::default()
        };
        assert_eq!(userinfo(&nobody), json!({"sub": "s"}));
        let some = Released {
            address: Some("Vej 1".into()),
            email: Some("a@b.dk".into()),
            ..nobody
        };
        assert_eq!(
            userinfo(&some),
            json!({"sub": "s", "email": "a@b.dk", "email_verified": false, "address": {"formatted": "Vej 1"}})
        );
    }
}
