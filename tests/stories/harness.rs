//! The harness itself: PostgreSQL of our own starts, is used, stops and goes on.

use acceptance::postgres::{self, Cluster};

#[test]
fn each_test_has_a_database_of_its_own() {
    let (one, other) = (postgres::shared().database(), postgres::shared().database());
    assert_ne!(one, other);
    assert_eq!(postgres::shared().ask("postgres", "show fsync"), "on");
}

#[test]
fn a_database_server_can_go_and_come_back() {
    let mut cluster = Cluster::start();
    cluster.ask("postgres", "create table kept (one integer)");
    cluster.stop();
    cluster.go_on();
    assert_eq!(cluster.ask("postgres", "select count(*) from kept"), "0");
}
