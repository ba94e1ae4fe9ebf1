//! `RequestedAuthnContext` as levels: which levels satisfy it, and which class the answer then states. Owns the rule that an
//! answer states no more than was reached, may state less, and says what was asked for where that is true (decision 0085).

use saml_core::{
    context::{Comparison, RequestedAuthnContext},
    ns::context_class,
};

use crate::config::parties::Profile;
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
    /// What the answer states.
    pub(super) states: States,
}

/// The class reference of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum States {
    /// The request did not speak of classes: the one that every service understands.
    #[default]
    Plain,
    /// The class that was asked for.
    Class(String),
    /// The level that was reached, as its URI.
    Level,
}

/// A class that a service of this profile may ask for, and the level that has to be reached to state it.
pub(super) fn level_of(profile: Profile, class: &str) -> Option<Level> {
    match class {
        context_class::PASSWORD | context_class::PASSWORD_PROTECTED_TRANSPORT | context_class::UNSPECIFIED => {
            Some(Level::Low)
        }
        // OIOSAML 2 calls two factors so. Elsewhere it means a certificate of the person's own, and nobody shows one here.
        context_class::X509 if profile == Profile::Oiosaml2 => Some(Level::Substantial),
        context_class::X509 => None,
        other => Level::from_uri(other),
    }
}

/// A class that we know, with its level.
#[derive(Clone, Copy)]
struct Known<'a> {
    class: &'a str,
    level: Level,
}

impl Known<'_> {
    /// A level, as opposed to a way of proving: it says how sure, and no more and no less.
    fn is_level(self) -> bool {
        Level::from_uri(self.class).is_some()
    }

    /// Whether an answer to a party that lets nobody in below `least` may state it. A level below that must not be stated
    /// there, true as it would be: the party's file says that less is not enough. A way of proving says nothing of the kind.
    fn may_be_stated(self, least: Level) -> bool {
        self.level <= Level::FEDERATION && (!self.is_level() || self.level >= least)
    }

    fn states(self) -> States {
        States::Class(self.class.to_owned())
    }
}

/// `None`: cannot be met (NoAuthnContext). `least` is the level below which the party lets nobody in.
pub(super) fn asked(context: Option<&RequestedAuthnContext>, profile: Profile, least: Level) -> Option<Asked> {
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
    let known: Vec<Known<'_>> = classes()
        .filter_map(|class| {
            let level = level_of(profile, class)?;
            Some(Known { class, level })
        })
        .collect();
    match context.comparison {
        Comparison::Exact => exact(&known, least),
        Comparison::Minimum => minimum(&known),
        Comparison::Better => better(&known),
        Comparison::Maximum => maximum(&known, least),
    }
}

/// The answer states one of them, to the letter (Core §3.3.2.2.1): the first one that can be stated, since they stand in the
/// order of preference. Whoever cannot reach that one is refused: what is stated is settled before it is known who comes.
fn exact(known: &[Known<'_>], least: Level) -> Option<Asked> {
    let first = known.iter().find(|one| one.may_be_stated(least))?;
    Some(Asked {
        levels: vec![first.level],
        states: first.states(),
    })
}

/// What was reached, where levels were spoken of; else the class whose level is the lowest.
fn minimum(known: &[Known<'_>]) -> Option<Asked> {
    let lowest = known.iter().min_by_key(|one| one.level)?;
    let by_level = known.iter().any(|one| one.is_level());
    Some(Asked {
        levels: vec![lowest.level],
        states: if by_level { States::Level } else { lowest.states() },
    })
}

fn better(known: &[Known<'_>]) -> Option<Asked> {
    let highest = known.iter().map(|one| one.level).max()?;
    let better = Level::ALL.into_iter().find(|level| *level > highest)?;
    Some(Asked {
        levels: vec![better],
        states: States::Level,
    })
}

/// As much as we can prove, and not above the highest of them: what was proven beyond it is left unsaid. Whoever is known less surely is
/// let in at what they reach, down to `least`; not where a way of proving was named, which says one thing only.
fn maximum(known: &[Known<'_>], least: Level) -> Option<Asked> {
    let highest = known.iter().map(|one| one.level).max()?;
    if highest > Level::FEDERATION {
        return Some(Asked {
            levels: vec![Level::FEDERATION, Level::Low],
            states: States::Level,
        });
    }
    let stated = known
        .iter()
        .find(|one| one.level == highest && one.may_be_stated(least))?;
    let lower = Level::ALL
        .into_iter()
        .rev()
        .filter(|level| stated.is_level() && (least..highest).contains(level));
    let levels: Vec<_> = std::iter::once(highest).chain(lower).collect();
    Some(Asked {
        states: if levels.len() > 1 {
            States::Level
        } else {
            stated.states()
        },
        levels,
    })
}
