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
            other => Halt::Fault(Fault::new("the database refused a statement", other)),
        }
    }
}
