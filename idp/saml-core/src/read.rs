//! What can be wrong with a message that is well-formed and signed, and the small helpers that read values out of it.

use chrono::{DateTime, Utc};

use crate::{
    time,
    xml::{El, XmlError},
};

/// A message is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Another message than expected.
    #[error("another message was expected")]
    WrongMessage,
    /// `Version` is not 2.0; an answer says VersionMismatch.
    #[error("the version is not 2.0")]
    Version(VersionFault),
    /// An element or attribute is missing.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// An element or attribute has a value that it may not have.
    #[error("{0} has a value that is not allowed")]
    Value(&'static str),
    /// An element stands where it must not.
    #[error("{0} is not allowed here")]
    Unexpected(String),
    /// The XML itself.
    #[error(transparent)]
    Xml(#[from] XmlError),
}

/// How a version is wrong (SAML Core §3.2.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VersionFault {
    /// Lower than 2.0.
    TooLow,
    /// Higher than 2.0.
    TooHigh,
}

/// Checks `Version="2.0"`.
pub(crate) fn version(el: El<'_>) -> Result<(), ReadError> {
    match el.attr("Version") {
        Some("2.0") => Ok(()),
        Some(other) => {
            let major = other.split('.').next().and_then(|part| part.parse::<u32>().ok());
            match major {
                Some(..2) => Err(ReadError::Version(VersionFault::TooLow)),
                Some(_) => Err(ReadError::Version(VersionFault::TooHigh)),
                None => Err(ReadError::Value("Version")),
            }
        }
        None => Err(ReadError::Missing("Version")),
    }
}

/// A required attribute that is not blank.
pub(crate) fn attr<'d>(el: El<'d>, name: &'static str) -> Result<&'d str, ReadError> {
    match el.attr(name) {
        Some(value) if !value.trim().is_empty() => Ok(value),
        Some(_) => Err(ReadError::Value(name)),
        None => Err(ReadError::Missing(name)),
    }
}

/// `ID`: an NCName of at most 256 bytes.
pub(crate) fn id(el: El<'_>) -> Result<String, ReadError> {
    let id = attr(el, "ID")?;
    let start = id.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_');
    let rest = id.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    if start && rest && id.len() <= 256 {
        Ok(id.to_owned())
    } else {
        Err(ReadError::Value("ID"))
    }
}

/// A required time.
pub(crate) fn instant(el: El<'_>, name: &'static str) -> Result<DateTime<Utc>, ReadError> {
    time::read(attr(el, name)?).ok_or(ReadError::Value(name))
}

/// An optional time.
pub(crate) fn instant_opt(el: El<'_>, name: &'static str) -> Result<Option<DateTime<Utc>>, ReadError> {
    el.attr(name).map(|_| instant(el, name)).transpose()
}

/// An optional `xs:boolean`: `true`, `false`, `1`, `0`.
pub(crate) fn boolean(el: El<'_>, name: &'static str) -> Result<Option<bool>, ReadError> {
    match el.attr(name).map(str::trim) {
        None => Ok(None),
        Some("true" | "1") => Ok(Some(true)),
        Some("false" | "0") => Ok(Some(false)),
        Some(_) => Err(ReadError::Value(name)),
    }
}

/// An optional `xs:unsignedShort`.
pub(crate) fn index(el: El<'_>, name: &'static str) -> Result<Option<u16>, ReadError> {
    el.attr(name)
        .map(|value| value.trim().parse().map_err(|_| ReadError::Value(name)))
        .transpose()
}

/// The trimmed text of an element; blank is an error.
pub(crate) fn text(el: El<'_>, name: &'static str) -> Result<String, ReadError> {
    let text = el.text()?;
    let text = text.trim();
    if text.is_empty() {
        Err(ReadError::Value(name))
    } else {
        Ok(text.to_owned())
    }
}

/// Base64 of an element, white space allowed.
pub(crate) fn base64(text: &str, name: &'static str) -> Result<Vec<u8>, ReadError> {
    use base64::Engine as _;
    let packed: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    base64::engine::general_purpose::STANDARD
        .decode(packed)
        .map_err(|_| ReadError::Value(name))
}

/// Refuses child elements of the SAML protocol or assertion namespace that are not listed, in whatever order.
pub(crate) fn only(el: El<'_>, known: &[(&str, &str)]) -> Result<(), ReadError> {
    for child in el.children() {
        let listed = known.iter().any(|(namespace, local)| child.is(namespace, local));
        if !listed {
            return Err(ReadError::Unexpected(child.local().to_owned()));
        }
    }
    Ok(())
}

/// Checks `Extensions`: anything foreign is fine and ignored, nothing of SAML or XML security may hide there.
pub(crate) fn extensions(el: El<'_>) -> Result<(), ReadError> {
    match el.descendants().find(|inner| inner.is_ours()) {
        Some(inner) => Err(ReadError::Unexpected(inner.local().to_owned())),
        None => Ok(()),
    }
}
