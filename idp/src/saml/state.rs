//! What of a request its answer needs. It travels sealed with the browser, so it is written without names. Addresses are not in
//! it: the answer goes to the assertion consumer service of that index in the metadata of that moment.

use serde::{Deserialize, Serialize};

use crate::fault::Fault;

/// Which kind of name the service gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Form {
    /// The same at each log-in.
    Persistent,
    /// Another in each session.
    Transient,
}

/// The accepted request, reduced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    /// The party.
    pub(super) party: String,
    /// The request's ID.
    pub(super) request: String,
    /// Index of the assertion consumer service.
    pub(super) acs: u16,
    /// RelayState, as it came.
    pub(super) relay_state: Option<String>,
    /// Kind of name.
    pub(super) form: Form,
    /// The request named itself as SPNameQualifier, which is echoed.
    pub(super) qualified: bool,
    /// The class that the answer states; `None`: that of the level, in the words of `loa`.
    pub(super) class: Option<String>,
    /// Index of the attribute consuming service, where the request named one.
    pub(super) attributes: Option<u16>,
}

impl State {
    pub(super) fn write(&self) -> Result<Vec<u8>, Fault> {
        postcard::to_allocvec(self).map_err(|e| Fault::new("a SAML state could not be written", e))
    }

    pub(super) fn read(bytes: &[u8]) -> Result<Self, Fault> {
        postcard::from_bytes(bytes).map_err(|e| Fault::new("a SAML state could not be read", e))
    }
}
