//! What an act needs before it holds anything: a register's word, letters that are made. Owns that it is asked outside of any transaction, on a
//! thread that may wait.

use std::sync::Arc;

use super::call::Officer;
use super::desk::Desk;
use super::order::{Asked, Found};
use super::wanted::{Facts, Need};
use crate::config::parties::Ra;
use crate::ctx::Ctx;
use crate::domain::cpr::Cpr;
use crate::domain::denmark;
use crate::domain::id::EidId;
use crate::domain::register::{Entry, NumberedDocument};
use crate::fault::Fault;
use crate::issuing::look_up;
use crate::letters::run::{Item, Run, What, is_at, one_again, waiting};
use crate::storage::{Halt, Tx};

impl Desk {
    /// Asks and makes what an act needs; nothing for a case that is none of the officer's, which the act then refuses.
    pub(super) async fn facts(
        &self,
        ctx: &Ctx,
        officer: &Officer,
        target: Option<EidId>,
        need: Need,
    ) -> Result<Facts, Halt> {
        let cpr = match (&need, target) {
            (Need::Entry | Need::Document(..), Some(target)) => self.number(officer, target).await?,
            _ => None,
        };
        let (desk, ctx, officer) = (self.clone(), ctx.clone(), officer.clone());
        let made = tokio::task::spawn_blocking(move || -> Result<Facts, Halt> {
            match (need, cpr) {
                (Need::Entry, Some(cpr)) => Ok(Facts {
                    entry: desk.entry(&ctx, &cpr)?,
                    ..Facts::default()
                }),
                (Need::EntryOf(cpr), _) => Ok(Facts {
                    entry: desk.entry(&ctx, &cpr)?,
                    ..Facts::default()
                }),
                // The act refuses a number that is not for this house; nobody is asked about it.
                (Need::Company(cvr), _) if cvr.for_mode(desk.rules.demo).is_err() => Ok(Facts::default()),
                (Need::Company(cvr), _) => Ok(Facts {
                    company: desk.registers.companies.company(&cvr)?,
                    ..Facts::default()
                }),
                (Need::Order(asked), _) => Ok(Facts {
                    order: Some(desk.for_order(&ctx, &asked)?),
                    sector: desk.sector(&officer),
                    ..Facts::default()
                }),
                (Need::Sector, _) => Ok(Facts {
                    sector: desk.sector(&officer),
                    ..Facts::default()
                }),
                (Need::Document(kind, number), Some(cpr)) => {
                    let on = denmark::date(ctx.now);
                    let checked = desk.registers.documents.check(&cpr, kind, &number, on)?;
                    Ok(Facts {
                        document: Some(checked),
                        ..Facts::default()
                    })
                }
                (Need::Batch(what, limit), _) => desk.batch(&ctx, &officer, (what, limit)),
                (Need::Letter(item), _) => desk.letter(&ctx, &officer, &item),
                (Need::Nothing | Need::Entry | Need::Document(..), _) => Ok(Facts::default()),
            }
        });
        made.await.map_err(|error| Fault::new("what an act rests on", error))?
    }

    /// What the civil register says.
    fn entry(&self, ctx: &Ctx, cpr: &Cpr) -> Result<Option<Entry>, Halt> {
        look_up(self.registers.cpr.as_ref(), &self.store, ctx, cpr)
    }

    async fn number(&self, officer: &Officer, target: EidId) -> Result<Option<Cpr>, Halt> {
        let officer = officer.clone();
        let read = move |tx: &mut Tx<'_>| {
            let case = officer.case(tx, target)?;
            tx.people().cpr(case.who.person)
        };
        self.store.read("ra.cpr", read).await
    }

    /// In which sector the RA's bank knows people.
    fn sector(&self, officer: &Officer) -> Option<String> {
        let bank = officer.ra.ra.as_ref()?.bank.as_deref()?;
        let parties = self.parties.current();
        parties.of_bank(bank).map(|party| party.sector.clone())
    }

    /// What registers say for an order, and whether an office hands things over.
    fn for_order(&self, ctx: &Ctx, asked: &Asked) -> Result<Found, Halt> {
        let on = denmark::date(ctx.now);
        let entry = |cpr: &Option<Cpr>| match cpr {
            Some(cpr) => self.entry(ctx, cpr),
            None => Ok(None),
        };
        let check = |cpr: &Cpr, (kind, number): &(NumberedDocument, String)| {
            self.registers.documents.check(cpr, *kind, number, on)
        };
        let mut checked = Vec::new();
        if let Some(cpr) = &asked.cpr {
            for (nth, document) in &asked.numbers {
                checked.push((*nth, check(cpr, document)?));
            }
        }
        let witness_shows = match (&asked.witness, &asked.witness_number) {
            (Some(cpr), Some(document)) => Some(check(cpr, document)?),
            _ => None,
        };
        let parties = self.parties.current();
        let office = asked.office.as_ref().and_then(|office| parties.get(office));
        Ok(Found {
            entry: entry(&asked.cpr)?,
            witness: entry(&asked.witness)?,
            checked,
            witness_shows,
            office: office
                .and_then(|office| office.ra.as_ref())
                .is_some_and(Ra::hands_out_for_others),
        })
    }

    fn batch(&self, ctx: &Ctx, officer: &Officer, (what, limit): (What, usize)) -> Result<Facts, Halt> {
        let mut run = Run::new(limit, std::collections::HashSet::new()).at(officer.prints_at());
        run.fill(&self.printer, ctx.now, |ask| {
            let act_ctx = ctx.clone();
            let read = move |tx: &mut Tx<'_>| waiting(tx, &act_ctx, what, &ask);
            self.store.read_blocking("ra.waiting", read)
        })?;
        let made = run.items();
        let (_, unprintable) = run.marked(&[]);
        Ok(Facts {
            made,
            unprintable,
            ..Facts::default()
        })
    }

    fn letter(&self, ctx: &Ctx, officer: &Officer, item: &Item) -> Result<Facts, Halt> {
        let (wanted, at) = (item.clone(), officer.prints_at());
        let read = move |tx: &mut Tx<'_>| {
            if is_at(tx, &wanted, at.as_deref())? {
                one_again(tx, &wanted)
            } else {
                Ok(None)
            }
        };
        let Some(job) = self.store.read_blocking("ra.letter", read)? else {
            return Ok(Facts::default());
        };
        let pdf = self.printer.letter(&job.to, ctx.now, &job.content())?;
        Ok(Facts {
            letter: Some(Arc::new(pdf)),
            ..Facts::default()
        })
    }
}
