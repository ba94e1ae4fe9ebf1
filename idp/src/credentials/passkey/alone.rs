//! The eID on hardware alone (M15): its holder does without card, token and app.

use crate::audit::{Event, Who, record};
use crate::credentials::{code_app, token, voice};
use crate::ctx::Ctx;
use crate::delivery::{Notice, notice};
use crate::domain::authenticator::State;
use crate::domain::factor::Factor;
use crate::domain::keycard::CardState;
use crate::domain::passkey::may_stand_alone;
use crate::storage::{Halt, Tx};

/// The word for it in the audit trail.
const HOW: &str = "passkeys_alone";

/// What would be switched off.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Others {
    /// Key cards, in use, in a drawer or on their way, by number.
    pub cards: Vec<String>,
    /// Code tokens, by serial number.
    pub tokens: Vec<String>,
    /// An order of a code token.
    pub ordered: bool,
    /// Devices with a code app, by name.
    pub apps: Vec<String>,
    /// Voice response.
    pub voice: bool,
}

impl Others {
    /// Nothing is left to switch off.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let listed = [&self.cards, &self.tokens, &self.apps].into_iter().all(Vec::is_empty);
        listed && !self.ordered && !self.voice
    }
}

/// What an eID holds beside its passkeys. Writes nothing.
///
/// # Errors
/// When the database does not answer or a row is corrupt.
pub fn others(tx: &mut Tx<'_>, who: Who) -> Result<Others, Halt> {
    let cards = tx.cards().of_eid(who.eid)?;
    let held = tx.authenticators().of_eid(who.eid)?;
    Ok(Others {
        cards: cards
            .iter()
            .filter(|row| row.card.state.may_become(CardState::Blocked))
            .map(|row| row.card.number.to_string())
            .collect(),
        tokens: held
            .iter()
            .filter(|held| held.factor == Factor::Token && held.state.may_become(State::Closed))
            .filter_map(|held| held.serial.clone())
            .collect(),
        // A hand-over that waits is no device yet; it ends with the rest.
        apps: held
            .iter()
            .filter(|held| held.factor == Factor::App && held.state == State::Active)
            .map(|held| held.name.clone())
            .collect(),
        ordered: tx.code_tokens().open_order(who.eid)?.is_some(),
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
    token::stop_all(tx, ctx, who, State::Closed, HOW)?;
    code_app::close_all(tx, ctx, who, HOW)?;
    voice::close_all(tx, ctx, who, HOW)?;
    notice(tx, ctx, who, Notice::PasskeysAlone)
}
