//! `samlp:AuthnRequest`: a service asks us to log somebody in (Core §3.4.1, with the errata).

use chrono::{DateTime, Utc};

use crate::{
    Id, ReadError, Verified,
    context::RequestedAuthnContext,
    name_id::{self, NameId, NameIdPolicy},
    ns::{self, binding},
    read, time,
    xml::Elem,
};

/// An authentication request as it was received and believed. Which endpoint it may be answered at is not decided here:
/// the address it names has to be found in the service's metadata first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthnRequest {
    /// `ID`.
    pub id: String,
    /// `IssueInstant`.
    pub issue_instant: DateTime<Utc>,
    /// `Destination`.
    pub destination: Option<String>,
    /// `Issuer`: the service's entityID.
    pub issuer: String,
    /// `ForceAuthn`.
    pub force_authn: bool,
    /// `IsPassive`.
    pub is_passive: bool,
    /// `AssertionConsumerServiceURL`.
    pub acs_url: Option<String>,
    /// `AssertionConsumerServiceIndex`.
    pub acs_index: Option<u16>,
    /// `ProtocolBinding`.
    pub protocol_binding: Option<String>,
    /// `AttributeConsumingServiceIndex`.
    pub attribute_index: Option<u16>,
    /// `NameIDPolicy`.
    pub name_id_policy: Option<NameIdPolicy>,
    /// `RequestedAuthnContext`.
    pub context: Option<RequestedAuthnContext>,
    /// `Subject/NameID`: never whom to log in, only whom it has to be.
    pub subject: Option<NameId>,
}

/// Everything that may stand in a request.
const KNOWN: [(&str, &str); 8] = [
    (ns::SAML, "Issuer"),
    (ns::DS, "Signature"),
    (ns::SAMLP, "Extensions"),
    (ns::SAML, "Subject"),
    (ns::SAMLP, "NameIDPolicy"),
    (ns::SAML, "Conditions"),
    (ns::SAMLP, "RequestedAuthnContext"),
    (ns::SAMLP, "Scoping"),
];

impl AuthnRequest {
    /// Reads a believed request. `Conditions` and `Scoping` may stand there and are not looked at: they ask for less than
    /// we do anyway, and no trust follows from them.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn read(message: Verified<'_>) -> Result<Self, ReadError> {
        let root = message.root();
        if !root.is(ns::SAMLP, "AuthnRequest") {
            return Err(ReadError::WrongMessage);
        }
        read::version(root)?;
        read::only(root, &KNOWN)?;
        if let Some(extensions) = root.one(ns::SAMLP, "Extensions")? {
            read::extensions(extensions)?;
        }
        let subject = match root.one(ns::SAML, "Subject")? {
            None => None,
            Some(subject) => match subject.one(ns::SAML, "NameID")? {
                Some(name_id) => Some(NameId::read(name_id)?),
                None => return Err(ReadError::Value("Subject")),
            },
        };
        let policy = root.one(ns::SAMLP, "NameIDPolicy")?;
        let context = root.one(ns::SAMLP, "RequestedAuthnContext")?;
        Ok(Self {
            id: read::id(root)?,
            issue_instant: read::instant(root, "IssueInstant")?,
            destination: root.attr("Destination").map(str::to_owned),
            issuer: name_id::issuer(root)?,
            force_authn: read::boolean(root, "ForceAuthn")?.unwrap_or(false),
            is_passive: read::boolean(root, "IsPassive")?.unwrap_or(false),
            acs_url: root.attr("AssertionConsumerServiceURL").map(str::to_owned),
            acs_index: read::index(root, "AssertionConsumerServiceIndex")?,
            protocol_binding: root.attr("ProtocolBinding").map(str::to_owned),
            attribute_index: read::index(root, "AttributeConsumingServiceIndex")?,
            name_id_policy: policy.map(NameIdPolicy::read).transpose()?,
            context: context.map(RequestedAuthnContext::read).transpose()?,
            subject,
        })
    }

    /// A plain request of a service, to be answered by POST at `acs_url`; set further fields as needed.
    pub fn new(id: &Id, now: DateTime<Utc>, issuer: &str, destination: &str, acs_url: &str) -> Self {
        Self {
            id: id.as_str().to_owned(),
            issue_instant: now,
            destination: Some(destination.to_owned()),
            issuer: issuer.to_owned(),
            force_authn: false,
            is_passive: false,
            acs_url: Some(acs_url.to_owned()),
            acs_index: None,
            protocol_binding: Some(binding::POST.to_owned()),
            attribute_index: None,
            name_id_policy: None,
            context: None,
            subject: None,
        }
    }

    /// The element, to be signed by the binding ([`crate::redirect::encode`]) or by [`crate::dsig::enveloped`].
    pub fn elem(&self) -> Elem {
        let yes = |flag: bool| flag.then_some("true");
        Elem::new("samlp:AuthnRequest")
            .attr("ID", &self.id)
            .attr("Version", "2.0")
            .attr("IssueInstant", time::write(self.issue_instant))
            .attr_opt("Destination", self.destination.clone())
            .attr_opt("ForceAuthn", yes(self.force_authn))
            .attr_opt("IsPassive", yes(self.is_passive))
            .attr_opt("ProtocolBinding", self.protocol_binding.clone())
            .attr_opt(
                "AssertionConsumerServiceIndex",
                self.acs_index.map(|index| index.to_string()),
            )
            .attr_opt("AssertionConsumerServiceURL", self.acs_url.clone())
            .attr_opt(
                "AttributeConsumingServiceIndex",
                self.attribute_index.map(|index| index.to_string()),
            )
            .child(name_id::issuer_elem(&self.issuer))
            .child_opt(
                self.subject
                    .as_ref()
                    .map(|name_id| Elem::new("saml:Subject").child(name_id.elem())),
            )
            .child_opt(self.name_id_policy.as_ref().map(NameIdPolicy::elem))
            .child_opt(self.context.as_ref().map(RequestedAuthnContext::elem))
    }
}
