//! What shows an officer that somebody is the holder of an eID that they have already, and for what it is enough (M23, M34, M60, M62). The
//! documents are those of the table; an officer who asks for a new eID judges by [`super::judge`].
//!
//! | shown | to open, to order an activation password | for a card by post | for a card over the counter |
//! |---|---|---|---|
//! | a document with a photo, to whoever meets people | yes | yes | yes |
//! | the number of a document that the register knows as theirs and valid | yes | yes | no |
//! | right answers to control questions | yes | no | no |

use super::{Edition, Kind, Worth};
use crate::domain::officer::Role;
use crate::domain::refusal::Code;

/// How somebody has shown who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// An officer has seen this document, and the person.
    Seen(Kind),
    /// The register knows the document whose number they told.
    Number,
    /// They passed control questions.
    Questions,
}

/// What they want.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// That something is opened, or an activation password.
    Access,
    /// A card, sent to the registered address. What somebody else may know of a person is not enough for it.
    CardByPost,
    /// A card, over the counter.
    CardInHand,
}

/// Judges.
///
/// # Errors
/// `ra.proof` for what is not enough, or was shown to somebody who meets nobody.
pub fn suffices(proof: Proof, purpose: Purpose, role: Role, edition: Edition) -> Result<(), Code> {
    let enough = match (proof, purpose) {
        (Proof::Seen(kind), _) => {
            let row = kind.row();
            role == Role::Registrar && row.worth == Worth::Photo && row.is_listed(edition)
        }
        (Proof::Number, purpose) => purpose != Purpose::CardInHand,
        (Proof::Questions, purpose) => purpose == Purpose::Access,
    };
    if enough { Ok(()) } else { Err(Code::RaProof) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NO: Result<(), Code> = Err(Code::RaProof);

    #[test]
    fn what_is_enough_for_what() {
        let passport = Proof::Seen(Kind::DanishPassport);
        let table = [
            (passport, [Ok(()), Ok(()), Ok(())]),
            (Proof::Number, [Ok(()), Ok(()), NO]),
            (Proof::Questions, [Ok(()), NO, NO]),
        ];
        for (proof, told) in table {
            let asked = [Purpose::Access, Purpose::CardByPost, Purpose::CardInHand];
            let heard = asked.map(|purpose| suffices(proof, purpose, Role::Registrar, Edition::Late));
            assert_eq!(heard, told, "{proof:?}");
        }
    }

    #[test]
    fn a_document_has_a_photo_and_is_seen_where_people_are_met() {
        let seen = |kind, role, edition| suffices(Proof::Seen(kind), Purpose::Access, role, edition);
        for role in [Role::Support, Role::Printer] {
            assert_eq!(seen(Kind::DanishPassport, role, Edition::Late), NO, "{role:?}");
        }
        for kind in [Kind::HealthCard, Kind::TaxStatement, Kind::ProvisionalPassport] {
            assert_eq!(seen(kind, Role::Registrar, Edition::Late), NO, "{kind:?}");
        }
        let moped = |edition| seen(Kind::MopedLicence, Role::Registrar, edition);
        assert_eq!((moped(Edition::Early), moped(Edition::Late)), (NO, Ok(())));
    }
}
