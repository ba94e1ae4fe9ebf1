//! What of a request its answer needs. It travels sealed with the browser, so its names are short. Addresses are not in
//! it: the answer goes to the assertion consumer service of that index in the metadata of that moment.

use serde::{Deserialize, Serialize};

use crate::fault::Fault;

/// Which kind of name the service gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Form {
    /// The same at each log-in.
    #[serde(rename = "p")]
    Persistent,
    /// Another in each session.
    #[serde(rename = "t")]
    Transient,
}

/// The accepted request, reduced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    /// The party.
    #[serde(rename = "p")]
    pub(super) party: String,
    /// The request's ID.
    #[serde(rename = "i")]
    pub(super) request: String,
    /// Index of the assertion consumer service.
    #[serde(rename = "a")]
    pub(super) acs: u16,
    /// RelayState, as it came.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub(super) relay_state: Option<String>,
    /// Kind of name.
    #[serde(rename = "n")]
    pub(super) form: Form,
    /// The request named itself as SPNameQualifier, which is echoed.
    #[serde(rename = "q", default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) qualified: bool,
    /// The class that the answer states; `None`: that of the level, in the words of `loa`.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub(super) class: Option<String>,
    /// Index of the attribute consuming service, where the request named one.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub(super) attributes: Option<u16>,
}

impl State {
    pub(super) fn write(&self) -> Result<Vec<u8>, Fault> {
        serde_json::to_vec(self).map_err(|e| Fault::new("a SAML state could not be written", e))
    }

    pub(super) fn read(bytes: &[u8]) -> Result<Self, Fault> {
        serde_json::from_slice(bytes).map_err(|e| Fault::new("a SAML state could not be read", e))
    }
}
