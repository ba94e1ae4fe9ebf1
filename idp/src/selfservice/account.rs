//! Who stands before our own pages. The session is read anew at each request, with its eID; an act holds the eID as it was read,
//! so that a block that commits first stops it.

use crate::audit::Who;
use crate::ctx::Ctx;
use crate::domain::assurance::Level;
use crate::domain::factor::{Factor, Factors, suits};
use crate::domain::id::PersonId;
use crate::domain::locale::Locale;
use crate::domain::party::OWN;
use crate::domain::refusal::Code;
use crate::domain::time::Span;
use crate::login::{Ceremony, Demand, Fresh, MustBe, Purpose, Resume, ResumeKind, admit};
use crate::session::is_usable;
use crate::storage::{Eid, Halt, SessionRow, Tx};
use crate::vault::Vault;

/// For what concerns password, user-ID, contact data and everything stored, the proof is no older than this.
const FRESH: Span = Span::minutes(10);
/// A form that was opened in time may be filled in for so long.
const FILL: Span = Span::minutes(10);

/// What a page asks of the log-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// To stop something: user-ID and password suffice (M60).
    Stop,
    /// To see and to end: a full log-in.
    See,
    /// To change or to take away: a full log-in of the last minutes.
    Change,
    /// To do without everything but passkeys, and what would be a way round the key of an eID on hardware: the same, with a passkey.
    Alone,
}

impl Need {
    fn level(self) -> Level {
        match self {
            Self::Stop => Level::Low,
            Self::See | Self::Change | Self::Alone => Level::Substantial,
        }
    }

    fn fresh(self) -> Fresh {
        match self {
            Self::Stop | Self::See => Fresh::No,
            Self::Change | Self::Alone => Fresh::MaxAge(FRESH),
        }
    }

    fn factors(self) -> Option<Factors> {
        (self == Self::Alone).then(|| Factors::NONE.with(Factor::Passkey))
    }

    fn is_shown(self, session: &SessionRow) -> bool {
        self.factors().is_none_or(|only| suits(&session.methods, only))
    }

    /// What is asked of the ceremony, so that it leads back to `path`.
    pub(super) fn demand(self, path: &str, person: Option<PersonId>, locale: Locale) -> Demand {
        Demand {
            party: OWN.to_owned(),
            least: self.level(),
            wanted: Vec::new(),
            fresh: self.fresh(),
            passive: false,
            confirm: false,
            waited_since: None,
            hint: None,
            must_be: person.map(MustBe::Person),
            asks: Vec::new(),
            locale: Some(locale),
            purpose: Purpose::Login,
            factors: self.factors(),
            resume: Resume {
                kind: ResumeKind::Own,
                request_id: None,
                state: path.as_bytes().to_vec(),
            },
        }
    }
}

/// The person, by the session in which they stand here.
#[derive(Debug, Clone)]
pub(super) struct Holder {
    pub(super) session: SessionRow,
    pub(super) eid: Eid,
}

/// Where a request stands.
#[derive(Debug)]
pub(super) enum Standing {
    /// It may go on.
    In(Box<Holder>),
    /// A log-in first; of this person, where a session is there already.
    Out(Option<PersonId>),
}

/// Judges the browser's session. `posts`: a form that was opened in time is sent.
pub(super) fn stands(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    token: Option<[u8; 32]>,
    need: Need,
    posts: bool,
) -> Result<Standing, Halt> {
    let Some(token) = token else {
        return Ok(Standing::Out(None));
    };
    let ours = |session: &SessionRow| session.sso.as_deref() == Some(OWN) && is_usable(session, house.limits, ctx.now);
    let Some((session, eid)) = tx.sessions().with_eid(&token)?.filter(|(session, _)| ours(session)) else {
        return Ok(Standing::Out(None));
    };
    let party = house.party(OWN)?;
    if admit(tx, ctx, &party, &eid)?.is_err() {
        return Ok(Standing::Out(None));
    }
    let age = if posts { FRESH + FILL } else { FRESH };
    let fresh = need.fresh() == Fresh::No || ctx.now < session.authenticated_at + age;
    if session.level >= need.level() && fresh && need.is_shown(&session) {
        Ok(Standing::In(Box::new(Holder { session, eid })))
    } else {
        Ok(Standing::Out(Some(eid.person)))
    }
}

impl Holder {
    /// Whom events are about.
    pub(super) fn who(&self) -> Who {
        Who {
            person: self.eid.person,
            eid: self.eid.id,
        }
    }

    /// Inside an act that is the key's alone where `wants` says so.
    pub(super) fn shows_key(&self, wants: bool) -> Result<(), Code> {
        if wants && !Need::Alone.is_shown(&self.session) {
            Err(Code::OwnAgain)
        } else {
            Ok(())
        }
    }

    /// The token that a form of this act carries: bound to the session, the act and the credential epoch.
    pub(super) fn csrf(&self, vault: &Vault, act: &str) -> String {
        vault.csrf(&self.csrf_input(act))
    }

    /// Whether a form carries it.
    pub(super) fn csrf_ok(&self, vault: &Vault, act: &str, token: &str) -> bool {
        vault.csrf_ok(&self.csrf_input(act), token)
    }

    fn csrf_input(&self, act: &str) -> Vec<u8> {
        let (session, epoch) = (self.session.id.bytes(), self.eid.epoch.to_be_bytes());
        [b"own page", &session[..], &epoch[..], act.as_bytes()].concat()
    }

    /// Inside an act: the session still counts, and the eID is held as it was read until the act is over.
    pub(super) fn hold(&self, tx: &mut Tx<'_>, ctx: &Ctx, house: &Ceremony) -> Result<(), Halt> {
        let live = tx
            .sessions()
            .find(self.session.id)?
            .is_some_and(|session| is_usable(&session, house.limits, ctx.now));
        if live && tx.eids().hold(self.eid.id, self.eid.epoch, None)? {
            Ok(())
        } else {
            Err(Code::OwnLogIn.into())
        }
    }
}
