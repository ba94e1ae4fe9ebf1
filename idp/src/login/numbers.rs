//! How log-ins end, as numbers: by outcome, and by factor. Never who, never where.

use super::flow::{Flow, Step};
use super::service::{Over, Stand};
use crate::domain::assurance::Method;
use crate::domain::refusal::Code;
use crate::storage::Halt;

/// The factor that the person was asked for.
pub(super) fn asked(flow: &Flow) -> Option<Method> {
    match &flow.step {
        Step::Credentials => Some(Method::Password),
        Step::Code(asked) => Some(asked.factor().method()),
        Step::Factor | Step::Consent(_) | Step::Notice(_) => None,
    }
}

/// What came of an answer to a page of the log-in.
pub(super) fn answered(factor: Option<Method>, stand: &Result<Stand, Halt>) {
    let outcome = match stand {
        Ok(Stand::Page { flow, errors }) => match (errors.first(), &flow.step) {
            (Some(refusal), _) => refusal.code.as_str(),
            (None, Step::Notice(code)) => code.as_str(),
            (None, Step::Credentials | Step::Code(_) | Step::Factor | Step::Consent(_)) => "accepted",
        },
        Ok(Stand::Over(over)) => {
            ended(over, "completed");
            match over.refused {
                // Given up, nothing was typed.
                Some(Code::Can002) => return,
                Some(code) => code.as_str(),
                None => "accepted",
            }
        }
        Err(Halt::Refused(refusal)) => refusal.code.as_str(),
        Err(Halt::Unavailable | Halt::Again) => Code::RequestUnavailable.as_str(),
        Err(Halt::Fault(_)) => "fault",
    };
    if let Some(factor) = factor {
        metrics::counter!("idp_login_steps_total", "factor" => factor.as_str(), "outcome" => outcome).increment(1);
    }
}

/// A log-in that ended: `well` names how, where it was not refused.
pub(super) fn ended(over: &Over, well: &'static str) {
    let outcome = match over.refused {
        None => well,
        Some(Code::Can002) => "cancelled",
        Some(_) => "refused",
    };
    metrics::counter!("idp_logins_total", "outcome" => outcome).increment(1);
}

/// Begins the counters at 0, so that the first of each is seen.
pub(super) fn begin() {
    for outcome in ["completed", "session", "refused", "cancelled"] {
        metrics::counter!("idp_logins_total", "outcome" => outcome).increment(0);
    }
}
