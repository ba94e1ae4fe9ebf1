//! `samlp:RequestedAuthnContext`: which strength of log-in a request asks for.

use crate::{
    ReadError, ns, read,
    xml::{El, Elem},
};

/// How the class references are to be compared (Core §3.3.2.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Comparison {
    /// One of them.
    #[default]
    Exact,
    /// At least one of them.
    Minimum,
    /// Better than all of them.
    Better,
    /// As strong as possible without exceeding one of them.
    Maximum,
}

impl Comparison {
    /// As it stands in the message.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Minimum => "minimum",
            Self::Better => "better",
            Self::Maximum => "maximum",
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RequestedAuthnContext {
    /// `Comparison`.
    pub comparison: Comparison,
    /// `saml:AuthnContextClassRef`, in the order of the message.
    pub classes: Vec<String>,
    /// Whether `saml:AuthnContextDeclRef` was used, which we know nothing about.
    pub declarations: bool,
}

impl RequestedAuthnContext {
    /// At least one of these.
    pub fn minimum<S: Into<String>>(classes: impl IntoIterator<Item = S>) -> Self {
        let classes = classes.into_iter().map(Into::into).collect();
        Self {
            comparison: Comparison::Minimum,
            classes,
            declarations: false,
        }
    }

    pub(crate) fn read(el: El<'_>) -> Result<Self, ReadError> {
        let comparison = match el.attr("Comparison") {
            None | Some("exact") => Comparison::Exact,
            Some("minimum") => Comparison::Minimum,
            Some("better") => Comparison::Better,
            Some("maximum") => Comparison::Maximum,
            Some(_) => return Err(ReadError::Value("Comparison")),
        };
        read::only(
            el,
            &[(ns::SAML, "AuthnContextClassRef"), (ns::SAML, "AuthnContextDeclRef")],
        )?;
        let classes: Result<Vec<_>, _> = el
            .all(ns::SAML, "AuthnContextClassRef")
            .map(|class| read::text(class, "AuthnContextClassRef"))
            .collect();
        let classes = classes?;
        let declarations = el.all(ns::SAML, "AuthnContextDeclRef").next().is_some();
        if classes.len() > 32 || (classes.is_empty() && !declarations) {
            return Err(ReadError::Value("RequestedAuthnContext"));
        }
        Ok(Self {
            comparison,
            classes,
            declarations,
        })
    }

    pub(crate) fn elem(&self) -> Elem {
        let class = |class: &String| Elem::new("saml:AuthnContextClassRef").text(class);
        Elem::new("samlp:RequestedAuthnContext")
            .attr("Comparison", self.comparison.as_str())
            .children(self.classes.iter().map(class))
    }
}
