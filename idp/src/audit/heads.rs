//! Heads leave the database: one line of JSON each, appended to a file that the operator ships elsewhere.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::merkle;
use crate::fault::Fault;
use crate::storage::{Halt, Segment, Store};

/// A head as exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// 1, 2, 3 …
    pub seq: i64,
    /// Hash of the head: what the signature is over, base64.
    pub head: String,
    /// Rows in the segment.
    pub rows: usize,
    /// The key that signed.
    pub kid: String,
    /// The signature, base64.
    pub signature: String,
    /// When.
    pub sealed_at: String,
}

impl Head {
    /// The head of a segment.
    #[must_use]
    pub fn of(segment: &Segment) -> Head {
        let hash = merkle::head(
            segment.seq,
            &segment.root,
            &segment.previous,
            segment.sealed_at.micros(),
        );
        Head {
            seq: segment.seq,
            head: STANDARD.encode(hash),
            rows: segment.ids.len(),
            kid: segment.kid.clone(),
            signature: STANDARD.encode(&segment.signature),
            sealed_at: segment.sealed_at.rfc3339(),
        }
    }

    /// The heads in a file, in its order.
    ///
    /// # Errors
    /// When the file cannot be read or a line is not a head.
    pub fn read_all(path: &Path) -> Result<Vec<Head>, Fault> {
        let unread = |e: std::io::Error| Fault::new(format!("{} cannot be read", path.display()), e);
        let file = BufReader::new(std::fs::File::open(path).map_err(unread)?);
        let mut heads = Vec::new();
        for (number, line) in file.lines().enumerate() {
            let line = line.map_err(unread)?;
            if !line.trim().is_empty() {
                let head = serde_json::from_str(&line)
                    .map_err(|e| Fault::new(format!("{}:{}: not an audit head", path.display(), number + 1), e))?;
                heads.push(head);
            }
        }
        Ok(heads)
    }
}

/// Appends the heads that the file does not have yet. Returns the last number in it.
///
/// # Errors
/// When the database does not answer or the file cannot be written.
pub async fn export_heads(store: &Store, path: &Path, last: Option<i64>) -> Result<i64, Halt> {
    let mut last = match last {
        Some(last) => last,
        None if path.exists() => Head::read_all(path)?.last().map_or(0, |head| head.seq),
        None => 0,
    };
    let unwritten = |e: std::io::Error| Fault::new(format!("{} cannot be written", path.display()), e);
    loop {
        let segments = store
            .read("audit.segments", move |tx| tx.audit().segments(last, 500))
            .await?;
        if segments.is_empty() {
            return Ok(last);
        }
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .map_err(unwritten)?;
        for segment in &segments {
            let line =
                serde_json::to_string(&Head::of(segment)).map_err(|e| Fault::new("a head could not be written", e))?;
            writeln!(file, "{line}").map_err(unwritten)?;
            last = segment.seq;
        }
        file.sync_data().map_err(unwritten)?;
    }
}
