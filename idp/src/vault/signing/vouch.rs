//! Vouches for what of a stored signing key is not secret: public half, certificate, purpose, state, dates. The private half is
//! sealed and answers for itself; a retired key has none, so without the vault's word anybody who writes the database could have
//! a key of their own published, or the audit trail signed anew. Never vouches for what it did not make.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::signature::KeyPair;

use super::make::place;
use super::ring::{Private, parse};
use super::{KeyRow, KeyState};
use crate::vault::{Mac, Vault};

impl Vault {
    /// Whether the row is as this vault wrote it.
    #[must_use]
    pub fn vouches_for(&self, row: &KeyRow) -> bool {
        row.mac
            .as_ref()
            .is_some_and(|mac| self.mac_ok(Mac::SigningKey, &covered(row), mac))
    }

    pub(super) fn vouch(&self, row: KeyRow) -> KeyRow {
        let mac = self.mac(Mac::SigningKey, &covered(&row));
        KeyRow {
            mac: Some(mac.to_vec()),
            ..row
        }
    }

    /// The rows of a database whose keys an older program wrote, vouched for: each whose private half opens here and belongs to
    /// the public one. The others stay as they are, which is no key of ours. Nothing where none does; and once any row carries a
    /// vault's word, a row without is not old but somebody else's.
    #[must_use]
    pub fn adopt(&self, rows: &[KeyRow]) -> Option<Vec<KeyRow>> {
        if rows.is_empty() || rows.iter().any(|row| row.mac.is_some()) {
            return None;
        }
        let adopted = rows.iter().cloned().map(|row| {
            if !self.holds_private_half(&row) {
                return row;
            }
            let sealed = if row.state == KeyState::Retired {
                Vec::new()
            } else {
                row.sealed.clone()
            };
            self.vouch(KeyRow { sealed, ..row })
        });
        let adopted: Vec<_> = adopted.collect();
        adopted.iter().any(|row| row.mac.is_some()).then_some(adopted)
    }

    fn holds_private_half(&self, row: &KeyRow) -> bool {
        let opened = self.open(place(&row.kid), &row.sealed);
        let Some(private) = opened.ok().and_then(|pkcs8| parse(row.alg, &pkcs8).ok()) else {
            return false;
        };
        let certified = row.certificate_der.as_ref().is_none_or(|certificate| {
            x509_parser::parse_x509_certificate(certificate)
                .is_ok_and(|(_, certificate)| certificate.public_key().raw == row.public_der.as_slice())
        });
        certified && public_der(&private).as_deref() == Some(row.public_der.as_slice())
    }
}

fn public_der(private: &Private) -> Option<Vec<u8>> {
    let der: PublicKeyX509Der<'_> = match private {
        Private::Rsa(pair) => pair.public_key().as_der().ok()?,
        Private::Ec(pair) => pair.public_key().as_der().ok()?,
    };
    Some(der.as_ref().to_vec())
}

/// Every column but the sealed one, each with its length, so that nothing can slide from one into the next.
fn covered(row: &KeyRow) -> Vec<u8> {
    let mut out = Vec::with_capacity(1_024);
    let mut part = |bytes: Option<&[u8]>| match bytes {
        None => out.extend_from_slice(&u32::MAX.to_be_bytes()),
        Some(bytes) => {
            out.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX - 1).to_be_bytes());
            out.extend_from_slice(bytes);
        }
    };
    part(Some(row.kid.as_bytes()));
    part(Some(row.purpose.as_str().as_bytes()));
    part(Some(row.alg.as_str().as_bytes()));
    part(Some(row.state.as_str().as_bytes()));
    part(Some(&row.public_der));
    part(row.certificate_der.as_deref());
    for time in [row.created_at, row.published_at, row.activates_at] {
        part(Some(&time.micros().to_be_bytes()));
    }
    let retires = row.retires_at.map(|time| time.micros().to_be_bytes());
    part(retires.as_ref().map(<[u8; 8]>::as_slice));
    out
}
