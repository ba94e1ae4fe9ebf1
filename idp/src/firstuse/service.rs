//! The steps of a first use: each one act, or one slow password hash between two.

use zeroize::Zeroizing;

use super::rules;
use super::state::Chosen;
use crate::audit::Who;
use crate::credentials::activation::{Attempted, Choice, Rules, attempt, choose, complete, order_online};
use crate::credentials::keycard::{self, Asked, Verdict};
use crate::credentials::password::Beside;
use crate::ctx::Ctx;
use crate::domain::activation::Digits;
use crate::domain::eid::EidStatus;
use crate::domain::keycard::{CardNumber, Code as CardCode};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::room::Class;
use crate::domain::user_id::{self, Typed};
use crate::login::Ceremony;
use crate::storage::{Durability, Halt};

/// What the slice works with.
#[derive(Clone)]
pub struct FirstUse {
    /// The house as the log-in sees it.
    pub house: Ceremony,
    /// What the operator set.
    pub rules: Rules,
}

/// What a person typed to choose.
pub(super) struct Wish<'a> {
    pub password: Zeroizing<String>,
    pub again: Zeroizing<String>,
    pub user_id: &'a str,
}

/// What came of a code.
pub(super) enum Coded {
    /// The eID is in use.
    Done {
        /// A key in its holder's own device is to be added next.
        on_hardware: bool,
    },
    /// Not right, or not to be used; and what is asked now.
    Again(Refusal, Option<Asked>),
}

impl FirstUse {
    /// A user-ID and an activation password. `Err` inside says what is missing, or the one answer for whatever is not right.
    pub(super) async fn tries(
        &self,
        ctx: &Ctx,
        user_id: &str,
        digits: &str,
    ) -> Result<Result<Attempted, Vec<Refusal>>, Halt> {
        let mut missing = Vec::new();
        if user_id.trim().is_empty() {
            missing.push(Refusal::new(Code::UserIdRequired).at("user_id"));
        }
        if digits.trim().is_empty() {
            missing.push(Refusal::new(Code::ActivationRequired).at("activation_password"));
        }
        if !missing.is_empty() {
            return Ok(Err(missing));
        }
        let (ctx, typed, digits) = (ctx.clone(), Typed::parse(user_id).ok(), Digits::parse(digits));
        let act = move |tx: &mut crate::storage::Tx<'_>| attempt(tx, &ctx, typed.as_ref(), digits);
        let right = self
            .house
            .store
            .transact("activation.attempt", Durability::Full, act)
            .await?;
        Ok(right.ok_or_else(|| vec![Refusal::new(Code::ActivationFailed)]))
    }

    /// Judges what was chosen by the rules, makes the verifier, and sets both with the burning of the activation password. The
    /// credential epoch after.
    pub(super) async fn chooses(
        &self,
        ctx: &Ctx,
        right: Attempted,
        wish: Wish<'_>,
    ) -> Result<Result<i32, Vec<Refusal>>, Halt> {
        let eid = right.who.eid;
        let eid = self
            .house
            .store
            .read("activation.eid", move |tx| tx.eids().find(eid))
            .await?;
        let mut errors = Vec::new();
        let user_id = match wish.user_id.trim() {
            "" => None,
            text => user_id::Chosen::parse(text, &eid.number)
                .map_err(|code| errors.push(Refusal::new(code).at("user_id")))
                .ok(),
        };
        let beside = self
            .house
            .store
            .read("activation.rules", move |tx| Beside::of(tx, &eid))
            .await?;
        let judged = beside.and(user_id.as_ref()).judge(
            self.house.law,
            (&wish.password, &wish.again),
            ["password", "password_again"],
        );
        let wished = match judged {
            Ok(wished) if errors.is_empty() => wished,
            Ok(_) => return Ok(Err(errors)),
            Err(wrong) => {
                errors.extend(wrong);
                return Ok(Err(errors));
            }
        };
        let verifier = self.house.verifier(ctx, Class::Stranger, wished.secret).await?;
        let choice = Choice {
            verifier,
            form: wished.form,
            user_id,
            rules: rules::VERSION,
        };
        let ctx = ctx.clone();
        let act = move |tx: &mut crate::storage::Tx<'_>| choose(tx, &ctx, &right, &choice);
        let chosen = self
            .house
            .store
            .transact("activation.choose", Durability::Full, act)
            .await?;
        Ok(chosen.map_err(|refusal| vec![refusal]))
    }

    /// The challenge of the card that is there, or why there is none.
    pub(super) async fn asks(&self, ctx: &Ctx, chosen: &Chosen) -> Result<Result<Asked, Code>, Halt> {
        let (ctx, eid, epoch) = (ctx.clone(), chosen.eid, chosen.epoch);
        let act = move |tx: &mut crate::storage::Tx<'_>| {
            if tx.eids().find(eid)?.epoch != epoch {
                return Err(Code::ActivationExpired.into());
            }
            match keycard::ask(tx, &ctx, eid) {
                Ok(asked) => Ok(Ok(asked)),
                Err(Halt::Refused(refusal)) => Ok(Err(refusal.code)),
                Err(halt) => Err(halt),
            }
        };
        self.house.store.read("activation.ask", act).await
    }

    /// The first code: one act burns it, puts the card and the eID into use.
    pub(super) async fn codes(&self, ctx: &Ctx, chosen: &Chosen, typed: &str) -> Result<Coded, Halt> {
        let Some(asked) = chosen.asked.clone() else {
            return Err(Code::ActivationExpired.into());
        };
        let again = |code| Coded::Again(Refusal::new(code).at("code"), Some(asked.clone()));
        if typed.trim().is_empty() {
            return Ok(again(Code::CodeRequired));
        }
        let Some(code) = CardCode::parse(typed) else {
            return Ok(again(Code::CodeFormat));
        };
        let (ctx, epoch) = (ctx.clone(), chosen.epoch);
        let who = Who {
            person: chosen.person,
            eid: chosen.eid,
        };
        let act = move |tx: &mut crate::storage::Tx<'_>| {
            let eid = tx.eids().find(who.eid)?;
            if eid.epoch != epoch || eid.status != EidStatus::Ordered {
                return Err(Code::ActivationExpired.into());
            }
            match keycard::answer(tx, &ctx, who, &asked, &code)? {
                Verdict::Accepted { .. } => complete(tx, &ctx, eid).map(|eid| Coded::Done {
                    on_hardware: eid.on_hardware,
                }),
                Verdict::Refused { refusal, next } => Ok(Coded::Again(refusal, next)),
            }
        };
        self.house
            .store
            .transact("activation.code", Durability::Full, act)
            .await
    }

    /// Orders an activation password; nothing tells whether one was. `Err` inside says what is missing.
    pub(super) async fn orders(&self, ctx: &Ctx, user_id: &str, card: &str) -> Result<Result<(), Vec<Refusal>>, Halt> {
        let mut missing = Vec::new();
        if user_id.trim().is_empty() {
            missing.push(Refusal::new(Code::UserIdRequired).at("user_id"));
        }
        if card.trim().is_empty() {
            missing.push(Refusal::new(Code::KeycardNumberRequired).at("card_number"));
        }
        if !missing.is_empty() {
            return Ok(Err(missing));
        }
        let (ctx, rules) = (ctx.clone(), self.rules);
        let (typed, card) = (Typed::parse(user_id).ok(), CardNumber::parse(card));
        let act = move |tx: &mut crate::storage::Tx<'_>| order_online(tx, &ctx, (typed.as_ref(), card.as_ref()), rules);
        self.house
            .store
            .transact("activation.order", Durability::Full, act)
            .await?;
        Ok(Ok(()))
    }
}
