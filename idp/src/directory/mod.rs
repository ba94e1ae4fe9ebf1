//! The public directory: which services an eID opens, by kind, each with its picture and its address (M05).
//!
//! Owns the order and the search of the list. Never leaves a service out but where its file says why.

pub mod http;

use std::sync::Arc;

use crate::config::parties::{Parties, Party};
use crate::domain::locale::Locale;
use crate::domain::party::PartyKind;

/// The kinds in the order in which they are shown, and the word of each in addresses of texts and in JSON.
const KINDS: [(PartyKind, &str); 3] = [
    (PartyKind::Public, "public"),
    (PartyKind::Bank, "bank"),
    (PartyKind::Private, "private"),
];

/// Services of one kind.
#[derive(Debug, Clone)]
pub struct Group {
    /// The word of the kind.
    pub kind: &'static str,
    /// The services by name.
    pub services: Vec<Arc<Party>>,
}

/// Who is listed, by kind and name; with a search, those in whose name, in either language, it stands. Kinds without any are left out.
#[must_use]
pub fn list(parties: &Parties, search: &str, locale: Locale) -> Vec<Group> {
    let sought = search.trim().to_lowercase();
    let is_sought = |party: &Party| {
        Locale::ALL
            .iter()
            .any(|one| party.name.get(*one).to_lowercase().contains(&sought))
    };
    let mut groups: Vec<Group> = Vec::new();
    for (kind, word) in KINDS {
        let mut services: Vec<_> = parties
            .iter()
            .filter(|party| party.kind == kind && party.unlisted.is_none() && is_sought(party))
            .cloned()
            .collect();
        services.sort_by_key(|party| (party.name.get(locale).to_lowercase(), party.id.clone()));
        if !services.is_empty() {
            groups.push(Group { kind: word, services });
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use std::path::Path;

    fn demo() -> Parties {
        Parties::load_dir(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/demo/parties"),
            true,
        )
        .unwrap()
    }

    fn ids(groups: &[Group]) -> Vec<(&'static str, Vec<&str>)> {
        let mut ids = Vec::new();
        for group in groups {
            ids.push((
                group.kind,
                group.services.iter().map(|party| party.id.as_str()).collect(),
            ));
        }
        ids
    }

    #[test]
    fn by_kind_and_name_without_those_that_say_why_not() {
        let parties = demo();
        let groups = list(&parties, "", Locale::Da);
        let listed: usize = groups.iter().map(|group| group.services.len()).sum();
        // At a registration authority nobody logs in.
        let services: Vec<_> = parties.iter().filter(|party| party.kind != PartyKind::Ra).collect();
        let silent = services.iter().filter(|party| party.unlisted.is_some()).count();
        assert_eq!(listed + silent, services.len());
        assert!(groups.iter().map(|group| group.kind).eq(["public", "bank", "private"]));
        for group in &groups {
            let names: Vec<_> = group
                .services
                .iter()
                .map(|party| party.name.da.to_lowercase())
                .collect();
            assert!(names.is_sorted(), "{names:?}");
        }
        assert!(
            !ids(&groups).iter().any(|(_, ids)| ids.contains(&"lab")),
            "its file says why not"
        );
    }

    #[test]
    fn a_search_looks_in_both_languages() {
        let parties = demo();
        for search in ["tax", "Skat", "  SKAT "] {
            assert_eq!(
                ids(&list(&parties, search, Locale::Da)),
                [("public", vec!["skat"])],
                "{search}"
            );
        }
        assert!(list(&parties, "nobody's", Locale::En).is_empty());
    }
}
