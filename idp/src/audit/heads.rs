//! Heads leave the database: one line of JSON each, appended to a file that the operator ships elsewhere.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
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

    /// The heads in a file, in its order. A last line without its end is no head yet: whoever writes it is still at it, or died
    /// over it.
    ///
    /// # Errors
    /// When the file cannot be read or a line is not a head.
    pub fn read_all(path: &Path) -> Result<Vec<Head>, Fault> {
        let unread = |e: std::io::Error| Fault::new(format!("{} cannot be read", path.display()), e);
        let mut file = BufReader::new(File::open(path).map_err(unread)?);
        let (mut heads, mut line) = (Vec::new(), String::new());
        for number in 1.. {
            line.clear();
            file.read_line(&mut line).map_err(unread)?;
            if !line.ends_with('\n') {
                break;
            }
            if !line.trim().is_empty() {
                let head = serde_json::from_str(&line)
                    .map_err(|e| Fault::new(format!("{}:{number}: not an audit head", path.display()), e))?;
                heads.push(head);
            }
        }
        Ok(heads)
    }
}

/// Where the file ends: the last head in it, after a half-written line was cut off.
fn repaired(path: &Path) -> Result<Option<Head>, Fault> {
    let unread = |e: std::io::Error| Fault::new(format!("{} cannot be read", path.display()), e);
    if !path.exists() {
        return Ok(None);
    }
    let last = Head::read_all(path)?.pop();
    let mut file = OpenOptions::new().read(true).write(true).open(path).map_err(unread)?;
    let length = file.metadata().map_err(unread)?.len();
    let whole = end_of_lines(&mut file, length).map_err(unread)?;
    if whole < length {
        log::warn!(bytes = length - whole; "{} ends in a half-written head, which is cut off and written again", path.display());
        file.set_len(whole).and_then(|()| file.sync_data()).map_err(unread)?;
    }
    Ok(last)
}

/// Behind the last line break; lines are far shorter than what is looked at.
fn end_of_lines(file: &mut File, length: u64) -> std::io::Result<u64> {
    const LINE: u64 = 64 * 1_024;
    let from = length.saturating_sub(LINE);
    file.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    let last = tail.iter().rposition(|byte| *byte == b'\n');
    Ok(last
        .and_then(|at| u64::try_from(at).ok())
        .map_or(from, |at| from + at + 1))
}

/// Appends the heads that the file does not have yet. Returns the last number in it. The first time (`last` is not known) the
/// file's own last head must be one of this database: after a restore, or with another database's file, nothing is appended
/// until the operator has put the file aside.
///
/// # Errors
/// When the database does not answer, or the file is not of this database or cannot be written.
pub async fn export_heads(store: &Store, path: &Path, last: Option<i64>) -> Result<i64, Halt> {
    let mut last = match last {
        Some(last) => last,
        None => match repaired(path)? {
            Some(head) => is_ours(store, path, &head).await?,
            None => 0,
        },
    };
    let unwritten = |e: std::io::Error| Fault::new(format!("{} cannot be written", path.display()), e);
    loop {
        let segments = store
            .read("audit.segments", move |tx| tx.audit().segments(last, 500))
            .await?;
        if segments.is_empty() {
            return Ok(last);
        }
        let mut lines = String::new();
        for segment in &segments {
            lines +=
                &serde_json::to_string(&Head::of(segment)).map_err(|e| Fault::new("a head could not be written", e))?;
            lines.push('\n');
        }
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .map_err(unwritten)?;
        let appended = file.write_all(lines.as_bytes()).and_then(|()| file.sync_data());
        appended.map_err(unwritten)?;
        last = segments.last().map_or(last, |segment| segment.seq);
    }
}

/// The number of a head of the file that the database has just so.
async fn is_ours(store: &Store, path: &Path, head: &Head) -> Result<i64, Halt> {
    let seq = head.seq;
    let found = store
        .read("audit.segments", move |tx| tx.audit().segments(seq - 1, 1))
        .await?;
    if found.first().map(Head::of).as_ref() == Some(head) {
        return Ok(seq);
    }
    let text = format!(
        "{} ends in head {seq}, which this database does not have so: it is not this database's file, or the database was \
         restored or rewritten (keep the file, put it aside, run `audit verify --heads`)",
        path.display()
    );
    Err(Fault::bare(text).into())
}
