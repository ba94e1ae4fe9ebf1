//! Text around DER (RFC 7468): for files and downloads.

use x509_cert::der::pem::{self, LineEnding};
use zeroize::Zeroizing;

/// The label of a certificate.
pub const CERTIFICATE: &str = "CERTIFICATE";
/// The label of a request for one.
pub const REQUEST: &str = "CERTIFICATE REQUEST";
/// The label of a revocation list.
pub const LIST: &str = "X509 CRL";
/// The label of a PKCS#8 key.
pub const PRIVATE_KEY: &str = "PRIVATE KEY";

/// DER as text under a label of ours.
#[must_use]
pub fn text(label: &str, der: &[u8]) -> Zeroizing<String> {
    // A label of ours and a length that memory holds are always written.
    Zeroizing::new(pem::encode_string(label, LineEnding::LF, der).unwrap_or_default())
}

/// Reads one text of this label, or DER as it is.
///
/// # Errors
/// What is wrong with it.
pub fn der(label: &str, bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, String> {
    if !bytes.trim_ascii_start().starts_with(b"-----") {
        return Ok(Zeroizing::new(bytes.to_vec()));
    }
    let (found, der) = pem::decode_vec(bytes.trim_ascii()).map_err(|error| error.to_string())?;
    if found == label {
        Ok(Zeroizing::new(der))
    } else {
        Err(format!("this is a {found}, not a {label}"))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn texts_are_read_back_and_labels_told_apart() {
        let made = text(CERTIFICATE, &[0x30, 0]);
        assert!(made.starts_with("-----BEGIN CERTIFICATE-----\n"));
        assert_eq!(der(CERTIFICATE, made.as_bytes()).unwrap().as_slice(), [0x30, 0]);
        assert_eq!(der(CERTIFICATE, &[0x30, 0]).unwrap().as_slice(), [0x30, 0]);
        assert!(der(PRIVATE_KEY, made.as_bytes()).unwrap_err().contains("CERTIFICATE"));
        assert!(der(CERTIFICATE, b"-----BEGIN CERTIFICATE-----\n?").is_err());
    }
}
