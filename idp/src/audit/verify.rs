//! What the trail proves: an edited or forged row at once; removed, inserted or reordered ones once sealed; a cut-off tail
//! against heads that left the machine.
//!
//! Rows and segments are walked side by side, each in its own order, so that only what lies between the two is held in memory,
//! however long the trail is. The walk looks at the segments that were there when it began: what a running server writes and
//! seals meanwhile is never mistaken for something that somebody took away.
//!
//! ```text
//! rows      ── by id (they begin with their time) ──▶ read ahead to the moment at which the next segment was sealed
//! segments  ── 1, 2, 3 … the last one at the start ─▶ each takes its rows out of what was read; what is missing is looked up
//! the rest  ── waits to be sealed, or was sealed since the start, or was inserted
//! ```

use std::collections::{HashMap, HashSet};
use std::fmt;

use super::heads::Head;
use super::merkle;
use super::record::covered;
use crate::domain::id::AuditId;
use crate::domain::time::Time;
use crate::storage::{AuditRow, Halt, Segment, Tx};
use crate::vault::Mac;

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "rows and segments by their own names")]
pub enum Finding {
    /// The MAC of a row does not fit it: edited, or never ours.
    Edited(AuditId),
    /// A segment names a row that is not there.
    Removed { row: AuditId, segment: i64 },
    /// A row is in no segment and does not wait for one.
    Inserted(AuditId),
    /// A row is named twice.
    Twice { row: AuditId, segment: i64 },
    /// The rows of a segment do not give its root.
    Root(i64),
    /// A segment does not follow the one before it.
    Chain(i64),
    /// A head was not signed by the audit key it names.
    Signature(i64),
    /// A head that left the machine is not, or not so, in the database.
    Head(i64),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Finding::Edited(row) => write!(f, "row {row} was edited or forged: its MAC does not fit"),
            Finding::Removed { row, segment } => write!(f, "row {row} of segment {segment} was removed"),
            Finding::Inserted(row) => write!(f, "row {row} is in no segment: inserted, or its segment was removed"),
            Finding::Twice { row, segment } => write!(f, "row {row} is named a second time by segment {segment}"),
            Finding::Root(seq) => write!(
                f,
                "the rows of segment {seq} do not give its root: reordered or replaced"
            ),
            Finding::Chain(seq) => write!(f, "segment {seq} does not follow the one before it"),
            Finding::Signature(seq) => write!(f, "the head of segment {seq} does not carry the signature of its key"),
            Finding::Head(seq) => write!(
                f,
                "exported head {seq} is not in the database as it was exported: the tail was cut off or rewritten"
            ),
        }
    }
}

/// What a verification looked at and found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Rows looked at.
    pub rows: usize,
    /// Rows that wait to be sealed.
    pub unsealed: usize,
    /// Segments looked at.
    pub segments: usize,
    /// Whether exported heads were compared; if not, nobody can tell whether the tail was cut off.
    pub heads_compared: bool,
    /// What does not hold.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether everything held.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Rows read at a time.
const PAGE: i64 = 1_000;
/// Segments read at a time.
const SEGMENTS: i64 = 20;
/// Rows that were read and are in no segment yet; with more, rows are no longer read ahead but looked up one by one.
const AHEAD: usize = 50_000;

/// Verifies the whole trail, and against `heads` where given.
///
/// # Errors
/// When the database does not answer or a row cannot be read at all.
pub fn verify(tx: &mut Tx<'_>, heads: Option<&[Head]>) -> Result<Report, Halt> {
    let mut walk = Walk::begin(tx, heads)?;
    while walk.step(tx)? {}
    walk.end(tx)
}

/// A verification under way.
#[derive(Debug, Clone)]
pub(super) struct Walk {
    report: Report,
    heads: HashMap<i64, Head>,
    /// The last segment when the walk began: later ones are not looked at.
    last: i64,
    before: Option<Segment>,
    /// The last row that was read, and its time.
    after: Option<(AuditId, Time)>,
    all_read: bool,
    /// Rows that were read and are in no segment yet.
    loose: HashMap<AuditId, [u8; 32]>,
    /// Rows that a segment names and that have not been read: they come later, or were taken before.
    named: HashMap<AuditId, i64>,
}

impl Walk {
    pub(super) fn begin(tx: &mut Tx<'_>, heads: Option<&[Head]>) -> Result<Walk, Halt> {
        let heads_compared = heads.is_some();
        let last = tx.audit().last_segment()?.map_or(0, |segment| segment.seq);
        Ok(Walk {
            report: Report {
                heads_compared,
                ..Report::default()
            },
            heads: heads
                .unwrap_or_default()
                .iter()
                .map(|head| (head.seq, head.clone()))
                .collect(),
            last,
            before: None,
            after: None,
            all_read: false,
            loose: HashMap::new(),
            named: HashMap::new(),
        })
    }

    /// Verifies the next segments; `false` when there are no more.
    pub(super) fn step(&mut self, tx: &mut Tx<'_>) -> Result<bool, Halt> {
        let from = self.before.as_ref().map_or(0, |segment| segment.seq);
        let segments = tx.audit().segments(from, SEGMENTS)?;
        let (mut any, last) = (false, self.last);
        for segment in segments.into_iter().filter(|segment| segment.seq <= last) {
            any = true;
            self.read_to(tx, segment.sealed_at)?;
            self.check(tx, segment)?;
        }
        Ok(any)
    }

    /// What is in none of the segments, and what is missing of the exported heads.
    pub(super) fn end(mut self, tx: &mut Tx<'_>) -> Result<Report, Halt> {
        loop {
            let loose: Vec<AuditId> = self.loose.drain().map(|(id, _)| id).collect();
            self.judge_loose(tx, loose)?;
            if self.all_read {
                break;
            }
            self.read_page(tx)?;
        }
        let mut twice: Vec<_> = self.named.into_iter().collect();
        twice.sort_unstable();
        let twice = twice.into_iter().map(|(row, segment)| Finding::Twice { row, segment });
        self.report.findings.extend(twice);
        let mut missing: Vec<i64> = self.heads.into_keys().collect();
        missing.sort_unstable();
        self.report.findings.extend(missing.into_iter().map(Finding::Head));
        Ok(self.report)
    }

    fn read_to(&mut self, tx: &mut Tx<'_>, sealed_at: Time) -> Result<(), Halt> {
        while !self.all_read && self.loose.len() < AHEAD && self.after.is_none_or(|(_, at)| at <= sealed_at) {
            self.read_page(tx)?;
        }
        Ok(())
    }

    fn read_page(&mut self, tx: &mut Tx<'_>) -> Result<(), Halt> {
        let rows = tx.audit().page(self.after.map(|(id, _)| id), PAGE)?;
        let Some(last) = rows.last() else {
            self.all_read = true;
            return Ok(());
        };
        self.after = Some((last.id, last.at));
        for row in &rows {
            self.report.rows += 1;
            if self.named.remove(&row.id).is_none() {
                self.check_row(tx, row);
                self.loose.insert(row.id, row.mac);
            }
        }
        Ok(())
    }

    fn check_row(&mut self, tx: &Tx<'_>, row: &AuditRow) {
        if !tx.vault().mac_ok(Mac::Audit, &covered(row), &row.mac) {
            self.report.findings.push(Finding::Edited(row.id));
        }
    }

    fn check(&mut self, tx: &mut Tx<'_>, segment: Segment) -> Result<(), Halt> {
        let seq = segment.seq;
        self.report.segments += 1;
        let (expected_seq, expected_previous) = match &self.before {
            None => (1, [0; 32]),
            Some(b) => (
                b.seq + 1,
                merkle::head(b.seq, &b.root, &b.previous, b.sealed_at.micros()),
            ),
        };
        if seq != expected_seq || segment.previous != expected_previous {
            self.report.findings.push(Finding::Chain(seq));
        }
        let mut leaves = Vec::with_capacity(segment.ids.len());
        for id in &segment.ids {
            match self.take(tx, *id, seq)? {
                Some(mac) => leaves.push((id.bytes(), mac)),
                None => self.report.findings.push(Finding::Removed { row: *id, segment: seq }),
            }
        }
        if leaves.len() == segment.ids.len() && merkle::root(&leaves) != segment.root {
            self.report.findings.push(Finding::Root(seq));
        }
        let head = merkle::head(seq, &segment.root, &segment.previous, segment.sealed_at.micros());
        if !tx.vault().verify_audit(&segment.kid, &head, &segment.signature) {
            self.report.findings.push(Finding::Signature(seq));
        }
        if self.heads.remove(&seq).is_some_and(|head| head != Head::of(&segment)) {
            self.report.findings.push(Finding::Head(seq));
        }
        self.before = Some(segment);
        Ok(())
    }

    /// The MAC of a row that a segment names; nothing when there is no such row.
    fn take(&mut self, tx: &mut Tx<'_>, id: AuditId, seq: i64) -> Result<Option<[u8; 32]>, Halt> {
        if let Some(mac) = self.loose.remove(&id) {
            return Ok(Some(mac));
        }
        let Some(row) = tx.audit().row(id)? else {
            return Ok(None);
        };
        if self.named.insert(id, seq).is_none() {
            self.check_row(tx, &row);
        } else {
            self.report.findings.push(Finding::Twice { row: id, segment: seq });
        }
        Ok(Some(row.mac))
    }

    /// Asked in this order: what waits no longer was sealed before it was asked, so the segments that are read after know it.
    fn judge_loose(&mut self, tx: &mut Tx<'_>, mut loose: Vec<AuditId>) -> Result<(), Halt> {
        if loose.is_empty() {
            return Ok(());
        }
        loose.sort_unstable();
        let waiting = tx.audit().waiting(&loose)?;
        self.report.unsealed += waiting.len();
        loose.retain(|id| !waiting.contains(id));
        let mut seq = self.last;
        while !loose.is_empty() {
            let segments = tx.audit().segments(seq, SEGMENTS)?;
            let Some(newest) = segments.last() else { break };
            seq = newest.seq;
            let sealed: HashSet<AuditId> = segments.into_iter().flat_map(|segment| segment.ids).collect();
            loose.retain(|id| !sealed.contains(id));
        }
        self.report.findings.extend(loose.into_iter().map(Finding::Inserted));
        Ok(())
    }
}
