//! The two databases: the only place that tells one from the other.
//!
//! Owns how a connection is opened, how long a statement may take, how a transaction begins and how durable it is. Everything else
//! in `storage/` is the same statement on both.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::Once;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, QueryResult, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::fault::Fault;
use crate::files;

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

/// The file of an SQLite address; nothing for any other.
#[must_use]
pub fn sqlite_file(url: &str) -> Option<&Path> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    (!path.is_empty()).then(|| Path::new(path))
}

/// What a connection to PostgreSQL gives up on, where the address does not say otherwise: a server that does not answer its call
/// (5 s), or whose machine or network has gone without a word (15 to 25 s).
const PATIENCE: &[(&str, &str)] = &[
    ("connect_timeout", "5"),
    ("tcp_user_timeout", "15000"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "5"),
    ("keepalives_count", "3"),
    ("application_name", "idp"),
];

/// The longest that PostgreSQL works on one statement of ours. The same for every connection, so that a pooler that hands
/// connections round mixes nothing up.
const STATEMENT_LIMIT: &str = "SET statement_timeout TO '30s'";

fn patient(url: &str) -> String {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let named = |key: &str| {
        query
            .split('&')
            .any(|pair| pair.split_once('=').is_some_and(|(name, _)| name == key))
    };
    let mut patient = url.to_owned();
    for (key, value) in PATIENCE.iter().filter(|(key, _)| !named(key)) {
        patient.push(if patient.contains('?') { '&' } else { '?' });
        patient.push_str(&format!("{key}={value}"));
    }
    patient
}

fn open_postgres(url: &str) -> Result<PgConnection, Fault> {
    let mut db =
        PgConnection::establish(&patient(url)).map_err(|e| Fault::new("the database could not be opened", e))?;
    db.batch_execute(STATEMENT_LIMIT)
        .map_err(|e| Fault::new("the database did not take its settings", e))?;
    // A deadlock is known by its English message. Only a superuser, or a role that was granted it, may ask for it.
    static TOLD: Once = Once::new();
    if db.batch_execute("SET lc_messages TO 'C'").is_err() {
        TOLD.call_once(|| {
            log::warn!(
                "the database does not let us choose the language of its messages: if it is not English, a deadlock ends in an \
                 error instead of another try (ALTER ROLE … SET lc_messages TO 'C')"
            );
        });
    }
    Ok(db)
}

/// Makes the file of a new SQLite database for our eyes only; its WAL gets the same mode from it.
fn make_private(path: &Path) -> Result<(), Fault> {
    match files::create_new(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(Fault::new("the database could not be made", error)),
    }
}

/// Opens one connection and gives it our settings.
pub(super) fn open(url: &str) -> Result<Db, Fault> {
    let unopened = |e: diesel::ConnectionError| Fault::new("the database could not be opened", e);
    let unset = |e: diesel::result::Error| Fault::new("the database did not take its settings", e);
    if let Some(path) = sqlite_file(url) {
        make_private(path)?;
    }
    match DatabaseKind::of(url) {
        Some(DatabaseKind::Sqlite) => {
            let path = sqlite_file(url).and_then(Path::to_str).unwrap_or_default();
            let mut db = SqliteConnection::establish(path).map_err(unopened)?;
            db.batch_execute(
                "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                 PRAGMA foreign_keys = ON; PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY;",
            )
            .map_err(unset)?;
            Ok(Db::Sqlite(db))
        }
        Some(DatabaseKind::Postgres) => Ok(Db::Postgres(open_postgres(url)?)),
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

/// Applies what is pending; a migration takes its time.
pub(super) fn migrate(db: &mut Db) -> Result<Vec<String>, Fault> {
    if let Db::Postgres(db) = db {
        db.batch_execute("SET statement_timeout TO 0")
            .map_err(|e| Fault::new("the database did not take its settings", e))?;
    }
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
            // SQLite writes into an empty file: made first, so that it is for our eyes only from the beginning.
            make_private(Path::new(path))?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_an_sqlite_address() {
        let file = |url| sqlite_file(url).and_then(Path::to_str);
        assert_eq!(file("sqlite:var/idp.db"), Some("var/idp.db"));
        assert_eq!(file("sqlite:///var/idp.db"), Some("/var/idp.db"));
        assert_eq!(file("sqlite:"), None);
        assert_eq!(file("postgres://localhost/idp"), None);
    }

    #[test]
    fn what_the_address_says_of_patience_stands() {
        let url = patient("postgres:///idp?host=/tmp&connect_timeout=60");
        assert!(
            url.starts_with("postgres:///idp?host=/tmp&connect_timeout=60&tcp_user_timeout=15000&"),
            "{url}"
        );
        assert_eq!(url.matches("connect_timeout").count(), 1);
        assert!(patient("postgres://db/idp").starts_with("postgres://db/idp?connect_timeout=5&"));
    }
}
