//! The languages of pages, letters and refusals. Owns the choice of one; never holds a text.

use serde::{Deserialize, Serialize};

/// A language the product speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// Danish.
    #[default]
    Da,
    /// English.
    En,
}

impl Locale {
    /// Every language, the country's own first.
    pub const ALL: [Self; 2] = [Self::Da, Self::En];

    /// The language tag: `da` or `en`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Da => "da",
            Self::En => "en",
        }
    }

    /// Reads exactly a language tag of ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|locale| locale.as_str() == text)
    }

    /// The party's wish (`ui_locales`, OpenID Connect Core §3.1.2.1: space separated, best first) before the person's own
    /// earlier choice (cookie) before the browser's setting (`Accept-Language`, RFC 9110 §12.5.4) before the default.
    #[must_use]
    pub fn pick(ui_locales: Option<&str>, cookie: Option<&str>, accept_language: Option<&str>, default: Self) -> Self {
        ui_locales
            .and_then(|wishes| wishes.split(' ').find_map(Self::from_tag))
            .or_else(|| cookie.and_then(Self::from_tag))
            .or_else(|| accept_language.and_then(Self::from_header))
            .unwrap_or(default)
    }

    /// `da-DK` is Danish, `en-GB-oxendict` is English.
    fn from_tag(tag: &str) -> Option<Self> {
        let language = tag.trim().split(['-', '_']).next()?;
        Self::ALL
            .into_iter()
            .find(|locale| locale.as_str().eq_ignore_ascii_case(language))
    }

    fn from_header(header: &str) -> Option<Self> {
        let mut best: Option<(u16, Self)> = None;
        for item in header.split(',').take(32) {
            let mut parts = item.split(';');
            let Some(locale) = parts.next().and_then(Self::from_tag) else {
                continue;
            };
            let quality = quality(parts.next());
            if quality > 0 && best.is_none_or(|(found, _)| quality > found) {
                best = Some((quality, locale));
            }
        }
        best.map(|(_, locale)| locale)
    }
}

/// Thousandths; a malformed weight counts as none given.
fn quality(parameter: Option<&str>) -> u16 {
    let number = parameter.and_then(|text| text.trim().strip_prefix("q="));
    let Some(number) = number.and_then(|text| text.trim().parse::<f32>().ok()) else {
        return 1000;
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to 0..=1000"
    )]
    let thousandths = (number.clamp(0.0, 1.0) * 1000.0) as u16;
    thousandths
}

#[cfg(test)]
mod tests {
    use super::Locale::{self, Da, En};
    use proptest::prelude::*;

    #[test]
    fn wish_before_cookie_before_browser_before_default() {
        type Asked<'a> = (Option<&'a str>, Option<&'a str>, Option<&'a str>);
        let table: [(Asked<'_>, Locale, Locale); 12] = [
            ((None, None, None), Da, Da),
            ((None, None, None), En, En),
            ((Some("en"), Some("da"), Some("da")), Da, En),
            ((Some("fr en da"), None, None), Da, En),
            ((Some("fr"), Some("en"), None), Da, En),
            ((None, Some("en"), Some("da")), Da, En),
            ((None, Some("xx"), Some("en-GB,en;q=0.9")), Da, En),
            ((None, None, Some("de, da;q=0.5, en;q=0.7")), Da, En),
            ((None, None, Some("de, da-DK;q=0.7, en;q=0.7")), En, Da),
            ((None, None, Some("en;q=0, fr")), Da, Da),
            ((None, None, Some("EN-us")), Da, En),
            ((Some(""), Some(""), Some("")), En, En),
        ];
        for ((wish, cookie, header), default, expected) in table {
            assert_eq!(
                Locale::pick(wish, cookie, header, default),
                expected,
                "{wish:?} {cookie:?} {header:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_header_is_survived(header: String) {
            let _ = Locale::pick(Some(&header), Some(&header), Some(&header), Da);
        }
    }
}
