//! Every NameID that a service was given in a session, kept as the participant's detail: a log-out repeats them to the letter,
//! and a service may end by any of them what it began by it.

use saml_core::name_id::NameId;
use serde::{Deserialize, Serialize};

use crate::fault::Fault;

/// The names, in the order in which they were given: at most one of each kind and qualifier.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Given(Vec<Name>);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Name {
    value: String,
    format: Option<String>,
    name_qualifier: Option<String>,
    sp_name_qualifier: Option<String>,
}

impl Given {
    /// What the protocol kept; nothing of a participant that was given no answer yet.
    pub(super) fn read(detail: &[u8]) -> Option<Self> {
        if detail.is_empty() {
            return Some(Self::default());
        }
        // One name alone is how participants were kept at first.
        let one = |detail| serde_json::from_slice(detail).ok().map(|name| Self(vec![name]));
        serde_json::from_slice(detail).ok().or_else(|| one(detail))
    }

    pub(super) fn write(&self) -> Result<Vec<u8>, Fault> {
        serde_json::to_vec(self).map_err(|e| Fault::new("names that were given cannot be kept", e))
    }

    /// Adds a name that was not given before.
    pub(super) fn add(&mut self, name_id: NameId) {
        let NameId {
            value,
            format,
            name_qualifier,
            sp_name_qualifier,
        } = name_id;
        let name = Name {
            value,
            format,
            name_qualifier,
            sp_name_qualifier,
        };
        if !self.0.contains(&name) {
            self.0.push(name);
        }
    }

    /// All of them.
    pub(super) fn names(&self) -> impl ExactSizeIterator<Item = NameId> + '_ {
        self.0.iter().cloned().map(Name::into_name_id)
    }

    /// Whether this is one of them.
    pub(super) fn has(&self, name_id: &NameId) -> bool {
        self.names().any(|given| given.same_as(name_id))
    }
}

impl Name {
    fn into_name_id(self) -> NameId {
        NameId {
            value: self.value,
            format: self.format,
            name_qualifier: self.name_qualifier,
            sp_name_qualifier: self.sp_name_qualifier,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use saml_core::ns::format;

    #[test]
    fn names_are_kept_once_each_and_come_back() {
        let (persistent, transient) = (
            NameId::new("p", format::PERSISTENT),
            NameId::new("t", format::TRANSIENT),
        );
        let mut given = Given::default();
        for name_id in [&persistent, &transient, &persistent] {
            given.add(name_id.clone());
        }
        let read = given.write().ok().and_then(|detail| Given::read(&detail));
        assert_eq!(read, Some(given.clone()));
        assert_eq!(given.names().collect::<Vec<_>>(), [persistent.clone(), transient]);
        assert!(given.has(&persistent) && !given.has(&NameId::new("p", format::TRANSIENT)));
        assert_eq!(Given::read(b""), Some(Given::default()));
        assert_eq!(Given::read(b"{"), None);
    }

    #[test]
    fn a_participant_of_before_has_its_one_name() {
        let kept = br#"{"value":"p","format":null,"name_qualifier":"idp","sp_name_qualifier":"sp"}"#;
        let names: Vec<_> = Given::read(kept).iter().flat_map(Given::names).collect::<Vec<_>>();
        assert_eq!(names[0].value, "p");
        assert_eq!(names[0].sp_name_qualifier.as_deref(), Some("sp"));
    }
}
