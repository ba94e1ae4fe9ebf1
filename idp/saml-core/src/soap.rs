//! SOAP 1.1 (Bindings §3.2): an envelope around one signed message, for log-outs that no browser carries.

use crate::{
    Id,
    dsig::{self, SignError},
    incoming::{Incoming, Kind},
    key::SigningKey,
    ns,
    redirect::BindingError,
    xml::{Doc, Elem, Limits},
};

/// The value of the header `Content-Type`.
pub const CONTENT_TYPE: &str = "text/xml; charset=utf-8";
/// The value of the header `SOAPAction`.
pub const ACTION: &str = "\"http://www.oasis-open.org/committees/security\"";

/// Signs the message and puts it into an envelope.
///
/// # Errors
/// [`SignError`].
pub fn encode(message: Elem, id: &Id, key: &SigningKey) -> Result<String, SignError> {
    let message = dsig::prepare(message, id.as_str(), key);
    let envelope = Elem::new("soap:Envelope").child(Elem::new("soap:Body").child(message));
    dsig::fill(&envelope.write()?, key)
}

/// Reads an envelope whose body holds exactly one message.
///
/// # Errors
/// [`BindingError`].
pub fn decode(kind: Kind, bytes: &[u8], limits: &Limits) -> Result<Incoming, BindingError> {
    let doc = Doc::parse_bytes(bytes, limits)?;
    let root = doc.root();
    let body = root
        .one(ns::SOAP, "Body")?
        .filter(|_| root.is(ns::SOAP, "Envelope"))
        .ok_or(BindingError::NoMessage)?;
    let mut messages = body.children();
    let message = match (messages.next(), messages.next()) {
        (Some(message), None) => message.node(),
        (None, _) => return Err(BindingError::NoMessage),
        (Some(_), Some(_)) => return Err(BindingError::TwoMessages),
    };
    drop(messages);
    Ok(Incoming::inside(kind, doc, message))
}
