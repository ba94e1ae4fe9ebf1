//! What an act needs before it holds anything: a register's word, letters that are made. Owns that it is asked outside of any transaction, on a
//! thread that may wait.

use zeroize::Zeroizing;

use super::call::Officer;
use super::desk::Desk;
use super::wanted::{Facts, Need};
use crate::ctx::Ctx;
use crate::domain::cpr::Cpr;
use crate::domain::denmark;
use crate::domain::id::EidId;
use crate::letters::run::{Item, Run, What, one_again, waiting};
use crate::registers::Unreachable;
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
        let (desk, ctx) = (self.clone(), ctx.clone());
        let made = tokio::task::spawn_blocking(move || -> Result<Facts, Halt> {
            match (need, cpr) {
                (Need::Entry, Some(cpr)) => Ok(Facts {
                    entry: desk.registers.cpr.entry(&cpr)?,
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
                (Need::Batch(what, limit), _) => desk.batch(&ctx, what, limit),
                (Need::Letter(item), _) => desk.letter(&ctx, &item),
                (Need::Nothing | Need::Entry | Need::Document(..), _) => Ok(Facts::default()),
            }
        });
        made.await.map_err(|_| Unreachable)?
    }

    async fn number(&self, officer: &Officer, target: EidId) -> Result<Option<Cpr>, Halt> {
        let officer = officer.clone();
        let read = move |tx: &mut Tx<'_>| {
            let case = officer.case(tx, target)?;
            tx.people().cpr(case.who.person)
        };
        self.store.read("ra.cpr", read).await
    }

    fn batch(&self, ctx: &Ctx, what: What, limit: usize) -> Result<Facts, Halt> {
        let mut run = Run::new(limit, std::collections::HashSet::new());
        while let Some(ask) = run.asks() {
            let act_ctx = ctx.clone();
            let read = move |tx: &mut Tx<'_>| waiting(tx, &act_ctx, what, &ask);
            run.make(&self.printer, ctx.now, self.store.read_blocking("ra.waiting", read)?);
        }
        let made = run.items();
        let (_, unprintable) = run.marked(&[]);
        Ok(Facts {
            made,
            unprintable,
            ..Facts::default()
        })
    }

    fn letter(&self, ctx: &Ctx, item: &Item) -> Result<Facts, Halt> {
        let wanted = item.clone();
        let read = move |tx: &mut Tx<'_>| one_again(tx, &wanted);
        let Some(job) = self.store.read_blocking("ra.letter", read)? else {
            return Ok(Facts::default());
        };
        let pdf = self.printer.letter(&job.to, ctx.now, &job.content())?;
        Ok(Facts {
            letter: Some(Zeroizing::new(pdf)),
            ..Facts::default()
        })
    }
}
