//! HTTP-Redirect with DEFLATE (Bindings §3.4). The signature is checked over the query exactly as it was received: what
//! was decoded and encoded again is something else.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::{Compression, Decompress, FlushDecompress, Status, write::DeflateEncoder};

use crate::{
    incoming::{Incoming, Kind, Proof, QuerySignature},
    key::SigningKey,
    ns::alg,
    xml::{Doc, Limits, XmlError},
};

/// Why a query or a form does not deliver a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BindingError {
    /// Neither `SAMLRequest` nor `SAMLResponse`.
    #[error("there is no SAML message")]
    NoMessage,
    /// `SAMLRequest` and `SAMLResponse` together.
    #[error("there are two SAML messages")]
    TwoMessages,
    /// A parameter occurs twice.
    #[error("the parameter {0} occurs twice")]
    Duplicate(&'static str),
    /// A parameter that looks like one of SAML but is none of this binding.
    #[error("there is a parameter that this binding does not know")]
    UnknownParameter,
    /// `SigAlg` without `Signature` or the other way round.
    #[error("SigAlg and Signature belong together")]
    HalfSigned,
    /// Percent encoding, base64 or DEFLATE is broken, or something follows the compressed message.
    #[error("the message cannot be decoded")]
    Encoding,
    /// Longer than allowed, before or after inflating.
    #[error("the message is too large")]
    TooLarge,
    /// The XML.
    #[error(transparent)]
    Xml(#[from] XmlError),
}

/// The parameters of SAML, raw, each at most once.
#[derive(Default)]
pub(crate) struct Parameters<'a> {
    values: Vec<(&'static str, &'a str)>,
}

const KNOWN: [&str; 6] = [
    "SAMLRequest",
    "SAMLResponse",
    "RelayState",
    "SigAlg",
    "Signature",
    "SAMLEncoding",
];

impl<'a> Parameters<'a> {
    /// Splits a query or a form. Names are compared as they stand: an encoded name is refused, so that no other reader
    /// of the same query can see another parameter.
    pub(crate) fn split(raw: &'a str) -> Result<Self, BindingError> {
        let mut parameters = Self::default();
        for pair in raw.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if name.contains(['%', '+']) {
                return Err(BindingError::UnknownParameter);
            }
            match KNOWN.iter().find(|known| **known == name) {
                Some(known) if parameters.raw(known).is_some() => return Err(BindingError::Duplicate(known)),
                Some(known) => parameters.values.push((known, value)),
                None if looks_like_ours(name) => return Err(BindingError::UnknownParameter),
                None => {}
            }
        }
        Ok(parameters)
    }

    pub(crate) fn raw(&self, name: &str) -> Option<&'a str> {
        self.values
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| *value)
    }

    /// The one message and its raw value.
    pub(crate) fn message(&self) -> Result<(Kind, &'a str), BindingError> {
        match (self.raw("SAMLRequest"), self.raw("SAMLResponse")) {
            (Some(_), Some(_)) => Err(BindingError::TwoMessages),
            (Some(value), None) => Ok((Kind::Request, value)),
            (None, Some(value)) => Ok((Kind::Response, value)),
            (None, None) => Err(BindingError::NoMessage),
        }
    }

    pub(crate) fn relay_state(&self) -> Result<Option<String>, BindingError> {
        self.raw("RelayState").map(percent_decode).transpose()
    }
}

fn looks_like_ours(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("saml") || KNOWN.iter().any(|known| known.eq_ignore_ascii_case(&name))
}

/// Reads a query string (without `?`) as it was received.
///
/// # Errors
/// [`BindingError`].
pub fn decode(query: &str, limits: &Limits) -> Result<Incoming, BindingError> {
    if query.len() > limits.bytes.saturating_mul(2) {
        return Err(BindingError::TooLarge);
    }
    let parameters = Parameters::split(query)?;
    let (kind, raw) = parameters.message()?;
    if let Some(encoding) = parameters.raw("SAMLEncoding")
        && percent_decode(encoding)? != "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE"
    {
        return Err(BindingError::Encoding);
    }
    let signature = query_signature(&parameters, kind, raw)?;
    let packed = base64(&percent_decode(raw)?)?;
    let doc = Doc::parse_bytes(&inflate(&packed, limits.bytes)?, limits)?;
    Ok(Incoming::new(
        kind,
        parameters.relay_state()?,
        doc,
        Proof::Query(signature),
    ))
}

/// The octets that were signed: message, RelayState if there is one, SigAlg, in this order, as received (§3.4.4.1).
fn query_signature(
    parameters: &Parameters<'_>,
    kind: Kind,
    message: &str,
) -> Result<Option<QuerySignature>, BindingError> {
    let (algorithm, signature) = match (parameters.raw("SigAlg"), parameters.raw("Signature")) {
        (None, None) => return Ok(None),
        (Some(algorithm), Some(signature)) => (algorithm, signature),
        _ => return Err(BindingError::HalfSigned),
    };
    let mut octets = format!("{}={message}", kind.parameter());
    if let Some(relay_state) = parameters.raw("RelayState") {
        let _ = write!(octets, "&RelayState={relay_state}");
    }
    let _ = write!(octets, "&SigAlg={algorithm}");
    Ok(Some(QuerySignature {
        algorithm: percent_decode(algorithm)?,
        octets: octets.into_bytes(),
        signature: base64(&percent_decode(signature)?)?,
    }))
}

/// The address that carries the message to `location`, signed with RSA-SHA256 when there is a key.
///
/// # Errors
/// [`kryptering::Error`] when the key does not sign.
pub fn encode(
    location: &str,
    kind: Kind,
    xml: &str,
    relay_state: Option<&str>,
    key: Option<&SigningKey>,
) -> Result<String, kryptering::Error> {
    let mut query = format!(
        "{}={}",
        kind.parameter(),
        percent_encode(&STANDARD.encode(deflate(xml)?))
    );
    if let Some(relay_state) = relay_state {
        let _ = write!(query, "&RelayState={}", percent_encode(relay_state));
    }
    if let Some(key) = key {
        let _ = write!(query, "&SigAlg={}", percent_encode(alg::RSA_SHA256));
        let signature = STANDARD.encode(key.sign_octets(query.as_bytes())?);
        let _ = write!(query, "&Signature={}", percent_encode(&signature));
    }
    let joint = if location.contains('?') { '&' } else { '?' };
    Ok(format!("{location}{joint}{query}"))
}

fn deflate(xml: &str) -> Result<Vec<u8>, std::io::Error> {
    use std::io::Write as _;
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(xml.as_bytes())?;
    encoder.finish()
}

/// Inflates at most `cap` bytes; a bomb costs no more than that. Nothing may follow the stream.
fn inflate(packed: &[u8], cap: usize) -> Result<Vec<u8>, BindingError> {
    let mut stream = Decompress::new(false);
    let mut out = vec![0; cap + 1];
    let status = stream
        .decompress(packed, &mut out, FlushDecompress::Finish)
        .map_err(|_| BindingError::Encoding)?;
    let (read, written) = (stream.total_in() as usize, stream.total_out() as usize);
    if written > cap {
        return Err(BindingError::TooLarge);
    }
    if status != Status::StreamEnd || read != packed.len() {
        return Err(BindingError::Encoding);
    }
    out.truncate(written);
    Ok(out)
}

pub(crate) fn base64(text: &str) -> Result<Vec<u8>, BindingError> {
    let packed: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
    STANDARD.decode(packed).map_err(|_| BindingError::Encoding)
}

/// Form decoding: `%XX` and `+`; the result must be UTF-8.
pub(crate) fn percent_decode(raw: &str) -> Result<String, BindingError> {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digit = |byte: Option<u8>| byte.and_then(|b| char::from(b).to_digit(16));
                let high = digit(rest.next()).ok_or(BindingError::Encoding)?;
                let low = digit(rest.next()).ok_or(BindingError::Encoding)?;
                (high * 16 + low) as u8
            }
            b'+' => b' ',
            other => other,
        });
    }
    String::from_utf8(bytes).map_err(|_| BindingError::Encoding)
}

fn percent_encode(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 16);
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
