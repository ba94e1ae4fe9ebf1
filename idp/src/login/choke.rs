//! The one choke point where a password is checked: an attempt is reserved and counted first, then verified on a bounded thread
//! without a connection, then settled.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::ceremony::Ceremony;
use super::room::timed;
use crate::credentials::password::{Attempt, Place, Proof, Settled, Verdict, give_back, reserve, settle};
use crate::ctx::Ctx;
use crate::domain::room::Class;
use crate::fault::Fault;
use crate::storage::{Durability, Halt};
use crate::vault::password::make;

impl Ceremony {
    /// Reserve, verify, settle: the only way in which a password is tried, at the log-in and wherever else one is asked for.
    ///
    /// # Errors
    /// What the store answers; `Halt::Unavailable` when the password lanes are full.
    pub async fn verify(&self, ctx: &Ctx, class: Class, attempt: Attempt) -> Result<Verdict, Halt> {
        // Admission comes before counting: what is shed counts nothing.
        let turn = self.room.gate().turn(class).await.map_err(|_| Halt::Unavailable)?;
        let (act_ctx, sources, hash) = (ctx.clone(), Arc::clone(&self.sources), self.hash);
        let check = self
            .store
            .transact("password.reserve", Durability::Soft, move |tx| {
                reserve(tx, &act_ctx, &sources, &hash, &attempt)
            })
            .await?;
        let (vault, place) = (self.vault.clone(), check.place());
        let hashed = self.work.hash(move |memory| timed(|| check.run(&vault, memory))).await;
        let Ok((proof, took)) = hashed else {
            self.shed(ctx, place).await?;
            return Err(Halt::Unavailable);
        };
        turn.took(took);
        drop(turn);
        let proof = Arc::new(proof);
        let verdict = match self.settle(ctx, &proof, Durability::Soft).await? {
            Settled::Verdict(verdict) => verdict,
            Settled::NeedsDurable => match self.settle(ctx, &proof, Durability::Full).await? {
                Settled::Verdict(verdict) => verdict,
                Settled::NeedsDurable => {
                    return Err(Fault::bare("a durable settling asked for a durable one").into());
                }
            },
        };
        if matches!(verdict, Verdict::Accepted(_)) {
            self.renew(ctx, &proof).await;
        }
        Ok(verdict)
    }

    /// Makes the verifier of a password that somebody has just chosen.
    ///
    /// # Errors
    /// `Halt::Unavailable` when the password lanes are full; a fault when it cannot be made.
    pub async fn verifier(&self, ctx: &Ctx, class: Class, password: Zeroizing<Vec<u8>>) -> Result<Vec<u8>, Halt> {
        let turn = self.room.gate().turn(class).await.map_err(|_| Halt::Unavailable)?;
        let (vault, rng, params) = (self.vault.clone(), ctx.rng.clone(), self.hash);
        let case_blind = self.law.is_case_blind();
        let made = self
            .work
            .hash(move |memory| timed(|| make(&vault, (&password, case_blind), rng.bytes(), params, memory)));
        let (made, took) = made.await.map_err(|_| Halt::Unavailable)?;
        turn.took(took);
        let verifier = made.map_err(|e| Fault::new("a password verifier could not be made", e))?;
        Ok(verifier.to_bytes())
    }

    /// A verifier of another cost is made anew while its password is here. Where there is no room for it now, a later log-in does it.
    async fn renew(&self, ctx: &Ctx, proof: &Proof) {
        let Some(renewal) = proof.renewal(self.hash) else {
            return;
        };
        let (vault, rng) = (self.vault.clone(), ctx.rng.clone());
        let renewed = self.work.hash(move |memory| renewal.run(&vault, &rng, memory)).await;
        if let Ok(Some(renewed)) = renewed {
            // Lost with the power or the database, it is made at a later log-in.
            let _later = self
                .store
                .transact("password.renew", Durability::Soft, move |tx| renewed.store(tx))
                .await;
        }
    }

    /// An attempt that was not verified gives its place back: what is shed counts nothing.
    async fn shed(&self, ctx: &Ctx, place: Option<Place>) -> Result<(), Halt> {
        let Some(place) = place else { return Ok(()) };
        let ctx = ctx.clone();
        self.store
            .transact("password.shed", Durability::Soft, move |tx| give_back(tx, &ctx, place))
            .await
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
