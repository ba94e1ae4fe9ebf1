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

diesel::table! {
    register_people (cpr) {
        cpr -> Binary,
        sealed -> Binary,
        imported_at -> BigInt,
    }
}

diesel::table! {
    register_companies (cvr) {
        cvr -> Text,
        sealed -> Binary,
        imported_at -> BigInt,
    }
}

diesel::table! {
    register_documents (number) {
        number -> Binary,
        cpr -> Binary,
        kind -> Text,
        valid_to -> Nullable<Text>,
        void -> Bool,
    }
}

diesel::table! {
    question_rounds (id) {
        id -> Binary,
        eid -> Binary,
        ra -> Text,
        officer -> Text,
        subjects -> Text,
        state -> Text,
        begun_at -> BigInt,
        expires_at -> BigInt,
    }
}
