//! The demo people's key cards as files: what would come in the post. Owns the folder `cards/` of the demo.

use std::fs;
use std::path::Path;

use super::cast::CAST;
use crate::credentials::keycard::pdf::Press;
use crate::credentials::keycard::print::Sheet;
use crate::domain::user_id::Typed;
use crate::fault::Fault;
use crate::files;
use crate::storage::{Halt, Store};

/// Writes every card of the cast as PDF, text and JSON where a file is missing; returns how many cards were written.
///
/// # Errors
/// When the database does not answer or a file cannot be written.
pub fn write(store: &Store, dir: &Path, issuer: &str) -> Result<usize, Halt> {
    let cards = store.read_blocking("demo.cards", |tx| {
        let mut cards = Vec::new();
        for role in &CAST {
            let Ok(typed) = Typed::parse(role.user_id) else {
                continue;
            };
            let Some(eid) = tx.aliases().eid(typed.as_str())? else {
                continue;
            };
            for row in tx.cards().of_eid(eid)? {
                cards.extend(Sheet::of(&row).map(|sheet| (role.user_id, sheet)));
            }
        }
        Ok(cards)
    })?;
    let dir = dir.join("cards");
    fs::create_dir_all(&dir).map_err(|error| Fault::new(format!("{} cannot be made", dir.display()), error))?;
    let mut press = None;
    let mut written = 0;
    for (user_id, sheet) in cards {
        let stem = format!("{user_id}-{}", sheet.number());
        if ["pdf", "txt", "json"]
            .iter()
            .all(|kind| dir.join(format!("{stem}.{kind}")).exists())
        {
            continue;
        }
        let press = match &mut press {
            Some(press) => press,
            empty => empty.insert(Press::new()?),
        };
        one(&dir, &stem, &sheet, press, issuer)?;
        written += 1;
    }
    Ok(written)
}

fn one(dir: &Path, stem: &str, sheet: &Sheet, press: &Press, issuer: &str) -> Result<(), Fault> {
    let files = [
        ("pdf", press.card(sheet, issuer)?),
        ("txt", sheet.text().into_bytes()),
        ("json", format!("{:#}\n", sheet.json()).into_bytes()),
    ];
    for (kind, bytes) in files {
        let path = dir.join(format!("{stem}.{kind}"));
        files::write(&path, &bytes)
            .map_err(|error| Fault::new(format!("{} cannot be written", path.display()), error))?;
    }
    Ok(())
}
