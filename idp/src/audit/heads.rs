//! Heads leave the database: one line of JSON each, appended to a file that the operator ships elsewhere.

use std::fs::OpenOptions;
use std::io::{Read, Seek, SeekFrom, Write};
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

    /// The heads in a file, in its order. A line that was torn off by a crash or a full disk is passed over where the same head
    /// follows whole, or where it is the last: then it was never exported, and the next export writes it.
    ///
    /// # Errors
    /// When the file cannot be read or a line is not a head.
    pub fn read_all(path: &Path) -> Result<Vec<Head>, Fault> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| Fault::new(format!("{} cannot be read", path.display()), error))?;
        let lines: Vec<&str> = text.split('\n').collect();
        let mut heads = Vec::new();
        for (number, line) in lines.iter().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            match (serde_json::from_str(line), lines.get(number + 1)) {
                (Ok(head), _) => heads.push(head),
                (Err(_), None) => {}
                (Err(_), Some(next)) if next.starts_with(line) => {}
                (Err(error), Some(_)) => {
                    let at = format!("{}:{}: not an audit head", path.display(), number + 1);
                    return Err(Fault::new(at, error));
                }
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
            .read(true)
            .open(path)
            .map_err(unwritten)?;
        // The end of a line that was torn off; nothing is ever taken out of the file.
        let mut lines = if ends_its_line(&mut file).map_err(unwritten)? {
            ""
        } else {
            "\n"
        }
        .to_owned();
        for segment in &segments {
            lines +=
                &serde_json::to_string(&Head::of(segment)).map_err(|e| Fault::new("a head could not be written", e))?;
            lines.push('\n');
            last = segment.seq;
        }
        file.write_all(lines.as_bytes()).map_err(unwritten)?;
        file.sync_data().map_err(unwritten)?;
    }
}

fn ends_its_line(file: &mut std::fs::File) -> std::io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn line(seq: i64) -> String {
        let head = Head {
            seq,
            head: "aGVhZA==".into(),
            rows: 1,
            kid: "k".into(),
            signature: "c2ln".into(),
            sealed_at: "2026-11-22T12:00:00Z".into(),
        };
        serde_json::to_string(&head).unwrap()
    }

    fn read(text: &str) -> Option<Vec<i64>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("heads.jsonl");
        std::fs::write(&path, text).unwrap();
        let heads = Head::read_all(&path).ok()?;
        Some(heads.iter().map(|head| head.seq).collect())
    }

    #[test]
    fn a_torn_line_is_passed_over_and_a_forged_one_is_not() {
        let (one, two) = (line(1), line(2));
        let torn = &two[..two.len() / 2];
        assert_eq!(read(&format!("{one}\n{two}\n")), Some(vec![1, 2]));
        assert_eq!(read(&format!("{one}\n{two}")), Some(vec![1, 2]));
        assert_eq!(read(&format!("{one}\n{torn}")), Some(vec![1]));
        assert_eq!(read(&format!("{one}\n{torn}\n{two}\n")), Some(vec![1, 2]));
        assert_eq!(read(&format!("{one}\n{torn}\n{}\n", line(3))), None);
        assert_eq!(read(&format!("noise\n{one}\n")), None);
    }
}
