//! What pages, letters and messages say, in every language. Owns the look-up of a text by its key, the wording of a refusal, and how time
//! and money are written; the texts themselves stand in `locales/`. Never decides which language: that is the reader's.

pub mod money;
pub mod when;

use std::{borrow::Cow, collections::HashMap, fmt::Display};

use fluent_templates::{Loader, fluent_bundle::FluentValue};
use unic_langid::{LanguageIdentifier, langid};

use crate::domain::{locale::Locale, refusal::Refusal};

fluent_templates::static_loader! {
    static TEXTS = {
        locales: "./locales",
        fallback_language: "da",
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

const DANISH: LanguageIdentifier = langid!("da");
const ENGLISH: LanguageIdentifier = langid!("en");

/// Says texts in one language.
#[derive(Debug, Clone, Copy)]
pub struct Say(pub Locale);

impl Say {
    /// A text without parameters. An unknown key says itself: a test sees to it that there is none.
    #[must_use]
    pub fn say(&self, key: &str) -> String {
        self.look_up(key, None).unwrap_or_else(|| key.to_owned())
    }

    /// A text with one parameter.
    #[must_use]
    pub fn with(&self, key: &str, name: &'static str, value: impl Display) -> String {
        self.with_all(key, &[(name, &value)])
    }

    /// A text with several parameters.
    #[must_use]
    pub fn with_all(&self, key: &str, values: &[(&'static str, &dyn Display)]) -> String {
        let arguments = values
            .iter()
            .map(|(name, value)| (Cow::Borrowed(*name), FluentValue::from(value.to_string())))
            .collect();
        self.look_up(key, Some(&arguments)).unwrap_or_else(|| key.to_owned())
    }

    /// A text with one number, which may decide the form (“1 fejl”, “2 fejl”).
    #[must_use]
    pub fn count(&self, key: &str, name: &'static str, number: &u32) -> String {
        let arguments = HashMap::from([(Cow::Borrowed(name), FluentValue::from(*number))]);
        self.look_up(key, Some(&arguments)).unwrap_or_else(|| key.to_owned())
    }

    /// A text that may be missing.
    #[must_use]
    pub fn maybe(&self, key: &str) -> Option<String> {
        self.look_up(key, None)
    }

    /// Why the answer is no, in a person's words.
    #[must_use]
    pub fn refusal(&self, refusal: &Refusal) -> String {
        let until = refusal.until;
        let until = until.map_or_else(|| "none".to_owned(), |time| when::time_of_day(time, self.0));
        let left = refusal.left.map_or(FluentValue::from("none"), FluentValue::from);
        let arguments = HashMap::from([
            (Cow::Borrowed("until"), FluentValue::from(until)),
            (Cow::Borrowed("left"), left),
        ]);
        let key = refusal.code.text_key();
        self.look_up(&key, Some(&arguments)).unwrap_or(key)
    }

    fn look_up(&self, key: &str, arguments: Option<&HashMap<Cow<'static, str>, FluentValue<'_>>>) -> Option<String> {
        let language = match self.0 {
            Locale::Da => DANISH,
            Locale::En => ENGLISH,
        };
        TEXTS.try_lookup_complete(&language, key, arguments)
    }
}
