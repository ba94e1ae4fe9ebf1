//! Who may ask the PID service what (M51), and the numbers that it answers with. Owns the rule; looks nothing up.
//!
//! | who | match (PID, CPR) | look up (PID → CPR) |
//! |---|---|---|
//! | a public service | yes | yes |
//! | a private service, a bank | three tries for a log-in there, within 15 minutes of it | never |

use serde::{Deserialize, Serialize};

use super::party::PartyKind;
use super::time::{Span, Time};

/// Tries at one person's CPR number for one log-in.
pub const TRIES: usize = 3;
/// So long after the log-in may they be made.
pub const WITHIN: Span = Span::minutes(15);

/// What a service may ask, as its file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// Whether a CPR number that somebody typed belongs to a PID.
    Match,
    /// The CPR number behind a PID, too.
    LookUp,
}

impl Right {
    /// Only a public service may translate.
    #[must_use]
    pub fn suits(self, kind: PartyKind) -> bool {
        self == Self::Match || kind == PartyKind::Public
    }
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// With a CPR number: does it belong to the PID?
    Match,
    /// Without one: which is it?
    LookUp,
}

impl Question {
    /// As the audit trail has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::LookUp => "look_up",
        }
    }
}

/// The answer, with the number that the original service gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It belongs to it; or here it is.
    Ok,
    /// The CPR number does not belong to the PID.
    NoMatch,
    /// Nobody has this PID.
    NoPid,
    /// The certificate that was sent names no PID.
    NoPidInCertificate,
    /// The service may not learn a CPR number.
    NotAuthorizedForCprLookup,
    /// Too many tries for one log-in.
    BruteForce,
    /// The service may not ask about this person: they have not just logged in there, or it may not ask at all.
    NotAuthorizedForServiceLookup,
    /// It is no request of this service.
    NotPidServiceRequest,
    /// The XML cannot be read.
    XmlParse,
    /// Of another version.
    XmlVersion,
    /// The certificate that was sent names another PID than the question.
    CertificateDiffers,
    /// Nobody has shown who asks.
    MissingClient,
    /// Something broke.
    Internal,
}

impl Status {
    /// The number on the wire.
    #[must_use]
    pub const fn number(self) -> u16 {
        match self {
            Self::Ok => 0,
            Self::NoMatch => 1,
            Self::NoPid => 2,
            Self::NoPidInCertificate => 4,
            Self::NotAuthorizedForCprLookup => 8,
            Self::BruteForce => 16,
            Self::NotAuthorizedForServiceLookup => 17,
            Self::NotPidServiceRequest => 4096,
            Self::XmlParse => 8192,
            Self::XmlVersion => 8193,
            Self::CertificateDiffers => 8194,
            Self::MissingClient => 8195,
            Self::Internal => 16384,
        }
    }

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::NoMatch => "NO_MATCH",
            Self::NoPid => "NO_PID",
            Self::NoPidInCertificate => "NO_PID_IN_CERTIFICATE",
            Self::NotAuthorizedForCprLookup => "NOT_AUTHORIZED_FOR_CPR_LOOKUP",
            Self::BruteForce => "BRUTE_FORCE_ATTEMPT_DETECTED",
            Self::NotAuthorizedForServiceLookup => "NOT_AUTHORIZED_FOR_SERVICE_LOOKUP",
            Self::NotPidServiceRequest => "NOT_PID_SERVICE_REQUEST",
            Self::XmlParse => "XML_PARSE_ERROR",
            Self::XmlVersion => "XML_VERSION_NOT_SUPPORTED",
            Self::CertificateDiffers => "PID_DOES_NOT_MATCH_BASE64_CERTIFICATE",
            Self::MissingClient => "MISSING_CLIENT_CERT",
            Self::Internal => "INTERNAL_ERROR",
        }
    }
}

/// How a question is to be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// At once.
    Free,
    /// As one of the tries for the person's log-in at the service.
    Counted,
}

/// Judges a service's question.
///
/// # Errors
/// The status that it is refused with.
pub fn judge(kind: PartyKind, right: Option<Right>, question: Question) -> Result<Way, Status> {
    let right = right
        .filter(|right| right.suits(kind))
        .ok_or(Status::NotAuthorizedForServiceLookup)?;
    match (question, right, kind) {
        (Question::LookUp, Right::Match, _) => Err(Status::NotAuthorizedForCprLookup),
        (_, _, PartyKind::Public) => Ok(Way::Free),
        _ => Ok(Way::Counted),
    }
}

/// Whether a log-in of that time is still one that tries may be made for.
#[must_use]
pub fn is_recent(log_in: Time, now: Time) -> bool {
    log_in <= now && now < log_in + WITHIN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_ask_what() {
        use PartyKind::{Bank, Private, Public};
        let (none, cpr) = (
            Err(Status::NotAuthorizedForServiceLookup),
            Err(Status::NotAuthorizedForCprLookup),
        );
        let table = [
            (Public, None, none, none),
            (Public, Some(Right::Match), Ok(Way::Free), cpr),
            (Public, Some(Right::LookUp), Ok(Way::Free), Ok(Way::Free)),
            (Private, None, none, none),
            (Private, Some(Right::Match), Ok(Way::Counted), cpr),
            (Private, Some(Right::LookUp), none, none),
            (Bank, Some(Right::Match), Ok(Way::Counted), cpr),
            (Bank, Some(Right::LookUp), none, none),
        ];
        for (kind, right, matches, looks_up) in table {
            assert_eq!(judge(kind, right, Question::Match), matches, "{kind:?} {right:?}");
            assert_eq!(judge(kind, right, Question::LookUp), looks_up, "{kind:?} {right:?}");
        }
    }

    #[test]
    fn a_log_in_is_recent_for_a_quarter_of_an_hour() {
        let log_in = Time::from_secs(1_000);
        for (now, told) in [(999, false), (1_000, true), (1_899, true), (1_900, false)] {
            assert_eq!(is_recent(log_in, Time::from_secs(now)), told, "{now}");
        }
    }
}
