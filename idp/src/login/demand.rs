//! The seam between protocols and ceremony: a Demand goes in, an Outcome or a refusal comes out.

use serde::{Deserialize, Serialize};

use crate::ctx::Ctx;
use crate::domain::assurance::{Level, Method, overall};
use crate::domain::factor::Factors;
use crate::domain::id::{EidId, PersonId, SessionId};
use crate::domain::locale::Locale;
use crate::domain::pid::Pid;
use crate::domain::refusal::Refusal;
use crate::domain::time::{Span, Time};
use crate::fault::Fault;
use crate::storage::{Halt, Participant, Tx};

pub use crate::config::parties::Claim;
pub use crate::domain::factor::Purpose;

/// How recent a proof the party wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fresh {
    /// A running session will do.
    No,
    /// A running session will do if the person proved themself no longer ago (`max_age`).
    MaxAge(Span),
    /// The person proves themself now (`prompt=login`, ForceAuthn).
    Force,
}

/// The only subject with whom the log-in may end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum MustBe {
    /// Whoever this party (its sector) calls so: `sub` of an ID-token hint, NameID of a Subject.
    Sub(String),
    /// This person.
    Person(PersonId),
}

/// Which protocol waits for the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ResumeKind {
    /// OpenID Connect.
    Oidc,
    /// SAML 2.0.
    Saml,
    /// Our own pages.
    Own,
}

impl ResumeKind {
    /// The stored word; also the end of the outbox kind that its sender takes.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ResumeKind::Oidc => "oidc",
            ResumeKind::Saml => "saml",
            ResumeKind::Own => "own",
        }
    }
}

/// What a protocol needs to answer later: its request, reduced to that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resume {
    /// Who answers.
    pub kind: ResumeKind,
    /// (issuer, id) of the request, where it has one that may be answered once only.
    pub request_id: Option<(String, String)>,
    /// In the protocol's own form, as compact as it can be: it travels in a cookie.
    #[serde(with = "serde_bytes")]
    pub state: Vec<u8>,
}

/// What a party asks of the ceremony.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Demand {
    /// The party's id in the registry.
    pub party: String,
    /// The level below which it must not end.
    pub least: Level,
    /// Levels that the party asked for, the most wanted first; empty: `least` will do.
    pub wanted: Vec<Level>,
    /// How recent a proof.
    pub fresh: Fresh,
    /// No page may be shown.
    pub passive: bool,
    /// What needs consent is asked for even where it is remembered (`prompt=consent`).
    pub confirm: bool,
    /// It waited since then for its eID to be opened for public use; nothing of one that did not wait.
    pub waited_since: Option<Time>,
    /// A user-ID to be filled in; never a CPR number.
    pub hint: Option<String>,
    /// The only subject with whom it may end.
    pub must_be: Option<MustBe>,
    /// What of the person is asked for; released is what the party is registered for.
    pub asks: Vec<Claim>,
    /// The language that the request asked for.
    pub locale: Option<Locale>,
    /// What it is for.
    pub purpose: Purpose,
    /// Only these second factors will do, of those that the party takes; nothing: all of them.
    pub factors: Option<Factors>,
    /// Who answers, and with what.
    pub resume: Resume,
}

impl Demand {
    /// The level that must be reached by somebody whose identity is as sure as this: the first one asked for that they can reach,
    /// never below `least`. `None` when they can reach nothing that was asked for.
    #[must_use]
    pub fn level(&self, identity: Level) -> Option<Level> {
        let best = overall(identity, Level::High, Level::FEDERATION);
        if self.wanted.is_empty() {
            return (self.least <= best).then_some(self.least);
        }
        let wanted = self.wanted.iter().copied().find(|wanted| *wanted <= best)?;
        Some(wanted.max(self.least)).filter(|level| *level <= best)
    }
}

/// What of a person is released to one party.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Released {
    /// The pairwise name of the person at the party's sector (a UUID).
    pub sub: String,
    /// The public number.
    pub pid: Option<Pid>,
    /// Full name, or the marker for a protected one at private parties.
    pub name: Option<String>,
    /// The person has name and address protection.
    pub protected: bool,
    /// E-mail.
    pub email: Option<String>,
    /// Postal address; never a protected one.
    pub address: Option<String>,
    /// Mobile number.
    pub phone: Option<String>,
    /// Born on.
    pub birth_date: Option<chrono::NaiveDate>,
    /// 15 to 17 years old.
    pub youth: bool,
    /// What this bank calls its customer.
    pub customer_ref: Option<String>,
    /// The CPR number: ten digits.
    pub cpr: Option<String>,
}

impl Released {
    /// What of it is told where only these were asked for.
    #[must_use]
    pub fn only(self, asks: &[Claim]) -> Released {
        let asked = |claim| asks.contains(&claim);
        Released {
            pid: self.pid.filter(|_| asked(Claim::Pid)),
            name: self.name.filter(|_| asked(Claim::Name)),
            email: self.email.filter(|_| asked(Claim::Email)),
            address: self.address.filter(|_| asked(Claim::Address)),
            phone: self.phone.filter(|_| asked(Claim::Phone)),
            birth_date: self.birth_date.filter(|_| asked(Claim::Birthdate)),
            cpr: self.cpr.filter(|_| asked(Claim::Cpr)),
            ..self
        }
    }
}

/// How a log-in ended well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The session.
    pub session: SessionId,
    /// What the party calls it: `sid`, SessionIndex.
    pub sid: String,
    /// The person.
    pub subject: PersonId,
    /// Their eID.
    pub eid: EidId,
    /// On whose behalf they act; nobody's but their own until powers are built.
    pub on_behalf: Option<PersonId>,
    /// The level that was reached.
    pub level: Level,
    /// How.
    pub methods: Vec<Method>,
    /// When the person proved themself.
    pub at: Time,
    /// When the session ends at the latest.
    pub session_ends: Time,
    /// What is released.
    pub released: Released,
    /// What the person was asked about and let the party know.
    pub agreed: Vec<Claim>,
    /// What was asked for and the person would not let the party know.
    pub withheld: Vec<Claim>,
}

/// How the browser goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Continue {
    /// 303 to an address.
    Redirect {
        /// The address.
        url: String,
    },
    /// A form that posts itself.
    Post {
        /// Where to.
        url: String,
        /// Its hidden fields.
        fields: Vec<(String, String)>,
    },
}

/// A protocol, as the ceremony sees it. Registered in `app` under its [`ResumeKind`].
pub trait Protocol: Send + Sync {
    /// Inside the one transaction: writes what the answer will refer to (a grant; the participant's detail). `previous` is what
    /// an earlier finish of the same flow returned: a code given then and not exchanged is revoked first.
    ///
    /// # Errors
    /// Whatever undoes the whole log-in.
    fn finish(
        &self,
        tx: &mut Tx<'_>,
        ctx: &Ctx,
        resume: &Resume,
        outcome: &Outcome,
        previous: Option<&[u8]>,
    ) -> Result<Vec<u8>, Halt>;

    /// After the commit: makes and signs the answer.
    ///
    /// # Errors
    /// A fault when it cannot be made.
    fn answer(&self, ctx: &Ctx, resume: &Resume, outcome: &Outcome, finished: &[u8]) -> Result<Continue, Fault>;

    /// The protocol's own way to say no.
    ///
    /// # Errors
    /// A fault when it cannot be made.
    fn refuse(&self, ctx: &Ctx, resume: &Resume, refusal: &Refusal) -> Result<Continue, Fault>;

    /// The verified origin that the answer goes to, for `form-action`.
    fn form_origins(&self, resume: &Resume) -> Vec<String>;

    /// Where a log-out leads the browser so that this participant hears of it, for `form-action`; nothing for one that is told
    /// without a browser, or not at all.
    fn logout_origins(&self, _participant: &Participant) -> Vec<String> {
        Vec::new()
    }
}
