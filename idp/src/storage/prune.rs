//! What has expired is removed, some hundred rows at a time, so that the database stays small and no lock is long.

use diesel::prelude::*;

use super::schema::{access_tokens, devices, flows_done, grants, outbox, participants, replays, sessions};
use super::{Halt, Tx};
use crate::domain::time::{Span, Time};

const AT_ONCE: i64 = 500;

/// How many rows a round removed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Pruned(pub usize);

impl Pruned {
    /// Whether another round would find more.
    pub fn is_full(self) -> bool {
        i64::try_from(self.0).is_ok_and(|n| n >= AT_ONCE)
    }
}

/// One round over every table that expires.
pub(super) fn prune(tx: &mut Tx<'_>, now: Time) -> Result<Pruned, Halt> {
    let now_micros = now.micros();
    let a_day_ago = (now - Span::days(1)).micros();
    let mut removed = 0;

    macro_rules! drop_expired {
        ($table:ident, $key:ident, $filter:expr) => {{
            let old = $table::table
                .filter($filter)
                .limit(AT_ONCE)
                .select($table::$key)
                .load::<Vec<u8>>(tx.db)?;
            for key in old {
                removed += diesel::delete($table::table.find(key)).execute(tx.db)?;
            }
        }};
    }
    drop_expired!(access_tokens, hash, access_tokens::expires_at.lt(a_day_ago));
    drop_expired!(
        flows_done,
        flow,
        flows_done::done_at.lt((now - Span::minutes(15)).micros())
    );
    drop_expired!(grants, id, grants::expires_at.lt(a_day_ago));
    drop_expired!(devices, id, devices::expires_at.lt(now_micros));
    drop_expired!(outbox, id, outbox::done_at.lt((now - Span::days(7)).micros()));

    let old = sessions::table
        .filter(sessions::expires_at.lt(a_day_ago))
        .limit(AT_ONCE)
        .select(sessions::id);
    for id in old.load::<Vec<u8>>(tx.db)? {
        removed += diesel::delete(participants::table.filter(participants::session.eq(&id))).execute(tx.db)?;
        removed += diesel::delete(sessions::table.find(id)).execute(tx.db)?;
    }
    let old = replays::table
        .filter(replays::expires_at.lt(now_micros))
        .limit(AT_ONCE)
        .select((replays::issuer, replays::token));
    for key in old.load::<(String, String)>(tx.db)? {
        removed += diesel::delete(replays::table.find(key)).execute(tx.db)?;
    }
    Ok(Pruned(removed))
}
