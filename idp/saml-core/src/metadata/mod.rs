//! Metadata of one entity ([`Sp`], [`Idp`]): read from files that the operator trusts, written for others to read.
//!
//! What a peer may do follows from its metadata alone: where it is answered, with which keys it speaks, what it may be
//! told. Aggregates (`EntitiesDescriptor`) are refused; one file is one entity. Signatures of metadata are not looked at: the
//! file itself is what is trusted, and only the role that stands directly in its document element is read.

mod endpoint;
mod idp;
mod keys;
mod sp;

pub use endpoint::{Endpoint, Indexed};
pub use idp::{Contact, Idp, Organization};
pub use keys::{KeyDescriptor, Use};
pub use sp::{AttributeService, RequestedAttribute, Sp};

use chrono::{DateTime, Utc};

use crate::{
    ReadError,
    key::KeyError,
    ns,
    xml::{Doc, El, XmlError},
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

/// The moment from which the document must not be used (Metadata §2.3.2, §2.4.1): either may name one.
fn valid_until(entity: El<'_>, role: El<'_>) -> Result<Option<DateTime<Utc>>, ReadError> {
    let ends = [entity, role].map(|el| crate::read::instant_opt(el, "validUntil"));
    let [entity, role] = ends;
    Ok(entity?.into_iter().chain(role?).min())
}

fn name_id_formats(role: El<'_>) -> Result<Vec<String>, ReadError> {
    role.all(ns::MD, "NameIDFormat")
        .map(|el| crate::read::text(el, "NameIDFormat"))
        .collect()
}
