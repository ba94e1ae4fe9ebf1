//! A netbank-only eID is opened for use outside netbank by its holder, who accepts the rules and gives each consent by itself (M31, M41); and
//! what was consented to, in the words in which it was read.

use serde::Serialize;

use super::account::Holder;
use super::shown::moment;
use crate::ctx::Ctx;
use crate::domain::acceptance::{Extend, extend};
use crate::domain::consent::{Consent, VERSION};
use crate::domain::cpr::age_on;
use crate::domain::denmark;
use crate::domain::register::Entry;
use crate::domain::time::Time;
use crate::issuing::begin_by_holder;
use crate::login::Ceremony;
use crate::storage::{Eid, Halt, Tx};
use crate::texts::Say;

/// The channel, as it is written down.
const CHANNEL: &str = "self_service";

/// One of the four.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Asked {
    /// The name of its field.
    pub(super) field: &'static str,
    /// The text in force.
    pub(super) text: String,
}

/// One that was given.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Given {
    /// The text in the version that was read.
    pub(super) text: String,
    pub(super) version: String,
    #[serde(serialize_with = "moment")]
    pub(super) given_at: Time,
}

/// What the page shows.
#[derive(Debug, Clone, Serialize)]
pub(super) struct PublicUse {
    /// `public`, `may` or `cannot`.
    pub(super) state: &'static str,
    /// The version of the texts that are asked about.
    pub(super) version: &'static str,
    pub(super) asked: Vec<Asked>,
    pub(super) given: Vec<Given>,
}

fn may(ctx: &Ctx, eid: &Eid) -> Extend {
    let today = denmark::date(ctx.now);
    extend(eid.birth_date.map(|born| age_on(born, today)), eid.has_cpr)
}

/// Reads it.
pub(super) fn read(tx: &mut Tx<'_>, ctx: &Ctx, holder: &Holder) -> Result<PublicUse, Halt> {
    let say = Say(ctx.locale);
    let state = match (holder.eid.public, may(ctx, &holder.eid)) {
        (true, _) => "public",
        (false, Extend::MayExtend) => "may",
        (false, Extend::Cannot) => "cannot",
    };
    let asked = Consent::ALL
        .into_iter()
        .filter(|_| state == "may")
        .map(|consent| Asked {
            field: consent.field(),
            text: say.say(&consent.text_key(VERSION)),
        });
    let given = tx.issues().consents(holder.eid.id)?.into_iter().map(|given| Given {
        text: say.say(&given.consent.text_key(&given.version)),
        version: given.version,
        given_at: given.given_at,
    });
    Ok(PublicUse {
        state,
        version: VERSION,
        asked: asked.collect(),
        given: given.collect(),
    })
}

/// Opens it, with what the register says now. The caller has seen each consent.
pub(super) fn begin(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    holder: &Holder,
    entry: Option<&Entry>,
) -> Result<(), Halt> {
    holder.hold(tx, ctx, house)?;
    begin_by_holder(tx, ctx, holder.who(), (CHANNEL, ctx.now), entry).map(drop)
}
