//! Which second factor is asked: what the person holds, what the party takes, what they want to be asked first; and the steps of
//! choosing another, and of waiting for an app.

use super::admission::{THE_KEY, allowed, wants_the_key};
use super::ceremony::Ceremony;
use super::demand::Demand;
use super::flow::{Flow, Proven, Step};
use super::service::{Browser, Stand, page};
use crate::config::parties::Party;
use crate::credentials::code_app;
use crate::credentials::second::{Asked, Held, Typed as Answer, held};
use crate::credentials::voice;
use crate::ctx::Ctx;
use crate::domain::factor::{self, Factor, Factors};
use crate::domain::refusal::{Code, Refusal};
use crate::storage::{Durability, Eid, Halt, Tx};

/// What can be asked here, and what is asked of it.
#[derive(Debug)]
pub(super) struct Choice {
    held: Held,
    offers: Factors,
    factor: Factor,
}

impl Choice {
    /// Another one of them; and whether it could be asked.
    pub(super) fn instead(self, factor: Factor) -> (Choice, bool) {
        if self.offers.contains(factor) {
            (Choice { factor, ..self }, true)
        } else {
            (self, false)
        }
    }

    /// The flow knows what can be asked.
    pub(super) fn offers(&self, flow: &mut Flow) {
        if let Some(proven) = &mut flow.proven {
            proven.offers = self.offers;
        }
    }
}

/// Chooses; or says why nothing can be asked. Writes nothing.
pub(super) fn choose(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    party: &Party,
    demand: &Demand,
    (eid, calls): (&Eid, voice::Rules),
) -> Result<Result<Choice, Code>, Halt> {
    let held = held(tx, ctx, eid.id, calls)?;
    let offers = held.factors().and(allowed(party, demand, eid));
    Ok(match factor::first(offers, held.usual()) {
        Some(factor) => Ok(Choice { held, offers, factor }),
        None if wants_the_key(party, demand, eid) => Err(match held.factors().and(THE_KEY) {
            Factors::NONE => held.why_no_key(),
            key => factor::not_taken(key),
        }),
        None if held.factors().is_empty() => Err(held.why_nothing()),
        None => Err(factor::not_taken(held.factors())),
    })
}

impl Ceremony {
    /// The person wants to use another factor than the one that is asked.
    ///
    /// # Errors
    /// `login.expired` where none is asked.
    pub fn other(&self, mut flow: Flow) -> Result<Stand, Halt> {
        let offers = flow.proven.as_ref().map_or(Factors::NONE, |proven| proven.offers);
        match flow.step {
            Step::Code(_) if offers.len() > 1 => {
                flow.step = Step::Factor;
                Ok(page(flow, Vec::new()))
            }
            Step::Code(_) | Step::Factor => Ok(page(flow, Vec::new())),
            Step::Credentials | Step::Consent(_) | Step::Notice(_) => Err(Code::LoginExpired.into()),
        }
    }

    /// The person chose a factor; `usual` lets them be asked for it first from the end of this log-in on.
    ///
    /// # Errors
    /// What the store answers.
    pub async fn choose(&self, ctx: &Ctx, mut flow: Flow, factor: Option<Factor>, usual: bool) -> Result<Stand, Halt> {
        let (Step::Factor, Some(proven)) = (&flow.step, &mut flow.proven) else {
            return Err(Code::LoginExpired.into());
        };
        let required = Refusal::new(Code::FactorRequired).at("factor");
        let Some(factor) = factor.filter(|factor| proven.offers.contains(*factor)) else {
            return Ok(page(flow, vec![required]));
        };
        proven.usual = usual;
        let (party, eid) = (self.party(&flow.demand.party)?, proven.eid);
        let (act_ctx, demand, calls) = (ctx.clone(), flow.demand.clone(), self.voice);
        let choice = self
            .store
            .read("login.factor", move |tx| {
                let eid = tx.eids().find(eid)?;
                choose(tx, &act_ctx, &party, &demand, (&eid, calls))
            })
            .await?;
        match choice.map(|choice| choice.instead(factor)) {
            Ok((choice, true)) => {
                self.asks(ctx, &mut flow, choice).await?;
                Ok(page(flow, Vec::new()))
            }
            // It was stopped meanwhile: the others are left.
            Ok((choice, false)) => {
                choice.offers(&mut flow);
                Ok(page(flow, vec![required]))
            }
            Err(code) => {
                flow.step = Step::Notice(code);
                Ok(page(flow, Vec::new()))
            }
        }
    }

    /// Whoever waits for their app looks again: the log-in goes on by itself once it is answered.
    ///
    /// # Errors
    /// What the store answers.
    pub async fn look_again(&self, ctx: &Ctx, browser: &Browser, flow: Flow) -> Result<Stand, Halt> {
        let (Step::Code(Asked::App(asked)), Some(proven)) = (&flow.step, &flow.proven) else {
            return Ok(page(flow, Vec::new()));
        };
        let (act_ctx, eid, asked) = (ctx.clone(), proven.eid, *asked);
        let stands = self
            .store
            .read("login.app.look", move |tx| code_app::stands(tx, &act_ctx, eid, &asked))
            .await?;
        match stands {
            Err(Code::AppWaiting) => Ok(page(flow, Vec::new())),
            _ => {
                self.finish(ctx, browser, flow, Some((Asked::App(asked), Answer::App)))
                    .await
            }
        }
    }

    /// The flow asks the chosen factor next. An app is asked by a question, a number by a call, the one thing that a log-in writes
    /// before its end: after the right password, and one row an eID.
    pub(super) async fn asks(&self, ctx: &Ctx, flow: &mut Flow, choice: Choice) -> Result<(), Halt> {
        choice.offers(flow);
        if let Some(asked) = choice.held.ask(choice.factor) {
            flow.step = Step::Code(asked);
            return Ok(());
        }
        let who = flow.proven.as_ref().map(Proven::who).ok_or(Code::LoginExpired)?;
        let (act_ctx, id) = (ctx.clone(), flow.id);
        let (party, purpose) = (flow.demand.party.clone(), flow.demand.purpose);
        if choice.factor == Factor::Voice {
            let shown = self.party(&party)?.name.get(ctx.locale).to_owned();
            let rules = self.voice;
            let call = self
                .store
                .transact("login.voice.call", Durability::Full, move |tx| {
                    let call = voice::Call {
                        flow: id,
                        party: &party,
                        purpose,
                    };
                    voice::ask(tx, &act_ctx, who, (call, &shown), rules)
                })
                .await?;
            flow.step = Step::Code(Asked::Voice(call));
            return Ok(());
        }
        let asked = self
            .store
            .transact("login.app.ask", Durability::Soft, move |tx| {
                code_app::ask(tx, &act_ctx, who, id, (&party, purpose))
            })
            .await?;
        flow.step = Step::Code(Asked::App(asked));
        Ok(())
    }
}

/// The factor that was asked cannot be asked any more: the others are offered, or the person reads why it cannot go on.
pub(super) fn without(mut flow: Flow, refusal: Refusal) -> Stand {
    // An app that rejected or did not answer may be asked again, and so may a call that came too late; a factor that was blocked may not.
    let again = matches!(refusal.code, Code::AppRejected | Code::AppLapsed | Code::VoiceLapsed);
    // With the number everything has ended that was proven before, this log-in's password with it.
    if refusal.code == Code::VoiceBlocked {
        flow.step = Step::Notice(refusal.code);
        return page(flow, Vec::new());
    }
    let asked = flow.step.factor().filter(|_| !again);
    let left = flow.proven.as_mut().map_or(Factors::NONE, |proven| {
        proven.offers = asked.map_or(proven.offers, |asked| proven.offers.without(asked));
        proven.offers
    });
    if left.is_empty() {
        flow.step = Step::Notice(refusal.code);
        return page(flow, Vec::new());
    }
    flow.step = Step::Factor;
    page(flow, vec![refusal])
}
