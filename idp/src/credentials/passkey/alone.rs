//! The eID on hardware alone (M15): its holder does without card, token and app.

use crate::audit::{Event, Who, record};
use crate::credentials::voice;
use crate::ctx::Ctx;
use crate::delivery::{Notice, notice};
use crate::domain::authenticator::State;
use crate::domain::factor::Factor;
use crate::domain::keycard::CardState;
use crate::domain::passkey::may_stand_alone;
use crate::storage::{Authenticator, CodeToken, Halt, Tx};

/// The word for it in the audit trail.
const HOW: &str = "passkeys_alone";

/// What would be switched off.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Others {
    /// Key cards, in use, in a drawer or on their way, by number.
    pub cards: Vec<String>,
    /// Code tokens, by serial number.
    pub tokens: Vec<String>,
    /// Devices with a code app, by name.
    pub apps: Vec<String>,
    /// Voice response.
    pub voice: bool,
}

impl Others {
    /// Nothing is left to switch off.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.cards.is_empty() && self.tokens.is_empty() && self.apps.is_empty() && !self.voice
    }
}

fn ends(held: &&Authenticator) -> bool {
    matches!(held.factor, Factor::Token | Factor::App)
        && matches!(held.state, State::Assigned | State::Active | State::Blocked)
}

/// What an eID holds beside its passkeys. Writes nothing.
///
/// # Errors
/// When the database does not answer or a row is corrupt.
pub fn others(tx: &mut Tx<'_>, who: Who) -> Result<Others, Halt> {
    let cards = tx.cards().of_eid(who.eid)?;
    let held = tx.authenticators().of_eid(who.eid)?;
    let of = |factor| held.iter().filter(ends).filter(move |held| held.factor == factor);
    Ok(Others {
        cards: cards
            .iter()
            .filter(|row| row.card.state.may_become(CardState::Blocked))
            .map(|row| row.card.number.to_string())
            .collect(),
        tokens: of(Factor::Token).filter_map(|held| held.serial.clone()).collect(),
        apps: of(Factor::App).map(|held| held.name.clone()).collect(),
        voice: tx.voices().in_use(who.eid)?.is_some(),
    })
}

/// Ends everything that the eID is proven with but its passkeys. Sessions live on: nothing was lost.
///
/// # Errors
/// `passkey.unknown` when no passkey can be used now; or when the database does not answer.
pub fn alone(tx: &mut Tx<'_>, ctx: &Ctx, who: Who) -> Result<(), Halt> {
    let usable = tx.passkeys().in_use(who.eid)?;
    let usable = usable
        .iter()
        .filter(|passkey| passkey.usable_at.is_none_or(|usable| usable <= ctx.now));
    may_stand_alone(usable.count())?;
    for mut row in tx.cards().of_eid(who.eid)? {
        if row.card.state.may_become(CardState::Blocked) {
            // Not as one that was lost: whoever wants a card again orders it by themselves.
            row.card.state = CardState::Replaced;
            if !tx.cards().save(&row, ctx.now)? {
                return Err(Halt::Again);
            }
            let card = row.card.number.to_string();
            record(tx, ctx, &Event::CardBlocked { who, card, cause: HOW })?;
        }
    }
    if tx.voices().in_use(who.eid)?.is_some() {
        voice::end_for(tx, ctx, who, HOW)?;
    }
    tx.code_tokens().end_order(who.eid)?;
    let held = tx.authenticators().of_eid(who.eid)?;
    for other in held.iter().filter(ends) {
        let ended = if other.factor == Factor::Token {
            match tx.code_tokens().find(other.id)? {
                Some(token) => {
                    let state = State::Closed;
                    tx.code_tokens().save(&CodeToken { state, ..token }, false, ctx.now)?
                }
                None => false,
            }
        } else {
            match tx.code_apps().find(other.id)? {
                Some(app) => tx.code_apps().close(&app, ctx.now)?,
                None => false,
            }
        };
        if !ended {
            return Err(Halt::Again);
        }
        record(
            tx,
            ctx,
            &Event::FactorChanged {
                who,
                factor: other.factor,
                which: other.serial.clone().unwrap_or_else(|| other.id.to_string()),
                to: State::Closed.as_str(),
                how: HOW,
            },
        )?;
    }
    notice(tx, ctx, who, Notice::PasskeysAlone)
}
