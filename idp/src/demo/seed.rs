//! Writes the known demo people down, once. Owns that seeding twice changes nothing.

use super::cast::{CAST, Role};
use super::identity::born;
use super::plan::{self, Plan};
use super::register;
use crate::audit::{Event, record};
use crate::ctx::Ctx;
use crate::domain::activation::Digits;
use crate::domain::denmark;
use crate::domain::eid::EidStatus;
use crate::domain::user_id::Typed;
use crate::fault::Fault;
use crate::storage::{Bank, Durability, Halt, Store};
use crate::vault::Vault;
use crate::vault::password::{self, HashMemory, Params};

/// Writes whoever of the cast is not there yet; returns how many were written. Birth dates are counted from `ctx.now`, so that
/// the ages are right on the day of seeding and stay so for half a year.
///
/// # Errors
/// When the database does not answer.
pub fn seed(store: &Store, vault: &Vault, ctx: &Ctx, cost: Params) -> Result<usize, Halt> {
    let missing = store.read_blocking("demo.missing", |tx| {
        let mut missing = Vec::new();
        for (nth, role) in CAST.iter().enumerate() {
            let typed = Typed::parse(role.user_id).map_err(|code| Fault::bare(format!("demo user-ID: {code}")))?;
            if tx.aliases().eid(typed.as_str())?.is_none() {
                missing.push(nth);
            }
        }
        Ok(missing)
    })?;
    if missing.is_empty() {
        return Ok(0);
    }
    let mut memory = HashMemory::new();
    let mut plans = Vec::with_capacity(missing.len());
    for nth in missing {
        let role = &CAST[nth];
        let verifier = password::make(
            vault,
            (role.password().as_bytes(), false),
            ctx.rng.bytes(),
            cost,
            &mut memory,
        )
        .map_err(|error| Fault::new("a demo password could not be hashed", error))?;
        plans.push(plan_of(role, nth, verifier.to_bytes(), ctx));
    }
    let ctx = ctx.clone();
    store.transact_blocking("demo.seed", Durability::Full, move |tx| {
        for plan in &plans {
            let written = plan::write(tx, &ctx, plan)?;
            if let (Some(cpr), Some(user_id)) = (&written.cpr, &plan.chosen) {
                register::write(tx, &ctx, user_id, cpr)?;
            }
        }
        record(tx, &ctx, &Event::DemoSeeded { people: plans.len() })?;
        Ok(plans.len())
    })
}

fn plan_of(role: &Role, nth: usize, verifier: Vec<u8>, ctx: &Ctx) -> Plan {
    let banks = role.banks.iter();
    Plan {
        name: role.name.to_owned(),
        address: format!("Prøvevej {}\n9998 Prøvekøbing", nth + 1),
        protected: role.protected,
        email: Some(role.email()),
        mobile: Some(format!("8030{:04}", 7001 + nth)),
        // Not everybody on the same day; still nobody's birthday in the next half year.
        birth: born(denmark::date(ctx.now), role.age) - chrono::Days::new(7 * nth as u64),
        cpr: role.cpr.then_some(role.sex),
        public: role.public,
        revoked: role.revoked,
        issuer: role.issuer.to_owned(),
        banks: banks
            .map(|(bank, customer)| Bank {
                bank: (*bank).into(),
                customer_ref: Some((*customer).into()),
            })
            .collect(),
        chosen: Some(role.user_id.to_owned()),
        status: if role.blocked {
            EidStatus::Blocked
        } else if role.activation.is_some() {
            EidStatus::Ordered
        } else {
            EidStatus::Active
        },
        verifier,
        codes_left: role.codes_left,
        activation: role.activation.and_then(Digits::parse),
        token: role.token,
        app: role.app,
        identity: role.identity,
    }
}
