//! The end of a card's time: its holder is told ahead, the next card is ordered, and what has ended is closed; so is what nobody fetched
//! at a desk. A round of a job; what it has done it does not do again.

use super::order::{order_card, order_if_due};
use crate::audit::{Event, Who, record};
use crate::ctx::Ctx;
use crate::delivery::{Notice, Paper, notice_once, paper};
use crate::domain::eid::EidStatus;
use crate::domain::keycard::{CardNumber, CardState, FETCHED_WITHIN, RENEWED_BEFORE, notice_due};
use crate::domain::time::{Span, Time};
use crate::storage::{AtDesk, CardRow, Halt, Tx};

/// Cards that one round looks at.
const AT_ONCE: i64 = 200;
/// The first notice comes so long ahead.
const AHEAD: Span = Span::days(91);
/// How far back a round looks for what should have ended: longer than any house is closed.
const BACK: Span = Span::days(4_000);

/// What a round did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ended {
    /// Cards that were closed.
    pub expired: usize,
    /// Notices that were written, or had been before.
    pub told: usize,
    /// Where the next round goes on; nothing at the end.
    pub after: Option<(Time, CardNumber)>,
}

/// Looks at the cards that end soon or have ended, from where the round before stopped; at the beginning, at those that nobody fetched.
///
/// # Errors
/// When the database does not answer, or somebody else changed a card meanwhile (the act runs again).
pub fn ending_round(tx: &mut Tx<'_>, ctx: &Ctx, after: Option<&(Time, CardNumber)>) -> Result<Ended, Halt> {
    let rows = tx.cards().ending((ctx.now - BACK, ctx.now + AHEAD), after, AT_ONCE)?;
    let full = i64::try_from(rows.len()).is_ok_and(|count| count == AT_ONCE);
    let mut done = Ended::default();
    if after.is_none() {
        done.expired += unfetched(tx, ctx)?;
    }
    let mut last = None;
    for row in rows {
        let Some(end) = row.card.expires_at else { continue };
        last = Some((end, row.card.number.clone()));
        let eid = tx.eids().find(row.eid)?;
        let who = Who {
            person: eid.person,
            eid: row.eid,
        };
        if end <= ctx.now {
            expire(tx, ctx, who, row)?;
            done.expired += 1;
        // Of an eID on hardware no next card is sent, and its pages say what is to be done instead.
        } else if row.card.state == CardState::Active && !eid.on_hardware {
            if let Some(days) = notice_due(end, ctx.now) {
                let key = format!("card-expires:{}:{days}", row.card.number);
                if !notice_once(tx, ctx, who, Notice::CardExpires { on: end }, &key)? {
                    paper(tx, ctx, who, Paper::Renewal { on: end }, &key)?;
                }
                done.told += 1;
            }
            if end <= ctx.now + RENEWED_BEFORE {
                order_card(tx, ctx, who)?;
            }
        }
    }
    done.after = last.filter(|_| full);
    Ok(done)
}

/// Cards that wait at a desk in vain are closed, so that they are handed to nobody any more; how many.
fn unfetched(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<usize, Halt> {
    let rows = tx.cards().unfetched(ctx.now - FETCHED_WITHIN, AT_ONCE)?;
    let count = rows.len();
    for row in rows {
        tx.eids().line_up(row.eid)?;
        let eid = tx.eids().find(row.eid)?;
        let who = Who {
            person: eid.person,
            eid: eid.id,
        };
        expire(tx, ctx, who, row)?;
        if let Some(waits) = tx.desks().of_eid(eid.id)? {
            tx.desks().put(&AtDesk { card: None, ..waits })?;
        }
        if eid.status == EidStatus::Active {
            order_if_due(tx, ctx, who)?;
        }
    }
    Ok(count)
}

fn expire(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, mut row: CardRow) -> Result<(), Halt> {
    let was_in_use = row.card.state == CardState::Active;
    let card = row.card.number.to_string();
    row.card.state = CardState::Expired;
    if !tx.cards().save(&row, ctx.now)? {
        return Err(Halt::Again);
    }
    record(
        tx,
        ctx,
        &Event::CardExpired {
            who,
            card: card.clone(),
        },
    )?;
    if was_in_use {
        notice_once(tx, ctx, who, Notice::CardExpired, &format!("card-expired:{card}"))?;
    }
    Ok(())
}
