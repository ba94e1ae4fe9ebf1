//! Endpoints: where a message of which binding goes.

use super::MetadataError;
use crate::{
    ns, read,
    xml::{El, Elem},
};

/// An address for one binding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// `Binding`.
    pub binding: String,
    /// `Location`.
    pub location: String,
    /// `ResponseLocation`: where answers go, if elsewhere.
    pub response_location: Option<String>,
}

impl Endpoint {
    /// One without a separate address for answers.
    pub fn new(binding: &str, location: impl Into<String>) -> Self {
        Self {
            binding: binding.to_owned(),
            location: location.into(),
            response_location: None,
        }
    }

    /// Where an answer is sent.
    pub fn answers(&self) -> &str {
        self.response_location.as_deref().unwrap_or(&self.location)
    }

    fn read(el: El<'_>, element: &'static str) -> Result<Self, MetadataError> {
        Ok(Self {
            binding: read::attr(el, "Binding")?.to_owned(),
            location: address(read::attr(el, "Location")?, element)?,
            response_location: el
                .attr("ResponseLocation")
                .map(|url| address(url, element))
                .transpose()?,
        })
    }

    pub(super) fn read_all(role: El<'_>, element: &'static str) -> Result<Vec<Self>, MetadataError> {
        role.all(ns::MD, element).map(|el| Self::read(el, element)).collect()
    }

    pub(super) fn elem(&self, name: &'static str) -> Elem {
        Elem::new(name)
            .attr("Binding", &self.binding)
            .attr("Location", &self.location)
            .attr_opt("ResponseLocation", self.response_location.clone())
    }
}

/// An endpoint with a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indexed {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// `index`.
    pub index: u16,
    /// `isDefault`.
    pub is_default: Option<bool>,
}

impl Indexed {
    pub(super) fn read_all(role: El<'_>, element: &'static str) -> Result<Vec<Self>, MetadataError> {
        let read = |el| {
            Ok(Self {
                endpoint: Endpoint::read(el, element)?,
                index: read::index(el, "index")?.ok_or(crate::ReadError::Missing("index"))?,
                is_default: read::boolean(el, "isDefault")?,
            })
        };
        role.all(ns::MD, element).map(read).collect()
    }

    pub(super) fn elem(&self, name: &'static str) -> Elem {
        self.endpoint
            .elem(name)
            .attr("index", self.index.to_string())
            .attr_opt("isDefault", self.is_default.map(|yes| yes.to_string()))
    }

    /// The default of several (Metadata §2.2.3): the first marked true, else the first not marked false, else the first.
    pub fn default_of(list: &[Self]) -> Option<&Self> {
        list.iter()
            .find(|e| e.is_default == Some(true))
            .or_else(|| list.iter().find(|e| e.is_default.is_none()))
            .or_else(|| list.first())
    }
}

/// An absolute http(s) address without a user or a fragment, kept as it is written.
fn address(text: &str, element: &'static str) -> Result<String, MetadataError> {
    let fine = url::Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.host_str().is_some()
            && url.username().is_empty()
            && url.password().is_none()
            && url.fragment().is_none()
    });
    let plain = text.chars().all(|c| c.is_ascii_graphic());
    if fine && plain {
        Ok(text.to_owned())
    } else {
        Err(MetadataError::Location {
            element,
            location: text.chars().take(200).collect(),
        })
    }
}
