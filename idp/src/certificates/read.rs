//! Reads certificates of the house's own back: whom they name, who signed them. Never used on what others send.

use x509_cert::certificate::Certificate;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::der::{Decode, Encode};
use x509_cert::name::Name;

use crate::domain::certificate::Subject;
use crate::domain::pid::Pid;
use crate::fault::Fault;

/// The name and the public half (SubjectPublicKeyInfo) of a CA.
pub(super) fn ca(certificate_der: &[u8]) -> Result<(Name, Vec<u8>), Fault> {
    let body = parsed(certificate_der)?.tbs_certificate;
    let key = body.subject_public_key_info.to_der().map_err(unreadable)?;
    Ok((body.subject, key))
}

/// Whom a person's certificate names.
///
/// # Errors
/// A fault when it is none of ours.
pub fn subject(der: &[u8]) -> Result<Subject, Fault> {
    let name = parsed(der)?.tbs_certificate.subject;
    let text = |oid: &str| attribute(&name, oid);
    let pid = text("2.5.4.5").and_then(|pid| Pid::parse(&pid));
    let (Some(pid), Some(common_name)) = (pid, text("2.5.4.3")) else {
        return Err(Fault::bare("a stored certificate names nobody"));
    };
    let youth = text("2.5.4.11").is_some();
    Ok(Subject {
        pid,
        common_name,
        youth,
    })
}

/// The common name of who signed a certificate.
///
/// # Errors
/// A fault when it cannot be read.
pub fn issuer(der: &[u8]) -> Result<String, Fault> {
    let name = parsed(der)?.tbs_certificate.issuer;
    attribute(&name, "2.5.4.3").ok_or_else(|| Fault::bare("a stored certificate has no issuer"))
}

fn parsed(der: &[u8]) -> Result<Certificate, Fault> {
    Certificate::from_der(der).map_err(unreadable)
}

fn unreadable(error: x509_cert::der::Error) -> Fault {
    Fault::new("a stored certificate cannot be read", error)
}

/// The first value of an attribute, as text.
fn attribute(name: &Name, oid: &str) -> Option<String> {
    let oid = ObjectIdentifier::new(oid).ok()?;
    let mut all = name.0.iter().flat_map(|rdn| rdn.0.iter());
    let found = all.find(|attribute| attribute.oid == oid)?;
    String::from_utf8(found.value.value().to_vec()).ok()
}
