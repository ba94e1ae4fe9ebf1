//! Signs the heads of the audit log and verifies them again, also with keys that retired long ago.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

use super::{Alg, KeyPurpose};
use crate::vault::{Vault, VaultError};

impl Vault {
    /// Signs `bytes` with the active audit key: its id and an ES256 signature of 64 bytes.
    ///
    /// # Errors
    /// [`VaultError::NoKey`] when none is active.
    pub fn sign_audit(&self, bytes: &[u8]) -> Result<(String, Vec<u8>), VaultError> {
        let ring = self.ring();
        let loaded = ring
            .active(KeyPurpose::Audit, Alg::Es256)
            .ok_or(VaultError::NoKey("audit"))?;
        let key = loaded.private.as_ref().ok_or(VaultError::NoKey("audit"))?;
        let signature = key
            .sign(bytes)
            .ok_or_else(|| VaultError::Key("audit signature".into()))?;
        Ok((loaded.row.kid.clone(), signature))
    }

    /// Whether `signature` over `bytes` is by the audit key `kid`.
    #[must_use]
    pub fn verify_audit(&self, kid: &str, bytes: &[u8], signature: &[u8]) -> bool {
        self.ring().find(KeyPurpose::Audit, kid).is_some_and(|key| {
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &key.row.public_der)
                .verify(bytes, signature)
                .is_ok()
        })
    }
}
