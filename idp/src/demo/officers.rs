//! The demo's officers: who they are, for which registration authority, with which key their machine signs. Owns the list; the
//! authorities themselves are party files.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::config::parties::Parties;
use crate::domain::officer::Role;
use crate::storage::{Halt, Tx};

/// An officer: the RA, what it calls them, their role, and whose eID of the cast is theirs.
type Entry = (&'static str, &'static str, Role, Option<&'static str>);

const OFFICERS: [Entry; 11] = [
    ("ra-netbank", "k.vang", Role::Registrar, None),
    ("ra-netbank", "gitte", Role::Support, Some("gitte")),
    ("ra-netbank-b", "b.holt", Role::Registrar, None),
    ("ra-borgerservice", "i.friis", Role::Registrar, None),
    ("ra-borgerservice", "hanne", Role::Registrar, Some("hanne")),
    ("ra-borgerservice", "u.krogh", Role::Printer, None),
    ("ra-borgerservice-b", "s.lund", Role::Registrar, None),
    ("ra-ambassade", "p.bech", Role::Registrar, None),
    ("ra-ambassade", "n.toft", Role::Printer, None),
    ("support", "m.dahl", Role::Support, None),
    ("trykkeri", "t.kvist", Role::Printer, None),
];

/// The registration authorities, each once.
pub(super) fn authorities() -> impl Iterator<Item = &'static str> {
    let first = |nth: usize| OFFICERS[..nth].iter().all(|entry| entry.0 != OFFICERS[nth].0);
    (0..OFFICERS.len())
        .filter(move |nth| first(*nth))
        .map(|nth| OFFICERS[nth].0)
}

/// The officers, each with what their RA needs to call: `keys` is the folder of the RAs' private keys.
///
/// # Errors
/// When the database does not answer.
pub fn officers(tx: &mut Tx<'_>, parties: &Parties, keys: &Path) -> Result<Vec<Value>, Halt> {
    let mut all = Vec::new();
    for (ra, officer, role, own) in OFFICERS {
        let Some(party) = parties.get(ra) else { continue };
        let eid = match own {
            Some(user_id) => tx.aliases().eid(user_id)?,
            None => None,
        };
        let eid = eid.map(|eid| tx.eids().find(eid)).transpose()?;
        all.push(json!({
            "ra": ra,
            "client_id": party.oidc.as_ref().map(|client| &client.client_id),
            "key": keys.join(format!("{ra}.pem")),
            "kid": ra,
            "officer": officer,
            "role": role.as_str(),
            "eid": eid.map(|eid| eid.number.to_string()),
        }));
    }
    Ok(all)
}

/// For people.
#[must_use]
pub fn table(officers: &[Value]) -> String {
    let mut out = String::new();
    for officer in officers {
        let text = |name: &str| officer[name].as_str().unwrap_or("-").to_owned();
        let _ = writeln!(
            out,
            "{:<20} {:<10} {:<10} {}",
            text("ra"),
            text("officer"),
            text("role"),
            text("eid")
        );
    }
    out
}
