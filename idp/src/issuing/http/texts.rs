//! What an order asks to be accepted, in the version in force: the rules, and each of the four consents. Never records what was accepted.

use serde::Serialize;

use crate::domain::consent::{Consent, VERSION};
use crate::texts::Say;

/// One of the four, with the text in force.
#[derive(Debug, Serialize)]
pub(super) struct Asked {
    /// The field by which it is given.
    pub(super) field: &'static str,
    /// What it says.
    pub(super) text: String,
}

/// The rules, one by one.
pub(super) fn said(say: Say) -> Vec<String> {
    (1..=9)
        .map_while(|nth| say.maybe(&format!("order-rule-{nth}")))
        .collect()
}

/// The consents.
pub(super) fn asked(say: Say) -> Vec<Asked> {
    let asked = Consent::ALL.map(|consent| Asked {
        field: consent.field(),
        text: say.say(&consent.text_key(VERSION)),
    });
    asked.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::locale::Locale;

    /// What the consents of every version that was ever in force say, in Danish and English, and what the rules say now. The newest last.
    const CONSENTS: [(&str, [&str; 2]); 1] = [("2026-11-28", ["124a584025f89a33", "51377a8bb46117be"])];
    const RULES: (&str, [&str; 2]) = ("2026-11-28", ["125e3452cd629604", "6b814fab13745237"]);

    fn begins(texts: &[String]) -> String {
        let hash = ring::digest::digest(&ring::digest::SHA256, texts.join("\n").as_bytes());
        hash.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn what_somebody_agreed_to_is_never_reworded() {
        const DO: &str = "Leave the texts of a version that was in force as they are. Write the new ones under the day of the change \
            (`consent-<day>-…`, in both languages), give `domain::consent::VERSION` that day, and add a row here";
        for (version, known) in CONSENTS {
            let of = |locale| Consent::ALL.map(|consent| Say(locale).say(&consent.text_key(version)));
            let now = Locale::ALL.map(|locale| begins(&of(locale)));
            assert_eq!(
                now, known,
                "The consents of {version} say something else than they did. {DO}."
            );
        }
        assert_eq!(CONSENTS.last().map(|(version, _)| *version), Some(VERSION), "{DO}.");
    }

    #[test]
    fn other_rules_are_another_version() {
        const DO: &str = "Rules that say something else are another version: give `domain::consent::VERSION` the day of the change, \
            write the four consents under that day too, and note here what the rules say";
        let now = Locale::ALL.map(|locale| begins(&said(Say(locale))));
        assert_eq!((RULES.0, RULES.1.map(str::to_owned)), (VERSION, now), "{DO}.");
        for locale in Locale::ALL {
            assert_eq!(said(Say(locale)).len(), 4, "every rule is said in {locale:?}");
        }
    }
}
