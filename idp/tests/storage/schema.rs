//! What is known of a database before it is used.

use idp::storage::Store;

use crate::house::House;

pub fn newer_is_seen(house: &House) {
    let now = Store::inspect(&house.url).expect("is there");
    assert!(now.pending.is_empty() && now.unknown.is_empty());
    let statement = "INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')";
    house.run(statement);
    assert_eq!(
        Store::inspect(&house.url).expect("is there").unknown,
        ["9999"],
        "a newer schema is named"
    );
}

pub fn mark_for_good(house: &House) {
    let before = Store::inspect(&house.url).expect("is there");
    Store::migrate(&house.url, false, &house.rng).expect("nothing to do");
    let after = Store::inspect(&house.url).expect("is there");
    assert_eq!((before.demo, before.database_id), (Some(true), after.database_id));
    assert_eq!(after.demo, Some(true), "the mark of the first migration stays");
}

pub fn participants_move_along(house: &House) {
    let (id, moved) = (house.rng.bytes::<16>(), "0005_participants");
    let down = if house.url.starts_with("sqlite:") {
        include_str!("../../migrations/sqlite/0005_participants/down.sql")
    } else {
        include_str!("../../migrations/postgres/0005_participants/down.sql")
    };
    // As a database was before: what came upon it later goes first.
    house.run(include_str!("../../migrations/sqlite/0018_entered/down.sql"));
    house.run(down);
    house.run("DELETE FROM __diesel_schema_migrations WHERE version IN ('0005', '0018')");
    let hex: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
    let (id_text, detail) = if house.url.starts_with("sqlite:") {
        (format!("x'{hex}'"), "x'6e'")
    } else {
        (format!("'\\x{hex}'"), "'\\x6e'")
    };
    house.run(&format!(
        "INSERT INTO participants (sid, session, party, protocol, sub, detail, back_channel, joined_at) \
         VALUES ('a-sid', {id_text}, 'skat', 'saml', 'a-sub', {detail}, true, 7)"
    ));
    assert_eq!(
        Store::inspect(&house.url).expect("is there").pending,
        [moved, "0018_entered"]
    );
    Store::migrate(&house.url, true, &house.rng).expect("migrates");
    let found = house
        .act(|tx| tx.sessions().participant("a-sid"))
        .expect("still takes part");
    assert_eq!(
        (found.session.bytes(), found.party.as_str(), found.sub.as_str()),
        (id, "skat", "a-sub")
    );
    assert_eq!(
        (found.detail.as_slice(), found.back_channel, found.ended_at),
        (b"n".as_slice(), true, None)
    );
    assert_eq!(found.entered_at, found.joined_at, "who joined had shown who they were");
}
