//! TLS in the process: certificate and key from files, by rustls.

use std::path::Path;

use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::OpenError;
use crate::fault::Fault;

/// The settings of the listener (TLS 1.2 and 1.3, the library's safe defaults).
///
/// # Errors
/// When a file cannot be read, or key and certificate do not belong together.
pub(super) fn config(certificate: &Path, key: &Path) -> Result<ServerConfig, OpenError> {
    let unread = |path: &Path, e: rustls_pki_types::pem::Error| {
        Fault::new(format!("server.tls: {} cannot be read", path.display()), e)
    };
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|e| unread(certificate, e))?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(|e| unread(key, e))?;
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .map_err(|e| Fault::new("server.tls: certificate and key do not fit", e))?;
    Ok(config)
}
