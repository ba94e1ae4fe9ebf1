//! `samlp:Response` and the assertion in it: typed, sealed (signed, encrypted) by the identity provider, read by services
//! through [`crate::sp`].

mod assertion;
mod attribute;
mod seal;

use chrono::{DateTime, Utc};

pub use assertion::{Assertion, Authentication, Conditions, Confirmation};
pub(crate) use assertion::{Bearer, Received};
pub use attribute::Attribute;
pub use seal::{SealError, Sealing, Signed};

use crate::{Id, name_id, status::Status, time, xml::Elem};

/// An answer to a request, before it is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// `ID`.
    pub id: Id,
    /// `InResponseTo`; absent only when the request's ID could not be read.
    pub in_response_to: Option<String>,
    /// `IssueInstant`.
    pub issue_instant: DateTime<Utc>,
    /// `Destination`: the assertion consumer service, out of the service's metadata.
    pub destination: String,
    /// `Issuer`: our entityID.
    pub issuer: String,
    /// `Status`.
    pub status: Status,
    /// The assertion; exactly one on success, none otherwise (Profiles §4.1.4.2).
    pub assertion: Option<Assertion>,
}

impl Response {
    /// The element around what becomes of the assertion.
    fn elem(&self, assertion: Option<Elem>) -> Elem {
        Elem::new("samlp:Response")
            .attr("ID", self.id.as_str())
            .attr_opt("InResponseTo", self.in_response_to.clone())
            .attr("Version", "2.0")
            .attr("IssueInstant", time::write(self.issue_instant))
            .attr("Destination", &self.destination)
            .child(name_id::issuer_elem(&self.issuer))
            .child(self.status.elem())
            .child_opt(assertion)
    }
}
