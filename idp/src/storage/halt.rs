//! Why an act stopped: every reason rolls the whole transaction back.

use diesel::result::{DatabaseErrorKind, Error};

use crate::domain::refusal::{Code, Refusal};
use crate::fault::Fault;

/// The ways in which a transaction ends without being committed.
#[derive(Debug)]
pub enum Halt {
    /// The act found that it must say no; nothing of it is kept. (A refusal that must leave a trace is returned in `Ok`.)
    Refused(Refusal),
    /// Something broke.
    Fault(Fault),
    /// Somebody else was faster (a unique key, a serialisation failure): run the whole act again. Never leaves the store.
    Again,
    /// The database cannot be reached, or its queue is full: 503 with Retry-After.
    Unavailable,
}

impl Halt {
    /// As a refusal where it is one or means one; a fault stays a fault.
    ///
    /// # Errors
    /// The fault, when the halt was one.
    pub fn into_refusal(self) -> Result<Refusal, Fault> {
        match self {
            Halt::Refused(refusal) => Ok(refusal),
            Halt::Fault(fault) => Err(fault),
            Halt::Again | Halt::Unavailable => Ok(Refusal::new(Code::RequestUnavailable)),
        }
    }
}

impl From<Refusal> for Halt {
    fn from(refusal: Refusal) -> Halt {
        Halt::Refused(refusal)
    }
}

impl From<Code> for Halt {
    fn from(code: Code) -> Halt {
        Halt::Refused(Refusal::new(code))
    }
}

impl From<Fault> for Halt {
    fn from(fault: Fault) -> Halt {
        Halt::Fault(fault)
    }
}

/// What the databases say when they are well but can take nothing just now: no room on the disk, a lock that is not given up,
/// a file or a server that only reads, a server that goes down or comes up. SQLite has no kinds for these and diesel passes on
/// no SQLSTATE, so their own English words tell (`lc_messages` of PostgreSQL; docs/operations/faults.md).
const NOT_NOW: &[&str] = &[
    "No space left on device",
    "database or disk is full",
    "disk I/O error",
    "database is locked",
    "attempt to write a readonly database",
    "unable to open database file",
    "the database system is",
    "terminating connection",
    "server closed the connection",
    "out of shared memory",
    "connection slots are reserved",
    "too many clients",
];

impl From<Error> for Halt {
    fn from(error: Error) -> Halt {
        match error {
            Error::DatabaseError(DatabaseErrorKind::UniqueViolation | DatabaseErrorKind::SerializationFailure, _) => {
                Halt::Again
            }
            Error::DatabaseError(DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand, _) => {
                Halt::Unavailable
            }
            // The library does not tell SQLSTATE 40P01; the connection asked for its messages in English (`dialect::open`).
            Error::DatabaseError(_, ref info) if info.message().contains("deadlock detected") => Halt::Again,
            Error::DatabaseError(kind, ref info)
                if matches!(kind, DatabaseErrorKind::ReadOnlyTransaction)
                    || NOT_NOW.iter().any(|words| info.message().contains(words)) =>
            {
                // Nobody is shown an incident number for it, so the log says what the operator has to look at.
                log::error!("the database takes nothing now: {}", info.message());
                Halt::Unavailable
            }
            other => Halt::Fault(Fault::new("the database refused a statement", other)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: DatabaseErrorKind, message: &str) -> Halt {
        Halt::from(Error::DatabaseError(kind, Box::new(message.to_owned())))
    }

    #[test]
    fn a_database_that_can_take_nothing_is_no_fault() {
        let unavailable = |halt: &Halt| matches!(halt, Halt::Unavailable);
        for message in [
            "could not extend file \"base/16384/16411\": No space left on device",
            "database or disk is full",
            "database is locked",
            "the database system is shutting down",
            "terminating connection due to administrator command",
        ] {
            assert!(unavailable(&of(DatabaseErrorKind::Unknown, message)), "{message}");
        }
        let read_only = "cannot execute UPDATE in a read-only transaction";
        assert!(unavailable(&of(DatabaseErrorKind::ReadOnlyTransaction, read_only)));
        assert!(unavailable(&of(DatabaseErrorKind::ClosedConnection, "")));
    }

    #[test]
    fn a_lost_race_is_run_again_and_the_rest_is_a_fault() {
        assert!(matches!(of(DatabaseErrorKind::UniqueViolation, "x"), Halt::Again));
        assert!(matches!(
            of(DatabaseErrorKind::Unknown, "ERROR: deadlock detected"),
            Halt::Again
        ));
        assert!(matches!(
            of(DatabaseErrorKind::NotNullViolation, "null value"),
            Halt::Fault(_)
        ));
        assert!(matches!(
            of(DatabaseErrorKind::Unknown, "no such table: eids"),
            Halt::Fault(_)
        ));
    }
}
