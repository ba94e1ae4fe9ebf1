//! The table of what people let services know: the same for both databases. Follows `migrations/*/`.

diesel::table! {
    release_consents (person, party) {
        person -> Binary,
        party -> Text,
        claims -> Text,
        given_at -> BigInt,
    }
}
