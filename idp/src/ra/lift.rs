//! An officer opens something again, orders an activation password or a key card, for somebody who has shown who they are (M23, M60, M62). What is enough for
//! what is the law's (`proofing`); the acts are the credentials' own.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ask::{about_holder, use_up};
use super::call::Case;
use super::people::{EidView, eid_view};
use super::wanted::{Done, Hearing, Need, Wanted};
use crate::audit::{Event, record};
use crate::credentials::activation::{By, Rules, order_by_officer};
use crate::credentials::{keycard, open, password, token};
use crate::ctx::Ctx;
use crate::domain::authenticator::State;
use crate::domain::id::AuthenticatorId;
use crate::domain::keycard::CardNumber;
use crate::domain::officer::Act;
use crate::domain::proofing::{self, Kind, Purpose, suffices};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::register::{NumberedDocument, document_number};
use crate::letters::run::{hand_over_card, waits_at};
use crate::registers::Checked;
use crate::storage::{Halt, Tx};

/// What shows who the person is.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Proof {
    /// The officer saw a document with a photo of the person who stood there.
    DocumentSeen {
        /// Which.
        document: Kind,
    },
    /// The person told the number of a Danish document, which the register knows as theirs and valid.
    DocumentNumber {
        /// Which.
        document: NumberedDocument,
        /// Its number.
        number: String,
    },
    /// The person passed control questions that this officer asked.
    Questions {
        /// The round.
        round: String,
    },
}

/// What is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Closed {
    /// A blocked eID; a new card is ordered where none is left, and an activation password where it waits for its activation.
    Eid,
    /// A password that wrong tries have blocked.
    Password,
    /// The strangers' lane.
    Lane,
    /// A code token, by its id.
    Token,
}

/// What is to be opened.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OpenWish {
    what: Closed,
    /// The id of the token.
    which: Option<String>,
    proof: Proof,
}

/// How an activation password travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Way {
    /// A letter to the registered address.
    Letter,
    /// A text message, where a mobile number is known; else a letter.
    TextMessage,
}

/// An activation password is wanted.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ActivationWish {
    by: Way,
    proof: Proof,
}

/// A key card is wanted: to the registered address, or handed over at the officer's own desk.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CardWish {
    proof: Proof,
    /// It is printed at this desk, and handed over here to whoever has shown a document with a photo. One at a time waits for its holder.
    #[serde(default)]
    at_desk: bool,
    /// An eID on hardware is on cards again, for whoever has shown a document with a photo: the way back where the key is lost.
    #[serde(default)]
    back_to_cards: bool,
}

/// A printed card is handed to its holder.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HandOverWish {
    /// The card's number.
    card: String,
    /// The document that was seen: whoever has none gets the card by post (M34).
    document: Kind,
}

impl Wanted for HandOverWish {
    const ACT: Act = Act::Card;
    type View = EidView;

    fn answer(&self, tx: &mut Tx<'_>, ctx: &Ctx, hearing: &Hearing<'_>) -> Result<Done<EidView>, Halt> {
        hand_over(tx, ctx, hearing, self)
    }
}

impl Wanted for OpenWish {
    const ACT: Act = Act::Open;
    type View = EidView;

    fn needs(&self) -> Need {
        self.proof.needs()
    }

    fn answer(&self, tx: &mut Tx<'_>, ctx: &Ctx, hearing: &Hearing<'_>) -> Result<Done<EidView>, Halt> {
        lift(tx, ctx, hearing, self)
    }
}

impl Wanted for ActivationWish {
    const ACT: Act = Act::Activation;
    type View = EidView;

    fn needs(&self) -> Need {
        self.proof.needs()
    }

    fn answer(&self, tx: &mut Tx<'_>, ctx: &Ctx, hearing: &Hearing<'_>) -> Result<Done<EidView>, Halt> {
        activation(tx, ctx, hearing, self)
    }
}

impl Wanted for CardWish {
    const ACT: Act = Act::Card;
    type View = EidView;

    fn needs(&self) -> Need {
        self.proof.needs()
    }

    fn answer(&self, tx: &mut Tx<'_>, ctx: &Ctx, hearing: &Hearing<'_>) -> Result<Done<EidView>, Halt> {
        card(tx, ctx, hearing, self)
    }
}

impl Proof {
    fn needs(&self) -> Need {
        match self {
            Self::DocumentNumber { document, number } => {
                document_number(number).map_or(Need::Nothing, |number| Need::Document(*document, number))
            }
            Self::DocumentSeen { .. } | Self::Questions { .. } => Need::Nothing,
        }
    }

    /// Whether it shows who the person is, for this purpose; what it was, for the audit trail. A round of questions is used up.
    fn shows(&self, tx: &mut Tx<'_>, ctx: &Ctx, hearing: &Hearing<'_>, purpose: Purpose) -> Result<&'static str, Halt> {
        let (proof, word) = match self {
            Self::DocumentSeen { document } => (proofing::Proof::Seen(*document), document.row().word),
            Self::DocumentNumber { .. } => (proofing::Proof::Number, "document number"),
            Self::Questions { .. } => (proofing::Proof::Questions, "questions"),
        };
        suffices(proof, purpose, hearing.officer.role, hearing.rules.proofing.edition)
            .map_err(|code| Refusal::new(code).at("proof"))?;
        match self {
            Self::DocumentNumber { .. } if hearing.facts.document != Some(Checked::Valid) => {
                return Err(Refusal::new(Code::RaProof).at("proof").into());
            }
            Self::Questions { round } => {
                let about = about_holder(tx, hearing.case()?)?;
                use_up(tx, ctx, hearing.officer, about, round)?;
            }
            Self::DocumentSeen { .. } | Self::DocumentNumber { .. } => {}
        }
        Ok(word)
    }
}

impl Closed {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Eid => "eid",
            Self::Password => "password",
            Self::Lane => "lane",
            Self::Token => "token",
        }
    }
}

/// Opens it.
fn lift(tx: &mut Tx<'_>, ctx: &Ctx, hearing: &Hearing<'_>, wish: &OpenWish) -> Result<Done<EidView>, Halt> {
    let (officer, case) = (hearing.officer, hearing.case()?);
    let shown = wish.proof.shows(tx, ctx, hearing, Purpose::Access)?;
    let who = case.who;
    let name = officer.full_name();
    let by = open::By {
        officer: &name,
        reason: officer.reason.as_str(),
    };
    match wish.what {
        Closed::Eid => drop(open::eid(tx, ctx, who, by, hearing.rules.activation)?),
        Closed::Password => open::password(tx, ctx, who, by)?,
        Closed::Lane => drop(password::open_strangers(tx, ctx, who, by.officer, by.reason)?),
        Closed::Token => {
            let which = wish.which.as_deref().unwrap_or_default();
            let id: AuthenticatorId = which.parse().map_err(|_| Refusal::new(Code::RaNotFound).at("which"))?;
            token::set_by_officer(tx, ctx, who, id, State::Active)?;
        }
    }
    stands(tx, ctx, case, format!("{}: {shown}", wish.what.as_str()))
}

/// Orders an activation password: until it is used, the eID serves for nothing.
fn activation(tx: &mut Tx<'_>, ctx: &Ctx, hearing: &Hearing<'_>, wish: &ActivationWish) -> Result<Done<EidView>, Halt> {
    let case = hearing.case()?;
    let shown = wish.proof.shows(tx, ctx, hearing, Purpose::Access)?;
    let (by, word) = match wish.by {
        Way::Letter => (By::Letter, "letter"),
        Way::TextMessage => (By::TextMessage, "text_message"),
    };
    let rules = Rules {
        by,
        ..hearing.rules.activation
    };
    order_by_officer(tx, ctx, case.who, rules)?;
    stands(tx, ctx, case, format!("{word}: {shown}"))
}

/// Orders a key card, in the place of a lost one or beside others.
fn card(tx: &mut Tx<'_>, ctx: &Ctx, hearing: &Hearing<'_>, wish: &CardWish) -> Result<Done<EidView>, Halt> {
    let (officer, case) = (hearing.officer, hearing.case()?);
    let purpose = if wish.at_desk || wish.back_to_cards {
        Purpose::CardInHand
    } else {
        Purpose::CardByPost
    };
    let desk = match officer.prints_at() {
        None if wish.at_desk => return Err(Refusal::new(Code::OrderDelivery).at("at_desk").into()),
        desk => desk.filter(|_| wish.at_desk),
    };
    let shown = wish.proof.shows(tx, ctx, hearing, purpose)?;
    let number = keycard::order_by_officer(tx, ctx, case.who, hearing.rules.cards)?;
    if let Some(desk) = &desk
        && !waits_at(tx, case.who, desk, &number)?
    {
        return Err(Refusal::new(Code::KeycardState).at("at_desk").into());
    }
    if wish.back_to_cards && tx.eids().put_on_hardware(case.who.eid, false)? {
        let who = case.who;
        record(tx, ctx, &Event::EidHardware { who, on: false })?;
    }
    let to = if desk.is_some() { " for the desk" } else { "" };
    stands(tx, ctx, case, format!("{number}{to}: {shown}"))
}

/// Hands a printed card over at a desk, to whoever has shown a document with a photo: it takes no post. A card that was posted, was never
/// printed, or lies somewhere else is none to hand over.
fn hand_over(tx: &mut Tx<'_>, ctx: &Ctx, hearing: &Hearing<'_>, wish: &HandOverWish) -> Result<Done<EidView>, Halt> {
    let (officer, case) = (hearing.officer, hearing.case()?);
    let seen = proofing::Proof::Seen(wish.document);
    suffices(seen, Purpose::CardInHand, officer.role, hearing.rules.proofing.edition)
        .map_err(|code| Refusal::new(code).at("document"))?;
    let number = CardNumber::parse(&wish.card).ok_or(Code::KeycardNotFound)?;
    let theirs = tx.cards().find(&number)?.is_some_and(|row| row.eid == case.who.eid);
    if !theirs {
        return Err(Code::KeycardNotFound.into());
    }
    let desk = officer.prints_at();
    if !hand_over_card(tx, ctx, (case.who, desk.as_deref()), &officer.full_name(), &number)? {
        return Err(Code::KeycardState.into());
    }
    stands(
        tx,
        ctx,
        case,
        format!("{number} handed over: {}", wish.document.row().word),
    )
}

fn stands(tx: &mut Tx<'_>, ctx: &Ctx, case: &Case, detail: String) -> Result<Done<EidView>, Halt> {
    let now = tx.eids().find(case.eid.id)?;
    Ok(Done {
        body: eid_view(tx, ctx, &now)?,
        about: None,
        detail,
    })
}
