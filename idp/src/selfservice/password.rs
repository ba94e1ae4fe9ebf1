//! Another password. The present one is tried at the choke point, in the lane that the browser belongs to; the new one obeys the
//! law; then one transaction changes it, makes earlier proofs and known browsers void, and ends every other session.

use zeroize::Zeroizing;

use super::account::Holder;
use crate::audit::{Event, record};
use crate::credentials::password::{Attempt, DeviceClaim, Verdict};
use crate::ctx::Ctx;
use crate::delivery::{Notice, notice};
use crate::domain::password::{Context, Form, Password, check_rules};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::room::Class;
use crate::domain::user_id::Typed;
use crate::login::Ceremony;
use crate::session::{Cause, end};
use crate::storage::{AliasKind, Durability, Halt, Tx};

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
    let (new, form) = match judge(house, holder, &wish).await? {
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
    let new = Zeroizing::new(new.canonical().to_vec());
    let verifier = house.verifier(ctx, Class::Known, new).await?;
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
async fn judge(house: &Ceremony, holder: &Holder, wish: &Wish) -> Result<Result<(Password, Form), Vec<Refusal>>, Halt> {
    let mut wrong = Vec::new();
    if wish.old.is_empty() {
        wrong.push(Refusal::new(Code::PasswordRequired).at("old"));
    }
    let new = match Password::typed(wish.new.to_string()) {
        Ok(new) => new,
        Err(code) => {
            wrong.push(Refusal::new(code).at("new"));
            return Ok(Err(wrong));
        }
    };
    let (person, eid) = (holder.eid.person, holder.eid.id);
    let (cpr, names) = house
        .store
        .read("own.password_rules", move |tx| {
            Ok((tx.people().cpr(person)?, tx.aliases().of_eid(eid)?))
        })
        .await?;
    let chosen: Vec<&str> = names
        .iter()
        .filter(|(kind, _)| *kind == AliasKind::Chosen)
        .map(|(_, name)| name.as_str())
        .collect();
    let context = Context {
        cpr: cpr.as_ref(),
        number: &holder.eid.number,
        user_ids: &chosen,
    };
    let form = check_rules(&new, &context);
    if let Err(code) = form {
        wrong.push(Refusal::new(code).at("new"));
    } else if *wish.new == *wish.old {
        wrong.push(Refusal::new(Code::PasswordUnchanged).at("new"));
    }
    if *wish.new != *wish.again {
        wrong.push(Refusal::new(Code::PasswordDiffers).at("again"));
    }
    Ok(match form {
        Ok(form) if wrong.is_empty() => Ok((new, form)),
        _ => Err(wrong),
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
