//! Metadata of one entity ([`Sp`], [`Idp`]): read from files that the operator trusts, written for others to read.
//!
//! What a peer may do follows from its metadata alone: where it is answered, with which keys it speaks, what it may be
//! told. Aggregates (`EntitiesDescriptor`) are refused; one file is one entity.

mod endpoint;
mod idp;
mod keys;
mod sp;

pub use endpoint::{Endpoint, Indexed};
pub use idp::{Contact, Idp, Organization};
pub use keys::{KeyDescriptor, Use};
pub use sp::{AttributeService, RequestedAttribute, Sp};

use crate::{
    ReadError, dsig, dsig::SignatureError, key::KeyError, key::TrustedKeys, ns, xml::Doc, xml::El, xml::XmlError,
};

/// Why metadata cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// Not XML as we accept it.
    #[error(transparent)]
    Xml(#[from] XmlError),
    /// Something is missing or wrong.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// An aggregate of entities.
    #[error("one EntityDescriptor was expected, not an aggregate")]
    Aggregate,
    /// The role is not there.
    #[error("there is no {0} for SAML 2.0")]
    Role(&'static str),
    /// A certificate that cannot be used.
    #[error("KeyDescriptor: {0}")]
    Key(#[from] KeyError),
    /// An address that is none.
    #[error("{element}: the location {location:?} is not an http or https address")]
    Location {
        /// Where.
        element: &'static str,
        /// What stands there.
        location: String,
    },
    /// The signature of signed metadata does not hold.
    #[error("the metadata's signature: {0}")]
    Signature(#[from] SignatureError),
}

/// The entity and its one role descriptor of that name.
fn role<'d>(doc: &'d Doc, name: &'static str) -> Result<(String, El<'d>), MetadataError> {
    let root = doc.root();
    if root.is(ns::MD, "EntitiesDescriptor") {
        return Err(MetadataError::Aggregate);
    }
    if !root.is(ns::MD, "EntityDescriptor") {
        return Err(ReadError::WrongMessage.into());
    }
    let entity_id = crate::read::attr(root, "entityID")?.trim().to_owned();
    if entity_id.len() > 1_024 || !entity_id.contains(':') {
        return Err(ReadError::Value("entityID").into());
    }
    let mut roles = root.children().filter(|el| el.is(ns::MD, name) && speaks_saml2(*el));
    match (roles.next(), roles.next()) {
        (Some(role), None) => Ok((entity_id, role)),
        _ => Err(MetadataError::Role(name)),
    }
}

fn speaks_saml2(role: El<'_>) -> bool {
    role.attr("protocolSupportEnumeration")
        .is_some_and(|list| list.split_whitespace().any(|uri| uri == ns::SAMLP))
}

/// Checks the signature of a whole metadata document against the keys of whoever publishes it.
fn verify(doc: &Doc, keys: &TrustedKeys) -> Result<(), MetadataError> {
    dsig::verify(doc.root(), &[doc.root()], keys)?;
    Ok(())
}

fn name_id_formats(role: El<'_>) -> Result<Vec<String>, ReadError> {
    role.all(ns::MD, "NameIDFormat")
        .map(|el| crate::read::text(el, "NameIDFormat"))
        .collect()
}
