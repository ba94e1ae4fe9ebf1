//! `saml:Assertion` in the one layout that both OIOSAML versions and SAML2Int agree on: one subject with one bearer
//! confirmation, conditions with one audience, one authentication statement, at most one attribute statement.

use chrono::{DateTime, Utc};

use super::Attribute;
use crate::{
    Id, ReadError,
    name_id::{self, NameId},
    ns, read, time,
    xml::{El, Elem},
};

const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";

/// What we say about somebody, before it is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// `ID`.
    pub id: Id,
    /// `IssueInstant`.
    pub issue_instant: DateTime<Utc>,
    /// `Issuer`.
    pub issuer: String,
    /// Who.
    pub name_id: NameId,
    /// To whom it may be handed.
    pub confirmation: Confirmation,
    /// When and where it counts.
    pub conditions: Conditions,
    /// How the log-in was.
    pub authentication: Authentication,
    /// What else is told.
    pub attributes: Vec<Attribute>,
}

/// `SubjectConfirmationData` of the bearer; there is no `NotBefore` (Profiles §4.1.4.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// `Recipient`: the assertion consumer service.
    pub recipient: String,
    /// `NotOnOrAfter`.
    pub not_on_or_after: DateTime<Utc>,
    /// `InResponseTo`.
    pub in_response_to: String,
}

/// `Conditions`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conditions {
    /// `NotBefore`.
    pub not_before: DateTime<Utc>,
    /// `NotOnOrAfter`.
    pub not_on_or_after: DateTime<Utc>,
    /// `Audience`: the service's entityID.
    pub audience: String,
}

/// `AuthnStatement`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authentication {
    /// `AuthnInstant`: when the user proved to be present.
    pub instant: DateTime<Utc>,
    /// `SessionIndex`: per session and service.
    pub session_index: String,
    /// `SessionNotOnOrAfter`.
    pub session_not_on_or_after: Option<DateTime<Utc>>,
    /// `AuthnContextClassRef`.
    pub class: String,
}

impl Assertion {
    pub(crate) fn elem(&self) -> Elem {
        let confirmation = Elem::new("saml:SubjectConfirmationData")
            .attr("InResponseTo", &self.confirmation.in_response_to)
            .attr("NotOnOrAfter", time::write(self.confirmation.not_on_or_after))
            .attr("Recipient", &self.confirmation.recipient);
        let subject = Elem::new("saml:Subject").child(self.name_id.elem()).child(
            Elem::new("saml:SubjectConfirmation")
                .attr("Method", BEARER)
                .child(confirmation),
        );
        let audience = Elem::new("saml:Audience").text(&self.conditions.audience);
        let conditions = Elem::new("saml:Conditions")
            .attr("NotBefore", time::write(self.conditions.not_before))
            .attr("NotOnOrAfter", time::write(self.conditions.not_on_or_after))
            .child(Elem::new("saml:AudienceRestriction").child(audience));
        let class = Elem::new("saml:AuthnContextClassRef").text(&self.authentication.class);
        let authentication = Elem::new("saml:AuthnStatement")
            .attr("AuthnInstant", time::write(self.authentication.instant))
            .attr("SessionIndex", &self.authentication.session_index)
            .attr_opt(
                "SessionNotOnOrAfter",
                self.authentication.session_not_on_or_after.map(time::write),
            )
            .child(Elem::new("saml:AuthnContext").child(class));
        let attributes = (!self.attributes.is_empty())
            .then(|| Elem::new("saml:AttributeStatement").children(self.attributes.iter().map(Attribute::elem)));
        Elem::new("saml:Assertion")
            .attr("ID", self.id.as_str())
            .attr("Version", "2.0")
            .attr("IssueInstant", time::write(self.issue_instant))
            .child(name_id::issuer_elem(&self.issuer))
            .child(subject)
            .child(conditions)
            .child(authentication)
            .child_opt(attributes)
    }
}

/// A bearer confirmation as it was received.
#[derive(Debug, Clone)]
pub(crate) struct Bearer {
    pub(crate) recipient: Option<String>,
    pub(crate) not_before: Option<DateTime<Utc>>,
    pub(crate) not_on_or_after: Option<DateTime<Utc>>,
    pub(crate) in_response_to: Option<String>,
}

/// An assertion as it was received and believed; its rules are checked by [`crate::sp`].
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) id: String,
    pub(crate) issue_instant: DateTime<Utc>,
    pub(crate) issuer: String,
    pub(crate) name_id: NameId,
    pub(crate) bearers: Vec<Bearer>,
    pub(crate) not_before: Option<DateTime<Utc>>,
    pub(crate) not_on_or_after: Option<DateTime<Utc>>,
    /// One list per restriction; every restriction has to be met.
    pub(crate) audiences: Vec<Vec<String>>,
    pub(crate) authentication: Authentication,
    pub(crate) attributes: Vec<Attribute>,
}

impl Received {
    /// Reads a believed `saml:Assertion`.
    pub(crate) fn read(el: El<'_>) -> Result<Self, ReadError> {
        read::version(el)?;
        let known = [
            (ns::SAML, "Issuer"),
            (ns::DS, "Signature"),
            (ns::SAML, "Subject"),
            (ns::SAML, "Conditions"),
            (ns::SAML, "AuthnStatement"),
            (ns::SAML, "AttributeStatement"),
        ];
        read::only(el, &known)?;
        let subject = el.one(ns::SAML, "Subject")?.ok_or(ReadError::Missing("Subject"))?;
        let conditions = el
            .one(ns::SAML, "Conditions")?
            .ok_or(ReadError::Missing("Conditions"))?;
        let condition_kinds = [
            (ns::SAML, "AudienceRestriction"),
            (ns::SAML, "OneTimeUse"),
            (ns::SAML, "ProxyRestriction"),
        ];
        read::only(conditions, &condition_kinds)?;
        let statement = el
            .one(ns::SAML, "AuthnStatement")?
            .ok_or(ReadError::Missing("AuthnStatement"))?;
        Ok(Self {
            id: read::id(el)?,
            issue_instant: read::instant(el, "IssueInstant")?,
            issuer: name_id::issuer(el)?,
            name_id: NameId::read(subject.one(ns::SAML, "NameID")?.ok_or(ReadError::Missing("NameID"))?)?,
            bearers: bearers(subject)?,
            not_before: read::instant_opt(conditions, "NotBefore")?,
            not_on_or_after: read::instant_opt(conditions, "NotOnOrAfter")?,
            audiences: audiences(conditions)?,
            authentication: authentication(statement)?,
            attributes: attributes(el)?,
        })
    }
}

fn bearers(subject: El<'_>) -> Result<Vec<Bearer>, ReadError> {
    let mut bearers = Vec::new();
    for confirmation in subject.all(ns::SAML, "SubjectConfirmation") {
        if confirmation.attr("Method") != Some(BEARER) {
            continue;
        }
        let Some(data) = confirmation.one(ns::SAML, "SubjectConfirmationData")? else {
            continue;
        };
        bearers.push(Bearer {
            recipient: data.attr("Recipient").map(str::to_owned),
            not_before: read::instant_opt(data, "NotBefore")?,
            not_on_or_after: read::instant_opt(data, "NotOnOrAfter")?,
            in_response_to: data.attr("InResponseTo").map(str::to_owned),
        });
    }
    Ok(bearers)
}

fn audiences(conditions: El<'_>) -> Result<Vec<Vec<String>>, ReadError> {
    let restriction = |el: El<'_>| {
        el.all(ns::SAML, "Audience")
            .map(|el| read::text(el, "Audience"))
            .collect()
    };
    conditions
        .all(ns::SAML, "AudienceRestriction")
        .map(restriction)
        .collect()
}

fn authentication(statement: El<'_>) -> Result<Authentication, ReadError> {
    let context = statement
        .one(ns::SAML, "AuthnContext")?
        .ok_or(ReadError::Missing("AuthnContext"))?;
    let class = context
        .one(ns::SAML, "AuthnContextClassRef")?
        .ok_or(ReadError::Missing("AuthnContextClassRef"))?;
    Ok(Authentication {
        instant: read::instant(statement, "AuthnInstant")?,
        session_index: read::attr(statement, "SessionIndex")?.to_owned(),
        session_not_on_or_after: read::instant_opt(statement, "SessionNotOnOrAfter")?,
        class: read::text(class, "AuthnContextClassRef")?,
    })
}

fn attributes(el: El<'_>) -> Result<Vec<Attribute>, ReadError> {
    match el.one(ns::SAML, "AttributeStatement")? {
        Some(statement) => {
            read::only(statement, &[(ns::SAML, "Attribute")])?;
            statement.all(ns::SAML, "Attribute").map(Attribute::read).collect()
        }
        None => Ok(Vec::new()),
    }
}
