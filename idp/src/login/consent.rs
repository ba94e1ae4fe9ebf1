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

/// What a party is told, and what not.
pub(super) struct Told {
    /// Asked for, and not refused by the person.
    pub asks: Vec<Claim>,
    /// Asked for, and refused.
    pub withheld: Vec<Claim>,
}

/// What the party asks for that a person is asked about.
pub(super) fn delicate(party: &Party, demand: &Demand) -> Vec<Claim> {
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
    let all = remembers(tx, person, &party.id, &delicate)?;
    Ok(if all { Vec::new() } else { delicate })
}

fn remembers(tx: &mut Tx<'_>, person: PersonId, party: &str, claims: &[Claim]) -> Result<bool, Halt> {
    let Some(known) = tx.releases().find(person, party)? else {
        return Ok(false);
    };
    let words: Vec<&str> = known.words().collect();
    Ok(claims.iter().all(|claim| words.contains(&claim.as_str())))
}

/// In the finishing transaction: what the party is told after what was said, which is written down. What is neither said nor remembered
/// stays untold.
pub(super) fn settle(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    party: &Party,
    demand: &Demand,
    who: Who,
    said: Option<Said>,
) -> Result<Told, Halt> {
    let delicate = delicate(party, demand);
    if delicate.is_empty() {
        return Ok(Told {
            asks: demand.asks.clone(),
            withheld: Vec::new(),
        });
    }
    let claims: Vec<&'static str> = delicate.iter().map(|claim| claim.as_str()).collect();
    let yes = match said {
        Some(said) => {
            let remembered = said.yes && said.remember;
            if remembered {
                let release = Release {
                    party: party.id.clone(),
                    claims: claims.join(" "),
                    given_at: ctx.now,
                };
                tx.releases().remember(who.person, &release)?;
            } else if !said.yes {
                // Whoever says no has not forgotten it by the next time.
                tx.releases().forget(who.person, &party.id)?;
            }
            let event = Event::ConsentSaid {
                who,
                party: party.id.clone(),
                claims: claims.clone(),
                yes: said.yes,
                remembered,
            };
            record(tx, ctx, &event)?;
            said.yes
        }
        None => remembers(tx, who.person, &party.id, &delicate)?,
    };
    let withheld = if yes { Vec::new() } else { delicate };
    let asks = demand.asks.iter().copied().filter(|claim| !withheld.contains(claim));
    Ok(Told {
        asks: asks.collect(),
        withheld,
    })
}

impl Ceremony {
    /// The person says whether the party may know.
    ///
    /// # Errors
    /// What the store answers; `login.expired` where nothing is asked.
    pub async fn consent(
        &self,
        ctx: &Ctx,
        browser: &Browser,
        mut flow: Flow,
        said: Option<Said>,
    ) -> Result<Stand, Halt> {
        let (Step::Consent, Some(proven)) = (&flow.step, flow.proven.clone()) else {
            return Err(Code::LoginExpired.into());
        };
        let Some(said) = said else {
            let required = Refusal::new(Code::ConsentRequired).at("consent");
            return Ok(page(flow, vec![required]));
        };
        flow.said = Some(said);
        let party = self.party(&flow.demand.party)?;
        if proven.steps_up.is_some() {
            return self.on_session(ctx, browser, &party, flow).await;
        }
        let (act_ctx, act_party, demand, calls) = (ctx.clone(), party.clone(), flow.demand.clone(), self.voice);
        let next = self
            .store
            .read("login.next", move |tx| {
                let eid = tx.eids().find(proven.eid)?;
                if eid.epoch != proven.epoch {
                    return Err(Code::LoginExpired.into());
                }
                next(tx, &act_ctx, &act_party, &demand, Some(said), (&eid, calls))
            })
            .await?;
        self.goes_on(ctx, browser, &party, flow, next).await
    }
}
