//! A token's life: into the stock, ordered, handed out, put into use, stopped, opened again.

use super::answer::{judge, save};
use super::pskc::Delivered;
use crate::audit::{Event, Who, record};
use crate::credentials::block::{HOLDER, OFFICER};
use crate::credentials::change::{ends_all, record_change};
use crate::credentials::keycard::{Approval, Told, approve};
use crate::ctx::Ctx;
use crate::delivery::{Notice, notice};
use crate::domain::authenticator::State;
use crate::domain::eid::EidStatus;
use crate::domain::factor::Factor;
use crate::domain::id::AuthenticatorId;
use crate::domain::otp::{Answer, Code as TokenCode, Counter, tries_left};
use crate::domain::refusal::{Code, Refusal};
use crate::storage::{CodeToken, Halt, TokenOrder, Tx};

/// Puts tokens into the stock; returns how many were new. Those that are known already stay as they are.
///
/// # Errors
/// When the database does not answer.
pub fn import(tx: &mut Tx<'_>, ctx: &Ctx, delivered: &[Delivered], officer: &str) -> Result<usize, Halt> {
    let mut new = 0;
    for token in delivered {
        let id = AuthenticatorId::from_uuid(ctx.rng.uuid_v7(ctx.now));
        let inserted = tx
            .code_tokens()
            .insert(id, &token.serial, token.scheme, &token.seed, token.counter, ctx.now)?;
        new += usize::from(inserted);
    }
    let officer = officer.to_owned();
    record(tx, ctx, &Event::TokensImported { officer, tokens: new })?;
    Ok(new)
}

/// Orders a token at the price that was shown; it is sent when it is paid. `false` when one is ordered already.
///
/// # Errors
/// `token.in_use` when the eID has a token that is in use or on its way; or when the database does not answer.
pub fn order(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, price_oere: u32) -> Result<bool, Halt> {
    none_in_use(tx, who, None)?;
    let ordered = tx.code_tokens().order(&TokenOrder {
        eid: who.eid,
        price_oere,
        ordered_at: ctx.now,
    })?;
    if ordered {
        record(tx, ctx, &Event::TokenOrdered { who, price_oere })?;
        notice(tx, ctx, who, Notice::TokenOrdered)?;
    }
    Ok(ordered)
}

/// Takes an order back that nobody has answered yet; `false` when there is none.
///
/// # Errors
/// When the database does not answer.
pub fn end_order(tx: &mut Tx<'_>, ctx: &Ctx, who: Who) -> Result<bool, Halt> {
    let ended = tx.code_tokens().end_order(who.eid)?;
    if ended {
        record(tx, ctx, &Event::TokenOrderEnded { who })?;
    }
    Ok(ended)
}

/// Hands a token of the stock to an eID: it is sent off now, and ends the order that waited for it.
///
/// # Errors
/// `eid.state` when the eID is not in use, `token.not_found`, `token.state` when it is not in stock, `token.in_use` when the eID has one
/// already.
pub fn assign(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, serial: &str, officer: &str, reason: &str) -> Result<(), Halt> {
    // An eID that is closed meanwhile gets none, and one that gets it first loses it with the rest.
    let eid = tx.eids().find(who.eid)?;
    if eid.status != EidStatus::Active {
        return Err(Code::EidState.into());
    }
    if !tx.eids().hold(eid.id, eid.epoch, None)? {
        return Err(Halt::Again);
    }
    none_in_use(tx, who, None)?;
    let token = tx.code_tokens().by_serial(serial)?.ok_or(Code::TokenNotFound)?;
    if !token.state.may_become(State::Assigned) {
        return Err(Code::TokenState.into());
    }
    let (eid, state) = (Some(who.eid), State::Assigned);
    save(tx, ctx, CodeToken { eid, state, ..token }, false)?;
    tx.code_tokens().end_order(who.eid)?;
    let (token, officer, reason) = (serial.to_owned(), officer.to_owned(), reason.to_owned());
    record(
        tx,
        ctx,
        &Event::TokenAssigned {
            who,
            token,
            officer,
            reason,
        },
    )
}

/// Puts a token into use that was sent to this eID: its number, the code that it shows now, and a code of the card. Too many wrong codes
/// of its own end it: whoever holds it needs another one.
///
/// # Errors
/// When the database does not answer, or somebody else changed token or card meanwhile (the act runs again).
pub fn activate(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    who: Who,
    serial: &str,
    shown: TokenCode,
    approval: Approval<'_>,
) -> Result<Told, Halt> {
    let found = tx.code_tokens().by_serial(serial)?;
    let Some(token) = found.filter(|token| token.eid == Some(who.eid) && token.state == State::Assigned) else {
        return Ok(not_done(Refusal::new(Code::TokenNotFound).at("serial"), approval));
    };
    // The person is in this house with their password: a wrong code of their own token is told, the card's code stays unburnt.
    let counter = match judge(&token, shown, ctx) {
        Answer::Accepted(counter) => counter,
        Answer::Next(counter) => {
            save(tx, ctx, CodeToken { counter, ..token }, false)?;
            return Ok(not_done(Refusal::new(Code::TokenNext).at("shown"), approval));
        }
        Answer::Used => return Ok(not_done(Refusal::new(Code::TokenUsed).at("shown"), approval)),
        Answer::Wrong(counter) => {
            save(tx, ctx, CodeToken { counter, ..token }, false)?;
            let left = u32::from(tries_left(&counter));
            return Ok(not_done(
                Refusal::new(Code::TokenWrong).at("shown").left(left),
                approval,
            ));
        }
        Answer::Blocks(counter) => {
            become_state(
                tx,
                ctx,
                who,
                CodeToken { counter, ..token },
                State::Closed,
                "wrong_codes",
            )?;
            notice(tx, ctx, who, Notice::FactorBlocked)?;
            return Ok(Err(Box::new((Refusal::new(Code::TokenVoid), None))));
        }
    };
    if let Err(refused) = approve(tx, ctx, who, approval)? {
        return Ok(Err(refused));
    }
    become_state(tx, ctx, who, CodeToken { counter, ..token }, State::Active, "activated")?;
    notice(tx, ctx, who, Notice::TokenActivated)?;
    Ok(Ok(()))
}

/// Stops a token with a code of the card: it is lost, or somebody else has seen it.
///
/// # Errors
/// `token.state` when it is not in use; or when the database does not answer.
pub fn block(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, id: AuthenticatorId, approval: Approval<'_>) -> Result<Told, Halt> {
    let token = theirs(tx, who, id, State::Blocked)?;
    if let Err(refused) = approve(tx, ctx, who, approval)? {
        return Ok(Err(refused));
    }
    stop(tx, ctx, who, token.id)?;
    Ok(Ok(()))
}

/// Stops a token at once, without a code: whoever is logged in with user-ID and password may. One that is on its way ends for good.
/// Whoever had the token may have used it: everything that the eID's log-ins gave ends with it.
///
/// # Errors
/// `token.state` when it is not in use; or when the database does not answer.
pub fn stop(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, id: AuthenticatorId) -> Result<(), Halt> {
    stop_as(tx, ctx, who, id, HOLDER)
}

/// Stops a token, or opens a stopped one again, without a code of the card: an officer does it for somebody who has shown who they are.
///
/// # Errors
/// `token.state` when that cannot follow, `token.in_use` when another is in use; or when the database does not answer.
pub fn set_by_officer(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, id: AuthenticatorId, to: State) -> Result<(), Halt> {
    if to == State::Blocked {
        return stop_as(tx, ctx, who, id, OFFICER);
    }
    none_in_use(tx, who, Some(id))?;
    let token = theirs(tx, who, id, to)?;
    if token.state != State::Blocked {
        return Err(Code::TokenState.into());
    }
    let counter = started_anew(&token);
    become_state(tx, ctx, who, CodeToken { counter, ..token }, to, OFFICER)?;
    notice(tx, ctx, who, Notice::TokenActivated)
}

fn stop_as(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, id: AuthenticatorId, how: &'static str) -> Result<(), Halt> {
    let found = tx.code_tokens().find(id)?;
    let token = found
        .filter(|token| token.eid == Some(who.eid))
        .ok_or(Code::TokenState)?;
    let to = match token.state {
        State::Active => State::Blocked,
        State::Assigned => State::Closed,
        State::Stock | State::Blocked | State::Closed => return Err(Code::TokenState.into()),
    };
    become_state(tx, ctx, who, token, to, how)?;
    ends_all(tx, ctx, who, Notice::FactorBlocked)
}

/// Stops the tokens of an eID that is blocked itself, or ends them with it; an order that waits ends with a closed eID.
///
/// # Errors
/// When the database does not answer, or somebody else changed a token meanwhile (the act runs again).
pub fn stop_all(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, to: State, how: &'static str) -> Result<(), Halt> {
    if to == State::Closed {
        end_order(tx, ctx, who)?;
    }
    for held in tx.authenticators().of_eid(who.eid)? {
        if held.factor == Factor::Token && held.state.may_become(to) {
            let token = theirs(tx, who, held.id, to)?;
            become_state(tx, ctx, who, token, to, how)?;
        }
    }
    Ok(())
}

/// Opens a stopped token again.
///
/// # Errors
/// `token.state` when it is not stopped, `token.in_use` when another is in use meanwhile; or when the database does not answer.
pub fn reopen(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, id: AuthenticatorId, approval: Approval<'_>) -> Result<Told, Halt> {
    none_in_use(tx, who, Some(id))?;
    let token = theirs(tx, who, id, State::Active)?;
    if token.state != State::Blocked {
        return Err(Code::TokenState.into());
    }
    if let Err(refused) = approve(tx, ctx, who, approval)? {
        return Ok(Err(refused));
    }
    let counter = started_anew(&token);
    become_state(tx, ctx, who, CodeToken { counter, ..token }, State::Active, "reopened")?;
    notice(tx, ctx, who, Notice::TokenActivated)?;
    Ok(Ok(()))
}

fn started_anew(token: &CodeToken) -> Counter {
    Counter {
        wrong_in_a_row: 0,
        expected: None,
        ..token.counter
    }
}

/// A token of this eID that may come into that state.
fn theirs(tx: &mut Tx<'_>, who: Who, id: AuthenticatorId, to: State) -> Result<CodeToken, Halt> {
    let found = tx.code_tokens().find(id)?;
    let theirs = found.filter(|token| token.eid == Some(who.eid) && token.state.may_become(to));
    Ok(theirs.ok_or(Code::TokenState)?)
}

fn become_state(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    who: Who,
    token: CodeToken,
    to: State,
    how: &'static str,
) -> Result<(), Halt> {
    let which = token.serial.clone();
    save(tx, ctx, CodeToken { state: to, ..token }, to == State::Active)?;
    record_change(tx, ctx, who, (Factor::Token, which), to, how)
}

fn not_done(refusal: Refusal, (asked, _): Approval<'_>) -> Told {
    Err(Box::new((refusal, Some(asked.clone()))))
}

/// One token at a time: the others of an eID are stopped or over.
fn none_in_use(tx: &mut Tx<'_>, who: Who, but: Option<AuthenticatorId>) -> Result<(), Halt> {
    let held = tx.authenticators().of_eid(who.eid)?;
    let in_use = held.iter().any(|held| {
        held.factor == Factor::Token && Some(held.id) != but && matches!(held.state, State::Assigned | State::Active)
    });
    if in_use { Err(Code::TokenInUse.into()) } else { Ok(()) }
}
