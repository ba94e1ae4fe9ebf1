//! The call of voice response: one row an eID.

diesel::table! {
    voice_calls (eid) {
        eid -> Binary,
        id -> Binary,
        flow -> Binary,
        party -> Text,
        purpose -> Text,
        mac -> Nullable<Binary>,
        expires_at -> BigInt,
        since -> BigInt,
        made -> Integer,
        rests_until -> Nullable<BigInt>,
        version -> BigInt,
    }
}
