//! A ticket as it travels: sealed, of a fixed length, so that nothing can be read off it.
//!
//! `16` id · `16` browser · `1` 0, 4 or 6 · `16` network · `8` not before

use std::net::IpAddr;

use crate::ctx::Ctx;
use crate::domain::room::Ticket;
use crate::domain::time::Time;
use crate::vault::{Travel, Vault};

const LENGTH: usize = 16 + 16 + 1 + 16 + 8;

pub(super) fn seal(vault: &Vault, ctx: &Ctx, ticket: &Ticket) -> String {
    let (kind, network) = match ticket.network {
        None => (0, [0; 16]),
        Some(IpAddr::V4(v4)) => (4, v4.to_ipv6_mapped().octets()),
        Some(IpAddr::V6(v6)) => (6, v6.octets()),
    };
    let mut plain = Vec::with_capacity(LENGTH);
    plain.extend_from_slice(&ticket.id);
    plain.extend_from_slice(&ticket.browser);
    plain.push(kind);
    plain.extend_from_slice(&network);
    plain.extend_from_slice(&ticket.not_before.micros().to_be_bytes());
    vault.travel_seal(Travel::Place, ctx.now, &plain, &ctx.rng)
}

/// Nothing for what is none of ours.
pub(super) fn open(vault: &Vault, now: Time, sealed: &str) -> Option<Ticket> {
    let plain = vault.travel_open(Travel::Place, now, sealed)?;
    let (id, rest) = plain.split_first_chunk::<16>()?;
    let (browser, rest) = rest.split_first_chunk::<16>()?;
    let (kind, rest) = rest.split_first()?;
    let (network, rest) = rest.split_first_chunk::<16>()?;
    let network = match kind {
        0 => None,
        _ => Some(IpAddr::from(*network).to_canonical()),
    };
    let not_before = i64::from_be_bytes(rest.try_into().ok()?);
    Some(Ticket {
        id: *id,
        browser: *browser,
        network,
        not_before: Time::from_micros(not_before),
    })
}
