//! Tells the same story on both databases.

/// `on_both!(name)` makes the tests `name::on_sqlite` and `name::on_postgres` of `async fn name(database: Database)`.
macro_rules! on_both {
    ($($story:ident),+ $(,)?) => {$(
        mod $story {
            use acceptance::Database;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                super::$story(Database::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                super::$story(Database::Postgres).await;
            }
        }
    )+};
}
pub(crate) use on_both;
