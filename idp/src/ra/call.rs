//! One call from its token to its answer. Owns the order of the questions, that an act, its event and its kept answer are one
//! transaction, and that what is refused is recorded too, once it is known who asked.

use std::sync::Arc;

use ring::digest::{SHA256, digest};

use super::assertion::{Expected, Said, read};
use super::desk::{Desk, Rules};
use super::wanted::{Facts, Hearing, Wanted, Wish};
use crate::audit::{Event, Who, record};
use crate::config::parties::{Party, Ra};
use crate::ctx::{Agent, Ctx};
use crate::domain::id::{EidId, PersonId};
use crate::domain::officer::{Act, OfficerId, Reason, Role};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::time::{Span, Time};
use crate::fault::Fault;
use crate::storage::{Durability, Eid, Halt, RaAnswer, Tx};
use crate::vault::Mac;

/// A repetition under the same key is answered for so long.
const KEPT: Span = Span::hours(24);
/// The scope of the officers' API.
const SCOPE: &str = "ra";

/// What a call brings to prove itself.
#[derive(Debug, Clone)]
pub(super) struct Head {
    pub token: Option<String>,
    pub assertion: Option<String>,
    pub method: String,
    pub path: String,
}

/// An officer who has shown on whose behalf, as what and why they call.
#[derive(Debug, Clone)]
pub(super) struct Officer {
    pub ra: Arc<Party>,
    pub id: OfficerId,
    pub role: Role,
    pub reason: Reason,
    /// Who they are themselves, where they hold an eID.
    pub own: Option<PersonId>,
}

/// The eID that a call is about.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub who: Who,
    pub eid: Eid,
}

/// An answer on its way out.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub body: String,
}

/// Why a call was not answered as asked.
#[derive(Debug)]
pub(super) enum Stop {
    /// The caller reads this.
    Refused(Refusal),
    /// Too many calls.
    Later(Span),
    /// Something broke.
    Fault(Fault),
}

impl From<Code> for Stop {
    fn from(code: Code) -> Self {
        Self::Refused(Refusal::new(code))
    }
}

impl From<Halt> for Stop {
    fn from(halt: Halt) -> Self {
        halt.into_refusal().map_or_else(Self::Fault, Self::Refused)
    }
}

impl Desk {
    /// Answers a call. `wish` is what was read of the request: a request that cannot be understood is refused after it is known who
    /// sent it, and recorded as any other.
    pub(super) async fn run<W: Wanted>(
        &self,
        ctx: &Ctx,
        head: &Head,
        wish: Result<Wish<W>, Refusal>,
    ) -> Result<Given, Stop> {
        let mut ctx = ctx.clone();
        let officer = self.officer(&mut ctx, head, W::ACT).await?;
        let target = wish.as_ref().ok().and_then(|wish| wish.target);
        let done = match wish {
            Err(refusal) => Err(refusal.into()),
            Ok(wish) => self.act(&ctx, &officer, wish).await,
        };
        let refused = match done {
            Ok(given) => return Ok(given),
            Err(Halt::Refused(refusal)) => refusal,
            Err(halt) => return Err(halt.into()),
        };
        let code = refused.code.as_str();
        let note = move |tx: &mut Tx<'_>| {
            let eid = target.map(|target| tx.eids().look(target)).transpose()?.flatten();
            let who = eid.map(|eid| who_of(&eid));
            record(tx, &ctx, &officer.event(W::ACT, who, String::new(), code))
        };
        self.store.transact("ra.refused", Durability::Full, note).await?;
        Err(Stop::Refused(refused))
    }

    /// Does what an officer asks for.
    async fn act<W: Wanted>(&self, ctx: &Ctx, officer: &Officer, wish: Wish<W>) -> Result<Given, Halt> {
        let facts = self.facts(ctx, officer, wish.target, wish.body.needs()).await?;
        let (ctx, officer, rules) = (ctx.clone(), officer.clone(), self.rules);
        let done = move |tx: &mut Tx<'_>| once(tx, &ctx, &officer, (&wish, &facts), rules);
        self.store.transact("ra.act", Durability::Full, done).await
    }

    /// Who calls. The assertion is burnt durably before anything is done for it, whatever comes of the call.
    async fn officer(&self, ctx: &mut Ctx, head: &Head, act: Act) -> Result<Officer, Stop> {
        let token = head.token.clone().ok_or(Code::RaToken)?;
        let ra = self.authority(ctx.now, &token).await?;
        self.limits.admit(&ra.id, None, ctx.now).map_err(Stop::Later)?;
        let client = ra.oidc.as_ref().ok_or(Code::RaToken)?;
        let keys = client.jwks.as_ref().ok_or(Code::RaToken)?;
        let address = format!("{}{}", self.issuer, head.path);
        let expected = Expected {
            client_id: &client.client_id,
            keys,
            issuer: &self.issuer,
            method: &head.method,
            address: &address,
            token: &token,
            skew: self.skew,
            now: ctx.now,
        };
        let said = read(head.assertion.as_deref().ok_or(Code::RaAssertion)?, expected)?;
        let one = Some(said.officer.as_str());
        self.limits.admit(&ra.id, one, ctx.now).map_err(Stop::Later)?;
        ctx.caller.agent = Agent::Machine(ra.id.clone());
        let (act_ctx, act_ra) = (ctx.clone(), Arc::clone(&ra));
        let burn = move |tx: &mut Tx<'_>| burn(tx, &act_ctx, &act_ra, act, &said);
        let officer = self.store.transact("ra.officer", Durability::Full, burn).await?;
        Ok(officer?)
    }

    /// The RA behind an access token.
    async fn authority(&self, now: Time, token: &str) -> Result<Arc<Party>, Stop> {
        let hash = sha256(token.as_bytes());
        let found = self.store.read("ra.token", move |tx| tx.tokens().find(&hash)).await?;
        let live = found.filter(|token| token.revoked_at.is_none() && now < token.expires_at && token.grant.is_none());
        let token = live.ok_or(Code::RaToken)?;
        if !token.scope.split(' ').any(|word| word == SCOPE) {
            return Err(Code::RaScope.into());
        }
        let party = self.parties.current().get(&token.party).cloned();
        Ok(party.filter(|party| party.ra.is_some()).ok_or(Code::RaScope)?)
    }
}

/// Burns the assertion and judges the role. A refusal in here is committed with what it wrote.
fn burn(tx: &mut Tx<'_>, ctx: &Ctx, ra: &Arc<Party>, act: Act, said: &Said) -> Result<Result<Officer, Code>, Halt> {
    let fresh = tx
        .replays()
        .take(&format!("officer:{}", ra.id), &said.jti, said.until, ctx.now)?;
    let own = match &said.own {
        None => None,
        Some(number) => tx.eids().by_number(number)?.map(|eid| eid.person),
    };
    let officer = Officer {
        ra: Arc::clone(ra),
        id: said.officer.clone(),
        role: said.role,
        reason: said.reason.clone(),
        own,
    };
    let may = ra.ra.as_ref().is_some_and(|ra| ra.roles.contains(&said.role)) && said.role.may(act);
    let refused = if !fresh {
        Code::RaReplayed
    } else if said.own.is_some() && own.is_none() {
        Code::RaAssertion
    } else if !may {
        Code::RaRole
    } else {
        return Ok(Ok(officer));
    };
    record(tx, ctx, &officer.event(act, None, String::new(), refused.as_str()))?;
    Ok(Err(refused))
}

/// The act with its event and the answer that is kept, or the answer that was kept.
fn once<W: Wanted>(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    officer: &Officer,
    (wish, facts): (&Wish<W>, &Facts),
    rules: Rules,
) -> Result<Given, Halt> {
    let act = W::ACT;
    let case = wish.target.map(|target| officer.case(tx, target)).transpose()?;
    let about = case.as_ref().map(|case| case.who);
    // Keyed: a plain hash would tell whoever copies the database what a person answered.
    let request = wish
        .once
        .as_ref()
        .map(|once| tx.vault().mac(Mac::RaRequest, &once.request));
    if let Some(once) = &wish.once
        && let Some(kept) = tx.ra_answers().find(&officer.ra.id, &once.key)?
    {
        if Some(kept.request) != request {
            return Err(Code::RaKeyReused.into());
        }
        record(tx, ctx, &officer.event(act, about, String::new(), "repeated"))?;
        return Ok(Given { body: kept.body });
    }
    let hearing = Hearing {
        officer,
        case: case.as_ref(),
        facts,
        rules,
    };
    let done = wish.body.answer(tx, ctx, &hearing)?;
    let body = serde_json::to_string(&done.body).map_err(|error| Fault::new("an answer to an RA", error))?;
    if let (Some(once), Some(request)) = (&wish.once, request) {
        let kept = RaAnswer {
            request,
            body: body.clone(),
        };
        tx.ra_answers().keep(&officer.ra.id, &once.key, &kept, ctx.now + KEPT)?;
    }
    record(tx, ctx, &officer.event(act, about.or(done.about), done.detail, "done"))?;
    Ok(Given { body })
}

impl Officer {
    /// An eID that is a matter of this officer's. One that is none of the RA's is answered as one that is not there.
    pub(super) fn case(&self, tx: &mut Tx<'_>, target: EidId) -> Result<Case, Halt> {
        let eid = tx.eids().look(target)?.ok_or(Code::RaNotFound)?;
        if !self.reaches(tx, &eid)? {
            return Err(Code::RaNotFound.into());
        }
        if self.own == Some(eid.person) {
            return Err(Code::RaOwnCase.into());
        }
        Ok(Case { who: who_of(&eid), eid })
    }

    /// Whether an eID is a matter of the officer's RA.
    pub(super) fn reaches(&self, tx: &mut Tx<'_>, eid: &Eid) -> Result<bool, Halt> {
        let Some(Ra { reach, bank, .. }) = &self.ra.ra else {
            return Ok(false);
        };
        let banks = tx.eids().banks(eid.id)?.into_iter().map(|bank| bank.bank);
        Ok(reach.covers((&self.ra.id, bank.as_deref()), &eid.issuer, banks))
    }

    /// The desk for which the officer's RA prints; none where it prints for the post.
    pub(super) fn prints_at(&self) -> Option<String> {
        let ra = self.ra.ra.as_ref()?;
        ra.prints_for_its_desk().then(|| self.ra.id.clone())
    }

    /// The RA and its name for the officer.
    pub(super) fn name(&self) -> (String, String) {
        (self.ra.id.clone(), self.id.to_string())
    }

    fn event(&self, act: Act, who: Option<Who>, detail: String, outcome: &'static str) -> Event {
        Event::OfficerActed {
            who,
            ra: self.ra.id.clone(),
            officer: self.id.to_string(),
            role: self.role,
            reason: self.reason.as_str().to_owned(),
            act,
            detail,
            outcome,
        }
    }
}

pub(super) fn who_of(eid: &Eid) -> Who {
    Who {
        person: eid.person,
        eid: eid.id,
    }
}

/// SHA-256.
pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, bytes).as_ref());
    hash
}
