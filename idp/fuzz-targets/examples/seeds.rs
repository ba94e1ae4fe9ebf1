//! Writes the signed seeds anew (those of SAML after a new key of the demo's service): `cargo run --example seeds`.

use std::error::Error;
use std::fs;
use std::path::Path;

use acceptance::passkey::SoftKey;
use chrono::DateTime;
use fuzz_targets::{CHALLENGE, PAGE, RELYING};
use idp::vault::passkey::Holder;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use saml_core::authn_request::AuthnRequest;
use saml_core::key::SigningKey;
use saml_core::{Id, Kind, dsig, redirect};

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let demo = root.join("config/demo");
    let key = PrivateKeyDer::from_pem_file(demo.join("skat-demo-key.pem"))?;
    let certificate = CertificateDer::from_pem_file(demo.join("skat-demo-certificate.pem"))?;
    let key = SigningKey::from_pkcs8(key.secret_der(), &certificate)?;
    let id = Id::from_random([7; 20]);
    let now = DateTime::from_timestamp(1_795_348_800, 0).ok_or("no moment")?;
    let request = AuthnRequest::new(
        &id,
        now,
        "http://localhost:8081/skat/metadata",
        "http://localhost:8080/saml/sso",
        "http://localhost:8081/skat/acs",
    );
    let xml = request.elem().write()?;
    let url = redirect::encode("http://x/", Kind::Request, &xml, Some("a relay state"), Some(&key))?;
    let query = url.split_once('?').ok_or("no query")?.1;
    let signed = dsig::enveloped(request.elem(), &id, &key)?;
    let corpus = root.join("fuzz/corpus");
    fs::write(corpus.join("redirect_query/signed"), query)?;
    fs::write(corpus.join("authn_request/signed.xml"), signed)?;
    passkey(&corpus)
}

/// A key of software comes in, and signs.
fn passkey(corpus: &Path) -> Result<(), Box<dyn Error>> {
    let holder = Holder {
        handle: [3; 32],
        name: "anna".to_owned(),
    };
    let key = SoftKey::new();
    let created = key.creates(&RELYING.creation(CHALLENGE, &holder, &[])?, PAGE);
    let came = RELYING
        .register(CHALLENGE, &created)?
        .map_err(|code| code.to_string())?;
    let answer = key.answers(&RELYING.request(CHALLENGE, &[came.key])?, PAGE);
    fs::write(corpus.join("passkey_creation/good"), created)?;
    fs::write(corpus.join("passkey_answer/good"), answer)?;
    Ok(())
}
