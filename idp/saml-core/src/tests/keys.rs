//! Keys that are refused, and keys inside documents, which nobody looks at.

use std::net::TcpListener;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use x509_parser::{prelude::FromDer as _, public_key::PublicKey, x509::SubjectPublicKeyInfo};

use crate::{
    Incoming, Kind,
    authn_request::AuthnRequest,
    dsig::{self, SignatureError},
    key::{EncryptionKey, KeyError, TrustedKeys},
    testing::*,
    xml::Limits,
};

const LIMITS: Limits = Limits::message(65_536);
const USUAL: &[u8] = &[1, 0, 1];

/// An odd number of so many bytes, the first bit set.
fn modulus(bytes: usize) -> Vec<u8> {
    let mut number = vec![0xc5; bytes];
    number.insert(0, 0);
    number
}

fn refused(modulus: &[u8], exponent: &[u8]) -> KeyError {
    let certificate = certificate_of_rsa(modulus, exponent);
    let (signing, encryption) = (
        TrustedKeys::from_certificates([certificate.as_slice()]).unwrap_err(),
        EncryptionKey::from_certificate(&certificate).unwrap_err(),
    );
    assert_eq!(signing, encryption, "for signatures and for encryption alike");
    signing
}

#[test]
fn short_keys_are_refused_however_they_are_written() {
    assert_eq!(refused(&modulus(128), USUAL), KeyError::Weak);
    assert_eq!(refused(&modulus(255), USUAL), KeyError::Weak);
    // 2047 bits: the first bit of 256 bytes is not set.
    let mut almost = vec![0xc5; 256];
    almost[0] = 0x7f;
    assert_eq!(refused(&almost, USUAL), KeyError::Weak);
    // 1024 bits that look like more behind 128 zeros: that is not how a number is written.
    let padded = [vec![0; 128], modulus(128)].concat();
    assert_eq!(refused(&padded, USUAL), KeyError::Kind);
}

#[test]
fn odd_exponents_are_refused() {
    let cases: &[&[u8]] = &[
        &[1],
        &[2],
        &[3],
        &[17],
        // 65535 and 65536, then 2³³ + 1.
        &[0, 0xff, 0xff],
        &[1, 0, 0],
        &[2, 0, 0, 0, 1],
        // Longer than any number.
        &[1, 0, 0, 0, 0, 0, 0, 0, 1],
        &[0],
    ];
    for exponent in cases {
        assert_eq!(refused(&modulus(256), exponent), KeyError::Exponent, "{exponent:02x?}");
    }
    assert!(EncryptionKey::from_certificate(&certificate_of_rsa(&modulus(256), USUAL)).is_ok());
}

fn signed_by(keys: &Keys) -> String {
    let request = AuthnRequest::new(&id(7), now(), SP, "https://eid.example/saml/sso", ACS);
    dsig::enveloped(request.elem(), &id(7), &keys.signing()).unwrap()
}

/// `ds:KeyValue` of a certificate's key.
fn key_value(certificate: &[u8]) -> String {
    let (_, certificate) = x509_parser::certificate::X509Certificate::from_der(certificate).unwrap();
    let info: &SubjectPublicKeyInfo<'_> = certificate.public_key();
    let PublicKey::RSA(key) = info.parsed().unwrap() else {
        panic!("an RSA key")
    };
    let number = |bytes: &[u8]| STANDARD.encode(bytes.strip_prefix(&[0]).unwrap_or(bytes));
    format!(
        "<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>{}</ds:Modulus><ds:Exponent>{}</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>",
        number(key.modulus),
        number(key.exponent)
    )
}

#[test]
fn a_key_inside_a_document_proves_nothing_and_is_fetched_from_nowhere() {
    let web = TcpListener::bind("127.0.0.1:0").unwrap();
    web.set_nonblocking(true).unwrap();
    let url = format!("http://{}/key", web.local_addr().unwrap());
    let certificate = format!(
        "<ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data>",
        STANDARD.encode(&EVIL_KEYS.certificate)
    );
    let infos = [
        key_value(&EVIL_KEYS.certificate),
        certificate,
        format!("<ds:RetrievalMethod URI=\"{url}\" Type=\"http://www.w3.org/2000/09/xmldsig#X509Data\"/>"),
        format!("<ds:RetrievalMethod URI=\"{url}\" Type=\"http://www.w3.org/2000/09/xmldsig#rawX509Certificate\"/>"),
        "<ds:RetrievalMethod URI=\"file:///etc/passwd\"/>".to_owned(),
        format!("<ds:RetrievalMethod URI=\"#{}\"/>", id(7)),
        format!(
            "<ds:X509Data><d:X509URL xmlns:d=\"http://www.w3.org/2009/xmldsig11#\">{url}</d:X509URL></ds:X509Data>"
        ),
        format!("<d:KeyInfoReference xmlns:d=\"http://www.w3.org/2009/xmldsig11#\" URI=\"{url}\"/>"),
        format!("<ds:KeyName>{url}</ds:KeyName>"),
        String::new(),
    ];
    let with = |xml: &str, info: &str| {
        let (head, rest) = xml.split_once("<ds:KeyInfo>").unwrap();
        let (_, tail) = rest.split_once("</ds:KeyInfo>").unwrap();
        format!("{head}<ds:KeyInfo>{info}</ds:KeyInfo>{tail}")
    };
    for info in &infos {
        let believed = |xml: &str| {
            let incoming = Incoming::from_xml(Kind::Request, &with(xml, info), &LIMITS).unwrap();
            incoming.verify(&SP_KEYS.trusted()).map(|_| ())
        };
        assert_eq!(believed(&signed_by(&EVIL_KEYS)), Err(SignatureError::Invalid), "{info}");
        assert_eq!(
            believed(&signed_by(&SP_KEYS)),
            Ok(()),
            "what KeyInfo says is nobody's business: {info}"
        );
    }
    let called = web.accept().map(|(_, address)| address);
    assert_eq!(
        called.map_err(|error| error.kind()),
        Err(std::io::ErrorKind::WouldBlock)
    );
}
