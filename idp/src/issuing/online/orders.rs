//! Where an order is accepted: a sealed row, behind counters per source and within a number in all. Never asks a register, and says the same
//! whatever it knows.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use serde::{Deserialize, Serialize};

use super::form::{Details, Typed};
use super::state::{Accepted, State};
use crate::audit::{Event, record};
use crate::config::Settings;
use crate::config::parties::{Ra, SharedParties};
use crate::credentials::activation;
use crate::ctx::Ctx;
use crate::domain::cpr::Cpr;
use crate::domain::locale::Locale;
use crate::domain::refusal::Code;
use crate::domain::time::Span;
use crate::entropy::Entropy;
use crate::fault::Fault;
use crate::issuing::Rules;
use crate::registers::Registers;
use crate::storage::{Durability, Halt, NewOrder, Placing, Store, Tx};
use crate::tally::{Tally, network};
use crate::vault::{Lookup, Vault};

/// The window of every counter here.
pub(super) const DAY: Span = Span::hours(24);

/// An order as it waits, sealed.
#[derive(Serialize, Deserialize)]
pub(super) struct Placed {
    pub(super) typed: Typed,
    /// The consents that were given.
    pub(super) accepted: Accepted,
    pub(super) language: Locale,
}

/// The desk that nobody stands behind.
#[derive(Clone)]
pub struct Orders {
    pub(super) store: Store,
    pub(super) vault: Vault,
    pub(super) registers: Registers,
    pub(super) parties: SharedParties,
    pub(super) rules: Rules,
    pub(super) demo: bool,
    pub(super) keep: Span,
    pub(super) checks_per_person: usize,
    most_open: i64,
    per_source: u32,
    sources: Arc<Tally>,
    /// This node, where one at a time asks.
    pub(super) node: [u8; 16],
    /// It was said that no CA issues, and it is so still.
    pub(super) without_ca: Arc<AtomicBool>,
}

impl Orders {
    /// As the operator has set it up.
    #[must_use]
    pub fn new(
        (store, vault): (Store, Vault),
        registers: Registers,
        parties: SharedParties,
        (activation, rng): (activation::Rules, &Entropy),
        settings: &Settings,
    ) -> Self {
        let set = &settings.order;
        Self {
            store,
            vault,
            registers,
            parties,
            rules: Rules {
                proofing: settings.proofing.rules(),
                // Whoever orders here was seen by nobody: the number that they typed gets no password.
                activation: activation::Rules {
                    by: activation::By::Letter,
                    ..activation
                },
            },
            demo: settings.is_demo(),
            keep: set.keep.span(),
            checks_per_person: usize::try_from(set.checks_per_person).unwrap_or(usize::MAX),
            most_open: i64::from(set.most_open),
            per_source: set.per_source,
            sources: Arc::new(Tally::new(DAY)),
            node: rng.bytes(),
            without_ca: Arc::default(),
        }
    }

    /// What the pages are sealed with.
    #[must_use]
    pub const fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Whose numbers are taken: those of a demo, or real ones.
    #[must_use]
    pub const fn is_demo(&self) -> bool {
        self.demo
    }

    /// How an eID is issued here.
    #[must_use]
    pub const fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The registers.
    #[must_use]
    pub const fn registers(&self) -> &Registers {
        &self.registers
    }

    /// The offices where letters may be fetched: those that print for their desk and serve everybody. Their ids and names.
    #[must_use]
    pub fn offices(&self, locale: Locale) -> Vec<(String, String)> {
        let parties = self.parties.current();
        let mut offices: Vec<_> = parties
            .iter()
            .filter(|party| party.ra.as_ref().is_some_and(Ra::hands_out_for_others))
            .map(|party| (party.id.clone(), party.name.get(locale).to_owned()))
            .collect();
        offices.sort_by(|a, b| a.1.cmp(&b.1));
        offices
    }

    /// Whether the source of a call has orders and checks left today.
    ///
    /// # Errors
    /// `order.too_many`.
    pub fn may(&self, ctx: &Ctx) -> Result<(), Code> {
        let so_far = self.source(ctx).map_or(0, |key| self.sources.so_far(key, ctx.now));
        if so_far < self.per_source {
            Ok(())
        } else {
            Err(Code::OrderTooMany)
        }
    }

    /// Counts an order or a check of its source.
    pub fn count(&self, ctx: &Ctx) {
        if let Some(key) = self.source(ctx) {
            self.sources.count(key, ctx.now);
        }
    }

    fn source(&self, ctx: &Ctx) -> Option<u64> {
        ctx.caller.source.map(|source| self.sources.key(network(source)))
    }

    /// Accepts an order whose rules and consents were accepted. The same order again changes nothing and is told the same.
    ///
    /// # Errors
    /// `order.too_many`, `order.full`; when the database does not answer.
    pub async fn place(&self, ctx: &Ctx, state: &State, details: &Details) -> Result<(), Halt> {
        let accepted = state.stands().ok_or(Code::OwnTextChanged)?.clone();
        self.may(ctx)?;
        self.count(ctx);
        let placed = Placed {
            typed: state.typed.clone(),
            accepted,
            language: ctx.locale,
        };
        let placed = serde_json::to_vec(&placed).map_err(|error| Fault::new("an order could not be written", error))?;
        let source = ctx.caller.source.map(network);
        let (ctx, most, details) = (ctx.clone(), self.most_open, details.clone());
        self.store
            .transact("order.place", Durability::Full, move |tx| {
                let order = NewOrder {
                    cpr: &details.cpr,
                    document: &document(&details),
                    source: &source.map_or_else(String::new, |source| source.to_string()),
                    details: &placed,
                    placed_at: ctx.now,
                };
                let (order, document) = (tx.online_orders().place(&order, most)?, details.document.as_str());
                match order {
                    Placing::Known => return Ok(()),
                    Placing::Full => return Err(Code::OrderFull.into()),
                    Placing::Open | Placing::Instead => {}
                }
                let name = mark(tx, &details.cpr);
                if order == Placing::Instead {
                    let event = Event::OrderEnded {
                        order: name.clone(),
                        how: "replaced",
                        document,
                    };
                    record(tx, &ctx, &event)?;
                }
                record(tx, &ctx, &Event::OrderPlaced { order: name, document })?;
                Ok(())
            })
            .await
    }

    /// Documents of one person that are checked in a day.
    #[must_use]
    pub const fn checks_per_person(&self) -> usize {
        self.checks_per_person
    }
}

/// Counts a look-up of a document for its holder, before it is made: so many in a day; by what it is taken back where no register answers.
///
/// # Errors
/// `order.too_many`; when the database does not answer.
pub fn count_check(tx: &mut Tx<'_>, ctx: &Ctx, cpr: &Cpr, most: usize) -> Result<[u8; 32], Halt> {
    let hash = tx.online_orders().holders_hash(cpr);
    if tx.online_orders().checks(&hash, ctx.now - DAY)?.len() >= most {
        return Err(Code::OrderTooMany.into());
    }
    tx.online_orders().note_check(&hash, ctx.now)
}

/// By what the orders for one person are known in the trail.
pub(super) fn mark(tx: &Tx<'_>, cpr: &Cpr) -> String {
    tx.vault().mark(Lookup::Cpr, cpr.digits().as_bytes())
}

/// A document in one word.
pub(super) fn document(details: &Details) -> String {
    format!("{}:{}", details.document.as_str(), details.number)
}
