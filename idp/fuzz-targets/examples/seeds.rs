//! Writes the two signed seeds anew (after a new key of the demo's service): `cargo run --example seeds`.
#![expect(clippy::expect_used, reason = "a tool of the developers")]

use std::fs;
use std::path::Path;

use chrono::DateTime;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use saml_core::authn_request::AuthnRequest;
use saml_core::key::SigningKey;
use saml_core::{Id, Kind, dsig, redirect};

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let demo = root.join("config/demo");
    let key = PrivateKeyDer::from_pem_file(demo.join("skat-demo-key.pem")).expect("key");
    let certificate = CertificateDer::from_pem_file(demo.join("skat-demo-certificate.pem")).expect("certificate");
    let key = SigningKey::from_pkcs8(key.secret_der(), &certificate).expect("an RSA key");
    let id = Id::from_random([7; 20]);
    let now = DateTime::from_timestamp(1_795_348_800, 0).expect("a moment");
    let request = AuthnRequest::new(
        &id,
        now,
        "http://localhost:8081/skat/metadata",
        "http://localhost:8080/saml/sso",
        "http://localhost:8081/skat/acs",
    );
    let xml = request.elem().write().expect("XML");
    let url = redirect::encode("http://x/", Kind::Request, &xml, Some("a relay state"), Some(&key)).expect("signed");
    let query = url.split_once('?').expect("a query").1;
    let signed = dsig::enveloped(request.elem(), &id, &key).expect("signed");
    let corpus = root.join("fuzz/corpus");
    fs::write(corpus.join("redirect_query/signed"), query).expect("written");
    fs::write(corpus.join("authn_request/signed.xml"), signed).expect("written");
}
