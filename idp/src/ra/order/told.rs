//! What an officer is told of an eID that was issued, and what they tell its holder.

use serde::Serialize;
use utoipa::ToSchema;

use crate::ctx::Ctx;
use crate::domain::proofing::{Channel, HandOver, Scope};
use crate::issuing::Issued;
use crate::ra::people::{EidView, eid_view};
use crate::storage::{Halt, Tx};
use crate::texts::Say;

/// An eID that was issued.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(in crate::ra) struct IssuedView {
    /// How it stands.
    eid: EidView,
    /// Marked as youth: its holder is 15 to 17.
    youth: bool,
    /// Why it is for netbank alone, where that was not its holder's wish.
    #[serde(skip_serializing_if = "Option::is_none")]
    netbank_only: Option<&'static str>,
    /// `on_the_spot`, `card_posted`, `both_posted` or `pick_up`.
    hand_over: &'static str,
    /// The level of identity assurance (NSIS IAL): `substantial` or `high`.
    identity: &'static str,
    /// What the bank calls the person from now on: `sub` at its log-ins.
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<String>,
    /// What the holder is to be told now.
    notes: Vec<NoteView>,
}

/// Something that the holder is to be told.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(in crate::ra) struct NoteView {
    /// A stable word.
    code: &'static str,
    /// For people, in the language of the call.
    text: String,
}

pub(super) fn view(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    (issued, channel): (&Issued, Channel),
    sub: Option<String>,
) -> Result<IssuedView, Halt> {
    let eid = tx.eids().find(issued.who.eid)?;
    let say = Say(ctx.locale);
    let notes = notes(issued, channel, eid.on_hardware)
        .into_iter()
        .map(|code| NoteView {
            code,
            text: say.say(&format!("order-note-{}", code.replace('_', "-"))),
        });
    Ok(IssuedView {
        eid: eid_view(tx, ctx, &eid)?,
        youth: issued.allowed.scope == Scope::Public { youth: true },
        netbank_only: match issued.allowed.scope {
            Scope::Netbank(code) => Some(code.as_str()),
            Scope::Public { .. } | Scope::NetbankByChoice => None,
        },
        hand_over: issued.allowed.hand_over.as_str(),
        identity: issued.allowed.level.as_str(),
        sub,
        notes: notes.collect(),
    })
}

fn notes(issued: &Issued, channel: Channel, on_hardware: bool) -> Vec<&'static str> {
    let mut notes = Vec::new();
    if on_hardware {
        notes.push("hardware");
    }
    if channel != Channel::Bank {
        notes.push("link_bank");
    }
    if !matches!(issued.allowed.scope, Scope::Public { .. }) {
        notes.push("netbank_only");
    }
    notes.push(match (issued.allowed.hand_over, &issued.at_desk) {
        (HandOver::CardPosted, Some(_)) => "card_posted",
        (_, Some(_)) => "desk",
        (_, None) => "both_posted",
    });
    notes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::locale::Locale;

    #[test]
    fn each_note_has_a_text_in_every_language() {
        for locale in Locale::ALL {
            for code in [
                "link-bank",
                "netbank-only",
                "card-posted",
                "both-posted",
                "desk",
                "hardware",
            ] {
                assert!(Say(locale).maybe(&format!("order-note-{code}")).is_some(), "{code}");
            }
        }
    }
}
