//! The steps of a log-in. Each opens the sealed state, asks the factors or the law, and returns where the log-in stands; only
//! this file decides which step follows which.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::admission::{identity, may_enter};
use super::ceremony::Ceremony;
use super::choice::{Choice, choose, without};
use super::consent::to_ask;
use super::demand::{Claim, Continue, Demand, Outcome};
use super::finish::{self, Done, Finished};
use super::flow::{BrowserMark, Flow, Proven, Step};
use super::session::session_token;
use crate::audit::{Event, Who, record};
use crate::config::parties::Party;
use crate::credentials::password::{Accepted, Attempt, DeviceClaim, Verdict};
use crate::credentials::second::{Asked, Typed as Answer};
use crate::credentials::voice;
use crate::ctx::Ctx;
use crate::domain::assurance::Level;
use crate::domain::eid::EidStatus;
use crate::domain::factor::Factors;
use crate::domain::password::Password;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::room::Class;
use crate::domain::user_id::Typed;
use crate::storage::{Durability, Eid, Halt, LaneId, Tx};

/// What a browser brings along.
#[derive(Debug, Clone)]
pub struct Browser {
    /// Which browser it is.
    pub mark: BrowserMark,
    /// The devices that it claims to be.
    pub devices: Vec<DeviceClaim>,
    /// Whose turn at a password hash it gets.
    pub class: Class,
    /// SHA-256 of the session cookie of the party's group, if it brings one.
    pub session: Option<[u8; 32]>,
}

/// Where a log-in stands after a request.
#[derive(Debug)]
pub enum Stand {
    /// A page is shown: the flow's step, and what was wrong with the last answer.
    Page {
        /// The flow, to be sealed again.
        flow: Box<Flow>,
        /// What was wrong.
        errors: Vec<Refusal>,
    },
    /// The log-in is over; the browser goes on to the party.
    Over(Box<Over>),
}

/// The end of a log-in, well or not.
#[derive(Debug)]
pub struct Over {
    /// How the browser goes on.
    pub go_on: Continue,
    /// A session cookie to set: group and value.
    pub session: Option<(String, String)>,
    /// A device cookie to set.
    pub device: Option<DeviceClaim>,
    /// The refusal, where it was refused.
    pub refused: Option<Code>,
}

/// What a person typed at the first step.
pub struct Credentials {
    /// The user-ID as typed.
    pub user_id: String,
    /// The password as typed.
    pub password: Zeroizing<String>,
}

pub(super) fn page(flow: Flow, errors: Vec<Refusal>) -> Stand {
    Stand::Page {
        flow: Box::new(flow),
        errors,
    }
}

impl Ceremony {
    /// Takes a demand: answers at once on a session that suffices, refuses when no page may be shown, or begins a flow.
    ///
    /// # Errors
    /// A refusal that must not reach the party (a replayed request), or what the store answers.
    pub async fn take(&self, ctx: &Ctx, browser: &Browser, demand: Demand) -> Result<Stand, Halt> {
        self.take_on(ctx, browser, demand, None).await
    }

    /// The same; where no session of the party's group answers, a fresh log-in of our own pages may, by its session.
    ///
    /// # Errors
    /// As [`Ceremony::take`].
    pub async fn take_on(
        &self,
        ctx: &Ctx,
        browser: &Browser,
        demand: Demand,
        own: Option<[u8; 32]>,
    ) -> Result<Stand, Halt> {
        let party = self.party(&demand.party)?;
        if demand.level(Level::High).is_none() {
            return self.refuse(ctx, &demand, Refusal::new(Code::LoginLevelUnmet));
        }
        let flow = Flow::begin(ctx, browser.mark, demand);
        match own {
            Some(own) => self.on_own(ctx, browser, &party, flow, own).await,
            None => self.on_session(ctx, browser, &party, flow).await,
        }
    }

    /// User-ID and password.
    ///
    /// # Errors
    /// What the store answers; `Halt::Unavailable` when the password lanes are full.
    pub async fn credentials(
        &self,
        ctx: &Ctx,
        browser: &Browser,
        mut flow: Flow,
        typed: Credentials,
    ) -> Result<Stand, Halt> {
        let mut missing = Vec::new();
        if typed.user_id.trim().is_empty() {
            missing.push(Refusal::new(Code::UserIdRequired).at("user_id"));
        }
        if typed.password.is_empty() {
            missing.push(Refusal::new(Code::PasswordRequired).at("password"));
        }
        if !missing.is_empty() {
            return Ok(page(flow, missing));
        }
        let Ok(password) = Password::typed(typed.password.to_string()) else {
            return Ok(page(flow, vec![Refusal::new(Code::LoginFailed)]));
        };
        let party = self.party(&flow.demand.party)?;
        let attempt = Attempt {
            user_id: Typed::parse(&typed.user_id).ok(),
            four_digits: password.looks_four_digits(),
            password: Zeroizing::new(password.canonical().to_vec()),
            devices: browser.devices.clone(),
        };
        match self.verify(ctx, browser.class, attempt).await? {
            Verdict::Refused { refusal, about: None } => Ok(page(flow, vec![refusal])),
            Verdict::Refused {
                refusal,
                about: Some(who),
            } => {
                self.note_refusal(ctx, &party, who, refusal.code).await?;
                flow.step = Step::Notice(refusal.code);
                Ok(page(flow, Vec::new()))
            }
            Verdict::Accepted(accepted) => self.after_password(ctx, browser, &party, flow, *accepted).await,
        }
    }

    async fn note_refusal(&self, ctx: &Ctx, party: &Party, who: Who, code: Code) -> Result<(), Halt> {
        let (ctx, party) = (ctx.clone(), party.id.clone());
        self.store
            .transact("login.refused", Durability::Soft, move |tx| {
                record(
                    tx,
                    &ctx,
                    &Event::Refused {
                        who,
                        party: party.clone(),
                        code,
                    },
                )
            })
            .await
    }

    /// The password was right: is the eID accepted here, is it the right person, and what is asked next?
    async fn after_password(
        &self,
        ctx: &Ctx,
        browser: &Browser,
        party: &Arc<Party>,
        mut flow: Flow,
        accepted: Accepted,
    ) -> Result<Stand, Halt> {
        let eid = accepted.eid;
        let (act_ctx, act_party, act_eid) = (ctx.clone(), Arc::clone(party), eid.clone());
        let (act_flow, calls) = (flow.clone(), self.voice);
        let (next, failed) = self
            .store
            .read("login.next", move |tx| {
                let failed = tx.lanes().find(LaneId::Strangers(act_eid.id))?.0.untold();
                Ok((next(tx, &act_ctx, &act_party, &act_flow, (&act_eid, calls))?, failed))
            })
            .await?;
        flow.proven = Some(Proven {
            eid: eid.id,
            person: eid.person,
            epoch: eid.epoch,
            at: ctx.now,
            device: accepted.device,
            steps_up: None,
            rests_on: None,
            offers: Factors::NONE,
            usual: false,
            failed,
            last_login: eid.last_login_at,
        });
        self.goes_on(ctx, browser, party, flow, next).await
    }

    /// Once the password was right: what comes next.
    pub(super) async fn goes_on(
        &self,
        ctx: &Ctx,
        browser: &Browser,
        party: &Party,
        mut flow: Flow,
        next: Next,
    ) -> Result<Stand, Halt> {
        match next {
            Next::Refuse(code) => {
                if let Some(who) = flow.proven.as_ref().map(Proven::who) {
                    self.note_refusal(ctx, party, who, code).await?;
                }
                flow.step = Step::Notice(code);
                Ok(page(flow, Vec::new()))
            }
            Next::Consent(claims) => {
                flow.step = Step::Consent(claims);
                Ok(page(flow, Vec::new()))
            }
            Next::Second(choice) => {
                self.asks(ctx, &mut flow, choice).await?;
                Ok(page(flow, Vec::new()))
            }
            Next::Finish => self.finish(ctx, browser, flow, None).await,
        }
    }

    /// The code of the factor that is asked, or what its passkey signed.
    ///
    /// # Errors
    /// What the store answers.
    pub async fn code(&self, ctx: &Ctx, browser: &Browser, flow: Flow, typed: &str) -> Result<Stand, Halt> {
        let Step::Code(asked) = flow.step.clone() else {
            return Err(Code::LoginExpired.into());
        };
        let answer = match asked {
            Asked::Passkey(question) => self.signed(ctx, &flow, question, typed).await?,
            _ => Answer::parse(&asked, typed),
        };
        match answer {
            Ok(answer) => self.finish(ctx, browser, flow, Some((asked, answer))).await,
            Err(refusal) => Ok(page(flow, vec![refusal])),
        }
    }

    pub(super) async fn finish(
        &self,
        ctx: &Ctx,
        browser: &Browser,
        mut flow: Flow,
        code: Option<(Asked, Answer)>,
    ) -> Result<Stand, Halt> {
        let party = self.party(&flow.demand.party)?;
        let (house, act_ctx, act_flow, session) = (self.clone(), ctx.clone(), flow.clone(), browser.session);
        let finished = self
            .store
            .transact("login.finish", Durability::Full, move |tx| {
                let code = code.as_ref().map(|(asked, code)| (asked, code));
                finish::finish(tx, &act_ctx, &house, &party, &act_flow, code, session)
            })
            .await;
        match finished {
            Ok(Finished::Done(done)) => self.over(ctx, &flow.demand, &done),
            Ok(Finished::Again(refusal, Some(asked))) => {
                flow.step = Step::Code(asked);
                Ok(page(flow, vec![refusal]))
            }
            Ok(Finished::Again(refusal, None)) => Ok(without(flow, refusal)),
            Ok(Finished::KeptOut(code)) => {
                flow.step = Step::Notice(code);
                Ok(page(flow, Vec::new()))
            }
            Err(Halt::Refused(refusal)) if refusal.code == Code::LoginLevelUnmet => {
                self.refuse(ctx, &flow.demand, refusal)
            }
            Err(halt) => Err(halt),
        }
    }

    /// The person gives up, or has read why it cannot go on: the party gets its protocol's answer.
    ///
    /// # Errors
    /// A fault when the protocol cannot answer.
    pub fn leave(&self, ctx: &Ctx, flow: &Flow) -> Result<Stand, Halt> {
        let code = match &flow.step {
            Step::Notice(code) => *code,
            Step::Credentials | Step::Code(_) | Step::Factor | Step::Consent(_) => Code::Can002,
        };
        self.refuse(ctx, &flow.demand, Refusal::new(code))
    }

    pub(super) fn refuse(&self, ctx: &Ctx, demand: &Demand, refusal: Refusal) -> Result<Stand, Halt> {
        let go_on = self
            .protocols
            .of(demand.resume.kind)?
            .refuse(ctx, &demand.resume, &refusal)?;
        Ok(Stand::Over(Box::new(Over {
            go_on,
            session: None,
            device: None,
            refused: Some(refusal.code),
        })))
    }

    pub(super) fn over(&self, ctx: &Ctx, demand: &Demand, done: &Done) -> Result<Stand, Halt> {
        let outcome: &Outcome = &done.outcome;
        let go_on = self
            .protocols
            .of(demand.resume.kind)?
            .answer(ctx, &demand.resume, outcome, &done.finished)?;
        let session = match (&done.group, done.cookie_of) {
            (Some(group), Some(flow)) => Some((group.clone(), session_token(&self.vault, outcome.session, flow))),
            _ => None,
        };
        Ok(Stand::Over(Box::new(Over {
            go_on,
            session,
            device: done.device,
            refused: None,
        })))
    }
}

/// What follows a right password.
pub(super) enum Next {
    Refuse(Code),
    Consent(Vec<Claim>),
    Second(Choice),
    Finish,
}

/// Judged on what is true now. Consent is asked before the second factor, so that whoever gives it has proven themself by what follows.
pub(super) fn next(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    party: &Party,
    flow: &Flow,
    (eid, calls): (&Eid, voice::Rules),
) -> Result<Next, Halt> {
    let demand = &flow.demand;
    if let Err(code) = may_enter(tx, ctx, party, demand, eid)? {
        return Ok(Next::Refuse(code));
    }
    if flow.said_by(eid.id).is_none() {
        let asks = to_ask(tx, party, demand, eid.person)?;
        if !asks.is_empty() {
            return Ok(Next::Consent(asks));
        }
    }
    // A password that was chosen in a first use counts with the first code, at Low too.
    if demand.level(identity(party, eid)) == Some(Level::Low) && eid.status == EidStatus::Active {
        return Ok(Next::Finish);
    }
    Ok(choose(tx, ctx, party, demand, (eid, calls))?.map_or_else(Next::Refuse, Next::Second))
}
