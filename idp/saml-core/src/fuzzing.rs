//! For the fuzzer alone: reads a message that nobody has proved through every typed reader, and gives nothing of it away, so
//! that no caller can mistake it for one that was believed. Owns the promise that what was read can be written and read again.

use crate::authn_request::AuthnRequest;
use crate::logout::{LogoutRequest, LogoutResponse};
use crate::xml::Limits;
use crate::{Incoming, Kind, Verified};

/// Reads the message as each of the messages it may be.
///
/// # Panics
/// When a message that was read is written as something else.
pub fn read_unproved(incoming: &Incoming) {
    let message = || Verified::unproved(incoming);
    if let Ok(request) = AuthnRequest::read(message()) {
        let again = written(Kind::Request, request.elem().write().ok());
        if let Some(Ok(again)) = again
            .as_ref()
            .map(|incoming| AuthnRequest::read(Verified::unproved(incoming)))
        {
            assert_eq!(again.id, request.id);
            assert_eq!(again.force_authn, request.force_authn);
            assert_eq!(again.is_passive, request.is_passive);
            assert_eq!(again.acs_index, request.acs_index);
            assert_eq!(again.issuer, request.issuer);
        }
    }
    if let Ok(request) = LogoutRequest::read(message()) {
        let again = written(Kind::Request, request.elem().write().ok());
        if let Some(Ok(again)) = again
            .as_ref()
            .map(|incoming| LogoutRequest::read(Verified::unproved(incoming)))
        {
            assert_eq!(again.session_indexes, request.session_indexes);
            assert_eq!(again.name_id, request.name_id);
        }
    }
    if let Ok(answer) = LogoutResponse::read(message()) {
        let _again = written(Kind::Response, answer.elem().write().ok());
    }
}

/// What we have written is well-formed, whatever was in it.
fn written(kind: Kind, xml: Option<String>) -> Option<Incoming> {
    let again = Incoming::from_xml(kind, &xml?, &Limits::message(1_048_576));
    assert!(again.is_ok(), "what was written cannot be read: {again:?}");
    again.ok()
}
