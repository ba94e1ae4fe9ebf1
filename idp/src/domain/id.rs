//! Names of rows. Owns one type per kind of thing, so that a session never passes for a flow. Never makes an id: they come
//! from `Entropy` (UUID version 7, so that new rows lie beside each other in the index).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// A text that is no id: not 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id: 32 hexadecimal digits expected")]
pub struct NotAnId;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Names a freshly drawn UUID.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID behind the name.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }

            /// The 16 bytes that the database keeps.
            #[must_use]
            pub const fn bytes(self) -> [u8; 16] {
                *self.0.as_bytes()
            }

            /// Back from the 16 bytes of the database.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0.as_simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0.as_simple())
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                parse(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// A human being: the subject of assertions.
    PersonId;
    /// One log-in of a person; a person may hold several.
    EidId;
    /// One look-up name (user-ID) of an eID.
    AliasId;
    /// One password of an eID, old or current.
    PasswordId;
    /// One key card.
    CardId;
    /// One activation password.
    ActivationId;
    /// One thing that an eID is proven with beside the card: a token.
    AuthenticatorId;
    /// One question that a log-in asks an eID's code apps.
    QuestionId;
    /// One round of control questions.
    RoundId;
    /// One browser that has logged in with an eID before.
    DeviceId;
    /// One person as one sector knows them (`sub`, persistent NameID).
    SubjectId;
    /// One session, whatever protocol opened it.
    SessionId;
    /// One party's part in a session.
    ParticipantId;
    /// One log-in on its way, from request to finish.
    FlowId;
    /// What a log-in gave an OIDC client: the code and everything bought with it.
    GrantId;
    /// One access or refresh token.
    TokenId;
    /// One record of the audit log.
    AuditId;
    /// One sealed segment of the audit log.
    SegmentId;
    /// One message waiting to be sent.
    OutboxId;
    /// One background job.
    JobId;
    /// One request, in logs and answers.
    RequestId;
    /// One fault that a user was shown, to be found again in the log.
    IncidentId;
}

/// Only the simple form is an id: one spelling per thing, so that a look-up by text cannot be led astray by hyphens.
fn parse(text: &str) -> Result<Uuid, NotAnId> {
    if text.len() != 32 || text.bytes().any(|b| b.is_ascii_uppercase()) {
        return Err(NotAnId);
    }
    Uuid::try_parse(text).map_err(|_| NotAnId)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn text_and_bytes_come_back(bytes: [u8; 16]) {
            let id = SessionId::from_bytes(bytes);
            prop_assert_eq!(id.to_string().parse::<SessionId>().unwrap(), id);
            prop_assert_eq!(SessionId::from_bytes(id.bytes()), id);
            let json = serde_json::to_string(&id).unwrap();
            prop_assert_eq!(serde_json::from_str::<SessionId>(&json).unwrap(), id);
        }

        #[test]
        fn any_text_is_read_or_refused(text: String) {
            let _ = text.parse::<FlowId>();
        }
    }

    #[test]
    fn one_spelling_only() {
        let id = FlowId::from_bytes([0xab; 16]);
        assert_eq!(id.to_string(), "ab".repeat(16));
        assert_eq!("AB".repeat(16).parse::<FlowId>(), Err(NotAnId));
        assert_eq!(id.uuid().to_string().parse::<FlowId>(), Err(NotAnId));
        assert_eq!(format!("{id:?}"), format!("FlowId({id})"));
    }
}
