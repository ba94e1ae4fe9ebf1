//! The call of voice response, and what a code app is asked: one row an eID.

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

diesel::table! {
    app_questions (eid) {
        eid -> Binary,
        id -> Binary,
        flow -> Binary,
        party -> Text,
        purpose -> Text,
        number -> Integer,
        state -> Text,
        app -> Nullable<Binary>,
        refused -> Integer,
        version -> BigInt,
        expires_at -> BigInt,
    }
}
