//! The key ceremony: a root is made, it signs the request of an issuing CA, and what it signed is judged before it is installed.
//! Works without a database, so that the root's key may lie on a machine that no network reaches. Never keeps the root's key.
//!
//! ```text
//! root ──▶ key file (the operator's) and certificate          no database
//! request ──▶ a key in the vault, a request in a file          database
//! sign ──▶ the issuing CA's certificate                        root's key, no database
//! install ──▶ it issues                                        database, root's certificate
//! ```

use x509_cert::certificate::{Certificate, Version};
use x509_cert::der::asn1::{BitString, ObjectIdentifier, SetOfVec};
use x509_cert::der::{Decode, Encode};
use x509_cert::ext::pkix::{BasicConstraints, KeyUsage};
use x509_cert::request::{CertReq, CertReqInfo, Version as RequestVersion};
use x509_cert::time::Time as X509Time;
use zeroize::Zeroizing;

use super::x509::{CaName, Content, Issuer, Profile, Signing, authority, broken, certificate, signature, spki};
use crate::domain::certificate::Serial;
use crate::domain::time::{Span, Time};
use crate::entropy::Entropy;
use crate::fault::Fault;
use crate::vault::Vault;
use crate::vault::ca::{CaKey, RootKey, id_of, signed_by_p256};

/// A root counts for so long.
pub const ROOT_FOR: Span = Span::days(20 * 365 + 5);
/// An issuing CA counts for so long, at most as long as its root.
pub const ISSUING_FOR: Span = Span::days(10 * 365 + 2);

/// A root that has just been made.
pub struct Root {
    /// Its certificate.
    pub certificate_der: Vec<u8>,
    /// PKCS#8 of its key.
    pub key: Zeroizing<Vec<u8>>,
}

/// Makes a root.
///
/// # Errors
/// A fault when it cannot be made.
pub fn root(name: &CaName, now: Time, rng: &Entropy) -> Result<Root, Fault> {
    let (key, pkcs8) = RootKey::make().map_err(unmade)?;
    let public_der = key.public_der().map_err(unmade)?;
    let issuer = Issuer {
        name: authority(name)?,
        public_der: &public_der,
        signing: Signing::P384,
        pen: &|bytes| key.sign(bytes),
    };
    let content = Content {
        profile: Profile::Root,
        serial: Serial::from_random(rng.bytes()),
        subject: authority(name)?,
        public_der: &public_der,
        from: now,
        until: now + ROOT_FOR,
    };
    Ok(Root {
        certificate_der: certificate(&issuer, content)?,
        key: pkcs8,
    })
}

fn unmade(error: crate::vault::VaultError) -> Fault {
    Fault::new("a CA's key could not be made", error)
}

/// The request for the certificate of an issuing CA (PKCS#10), signed with its own key.
///
/// # Errors
/// A fault when the key does not open.
pub fn request(vault: &Vault, key: &CaKey, name: &CaName) -> Result<Vec<u8>, Fault> {
    let info = CertReqInfo {
        version: RequestVersion::V1,
        subject: authority(name)?,
        public_key: spki(&key.public_der)?,
        attributes: SetOfVec::new(),
    };
    let pen = |bytes: &[u8]| vault.sign_ca_request(key, bytes);
    let request = CertReq {
        signature: signature(&pen, &info.to_der().map_err(broken)?)?,
        algorithm: Signing::P256.algorithm(),
        info,
    };
    request.to_der().map_err(broken)
}

/// Signs the request of an issuing CA with a root's key; at `address` the house gives out the root's certificate and list. The text says what
/// is wrong with what was brought.
///
/// # Errors
/// What the operator can put right.
pub fn sign(
    key: &RootKey,
    root_der: &[u8],
    request_der: &[u8],
    address: &str,
    (now, rng): (Time, &Entropy),
) -> Result<Vec<u8>, String> {
    let (root, public_der) = belonging(key, root_der)?;
    let request = CertReq::from_der(request_der).map_err(|e| format!("the request: {e}"))?;
    let asked = request.info.public_key.to_der().map_err(|e| e.to_string())?;
    let holds_key = request.algorithm == Signing::P256.algorithm()
        && signed_by_p256(
            request.info.public_key.subject_public_key.raw_bytes(),
            &request.info.to_der().map_err(|e| e.to_string())?,
            request.signature.raw_bytes(),
        );
    if !holds_key {
        return Err("the request is not signed with the key that it asks a certificate for".into());
    }
    let ends = until(&root);
    if ends <= now {
        return Err("the root's certificate has ended".into());
    }
    let issuer = Issuer {
        name: root.tbs_certificate.subject.clone(),
        public_der: &public_der,
        signing: Signing::P384,
        pen: &|bytes| key.sign(bytes),
    };
    let content = Content {
        profile: Profile::Issuing {
            address: address.trim_end_matches('/'),
            root: &id_of(&public_der),
        },
        serial: Serial::from_random(rng.bytes()),
        subject: request.info.subject.clone(),
        public_der: &asked,
        from: now,
        until: ends.min(now + ISSUING_FOR),
    };
    certificate(&issuer, content).map_err(|fault| fault.to_string())
}

/// A root's certificate and its public half, where the key is that root's.
pub(super) fn belonging(key: &RootKey, root_der: &[u8]) -> Result<(Certificate, Vec<u8>), String> {
    let root = Certificate::from_der(root_der).map_err(|e| format!("the root's certificate: {e}"))?;
    let public_der = key.public_der().map_err(|e| e.to_string())?;
    if root.tbs_certificate.subject_public_key_info.to_der().ok().as_ref() != Some(&public_der) {
        return Err("the root's key and the root's certificate do not belong together".into());
    }
    Ok((root, public_der))
}

/// Judges what came back for the key with this public half: until when it counts.
///
/// # Errors
/// What is wrong with it.
pub fn judge(public_der: &[u8], certificate_der: &[u8], root_der: &[u8], now: Time) -> Result<Time, String> {
    let read = |what: &str, der: &[u8]| Certificate::from_der(der).map_err(|e| format!("{what}: {e}"));
    let (ca, root) = (
        read("the certificate", certificate_der)?,
        read("the root's certificate", root_der)?,
    );
    let body = &ca.tbs_certificate;
    if body.subject_public_key_info.to_der().ok().as_deref() != Some(public_der) {
        return Err("the certificate is not for the key of this CA".into());
    }
    if body.issuer != root.tbs_certificate.subject || !certified_by(&ca, &root) {
        return Err("the certificate is not signed by this root".into());
    }
    if !is_ca(&root) || !is_ca(&ca) {
        return Err("the certificate or its root may not sign certificates and lists".into());
    }
    if body.version != Version::V3 || body.subject.is_empty() {
        return Err("the certificate has no name".into());
    }
    let ends = until(&ca).min(until(&root));
    if ends <= now {
        return Err("the certificate or its root has ended".into());
    }
    Ok(ends)
}

/// Its end.
pub(super) fn until(certificate: &Certificate) -> Time {
    seconds(&certificate.tbs_certificate.validity.not_after)
}

/// A moment of a certificate or list.
pub(super) fn seconds(moment: &X509Time) -> Time {
    let since = moment.to_unix_duration();
    Time::from_secs(i64::try_from(since.as_secs()).unwrap_or(i64::MAX / 1_000_000))
}

fn is_ca(certificate: &Certificate) -> bool {
    let basic = certificate.tbs_certificate.get::<BasicConstraints>();
    let usage = certificate.tbs_certificate.get::<KeyUsage>();
    let constrained = matches!(basic, Ok(Some((true, BasicConstraints { ca: true, .. }))));
    constrained && matches!(usage, Ok(Some((_, usage))) if usage.key_cert_sign() && usage.crl_sign())
}

/// Whether a root signed a certificate.
pub(super) fn certified_by(certificate: &Certificate, root: &Certificate) -> bool {
    let body = certificate.tbs_certificate.to_der();
    body.is_ok_and(|body| signed_by(root, certificate.signature_algorithm.oid, &body, &certificate.signature))
}

/// Whether a root signed these bytes: with the algorithms that roots of others use, too.
pub(super) fn signed_by(root: &Certificate, how: ObjectIdentifier, bytes: &[u8], signature: &BitString) -> bool {
    use aws_lc_rs::signature as with;
    const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
    let key = &root.tbs_certificate.subject_public_key_info;
    let p384 = key.algorithm.oid == EC && key.subject_public_key.raw_bytes().len() == 97;
    let algorithm: &dyn with::VerificationAlgorithm = match how.to_string().as_str() {
        "1.2.840.10045.4.3.2" if p384 => &with::ECDSA_P384_SHA256_ASN1,
        "1.2.840.10045.4.3.2" => &with::ECDSA_P256_SHA256_ASN1,
        "1.2.840.10045.4.3.3" if p384 => &with::ECDSA_P384_SHA384_ASN1,
        "1.2.840.113549.1.1.11" => &with::RSA_PKCS1_2048_8192_SHA256,
        "1.2.840.113549.1.1.12" => &with::RSA_PKCS1_2048_8192_SHA384,
        "1.2.840.113549.1.1.13" => &with::RSA_PKCS1_2048_8192_SHA512,
        _ => return false,
    };
    with::UnparsedPublicKey::new(algorithm, key.subject_public_key.raw_bytes())
        .verify(bytes, signature.raw_bytes())
        .is_ok()
}
