//! Everything that ends a log-in without a session, each with a stable code and a page of its own.
//! The details go to the log; the visitor reads what they can do.

use actix_web::http::StatusCode;

/// Why there is no session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// No such page.
    NotFound,
    /// The request cannot be read.
    Malformed,
    /// Nobody is logged in.
    NotLoggedIn,
    /// An answer to no question of ours: made up, too late, or a second time.
    Unsolicited,
    /// An answer to a question that another browser asked.
    OtherBrowser,
    /// The answer does not come from the identity provider that we asked.
    Issuer,
    /// A token or assertion does not pass its checks; the text says which.
    Evidence(String),
    /// Somebody else logged in than the one who had to.
    OtherPerson,
    /// The level does not reach what was asked.
    LevelTooLow,
    /// The identity provider refused.
    Refused(Refusal),
    /// The identity provider does not answer.
    Unreachable(String),
    /// Another site asked for something that only the visitor may ask for.
    OtherSite,
    /// Our own mistake.
    Fault(String),
}

/// What the identity provider said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The protocol's own word: `access_denied`, or a SAML status.
    pub error: String,
    /// The identity provider's code: `OCES001`, `login.subject_mismatch`.
    pub code: Option<String>,
}

impl Refusal {
    /// Reads a refusal. The code is the first word of the message, where it looks like one.
    pub fn new(error: &str, message: Option<&str>) -> Self {
        let word = message.and_then(|message| message.split([' ', ':', ',']).next());
        Self {
            error: error.to_owned(),
            code: word.filter(|word| is_code(word)).map(str::to_owned),
        }
    }

    /// The code, or else the protocol's word for it.
    pub fn code(&self) -> &str {
        self.code.as_deref().unwrap_or(&self.error)
    }
}

/// `OCES001`, or `area.reason`.
fn is_code(word: &str) -> bool {
    let known_kind = ["OCES", "AUTH", "LOCK", "CAN"]
        .iter()
        .any(|kind| word.starts_with(kind));
    let plain = word.len() <= 40
        && word
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_');
    plain && (known_kind || word.split('.').filter(|part| !part.is_empty()).count() == 2)
}

impl Problem {
    /// A mistake of our own.
    pub fn fault(cause: impl std::fmt::Display) -> Self {
        Self::Fault(cause.to_string())
    }

    /// Evidence that does not hold.
    pub fn evidence(cause: impl std::fmt::Display) -> Self {
        Self::Evidence(cause.to_string())
    }

    /// The stable code, for programs and for the support desk.
    pub fn code(&self) -> &str {
        match self {
            Self::NotFound => "sp.not_found",
            Self::Malformed => "sp.malformed",
            Self::NotLoggedIn => "sp.not_logged_in",
            Self::Unsolicited => "sp.unsolicited",
            Self::OtherBrowser => "sp.other_browser",
            Self::Issuer => "sp.issuer",
            Self::Evidence(_) => "sp.evidence",
            Self::OtherPerson => "sp.other_person",
            Self::LevelTooLow => "sp.level",
            Self::Refused(refusal) => refusal.code(),
            Self::Unreachable(_) => "sp.unreachable",
            Self::OtherSite => "sp.other_site",
            Self::Fault(_) => "sp.fault",
        }
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::NotLoggedIn => StatusCode::UNAUTHORIZED,
            Self::Malformed | Self::Unsolicited | Self::OtherBrowser => StatusCode::BAD_REQUEST,
            Self::Issuer
            | Self::Evidence(_)
            | Self::OtherPerson
            | Self::LevelTooLow
            | Self::Refused(_)
            | Self::OtherSite => StatusCode::FORBIDDEN,
            Self::Unreachable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<aws_lc_rs::error::Unspecified> for Problem {
    fn from(_: aws_lc_rs::error::Unspecified) -> Self {
        Self::Fault("no randomness".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_of_a_refusal_is_its_first_word() {
        let read = |message| Refusal::new("access_denied", message).code().to_owned();
        assert_eq!(read(Some("OCES001 only gives access to netbank")), "OCES001");
        assert_eq!(read(Some("login.subject_mismatch")), "login.subject_mismatch");
        assert_eq!(read(Some("The user said no.")), "access_denied");
        assert_eq!(read(Some("<script>")), "access_denied");
        assert_eq!(read(None), "access_denied");
    }
}
