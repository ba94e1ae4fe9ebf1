//! `RequestedAuthnContext` as levels: which levels satisfy it, and which class the answer may then state.

use saml_core::{
    context::{Comparison, RequestedAuthnContext},
    ns::context_class,
};

use crate::domain::assurance::Level;

/// A person, as opposed to an employee: has no order among levels and is taken out before they are compared (OIO-SP-06).
const PERSON: &str = "https://data.gov.dk/eid/Person";
/// An employee: nobody can be that here yet.
const PROFESSIONAL: &str = "https://data.gov.dk/eid/Professional";

/// What a request asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Asked {
    /// Levels that satisfy it, the first one asked for first; empty: any.
    pub(super) levels: Vec<Level>,
    /// The class to state; `None`: by level where `by_level`, else the plain one.
    pub(super) class: Option<String>,
    /// The request spoke of NSIS levels, so the answer does.
    pub(super) by_level: bool,
}

/// A class that we know, and the level that satisfies it.
fn level_of(class: &str) -> Option<Level> {
    match class {
        context_class::PASSWORD | context_class::PASSWORD_PROTECTED_TRANSPORT | context_class::UNSPECIFIED => {
            Some(Level::Low)
        }
        context_class::X509 => Some(Level::Substantial),
        other => Level::from_uri(other),
    }
}

/// `None`: cannot be met (NoAuthnContext).
pub(super) fn asked(context: Option<&RequestedAuthnContext>) -> Option<Asked> {
    let Some(context) = context else {
        return Some(Asked::default());
    };
    let classes = || {
        context
            .classes
            .iter()
            .map(String::as_str)
            .filter(|class| *class != PERSON && *class != PROFESSIONAL)
    };
    let wants = |class: &str| context.classes.iter().any(|c| c == class);
    if wants(PROFESSIONAL) && !wants(PERSON) {
        return None;
    }
    if classes().next().is_none() && !context.declarations {
        return Some(Asked::default());
    }
    let known: Vec<(&str, Level)> = classes().filter_map(|class| Some((class, level_of(class)?))).collect();
    let by_level = known.iter().any(|(class, _)| Level::from_uri(class).is_some());
    let lowest = known.iter().map(|(_, level)| *level).min()?;
    let highest = known.iter().map(|(_, level)| *level).max()?;
    match context.comparison {
        Comparison::Exact => {
            let first = known.iter().find(|(_, level)| *level <= Level::REACHABLE)?;
            let class = (!by_level || Level::from_uri(first.0).is_none()).then(|| first.0.to_owned());
            Some(Asked {
                levels: known.iter().map(|(_, level)| *level).collect(),
                class,
                by_level,
            })
        }
        Comparison::Minimum => {
            let class = known
                .iter()
                .find(|(_, level)| *level == lowest)
                .filter(|_| !by_level)
                .map(|(c, _)| (*c).to_owned());
            Some(Asked {
                levels: vec![lowest],
                class,
                by_level,
            })
        }
        Comparison::Better => {
            let better = Level::ALL.into_iter().find(|level| *level > highest)?;
            Some(Asked {
                levels: vec![better],
                class: None,
                by_level: true,
            })
        }
        // A session may hold more than Low, and what was proven cannot be unsaid.
        Comparison::Maximum if highest < Level::REACHABLE => None,
        Comparison::Maximum => Some(Asked {
            levels: vec![Level::REACHABLE],
            class: None,
            by_level: true,
        }),
    }
}
