//! The certificates of a client in a party file: by issuer and subject, or each by its own hash. Never reads a private key.

use std::str::FromStr;
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::crypto::aws_lc_rs;
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use x509_cert::name::RdnSequence;

use super::client::from_hex;
use super::common::{Place, beside, once};
use super::file::OidcFile;
use super::types::{ClientAuth, Grant, OwnCertificate};
use crate::config::reader::Reader;

const SUBJECT: &str = "oidc.tls_subject";
const AUTHORITIES: &str = "oidc.tls_ca_path";
const PINS: &str = "oidc.tls_certificate_sha256";
/// The old one, the new one, and one to spare.
const MOST_PINS: usize = 5;

/// Judges what a client's file says of its certificates.
pub(super) fn certificate(file: &OidcFile, place: &Place<'_>, reader: &mut Reader) -> Option<OwnCertificate> {
    let auth = file.auth;
    for (key, set, goes_with) in [
        (SUBJECT, file.tls_subject.is_some(), ClientAuth::Tls),
        (AUTHORITIES, file.tls_ca_path.is_some(), ClientAuth::Tls),
        (PINS, !file.tls_certificate_sha256.is_empty(), ClientAuth::SelfSignedTls),
    ] {
        match (set, auth == goes_with) {
            (true, false) => reader.problem(key, format!("set, though auth is {}", auth.as_str())),
            (false, true) => reader.problem(key, format!("missing: {} needs it", auth.as_str())),
            _ => {}
        }
    }
    if auth.by_certificate() && file.grants != [Grant::ClientCredentials] {
        reader.problem(
            "oidc.grants",
            "must be [\"client_credentials\"]: certificates prove machines, which have no person behind them",
        );
    }
    match auth {
        ClientAuth::Tls => Some(OwnCertificate::Issued {
            subject: subject(file.tls_subject.as_deref()?, reader)?,
            verifier: authorities(file, place, reader)?,
        }),
        ClientAuth::SelfSignedTls => pinned(&file.tls_certificate_sha256, reader),
        _ => None,
    }
}

/// Written as certificates are read, so that two spellings of one name are one.
fn subject(text: &str, reader: &mut Reader) -> Option<String> {
    let read = RdnSequence::from_str(text).ok().filter(|name| !name.0.is_empty());
    if read.is_none() {
        reader.problem(SUBJECT, "must be a name as RFC 4514 writes it: CN=…,O=…,C=DK");
    }
    read.map(|name| name.to_string())
}

fn authorities(file: &OidcFile, place: &Place<'_>, reader: &mut Reader) -> Option<Arc<dyn ClientCertVerifier>> {
    let path = file.tls_ca_path.as_deref()?;
    let text = beside(path, AUTHORITIES, place, reader)?;
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text.as_bytes()).collect();
    let read = read.ok().filter(|all| !all.is_empty());
    if read.is_none() {
        reader.problem(AUTHORITIES, "the file must hold one certificate at least, as PEM");
    }
    let mut roots = RootCertStore::empty();
    for (number, one) in read?.into_iter().enumerate() {
        // What cannot be an authority would refuse its machines for ever.
        if roots.add(one).is_err() {
            let number = number + 1;
            reader.problem(
                AUTHORITIES,
                format!("{}: number {number} is no X.509 certificate", path.display()),
            );
            return None;
        }
    }
    // Made here, once, and not at each request.
    let provider = Arc::new(aws_lc_rs::default_provider());
    let made = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
    made.map_err(|error| reader.problem(AUTHORITIES, error.to_string()))
        .ok()
}

fn pinned(texts: &[String], reader: &mut Reader) -> Option<OwnCertificate> {
    once(PINS, texts, reader);
    let pins: Option<Vec<_>> = texts.iter().map(|text| from_hex(text)).collect();
    if pins.is_none() || texts.len() > MOST_PINS {
        reader.problem(PINS, format!("must be at most {MOST_PINS} times 64 hex digits"));
    }
    pins.filter(|pins| !pins.is_empty()).map(OwnCertificate::Pinned)
}
