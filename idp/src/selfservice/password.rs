//! Another password. The present one is tried at the choke point, in the lane that the browser belongs to; the new one obeys the
//! law; then one transaction changes it, makes earlier proofs and known browsers void, and ends every other session.

use zeroize::Zeroizing;

use super::account::Holder;
use crate::audit::{Event, record};
use crate::credentials::password::{Attempt, Beside, DeviceClaim, Verdict, Wished};
use crate::ctx::Ctx;
use crate::delivery::{Notice, notice};
use crate::domain::password::{Form, Password};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::room::Class;
use crate::domain::user_id::Typed;
use crate::login::Ceremony;
use crate::session::{Cause, end};
use crate::storage::{Durability, Halt, Tx};

/// What was typed.
pub(super) struct Wish {
    /// The present password.
    pub(super) old: Zeroizing<String>,
    /// The new one.
    pub(super) new: Zeroizing<String>,
    /// The new one once more.
    pub(super) again: Zeroizing<String>,
}

/// Changes it; what is wrong, if anything. A wish that the law refuses costs no attempt.
pub(super) async fn change(
    house: &Ceremony,
    ctx: &Ctx,
    holder: &Holder,
    devices: Vec<DeviceClaim>,
    wish: Wish,
) -> Result<Vec<Refusal>, Halt> {
    let Some(name) = name_of(house, holder).await? else {
        return Err(Code::OwnLogIn.into());
    };
    let new = match judge(house, holder, &wish).await? {
        Ok(good) => good,
        Err(wrong) => return Ok(wrong),
    };
    let old = match Password::typed(wish.old.to_string()) {
        Ok(old) => old,
        Err(_) => return Ok(vec![Refusal::new(Code::PasswordOldWrong).at("old")]),
    };
    let attempt = Attempt {
        user_id: Some(name),
        four_digits: old.looks_four_digits(),
        password: Zeroizing::new(old.canonical().to_vec()),
        devices,
    };
    match house.verify(ctx, Class::Known, attempt).await? {
        Verdict::Accepted(accepted) if accepted.eid.id == holder.eid.id => {}
        Verdict::Accepted(_) => return Err(Code::OwnLogIn.into()),
        Verdict::Refused { refusal, .. } if refusal.code == Code::LoginFailed => {
            return Ok(vec![Refusal::new(Code::PasswordOldWrong).at("old")]);
        }
        Verdict::Refused { refusal, .. } => return Ok(vec![refusal.at("old")]),
    }
    let form = new.form;
    let verifier = house.verifier(ctx, Class::Known, new.secret).await?;
    let (act_house, act_ctx, act_holder) = (house.clone(), ctx.clone(), holder.clone());
    house
        .store
        .transact("own.password", Durability::Full, move |tx| {
            store(tx, &act_ctx, &act_house, &act_holder, &verifier, form)
        })
        .await?;
    Ok(Vec::new())
}

/// A name under which the present password is tried: any of the eID's own.
async fn name_of(house: &Ceremony, holder: &Holder) -> Result<Option<Typed>, Halt> {
    let eid = holder.eid.id;
    let names = house
        .store
        .read("own.names", move |tx| tx.aliases().of_eid(eid))
        .await?;
    Ok(names.iter().find_map(|(_, name)| Typed::parse(name).ok()))
}

/// The new password by the law, or everything that is wrong with what was typed.
async fn judge(house: &Ceremony, holder: &Holder, wish: &Wish) -> Result<Result<Wished, Vec<Refusal>>, Halt> {
    let eid = holder.eid.clone();
    let beside = house
        .store
        .read("own.password_rules", move |tx| Beside::of(tx, &eid))
        .await?;
    let mut wrong = Vec::new();
    if wish.old.is_empty() {
        wrong.push(Refusal::new(Code::PasswordRequired).at("old"));
    }
    let judged = beside.judge(house.law, (&wish.new, &wish.again), ["new", "again"]);
    if judged.is_ok() && *wish.new == *wish.old {
        wrong.push(Refusal::new(Code::PasswordUnchanged).at("new"));
    }
    Ok(match judged {
        Ok(wished) if wrong.is_empty() => Ok(wished),
        Ok(_) => Err(wrong),
        Err(more) => {
            wrong.extend(more);
            Err(wrong)
        }
    })
}

/// The one transaction.
fn store(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    holder: &Holder,
    verifier: &[u8],
    form: Form,
) -> Result<(), Halt> {
    holder.hold(tx, ctx, house)?;
    let (eid, who) = (holder.eid.id, holder.who());
    tx.passwords().set(eid, verifier, form == Form::FourDigits, ctx.now)?;
    tx.eids().raise_epoch(eid)?;
    for session in tx.sessions().open_of_eid(eid)? {
        if session.id != holder.session.id {
            end(tx, ctx, session.id, Cause::PasswordChanged, &[])?;
        }
    }
    record(tx, ctx, &Event::PasswordChanged { who })?;
    notice(tx, ctx, who, Notice::PasswordChanged)
}
