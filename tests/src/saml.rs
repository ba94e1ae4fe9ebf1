//! SAML as seen from the wire: what was posted to a service, opened and checked by xmlsec1 and never by our own code.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::prelude::{BASE64_STANDARD, Engine};

use crate::browser::Browser;
use crate::house::House;
use crate::program::{output, run};

/// A Response as it was posted.
#[derive(Clone)]
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
        Self::decoded_xml(xml, house)
    }

    pub fn decoded_xml(xml: String, house: &House) -> Self {
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

    /// The first such element as a document of its own, by xmllint.
    pub fn alone(&self, element: &str) -> Self {
        let file = self.file("whole.xml");
        let path = format!("//*[local-name()='{}']", local(element));
        Self {
            xml: run(Command::new("xmllint").args(["--nonet", "--xpath", &path]).arg(file)),
            folder: self.folder.clone(),
        }
    }

    /// Whether xmlsec1 takes the element's own signature for that of this certificate: the safe form, which ignores every
    /// key that the document itself brings.
    pub fn verified_by(&self, certificate: &Path, element: &str) -> Result<(), String> {
        let file = self.file("signed.xml");
        let signature = format!("//*[local-name()='{}']/*[local-name()='Signature']", local(element));
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
                .args(["--id-attr:ID", element, "--node-xpath", &signature])
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

fn local(element: &str) -> &str {
    element.rsplit(':').next().unwrap_or(element)
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

/// A service provider of our own making, for the foreign libraries: key, certificate, and its place among the parties.
pub struct Provider {
    pub key: String,
    pub certificate: String,
}

impl Provider {
    pub fn new(name: &str) -> Self {
        let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).expect("RSA key");
        let mut params = rcgen::CertificateParams::default();
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        let certificate = params.self_signed(&key).expect("certificate").pem();
        Self {
            key: key.serialize_pem(),
            certificate,
        }
    }

    /// Registers the metadata as a demo party of a house that does not run yet.
    pub fn register(house: &House, name: &str, profile: &str, metadata: &str) {
        let named = metadata
            .split("entityID=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next());
        let entity_id = named.expect("metadata that name their service");
        let party = format!(
            "kind = \"public\"\ndemo = true\nclaims = [\"pid\", \"name\"]\nsso = \"never\"\n\n[name]\nda = \"{name}\"\nen = \"{name}\"\n\n\
             [saml]\nentity_id = \"{entity_id}\"\nmetadata = \"{name}-metadata.xml\"\nprofile = \"{profile}\"\n"
        );
        fs::write(house.config(&format!("parties/{name}.toml")), party).expect("party file");
        fs::write(house.config(&format!("parties/{name}-metadata.xml")), metadata).expect("metadata");
    }

    /// The base64 inside the PEM armour.
    pub fn certificate_base64(&self) -> String {
        self.certificate
            .lines()
            .filter(|line| !line.starts_with("-----"))
            .collect()
    }
}

/// The identity provider's metadata as text.
pub async fn metadata(house: &House) -> String {
    let url = format!("{}/saml/metadata", house.issuer());
    let answer = house
        .client()
        .build()
        .expect("client")
        .get(url)
        .send()
        .await
        .expect("metadata");
    answer.text().await.expect("metadata")
}

/// A service written by hand, which posts its requests: signed by xmlsec1, known by metadata of our own.
pub struct Poster {
    name: String,
    entity_id: String,
    acs: String,
}

impl Poster {
    /// Registers it, in the group of the public services, at a house that does not run yet. It has no address for log-outs.
    pub fn register(house: &House, name: &str, profile: &str, acs: &str) -> Self {
        let provider = Provider::new(name);
        let entity_id = format!("{acs}/metadata");
        let metadata = format!(
            "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"{entity_id}\">\
             <md:SPSSODescriptor AuthnRequestsSigned=\"true\" WantAssertionsSigned=\"true\" \
             protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\"><md:KeyDescriptor>\
             <ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:X509Data><ds:X509Certificate>{}\
             </ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>\
             <md:AssertionConsumerService index=\"0\" isDefault=\"true\" \
             Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" Location=\"{acs}\"/>\
             </md:SPSSODescriptor></md:EntityDescriptor>",
            provider.certificate_base64()
        );
        Provider::register(house, name, profile, &metadata);
        let file = house.config(&format!("parties/{name}.toml"));
        let party = fs::read_to_string(&file)
            .expect("party")
            .replace("sso = \"never\"", "sso = \"public\"");
        fs::write(file, party).expect("party");
        fs::write(house.folder().join(format!("{name}.key")), &provider.key).expect("key");
        Self {
            name: name.to_owned(),
            entity_id,
            acs: acs.to_owned(),
        }
    }

    /// The page that posts a fresh signed AuthnRequest when its button is pressed.
    pub async fn page(&self, house: &House) -> String {
        let metadata = metadata(house).await;
        let post = Some("urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST");
        let sso = crate::html::elements(&metadata, "md:SingleSignOnService");
        let sso = sso.iter().find(|one| one.attribute("binding") == post);
        let sso = sso
            .and_then(|one| one.attribute("location"))
            .unwrap_or_else(|| panic!("no POST binding: {metadata}"));
        let request = BASE64_STANDARD.encode(self.request(house, sso));
        format!(
            "<form method=\"post\" action=\"{sso}\"><input type=\"hidden\" name=\"SAMLRequest\" value=\"{request}\">\
             <input type=\"hidden\" name=\"RelayState\" value=\"posted\"><button id=\"submit\">Log in</button></form>"
        )
    }

    /// The key that opens what is encrypted for this service.
    pub fn key(&self, house: &House) -> PathBuf {
        house.folder().join(format!("{}.key", self.name))
    }

    fn request(&self, house: &House, destination: &str) -> String {
        let id = format!("_{}", uuid::Uuid::new_v4().simple());
        let now = run(Command::new("date").args(["-u", "+%Y-%m-%dT%H:%M:%SZ"]));
        let template = format!(
            "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"{id}\" Version=\"2.0\" \
             IssueInstant=\"{}\" Destination=\"{destination}\" AssertionConsumerServiceURL=\"{}\" \
             ProtocolBinding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\">\
             <saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">{}</saml:Issuer>\
             <ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:SignedInfo>\
             <ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>\
             <ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"/>\
             <ds:Reference URI=\"#{id}\"><ds:Transforms>\
             <ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>\
             <ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/></ds:Transforms>\
             <ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue/></ds:Reference>\
             </ds:SignedInfo><ds:SignatureValue/></ds:Signature></samlp:AuthnRequest>",
            now.trim(),
            self.acs,
            self.entity_id
        );
        let file = house.folder().join(format!("{}-request.xml", self.name));
        fs::write(&file, template).expect("file");
        let mut command = Command::new("xmlsec1");
        command.args(["--sign", "--privkey-pem"]).arg(self.key(house));
        command
            .args(["--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:protocol:AuthnRequest"])
            .arg(file);
        run(&mut command)
    }
}
