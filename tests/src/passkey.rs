//! A security key made of software: does what a browser and its authenticator do between them (WebAuthn Level 2 §6), well or badly, as
//! the test wants it.

use std::sync::atomic::{AtomicU32, Ordering};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyUsagePurpose};
use serde_json::{Value, json};

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const MAY_BE_COPIED: u8 = 0x08;
const WITH_KEY: u8 = 0x40;

/// A maker of keys that vouches for them.
pub struct Maker {
    issuer: CertifiedIssuer<'static, rcgen::KeyPair>,
}

impl Maker {
    pub fn new() -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Maker of keys");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = rcgen::KeyPair::generate().expect("a key");
        Self {
            issuer: CertifiedIssuer::self_signed(params, key).expect("a certificate"),
        }
    }

    /// Its certificate, for whoever trusts it.
    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// A certificate as WebAuthn §8.2.1 wants it, and its key in PKCS #8.
    fn certifies(&self) -> (Vec<u8>, Vec<u8>) {
        let mut params = CertificateParams::default();
        let names = [
            (DnType::CountryName, "DK"),
            (DnType::OrganizationName, "Maker of keys"),
            (DnType::OrganizationalUnitName, "Authenticator Attestation"),
            (DnType::CommonName, "A batch of keys"),
        ];
        for (kind, name) in names {
            params.distinguished_name.push(kind, name);
        }
        params.is_ca = IsCa::ExplicitNoCa;
        let key = rcgen::KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        (certificate.der().to_vec(), key.serialize_der())
    }
}

impl Default for Maker {
    fn default() -> Self {
        Self::new()
    }
}

/// One key for one site.
pub struct SoftKey {
    pair: EcdsaKeyPair,
    id: [u8; 32],
    counter: AtomicU32,
    /// Checks who holds it.
    pub verifies: bool,
    /// Counts its answers.
    pub counts: bool,
    /// Says that it may be copied to other devices.
    pub may_be_copied: bool,
}

impl SoftKey {
    pub fn new() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key");
        let mut id = [0; 32];
        aws_lc_rs::rand::fill(&mut id).expect("randomness");
        Self {
            pair,
            id,
            counter: AtomicU32::new(0),
            verifies: true,
            counts: true,
            may_be_copied: false,
        }
    }

    /// As if it had answered so often.
    pub fn counted(&self, times: u32) {
        self.counter.store(times, Ordering::SeqCst);
    }

    fn authenticator_data(&self, rp_id: &str, more: u8, tail: &[u8]) -> Vec<u8> {
        let mut flags = PRESENT | more;
        if self.verifies {
            flags |= VERIFIED;
        }
        if self.may_be_copied {
            flags |= MAY_BE_COPIED;
        }
        let counter = if self.counts {
            self.counter.fetch_add(1, Ordering::SeqCst) + 1
        } else {
            0
        };
        let mut data = digest(&SHA256, rp_id.as_bytes()).as_ref().to_vec();
        data.push(flags);
        data.extend_from_slice(&counter.to_be_bytes());
        data.extend_from_slice(tail);
        data
    }

    /// AAGUID, name and public key (§6.5.1).
    fn credential_data(&self) -> Vec<u8> {
        let point = self.pair.public_key().as_ref();
        let mut data = vec![0; 16];
        data.extend_from_slice(&[0, 32]);
        data.extend_from_slice(&self.id);
        data.extend_from_slice(&[0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend_from_slice(&point[1..33]);
        data.extend_from_slice(&[0x22, 0x58, 0x20]);
        data.extend_from_slice(&point[33..65]);
        data
    }

    /// Makes the key that `options` (`publicKey`, as JSON) asks for on a page of `origin`.
    pub fn creates(&self, options: &Value, origin: &str) -> String {
        self.made(options, origin, None)
    }

    /// The same, and its maker vouches for it.
    pub fn creates_vouched(&self, options: &Value, origin: &str, maker: &Maker) -> String {
        self.made(options, origin, Some(maker))
    }

    fn made(&self, options: &Value, origin: &str, maker: Option<&Maker>) -> String {
        let client = client_data("webauthn.create", options, origin);
        let rp_id = options["rp"]["id"].as_str().expect("rp.id");
        let data = self.authenticator_data(rp_id, WITH_KEY, &self.credential_data());
        let mut object = vec![0xa3];
        text(&mut object, "fmt");
        match maker {
            None => {
                text(&mut object, "none");
                text(&mut object, "attStmt");
                object.push(0xa0);
            }
            Some(maker) => {
                let (certificate, key) = maker.certifies();
                let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &key).expect("a key");
                let signed = [&data[..], digest(&SHA256, &client).as_ref()].concat();
                let signature = key.sign(&SystemRandom::new(), &signed).expect("signs");
                text(&mut object, "packed");
                text(&mut object, "attStmt");
                object.push(0xa3);
                text(&mut object, "alg");
                object.push(0x26);
                text(&mut object, "sig");
                bytes(&mut object, signature.as_ref());
                text(&mut object, "x5c");
                object.push(0x81);
                bytes(&mut object, &certificate);
            }
        }
        text(&mut object, "authData");
        bytes(&mut object, &data);
        self.brought(json!({ "clientDataJSON": base64(&client), "attestationObject": base64(&object) }))
    }

    /// Signs what `options` asks for on a page of `origin`.
    pub fn answers(&self, options: &Value, origin: &str) -> String {
        let client = client_data("webauthn.get", options, origin);
        let rp_id = options["rpId"].as_str().expect("rpId");
        let data = self.authenticator_data(rp_id, 0, &[]);
        let signed = [&data[..], digest(&SHA256, &client).as_ref()].concat();
        let signature = self.pair.sign(&SystemRandom::new(), &signed).expect("signs");
        self.brought(json!({
            "clientDataJSON": base64(&client), "authenticatorData": base64(&data),
            "signature": base64(signature.as_ref()), "userHandle": null,
        }))
    }

    fn brought(&self, response: Value) -> String {
        let id = base64(&self.id);
        json!({
            "id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": {},
        })
        .to_string()
    }
}

impl Default for SoftKey {
    fn default() -> Self {
        Self::new()
    }
}

fn client_data(kind: &str, options: &Value, origin: &str) -> Vec<u8> {
    let challenge = options["challenge"].as_str().expect("a challenge");
    json!({ "type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false })
        .to_string()
        .into_bytes()
}

fn base64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A text of CBOR, shorter than 24 bytes.
fn text(into: &mut Vec<u8>, text: &str) {
    into.push(0x60 + u8::try_from(text.len()).expect("short"));
    into.extend_from_slice(text.as_bytes());
}

/// Bytes of CBOR.
fn bytes(into: &mut Vec<u8>, bytes: &[u8]) {
    into.push(0x59);
    into.extend_from_slice(&u16::try_from(bytes.len()).expect("short").to_be_bytes());
    into.extend_from_slice(bytes);
}
