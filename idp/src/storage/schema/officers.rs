//! The tables of officers' work: the same for both databases. Follows `migrations/*/`.

diesel::table! {
    ra_answers (ra, key) {
        ra -> Text,
        key -> Text,
        request -> Binary,
        body -> Text,
        expires_at -> BigInt,
    }
}
