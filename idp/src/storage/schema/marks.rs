//! The tables of what is held for a while: single-use marks, and who does a job. The same for both databases. Follows `migrations/*/`.

diesel::table! {
    replays (issuer, token) {
        issuer -> Text,
        token -> Text,
        expires_at -> BigInt,
    }
}

diesel::table! {
    leases (name) {
        name -> Text,
        holder -> Binary,
        until -> BigInt,
    }
}
