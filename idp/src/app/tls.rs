//! TLS in the process: certificate and key from files, by rustls; and the question for a client's certificate, where machines prove
//! themselves by one.

use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::server::ParsedCertificate;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, Error, ServerConfig, SignatureScheme};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, UnixTime};

use super::OpenError;
use crate::config::parties::{OwnCertificate, Parties};
use crate::fault::Fault;

/// The settings of the listener (TLS 1.2 and 1.3, the library's safe defaults).
///
/// # Errors
/// When a file cannot be read, or key and certificate do not belong together.
pub(super) fn config(certificate: &Path, key: &Path, parties: &Parties) -> Result<ServerConfig, OpenError> {
    let unread = |path: &Path, e: rustls_pki_types::pem::Error| {
        Fault::new(format!("server.tls: {} cannot be read", path.display()), e)
    };
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|e| unread(certificate, e))?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(|e| unread(key, e))?;
    let builder = ServerConfig::builder();
    let builder = match Asks::of(parties) {
        Some(asks) => builder.with_client_cert_verifier(Arc::new(asks)),
        None => builder.with_no_client_auth(),
    };
    let config = builder
        .with_single_cert(chain, private)
        .map_err(|e| Fault::new("server.tls: certificate and key do not fit", e))?;
    Ok(config)
}

/// Asks for a certificate, takes any and none. That the client holds its key is proven by the handshake; whose it is, is judged where
/// somebody proves themself by it, for each party by its own file.
#[derive(Debug)]
struct Asks {
    hints: Vec<DistinguishedName>,
    provider: CryptoProvider,
}

impl Asks {
    /// Nothing where no party proves itself so. Only where all of their authorities are known a client can be told which they are, so that no
    /// browser asks a person for a certificate that is none of them.
    fn of(parties: &Parties) -> Option<Self> {
        let own: Vec<_> = parties
            .iter()
            .filter_map(|party| party.oidc.as_ref()?.certificate.clone())
            .collect();
        if own.is_empty() {
            return None;
        }
        let mut hints = Vec::new();
        let mut all_known = true;
        for one in own {
            match one {
                OwnCertificate::Pinned(_) => all_known = false,
                OwnCertificate::Issued { verifier, .. } => hints.extend_from_slice(verifier.root_hint_subjects()),
            }
        }
        Some(Self {
            hints: if all_known { hints } else { Vec::new() },
            provider: aws_lc_rs::default_provider(),
        })
    }
}

impl ClientCertVerifier for Asks {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.hints
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        ParsedCertificate::try_from(end_entity).map(|_| ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
