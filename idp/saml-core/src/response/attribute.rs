//! `saml:Attribute`: a name, how the name is to be understood, text values.

use crate::{
    ReadError,
    ns::{self, XSI},
    read,
    xml::{El, Elem},
};

/// One attribute. No values means that the value is not known and is sent empty (OIOSAML 2 wants that of mandatory ones).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// `Name`.
    pub name: String,
    /// `NameFormat`.
    pub name_format: Option<String>,
    /// `FriendlyName`.
    pub friendly_name: Option<String>,
    /// The values, one element each.
    pub values: Vec<String>,
}

impl Attribute {
    /// One with a single value.
    pub fn new(name: &str, name_format: &str, value: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            name_format: Some(name_format.to_owned()),
            friendly_name: None,
            values: vec![value.into()],
        }
    }

    /// With a friendly name.
    #[must_use]
    pub fn friendly(mut self, name: &str) -> Self {
        self.friendly_name = Some(name.to_owned());
        self
    }

    pub(crate) fn elem(&self) -> Elem {
        let value = |value: &String| {
            let elem = Elem::new("saml:AttributeValue")
                .declare("xs")
                .attr("xsi:type", "xs:string");
            if value.is_empty() { elem } else { elem.text(value) }
        };
        Elem::new("saml:Attribute")
            .attr("Name", &self.name)
            .attr_opt("NameFormat", self.name_format.clone())
            .attr_opt("FriendlyName", self.friendly_name.clone())
            .children(self.values.iter().map(value))
    }

    pub(crate) fn read(el: El<'_>) -> Result<Self, ReadError> {
        let values: Result<Vec<_>, ReadError> = el
            .all(ns::SAML, "AttributeValue")
            .filter(|value| value.attr_ns(XSI, "nil") != Some("true"))
            .map(|value| Ok(value.text()?))
            .collect();
        Ok(Self {
            name: read::attr(el, "Name")?.to_owned(),
            name_format: el.attr("NameFormat").map(str::to_owned),
            friendly_name: el.attr("FriendlyName").map(str::to_owned),
            values: values?,
        })
    }
}
