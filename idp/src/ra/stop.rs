//! An officer stops something of an eID (M60, M61): for its holder who calls, or because the RA learns of misuse. Stopping needs no
//! proof of who calls: it harms less than not to stop.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::Case;
use super::people::{EidView, eid_view};
use super::wanted::{Done, Hearing, Wanted};
use crate::certificates;
use crate::credentials::block::{self, OFFICER};
use crate::credentials::{code_app, passkey, token, voice};
use crate::ctx::Ctx;
use crate::domain::authenticator::State;
use crate::domain::certificate::Reason;
use crate::domain::id::AuthenticatorId;
use crate::domain::keycard::CardNumber;
use crate::domain::officer::Act;
use crate::domain::refusal::{Code, Refusal};
use crate::storage::{Halt, Tx};

/// What is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum What {
    /// The password.
    Password,
    /// One key card, by its number.
    Card,
    /// One code token, by its id.
    Token,
    /// One code app, by its id: for good.
    App,
    /// One passkey, by its id: for good.
    Passkey,
    /// Voice response: for good.
    Voice,
    /// The certificate: no public use any more.
    Certificate,
    /// The eID with all its cards.
    Eid,
}

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Because {
    /// Its holder asks for it.
    HolderAsks,
    /// It is lost.
    Lost,
    /// It was stolen.
    Stolen,
    /// Others have seen it.
    SeenByOthers,
    /// Somebody else is suspected of using it.
    Misuse,
    /// What is registered is wrong.
    WrongData,
    /// The terms were broken.
    TermsBroken,
    /// The person is dead.
    Dead,
}

impl What {
    const fn as_str(self) -> &'static str {
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
}

impl Because {
    const fn as_str(self) -> &'static str {
        match self {
            Self::HolderAsks => "holder_asks",
            Self::Lost => "lost",
            Self::Stolen => "stolen",
            Self::SeenByOthers => "seen_by_others",
            Self::Misuse => "misuse",
            Self::WrongData => "wrong_data",
            Self::TermsBroken => "terms_broken",
            Self::Dead => "dead",
        }
    }
}

impl Because {
    /// As a certificate's end is told of.
    const fn of_certificate(self) -> Reason {
        match self {
            Self::HolderAsks | Self::Lost => Reason::Holder,
            Self::WrongData => Reason::WrongData,
            // Somebody else may have used it: its holder has broken nothing.
            Self::Stolen | Self::SeenByOthers | Self::Misuse => Reason::Blocked,
            Self::TermsBroken => Reason::TermsBroken,
            Self::Dead => Reason::Dead,
        }
    }
}

/// What is to be stopped, and why.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StopWish {
    what: What,
    /// The card's number, or the id of the token, app or passkey.
    which: Option<String>,
    because: Because,
}

impl Wanted for StopWish {
    const ACT: Act = Act::Block;
    type View = EidView;

    fn answer(&self, tx: &mut Tx<'_>, ctx: &Ctx, hearing: &Hearing<'_>) -> Result<Done<EidView>, Halt> {
        stop(tx, ctx, hearing.case()?, self)
    }
}

/// Stops it.
fn stop(tx: &mut Tx<'_>, ctx: &Ctx, case: &Case, wish: &StopWish) -> Result<Done<EidView>, Halt> {
    let Case { who, eid } = case;
    let who = *who;
    if let (What::Eid, Because::TermsBroken | Because::Dead) = (wish.what, wish.because) {
        // So that its end says why, and no holder begins public use again.
        certificates::revoke_quietly(tx, ctx, who, wish.because.of_certificate())?;
    }
    match wish.what {
        What::Password if !block::password(tx, ctx, who)? => return Err(Code::PasswordState.into()),
        What::Eid if !block::eid(tx, ctx, who, OFFICER)? => return Err(Code::EidState.into()),
        What::Certificate if !certificates::revoke(tx, ctx, who, wish.because.of_certificate())? => {
            return Err(Code::CertificateNone.into());
        }
        What::Password | What::Certificate | What::Eid => {}
        What::Card => {
            let number = CardNumber::parse(wish.which()?).ok_or(Code::KeycardNotFound)?;
            if !block::card(tx, ctx, who, &number, OFFICER)? {
                return Err(Code::KeycardNotFound.into());
            }
        }
        What::Token => token::set_by_officer(tx, ctx, who, wish.id()?, State::Blocked)?,
        What::App => code_app::block_by_officer(tx, ctx, who, wish.id()?)?,
        What::Passkey => passkey::block_by_officer(tx, ctx, who, wish.id()?)?,
        What::Voice => voice::block_by_officer(tx, ctx, who)?,
    }
    let now = tx.eids().find(eid.id)?;
    Ok(Done {
        body: eid_view(tx, ctx, &now)?,
        about: None,
        detail: format!("{}: {}", wish.what.as_str(), wish.because.as_str()),
    })
}

impl StopWish {
    fn which(&self) -> Result<&str, Refusal> {
        let which = self.which.as_deref();
        which.ok_or(Refusal::new(Code::RequestMalformed).at("which"))
    }

    fn id(&self) -> Result<AuthenticatorId, Refusal> {
        self.which()?
            .parse()
            .map_err(|_| Refusal::new(Code::RaNotFound).at("which"))
    }
}
