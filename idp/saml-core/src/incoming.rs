//! [`Incoming`]: a message as a binding delivered it, parsed but not believed. [`Verified`]: the same, believed.

use uppsala::NodeId;

use crate::{
    dsig::{self, SignatureError},
    key::TrustedKeys,
    ns,
    xml::{Doc, El, Limits, XmlError},
};

/// Request or response: `SAMLRequest` or `SAMLResponse`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `SAMLRequest`.
    Request,
    /// `SAMLResponse`.
    Response,
}

impl Kind {
    /// The name of the parameter or form field.
    pub fn parameter(self) -> &'static str {
        match self {
            Self::Request => "SAMLRequest",
            Self::Response => "SAMLResponse",
        }
    }
}

/// How the binding lets a sender prove itself. One never stands in for the other.
#[derive(Debug)]
pub(crate) enum Proof {
    /// HTTP-Redirect: over the query as it was received. `None`: not signed.
    Query(Option<QuerySignature>),
    /// HTTP-POST and SOAP: inside the XML.
    Enveloped,
}

/// The signature of HTTP-Redirect.
#[derive(Debug)]
pub(crate) struct QuerySignature {
    pub(crate) algorithm: String,
    pub(crate) octets: Vec<u8>,
    pub(crate) signature: Vec<u8>,
}

/// Which message it claims to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// `samlp:AuthnRequest`.
    AuthnRequest,
    /// `samlp:LogoutRequest`.
    LogoutRequest,
    /// `samlp:LogoutResponse`.
    LogoutResponse,
    /// `samlp:Response`.
    Response,
}

/// A parsed message that nobody has proved yet.
#[derive(Debug)]
pub struct Incoming {
    kind: Kind,
    relay_state: Option<String>,
    doc: Doc,
    /// The message: the document element, or what a SOAP body holds.
    message: NodeId,
    proof: Proof,
}

impl Incoming {
    pub(crate) fn new(kind: Kind, relay_state: Option<String>, doc: Doc, proof: Proof) -> Self {
        let message = doc.root().node();
        Self {
            kind,
            relay_state,
            doc,
            message,
            proof,
        }
    }

    /// A message that stands inside another document.
    pub(crate) fn inside(kind: Kind, doc: Doc, message: NodeId) -> Self {
        Self {
            kind,
            relay_state: None,
            doc,
            message,
            proof: Proof::Enveloped,
        }
    }

    pub(crate) fn message(&self) -> El<'_> {
        self.doc.el(self.message).unwrap_or_else(|| self.doc.root())
    }

    /// From the XML alone, as an enveloped signature proves it (used where no HTTP binding is between).
    ///
    /// # Errors
    /// [`XmlError`].
    pub fn from_xml(kind: Kind, xml: &str, limits: &Limits) -> Result<Self, XmlError> {
        Ok(Self::new(kind, None, Doc::parse(xml, limits)?, Proof::Enveloped))
    }

    /// `SAMLRequest` or `SAMLResponse`.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// `RelayState`: opaque, to be given back as it is.
    pub fn relay_state(&self) -> Option<&str> {
        self.relay_state.as_deref()
    }

    /// The XML as it was received (for showing in a demo; read values out of the typed messages).
    pub fn xml(&self) -> &str {
        self.doc.source()
    }

    /// Which message it claims to be; `None` when the name is none of ours or does not fit the parameter.
    pub fn name(&self) -> Option<Name> {
        let root = self.message();
        if root.namespace() != ns::SAMLP {
            return None;
        }
        match (self.kind, root.local()) {
            (Kind::Request, "AuthnRequest") => Some(Name::AuthnRequest),
            (Kind::Request, "LogoutRequest") => Some(Name::LogoutRequest),
            (Kind::Response, "LogoutResponse") => Some(Name::LogoutResponse),
            (Kind::Response, "Response") => Some(Name::Response),
            _ => None,
        }
    }

    /// Who it claims to be from. Good for one thing only: finding the keys to try.
    pub fn claimed_issuer(&self) -> Option<String> {
        crate::name_id::issuer(self.message()).ok()
    }

    /// Believes the message if one of these keys signed it in the way of its binding.
    ///
    /// # Errors
    /// [`SignatureError`]; a message without a signature is never believed.
    pub fn verify(&self, keys: &TrustedKeys) -> Result<Verified<'_>, SignatureError> {
        let root = self.message();
        match &self.proof {
            Proof::Enveloped => dsig::verify(root, &[root], keys).map(|root| Verified { root }),
            Proof::Query(None) => Err(SignatureError::Unsigned),
            Proof::Query(Some(query)) => {
                // Bindings §3.4.4.1: a signature in the XML is not allowed here, and must not confuse anybody.
                if root.descendants().any(|el| el.is(ns::DS, "Signature")) {
                    return Err(SignatureError::Misplaced);
                }
                if keys.made(&query.algorithm, &query.octets, &query.signature) {
                    Ok(Verified { root })
                } else {
                    Err(SignatureError::Invalid)
                }
            }
        }
    }
}

/// The document element of a message whose sender is proved. Typed messages are read from this and from nothing else.
#[derive(Debug, Clone, Copy)]
pub struct Verified<'d> {
    root: El<'d>,
}

impl<'d> Verified<'d> {
    /// For [`crate::fuzzing`] alone.
    pub(crate) fn unproved(incoming: &'d Incoming) -> Self {
        Self {
            root: incoming.message(),
        }
    }

    pub(crate) fn root(self) -> El<'d> {
        self.root
    }
}
