//! How somebody shows who they are before they get an eID, and what that allows (M30–M35, M42). Owns the list of documents, which of them
//! suffice together, where what is handed over goes, and which level of identity assurance results. Looks nothing up and sees nobody:
//! an officer or a register says what was seen (docs/decisions/0151-what-proves-who-somebody-is.md).
//!
//! | shown | where | then |
//! |---|---|---|
//! | a Danish passport or licence | at home | nothing: who has one orders online |
//! | a document with a photo | in person | everything on the spot, as far as the operator's rules for questions and witnesses are kept |
//! | two papers of different kinds | in person, and right answers or a witness | the card by post, the rest on the spot |
//! | two papers of different kinds | in person, neither of the two | both letters by post |
//! | the number of a Danish passport or licence, confirmed | online | both letters by post; to a representation for whoever lives abroad |
//! | an agreement on netbank | a bank that knows its customer | netbank at least; public from 15 and with a CPR number, if wanted |

mod applicant;
mod documents;
mod holder;
mod witness;

pub use applicant::may_be_public;
pub use documents::{Edition, Kind, ROWS, Row, Seen, Shown, Worth, accepted_together};
pub use holder::{Proof, Purpose, suffices};
pub use witness::Witness;

use super::assurance::Level;
use super::eid::{FULL_AGE, PUBLIC_AGE};
use super::refusal::Code;

/// Where somebody asks for an eID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// Our own page, where nobody is seen.
    Online,
    /// A bank that has an agreement with its customer and knows them.
    Bank,
    /// A citizen service centre, in person.
    CitizenService,
    /// The citizen service centre comes to somebody who cannot come to it.
    HomeVisit,
    /// A representation abroad, in person.
    Representation,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 5] = [
        Self::Online,
        Self::Bank,
        Self::CitizenService,
        Self::HomeVisit,
        Self::Representation,
    ];

    /// As the database keeps it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Bank => "bank",
            Self::CitizenService => "citizen_service",
            Self::HomeVisit => "home_visit",
            Self::Representation => "representation",
        }
    }

    /// Back from the database.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.as_str() == text)
    }

    /// An officer sees the person, and what they show decides what goes over the counter.
    #[must_use]
    pub const fn in_person(self) -> bool {
        matches!(self, Self::CitizenService | Self::HomeVisit | Self::Representation)
    }
}

/// How the civil registration system knows somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// Lives in Denmark.
    Resident,
    /// Has a CPR number and lives abroad.
    Abroad,
    /// Has asked for residence; nothing is decided.
    Pending,
    /// Has no CPR number.
    None,
    /// Dead or disappeared.
    Ended,
}

/// What came of control questions and of a witness.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Vouched {
    /// Control questions were answered rightly enough.
    pub questions: bool,
    /// A witness of 18 or more, with a document of their own, has declared who it is.
    pub witness: bool,
}

impl Vouched {
    /// Whether what is asked for on the spot was given. A witness is none for whoever is protected: they would tell where the person is.
    const fn on_the_spot(self, applicant: &Applicant) -> bool {
        self.questions || (self.witness && !applicant.protected)
    }
}

/// What the operator asks for beyond the law.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Which list of documents is in force.
    pub edition: Edition,
    /// Even with a photo, an eID is handed over on the spot only after control questions or with a witness.
    pub vouched_on_the_spot: bool,
}

/// Somebody who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Applicant {
    /// Whole years today.
    pub age: u8,
    /// How the register knows them.
    pub registration: Registration,
    /// Somebody else decides for them, as the register says.
    pub guardian: bool,
    /// Has been in Denmark for a short time only.
    pub short_stay: bool,
    /// Name and address are protected.
    pub protected: bool,
}

/// What they show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence<'a> {
    /// Documents that an officer has seen.
    Documents(&'a [Seen]),
    /// The number of a Danish passport or driving licence that the register has confirmed for this CPR number.
    ConfirmedNumber,
    /// A bank's agreement with its customer.
    Agreement {
        /// The customer said yes to public use.
        public: bool,
        /// The bank's lowest age.
        from_age: u8,
    },
}

/// Where an eID may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Everywhere.
    Public {
        /// Under 18: marked as youth.
        youth: bool,
    },
    /// In netbanks that it is linked to, and why nowhere else.
    Netbank(Code),
    /// In netbanks that it is linked to, as its holder wished.
    NetbankByChoice,
}

/// How card and activation password reach their holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandOver {
    /// Both at once, over the counter.
    OnTheSpot,
    /// The card goes to the registered address, the rest over the counter.
    CardPosted,
    /// Each in a letter of its own to the registered address.
    BothPosted,
    /// Fetched at a representation, against a passport.
    PickUp,
}

impl HandOver {
    /// As the database keeps it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OnTheSpot => "on_the_spot",
            Self::CardPosted => "card_posted",
            Self::BothPosted => "both_posted",
            Self::PickUp => "pick_up",
        }
    }

    /// The card may go over the counter.
    #[must_use]
    pub const fn card_at_desk(self) -> bool {
        matches!(self, Self::OnTheSpot | Self::PickUp)
    }

    /// The activation password may go over the counter.
    #[must_use]
    pub const fn password_at_desk(self) -> bool {
        matches!(self, Self::OnTheSpot | Self::CardPosted | Self::PickUp)
    }
}

/// What is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowed {
    /// Where the eID may be used.
    pub scope: Scope,
    /// How it is handed over.
    pub hand_over: HandOver,
    /// The level of identity assurance (NSIS IAL) that results.
    pub level: Level,
}

/// Judges.
///
/// # Errors
/// The `proofing.…` code of the first thing that stands in the way.
pub fn judge(
    channel: Channel,
    applicant: &Applicant,
    evidence: Evidence<'_>,
    vouched: Vouched,
    rules: &Rules,
    today: chrono::NaiveDate,
) -> Result<Allowed, Code> {
    is_there(applicant)?;
    match (channel, evidence) {
        (Channel::Bank, Evidence::Agreement { public, from_age }) => at_a_bank(applicant, public, from_age),
        (Channel::Online, Evidence::ConfirmedNumber) => online(applicant),
        (channel, Evidence::Documents(seen)) if channel.in_person() => {
            let scope = public(applicant)?;
            let shown = accepted_together(rules.edition, seen, today)?;
            if channel == Channel::HomeVisit && seen.iter().any(|one| one.kind.serves_online()) {
                return Err(Code::ProofingHomeVisit);
            }
            in_person(channel, applicant, shown, vouched, rules).map(|(hand_over, level)| Allowed {
                scope,
                hand_over,
                level,
            })
        }
        _ => Err(Code::ProofingDocuments),
    }
}

const fn is_there(applicant: &Applicant) -> Result<(), Code> {
    match applicant.registration {
        Registration::Ended => Err(Code::ProofingPersonEnded),
        _ => Ok(()),
    }
}

/// Public use asks for a CPR number and 15 years; residence that is being decided is none (M30).
fn public(applicant: &Applicant) -> Result<Scope, Code> {
    match applicant.registration {
        Registration::Pending => Err(Code::ProofingResidencePending),
        Registration::None => Err(Code::ProofingNoCpr),
        _ if applicant.age < PUBLIC_AGE => Err(Code::ProofingTooYoung),
        _ => Ok(Scope::Public {
            youth: applicant.age < FULL_AGE,
        }),
    }
}

fn at_a_bank(applicant: &Applicant, wanted: bool, from_age: u8) -> Result<Allowed, Code> {
    if applicant.age < from_age {
        return Err(Code::ProofingTooYoung);
    }
    let scope = match public(applicant) {
        Ok(_) if !wanted => Scope::NetbankByChoice,
        Ok(scope) => scope,
        Err(code) => Scope::Netbank(code),
    };
    Ok(Allowed {
        scope,
        hand_over: HandOver::BothPosted,
        level: Level::Substantial,
    })
}

/// Judges whether the holder of a netbank-only eID may begin public use by themselves, where nobody is seen: as whoever orders one online.
///
/// # Errors
/// The `proofing.…` code of the first thing that stands in the way.
pub fn by_holder(applicant: &Applicant) -> Result<(), Code> {
    is_there(applicant)?;
    online(applicant).map(drop)
}

/// Judges whether what is shown in person is enough to begin public use of an eID that somebody has: no letter to the registered address stands
/// between them and it, so that it is as much as for the activation password over the counter. A bank vouches for its customer.
///
/// # Errors
/// As [`judge`]; `ra.proof` where control questions are to be answered, too.
pub fn at_desk(
    channel: Channel,
    applicant: &Applicant,
    evidence: Evidence<'_>,
    vouched: Vouched,
    rules: &Rules,
    today: chrono::NaiveDate,
) -> Result<(), Code> {
    let allowed = judge(channel, applicant, evidence, vouched, rules, today)?;
    match allowed.scope {
        Scope::Netbank(code) => Err(code),
        _ if channel == Channel::Bank || allowed.hand_over.password_at_desk() => Ok(()),
        _ => Err(Code::RaProof),
    }
}

fn online(applicant: &Applicant) -> Result<Allowed, Code> {
    let scope = public(applicant)?;
    // Nobody is seen: whoever cannot decide alone, and whoever few know yet, comes in person.
    if applicant.guardian || applicant.short_stay {
        return Err(Code::ProofingInPerson);
    }
    let hand_over = match applicant.registration {
        Registration::Abroad => HandOver::PickUp,
        _ => HandOver::BothPosted,
    };
    Ok(Allowed {
        scope,
        hand_over,
        level: Level::Substantial,
    })
}

fn in_person(
    channel: Channel,
    applicant: &Applicant,
    shown: Shown,
    vouched: Vouched,
    rules: &Rules,
) -> Result<(HandOver, Level), Code> {
    if applicant.guardian && !vouched.witness {
        return Err(Code::ProofingGuardian);
    }
    if applicant.short_stay && !vouched.witness {
        return Err(Code::ProofingWitness);
    }
    let abroad = channel == Channel::Representation;
    let given = vouched.on_the_spot(applicant);
    let asked = rules.vouched_on_the_spot || applicant.short_stay || applicant.guardian;
    Ok(match shown {
        Shown::Photo { confirmed } if given || !asked => {
            let level = if confirmed { Level::High } else { Level::Substantial };
            (HandOver::OnTheSpot, level)
        }
        // A representation cannot see who opens a letter at home.
        _ if abroad => return Err(Code::ProofingDocuments),
        Shown::Photo { .. } => (HandOver::BothPosted, Level::Substantial),
        Shown::Papers if applicant.registration == Registration::Abroad => return Err(Code::ProofingDocuments),
        Shown::Papers if given => (HandOver::CardPosted, Level::Substantial),
        Shown::Papers => (HandOver::BothPosted, Level::Substantial),
    })
}

#[cfg(test)]
mod tests;
