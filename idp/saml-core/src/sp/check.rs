//! The checks of Profiles §4.1.4.3 as a visible list; each is a line of [`check_response`] or of [`rules`].

use chrono::TimeDelta;

use super::{Expect, Identity, Need, Refused};
use crate::{
    Incoming, Kind, ReadError, dsig, enc, name_id, ns, read,
    response::{Bearer, Received},
    status::Status,
    xml::{El, Limits},
};

/// How old an assertion may be when it arrives (what OIOSAML clients use).
const FRESH: TimeDelta = TimeDelta::minutes(5);

/// Believes a response, or says why not.
///
/// # Errors
/// [`Refused`].
pub fn check_response(incoming: &Incoming, expect: &Expect<'_>) -> Result<Identity, Refused> {
    let response = incoming.message();
    if incoming.kind() != Kind::Response || !response.is(ns::SAMLP, "Response") {
        return Err(Refused::NotAResponse);
    }
    read::version(response)?;
    let plain: Vec<El<'_>> = response.all(ns::SAML, "Assertion").collect();
    let signed = response_signature(response, &plain, expect)?;
    addressed_to_us(response, signed, expect)?;
    let status = Status::read(response)?;
    if !status.is_success() {
        return Err(Refused::Status { status, signed });
    }
    let ciphertexts: Vec<El<'_>> = response.all(ns::SAML, "EncryptedAssertion").collect();
    match (plain.as_slice(), ciphertexts.as_slice()) {
        ([assertion], []) => {
            if !(signed && expect.need == Need::SignedResponse) {
                dsig::verify(*assertion, &[response, *assertion], expect.keys)?;
            }
            rules(*assertion, false, expect)
        }
        ([], [ciphertext]) => {
            let limits = Limits::message(incoming.xml().len());
            let doc = enc::decrypt(*ciphertext, expect.decryption, &limits)?;
            let assertion = doc.root();
            if !assertion.is(ns::SAML, "Assertion") {
                return Err(Refused::NotOneAssertion);
            }
            if !(signed && expect.need == Need::SignedResponse) {
                dsig::verify(assertion, &[assertion], expect.keys)?;
            }
            rules(assertion, true, expect)
        }
        _ => Err(Refused::NotOneAssertion),
    }
}

/// A response need not be signed; if it is, the signature has to hold.
fn response_signature(response: El<'_>, plain: &[El<'_>], expect: &Expect<'_>) -> Result<bool, Refused> {
    if !response.children().any(|el| el.is(ns::DS, "Signature")) {
        return Ok(false);
    }
    let mut expected = vec![response];
    expected.extend_from_slice(plain);
    dsig::verify(response, &expected, expect.keys)?;
    Ok(true)
}

fn addressed_to_us(response: El<'_>, signed: bool, expect: &Expect<'_>) -> Result<(), Refused> {
    match response.attr("Destination") {
        Some(destination) if destination != expect.acs_url => return Err(Refused::Destination),
        None if signed => return Err(Refused::Destination),
        _ => {}
    }
    if response.attr("InResponseTo") != Some(expect.request_id) {
        return Err(Refused::InResponseTo);
    }
    if response.one(ns::SAML, "Issuer").map_err(ReadError::from)?.is_some()
        && name_id::issuer(response)? != expect.idp_entity_id
    {
        return Err(Refused::Issuer);
    }
    Ok(())
}

/// What a believed assertion has to say before anybody is logged in by it.
fn rules(assertion: El<'_>, encrypted: bool, expect: &Expect<'_>) -> Result<Identity, Refused> {
    let xml = assertion.xml();
    let assertion = Received::read(assertion)?;
    let (early, late) = (expect.now + expect.skew, expect.now - expect.skew);
    if assertion.issuer != expect.idp_entity_id {
        return Err(Refused::Issuer);
    }
    if assertion.issue_instant > early || assertion.issue_instant < late - FRESH {
        return Err(Refused::Time("IssueInstant"));
    }
    confirmed(&assertion.bearers, expect)?;
    if assertion.not_before.is_some_and(|time| time > early) {
        return Err(Refused::Time("NotBefore"));
    }
    let expires = assertion.not_on_or_after.ok_or(Refused::Time("NotOnOrAfter"))?;
    if expires <= late {
        return Err(Refused::Time("NotOnOrAfter"));
    }
    let for_us = |audiences: &Vec<String>| audiences.iter().any(|audience| audience == expect.entity_id);
    if assertion.audiences.is_empty() || !assertion.audiences.iter().all(for_us) {
        return Err(Refused::Audience);
    }
    if assertion.authentication.instant > early {
        return Err(Refused::Time("AuthnInstant"));
    }
    if assertion
        .authentication
        .session_not_on_or_after
        .is_some_and(|time| time <= late)
    {
        return Err(Refused::Time("SessionNotOnOrAfter"));
    }
    Ok(Identity {
        name_id: assertion.name_id,
        session_index: assertion.authentication.session_index,
        authn_instant: assertion.authentication.instant,
        session_not_on_or_after: assertion.authentication.session_not_on_or_after,
        class: assertion.authentication.class,
        attributes: assertion.attributes,
        assertion_id: assertion.id,
        expires,
        encrypted,
        xml,
    })
}

/// One bearer confirmation has to fit in everything; the reason given is that of the last one that did not.
fn confirmed(bearers: &[Bearer], expect: &Expect<'_>) -> Result<(), Refused> {
    let mut why = "there is no bearer confirmation";
    for bearer in bearers {
        why = if bearer.recipient.as_deref() != Some(expect.acs_url) {
            "Recipient"
        } else if bearer.in_response_to.as_deref() != Some(expect.request_id) {
            "InResponseTo"
        } else if bearer.not_before.is_some() {
            "NotBefore"
        } else if bearer
            .not_on_or_after
            .is_none_or(|time| time <= expect.now - expect.skew)
        {
            "NotOnOrAfter"
        } else {
            return Ok(());
        };
    }
    Err(Refused::Confirmation(why))
}
