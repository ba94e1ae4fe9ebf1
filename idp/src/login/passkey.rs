//! The passkey's place in the ceremony: what the browser is asked, and the check of what it brings, between two transactions.

use serde_json::Value;

use super::ceremony::Ceremony;
use super::flow::{Flow, Step};
use crate::credentials::passkey::{Asked as Question, reserve};
use crate::credentials::second::{Asked, Typed as Answer};
use crate::ctx::Ctx;
use crate::domain::refusal::{Code, Refusal};
use crate::storage::Halt;

impl Ceremony {
    /// What a page of this flow asks the browser for: `publicKey` of `navigator.credentials.get`. Nothing where no passkey is asked.
    ///
    /// # Errors
    /// What the store answers.
    pub async fn passkey_options(&self, ctx: &Ctx, flow: &Flow) -> Result<Option<Value>, Halt> {
        let (Step::Code(Asked::Passkey(asked)), Some(proven)) = (&flow.step, &flow.proven) else {
            return Ok(None);
        };
        let (act_ctx, eid) = (ctx.clone(), proven.eid);
        let check = self
            .store
            .read("login.passkey.ask", move |tx| reserve(tx, &act_ctx, eid))
            .await?;
        let options = check.options(&self.vault, &self.passkeys.relying, *asked, flow.wants(eid))?;
        Ok(Some(options))
    }

    /// The check of what the browser brought: read, verify without a connection; the verdict comes with the finish.
    pub(super) async fn signed(
        &self,
        ctx: &Ctx,
        flow: &Flow,
        asked: Question,
        brought: &str,
    ) -> Result<Result<Answer, Refusal>, Halt> {
        let Some(proven) = &flow.proven else {
            return Err(Code::LoginExpired.into());
        };
        let (act_ctx, eid) = (ctx.clone(), proven.eid);
        let check = self
            .store
            .read("login.passkey", move |tx| reserve(tx, &act_ctx, eid))
            .await?;
        let proof = check.run(&self.vault, &self.passkeys.relying, (asked, flow.wants(eid)), brought)?;
        Ok(proof
            .map(|proof| Answer::Passkey(Box::new(proof)))
            .map_err(Refusal::new))
    }
}
