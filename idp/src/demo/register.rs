//! What the register says of the demo people: a family, former addresses and documents for each. Owns what is invented; nothing of it is
//! anybody's.

use serde_json::{Value, json};

use super::cast::{CAST, Role};
use crate::ctx::Ctx;
use crate::domain::cpr::Cpr;
use crate::domain::register::{Entry, NumberedDocument};
use crate::storage::{Halt, Tx};

/// Who is of the cast and drives.
const DRIVERS: [&str; 4] = ["anna", "bo", "gitte", "karl"];

/// The last day of every document.
const VALID_TO: &str = "2033-06-30";

/// The documents of one of the cast.
fn documents(role: &Role, nth: usize) -> Vec<(NumberedDocument, String)> {
    let mut documents = vec![(NumberedDocument::Passport, format!("20{nth:07}"))];
    if DRIVERS.contains(&role.user_id) {
        documents.push((NumberedDocument::DrivingLicence, format!("12{nth:06}")));
    }
    documents
}

fn entry(role: &Role, nth: usize) -> Entry {
    let family = role.name.rsplit(' ').next().unwrap_or(role.name);
    Entry {
        name: role.name.to_owned(),
        address: Some(format!("Prøvevej {}\n9998 Prøvekøbing", nth + 1)),
        protected: role.protected,
        mother: Some(format!("Karen {family}")),
        father: Some(format!("Jens {family}")),
        spouse: (role.age >= 30).then(|| format!("Kim {family}")),
        children: if role.age >= 40 {
            vec![format!("Freja {family}"), format!("Noah {family}")]
        } else {
            Vec::new()
        },
        former_addresses: vec![format!("Gammel Prøvevej {}", nth + 21)],
        ..Entry::default()
    }
}

/// Writes what the register says of one of the cast.
///
/// # Errors
/// When the database does not answer.
pub fn write(tx: &mut Tx<'_>, ctx: &Ctx, user_id: &str, cpr: &Cpr) -> Result<(), Halt> {
    let Some((nth, role)) = CAST.iter().enumerate().find(|(_, role)| role.user_id == user_id) else {
        return Ok(());
    };
    tx.registers().put(cpr, &entry(role, nth), ctx.now)?;
    for (kind, number) in documents(role, nth) {
        tx.registers()
            .put_document(cpr, (kind, &number), VALID_TO.parse().ok(), false)?;
    }
    Ok(())
}

/// The documents of one of the cast, as everything that a test needs is shown.
#[must_use]
pub fn shown(user_id: &str) -> Vec<Value> {
    let found = CAST
        .iter()
        .enumerate()
        .find(|(_, role)| role.user_id == user_id && role.cpr);
    let Some((nth, role)) = found else { return Vec::new() };
    documents(role, nth)
        .into_iter()
        .map(|(kind, number)| json!({"type": kind.as_str(), "number": number, "valid_to": VALID_TO}))
        .collect()
}
