//! Single log-out messages (Core §3.7).

use chrono::{DateTime, Utc};

use crate::{
    Id, ReadError, Verified,
    name_id::{self, NameId},
    ns, read,
    status::Status,
    time,
    xml::Elem,
};

/// The namespace of `aslo:Asynchronous`, with which a service says that it waits for no answer.
pub const ASYNC_NS: &str = "urn:oasis:names:tc:SAML:2.0:protocol:ext:async-slo";

/// Sessions that one request may name; more are refused, not left out.
const SESSIONS: usize = 32;

/// `samlp:LogoutRequest`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoutRequest {
    /// `ID`.
    pub id: String,
    /// `IssueInstant`.
    pub issue_instant: DateTime<Utc>,
    /// `Destination`.
    pub destination: Option<String>,
    /// `Issuer`.
    pub issuer: String,
    /// `NotOnOrAfter`.
    pub not_on_or_after: Option<DateTime<Utc>>,
    /// `Reason`.
    pub reason: Option<String>,
    /// `NameID`, as it was in the assertion.
    pub name_id: NameId,
    /// `SessionIndex`; none means every session of the subject at this service.
    pub session_indexes: Vec<String>,
    /// Whether the sender waits for no answer (`aslo:Asynchronous`).
    pub asynchronous: bool,
}

impl LogoutRequest {
    /// Reads a believed request.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn read(message: Verified<'_>) -> Result<Self, ReadError> {
        let root = message.root();
        if !root.is(ns::SAMLP, "LogoutRequest") {
            return Err(ReadError::WrongMessage);
        }
        read::version(root)?;
        let known = [
            (ns::SAML, "Issuer"),
            (ns::DS, "Signature"),
            (ns::SAMLP, "Extensions"),
            (ns::SAML, "NameID"),
            (ns::SAMLP, "SessionIndex"),
        ];
        read::only(root, &known)?;
        let extensions = root.one(ns::SAMLP, "Extensions")?;
        extensions.map(read::extensions).transpose()?;
        let indexes: Result<Vec<_>, _> = root
            .all(ns::SAMLP, "SessionIndex")
            .take(SESSIONS + 1)
            .map(|el| read::text(el, "SessionIndex"))
            .collect();
        let session_indexes = indexes?;
        if session_indexes.len() > SESSIONS {
            return Err(ReadError::Value("SessionIndex"));
        }
        Ok(Self {
            id: read::id(root)?,
            issue_instant: read::instant(root, "IssueInstant")?,
            destination: root.attr("Destination").map(str::to_owned),
            issuer: name_id::issuer(root)?,
            not_on_or_after: read::instant_opt(root, "NotOnOrAfter")?,
            reason: root.attr("Reason").map(str::to_owned),
            name_id: NameId::read(root.one(ns::SAML, "NameID")?.ok_or(ReadError::Missing("NameID"))?)?,
            session_indexes,
            asynchronous: extensions.is_some_and(|el| el.children().any(|el| el.is(ASYNC_NS, "Asynchronous"))),
        })
    }

    /// A request to log somebody out.
    pub fn new(
        id: &Id,
        now: DateTime<Utc>,
        issuer: &str,
        destination: &str,
        name_id: NameId,
        session_index: Option<&str>,
    ) -> Self {
        Self {
            id: id.as_str().to_owned(),
            issue_instant: now,
            destination: Some(destination.to_owned()),
            issuer: issuer.to_owned(),
            not_on_or_after: None,
            reason: None,
            name_id,
            session_indexes: session_index.map(str::to_owned).into_iter().collect(),
            asynchronous: false,
        }
    }

    /// The element. `asynchronous` is a thing of receivers and is not written.
    pub fn elem(&self) -> Elem {
        Elem::new("samlp:LogoutRequest")
            .attr("ID", &self.id)
            .attr("Version", "2.0")
            .attr("IssueInstant", time::write(self.issue_instant))
            .attr_opt("Destination", self.destination.clone())
            .attr_opt("Reason", self.reason.clone())
            .attr_opt("NotOnOrAfter", self.not_on_or_after.map(time::write))
            .child(name_id::issuer_elem(&self.issuer))
            .child(self.name_id.elem())
            .children(
                self.session_indexes
                    .iter()
                    .map(|index| Elem::new("samlp:SessionIndex").text(index)),
            )
    }
}

/// `samlp:LogoutResponse`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoutResponse {
    /// `ID`.
    pub id: String,
    /// `InResponseTo`.
    pub in_response_to: Option<String>,
    /// `IssueInstant`.
    pub issue_instant: DateTime<Utc>,
    /// `Destination`.
    pub destination: Option<String>,
    /// `Issuer`.
    pub issuer: String,
    /// `Status`.
    pub status: Status,
}

impl LogoutResponse {
    /// Reads a believed answer.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn read(message: Verified<'_>) -> Result<Self, ReadError> {
        let root = message.root();
        if !root.is(ns::SAMLP, "LogoutResponse") {
            return Err(ReadError::WrongMessage);
        }
        read::version(root)?;
        let known = [
            (ns::SAML, "Issuer"),
            (ns::DS, "Signature"),
            (ns::SAMLP, "Extensions"),
            (ns::SAMLP, "Status"),
        ];
        read::only(root, &known)?;
        root.one(ns::SAMLP, "Extensions")?.map(read::extensions).transpose()?;
        Ok(Self {
            id: read::id(root)?,
            in_response_to: root.attr("InResponseTo").map(str::to_owned),
            issue_instant: read::instant(root, "IssueInstant")?,
            destination: root.attr("Destination").map(str::to_owned),
            issuer: name_id::issuer(root)?,
            status: Status::read(root)?,
        })
    }

    /// An answer to the request `in_response_to`.
    pub fn new(
        id: &Id,
        now: DateTime<Utc>,
        issuer: &str,
        destination: &str,
        in_response_to: &str,
        status: Status,
    ) -> Self {
        Self {
            id: id.as_str().to_owned(),
            in_response_to: Some(in_response_to.to_owned()),
            issue_instant: now,
            destination: Some(destination.to_owned()),
            issuer: issuer.to_owned(),
            status,
        }
    }

    /// The element.
    pub fn elem(&self) -> Elem {
        Elem::new("samlp:LogoutResponse")
            .attr("ID", &self.id)
            .attr_opt("InResponseTo", self.in_response_to.clone())
            .attr("Version", "2.0")
            .attr("IssueInstant", time::write(self.issue_instant))
            .attr_opt("Destination", self.destination.clone())
            .child(name_id::issuer_elem(&self.issuer))
            .child(self.status.elem())
    }
}
