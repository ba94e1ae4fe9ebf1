//! `xs:dateTime` as SAML uses it: written in UTC with `Z`, read with any offset and any fraction.

use chrono::{DateTime, SecondsFormat, Utc};

/// `2026-11-22T00:00:00Z` (SAML Core §1.3.3: UTC, no offset).
pub fn write(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Reads `Z`, an offset (OIOSAML.Net writes one) and fractional seconds; a time without a zone is refused.
pub fn read(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if text.len() > 64 || !text.contains('T') {
        return None;
    }
    DateTime::parse_from_rfc3339(text)
        .ok()
        .map(|time| time.with_timezone(&Utc))
}
