//! Whether a private service may know what it asks for: the person says yes or no on a page of the log-in, for this time or for those to come
//! (M51). Owns when that is asked and what follows; what needs consent at all is [`Claim::needs_consent`].
//!
//! ```text
//! right password, or a session ──something needs a yes that is not remembered──▶ consent ──yes / no──▶ second factor, or the answer
//! ```
//!
//! A no ends nothing: the service is told the rest. What was said is written down with the log-in that it belongs to, and not before.

use super::ceremony::Ceremony;
use super::demand::{Claim, Demand};
use super::flow::{Flow, Said, Step};
use super::service::{Browser, Stand, next, page};
use crate::audit::{Event, Who, record};
use crate::config::parties::Party;
use crate::ctx::Ctx;
use crate::domain::id::PersonId;
use crate::domain::refusal::{Code, Refusal};
use crate::storage::{Halt, Release, Tx};

/// Yes or no, as it was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct YesOrNo {
    /// The party may know.
    pub yes: bool,
    /// At later log-ins too, unasked.
    pub remember: bool,
}

/// What a party is told, and what not.
pub(super) struct Told {
    /// Asked for, and not refused by the person.
    pub asks: Vec<Claim>,
    /// Of these what needed the person's yes.
    pub agreed: Vec<Claim>,
    /// Asked for, and refused or never shown to the person.
    pub withheld: Vec<Claim>,
}

/// What the party asks for that a person is asked about.
fn delicate(party: &Party, demand: &Demand) -> Vec<Claim> {
    let asked = Claim::ALL.into_iter().filter(|claim| demand.asks.contains(claim));
    asked
        .filter(|claim| party.may_know(*claim) && claim.needs_consent(party.kind))
        .collect()
}

/// The same, as long as the person is to be asked: nothing once all of it is remembered.
pub(super) fn to_ask(tx: &mut Tx<'_>, party: &Party, demand: &Demand, person: PersonId) -> Result<Vec<Claim>, Halt> {
    let delicate = delicate(party, demand);
    if delicate.is_empty() || demand.confirm {
        return Ok(delicate);
    }
    let known = remembered(tx, person, &party.id)?;
    let all = delicate.iter().all(|claim| known.contains(claim));
    Ok(if all { Vec::new() } else { delicate })
}

fn remembered(tx: &mut Tx<'_>, person: PersonId, party: &str) -> Result<Vec<Claim>, Halt> {
    let release = tx.releases().find(person, party)?;
    Ok(release.map_or_else(Vec::new, |release| release.words().filter_map(Claim::parse).collect()))
}

/// In the finishing transaction, once the eID is held: what the party is told after what was said, which is written down. What was neither shown
/// and allowed nor is remembered stays untold, whatever the party's file says by now.
pub(super) fn settle(tx: &mut Tx<'_>, ctx: &Ctx, party: &Party, flow: &Flow, who: Who) -> Result<Told, Halt> {
    let delicate = delicate(party, &flow.demand);
    let allowed = match flow.said_by(who.eid) {
        Some(said) => {
            note(tx, ctx, party, who, said)?;
            if said.yes { said.claims.clone() } else { Vec::new() }
        }
        None if delicate.is_empty() => Vec::new(),
        None => remembered(tx, who.person, &party.id)?,
    };
    let (agreed, withheld): (Vec<_>, Vec<_>) = delicate.into_iter().partition(|claim| allowed.contains(claim));
    let asks = flow.demand.asks.iter().copied();
    Ok(Told {
        asks: asks.filter(|claim| !withheld.contains(claim)).collect(),
        agreed,
        withheld,
    })
}

/// Writes down what was said. A yes that is to be remembered comes to what was let known before; a no forgets it.
fn note(tx: &mut Tx<'_>, ctx: &Ctx, party: &Party, who: Who, said: &Said) -> Result<(), Halt> {
    let remember = said.yes && said.remember;
    if remember {
        let known = remembered(tx, who.person, &party.id)?;
        let both = Claim::ALL
            .into_iter()
            .filter(|claim| known.contains(claim) || said.claims.contains(claim));
        let words: Vec<&str> = both.map(Claim::as_str).collect();
        let release = Release {
            party: party.id.clone(),
            claims: words.join(" "),
            given_at: ctx.now,
        };
        tx.releases().remember(who.person, &release)?;
    } else if !said.yes {
        tx.releases().forget(who.person, &party.id)?;
    }
    let event = Event::ConsentSaid {
        who,
        party: party.id.clone(),
        claims: said.claims.iter().map(|claim| claim.as_str()).collect(),
        yes: said.yes,
        remembered: remember,
    };
    record(tx, ctx, &event)
}

impl Ceremony {
    /// The person says whether the party may know what was shown to them.
    ///
    /// # Errors
    /// What the store answers; `login.expired` where nothing is asked.
    pub async fn consent(
        &self,
        ctx: &Ctx,
        browser: &Browser,
        mut flow: Flow,
        answer: Option<YesOrNo>,
    ) -> Result<Stand, Halt> {
        let (Step::Consent(claims), Some(proven)) = (flow.step.clone(), flow.proven.clone()) else {
            return Err(Code::LoginExpired.into());
        };
        let Some(YesOrNo { yes, remember }) = answer else {
            let required = Refusal::new(Code::ConsentRequired).at("consent");
            return Ok(page(flow, vec![required]));
        };
        flow.said = Some(Said {
            by: proven.eid,
            claims,
            yes,
            remember,
        });
        let party = self.party(&flow.demand.party)?;
        if proven.steps_up.is_some() {
            return self.on_session(ctx, browser, &party, flow).await;
        }
        if proven.rests_on.is_some() {
            return self.finish(ctx, browser, flow, None).await;
        }
        let (act_ctx, act_party, act_flow, calls) = (ctx.clone(), party.clone(), flow.clone(), self.voice);
        let next = self
            .store
            .read("login.next", move |tx| {
                let eid = tx.eids().find(proven.eid)?;
                if eid.epoch != proven.epoch {
                    return Err(Code::LoginExpired.into());
                }
                next(tx, &act_ctx, &act_party, &act_flow, (&eid, calls))
            })
            .await?;
        self.goes_on(ctx, browser, &party, flow, next).await
    }
}
