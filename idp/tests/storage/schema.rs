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
