//! `samlp:Status`: one of four codes at the top, a finer one below, a message for people.

use crate::{
    ReadError, ns, read,
    xml::{El, Elem},
};

/// The four codes that may stand at the top (Core §3.2.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Top {
    /// Done.
    Success,
    /// The request was at fault.
    Requester,
    /// We could not or would not.
    Responder,
    /// Another version of SAML.
    VersionMismatch,
}

impl Top {
    /// The URI.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "urn:oasis:names:tc:SAML:2.0:status:Success",
            Self::Requester => "urn:oasis:names:tc:SAML:2.0:status:Requester",
            Self::Responder => "urn:oasis:names:tc:SAML:2.0:status:Responder",
            Self::VersionMismatch => "urn:oasis:names:tc:SAML:2.0:status:VersionMismatch",
        }
    }

    fn parse(uri: &str) -> Option<Self> {
        [Self::Success, Self::Requester, Self::Responder, Self::VersionMismatch]
            .into_iter()
            .find(|top| top.as_str() == uri)
    }
}

/// Codes of the second level.
pub mod second {
    /// The user could not be authenticated.
    pub const AUTHN_FAILED: &str = "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed";
    /// The asked name identifier cannot be given.
    pub const INVALID_NAME_ID_POLICY: &str = "urn:oasis:names:tc:SAML:2.0:status:InvalidNameIDPolicy";
    /// The asked context cannot be met.
    pub const NO_AUTHN_CONTEXT: &str = "urn:oasis:names:tc:SAML:2.0:status:NoAuthnContext";
    /// Passive was asked for and the user would have to be seen.
    pub const NO_PASSIVE: &str = "urn:oasis:names:tc:SAML:2.0:status:NoPassive";
    /// Not everybody was logged out.
    pub const PARTIAL_LOGOUT: &str = "urn:oasis:names:tc:SAML:2.0:status:PartialLogout";
    /// Understood and refused.
    pub const REQUEST_DENIED: &str = "urn:oasis:names:tc:SAML:2.0:status:RequestDenied";
    /// Not supported.
    pub const REQUEST_UNSUPPORTED: &str = "urn:oasis:names:tc:SAML:2.0:status:RequestUnsupported";
    /// Version too high.
    pub const VERSION_TOO_HIGH: &str = "urn:oasis:names:tc:SAML:2.0:status:RequestVersionTooHigh";
    /// Version too low.
    pub const VERSION_TOO_LOW: &str = "urn:oasis:names:tc:SAML:2.0:status:RequestVersionTooLow";
    /// Nobody of that name.
    pub const UNKNOWN_PRINCIPAL: &str = "urn:oasis:names:tc:SAML:2.0:status:UnknownPrincipal";
    /// The binding cannot be used.
    pub const UNSUPPORTED_BINDING: &str = "urn:oasis:names:tc:SAML:2.0:status:UnsupportedBinding";
}

/// `samlp:Status`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The code at the top.
    pub top: Top,
    /// The codes below it, the outer one first; normally none or one.
    pub nested: Vec<String>,
    /// `samlp:StatusMessage`.
    pub message: Option<String>,
}

impl Status {
    /// Done.
    pub fn success() -> Self {
        Self {
            top: Top::Success,
            nested: Vec::new(),
            message: None,
        }
    }

    /// A code with a finer one below it.
    pub fn of(top: Top, second: &str) -> Self {
        Self {
            top,
            nested: vec![second.to_owned()],
            message: None,
        }
    }

    /// A code alone.
    pub fn top(top: Top) -> Self {
        Self {
            top,
            nested: Vec::new(),
            message: None,
        }
    }

    /// With a message.
    #[must_use]
    pub fn saying(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// Whether the top is Success.
    pub fn is_success(&self) -> bool {
        self.top == Top::Success
    }

    /// The second code, if there is one.
    pub fn second(&self) -> Option<&str> {
        self.nested.first().map(String::as_str)
    }

    pub(crate) fn read(parent: El<'_>) -> Result<Self, ReadError> {
        let el = parent.one(ns::SAMLP, "Status")?.ok_or(ReadError::Missing("Status"))?;
        let outer = el
            .one(ns::SAMLP, "StatusCode")?
            .ok_or(ReadError::Missing("StatusCode"))?;
        let top = Top::parse(read::attr(outer, "Value")?).ok_or(ReadError::Value("StatusCode"))?;
        let mut nested = Vec::new();
        let mut at = outer;
        while let Some(inner) = at.one(ns::SAMLP, "StatusCode")? {
            nested.push(read::attr(inner, "Value")?.to_owned());
            at = inner;
        }
        let message = el.one(ns::SAMLP, "StatusMessage")?.map(|el| el.text()).transpose()?;
        Ok(Self { top, nested, message })
    }

    pub(crate) fn elem(&self) -> Elem {
        let code =
            |value: &str, inner: Option<Elem>| Elem::new("samlp:StatusCode").attr("Value", value).child_opt(inner);
        let nested = self
            .nested
            .iter()
            .rev()
            .fold(None, |inner, value| Some(code(value, inner)));
        let message = self
            .message
            .as_ref()
            .map(|text| Elem::new("samlp:StatusMessage").text(text));
        Elem::new("samlp:Status")
            .child(code(self.top.as_str(), nested))
            .child_opt(message)
    }
}
