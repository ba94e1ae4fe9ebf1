//! How a client proves itself at our back door (RFC 6749 §2.3, OpenID Connect Core §9, RFC 7523): parsing and the rules of
//! an assertion. Whether its `jti` is new is the memory's to say.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::error::{ErrorCode, WireError};
use super::params::{Params, decode as form_decode};
use crate::config::parties::ClientAuth;
use crate::domain::time::{Span, Time};
use crate::vault::jws::signed_claims;

/// The type of the assertion that we know (RFC 7523 §2.2).
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// An assertion that is good for longer could be kept and used later.
const ASSERTION_LIFE: Span = Span::minutes(5);
const JTI_BYTES: usize = 255;

/// What a client sent to prove itself.
#[derive(Clone, PartialEq, Eq)]
pub enum Presented {
    /// HTTP Basic. The specification has both parts form-encoded; clients that do not encode are understood too.
    Basic {
        /// As decoded.
        id: String,
        /// As decoded, and as it stood there.
        secrets: [String; 2],
    },
    /// Secret in the form.
    Post {
        /// `client_id`.
        id: String,
        /// `client_secret`.
        secret: String,
    },
    /// A signed assertion.
    Assertion {
        /// Its subject, unverified: which keys to verify with.
        id: String,
        /// The JWT.
        token: String,
    },
    /// Nothing but a name.
    Name {
        /// `client_id`.
        id: String,
    },
}

impl std::fmt::Debug for Presented {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Presented({}, {})", self.id(), self.method().as_str())
    }
}

const NO: WireError = WireError::new(ErrorCode::InvalidClient, "the client did not prove itself");

impl Presented {
    /// Reads header and form. One way of proving, not two.
    ///
    /// # Errors
    /// `invalid_request` for two ways at once, `invalid_client` for none or a broken one.
    pub fn read(authorization: Option<&str>, form: &Params) -> Result<Self, WireError> {
        let name = form.get("client_id");
        let assertion = form.get("client_assertion").or(form.get("client_assertion_type"));
        let ways = [
            authorization.is_some(),
            form.get("client_secret").is_some(),
            assertion.is_some(),
        ];
        if ways.into_iter().filter(|way| *way).count() > 1 {
            return Err(WireError::invalid("a client proves itself in one way only"));
        }
        let presented = match (authorization, form.get("client_secret"), assertion) {
            (Some(header), ..) => Self::basic(header)?,
            (_, Some(secret), _) => Self::Post {
                id: name.ok_or(NO)?.to_owned(),
                secret: secret.to_owned(),
            },
            (_, _, Some(_)) => Self::assertion(form)?,
            _ => Self::Name {
                id: name.ok_or(NO)?.to_owned(),
            },
        };
        if name.is_some_and(|name| name != presented.id()) {
            return Err(WireError::invalid("client_id is another one's"));
        }
        Ok(presented)
    }

    fn basic(header: &str) -> Result<Self, WireError> {
        let (scheme, code) = header.split_once(' ').ok_or(NO)?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return Err(NO);
        }
        let text = STANDARD
            .decode(code.trim())
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or(NO)?;
        let (id, secret) = text.split_once(':').ok_or(NO)?;
        let decoded = form_decode(secret).unwrap_or_default();
        Ok(Self::Basic {
            id: form_decode(id).map_err(|_| NO)?,
            secrets: [decoded, secret.to_owned()],
        })
    }

    fn assertion(form: &Params) -> Result<Self, WireError> {
        if form.get("client_assertion_type") != Some(ASSERTION_TYPE) {
            return Err(WireError::invalid("client_assertion_type is not supported"));
        }
        let token = form
            .get("client_assertion")
            .ok_or(WireError::invalid("client_assertion is missing"))?;
        // Nothing of this is believed: it only tells whose keys to verify with.
        let unverified = jsonwebtoken::dangerous::insecure_decode::<Value>(token)
            .map_err(|_| NO)?
            .claims;
        let id = unverified["sub"].as_str().ok_or(NO)?.to_owned();
        Ok(Self::Assertion {
            id,
            token: token.to_owned(),
        })
    }

    /// Who it claims to be.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Basic { id, .. } | Self::Post { id, .. } | Self::Assertion { id, .. } | Self::Name { id } => id,
        }
    }

    /// The way.
    #[must_use]
    pub fn method(&self) -> ClientAuth {
        match self {
            Self::Basic { .. } => ClientAuth::SecretBasic,
            Self::Post { .. } => ClientAuth::SecretPost,
            Self::Assertion { .. } => ClientAuth::PrivateKeyJwt,
            Self::Name { .. } => ClientAuth::None,
        }
    }
}

/// A verified assertion's single use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    /// The assertion's id.
    pub jti: String,
    /// Until when it must be remembered.
    pub until: Time,
}

/// Whom assertions are addressed to.
#[derive(Clone, Copy, Debug)]
pub struct Audience<'a> {
    /// Our name.
    pub issuer: &'a str,
    /// Our token endpoint.
    pub token_endpoint: &'a str,
}

/// Verifies an assertion with the client's registered keys.
///
/// # Errors
/// `invalid_client` for every fault, without saying which.
pub fn verify_assertion(
    token: &str,
    client_id: &str,
    keys: &Value,
    audience: Audience<'_>,
    skew: Span,
    now: Time,
) -> Result<Once, WireError> {
    let claims = signed_claims(token, keys).ok_or(NO)?;
    let text = |name: &str| claims[name].as_str();
    let number = |name: &str| {
        claims[name]
            .as_f64()
            .filter(|secs| secs.abs() < 1e11)
            .map(|secs| Time::from_secs(secs as i64))
    };
    let expires = number("exp").ok_or(NO)?;
    let jti = text("jti")
        .filter(|jti| !jti.is_empty() && jti.len() <= JTI_BYTES)
        .ok_or(NO)?;
    let ours = text("iss") == Some(client_id) && text("sub") == Some(client_id);
    let lives = now < expires + skew && expires <= now + ASSERTION_LIFE + skew;
    let begun = ["iat", "nbf"].into_iter().all(|name| match &claims[name] {
        Value::Null => true,
        _ => number(name).is_some_and(|at| at <= now + skew),
    });
    if ours && lives && begun && is_for_us(&claims["aud"], audience) {
        Ok(Once {
            jti: jti.to_owned(),
            until: expires + skew,
        })
    } else {
        Err(NO)
    }
}

/// Our issuer, or the token endpoint as OpenID Connect Core §9 has it; alone. An assertion that is addressed to others too
/// could be played on by one of them.
fn is_for_us(aud: &Value, audience: Audience<'_>) -> bool {
    let one = match aud {
        Value::String(one) => Some(one.as_str()),
        Value::Array(many) if many.len() == 1 => many[0].as_str(),
        _ => None,
    };
    one.is_some_and(|one| one == audience.issuer || one == audience.token_endpoint)
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
