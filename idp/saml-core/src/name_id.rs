//! Name identifiers and what a request asks about them.

use crate::{
    ReadError,
    ns::{self, format},
    read,
    xml::{El, Elem},
};

/// `saml:NameID`. Two are the same person only if value, format and both qualifiers are the same (Core §3.3.4).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NameId {
    /// The identifier.
    pub value: String,
    /// `Format`.
    pub format: Option<String>,
    /// `NameQualifier`: who made it.
    pub name_qualifier: Option<String>,
    /// `SPNameQualifier`: for whom.
    pub sp_name_qualifier: Option<String>,
}

impl NameId {
    /// One of a format, without qualifiers.
    pub fn new(value: impl Into<String>, format: &str) -> Self {
        Self {
            value: value.into(),
            format: Some(format.to_owned()),
            name_qualifier: None,
            sp_name_qualifier: None,
        }
    }

    /// The format; absent means unspecified (Core §8.3.1).
    pub fn format(&self) -> &str {
        self.format.as_deref().unwrap_or(format::UNSPECIFIED)
    }

    /// Whether both mean the same subject. A qualifier that is left out stands for the obvious one (Core §8.3.7), so it
    /// is compared only where both sides name it.
    pub fn same_as(&self, other: &Self) -> bool {
        let agree = |a: &Option<String>, b: &Option<String>| match (a, b) {
            (Some(a), Some(b)) => a == b,
            _ => true,
        };
        self.value == other.value
            && self.format() == other.format()
            && agree(&self.name_qualifier, &other.name_qualifier)
            && agree(&self.sp_name_qualifier, &other.sp_name_qualifier)
    }

    /// Reads `saml:NameID`.
    pub(crate) fn read(el: El<'_>) -> Result<Self, ReadError> {
        if el.children().next().is_some() {
            return Err(ReadError::Value("NameID"));
        }
        let value = el.text()?;
        if value.trim().is_empty() || value.len() > 1_024 {
            return Err(ReadError::Value("NameID"));
        }
        Ok(Self {
            value,
            format: el.attr("Format").map(str::to_owned),
            name_qualifier: el.attr("NameQualifier").map(str::to_owned),
            sp_name_qualifier: el.attr("SPNameQualifier").map(str::to_owned),
        })
    }

    pub(crate) fn elem(&self) -> Elem {
        Elem::new("saml:NameID")
            .attr_opt("Format", self.format.clone())
            .attr_opt("NameQualifier", self.name_qualifier.clone())
            .attr_opt("SPNameQualifier", self.sp_name_qualifier.clone())
            .text(&self.value)
    }
}

/// `samlp:NameIDPolicy`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NameIdPolicy {
    /// `Format`.
    pub format: Option<String>,
    /// `SPNameQualifier`.
    pub sp_name_qualifier: Option<String>,
    /// `AllowCreate`.
    pub allow_create: Option<bool>,
}

impl NameIdPolicy {
    pub(crate) fn read(el: El<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            format: el.attr("Format").map(str::to_owned),
            sp_name_qualifier: el.attr("SPNameQualifier").map(str::to_owned),
            allow_create: read::boolean(el, "AllowCreate")?,
        })
    }

    pub(crate) fn elem(&self) -> Elem {
        Elem::new("samlp:NameIDPolicy")
            .attr_opt("Format", self.format.clone())
            .attr_opt("SPNameQualifier", self.sp_name_qualifier.clone())
            .attr_opt("AllowCreate", self.allow_create.map(|yes| yes.to_string()))
    }
}

/// Reads `saml:Issuer`: an entityID of at most 1024 characters, format absent or entity.
pub(crate) fn issuer(parent: El<'_>) -> Result<String, ReadError> {
    let el = parent.one(ns::SAML, "Issuer")?.ok_or(ReadError::Missing("Issuer"))?;
    if el.attr("Format").is_some_and(|format| format != format::ENTITY) {
        return Err(ReadError::Value("Issuer"));
    }
    let issuer = read::text(el, "Issuer")?;
    if issuer.len() > 1_024 {
        Err(ReadError::Value("Issuer"))
    } else {
        Ok(issuer)
    }
}

pub(crate) fn issuer_elem(entity_id: &str) -> Elem {
    Elem::new("saml:Issuer").text(entity_id)
}
