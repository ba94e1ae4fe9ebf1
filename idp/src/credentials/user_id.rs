//! Names of eIDs. Owns when a name cannot be had, and how often a day that is told: else choosing a name would be a way to ask which
//! names exist (docs/decisions/0092-a-taken-name-is-told-after-a-full-log-in.md); and for whom a name is looked up that finds nobody.

use crate::audit::{Event, Who, record};
use crate::ctx::Ctx;
use crate::domain::id::EidId;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::time::Span;
use crate::domain::user_id::{Chosen, Typed};
use crate::storage::{Halt, Tx};
use crate::vault::{Lookup, Vault};

/// Names that turned out to be somebody's, in a day: whoever looks for a name of their own needs a few.
const TAKEN_A_DAY: i64 = 10;
const DAY: Span = Span::days(1);

/// Why `who` cannot have the name; that it is somebody's is recorded. The caller holds the eID, so that no two ask at once.
///
/// # Errors
/// When the database does not answer.
pub fn refused(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, name: &Chosen) -> Result<Option<Refusal>, Halt> {
    let no = |code| Ok(Some(Refusal::new(code).at("user_id")));
    if tx.audit().count_since(who.eid, "user_id.taken", ctx.now - DAY)? >= TAKEN_A_DAY {
        return no(Code::UserIdTooMany);
    }
    match tx.aliases().eid(Typed::from(name).as_str())? {
        Some(other) if other != who.eid => {
            record(tx, ctx, &Event::UserIdTaken { who })?;
            no(Code::UserIdTaken)
        }
        _ => Ok(None),
    }
}

/// An id that no eID has (ours carry the time of their making in front), so that a name that finds nobody is looked for as any other.
#[must_use]
pub fn nobody(vault: &Vault, name: &str) -> EidId {
    let hash = vault.lookup(Lookup::UserId, name.as_bytes());
    let mut id = [0xFF; 16];
    id[8..].copy_from_slice(&hash[8..16]);
    EidId::from_bytes(id)
}
