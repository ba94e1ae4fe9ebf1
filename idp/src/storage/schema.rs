//! The tables as diesel sees them: the same for both databases.
//!
//! Follows `migrations/*/`; never edited without them.

mod calls;
mod issued;
mod issuing;
mod marks;
mod officers;
mod releases;
mod trail;

pub use calls::*;
pub use issued::*;
pub use issuing::*;
pub use marks::*;
pub use officers::*;
pub use releases::*;
pub use trail::*;

diesel::table! {
    meta (key) {
        key -> Text,
        value -> Binary,
    }
}

diesel::table! {
    signing_keys (kid) {
        kid -> Text,
        purpose -> Text,
        alg -> Text,
        state -> Text,
        sealed -> Binary,
        public_der -> Binary,
        certificate_der -> Nullable<Binary>,
        created_at -> BigInt,
        published_at -> BigInt,
        activates_at -> BigInt,
        retires_at -> Nullable<BigInt>,
        mac -> Nullable<Binary>,
    }
}

diesel::table! {
    people (id) {
        id -> Binary,
        name -> Binary,
        address -> Nullable<Binary>,
        protected -> Bool,
        birth_date -> Nullable<Text>,
        email -> Nullable<Binary>,
        phone -> Nullable<Binary>,
        status -> Text,
        created_at -> BigInt,
        language -> Text,
    }
}

diesel::table! {
    cprs (hash) {
        hash -> Binary,
        person -> Binary,
        sealed -> Binary,
        current -> Bool,
        added_at -> BigInt,
    }
}

diesel::table! {
    pids (person) {
        person -> Binary,
        pid -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    subjects (person, sector) {
        person -> Binary,
        sector -> Text,
        sub -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    eids (id) {
        id -> Binary,
        number -> Text,
        person -> Binary,
        status -> Text,
        is_public -> Bool,
        issuer -> Text,
        epoch -> Integer,
        created_at -> BigInt,
        last_login_at -> Nullable<BigInt>,
        blocked_from -> Nullable<Text>,
        on_hardware -> Bool,
    }
}

diesel::table! {
    eid_banks (eid, bank) {
        eid -> Binary,
        bank -> Text,
        customer_ref -> Nullable<Text>,
        linked_at -> BigInt,
    }
}

diesel::table! {
    aliases (hash) {
        hash -> Binary,
        eid -> Binary,
        kind -> Text,
        sealed -> Binary,
        created_at -> BigInt,
    }
}

diesel::table! {
    passwords (eid) {
        eid -> Binary,
        verifier -> Binary,
        four_digits -> Bool,
        blocked -> Bool,
        set_at -> BigInt,
        version -> BigInt,
        block_cause -> Nullable<Text>,
    }
}

diesel::table! {
    lanes (id) {
        id -> Binary,
        thirds -> Integer,
        in_a_row -> Integer,
        since_reset -> BigInt,
        four_digits -> BigInt,
        told -> BigInt,
        closed_until -> Nullable<BigInt>,
        shut -> Bool,
        reserved -> Binary,
        version -> BigInt,
    }
}

diesel::table! {
    devices (id) {
        id -> Binary,
        eid -> Binary,
        epoch -> Integer,
        created_at -> BigInt,
        used_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    activations (eid) {
        eid -> Binary,
        id -> Binary,
        mac -> Binary,
        sealed -> Nullable<Binary>,
        state -> Text,
        ordered_at -> BigInt,
        expires_at -> BigInt,
        printed_at -> Nullable<BigInt>,
        posted_at -> Nullable<BigInt>,
        closed_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    card_wishes (eid) {
        eid -> Binary,
        reorder_at -> Integer,
        large_print -> Bool,
    }
}

diesel::table! {
    cards (number) {
        number -> Text,
        eid -> Binary,
        secret -> Nullable<Binary>,
        scheme -> Integer,
        used -> Binary,
        pending -> Nullable<Integer>,
        wrong_in_a_row -> Integer,
        state -> Text,
        version -> BigInt,
        ordered_at -> BigInt,
        printed_at -> Nullable<BigInt>,
        posted_at -> Nullable<BigInt>,
        activated_at -> Nullable<BigInt>,
        closed_at -> Nullable<BigInt>,
        expires_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    authenticators (id) {
        id -> Binary,
        eid -> Nullable<Binary>,
        kind -> Text,
        serial -> Nullable<Text>,
        name -> Text,
        state -> Text,
        usual -> Bool,
        scheme -> Text,
        secret -> Nullable<Binary>,
        next -> BigInt,
        drift -> BigInt,
        expected -> Nullable<BigInt>,
        wrong_in_a_row -> Integer,
        version -> BigInt,
        made_at -> BigInt,
        active_at -> Nullable<BigInt>,
        used_at -> Nullable<BigInt>,
        closed_at -> Nullable<BigInt>,
        usable_at -> Nullable<BigInt>,
        handover -> Nullable<Binary>,
        credential -> Nullable<Binary>,
        push -> Nullable<Binary>,
    }
}

diesel::table! {
    token_orders (eid) {
        eid -> Binary,
        price_oere -> BigInt,
        ordered_at -> BigInt,
    }
}

diesel::table! {
    sessions (id) {
        id -> Binary,
        token_hash -> Binary,
        person -> Binary,
        eid -> Binary,
        sso -> Nullable<Text>,
        party -> Nullable<Text>,
        level -> Text,
        methods -> Text,
        authenticated_at -> BigInt,
        seen_at -> BigInt,
        expires_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        ended_cause -> Nullable<Text>,
    }
}

diesel::table! {
    participants (sid) {
        sid -> Text,
        session -> Binary,
        party -> Text,
        protocol -> Text,
        sub -> Text,
        detail -> Binary,
        back_channel -> Bool,
        joined_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        handle -> Nullable<Text>,
        entered_at -> BigInt,
    }
}

diesel::table! {
    flows_done (flow) {
        flow -> Binary,
        browser -> Binary,
        session -> Binary,
        result -> Binary,
        done_at -> BigInt,
    }
}

diesel::table! {
    grants (id) {
        id -> Binary,
        party -> Text,
        person -> Binary,
        eid -> Binary,
        session -> Binary,
        sid -> Text,
        scope -> Text,
        detail -> Binary,
        code_hash -> Nullable<Binary>,
        code_expires_at -> Nullable<BigInt>,
        code_used_at -> Nullable<BigInt>,
        offline -> Bool,
        refresh_secret -> Nullable<Binary>,
        refresh_generation -> BigInt,
        refreshed_at -> Nullable<BigInt>,
        refresh_idle_at -> Nullable<BigInt>,
        expires_at -> BigInt,
        created_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        ended_cause -> Nullable<Text>,
    }
}

diesel::table! {
    access_tokens (hash) {
        hash -> Binary,
        grant_id -> Nullable<Binary>,
        party -> Text,
        scope -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
        bound_to -> Nullable<Binary>,
    }
}

diesel::table! {
    outbox (id) {
        id -> Binary,
        kind -> Text,
        dedup -> Text,
        payload -> Binary,
        attempts -> Integer,
        due_at -> BigInt,
        created_at -> BigInt,
        done_at -> Nullable<BigInt>,
        failure -> Nullable<Text>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(cards, activations, desks);
diesel::allow_tables_to_appear_in_same_query!(activations, eids);
diesel::allow_tables_to_appear_in_same_query!(
    people,
    cprs,
    pids,
    subjects,
    issues,
    eids,
    eid_banks,
    sessions,
    grants,
    access_tokens
);
diesel::allow_tables_to_appear_in_same_query!(sessions, participants);
