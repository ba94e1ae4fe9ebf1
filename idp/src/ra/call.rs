//! One call from its token to its answer. Owns the order of the questions, that an act, its event and its kept answer are one
//! transaction, and that what is refused is recorded too, once it is known who asked.

use std::sync::Arc;

use super::assertion::{Expected, Said, read};
use super::desk::{Desk, Rules};
use super::given::Given;
use super::wanted::{Facts, Hearing, Once, Wanted, Wish};
use crate::audit::{Event, Who, record};
use crate::config::parties::{Party, Ra};
use crate::ctx::{Agent, Ctx};
use crate::domain::cpr::Cpr;
use crate::domain::eid::EidStatus;
use crate::domain::id::{EidId, PersonId};
use crate::domain::officer::{Act, OfficerId, Reason, Role};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::time::Span;
use crate::fault::Fault;
use crate::session::{NotIn, machine};
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
        if let Some(given) = self.given_before(ctx, officer, &wish).await? {
            return Ok(given);
        }
        let facts = self.facts(ctx, officer, wish.target, wish.body.needs()).await?;
        let (ctx, officer, rules) = (ctx.clone(), officer.clone(), self.rules);
        let done = move |tx: &mut Tx<'_>| once(tx, &ctx, &officer, (&wish, &facts), rules);
        self.store.transact("ra.act", Durability::Full, done).await
    }

    /// What this act was answered when it was done before: nothing is looked up or made for it again.
    async fn given_before<W: Wanted>(
        &self,
        ctx: &Ctx,
        officer: &Officer,
        wish: &Wish<W>,
    ) -> Result<Option<Given>, Halt> {
        let Some(once) = wish.once.clone() else {
            return Ok(None);
        };
        let (ra, key) = (officer.ra.id.clone(), once.key.clone());
        let look = move |tx: &mut Tx<'_>| Ok(tx.ra_answers().find(&ra, &key)?.is_some());
        if !self.store.read("ra.kept", look).await? {
            return Ok(None);
        }
        let (ctx, officer, target) = (ctx.clone(), officer.clone(), wish.target);
        let again = move |tx: &mut Tx<'_>| repeated(tx, &ctx, &officer, (W::ACT, target), &once);
        self.store.transact("ra.repeated", Durability::Full, again).await
    }

    /// Who calls. The assertion is burnt durably before anything is done for it, whatever comes of the call.
    async fn officer(&self, ctx: &mut Ctx, head: &Head, act: Act) -> Result<Officer, Stop> {
        let token = head.token.clone().ok_or(Code::RaToken)?;
        let ra = self.authority(ctx, &token).await?;
        self.limits.admit(&ra.id, ctx.now).map_err(Stop::Later)?;
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
        let admitted = self.limits.admit_officer(&ra.id, said.officer.as_str(), ctx.now);
        admitted.map_err(Stop::Later)?;
        ctx.caller.agent = Agent::Machine(ra.id.clone());
        let (act_ctx, act_ra) = (ctx.clone(), Arc::clone(&ra));
        let burn = move |tx: &mut Tx<'_>| burn(tx, &act_ctx, &act_ra, act, &said);
        let officer = self.store.transact("ra.officer", Durability::Full, burn).await?;
        Ok(officer?)
    }

    /// The RA behind an access token.
    async fn authority(&self, ctx: &Ctx, token: &str) -> Result<Arc<Party>, Stop> {
        let party = machine(&self.store, &self.parties, ctx, (token, SCOPE)).await?;
        let party = party.map_err(|not_in| match not_in {
            NotIn::Token => Code::RaToken,
            NotIn::Scope => Code::RaScope,
        })?;
        Some(party)
            .filter(|party| party.ra.is_some())
            .ok_or_else(|| Code::RaScope.into())
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
    if let Some(once) = &wish.once
        && let Some(given) = repeated(tx, ctx, officer, (act, wish.target), once)?
    {
        return Ok(given);
    }
    let case = wish.target.map(|target| officer.case(tx, target)).transpose()?;
    let about = case.as_ref().map(|case| case.who);
    let hearing = Hearing {
        officer,
        case: case.as_ref(),
        facts,
        rules,
    };
    let done = wish.body.answer(tx, ctx, &hearing)?;
    let given = Given::of(&done.body)?;
    if let Some(once) = &wish.once {
        let kept = RaAnswer {
            request: asked(tx, once),
            body: given.text().to_owned(),
        };
        tx.ra_answers().keep(&officer.ra.id, &once.key, &kept, ctx.now + KEPT)?;
    }
    record(tx, ctx, &officer.event(act, about.or(done.about), done.detail, "done"))?;
    Ok(given)
}

/// The answer that was kept of an act that was done before.
fn repeated(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    officer: &Officer,
    (act, target): (Act, Option<EidId>),
    once: &Once,
) -> Result<Option<Given>, Halt> {
    let Some(kept) = tx.ra_answers().find(&officer.ra.id, &once.key)? else {
        return Ok(None);
    };
    let case = target.map(|target| officer.case(tx, target)).transpose()?;
    if kept.request != asked(tx, once) {
        return Err(Code::RaKeyReused.into());
    }
    let about = case.map(|case| case.who);
    record(tx, ctx, &officer.event(act, about, String::new(), "repeated"))?;
    Ok(Some(Given::kept(kept.body)))
}

/// What was asked, as it is kept. Keyed: a plain hash would tell whoever copies the database what a person answered.
fn asked(tx: &Tx<'_>, once: &Once) -> [u8; 32] {
    tx.vault().mac(Mac::RaRequest, &once.request)
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

    /// Both in one, as an officer is named in the trail of what they did.
    pub(super) fn full_name(&self) -> String {
        format!("{}/{}", self.ra.id, self.id)
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

/// The eID in whose history it stands that somebody asked; whoever has none has no history, either.
pub(super) fn in_whose_history(tx: &mut Tx<'_>, cpr: &Cpr) -> Result<Option<Who>, Halt> {
    let Some(person) = tx.people().by_cpr(cpr)? else {
        return Ok(None);
    };
    let all = tx.eids().of_person(person)?;
    let open = all.iter().find(|eid| eid.status != EidStatus::Closed);
    Ok(open.or(all.last()).map(who_of))
}
