//! The one table from our refusals to SAML's status codes (Core §3.2.2.2). The code itself stands in StatusMessage,
//! where services find it under a name that never changes.

use saml_core::status::{Status, Top, second};

use crate::domain::refusal::Code;

/// What a service hears.
pub(super) fn of(code: Code) -> Status {
    let (top, second) = match code {
        Code::LoginPassive | Code::LoginConsent => (Top::Responder, second::NO_PASSIVE),
        Code::LoginLevelUnmet => (Top::Responder, second::NO_AUTHN_CONTEXT),
        Code::LoginSubjectMismatch => (Top::Responder, second::UNKNOWN_PRINCIPAL),
        Code::Oces001
        | Code::Oces002
        | Code::Oces003
        | Code::Oces004
        | Code::Oces005
        | Code::Oces006
        | Code::Auth003 => (Top::Responder, second::REQUEST_DENIED),
        _ => (Top::Responder, second::AUTHN_FAILED),
    };
    Status::of(top, second).saying(code.as_str())
}
