//! The services as they describe themselves: keys, metadata, party files.

use std::sync::LazyLock;

use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256};
use saml_core::{
    key::SigningKey,
    metadata::{Endpoint, Indexed, KeyDescriptor, Sp},
    ns::{binding, format},
};

use crate::config::Settings;
use crate::config::parties::Parties;

/// A service's key pair with its certificate.
pub(super) struct Keys {
    pub(super) pkcs8: Vec<u8>,
    pub(super) certificate: Vec<u8>,
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

    pub(super) fn signing(&self) -> SigningKey {
        SigningKey::from_pkcs8(&self.pkcs8, &self.certificate).unwrap()
    }
}

pub(super) static KEYS: LazyLock<Keys> = LazyLock::new(Keys::make);
pub(super) static EVIL: LazyLock<Keys> = LazyLock::new(Keys::make);

/// The services, by name of their file, profile and least level.
const SERVICES: &[(&str, &str, &str)] = &[
    ("tax", "oiosaml-3", "substantial"),
    ("old", "oiosaml-2", "substantial"),
    ("uni", "saml2int", "substantial"),
    ("quiz", "oiosaml-3", "low"),
];

pub(super) fn entity(name: &str) -> String {
    format!("https://{name}.example/saml")
}

pub(super) fn acs(name: &str) -> String {
    format!("https://{name}.example/saml/acs")
}

pub(super) fn metadata(name: &str) -> Sp {
    Sp {
        entity_id: entity(name),
        valid_until: None,
        requests_signed: true,
        want_assertions_signed: false,
        keys: vec![
            KeyDescriptor::signing(&KEYS.certificate),
            KeyDescriptor::encryption(&KEYS.certificate, &[]),
        ],
        slo: if name == "uni" {
            Vec::new()
        } else {
            vec![Endpoint::new(
                binding::REDIRECT,
                format!("https://{name}.example/saml/slo"),
            )]
        },
        name_id_formats: vec![format::PERSISTENT.to_owned()],
        acs: vec![Indexed {
            endpoint: Endpoint::new(binding::POST, acs(name)),
            index: 0,
            is_default: Some(true),
        }],
        attribute_services: Vec::new(),
    }
}

/// Writes party files and reads them as the operator's.
pub(super) fn parties(change: impl Fn(&str, &mut Sp)) -> Parties {
    let folder = tempfile::tempdir().unwrap();
    for (name, profile, least) in SERVICES {
        let mut sp = metadata(name);
        change(name, &mut sp);
        std::fs::write(folder.path().join(format!("{name}.xml")), sp.elem().write().unwrap()).unwrap();
        let file = format!(
            "kind = \"public\"\ndemo = true\nleast = \"{least}\"\nsector = \"{name}\"\nclaims = [\"pid\", \"name\", \"birthdate\"]\n\
             [name]\nda = \"{name}\"\nen = \"{name}\"\n[saml]\nentity_id = \"{}\"\nmetadata = \"{name}.xml\"\nprofile = \"{profile}\"\n",
            entity(name)
        );
        std::fs::write(folder.path().join(format!("{name}.toml")), file).unwrap();
    }
    Parties::load_dir(folder.path(), true).unwrap()
}

pub(super) fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.demo.enabled = true;
    settings
}
