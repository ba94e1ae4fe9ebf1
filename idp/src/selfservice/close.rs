//! The end of an eID that its holder no longer wants (M61): for good.

use super::account::Holder;
use crate::credentials::block::{self, HOLDER};
use crate::ctx::Ctx;
use crate::login::Ceremony;
use crate::storage::{AliasKind, Halt, Tx};

/// Closes it. The CPR number is free to name another eID of the same person; the chosen name and the eID number stay taken, so
/// that nobody is ever found under a name that was somebody else's.
pub(super) fn close(tx: &mut Tx<'_>, ctx: &Ctx, house: &Ceremony, holder: &Holder) -> Result<(), Halt> {
    holder.hold(tx, ctx, house)?;
    if block::close_eid(tx, ctx, holder.who(), HOLDER)? {
        tx.aliases().drop_kind(holder.eid.id, AliasKind::Cpr)?;
    }
    Ok(())
}
