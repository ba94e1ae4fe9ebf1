//! How what is stored is shown to its owner: moments in JSON, a CPR number with its last digits covered, parties by name.

use serde::Serializer;

use crate::domain::cpr::Cpr;
use crate::domain::locale::Locale;
use crate::domain::time::Time;
use crate::login::Ceremony;

/// A moment as RFC 3339 has it.
pub(super) fn moment<S: Serializer>(time: &Time, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&time.rfc3339())
}

/// A moment that may be missing.
pub(super) fn maybe<S: Serializer>(time: &Option<Time>, serializer: S) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => moment(time, serializer),
        None => serializer.serialize_none(),
    }
}

/// Enough of a CPR number to know it by, on a screen that others may see.
pub(super) fn covered(cpr: &Cpr) -> String {
    format!("{}-••••", cpr.digits().get(..6).unwrap_or_default())
}

/// What people know a party by; one that has left the registry, by its id.
pub(super) fn party(house: &Ceremony, id: &str, locale: Locale) -> String {
    house
        .parties
        .current()
        .get(id)
        .map_or_else(|| id.to_owned(), |party| party.name.get(locale).to_owned())
}

/// What people know a bank by.
pub(super) fn bank(house: &Ceremony, bank: &str, locale: Locale) -> String {
    house
        .parties
        .current()
        .of_bank(bank)
        .map_or_else(|| bank.to_owned(), |party| party.name.get(locale).to_owned())
}
