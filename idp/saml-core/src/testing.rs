//! What the tests of this crate share: keys, a service, an identity provider, a moment, the oracle `xmlsec1`.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256};

use crate::{
    Id,
    key::{DecryptionKey, EncryptionKey, SigningKey, TrustedKeys},
    name_id::NameId,
    ns::{attr_format, context_class, format},
    response::{Assertion, Attribute, Authentication, Conditions, Confirmation, Response},
    sp,
    status::Status,
};

pub(crate) const IDP: &str = "https://eid.example/saml/metadata";
pub(crate) const SP: &str = "https://skat.example/saml";
pub(crate) const ACS: &str = "https://skat.example/saml/acs";
pub(crate) const REQUEST: &str = "_request0123456789abcdef0123456789abcdef";
pub(crate) const PID: &str = "https://data.gov.dk/model/core/eid/person/pid";

/// A key pair with a self-signed certificate.
pub(crate) struct Keys {
    pub(crate) pkcs8: Vec<u8>,
    pub(crate) certificate: Vec<u8>,
}

impl Keys {
    fn make() -> Self {
        let key = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
        let certificate = CertificateParams::new(Vec::new()).unwrap().self_signed(&key).unwrap();
        Self {
            pkcs8: key.serialize_der(),
            certificate: certificate.der().to_vec(),
        }
    }

    pub(crate) fn signing(&self) -> SigningKey {
        SigningKey::from_pkcs8(&self.pkcs8, &self.certificate).unwrap()
    }

    pub(crate) fn trusted(&self) -> TrustedKeys {
        TrustedKeys::from_certificates([self.certificate.as_slice()]).unwrap()
    }

    pub(crate) fn encryption(&self) -> EncryptionKey {
        EncryptionKey::from_certificate(&self.certificate).unwrap()
    }

    pub(crate) fn decryption(&self) -> DecryptionKey {
        DecryptionKey::from_pkcs8(&self.pkcs8).unwrap()
    }

    pub(crate) fn pem(&self, label: &str) -> String {
        use base64::Engine as _;
        let der = if label == "CERTIFICATE" {
            &self.certificate
        } else {
            &self.pkcs8
        };
        let text = base64::engine::general_purpose::STANDARD.encode(der);
        let lines: Vec<_> = text
            .as_bytes()
            .chunks(64)
            .map(|line| std::str::from_utf8(line).unwrap())
            .collect();
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
    }
}

/// A public key that no library would make.
struct Unusual(Vec<u8>);

impl rcgen::PublicKeyData for Unusual {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &PKCS_RSA_SHA256
    }
}

/// A certificate around any RSA key, also one that nobody could use: `modulus` and `exponent` as they stand in the key.
pub(crate) fn certificate_of_rsa(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let key = der(0x30, &[der(0x02, modulus), der(0x02, exponent)].concat());
    let issuer = rcgen::Issuer::new(
        CertificateParams::new(Vec::new()).unwrap(),
        KeyPair::generate().unwrap(),
    );
    let certificate = CertificateParams::new(Vec::new())
        .unwrap()
        .signed_by(&Unusual(key), &issuer);
    certificate.unwrap().der().to_vec()
}

/// One value in the distinguished encoding of ASN.1.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
    let length = match (high, low) {
        (0, ..0x80) => vec![low],
        (0, _) => vec![0x81, low],
        _ => vec![0x82, high, low],
    };
    [&[tag], length.as_slice(), content].concat()
}

/// A certificate of a P-256 key: signs, cannot be encrypted for.
pub(crate) fn elliptic_certificate() -> Vec<u8> {
    let key = KeyPair::generate().unwrap();
    CertificateParams::new(Vec::new())
        .unwrap()
        .self_signed(&key)
        .unwrap()
        .der()
        .to_vec()
}

pub(crate) static IDP_KEYS: LazyLock<Keys> = LazyLock::new(Keys::make);
pub(crate) static SP_KEYS: LazyLock<Keys> = LazyLock::new(Keys::make);
pub(crate) static EVIL_KEYS: LazyLock<Keys> = LazyLock::new(Keys::make);

pub(crate) fn now() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-11-22T12:00:00Z").unwrap().to_utc()
}

pub(crate) fn id(n: u8) -> Id {
    Id::from_random([n; 20])
}

pub(crate) fn assertion() -> Assertion {
    let soon = now() + TimeDelta::minutes(5);
    Assertion {
        id: id(1),
        issue_instant: now(),
        issuer: IDP.to_owned(),
        name_id: NameId::new(
            "https://data.gov.dk/model/core/eid/person/uuid/2f1fd4ee-3a4b-4ef2-9f4c-0e5c8b7f6a55",
            format::PERSISTENT,
        ),
        confirmation: Confirmation {
            recipient: ACS.to_owned(),
            not_on_or_after: soon,
            in_response_to: REQUEST.to_owned(),
        },
        conditions: Conditions {
            not_before: now(),
            not_on_or_after: soon,
            audience: SP.to_owned(),
        },
        authentication: Authentication {
            instant: now(),
            session_index: "_session".to_owned(),
            session_not_on_or_after: Some(now() + TimeDelta::hours(8)),
            class: context_class::PASSWORD_PROTECTED_TRANSPORT.to_owned(),
        },
        attributes: vec![
            Attribute::new(PID, attr_format::URI, "9208-2002-2-123456789012"),
            Attribute::new("name", attr_format::URI, "Ærø & <Søn> \"ApS\" \u{1F600}\r\n\t"),
        ],
    }
}

pub(crate) fn response() -> Response {
    Response {
        id: id(2),
        in_response_to: Some(REQUEST.to_owned()),
        issue_instant: now(),
        destination: ACS.to_owned(),
        issuer: IDP.to_owned(),
        status: Status::success(),
        assertion: Some(assertion()),
    }
}

pub(crate) fn expect<'a>(keys: &'a TrustedKeys, decryption: &'a [DecryptionKey]) -> sp::Expect<'a> {
    sp::Expect {
        entity_id: SP,
        acs_url: ACS,
        request_id: REQUEST,
        idp_entity_id: IDP,
        keys,
        decryption,
        now: now(),
        skew: TimeDelta::minutes(3),
        need: sp::Need::SignedAssertion,
    }
}

/// Runs `xmlsec1` on a document; the binary is part of the test set-up.
pub(crate) fn xmlsec1(arguments: &[&str], document: &str, key_option: &str, key_pem: &str) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let (file, key) = (folder.path().join("document.xml"), folder.path().join("key.pem"));
    std::fs::write(&file, document).unwrap();
    std::fs::write(&key, key_pem).unwrap();
    let run = std::process::Command::new("xmlsec1")
        .args(arguments)
        .arg(key_option)
        .arg(&key)
        .arg(&file)
        .output();
    let run = match run {
        Ok(run) => run,
        Err(error) => panic!("xmlsec1 is needed by this test (apt-get install xmlsec1): {error}"),
    };
    if run.status.success() {
        Ok(String::from_utf8(run.stdout).unwrap())
    } else {
        Err(String::from_utf8_lossy(&run.stderr).into_owned())
    }
}

/// The form that does not believe keys of the document itself.
pub(crate) fn xmlsec1_verifies(document: &str, element: &str, keys: &Keys) -> Result<(), String> {
    let id_attribute = "--id-attr:ID";
    let arguments = [
        "--verify",
        "--enabled-reference-uris",
        "same-doc",
        "--enabled-key-data",
        "raw-x509-cert",
        id_attribute,
        element,
    ];
    xmlsec1(&arguments, document, "--pubkey-cert-pem", &keys.pem("CERTIFICATE")).map(|_| ())
}
