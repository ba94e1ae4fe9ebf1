//! UPDATEs that stay prepared. diesel prepares every UPDATE anew at each use, since the columns of a changeset may differ from one use
//! to the next: on SQLite a parse and a plan, on PostgreSQL a round trip more. Ours name their columns, so their text is always
//! the same, and it is by its text that a kept statement is found: another text would be another statement.

use diesel::QueryResult;
use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::query_dsl::RunQueryDsl;

/// A statement that is kept prepared on its connection.
pub(super) struct Fixed<T>(T);

/// Keeps an UPDATE prepared; for those that every request runs, with no column that is left out at times.
pub(super) fn fixed<T>(update: T) -> Fixed<T> {
    Fixed(update)
}

impl<T, DB> QueryFragment<DB> for Fixed<T>
where
    DB: Backend,
    T: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, _backend: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<T> QueryId for Fixed<T> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T: Query> Query for Fixed<T> {
    type SqlType = T::SqlType;
}

impl<T, Conn> RunQueryDsl<Conn> for Fixed<T> {}
