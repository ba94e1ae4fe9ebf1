//! The tables of issuing: the same for both databases. Follows `migrations/*/`.

diesel::table! {
    issues (eid) {
        eid -> Binary,
        channel -> Text,
        ra -> Text,
        officer -> Text,
        level -> Text,
        hand_over -> Text,
        shown -> Binary,
        issued_at -> BigInt,
    }
}

diesel::table! {
    given_consents (eid, consent, given_at) {
        eid -> Binary,
        consent -> Text,
        given_at -> BigInt,
        version -> Text,
        channel -> Text,
    }
}

diesel::table! {
    desks (eid) {
        eid -> Binary,
        ra -> Text,
        card -> Nullable<Text>,
        activation -> Nullable<Binary>,
    }
}

diesel::table! {
    bulk_lines (ra, batch, line) {
        ra -> Text,
        batch -> Text,
        line -> BigInt,
        request -> Binary,
        eid -> Nullable<Binary>,
        refused -> Nullable<Text>,
        done_at -> BigInt,
    }
}

diesel::table! {
    online_orders (key) {
        key -> Binary,
        cpr -> Binary,
        source -> Binary,
        details -> Nullable<Binary>,
        placed_at -> BigInt,
        due_at -> Nullable<BigInt>,
        tries -> Integer,
        checked_at -> Nullable<BigInt>,
    }
}
