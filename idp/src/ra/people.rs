//! An officer finds a person and sees how their eIDs stand. Owns how much of it is shown: states and dates, never a secret, never an
//! address, and of a protected person no name to a bank. One person at a time: nobody can be searched for by name.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{Officer, who_of};
use super::wanted::{Done, Hearing, Wanted};
use crate::ctx::Ctx;
use crate::domain::authenticator::State;
use crate::domain::cpr::Cpr;
use crate::domain::denmark;
use crate::domain::eid::{EidNumber, age_group};
use crate::domain::lanes::{self, Gate, LaneKind};
use crate::domain::officer::{Act, Reach};
use crate::domain::refusal::{Code, Refusal};
use crate::letters::run::waiting_at;
use crate::storage::{Eid, Halt, LaneId, Person, PersonStatus, Tx};

/// The most cards of an eID that are shown, the newest first.
const CARDS: usize = 12;

/// Who is sought: by one of the two.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FindWish {
    /// A CPR number, present or former: ten digits with or without a hyphen.
    #[schema(example = "610180-1234")]
    cpr: Option<String>,
    /// An eID number: nine digits.
    #[schema(example = "123456789")]
    eid_number: Option<String>,
}

/// A person, as far as an officer needs it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct PersonView {
    /// The name; not told to a bank of a protected person.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Name and address are protected.
    protected: bool,
    /// `child`, `youth` or `adult`.
    #[serde(skip_serializing_if = "Option::is_none")]
    age_group: Option<&'static str>,
    /// Alive and reachable, as far as we know.
    alive: bool,
    /// The person can be told of things by e-mail.
    has_email: bool,
    /// The person can be told of things by text message.
    has_phone: bool,
    /// The eIDs that are a matter of this RA.
    eids: Vec<EidView>,
}

/// An eID as it stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct EidView {
    /// The name under which acts know it.
    id: String,
    /// The number that its holder knows.
    number: String,
    /// `ordered`, `active`, `blocked` or `closed`.
    status: &'static str,
    /// May be used outside netbank.
    public: bool,
    /// Its second factor is a key in its holder's own device: a card is for adding that key alone.
    on_hardware: bool,
    /// The RA that issued it.
    issuer: String,
    /// `none`, `set`, `blocked_by_tries` or `blocked`.
    password: &'static str,
    /// Whether somebody on a browser that is not known may try a password: `open`, `closed` (for some hours) or `shut`.
    strangers: &'static str,
    /// The activation password, where one was ordered.
    #[serde(skip_serializing_if = "Option::is_none")]
    activation: Option<ActivationView>,
    /// Key cards, the newest first.
    cards: Vec<CardView>,
    /// Code tokens, code apps and the like.
    factors: Vec<FactorView>,
    /// The RA at whose desk a card or an activation password waits for its holder.
    #[serde(skip_serializing_if = "Option::is_none")]
    waits_at: Option<String>,
    /// The serial number of its certificate, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate: Option<String>,
    /// The last full log-in.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_login_at: Option<String>,
}

/// An activation password: how far it is, never what it is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct ActivationView {
    /// `ordered`, `printed`, `posted`, `sent`, `used` or `void`.
    state: &'static str,
    /// When.
    ordered_at: String,
    /// It serves until then.
    expires_at: String,
}

/// A key card: how far it is, never its codes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct CardView {
    /// Its number.
    number: String,
    /// `ordered`, `printed`, `posted`, `active`, `used_up`, `blocked`, `expired` or `replaced`.
    state: &'static str,
    /// Codes left.
    left: u32,
    /// When it was ordered.
    ordered_at: String,
}

/// Something else that the eID is proven with.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct FactorView {
    /// The name under which acts know it.
    id: String,
    /// `token`, `app`, …
    kind: &'static str,
    /// The number printed on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    serial: Option<String>,
    /// `assigned`, `active`, `blocked`.
    state: &'static str,
}

impl Wanted for FindWish {
    const ACT: Act = Act::Find;
    const ONCE: bool = false;
    type View = PersonView;

    fn answer(&self, tx: &mut Tx<'_>, ctx: &Ctx, hearing: &Hearing<'_>) -> Result<Done<PersonView>, Halt> {
        find(tx, ctx, hearing.officer, self)
    }
}

impl FindWish {
    fn sought(&self) -> Result<Sought, Refusal> {
        match (&self.cpr, &self.eid_number) {
            (Some(cpr), None) => Cpr::parse(cpr)
                .map(Sought::Cpr)
                .map_err(|code| Refusal::new(code).at("cpr")),
            (None, Some(number)) => EidNumber::parse(number)
                .map(Sought::Number)
                .ok_or(Refusal::new(Code::RequestMalformed).at("eid_number")),
            _ => Err(Refusal::new(Code::RequestMalformed)),
        }
    }
}

enum Sought {
    Cpr(Cpr),
    Number(EidNumber),
}

/// Finds the person. Nobody, somebody without an eID, and somebody who is no matter of this RA are answered alike.
fn find(tx: &mut Tx<'_>, ctx: &Ctx, officer: &Officer, wish: &FindWish) -> Result<Done<PersonView>, Halt> {
    let (person, detail) = match wish.sought()? {
        Sought::Cpr(cpr) => (tx.people().by_cpr(&cpr)?, "by cpr"),
        Sought::Number(number) => (tx.eids().by_number(&number)?.map(|eid| eid.person), "by number"),
    };
    let person = person.ok_or(Code::RaNotFound)?;
    let mut reached = Vec::new();
    for eid in tx.eids().of_person(person)? {
        if officer.reaches(tx, &eid)? {
            reached.push(eid);
        }
    }
    let first = reached.first().ok_or(Code::RaNotFound)?;
    if officer.own == Some(person) {
        return Err(Code::RaOwnCase.into());
    }
    let about = Some(who_of(first));
    let person = tx.people().find(person)?;
    let mut eids = Vec::new();
    for eid in &reached {
        eids.push(eid_view(tx, ctx, eid)?);
    }
    Ok(Done {
        body: person_view(ctx, officer, person, eids),
        about,
        detail: detail.to_owned(),
    })
}

fn person_view(ctx: &Ctx, officer: &Officer, person: Person, eids: Vec<EidView>) -> PersonView {
    let is_bank = officer.ra.ra.as_ref().is_some_and(|ra| ra.reach == Reach::Own);
    let today = denmark::date(ctx.now);
    PersonView {
        name: Some(person.name).filter(|_| !(person.protected && is_bank)),
        protected: person.protected,
        age_group: person.birth_date.map(|birth| age_group(birth, today).as_str()),
        alive: person.status == PersonStatus::Active,
        has_email: person.email.is_some(),
        has_phone: person.phone.is_some(),
        eids,
    }
}

/// An eID as it stands now.
pub(super) fn eid_view(tx: &mut Tx<'_>, ctx: &Ctx, eid: &Eid) -> Result<EidView, Halt> {
    let activation = tx.activations().find(eid.id)?;
    let cards = tx.cards().of_eid(eid.id)?;
    let held = tx.authenticators().of_eid(eid.id)?;
    let certificate = tx.certificates().open_of(eid.id)?;
    Ok(EidView {
        certificate: certificate.map(|row| row.serial.to_string()),
        id: eid.id.to_string(),
        number: eid.number.to_string(),
        status: eid.status.as_str(),
        public: eid.public,
        on_hardware: eid.on_hardware,
        issuer: eid.issuer.clone(),
        password: password(tx, eid)?,
        strangers: strangers(tx, ctx, eid)?,
        activation: activation.map(|activation| ActivationView {
            state: activation.state.as_str(),
            ordered_at: activation.ordered_at.rfc3339(),
            expires_at: activation.expires_at.rfc3339(),
        }),
        cards: cards.iter().rev().take(CARDS).map(card_view).collect(),
        factors: held
            .into_iter()
            .filter(|held| held.state != State::Closed)
            .map(|held| FactorView {
                id: held.id.to_string(),
                kind: held.factor.as_str(),
                serial: held.serial,
                state: held.state.as_str(),
            })
            .collect(),
        waits_at: waiting_at(tx, eid.id)?.map(|waits| waits.ra),
        last_login_at: eid.last_login_at.map(|at| at.rfc3339()),
    })
}

fn card_view(row: &crate::storage::CardRow) -> CardView {
    CardView {
        number: row.card.number.to_string(),
        state: row.card.state.as_str(),
        left: row.card.used.left(),
        ordered_at: row.ordered_at.rfc3339(),
    }
}

fn password(tx: &mut Tx<'_>, eid: &Eid) -> Result<&'static str, Halt> {
    use crate::storage::BlockCause;
    Ok(match tx.passwords().find(eid.id)? {
        None => "none",
        Some(stored) if !stored.blocked => "set",
        Some(stored) if stored.cause == Some(BlockCause::Tries) => "blocked_by_tries",
        Some(_) => "blocked",
    })
}

fn strangers(tx: &mut Tx<'_>, ctx: &Ctx, eid: &Eid) -> Result<&'static str, Halt> {
    let (counter, _) = tx.lanes().find(LaneId::Strangers(eid.id))?;
    Ok(match lanes::gate(&counter, LaneKind::Strangers, ctx.now) {
        Gate::Open | Gate::Busy => "open",
        Gate::Closed { .. } => "closed",
        Gate::Shut => "shut",
    })
}
