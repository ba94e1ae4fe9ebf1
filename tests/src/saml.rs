//! SAML as seen from the wire: what was posted to a service, opened and checked by xmlsec1 and never by our own code.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::prelude::{BASE64_STANDARD, Engine};

use crate::browser::Browser;
use crate::house::House;
use crate::program::{output, run};

/// A Response as it was posted.
pub struct Posted {
    pub xml: String,
    folder: PathBuf,
}

impl Posted {
    /// The last one that this browser carried.
    #[track_caller]
    pub fn last_of(browser: &Browser, house: &House) -> Self {
        let sent = browser.last_sent("SAMLResponse").expect("a posted SAMLResponse");
        Self::decoded(&sent, house)
    }

    pub fn decoded(value: &str, house: &House) -> Self {
        let xml = String::from_utf8(BASE64_STANDARD.decode(value).expect("base64")).expect("UTF-8");
        Self {
            xml,
            folder: house.folder().to_path_buf(),
        }
    }

    /// Opens the encrypted assertion with the service's key, by xmlsec1.
    pub fn opened(&self, key: &Path) -> Self {
        let file = self.file("encrypted.xml");
        let xml = run(Command::new("xmlsec1")
            .args(["--decrypt", "--privkey-pem"])
            .arg(key)
            .arg(file));
        Self {
            xml,
            folder: self.folder.clone(),
        }
    }

    /// Whether xmlsec1 takes the signature for that of this certificate: the safe form, which ignores every key that the
    /// document itself brings.
    pub fn verified_by(&self, certificate: &Path, element: &str) -> Result<(), String> {
        let file = self.file("signed.xml");
        let done = output(
            Command::new("xmlsec1")
                .args([
                    "--verify",
                    "--enabled-reference-uris",
                    "same-doc",
                    "--enabled-key-data",
                    "raw-x509-cert",
                ])
                .arg("--pubkey-cert-pem")
                .arg(certificate)
                .args(["--id-attr:ID", element])
                .arg(file),
        );
        if done.status.success() {
            Ok(())
        } else {
            Err(String::from_utf8_lossy(&done.stderr).into_owned())
        }
    }

    /// Valid against the OASIS schemas, which python3-saml carries.
    pub fn follows_schema(&self) -> Result<(), String> {
        let schema = crate::program::root()
            .join("tests/foreign/.installed/python/lib/python3.11/site-packages/onelogin/saml2/schemas")
            .join("saml-schema-protocol-2.0.xsd");
        let file = self.file("schema.xml");
        let done = output(
            Command::new("xmllint")
                .args(["--nonet", "--noout", "--schema"])
                .arg(schema)
                .arg(file),
        );
        if done.status.success() {
            Ok(())
        } else {
            Err(String::from_utf8_lossy(&done.stderr).into_owned())
        }
    }

    fn file(&self, name: &str) -> PathBuf {
        let path = self.folder.join(name);
        fs::write(&path, &self.xml).expect("file");
        path
    }
}

/// What xmlsec1 calls an element.
pub const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion:Assertion";
pub const RESPONSE: &str = "urn:oasis:names:tc:SAML:2.0:protocol:Response";

/// The identity provider's signing certificates, active one first, as PEM files.
pub async fn certificates(house: &House) -> Vec<PathBuf> {
    let page = house
        .client()
        .build()
        .expect("client")
        .get(format!("{}/saml/metadata", house.issuer()))
        .send()
        .await;
    let metadata = page.expect("metadata").text().await.expect("metadata");
    let mut files = Vec::new();
    for piece in metadata.split("X509Certificate>").skip(1).step_by(2) {
        let base64: String = piece.split('<').next().unwrap_or_default().split_whitespace().collect();
        let lines: Vec<&str> = base64
            .as_bytes()
            .chunks(64)
            .map(|line| std::str::from_utf8(line).expect("base64"))
            .collect();
        let file = house.folder().join(format!("idp-{}.pem", files.len()));
        let pem = format!(
            "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
            lines.join("\n")
        );
        fs::write(&file, pem).expect("file");
        files.push(file);
    }
    assert!(!files.is_empty(), "no certificate in {metadata}");
    files
}
