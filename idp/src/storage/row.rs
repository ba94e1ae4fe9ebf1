//! Small conversions between stored columns and domain types; a value that does not convert is a corrupt row.

use uuid::Uuid;

use crate::domain::time::Time;
use crate::fault::Fault;

/// The sixteen bytes of an id column.
pub(super) fn id16(bytes: &[u8], table: &'static str, column: &'static str) -> Result<[u8; 16], Fault> {
    <[u8; 16]>::try_from(bytes).map_err(|_| Fault::corrupt(table, column, "a row whose id is not 16 bytes long"))
}

/// The same, shown as an id for the log.
pub(super) fn shown(bytes: &[u8]) -> String {
    Uuid::from_slice(bytes).map_or_else(|_| format!("{} bytes", bytes.len()), |id| id.simple().to_string())
}

/// An optional moment.
pub(super) fn time(micros: Option<i64>) -> Option<Time> {
    micros.map(Time::from_micros)
}

/// An optional moment, as stored.
pub(super) fn micros(time: Option<Time>) -> Option<i64> {
    time.map(Time::micros)
}
