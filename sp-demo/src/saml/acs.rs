//! The assertion consumer service: the second half of a log-in. `saml_core::sp::check_response` believes or refuses the
//! response; before it, this file asks whether we asked, and after it, whether we got what we asked for.

use actix_web::{HttpResponse, web};
use chrono::TimeDelta;
use saml_core::sp::{Expect, Identity, Need, Refused, check_response};
use saml_core::{Incoming, post, status::Status};
use serde_json::{Map, Value};

use super::{LIMITS, Participant, Provider, SKEW, UnderWay, idp::Idp};
use crate::clock;
use crate::problem::{Problem, Refusal};
use crate::services::Protocol;
use crate::session::{Check, Evidence, Level, Link, Session, Wish};
use crate::visit::Visit;

/// The attributes of OIOSAML 3 that we use ourselves; all of them are shown.
mod attribute {
    pub const SPEC_VERSION: &str = "https://data.gov.dk/model/core/specVersion";
    pub const LEVEL: &str = "https://data.gov.dk/concept/core/nsis/loa";
    pub const PID: &str = "https://data.gov.dk/model/core/eid/person/pid";
    pub const NAME: &str = "https://data.gov.dk/model/core/eid/fullName";
}

/// `POST /{service}/acs`.
pub async fn receive(visit: Visit, body: web::Bytes) -> HttpResponse {
    let outcome = match &visit.service.protocol {
        Protocol::Saml(provider) => finish(&visit, provider, &body).await,
        Protocol::Oidc(_) => Err(Problem::NotFound),
    };
    visit.show(outcome)
}

async fn finish(visit: &Visit, provider: &Provider, body: &[u8]) -> Result<HttpResponse, Problem> {
    let incoming = post::decode(body, &LIMITS).map_err(|_| Problem::Malformed)?;
    let mut checks = Vec::new();
    let asked = find_question(visit, incoming.relay_state(), &mut checks)?;
    let identity = believe(visit, provider, &incoming, &asked.request_id, &mut checks).await?;
    // OIOSAML 3: what names a person travels encrypted.
    if !identity.encrypted {
        return Err(Problem::evidence("the assertion was not encrypted"));
    }
    checks.push(Check::Decrypted);
    if identity.attribute(attribute::SPEC_VERSION) != Some("OIO-SAML-3.0") {
        return Err(Problem::evidence("specVersion"));
    }
    // A bearer assertion is good for one time.
    if !visit.app.saml.used.put(&identity.assertion_id, ()) {
        return Err(Problem::Unsolicited);
    }
    checks.push(Check::Unseen);
    check_wish(&identity, &asked.wish, &mut checks)?;
    visit.begin_session(session(visit, identity, checks), &asked.wish)
}

/// The log-in that this answers. Taken off the shelf, so that a second answer finds nothing.
fn find_question(visit: &Visit, relay_state: Option<&str>, checks: &mut Vec<Check>) -> Result<UnderWay, Problem> {
    let relay_state = relay_state.ok_or(Problem::Unsolicited)?;
    let asked = visit.app.saml.under_way.look(relay_state).ok_or(Problem::Unsolicited)?;
    if !visit.is_browser(&asked.browser_key) || asked.service != visit.service.name {
        return Err(Problem::OtherBrowser);
    }
    let asked = visit.app.saml.under_way.take(relay_state).ok_or(Problem::Unsolicited)?;
    checks.push(Check::Asked);
    Ok(asked)
}

/// Decryption, signature, issuer, recipient, InResponseTo, audience, times: all in [`check_response`].
/// A signature that does not hold is tried once more with freshly fetched keys: they may have been rotated.
async fn believe(
    visit: &Visit,
    provider: &Provider,
    incoming: &Incoming,
    request_id: &str,
    checks: &mut Vec<Check>,
) -> Result<Identity, Problem> {
    let check = |idp: &Idp| {
        check_response(
            incoming,
            &Expect {
                entity_id: &provider.entity_id,
                acs_url: &provider.acs_url,
                request_id,
                idp_entity_id: &idp.metadata.entity_id,
                keys: &idp.keys,
                decryption: &provider.decryption,
                now: clock::now(),
                skew: SKEW,
                need: Need::SignedAssertion,
            },
        )
    };
    let idp = visit.app.saml.idp.current(&visit.app.network).await?;
    let checked = match check(&idp) {
        Err(Refused::Signature(_)) => check(&*visit.app.saml.idp.renewed(&visit.app.network).await?),
        checked => checked,
    };
    let identity = checked.map_err(|refused| match refused {
        Refused::Status { status, .. } => Problem::Refused(refusal(&status)),
        other => Problem::evidence(other),
    })?;
    checks.extend([Check::Signature, Check::Issuer, Check::Audience, Check::Time]);
    Ok(identity)
}

/// A SAML refusal: the finer status, and our identity provider's code at the head of its message.
fn refusal(status: &Status) -> Refusal {
    let uri = status.second().unwrap_or(status.top.as_str());
    Refusal::new(uri.rsplit(':').next().unwrap_or(uri), status.message.as_deref())
}

/// What we asked for is what we got: the level, a fresh log-in, the same person. An identity provider may answer with less.
fn check_wish(identity: &Identity, wish: &Wish, checks: &mut Vec<Check>) -> Result<(), Problem> {
    if wish.level.is_some() {
        if level(identity) < wish.level {
            return Err(Problem::LevelTooLow);
        }
        checks.push(Check::Level);
    }
    if wish.force && identity.authn_instant < wish.since - TimeDelta::minutes(3) {
        return Err(Problem::evidence("AuthnInstant: the log-in is not a fresh one"));
    }
    match &wish.must_be {
        Some(subject) if *subject != identity.name_id.value => Err(Problem::OtherPerson),
        _ => Ok(()),
    }
}

fn level(identity: &Identity) -> Option<Level> {
    Level::parse(identity.attribute(attribute::LEVEL)?)
}

fn session(visit: &Visit, identity: Identity, checks: Vec<Check>) -> Session {
    let text = |name: &str| identity.attribute(name).map(str::to_owned);
    Session {
        service: visit.service.name.clone(),
        subject: identity.name_id.value.clone(),
        pid: text(attribute::PID),
        name: text(attribute::NAME),
        level: level(&identity),
        authenticated_at: Some(identity.authn_instant),
        attributes: attributes(&identity),
        evidence: Evidence {
            decoded: indent(&identity.xml),
            raw: identity.xml,
            checks,
        },
        ends_at: identity.session_not_on_or_after,
        link: Link::Saml(Participant {
            name_id: identity.name_id,
            session_index: identity.session_index,
        }),
    }
}

fn attributes(identity: &Identity) -> Map<String, Value> {
    let value = |values: &[String]| match values {
        [one] => Value::from(one.as_str()),
        several => Value::from(several),
    };
    identity
        .attributes
        .iter()
        .map(|attribute| (attribute.name.clone(), value(&attribute.values)))
        .collect()
}

/// One element a line, to be looked at; text beside its tags.
fn indent(xml: &str) -> String {
    let mut depth = 0_usize;
    let mut out = String::new();
    for (index, piece) in xml.split('<').enumerate().skip(1) {
        let closing = piece.starts_with('/');
        depth = depth.saturating_sub(usize::from(closing));
        let follows_text = closing && !out.ends_with('>');
        if index > 1 && !follows_text {
            out.push('\n');
            out.push_str(&"  ".repeat(depth));
        }
        out.push('<');
        out.push_str(piece.trim_end());
        let empty = piece.split_once('>').is_some_and(|(tag, _)| tag.ends_with('/'));
        depth += usize::from(!closing && !empty);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indented_xml_keeps_text_beside_its_tags() {
        assert_eq!(
            indent("<a><b>text</b><c/><d></d></a>"),
            "<a>\n  <b>text</b>\n  <c/>\n  <d>\n  </d>\n</a>"
        );
    }

    #[test]
    fn a_refusal_names_the_finer_status_and_the_code() {
        let status = Status::of(
            saml_core::status::Top::Responder,
            saml_core::status::second::REQUEST_DENIED,
        );
        assert_eq!(refusal(&status).code(), "RequestDenied");
        assert_eq!(refusal(&status.saying("OCES001 only netbank")).code(), "OCES001");
    }
}
