//! What has expired is removed, some hundred rows at a time, so that the database stays small and no lock is long; digits that nobody
//! posted in time are erased. Every kind is found by an index on its date.

use diesel::prelude::*;

use super::row::id16;
use super::schema::{
    access_tokens, devices, flows_done, grants, online_orders, outbox, participants, question_rounds, ra_answers,
    replays, sessions,
};
use super::{Halt, LaneId, Tx};
use crate::domain::id::DeviceId;
use crate::domain::time::{Span, Time};

const AT_ONCE: i64 = 500;

/// How many rows a round removed or emptied.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Pruned(pub usize);

impl Pruned {
    /// Whether another round would find more.
    pub fn is_full(self) -> bool {
        i64::try_from(self.0).is_ok_and(|n| n >= AT_ONCE)
    }
}

/// What has expired, table by table: `$act!(table, its key, what is old)`.
macro_rules! for_each_table {
    ($now:expr, $act:ident) => {
        $act!(
            access_tokens,
            access_tokens::hash,
            access_tokens::expires_at.lt(($now - Span::days(1)).micros())
        );
        $act!(
            flows_done,
            flows_done::flow,
            flows_done::done_at.lt(($now - Span::minutes(15)).micros())
        );
        $act!(
            grants,
            grants::id,
            grants::expires_at.lt(($now - Span::days(1)).micros())
        );
        $act!(devices, devices::id, devices::expires_at.lt($now.micros()));
        $act!(
            outbox,
            outbox::id,
            outbox::done_at.lt(($now - Span::days(7)).micros()).and(
                // What was given up waits longer for somebody to look at it.
                outbox::failure
                    .is_null()
                    .or(outbox::done_at.lt(($now - Span::days(30)).micros()))
            )
        );
        $act!(
            sessions,
            sessions::id,
            sessions::expires_at.lt(($now - Span::days(1)).micros())
        );
        $act!(
            replays,
            (replays::issuer, replays::token),
            replays::expires_at.lt($now.micros())
        );
        $act!(
            online_orders,
            online_orders::key,
            online_orders::checked_at.lt(($now - Span::days(1)).micros())
        );
        $act!(
            question_rounds,
            question_rounds::id,
            question_rounds::expires_at.lt(($now - Span::days(2)).micros())
        );
        $act!(
            ra_answers,
            (ra_answers::ra, ra_answers::key),
            ra_answers::expires_at.lt($now.micros())
        );
    };
}

macro_rules! old_rows {
    ($table:ident, $key:expr, $old:expr) => {
        $table::table.filter($old).limit(AT_ONCE).select($key)
    };
}

/// One round over every table that expires.
pub(super) fn prune(tx: &mut Tx<'_>, now: Time) -> Result<Pruned, Halt> {
    let mut removed = 0;
    macro_rules! remove {
        (devices, $key:expr, $old:expr) => {
            for id in old_rows!(devices, $key, $old).load::<Vec<u8>>(tx.db)? {
                let device = DeviceId::from_bytes(id16(&id, "devices", "id")?);
                tx.lanes().remove(LaneId::Known(device))?;
                removed += diesel::delete(devices::table.find(id)).execute(tx.db)?;
            }
        };
        (sessions, $key:expr, $old:expr) => {
            for id in old_rows!(sessions, $key, $old).load::<Vec<u8>>(tx.db)? {
                removed += diesel::delete(participants::table.filter(participants::session.eq(&id))).execute(tx.db)?;
                removed += diesel::delete(sessions::table.find(id)).execute(tx.db)?;
            }
        };
        (replays, $key:expr, $old:expr) => {
            for key in old_rows!(replays, $key, $old).load::<(String, String)>(tx.db)? {
                removed += diesel::delete(replays::table.find(key)).execute(tx.db)?;
            }
        };
        (ra_answers, $key:expr, $old:expr) => {
            for key in old_rows!(ra_answers, $key, $old).load::<(String, String)>(tx.db)? {
                removed += diesel::delete(ra_answers::table.find(key)).execute(tx.db)?;
            }
        };
        ($table:ident, $key:expr, $old:expr) => {
            for key in old_rows!($table, $key, $old).load::<Vec<u8>>(tx.db)? {
                removed += diesel::delete($table::table.find(key)).execute(tx.db)?;
            }
        };
    }
    for_each_table!(now, remove);
    removed += tx.activations().lapse(now, AT_ONCE)?;
    Ok(Pruned(removed))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use diesel::sqlite::Sqlite;

    use super::*;
    use crate::storage::dialect;
    use crate::storage::schema::activations;

    #[derive(QueryableByName)]
    struct Plan {
        #[diesel(sql_type = diesel::sql_types::Text)]
        detail: String,
    }

    #[test]
    fn nothing_that_runs_every_minute_reads_a_whole_table() {
        let folder = tempfile::tempdir().unwrap();
        let mut db = dialect::open(&format!("sqlite:{}", folder.path().join("idp.db").display())).unwrap();
        dialect::migrate(&mut db).unwrap();
        let now = Time::from_secs(1_795_348_800);
        let mut statements = Vec::new();
        macro_rules! note {
            ($table:ident, $key:expr, $old:expr) => {
                statements.push(diesel::debug_query::<Sqlite, _>(&old_rows!($table, $key, $old)).to_string())
            };
        }
        for_each_table!(now, note);
        let due = super::super::outbox::due(now.micros()).select(outbox::id);
        statements.push(diesel::debug_query::<Sqlite, _>(&due).to_string());
        let ids = [vec![1], vec![2]];
        statements.push(diesel::debug_query::<Sqlite, _>(&super::super::audit::rows_of(&ids)).to_string());
        let others = super::super::registers::others(vec![1], vec![vec![2]]);
        statements.push(diesel::debug_query::<Sqlite, _>(&diesel::delete(others)).to_string());
        // By indexes that hold those that count, and no other.
        let ending = super::super::certificates::ending_by(now.micros(), 100);
        let untold = super::super::certificates::untold_by(now.micros(), 100);
        let partial = [
            (
                "certificates_ending",
                diesel::debug_query::<Sqlite, _>(&ending).to_string(),
            ),
            (
                "certificates_untold",
                diesel::debug_query::<Sqlite, _>(&untold).to_string(),
            ),
        ];
        for (index, statement) in &partial {
            let plan = diesel::sql_query(format!("EXPLAIN QUERY PLAN {statement}"))
                .load::<Plan>(&mut db)
                .unwrap();
            let plan: Vec<String> = plan.into_iter().map(|step| step.detail).collect();
            assert!(plan.len() == 1 && plan[0].contains(index), "no sorting: {plan:?}");
        }
        statements.extend(partial.map(|(_, statement)| statement));
        let lapsed = super::super::activations::lapsed(now.micros()).select(activations::eid);
        statements.push(diesel::debug_query::<Sqlite, _>(&lapsed).to_string());
        assert_eq!(statements.len(), 16);
        // Read from its beginning, by its key, and no further than it must.
        let pending = super::super::audit::oldest_first()
            .select(crate::storage::schema::audit_pending::at)
            .limit(1);
        let plan = diesel::sql_query(format!(
            "EXPLAIN QUERY PLAN {}",
            diesel::debug_query::<Sqlite, _>(&pending)
        ))
        .load::<Plan>(&mut db)
        .unwrap();
        assert_eq!(plan.len(), 1, "no sorting: {}", plan[plan.len() - 1].detail);
        for statement in statements {
            let plan = diesel::sql_query(format!("EXPLAIN QUERY PLAN {statement}"))
                .load::<Plan>(&mut db)
                .unwrap();
            let plan: Vec<String> = plan.into_iter().map(|step| step.detail).collect();
            assert!(
                plan.iter()
                    .any(|step| step.contains("INDEX") || step.contains("PRIMARY KEY")),
                "{statement}: {plan:?}"
            );
            assert!(
                !plan.iter().any(|step| step.starts_with("SCAN")),
                "{statement}: {plan:?}"
            );
        }
    }
}
