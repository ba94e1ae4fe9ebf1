//! The certificate that a service may send in the place of a PID, or beside it. Owns how the PID in it is found. Trusts nothing of it: who asks about
//! a PID needs no certificate for that, so that a forged one tells nobody more.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use x509_cert::certificate::Certificate;
use x509_cert::der::Decode;
use x509_cert::der::asn1::ObjectIdentifier;

use crate::domain::pid::Pid;
use crate::domain::pid_service::Status;

/// `serialNumber` of a subject (X.520).
const SERIAL_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.5");

/// The PID that the subject's serial number says, of a certificate in base64 of DER; white space is read over.
///
/// # Errors
/// [`Status::NoPidInCertificate`], also for what is no certificate.
pub(super) fn pid(base64: &str) -> Result<Pid, Status> {
    let text: String = base64.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let der = STANDARD.decode(text).map_err(|_| Status::NoPidInCertificate)?;
    let certificate = Certificate::from_der(&der).map_err(|_| Status::NoPidInCertificate)?;
    let subject = certificate.tbs_certificate.subject;
    let all = subject.0.iter().flat_map(|names| names.0.iter());
    all.filter(|name| name.oid == SERIAL_NUMBER)
        .find_map(|name| Pid::parse(std::str::from_utf8(name.value.value()).ok()?))
        .ok_or(Status::NoPidInCertificate)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    const PID: &str = "9208-2002-2-316380231171";

    fn certificate(serial_number: &str) -> String {
        let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
        let oid = rcgen::DnType::CustomDnType(vec![2, 5, 4, 5]);
        params.distinguished_name.push(rcgen::DnType::CommonName, "Anna");
        params.distinguished_name.push(oid, serial_number);
        let key = rcgen::KeyPair::generate().unwrap();
        STANDARD.encode(params.self_signed(&key).unwrap().der())
    }

    #[test]
    fn the_subjects_serial_number_says_the_pid() {
        let whole = certificate(&format!("PID:{PID}"));
        assert_eq!(pid(&whole).unwrap().as_str(), PID);
        let in_lines = whole.as_bytes().chunks(64).map(String::from_utf8_lossy);
        assert_eq!(pid(&in_lines.collect::<Vec<_>>().join("\r\n")).unwrap().as_str(), PID);
        let short = &whole[..whole.len() - 8];
        for other in [&certificate("CVR:00000019-RID:12345678"), "", "AAAA", "æ", short] {
            assert_eq!(pid(other), Err(Status::NoPidInCertificate), "{other}");
        }
    }
}
