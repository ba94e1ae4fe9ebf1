//! What a believed request has to be, check by check, in the order of [`CHECKS`]. A check says no in one of two ways: on a
//! page of ours, as long as the address of the answer is not verified, and by a status to the service afterwards.

use chrono::{DateTime, TimeDelta, Utc};
use saml_core::{
    authn_request::AuthnRequest,
    metadata::Indexed,
    ns::{binding, format},
    status::{Status, Top, second},
};

use super::attributes;
use super::context::{self, Asked};
use super::name_id;
use super::own::Own;
use super::services::Service;
use super::state::Form;
use crate::config::parties::{Claim, NameIdFormat};
use crate::domain::refusal::{Code, Refusal};
use crate::login::MustBe;

/// How old a request may be when it arrives.
pub(super) const FRESH: TimeDelta = TimeDelta::minutes(5);
/// Longer ones do not fit beside the rest of a log-in's state, which travels in a cookie (docs/design.md, rule 11).
pub(super) const RELAY_STATE: usize = 1_200;

/// A request and what it is judged by.
pub(super) struct Case<'a> {
    pub(super) own: &'a Own,
    pub(super) service: &'a Service,
    pub(super) request: &'a AuthnRequest,
    pub(super) relay_state: Option<&'a str>,
    pub(super) now: DateTime<Utc>,
}

/// What the checks find out.
pub(super) struct Findings {
    pub(super) acs: Option<u16>,
    pub(super) form: Form,
    pub(super) qualified: bool,
    pub(super) context: Asked,
    pub(super) must_be: Option<MustBe>,
    pub(super) asks: Vec<Claim>,
}

/// How a check says no.
#[derive(Debug)]
pub(super) enum Wrong {
    /// On a page of ours.
    Page(Refusal),
    /// To the service.
    Status(Status),
}

type Check = fn(&Case<'_>, &mut Findings) -> Result<(), Wrong>;

/// The checks in their order, each with its source.
pub(super) const CHECKS: &[(&str, Check)] = &[
    ("Destination is our address (Core 3.2.1, Bindings 3.5.5.2)", destination),
    ("IssueInstant is fresh", issue_instant),
    ("RelayState fits (docs/design.md, rule 11)", relay_state),
    ("the answer's address is in the metadata (Core 3.4.1)", answer_address),
    // From here on the service can be answered.
    ("the answer goes by POST (Profiles 4.1.2)", answer_binding),
    ("NameIDPolicy can be met (Core 3.4.1.1)", name_id_policy),
    ("RequestedAuthnContext can be met (Core 3.3.2.2.1)", requested_context),
    ("Subject names somebody we know by that name (Core 3.4.1.4)", subject),
    (
        "AttributeConsumingServiceIndex is in the metadata (Core 3.4.1)",
        attribute_service,
    ),
];

/// Runs all checks.
pub(super) fn run(case: &Case<'_>) -> (Findings, Result<(), (&'static str, Wrong)>) {
    let form = match case.service.file().map(|file| file.name_id) {
        Some(NameIdFormat::Transient) => Form::Transient,
        Some(NameIdFormat::Persistent) | None => Form::Persistent,
    };
    let mut findings = Findings {
        acs: None,
        form,
        qualified: false,
        context: Asked::default(),
        must_be: None,
        asks: Vec::new(),
    };
    for (name, check) in CHECKS {
        if let Err(wrong) = check(case, &mut findings) {
            return (findings, Err((name, wrong)));
        }
    }
    (findings, Ok(()))
}

fn page(code: Code) -> Wrong {
    Wrong::Page(Refusal::new(code))
}

fn status(top: Top, second: &str) -> Wrong {
    Wrong::Status(Status::of(top, second))
}

fn destination(case: &Case<'_>, _: &mut Findings) -> Result<(), Wrong> {
    match case.request.destination.as_deref() {
        Some(destination) if destination == case.own.sso => Ok(()),
        _ => Err(page(Code::RequestMalformed)),
    }
}

fn issue_instant(case: &Case<'_>, _: &mut Findings) -> Result<(), Wrong> {
    let issued = case.request.issue_instant;
    let early = issued > case.now + case.own.skew;
    let late = issued < case.now - case.own.skew - FRESH;
    if early || late {
        Err(page(Code::LoginExpired))
    } else {
        Ok(())
    }
}

fn relay_state(case: &Case<'_>, _: &mut Findings) -> Result<(), Wrong> {
    if case.relay_state.is_some_and(|state| state.len() > RELAY_STATE) {
        return Err(page(Code::RequestTooLarge));
    }
    Ok(())
}

/// By index or by exact address, never both; the default when the request names none. A signature does not stand in for
/// this: the address is the metadata's or there is none.
fn answer_address(case: &Case<'_>, findings: &mut Findings) -> Result<(), Wrong> {
    let (sp, request) = (&case.service.sp, case.request);
    let acs: Option<&Indexed> = match (request.acs_index, request.acs_url.as_deref()) {
        (Some(_), Some(_)) => None,
        (Some(index), None) => sp.acs_by_index(index),
        (None, Some(url)) => sp.acs_by_url(url),
        (None, None) => sp.acs_default(),
    };
    findings.acs = acs.map(|acs| acs.index);
    if findings.acs.is_none() {
        Err(page(Code::RequestRedirectUri))
    } else {
        Ok(())
    }
}

fn answer_binding(case: &Case<'_>, _: &mut Findings) -> Result<(), Wrong> {
    match case.request.protocol_binding.as_deref() {
        None | Some(binding::POST) => Ok(()),
        Some(_) => Err(status(Top::Requester, second::UNSUPPORTED_BINDING)),
    }
}

fn name_id_policy(case: &Case<'_>, findings: &mut Findings) -> Result<(), Wrong> {
    let Some(policy) = &case.request.name_id_policy else {
        return Ok(());
    };
    let impossible = || status(Top::Requester, second::INVALID_NAME_ID_POLICY);
    match policy.format.as_deref() {
        None | Some(format::UNSPECIFIED) => {}
        Some(format::PERSISTENT) => findings.form = Form::Persistent,
        Some(format::TRANSIENT) => findings.form = Form::Transient,
        Some(_) => return Err(impossible()),
    }
    // AllowCreate is met whatever it says: a pairwise name is established when the service is registered (decision 0087).
    if let Some(qualifier) = &policy.sp_name_qualifier {
        if qualifier != case.service.entity_id() {
            return Err(impossible());
        }
        findings.qualified = true;
    }
    Ok(())
}

fn requested_context(case: &Case<'_>, findings: &mut Findings) -> Result<(), Wrong> {
    let (profile, least) = (case.service.profile, case.service.party.least);
    let asked = context::asked(case.request.context.as_ref(), profile, least);
    findings.context = asked.ok_or_else(|| status(Top::Responder, second::NO_AUTHN_CONTEXT))?;
    Ok(())
}

/// A Subject never logs anybody in; it only says whom alone the log-in may end with.
fn subject(case: &Case<'_>, findings: &mut Findings) -> Result<(), Wrong> {
    let Some(subject) = &case.request.subject else {
        return Ok(());
    };
    let sub = name_id::sub_of(case.service, subject);
    let sub = sub.ok_or_else(|| status(Top::Responder, second::UNKNOWN_PRINCIPAL))?;
    findings.must_be = Some(MustBe::Sub(sub));
    Ok(())
}

fn attribute_service(case: &Case<'_>, findings: &mut Findings) -> Result<(), Wrong> {
    let consuming = attributes::consuming(case.service, case.request.attribute_index);
    let consuming = consuming.map_err(|()| status(Top::Requester, second::REQUEST_UNSUPPORTED))?;
    findings.asks = attributes::asks(case.service, consuming);
    Ok(())
}
