//! Owns the parsed keys of a running server: read once, swapped whole when the stored ones change.

use std::sync::Arc;

use aws_lc_rs::rsa::PublicKey as RsaPublic;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde_json::{Value, json};

use super::make::{failed, place};
use super::{Alg, KeyPurpose, KeyRow, KeyState, provider};
use crate::domain::time::Time;
use crate::vault::{Vault, VaultError};

/// Every key that is published or signs.
#[derive(Default)]
pub struct KeyRing {
    keys: Vec<Arc<Loaded>>,
    /// Ids of stored keys that are not ours.
    refused: Vec<String>,
}

/// One key, parsed.
pub(super) struct Loaded {
    pub(super) row: KeyRow,
    /// The private half; none once retired.
    pub(super) private: Option<Arc<Private>>,
    /// Names the private half to the JWT library.
    pub(super) signing: EncodingKey,
    pub(super) verifying: DecodingKey,
    pub(super) jwk: Value,
}

pub(super) enum Private {
    Rsa(Arc<RsaKeyPair>),
    Ec(EcdsaKeyPair),
}

impl Vault {
    /// Takes `rows` as the server's keys from now on, all or none; but a row that this vault does not vouch for is not a key of
    /// ours: it is left out, whatever it says. The caller names those ([`Vault::refused_keys`]).
    ///
    /// # Errors
    /// [`VaultError`] when a key of ours does not open or parse, or none is ours; the keys in use stay as they are.
    pub fn load_keys(&self, rows: Vec<KeyRow>) -> Result<(), VaultError> {
        let (ours, others): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| self.vouches_for(row));
        if ours.is_empty() && !others.is_empty() {
            return Err(VaultError::Key(
                "none of the stored keys was written by this vault".into(),
            ));
        }
        let keys = ours
            .into_iter()
            .map(|row| self.load(row).map(Arc::new))
            .collect::<Result<Vec<_>, _>>()?;
        let refused = others.into_iter().map(|row| row.kid).collect();
        self.0.ring.store(Arc::new(KeyRing { keys, refused }));
        Ok(())
    }

    /// Ids of the stored keys that were left out because this vault does not vouch for them.
    #[must_use]
    pub fn refused_keys(&self) -> Vec<String> {
        self.ring().refused.clone()
    }

    fn load(&self, row: KeyRow) -> Result<Loaded, VaultError> {
        let private = if row.state == KeyState::Retired || row.sealed.is_empty() {
            None
        } else {
            Some(Arc::new(parse(row.alg, &self.open(place(&row.kid), &row.sealed)?)?))
        };
        let (jwk, verifying) = public(&row)?;
        // A retired key signs nothing: what stands for it is no key.
        let handle = private.as_ref().map(provider::register).unwrap_or_default();
        let signing = match row.alg {
            Alg::Rs256 => EncodingKey::from_rsa_der(&handle),
            Alg::Es256 => EncodingKey::from_ec_der(&handle),
        };
        Ok(Loaded {
            row,
            private,
            signing,
            verifying,
            jwk,
        })
    }

    pub(super) fn ring(&self) -> Arc<KeyRing> {
        self.0.ring.load_full()
    }
}

impl KeyRing {
    /// The key that signs for `purpose` with `alg`.
    pub(super) fn active(&self, purpose: KeyPurpose, alg: Alg) -> Option<&Arc<Loaded>> {
        self.keys
            .iter()
            .find(|key| key.row.purpose == purpose && key.row.alg == alg && key.row.state == KeyState::Active)
    }

    /// The key `kid` of `purpose`.
    pub(super) fn find(&self, purpose: KeyPurpose, kid: &str) -> Option<&Arc<Loaded>> {
        self.keys
            .iter()
            .find(|key| key.row.purpose == purpose && key.row.kid == kid)
    }

    /// What others may see of `purpose` at `now`: active keys first, then next, then retired ones.
    pub(super) fn published(&self, purpose: KeyPurpose, now: Time) -> Vec<&Arc<Loaded>> {
        let mut keys: Vec<_> = self
            .keys
            .iter()
            .filter(|key| key.row.purpose == purpose && key.row.is_published(now))
            .collect();
        keys.sort_by_key(|key| {
            (
                key.row.state as u8 != KeyState::Active as u8,
                key.row.state as u8,
                key.row.alg,
            )
        });
        keys
    }
}

pub(super) fn parse(alg: Alg, pkcs8: &[u8]) -> Result<Private, VaultError> {
    match alg {
        Alg::Rs256 => RsaKeyPair::from_pkcs8(pkcs8)
            .map(|pair| Private::Rsa(Arc::new(pair)))
            .map_err(failed("stored RSA key")),
        Alg::Es256 => EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8)
            .map(Private::Ec)
            .map_err(failed("stored P-256 key")),
    }
}

/// The public half as JWK (RFC 7517) and for verifying.
fn public(row: &KeyRow) -> Result<(Value, DecodingKey), VaultError> {
    let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    match row.alg {
        Alg::Rs256 => {
            let key = RsaPublic::from_der(&row.public_der).map_err(failed("stored RSA public key"))?;
            let n = text(key.modulus().big_endian_without_leading_zero());
            let e = text(key.exponent().big_endian_without_leading_zero());
            let verifying = DecodingKey::from_rsa_components(&n, &e).map_err(failed("stored RSA public key"))?;
            let jwk = json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": row.kid, "n": n, "e": e});
            Ok((jwk, verifying))
        }
        Alg::Es256 => {
            // The uncompressed point ends the SubjectPublicKeyInfo.
            let point = row
                .public_der
                .last_chunk::<64>()
                .ok_or_else(|| failed("stored P-256 public key")("too short"))?;
            let (x, y) = (text(&point[..32]), text(&point[32..]));
            let verifying = DecodingKey::from_ec_components(&x, &y).map_err(failed("stored P-256 public key"))?;
            let jwk =
                json!({"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": row.kid, "x": x, "y": y});
            Ok((jwk, verifying))
        }
    }
}
