//! An eID is opened for use outside netbank by whoever shows a document's number (M40), or another one is issued beside it. Owns what may be done
//! after the full log-in that comes before "you already have an eID": a stranger who knows a CPR number and a licence learns nothing here.
//!
//! ```text
//!  form ──▶ rules, consents ──▶ full log-in ──▶ this eID or another ──number confirmed──▶ eID number ──▶ open at once
//!                                  │ another person's CPR number                             └─▶ another: two letters
//!                                  └─▶ back to the form
//! ```

use serde::Serialize;

use super::account::Holder;
use crate::audit::{Event, record};
use crate::ctx::Ctx;
use crate::domain::acceptance::{Extend, extend};
use crate::domain::cpr::{Cpr, age_on};
use crate::domain::denmark;
use crate::domain::proofing::Channel;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::register::Entry;
use crate::issuing::online::{Details, State, count_check};
use crate::issuing::{Rules, begin_by_holder, issue};
use crate::login::Ceremony;
use crate::registers::Checked;
use crate::storage::{Halt, Tx};

/// What the pages after the log-in show.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Extension {
    /// The number of the eID that its holder has logged in with.
    pub(super) eid_number: String,
    /// It may be used outside netbank already.
    pub(super) public: bool,
}

/// Reads it. The CPR number that was typed is the holder's own.
///
/// # Errors
/// `order.not_yours`; `OCES004` of whoever can have no public eID.
pub(super) fn read(tx: &mut Tx<'_>, ctx: &Ctx, holder: &Holder, cpr: &Cpr) -> Result<Extension, Halt> {
    if tx.people().by_cpr(cpr)? != Some(holder.eid.person) {
        return Err(Refusal::new(Code::OrderNotYours).at("cpr").into());
    }
    let today = denmark::date(ctx.now);
    let age = holder.eid.birth_date.map(|born| age_on(born, today));
    if extend(age, holder.eid.has_cpr) == Extend::Cannot {
        return Err(Code::Oces004.into());
    }
    Ok(Extension {
        eid_number: holder.eid.number.grouped(),
        public: holder.eid.public,
    })
}

/// Counts a look-up of the holder's document before it is made; by what it is taken back. Acts of one person follow one another.
pub(super) fn count(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    holder: &Holder,
    (cpr, most): (&Cpr, usize),
) -> Result<[u8; 32], Halt> {
    holder.hold(tx, ctx, house)?;
    read(tx, ctx, holder, cpr)?;
    tx.people().line_up(holder.eid.person)?;
    count_check(tx, ctx, cpr, most)
}

/// What the register said is written down.
///
/// # Errors
/// `document.not_confirmed`, `proofing.document_expired`.
pub(super) fn checked(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    holder: &Holder,
    details: &Details,
    said: Checked,
) -> Result<Result<(), Refusal>, Halt> {
    let outcome = match said {
        Checked::Valid => Ok(()),
        Checked::Expired => Err(Code::ProofingDocumentExpired),
        Checked::NotTheirs | Checked::Void => Err(Code::DocumentNotConfirmed),
    };
    let event = Event::DocumentChecked {
        who: holder.who(),
        document: details.document.as_str(),
        outcome: outcome.map_or_else(Code::as_str, |()| "confirmed"),
    };
    record(tx, ctx, &event)?;
    Ok(outcome.map_err(|code| Refusal::new(code).at("document_number")))
}

/// What the last page ends in, once for each run through the pages: a form that is sent twice is answered as the first time.
pub(super) struct Last<'a> {
    pub(super) state: &'a State,
    pub(super) details: &'a Details,
    /// What the register says now.
    pub(super) entry: Option<&'a Entry>,
}

impl Last<'_> {
    /// Opens the eID, or issues another beside it, which comes by post. The caller has seen that the consents stand and that the document was
    /// confirmed.
    pub(super) fn ends(
        &self,
        tx: &mut Tx<'_>,
        ctx: &Ctx,
        (house, rules): (&Ceremony, &Rules),
        holder: &Holder,
        another: bool,
    ) -> Result<(), Halt> {
        holder.hold(tx, ctx, house)?;
        read(tx, ctx, holder, &self.details.cpr)?;
        let once = tx
            .replays()
            .take("extension", &self.state.name(), self.state.expires_at(), ctx.now)?;
        if !once {
            return Ok(());
        }
        let accepted = self.state.stands().ok_or(Code::OwnTextChanged)?;
        if !another {
            let when = (Channel::Online.as_str(), accepted.at);
            return begin_by_holder(tx, ctx, holder.who(), when, self.entry).map(drop);
        }
        let entry = self.entry.ok_or(Code::ProofingUnknownPerson)?;
        let application = self.details.application((entry, ctx.locale), Some(accepted.at), true);
        issue(tx, ctx, &application, rules).map(drop)
    }
}
