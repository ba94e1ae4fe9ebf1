//! The tables of certificates and of the CAs that issue them.

diesel::table! {
    issuing_cas (id) {
        id -> Text,
        state -> Text,
        name -> Text,
        address -> Text,
        policy -> Text,
        key -> Nullable<Binary>,
        public_der -> Binary,
        certificate_der -> Nullable<Binary>,
        root_der -> Nullable<Binary>,
        created_at -> BigInt,
        active_at -> Nullable<BigInt>,
        ends_at -> Nullable<BigInt>,
        retired_at -> Nullable<BigInt>,
        crl_number -> BigInt,
        crl_at -> Nullable<BigInt>,
        crl -> Nullable<Binary>,
    }
}

diesel::table! {
    root_lists (root) {
        root -> Text,
        number -> BigInt,
        made_at -> BigInt,
        ends_at -> BigInt,
        der -> Binary,
    }
}

diesel::table! {
    certificates (serial) {
        serial -> Binary,
        eid -> Binary,
        open_of -> Nullable<Binary>,
        ca -> Text,
        der -> Binary,
        key -> Nullable<Binary>,
        issued_at -> BigInt,
        ends_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
        reason -> Nullable<Text>,
        unlisted_of -> Nullable<Text>,
        told_at -> Nullable<BigInt>,
    }
}
