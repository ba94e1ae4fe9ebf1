//! A service provider's metadata.

use chrono::{DateTime, Utc};

use super::{Endpoint, Indexed, KeyDescriptor, MetadataError};
use crate::{
    ReadError,
    enc::Recipient,
    key::TrustedKeys,
    ns::{self, binding},
    read,
    xml::{Doc, El, Elem, Limits},
};

/// `md:SPSSODescriptor` with its entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sp {
    /// `entityID`.
    pub entity_id: String,
    /// `validUntil`: the earlier one of entity and role. After it nothing of this document may be used.
    pub valid_until: Option<DateTime<Utc>>,
    /// `AuthnRequestsSigned`.
    pub requests_signed: bool,
    /// `WantAssertionsSigned`.
    pub want_assertions_signed: bool,
    /// `KeyDescriptor`.
    pub keys: Vec<KeyDescriptor>,
    /// `SingleLogoutService`.
    pub slo: Vec<Endpoint>,
    /// `NameIDFormat`, the preferred first.
    pub name_id_formats: Vec<String>,
    /// `AssertionConsumerService`.
    pub acs: Vec<Indexed>,
    /// `AttributeConsumingService`.
    pub attribute_services: Vec<AttributeService>,
}

/// `md:AttributeConsumingService`: what the service wants to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeService {
    /// `index`.
    pub index: u16,
    /// `isDefault`.
    pub is_default: Option<bool>,
    /// `ServiceName`.
    pub name: String,
    /// `RequestedAttribute`.
    pub requested: Vec<RequestedAttribute>,
}

/// `md:RequestedAttribute`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestedAttribute {
    /// `Name`.
    pub name: String,
    /// `NameFormat`.
    pub name_format: Option<String>,
    /// `isRequired`.
    pub required: bool,
}

impl Sp {
    /// Reads a file.
    ///
    /// # Errors
    /// [`MetadataError`] names the element.
    pub fn parse(xml: &str, limits: &Limits) -> Result<Self, MetadataError> {
        let doc = Doc::parse(xml, limits)?;
        let (entity_id, role) = super::role(&doc, "SPSSODescriptor")?;
        let acs = Indexed::read_all(role, "AssertionConsumerService")?;
        if acs.is_empty() {
            return Err(ReadError::Missing("AssertionConsumerService").into());
        }
        let services: Result<Vec<_>, _> = role
            .all(ns::MD, "AttributeConsumingService")
            .map(AttributeService::read)
            .collect();
        let sp = Self {
            entity_id,
            valid_until: super::valid_until(doc.root(), role)?,
            requests_signed: read::boolean(role, "AuthnRequestsSigned")?.unwrap_or(false),
            want_assertions_signed: read::boolean(role, "WantAssertionsSigned")?.unwrap_or(false),
            keys: KeyDescriptor::read_all(role)?,
            slo: Endpoint::read_all(role, "SingleLogoutService")?,
            name_id_formats: super::name_id_formats(role)?,
            acs,
            attribute_services: services?,
        };
        sp.trusted_keys()?;
        sp.recipient()?;
        Ok(sp)
    }

    /// The keys its messages may be signed with.
    ///
    /// # Errors
    /// [`MetadataError::Key`].
    pub fn trusted_keys(&self) -> Result<TrustedKeys, MetadataError> {
        KeyDescriptor::trusted(&self.keys)
    }

    /// Whom assertions for it are encrypted for; `None` when it names no encryption key.
    ///
    /// # Errors
    /// [`MetadataError`] when it names only algorithms that we do not use.
    pub fn recipient(&self) -> Result<Option<Recipient>, MetadataError> {
        KeyDescriptor::recipient(&self.keys)
    }

    /// The assertion consumer service that takes a POST: by index, by exact address, or the default.
    pub fn acs_default(&self) -> Option<&Indexed> {
        let posts: Vec<Indexed> = self
            .acs
            .iter()
            .filter(|e| e.endpoint.binding == binding::POST)
            .cloned()
            .collect();
        let index = Indexed::default_of(&posts)?.index;
        self.acs
            .iter()
            .find(|e| e.endpoint.binding == binding::POST && e.index == index)
    }

    /// The POST assertion consumer service of that index.
    pub fn acs_by_index(&self, index: u16) -> Option<&Indexed> {
        self.acs
            .iter()
            .find(|e| e.index == index && e.endpoint.binding == binding::POST)
    }

    /// The POST assertion consumer service of exactly that address.
    pub fn acs_by_url(&self, url: &str) -> Option<&Indexed> {
        self.acs
            .iter()
            .find(|e| e.endpoint.location == url && e.endpoint.binding == binding::POST)
    }

    /// The log-out service of a binding.
    pub fn slo_by(&self, binding: &str) -> Option<&Endpoint> {
        self.slo.iter().find(|e| e.binding == binding)
    }

    /// The element, without a signature.
    pub fn elem(&self) -> Elem {
        let formats = self
            .name_id_formats
            .iter()
            .map(|format| Elem::new("md:NameIDFormat").text(format));
        let role = Elem::new("md:SPSSODescriptor")
            .attr("protocolSupportEnumeration", ns::SAMLP)
            .attr("AuthnRequestsSigned", self.requests_signed.to_string())
            .attr("WantAssertionsSigned", self.want_assertions_signed.to_string())
            .children(self.keys.iter().map(KeyDescriptor::elem))
            .children(self.slo.iter().map(|e| e.elem("md:SingleLogoutService")))
            .children(formats)
            .children(self.acs.iter().map(|e| e.elem("md:AssertionConsumerService")))
            .children(self.attribute_services.iter().map(AttributeService::elem));
        Elem::new("md:EntityDescriptor")
            .attr("entityID", &self.entity_id)
            .attr_opt("validUntil", self.valid_until.map(crate::time::write))
            .child(role)
    }
}

impl AttributeService {
    fn read(el: El<'_>) -> Result<Self, MetadataError> {
        let requested: Result<Vec<_>, ReadError> = el
            .all(ns::MD, "RequestedAttribute")
            .map(|attribute| {
                Ok(RequestedAttribute {
                    name: read::attr(attribute, "Name")?.to_owned(),
                    name_format: attribute.attr("NameFormat").map(str::to_owned),
                    required: read::boolean(attribute, "isRequired")?.unwrap_or(false),
                })
            })
            .collect();
        Ok(Self {
            index: read::index(el, "index")?.ok_or(ReadError::Missing("index"))?,
            is_default: read::boolean(el, "isDefault")?,
            name: el
                .all(ns::MD, "ServiceName")
                .next()
                .map(|el| el.text())
                .transpose()?
                .unwrap_or_default(),
            requested: requested?,
        })
    }

    fn elem(&self) -> Elem {
        let requested = |attribute: &RequestedAttribute| {
            Elem::new("md:RequestedAttribute")
                .attr("Name", &attribute.name)
                .attr_opt("NameFormat", attribute.name_format.clone())
                .attr_opt("isRequired", attribute.required.then_some("true"))
        };
        Elem::new("md:AttributeConsumingService")
            .attr("index", self.index.to_string())
            .attr_opt("isDefault", self.is_default.map(|yes| yes.to_string()))
            .child(Elem::new("md:ServiceName").attr("xml:lang", "en").text(&self.name))
            .children(self.requested.iter().map(requested))
    }
}
