//! The trail's rows and segments: as the slices know them, as they are stored, and the way back.

use crate::domain::id::{AuditId, EidId, PersonId};
use crate::domain::time::Time;
use crate::fault::Fault;
use crate::storage::Halt;
use crate::storage::row::id16;

/// One event as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Our id.
    pub id: AuditId,
    /// When.
    pub at: Time,
    /// What kind of event.
    pub kind: String,
    /// Whom it is about.
    pub person: Option<PersonId>,
    /// Which eID.
    pub eid: Option<EidId>,
    /// Which party.
    pub party: Option<String>,
    /// The request it happened in.
    pub request: String,
    /// What is not personal, as JSON.
    pub body: String,
    /// What is personal, sealed under the key of the person and year.
    pub sealed: Option<Vec<u8>>,
    /// Keyed MAC over all of the above.
    pub mac: [u8; 32],
}

/// A sealed run of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// 1, 2, 3 …
    pub seq: i64,
    /// Its rows, in order.
    pub ids: Vec<AuditId>,
    /// Merkle root over the rows' MACs.
    pub root: [u8; 32],
    /// Hash of the head before.
    pub previous: [u8; 32],
    /// The key that signed the head.
    pub kid: String,
    /// Its signature.
    pub signature: Vec<u8>,
    /// When.
    pub sealed_at: Time,
}

pub(super) type StoredRow = (
    Vec<u8>,
    i64,
    String,
    Option<Vec<u8>>,
    Option<Vec<u8>>,
    Option<String>,
    String,
    String,
    Option<Vec<u8>>,
    Vec<u8>,
);
pub(super) type StoredSegment = (i64, Vec<u8>, Vec<u8>, Vec<u8>, String, Vec<u8>, i64);

pub(super) fn audit_row(row: StoredRow) -> Result<AuditRow, Halt> {
    let (id, at, kind, person, eid, party, request, body, sealed, mac) = row;
    let id = AuditId::from_bytes(id16(&id, "audit_rows", "id")?);
    Ok(AuditRow {
        id,
        at: Time::from_micros(at),
        kind,
        person: person
            .map(|p| id16(&p, "audit_rows", "person").map(PersonId::from_bytes))
            .transpose()?,
        eid: eid
            .map(|e| id16(&e, "audit_rows", "eid").map(EidId::from_bytes))
            .transpose()?,
        party,
        request,
        body,
        sealed,
        mac: mac.try_into().map_err(|_| Fault::corrupt("audit_rows", "mac", id))?,
    })
}

pub(super) fn segment(row: StoredSegment) -> Result<Segment, Halt> {
    let (seq, ids, root, previous, kid, signature, sealed_at) = row;
    let corrupt = |column| Fault::corrupt("audit_segments", column, seq);
    let ids = ids
        .chunks(16)
        .map(|id| id16(id, "audit_segments", "ids").map(AuditId::from_bytes))
        .collect::<Result<_, _>>()?;
    Ok(Segment {
        seq,
        ids,
        root: root.try_into().map_err(|_| corrupt("root"))?,
        previous: previous.try_into().map_err(|_| corrupt("previous"))?,
        kid,
        signature,
        sealed_at: Time::from_micros(sealed_at),
    })
}
