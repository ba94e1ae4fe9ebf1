//! The two databases: the only place that tells one from the other.
//!
//! Owns how a connection is opened, how a transaction begins and how durable it is. Everything else in `storage/` is the same
//! statement on both.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, QueryResult, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::fault::Fault;

/// One connection to either database.
#[derive(diesel::MultiConnection)]
pub enum Db {
    /// Embedded.
    Sqlite(SqliteConnection),
    /// Shared by several nodes.
    Postgres(PgConnection),
}

/// Runs a query on the connection itself, whichever it is: `on!(tx.db, |db| query.first(db))`. Through [`Db`] a query's whole text
/// is written anew, twice, at each use, though the statement is prepared already; run like this it is found by its type.
/// For what every request does.
macro_rules! on {
    ($db:expr, |$connection:ident| $run:expr) => {
        match $db {
            $crate::storage::dialect::Db::Sqlite($connection) => $run,
            $crate::storage::dialect::Db::Postgres($connection) => $run,
        }
    };
}
pub(super) use on;

/// Which database an address names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseKind {
    /// `sqlite:PATH`
    Sqlite,
    /// `postgres://…`
    Postgres,
}

/// What must survive the loss of power the moment an act has been answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Everything that burns, ends or gives something: on disk before it is answered.
    Full,
    /// Counters: seen by every node at once, but the last ones may be lost with the power.
    Soft,
}

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

impl DatabaseKind {
    /// The kind that `url` names, or `None`.
    pub fn of(url: &str) -> Option<DatabaseKind> {
        if url.starts_with("sqlite:") {
            Some(DatabaseKind::Sqlite)
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Some(DatabaseKind::Postgres)
        } else {
            None
        }
    }
}

/// The path of an SQLite address.
pub(super) fn sqlite_path(url: &str) -> &str {
    let path = url.strip_prefix("sqlite:").unwrap_or(url);
    path.strip_prefix("//").unwrap_or(path)
}

/// Opens one connection and gives it our settings.
pub(super) fn open(url: &str) -> Result<Db, Fault> {
    let unopened = |e: diesel::ConnectionError| Fault::new("the database could not be opened", e);
    let unset = |e: diesel::result::Error| Fault::new("the database did not take its settings", e);
    match DatabaseKind::of(url) {
        Some(DatabaseKind::Sqlite) => {
            let mut db = SqliteConnection::establish(sqlite_path(url)).map_err(unopened)?;
            db.batch_execute(
                "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                 PRAGMA foreign_keys = ON; PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY;",
            )
            .map_err(unset)?;
            Ok(Db::Sqlite(db))
        }
        Some(DatabaseKind::Postgres) => Ok(Db::Postgres(PgConnection::establish(url).map_err(unopened)?)),
        None => Err(Fault::bare("storage.url is neither sqlite:… nor postgres://…")),
    }
}

/// Begins a transaction that writes.
pub(super) fn begin(db: &mut Db, durability: Durability) -> QueryResult<()> {
    match db {
        Db::Sqlite(db) => db.batch_execute(match durability {
            Durability::Full => "PRAGMA synchronous = FULL; BEGIN IMMEDIATE",
            Durability::Soft => "PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE",
        }),
        Db::Postgres(db) => db.batch_execute(match durability {
            Durability::Full => "BEGIN; SET LOCAL synchronous_commit TO on",
            Durability::Soft => "BEGIN; SET LOCAL synchronous_commit TO off",
        }),
    }
}

/// Readies a connection for many inserts. SQLite: pages stay in memory longer (a quarter of a GiB) and are written back to the
/// file less often; both end with the process.
pub(super) fn expect_a_crowd(db: &mut Db) -> QueryResult<()> {
    match db {
        Db::Sqlite(db) => db.batch_execute("PRAGMA cache_size = -262144; PRAGMA wal_autocheckpoint = 65536"),
        Db::Postgres(_) => Ok(()),
    }
}

/// Inserts rows of one table by the quickest way that each database has: a prepared statement run again and again in SQLite,
/// which is in our own process; COPY on PostgreSQL, which is not. `$table` is the module of `schema` with that table.
macro_rules! insert_rows {
    ($db:expr, $table:ident, $rows:expr) => {
        match $db {
            $crate::storage::dialect::Db::Sqlite(db) => {
                for row in $rows {
                    diesel::insert_into(super::schema::$table::table)
                        .values(row)
                        .execute(db)?;
                }
            }
            $crate::storage::dialect::Db::Postgres(db) => {
                let rows: Vec<_> = $rows.collect();
                if !rows.is_empty() {
                    diesel::copy_from(super::schema::$table::table)
                        .from_insertable(rows)
                        .execute(db)?;
                }
            }
        }
    };
}
pub(super) use insert_rows;

#[derive(diesel::QueryableByName)]
struct Level {
    #[diesel(sql_type = diesel::sql_types::Text)]
    level: String,
}

/// What the database itself says of the durability of the running transaction.
pub(super) fn durability(db: &mut Db) -> QueryResult<Durability> {
    use diesel::RunQueryDsl;
    let (level, full) = match db {
        Db::Sqlite(db) => (
            diesel::sql_query("SELECT CAST(synchronous AS TEXT) AS level FROM pragma_synchronous")
                .get_result::<Level>(db)?,
            "2",
        ),
        Db::Postgres(db) => (
            diesel::sql_query("SELECT current_setting('synchronous_commit') AS level").get_result::<Level>(db)?,
            "on",
        ),
    };
    Ok(if level.level == full {
        Durability::Full
    } else {
        Durability::Soft
    })
}

/// Migrations that the database has not had, in order; then `apply` runs them.
pub(super) fn pending(db: &mut Db) -> Result<Vec<String>, Fault> {
    let names = match db {
        Db::Sqlite(db) => db
            .pending_migrations(SQLITE)
            .map(|m| m.iter().map(|m| m.name().to_string()).collect()),
        Db::Postgres(db) => db
            .pending_migrations(POSTGRES)
            .map(|m| m.iter().map(|m| m.name().to_string()).collect()),
    };
    names.map_err(|e| Fault::new("the migrations could not be listed", e))
}

/// Migrations that the database has had and this program does not know: it is newer than we are.
pub(super) fn unknown(db: &mut Db) -> Result<Vec<String>, Fault> {
    use diesel::migration::MigrationSource;
    let failed = |e| Fault::new("the applied migrations could not be listed", e);
    let (applied, ours) = match db {
        Db::Sqlite(db) => (
            db.applied_migrations()
                .map_err(failed)?
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>(),
            MigrationSource::<diesel::sqlite::Sqlite>::migrations(&SQLITE)
                .map_err(failed)?
                .iter()
                .map(|m| m.name().version().to_string())
                .collect::<Vec<_>>(),
        ),
        Db::Postgres(db) => (
            db.applied_migrations()
                .map_err(failed)?
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>(),
            MigrationSource::<diesel::pg::Pg>::migrations(&POSTGRES)
                .map_err(failed)?
                .iter()
                .map(|m| m.name().version().to_string())
                .collect::<Vec<_>>(),
        ),
    };
    Ok(applied.into_iter().filter(|version| !ours.contains(version)).collect())
}

/// Applies what is pending.
pub(super) fn migrate(db: &mut Db) -> Result<Vec<String>, Fault> {
    let done = match db {
        Db::Sqlite(db) => db
            .run_pending_migrations(SQLITE)
            .map(|v| v.iter().map(ToString::to_string).collect()),
        Db::Postgres(db) => db
            .run_pending_migrations(POSTGRES)
            .map(|v| v.iter().map(ToString::to_string).collect()),
    };
    done.map_err(|e| Fault::new("a migration failed", e))
}

/// Writes a consistent copy of an SQLite database while it is in use.
pub(super) fn copy_to(db: &mut Db, path: &str) -> Result<(), Fault> {
    match db {
        Db::Sqlite(db) => {
            use diesel::RunQueryDsl;
            diesel::sql_query("VACUUM INTO ?")
                .bind::<diesel::sql_types::Text, _>(path)
                .execute(db)
                .map(|_| ())
                .map_err(|e| Fault::new("the copy could not be written", e))
        }
        Db::Postgres(_) => Err(Fault::bare(
            "backup is for SQLite; use pg_basebackup or pg_dump for PostgreSQL",
        )),
    }
}
