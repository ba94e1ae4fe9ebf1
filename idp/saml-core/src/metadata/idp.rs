//! An identity provider's metadata.

use chrono::{DateTime, Utc};

use super::{Endpoint, KeyDescriptor, MetadataError};
use crate::{
    ReadError,
    key::TrustedKeys,
    ns, read,
    response::Attribute,
    xml::{Doc, Elem, Limits},
};

/// `md:IDPSSODescriptor` with its entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idp {
    /// `entityID`.
    pub entity_id: String,
    /// `validUntil`: the earlier one of entity and role.
    pub valid_until: Option<DateTime<Utc>>,
    /// `WantAuthnRequestsSigned`.
    pub want_requests_signed: bool,
    /// `KeyDescriptor`; the active signing certificate comes first, because some services look at the first alone.
    pub keys: Vec<KeyDescriptor>,
    /// `SingleLogoutService`.
    pub slo: Vec<Endpoint>,
    /// `NameIDFormat`.
    pub name_id_formats: Vec<String>,
    /// `SingleSignOnService`.
    pub sso: Vec<Endpoint>,
    /// `saml:Attribute`: what may be told.
    pub attributes: Vec<Attribute>,
    /// `Organization`.
    pub organization: Option<Organization>,
    /// `ContactPerson` of the kind technical.
    pub contact: Option<Contact>,
}

/// `md:Organization`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// `OrganizationName`.
    pub name: String,
    /// `OrganizationDisplayName`.
    pub display_name: String,
    /// `OrganizationURL`.
    pub url: String,
}

/// `md:ContactPerson`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// `GivenName`.
    pub name: Option<String>,
    /// `EmailAddress`.
    pub email: String,
}

impl Idp {
    /// Reads a file or a document fetched from a place that is trusted otherwise.
    ///
    /// # Errors
    /// [`MetadataError`] names the element.
    pub fn parse(xml: &str, limits: &Limits) -> Result<Self, MetadataError> {
        let doc = Doc::parse(xml, limits)?;
        let (entity_id, role) = super::role(&doc, "IDPSSODescriptor")?;
        let attributes: Result<Vec<_>, ReadError> = role.all(ns::SAML, "Attribute").map(Attribute::read).collect();
        let idp = Self {
            entity_id,
            valid_until: super::valid_until(doc.root(), role)?,
            want_requests_signed: read::boolean(role, "WantAuthnRequestsSigned")?.unwrap_or(false),
            keys: KeyDescriptor::read_all(role)?,
            slo: Endpoint::read_all(role, "SingleLogoutService")?,
            name_id_formats: super::name_id_formats(role)?,
            sso: Endpoint::read_all(role, "SingleSignOnService")?,
            attributes: attributes?,
            organization: None,
            contact: None,
        };
        if idp.sso.is_empty() {
            return Err(ReadError::Missing("SingleSignOnService").into());
        }
        if idp.trusted_keys()?.is_empty() {
            return Err(ReadError::Missing("KeyDescriptor").into());
        }
        Ok(idp)
    }

    /// The keys its messages may be signed with.
    ///
    /// # Errors
    /// [`MetadataError::Key`].
    pub fn trusted_keys(&self) -> Result<TrustedKeys, MetadataError> {
        KeyDescriptor::trusted(&self.keys)
    }

    /// The log-out service of a binding.
    pub fn slo_by(&self, binding: &str) -> Option<&Endpoint> {
        self.slo.iter().find(|e| e.binding == binding)
    }

    /// The element. It is not signed: whoever reads it fetches it over https or has it from somebody they know.
    pub fn elem(&self) -> Elem {
        let formats = self
            .name_id_formats
            .iter()
            .map(|format| Elem::new("md:NameIDFormat").text(format));
        let role = Elem::new("md:IDPSSODescriptor")
            .attr("protocolSupportEnumeration", ns::SAMLP)
            .attr("WantAuthnRequestsSigned", self.want_requests_signed.to_string())
            .children(self.keys.iter().map(KeyDescriptor::elem))
            .children(self.slo.iter().map(|e| e.elem("md:SingleLogoutService")))
            .children(formats)
            .children(self.sso.iter().map(|e| e.elem("md:SingleSignOnService")))
            .children(self.attributes.iter().map(Attribute::elem));
        Elem::new("md:EntityDescriptor")
            .attr("entityID", &self.entity_id)
            .attr_opt("validUntil", self.valid_until.map(crate::time::write))
            .child(role)
            .child_opt(self.organization.as_ref().map(Organization::elem))
            .child_opt(self.contact.as_ref().map(Contact::elem))
    }
}

impl Organization {
    fn elem(&self) -> Elem {
        let line = |name, text: &str| Elem::new(name).attr("xml:lang", "en").text(text);
        Elem::new("md:Organization")
            .child(line("md:OrganizationName", &self.name))
            .child(line("md:OrganizationDisplayName", &self.display_name))
            .child(line("md:OrganizationURL", &self.url))
    }
}

impl Contact {
    fn elem(&self) -> Elem {
        Elem::new("md:ContactPerson")
            .attr("contactType", "technical")
            .child_opt(self.name.as_ref().map(|name| Elem::new("md:GivenName").text(name)))
            .child(Elem::new("md:EmailAddress").text(&self.email))
    }
}
