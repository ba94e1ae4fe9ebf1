//! What the trail proves: an edited or forged row at once; removed, inserted or reordered ones once sealed; a cut-off tail
//! against heads that left the machine.

use std::collections::{HashMap, HashSet};
use std::fmt;

use super::heads::Head;
use super::merkle;
use super::record::covered;
use crate::domain::id::AuditId;
use crate::storage::{Halt, Segment, Tx};
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

const PAGE: i64 = 1_000;

/// Verifies the whole trail, and against `heads` where given.
///
/// # Errors
/// When the database does not answer or a row cannot be read at all.
pub fn verify(tx: &mut Tx<'_>, heads: Option<&[Head]>) -> Result<Report, Halt> {
    let mut report = Report {
        heads_compared: heads.is_some(),
        ..Report::default()
    };
    let mut macs = HashMap::new();
    let mut after = None;
    loop {
        let rows = tx.audit().page(after, PAGE)?;
        let Some(last) = rows.last() else { break };
        after = Some(last.id);
        for row in &rows {
            report.rows += 1;
            if !tx.vault().mac_ok(Mac::Audit, &covered(row), &row.mac) {
                report.findings.push(Finding::Edited(row.id));
            }
            macs.insert(row.id, row.mac);
        }
    }
    // Read between the rows and the segments: a row sealed meanwhile is found in both places, never in neither.
    let waiting: HashSet<AuditId> = tx.audit().pending_ids()?.into_iter().collect();
    let mut sealed = HashSet::new();
    let mut exported: HashMap<i64, &Head> = heads.unwrap_or_default().iter().map(|head| (head.seq, head)).collect();
    let mut before: Option<Segment> = None;
    loop {
        let segments = tx.audit().segments(before.as_ref().map_or(0, |s| s.seq), PAGE)?;
        if segments.is_empty() {
            break;
        }
        for segment in segments {
            report.segments += 1;
            check(tx, &segment, before.as_ref(), &macs, &mut sealed, &mut report.findings)?;
            if let Some(head) = exported.remove(&segment.seq)
                && *head != Head::of(&segment)
            {
                report.findings.push(Finding::Head(segment.seq));
            }
            before = Some(segment);
        }
    }
    let mut missing: Vec<i64> = exported.into_keys().collect();
    missing.sort_unstable();
    report.findings.extend(missing.into_iter().map(Finding::Head));
    let mut loose: Vec<AuditId> = macs.keys().filter(|id| !sealed.contains(*id)).copied().collect();
    loose.sort_unstable();
    for id in loose {
        if waiting.contains(&id) {
            report.unsealed += 1;
        } else {
            report.findings.push(Finding::Inserted(id));
        }
    }
    Ok(report)
}

fn check(
    tx: &mut Tx<'_>,
    segment: &Segment,
    before: Option<&Segment>,
    macs: &HashMap<AuditId, [u8; 32]>,
    sealed: &mut HashSet<AuditId>,
    findings: &mut Vec<Finding>,
) -> Result<(), Halt> {
    let seq = segment.seq;
    let (expected_seq, expected_previous) = match before {
        None => (1, [0; 32]),
        Some(b) => (
            b.seq + 1,
            merkle::head(b.seq, &b.root, &b.previous, b.sealed_at.micros()),
        ),
    };
    if seq != expected_seq || segment.previous != expected_previous {
        findings.push(Finding::Chain(seq));
    }
    let mut leaves = Vec::with_capacity(segment.ids.len());
    for id in &segment.ids {
        if !sealed.insert(*id) {
            findings.push(Finding::Twice { row: *id, segment: seq });
        }
        match macs.get(id) {
            Some(mac) => leaves.push((id.bytes(), *mac)),
            // A house that runs may have written and sealed it after the rows were read.
            None if let Some(row) = tx.audit().row(*id)? => {
                if !tx.vault().mac_ok(Mac::Audit, &covered(&row), &row.mac) {
                    findings.push(Finding::Edited(row.id));
                }
                leaves.push((id.bytes(), row.mac));
            }
            None => findings.push(Finding::Removed { row: *id, segment: seq }),
        }
    }
    if leaves.len() == segment.ids.len() && merkle::root(&leaves) != segment.root {
        findings.push(Finding::Root(seq));
    }
    let head = merkle::head(seq, &segment.root, &segment.previous, segment.sealed_at.micros());
    if !tx.vault().verify_audit(&segment.kid, &head, &segment.signature) {
        findings.push(Finding::Signature(seq));
    }
    Ok(())
}
