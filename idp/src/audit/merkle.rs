//! The Merkle root over the MACs of a segment's rows, in their order (leaf and node hashed under different first bytes, as
//! in RFC 9162 §2.1, so that no node passes for a leaf).

use ring::digest::{Context, SHA256};

fn hash(prefix: u8, parts: &[&[u8]]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    context.update(&[prefix]);
    parts.iter().for_each(|part| context.update(part));
    let mut out = [0; 32];
    out.copy_from_slice(context.finish().as_ref());
    out
}

/// The root over `(row id, row MAC)`; of nothing, the hash of an empty leaf.
pub(super) fn root(rows: &[([u8; 16], [u8; 32])]) -> [u8; 32] {
    let mut level: Vec<[u8; 32]> = rows.iter().map(|(id, mac)| hash(0, &[id, mac])).collect();
    if level.is_empty() {
        return hash(0, &[]);
    }
    while level.len() > 1 {
        level = level
            .chunks(2)
            .map(|pair| if let [a, b] = pair { hash(1, &[a, b]) } else { pair[0] })
            .collect();
    }
    level[0]
}

/// The hash of a head, which the next one holds.
pub(super) fn head(seq: i64, root: &[u8; 32], previous: &[u8; 32], sealed_at: i64) -> [u8; 32] {
    hash(2, &[&seq.to_be_bytes(), root, previous, &sealed_at.to_be_bytes()])
}
