//! The one table of wire errors: which word a client reads for which refusal, and with which HTTP status.

use serde::Serialize;

use crate::domain::refusal::{Code, Refusal};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $status:literal;)*) => {
        /// The words of RFC 6749, 6750, 7009, OpenID Connect Core and the Unmet Authentication Requirements specification.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ErrorCode {
            $($(#[$doc])* $name,)*
        }

        impl ErrorCode {
            /// The word on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// The HTTP status where the error is the answer itself.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }
        }
    };
}

codes! {
    /// Something is missing, twice, or not understood.
    InvalidRequest = "invalid_request", 400;
    /// The client did not prove who it is.
    InvalidClient = "invalid_client", 401;
    /// The code or refresh token is not (or no longer) good for this client.
    InvalidGrant = "invalid_grant", 400;
    /// The client is not registered for this.
    UnauthorizedClient = "unauthorized_client", 400;
    /// No such grant type here.
    UnsupportedGrantType = "unsupported_grant_type", 400;
    /// No such response type here.
    UnsupportedResponseType = "unsupported_response_type", 400;
    /// `openid` is missing, or more is asked for than was granted.
    InvalidScope = "invalid_scope", 400;
    /// The person gave up, or their eID is not accepted here.
    AccessDenied = "access_denied", 403;
    /// No page may be shown, or somebody else is logged in than the hint says.
    LoginRequired = "login_required", 400;
    /// The person has not said yet whether the client may know what it asks for.
    ConsentRequired = "consent_required", 400;
    /// The level that was asked for cannot be reached.
    UnmetAuthenticationRequirements = "unmet_authentication_requirements", 400;
    /// Request objects are not taken.
    RequestNotSupported = "request_not_supported", 400;
    /// Request objects by reference are not taken.
    RequestUriNotSupported = "request_uri_not_supported", 400;
    /// Registration in the request is not taken.
    RegistrationNotSupported = "registration_not_supported", 400;
    /// The access token is unknown, expired or revoked.
    InvalidToken = "invalid_token", 401;
    /// The access token is not good for this.
    InsufficientScope = "insufficient_scope", 403;
    /// The house is full or the database is away.
    TemporarilyUnavailable = "temporarily_unavailable", 503;
    /// Something broke.
    ServerError = "server_error", 500;
}

/// An error as a client reads it. The description is for the client's developer: ASCII of RFC 6749 §4.1.2.1, nothing of the
/// person and nothing of what was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WireError {
    #[serde(rename = "error", serialize_with = "word")]
    /// The word.
    pub code: ErrorCode,
    /// One sentence.
    #[serde(rename = "error_description")]
    pub description: &'static str,
}

fn word<S: serde::Serializer>(code: &ErrorCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(code.as_str())
}

impl WireError {
    /// An error with its sentence.
    #[must_use]
    pub const fn new(code: ErrorCode, description: &'static str) -> Self {
        Self { code, description }
    }

    /// `invalid_request`.
    #[must_use]
    pub const fn invalid(description: &'static str) -> Self {
        Self::new(ErrorCode::InvalidRequest, description)
    }

    /// `invalid_grant`.
    #[must_use]
    pub const fn grant(description: &'static str) -> Self {
        Self::new(ErrorCode::InvalidGrant, description)
    }

    /// What the party reads when the ceremony ended in a refusal: the stable code is the description.
    #[must_use]
    pub fn of(refusal: &Refusal) -> Self {
        let word = match refusal.code {
            Code::LoginPassive | Code::LoginSubjectMismatch => ErrorCode::LoginRequired,
            Code::LoginConsent => ErrorCode::ConsentRequired,
            Code::LoginLevelUnmet => ErrorCode::UnmetAuthenticationRequirements,
            Code::RequestUnavailable | Code::LoginBusy => ErrorCode::TemporarilyUnavailable,
            Code::RequestMalformed | Code::RequestTooLarge | Code::RequestDuplicate | Code::RequestReplayed => {
                ErrorCode::InvalidRequest
            }
            _ => ErrorCode::AccessDenied,
        };
        Self::new(word, refusal.code.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_a_word_and_a_clean_description() {
        for code in Code::ALL {
            let error = WireError::of(&Refusal::new(*code));
            let clean = |c: char| matches!(c, ' '..='!' | '#'..='[' | ']'..='~');
            assert!(error.description.chars().all(clean), "{code:?}");
        }
    }

    /// What a client reads of each refusal that ends a log-in; the description is the code.
    const WORDS: [(Code, &str); 27] = [
        (Code::Oces001, "access_denied"),
        (Code::Oces002, "access_denied"),
        (Code::Oces003, "access_denied"),
        (Code::Oces004, "access_denied"),
        (Code::Oces005, "access_denied"),
        (Code::Oces006, "access_denied"),
        (Code::Auth001, "access_denied"),
        (Code::Auth003, "access_denied"),
        (Code::Auth004, "access_denied"),
        (Code::Auth005, "access_denied"),
        (Code::Auth006, "access_denied"),
        (Code::Auth007, "access_denied"),
        (Code::Auth008, "access_denied"),
        (Code::Auth019, "access_denied"),
        (Code::Lock001, "access_denied"),
        (Code::Lock002, "access_denied"),
        (Code::Lock003, "access_denied"),
        (Code::Can002, "access_denied"),
        (Code::FactorNotTaken, "access_denied"),
        (Code::HardwareUnbound, "access_denied"),
        (Code::AppRejected, "access_denied"),
        (Code::LoginPassive, "login_required"),
        (Code::LoginSubjectMismatch, "login_required"),
        (Code::LoginConsent, "consent_required"),
        (Code::LoginLevelUnmet, "unmet_authentication_requirements"),
        (Code::LoginBusy, "temporarily_unavailable"),
        (Code::RequestUnavailable, "temporarily_unavailable"),
    ];

    #[test]
    fn each_refusal_has_its_word() {
        for (code, word) in WORDS {
            let wire = serde_json::json!(WireError::of(&Refusal::new(code)));
            assert_eq!(
                wire,
                serde_json::json!({"error": word, "error_description": code.as_str()})
            );
        }
        let original = |code: &&Code| code.as_str().starts_with(|first: char| first.is_ascii_uppercase());
        for code in Code::ALL.iter().filter(original) {
            assert!(WORDS.iter().any(|(known, _)| known == code), "{code}");
        }
    }

    #[test]
    fn the_wire_form() {
        let text = serde_json::json!(WireError::grant("the code is void"));
        assert_eq!(
            text,
            serde_json::json!({"error": "invalid_grant", "error_description": "the code is void"})
        );
    }
}
