//! To stop the password, a card, a code token, a device with a code app, a passkey, voice response, the certificate or the whole eID (M23, M60,
//! M61): with user-ID and password, without a code, at once.

use serde::Serialize;

use super::account::Holder;
use super::apps::{self, AppLine};
use super::overview::{CardLine, cards};
use super::passkeys::{self, Line};
use super::tokens::{TokenLine, open_tokens};
use crate::certificates;
use crate::credentials::block::{self, HOLDER};
use crate::credentials::{code_app, passkey, token, voice};
use crate::ctx::Ctx;
use crate::domain::certificate::Reason;
use crate::domain::factor::Factor;
use crate::domain::keycard::CardNumber;
use crate::domain::refusal::{Code, Refusal};
use crate::login::Ceremony;
use crate::storage::{Authenticator, Halt, Tx};

/// What is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum What {
    /// The password.
    Password,
    /// One card.
    Card,
    /// The code token.
    Token,
    /// One device with a code app.
    App,
    /// One passkey.
    Passkey,
    /// Voice response.
    Voice,
    /// The certificate: no public use any more.
    Certificate,
    /// The eID with all that belongs to it.
    Eid,
}

impl What {
    pub(super) const ALL: [Self; 8] = [
        Self::Password,
        Self::Card,
        Self::Token,
        Self::App,
        Self::Passkey,
        Self::Voice,
        Self::Certificate,
        Self::Eid,
    ];

    /// The word in the address.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Card => "card",
            Self::Token => "token",
            Self::App => "app",
            Self::Passkey => "passkey",
            Self::Voice => "voice",
            Self::Certificate => "certificate",
            Self::Eid => "eid",
        }
    }

    /// Back from the address.
    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|what| what.as_str() == text)
    }
}

/// What can still be stopped, of what there may be several.
#[derive(Debug, Default, Serialize)]
pub(super) struct Open {
    pub(super) cards: Vec<CardLine>,
    pub(super) tokens: Vec<TokenLine>,
    pub(super) apps: Vec<AppLine>,
    pub(super) passkeys: Vec<Line>,
}

/// Reads it.
pub(super) fn open(tx: &mut Tx<'_>, ctx: &Ctx, holder: &Holder, what: What) -> Result<Open, Halt> {
    let mut open = Open::default();
    match what {
        What::Password | What::Voice | What::Certificate | What::Eid => {}
        What::Card => {
            open.cards = cards(tx, holder.eid.id)?;
            open.cards.retain(|card| !card.closed);
        }
        What::Token => open.tokens = open_tokens(tx, holder)?,
        What::App => open.apps = apps::read(tx, ctx, holder)?.apps,
        What::Passkey => open.passkeys = passkeys::lines(tx, ctx, holder)?,
    }
    Ok(open)
}

/// Stops it; `which` is the card's number, the token's, or the id of device or passkey. Password and eID: asked twice, it is stopped once and the answer
/// is the same.
pub(super) fn stop(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    holder: &Holder,
    (what, which): (What, &str),
) -> Result<Result<(), Refusal>, Halt> {
    holder.hold(tx, ctx, house)?;
    let who = holder.who();
    match what {
        What::Password => drop(block::password(tx, ctx, who)?),
        What::Eid => drop(block::eid(tx, ctx, who, HOLDER)?),
        What::Certificate => {
            if !certificates::revoke(tx, ctx, who, Reason::Holder)? {
                return Ok(Err(Refusal::new(Code::CertificateNone)));
            }
        }
        What::Card => {
            let number = CardNumber::parse(which);
            let stopped = match &number {
                Some(number) => block::card(tx, ctx, who, number, HOLDER)?,
                None => false,
            };
            if !stopped {
                return Ok(Err(Refusal::new(Code::KeycardNotFound)));
            }
        }
        What::Token => {
            let held = tx.authenticators().of_eid(who.eid)?;
            let named = |one: &&Authenticator| one.factor == Factor::Token && one.serial.as_deref() == Some(which);
            let Some(token) = held.iter().find(named) else {
                return Ok(Err(Refusal::new(Code::TokenNotFound)));
            };
            return or_refused(token::stop(tx, ctx, who, token.id));
        }
        What::App => match which.parse() {
            Ok(id) => return or_refused(code_app::block(tx, ctx, who, id)),
            Err(_) => return Ok(Err(Refusal::new(Code::AppUnknown))),
        },
        What::Passkey => match which.parse() {
            Ok(id) => return or_refused(passkey::block(tx, ctx, who, id)),
            Err(_) => return Ok(Err(Refusal::new(Code::PasskeyUnknown))),
        },
        What::Voice => return or_refused(voice::block(tx, ctx, who)),
    }
    Ok(Ok(()))
}

/// A refusal is told on the page; nothing was written.
fn or_refused(stopped: Result<(), Halt>) -> Result<Result<(), Refusal>, Halt> {
    match stopped {
        Err(Halt::Refused(refusal)) => Ok(Err(refusal)),
        stopped => stopped.map(Ok),
    }
}
