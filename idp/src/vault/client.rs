//! Certificates that machines show (RFC 8705): whether one is this client's own, and the mark that binds a token to it. Never asks
//! whether its key is held: that is the handshake's, or the proxy's, to know.

use std::time::Duration;

use rustls::server::danger::ClientCertVerifier;
use rustls_pki_types::{CertificateDer, UnixTime};
use x509_cert::der::Decode;
use x509_parser::parse_x509_certificate;
use x509_parser::time::ASN1Time;

use super::sha256;
use crate::config::parties::OwnCertificate;
use crate::ctx::Shown;
use crate::domain::time::Time;

/// So many certificates that came along are looked at: no chain of a machine's is longer.
const MOST_BETWEEN: usize = 5;

/// What a token is bound to: SHA-256 of the certificate (`x5t#S256`).
#[must_use]
pub fn thumbprint(shown: &Shown) -> Option<[u8; 32]> {
    shown.chain().map(|(own, _)| sha256(own))
}

/// Whether what was shown is one of a client's own certificates, and counts now.
#[must_use]
pub fn is_theirs(shown: &Shown, theirs: &OwnCertificate, now: Time) -> bool {
    let Some((own, others)) = shown.chain() else {
        return false;
    };
    match theirs {
        OwnCertificate::Pinned(pins) => pins.contains(&sha256(own)) && is_in_force(own, now),
        OwnCertificate::Issued { subject, verifier } => {
            subject_of(own).as_ref() == Some(subject) && is_issued(own, others, verifier.as_ref(), now)
        }
    }
}

fn is_in_force(own: &[u8], now: Time) -> bool {
    let moment = ASN1Time::from_timestamp(now.secs());
    let read = parse_x509_certificate(own).ok().filter(|(rest, _)| rest.is_empty());
    read.zip(moment.ok())
        .is_some_and(|((_, certificate), moment)| certificate.validity().is_valid_at(moment))
}

fn subject_of(own: &[u8]) -> Option<String> {
    let certificate = x509_cert::Certificate::from_der(own).ok()?;
    Some(certificate.tbs_certificate.subject.to_string())
}

/// A path from the certificate to one of the authorities, each link in force and for this use (RFC 5280 §6).
fn is_issued(own: &[u8], others: &[Vec<u8>], verifier: &dyn ClientCertVerifier, now: Time) -> bool {
    let Ok(secs) = u64::try_from(now.secs()) else {
        return false;
    };
    let others: Vec<_> = others
        .iter()
        .take(MOST_BETWEEN)
        .map(|one| CertificateDer::from(one.as_slice()))
        .collect();
    let moment = UnixTime::since_unix_epoch(Duration::from_secs(secs));
    verifier
        .verify_client_cert(&CertificateDer::from(own), &others, moment)
        .is_ok()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use rcgen::{
        BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
        KeyUsagePurpose, date_time_ymd,
    };

    use std::sync::Arc;

    use rustls::RootCertStore;
    use rustls::crypto::aws_lc_rs;
    use rustls::server::WebPkiClientVerifier;

    use super::*;

    const NOW: Time = Time::from_secs(1_795_348_800);

    fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
        let mut params = CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
    }

    /// Of this name, until the end of this year, for this use.
    fn params(name: &str, until: i32, purpose: ExtendedKeyUsagePurpose) -> CertificateParams {
        let mut params = CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::OrganizationName, "Bank, a \"good\" one");
        params.distinguished_name.push(DnType::CommonName, name);
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(until, 12, 31);
        params.extended_key_usages = vec![purpose];
        params
    }

    fn issued(by: &CertifiedIssuer<'static, KeyPair>, params: &CertificateParams) -> Shown {
        let certificate = params.signed_by(&KeyPair::generate().unwrap(), by).unwrap();
        Shown::new(vec![certificate.der().to_vec()])
    }

    fn of(name: &str, by: &CertifiedIssuer<'static, KeyPair>) -> OwnCertificate {
        let mut roots = RootCertStore::empty();
        roots.add(by.der().clone()).unwrap();
        let provider = Arc::new(aws_lc_rs::default_provider());
        let made = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
        OwnCertificate::Issued {
            subject: format!("CN={name},O=Bank\\, a \\\"good\\\" one"),
            verifier: made.unwrap(),
        }
    }

    #[test]
    fn an_issued_certificate_is_theirs_by_issuer_subject_time_and_use() {
        use ExtendedKeyUsagePurpose::{ClientAuth, ServerAuth};
        let (ours, other) = (authority("Ours"), authority("Other"));
        let right = params("machine", 2040, ClientAuth);
        let theirs = of("machine", &ours);
        assert!(is_theirs(&issued(&ours, &right), &theirs, NOW));
        let wrong = [
            ("another subject", issued(&ours, &params("machine2", 2040, ClientAuth))),
            ("another authority", issued(&other, &right)),
            ("an authority of the same name", issued(&authority("Ours"), &right)),
            ("over", issued(&ours, &params("machine", 2025, ClientAuth))),
            ("for servers", issued(&ours, &params("machine", 2040, ServerAuth))),
            ("the authority's own", Shown::new(vec![ours.der().to_vec()])),
            ("no certificate", Shown::new(vec![b"-----BEGIN".to_vec()])),
            ("nothing", Shown::new(Vec::new())),
        ];
        for (what, shown) in wrong {
            assert!(!is_theirs(&shown, &theirs, NOW), "{what}");
        }
        let early = Time::from_secs(1_500_000_000);
        assert!(!is_theirs(&issued(&ours, &right), &theirs, early), "not yet");
    }

    #[test]
    fn a_certificate_of_its_own_is_theirs_by_its_hash_and_in_its_time() {
        let own = |until| {
            let params = params("machine", until, ExtendedKeyUsagePurpose::ClientAuth);
            let certificate = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
            Shown::new(vec![certificate.der().to_vec()])
        };
        let (right, twin, over) = (own(2040), own(2040), own(2025));
        let pins = [&right, &over].map(|shown| thumbprint(shown).unwrap()).to_vec();
        let theirs = OwnCertificate::Pinned(pins);
        assert!(is_theirs(&right, &theirs, NOW));
        assert!(!is_theirs(&twin, &theirs, NOW), "of the same name");
        assert!(!is_theirs(&over, &theirs, NOW), "known, and over");
    }
}
