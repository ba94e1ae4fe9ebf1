//! The one choke point where a password is checked: an attempt is reserved and counted first, then verified on a bounded thread
//! without a connection, then settled.

use std::sync::Arc;

use super::ceremony::Ceremony;
use super::room::timed;
use crate::credentials::password::{Attempt, Proof, Settled, Verdict, reserve, settle};
use crate::ctx::Ctx;
use crate::domain::room::Class;
use crate::fault::Fault;
use crate::storage::{Durability, Halt};

impl Ceremony {
    /// Reserve, verify, settle.
    pub(super) async fn verify(&self, ctx: &Ctx, class: Class, attempt: Attempt) -> Result<Verdict, Halt> {
        // Admission comes before counting: what is shed counts nothing.
        let turn = self.room.gate().turn(class).await.map_err(|_| Halt::Unavailable)?;
        let (act_ctx, sources, hash) = (ctx.clone(), Arc::clone(&self.sources), self.hash);
        let check = self
            .store
            .transact("password.reserve", Durability::Soft, move |tx| {
                reserve(tx, &act_ctx, &sources, &hash, &attempt)
            })
            .await?;
        let vault = self.vault.clone();
        let hashed = self.work.hash(move |memory| timed(|| check.run(&vault, memory))).await;
        let (proof, took) = hashed.map_err(|_| Halt::Unavailable)?;
        turn.took(took);
        drop(turn);
        let proof = Arc::new(proof);
        match self.settle(ctx, &proof, Durability::Soft).await? {
            Settled::Verdict(verdict) => Ok(verdict),
            Settled::NeedsDurable => match self.settle(ctx, &proof, Durability::Full).await? {
                Settled::Verdict(verdict) => Ok(verdict),
                Settled::NeedsDurable => Err(Fault::bare("a durable settling asked for a durable one").into()),
            },
        }
    }

    async fn settle(&self, ctx: &Ctx, proof: &Arc<Proof>, durability: Durability) -> Result<Settled, Halt> {
        let (ctx, sources, proof) = (ctx.clone(), Arc::clone(&self.sources), Arc::clone(proof));
        self.store
            .transact("password.settle", durability, move |tx| {
                settle(tx, &ctx, &sources, &proof, durability == Durability::Full)
            })
            .await
    }
}
