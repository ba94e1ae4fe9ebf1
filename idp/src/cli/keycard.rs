//! `idp keycard print`: the one act that shows codes. Owns who may: in production an officer with a reason, for a card that has
//! not left the house, recorded; in the demo anybody, any card whose secret is kept.

use std::io::Write;

use super::words::{CardFormat, KeycardCommand, PrintCard};
use super::{Cli, Failure, open};
use crate::app::House;
use crate::audit::{Event, Who, record};
use crate::credentials::keycard::pdf::Press;
use crate::credentials::keycard::print::Sheet;
use crate::domain::keycard::{CardNumber, CardState};
use crate::domain::refusal::Code;
use crate::files;
use crate::storage::{Durability, Halt, Tx};

/// Prints a card.
pub(super) fn run(cli: &Cli, command: &KeycardCommand) -> Result<(), Failure> {
    let KeycardCommand::Print(wish) = command;
    let number = CardNumber::parse(&wish.number).ok_or_else(|| {
        Failure::new(format!(
            "{:?} is no card number: one letter and nine digits",
            wish.number
        ))
    })?;
    let house = open::house(cli)?;
    let officer = wish.officer.as_ref().map(ToString::to_string);
    let reason = wish.reason.as_ref().map(|reason| reason.as_str().to_owned());
    let (officer, reason) = match (officer, reason, house.settings.is_demo()) {
        (Some(officer), Some(reason), _) => (officer, reason),
        (officer, reason, true) => (
            officer.unwrap_or_else(|| "demo".into()),
            reason.unwrap_or_else(|| "demo".into()),
        ),
        _ => {
            return Err(Failure::new(
                "--officer and --reason are required: printing shows codes and is recorded",
            ));
        }
    };
    let sheet = shown(&house, number, officer, reason)?;
    deliver(&house, wish, &sheet)
}

fn shown(house: &House, number: CardNumber, officer: String, reason: String) -> Result<Sheet, Failure> {
    let (ctx, demo) = (open::ctx(house), house.settings.is_demo());
    let act = move |tx: &mut Tx<'_>| -> Result<Sheet, Halt> {
        let row = tx.cards().find(&number)?.ok_or(Code::KeycardNotFound)?;
        if !demo && !row.card.state.printable() {
            return Err(Code::KeycardState.into());
        }
        let sheet = Sheet::of(&row).ok_or(Code::KeycardState)?;
        let who = Who {
            person: tx.eids().find(row.eid)?.person,
            eid: row.eid,
        };
        let (card, officer, reason) = (number.to_string(), officer.clone(), reason.clone());
        record(
            tx,
            &ctx,
            &Event::CardPrinted {
                who,
                card,
                officer,
                reason,
            },
        )?;
        // One that waits is printed from now on; if a run of the house was faster, the whole act looks again.
        if row.card.state == CardState::Ordered && !tx.cards().printed(&number, ctx.now)? {
            return Err(Halt::Again);
        }
        Ok(sheet)
    };
    house
        .store
        .transact_blocking("keycard.print", Durability::Full, act)
        .map_err(|halt| match halt {
            Halt::Refused(refusal) if refusal.code == Code::KeycardNotFound => {
                Failure::new("keycard.not_found: no such card")
            }
            Halt::Refused(refusal) if refusal.code == Code::KeycardState => {
                Failure::new("keycard.state: only a card that is ordered or printed, and not yet sent, is printed")
            }
            other => other.into(),
        })
}

fn deliver(house: &House, wish: &PrintCard, sheet: &Sheet) -> Result<(), Failure> {
    let bytes = match wish.format {
        CardFormat::Pdf => Press::new()?.card(sheet, &house.settings.web.name)?,
        CardFormat::Text => sheet.text().into_bytes(),
        CardFormat::Json => format!("{:#}\n", sheet.json()).into_bytes(),
    };
    match &wish.out {
        Some(path) => files::write(path, &bytes).map_err(|error| Failure::new(format!("{}: {error}", path.display()))),
        None => Ok(std::io::stdout().lock().write_all(&bytes)?),
    }
}
