//! The tables of the audit trail.

diesel::table! {
    audit_rows (id) {
        id -> Binary,
        at -> BigInt,
        kind -> Text,
        person -> Nullable<Binary>,
        eid -> Nullable<Binary>,
        party -> Nullable<Text>,
        request -> Text,
        body -> Text,
        sealed -> Nullable<Binary>,
        mac -> Binary,
    }
}

diesel::table! {
    audit_pending (id) {
        id -> Binary,
        at -> BigInt,
    }
}

diesel::table! {
    audit_keys (person, year) {
        person -> Binary,
        year -> Integer,
        sealed -> Binary,
    }
}

diesel::table! {
    audit_segments (seq) {
        seq -> BigInt,
        ids -> Binary,
        root -> Binary,
        previous -> Binary,
        kid -> Text,
        signature -> Binary,
        sealed_at -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(audit_rows, audit_pending);
