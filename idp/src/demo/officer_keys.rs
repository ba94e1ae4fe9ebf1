//! The keys of the demo's registration authorities: made the first time beside the demo's database, as its master key is, so that no
//! key that anybody else holds opens a demo. Never made in production: there the RA makes its own, and tells the public half.

use std::io::ErrorKind;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PublicKeyData};
use serde_json::json;

use super::officers::authorities;
use crate::fault::Fault;
use crate::files;
use crate::vault::install_crypto;

/// Makes what is missing in `folder`: of each RA the private key (`<ra>.pem`, PKCS #8) and its public half (`<ra>.jwks.json`).
///
/// # Errors
/// A fault when the folder does not take a file, or holds one that is no key.
pub fn make(folder: &Path) -> Result<(), Fault> {
    std::fs::create_dir_all(folder).map_err(|error| Fault::new("the folder of the demo's RA keys", error))?;
    install_crypto();
    for ra in authorities() {
        let public = folder.join(format!("{ra}.jwks.json"));
        if !public.exists() {
            let pair = pair(&folder.join(format!("{ra}.pem")))?;
            files::write(&public, jwks(ra, &pair).to_string().as_bytes())
                .map_err(|error| Fault::new("a demo RA's public key", error))?;
        }
    }
    Ok(())
}

/// The key that is there, else a new one.
fn pair(path: &Path) -> Result<KeyPair, Fault> {
    let new = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(|error| Fault::new("a demo RA's key", error))?;
    match files::write_new(path, new.serialize_pem().as_bytes()) {
        Ok(()) => Ok(new),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let pem = std::fs::read_to_string(path).map_err(|error| Fault::new("a demo RA's key", error))?;
            KeyPair::from_pem(&pem).map_err(|error| Fault::new(format!("{} is no key", path.display()), error))
        }
        Err(error) => Err(Fault::new("a demo RA's key", error)),
    }
}

/// RFC 7517 §5, of one key on P-256 (RFC 7518 §6.2.1).
fn jwks(ra: &str, pair: &KeyPair) -> serde_json::Value {
    // Uncompressed: 04, x, y (SEC 1 §2.3.3).
    let point = pair.der_bytes();
    let (x, y) = point
        .get(1..)
        .unwrap_or_default()
        .split_at(point.len().saturating_sub(1) / 2);
    let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
    json!({ "keys": [{ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": ra, "x": x, "y": y }] })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn each_house_has_keys_of_its_own_and_keeps_them() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let read = |folder: &Path, name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
        make(one.path()).unwrap();
        make(other.path()).unwrap();
        let (private, public) = (read(one.path(), "support.pem"), read(one.path(), "support.jwks.json"));
        assert_ne!(private, read(other.path(), "support.pem"));
        std::fs::remove_file(one.path().join("support.jwks.json")).unwrap();
        make(one.path()).unwrap();
        assert_eq!(
            (read(one.path(), "support.pem"), read(one.path(), "support.jwks.json")),
            (private, public)
        );
        std::fs::remove_file(one.path().join("support.jwks.json")).unwrap();
        std::fs::write(one.path().join("support.pem"), "no key").unwrap();
        assert!(make(one.path()).is_err());
    }
}
