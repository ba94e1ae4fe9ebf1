//! Makes signing keys and the self-signed certificates of SAML keys.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeyPair as RsaPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Datelike;
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyUsagePurpose, SerialNumber};
use ring::digest;
use rustls_pki_types::PrivatePkcs8KeyDer;
use zeroize::Zeroizing;

use super::rotation::PUBLISH_AHEAD;
use super::{Alg, KeyPurpose, KeyRow, KeyState};
use crate::domain::time::Time;
use crate::entropy::Entropy;
use crate::vault::{Place, Sealed, Vault, VaultError};

/// Parties that read a certificate's dates at all expect it to outlast the key.
const CERTIFICATE_YEARS: i32 = 6;

struct Made {
    pkcs8: Zeroizing<Vec<u8>>,
    public_der: Vec<u8>,
}

impl Vault {
    /// Makes the next key for `purpose`: published at once, usable when it has been seen for seven days.
    /// `subject_name` is the common name of a SAML key's certificate.
    ///
    /// # Errors
    /// [`VaultError::Key`] when the key or its certificate cannot be made.
    pub fn generate_key(
        &self,
        purpose: KeyPurpose,
        alg: Alg,
        subject_name: &str,
        now: Time,
        rng: &Entropy,
    ) -> Result<KeyRow, VaultError> {
        let made = match alg {
            Alg::Rs256 => rsa(purpose)?,
            Alg::Es256 => ec()?,
        };
        let certificate_der = match purpose {
            KeyPurpose::Saml => Some(certificate(&made.pkcs8, alg, subject_name, now, rng)?),
            KeyPurpose::Jwt | KeyPurpose::Audit => None,
        };
        let kid = kid(&made.public_der);
        let sealed = self.seal(place(&kid), &made.pkcs8, rng);
        Ok(self.vouch(KeyRow {
            kid,
            purpose,
            alg,
            state: KeyState::Next,
            sealed,
            public_der: made.public_der,
            certificate_der,
            created_at: now,
            published_at: now,
            activates_at: now + PUBLISH_AHEAD,
            retires_at: None,
            mac: None,
        }))
    }
}

pub(super) fn place(kid: &str) -> Place<'_> {
    Place {
        column: Sealed::SigningKeys,
        row: kid.as_bytes(),
    }
}

/// 16 characters of the public half's SHA-256: the same wherever the key is met, and never two alike.
fn kid(public_der: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(&digest::digest(&digest::SHA256, public_der).as_ref()[..12])
}

pub(in crate::vault) fn failed<E: std::fmt::Display>(what: &'static str) -> impl Fn(E) -> VaultError {
    move |error| VaultError::Key(format!("{what}: {error}"))
}

/// 2048 bits for tokens, which live minutes; 3072 for SAML, whose certificates live years.
fn rsa(purpose: KeyPurpose) -> Result<Made, VaultError> {
    let size = if purpose == KeyPurpose::Saml {
        KeySize::Rsa3072
    } else {
        KeySize::Rsa2048
    };
    let pair = RsaPair::generate(size).map_err(failed("RSA key"))?;
    let pkcs8 = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).map_err(failed("RSA key"))?;
    let public = AsDer::<PublicKeyX509Der<'_>>::as_der(pair.public_key()).map_err(failed("RSA public key"))?;
    Ok(Made {
        pkcs8: Zeroizing::new(pkcs8.as_ref().to_vec()),
        public_der: public.as_ref().to_vec(),
    })
}

fn ec() -> Result<Made, VaultError> {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(failed("P-256 key"))?;
    let pkcs8 = pair.to_pkcs8v1().map_err(failed("P-256 key"))?;
    let public = AsDer::<PublicKeyX509Der<'_>>::as_der(pair.public_key()).map_err(failed("P-256 public key"))?;
    Ok(Made {
        pkcs8: Zeroizing::new(pkcs8.as_ref().to_vec()),
        public_der: public.as_ref().to_vec(),
    })
}

fn certificate(pkcs8: &[u8], alg: Alg, subject_name: &str, now: Time, rng: &Entropy) -> Result<Vec<u8>, VaultError> {
    let how = match alg {
        Alg::Rs256 => &rcgen::PKCS_RSA_SHA256,
        Alg::Es256 => &rcgen::PKCS_ECDSA_P256_SHA256,
    };
    let pair = rcgen::KeyPair::from_pkcs8_der_and_sign_algo(&PrivatePkcs8KeyDer::from(pkcs8), how)
        .map_err(failed("certificate key"))?;
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, subject_name);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::ContentCommitment];
    params.serial_number = Some(serial(rng));
    set_validity(&mut params, now);
    let certificate = params.self_signed(&pair).map_err(failed("certificate"))?;
    Ok(certificate.der().to_vec())
}

/// 127 random bits (RFC 5280 asks for a positive number).
fn serial(rng: &Entropy) -> SerialNumber {
    let mut bytes = rng.bytes::<16>();
    bytes[0] = (bytes[0] & 0x7f) | 0x40;
    SerialNumber::from(bytes.to_vec())
}

/// From the first of the month, so that a party whose clock is slow takes it, for six years.
fn set_validity(params: &mut CertificateParams, now: Time) {
    let today = now.utc_date();
    let month = u8::try_from(today.month()).unwrap_or(1);
    params.not_before = rcgen::date_time_ymd(today.year(), month, 1);
    params.not_after = rcgen::date_time_ymd(today.year() + CERTIFICATE_YEARS, month, 1);
}
