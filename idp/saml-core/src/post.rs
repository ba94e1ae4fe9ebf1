//! HTTP-POST (Bindings §3.5): base64 in a form field; the signature is inside the XML.

use base64::{Engine as _, engine::general_purpose::STANDARD};

pub use crate::redirect::BindingError;
use crate::{
    incoming::{Incoming, Kind, Proof},
    redirect::{Parameters, base64, percent_decode},
    xml::{Doc, Limits},
};

/// Reads an `application/x-www-form-urlencoded` body.
///
/// # Errors
/// [`BindingError`]. The parameters of HTTP-Redirect and of SimpleSign have no place here and are refused.
pub fn decode(body: &[u8], limits: &Limits) -> Result<Incoming, BindingError> {
    if body.len() > limits.bytes.saturating_mul(2) {
        return Err(BindingError::TooLarge);
    }
    let body = std::str::from_utf8(body).map_err(|_| BindingError::Encoding)?;
    let parameters = Parameters::split(body)?;
    if ["SigAlg", "Signature", "SAMLEncoding"]
        .iter()
        .any(|name| parameters.raw(name).is_some())
    {
        return Err(BindingError::UnknownParameter);
    }
    let (kind, raw) = parameters.message()?;
    decode_field(kind, &percent_decode(raw)?, parameters.relay_state()?, limits)
}

/// Reads the value of the form field `SAMLRequest` or `SAMLResponse`, already form-decoded.
///
/// # Errors
/// [`BindingError`].
pub fn decode_field(
    kind: Kind,
    value: &str,
    relay_state: Option<String>,
    limits: &Limits,
) -> Result<Incoming, BindingError> {
    if value.len() > limits.bytes.saturating_mul(2) {
        return Err(BindingError::TooLarge);
    }
    let doc = Doc::parse_bytes(&base64(value)?, limits)?;
    Ok(Incoming::new(kind, relay_state, doc, Proof::Enveloped))
}

/// The fields of the form that carries the message.
pub fn encode(kind: Kind, xml: &str, relay_state: Option<&str>) -> Vec<(String, String)> {
    let mut fields = vec![(kind.parameter().to_owned(), STANDARD.encode(xml))];
    if let Some(relay_state) = relay_state {
        fields.push(("RelayState".to_owned(), relay_state.to_owned()));
    }
    fields
}
