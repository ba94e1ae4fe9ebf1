//! Key descriptors: certificates, what they are for, which algorithms they come with.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::MetadataError;
use crate::{
    ReadError,
    enc::{EncryptError, Method, Recipient},
    key::{EncryptionKey, TrustedKeys},
    ns, read,
    xml::{El, Elem},
};

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Signatures.
    Signing,
    /// Encryption.
    Encryption,
    /// Both (no `use` attribute).
    Both,
}

/// `md:KeyDescriptor`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyDescriptor {
    /// `use`.
    pub usage: Use,
    /// The certificate, DER.
    pub certificate_der: Vec<u8>,
    /// `md:EncryptionMethod`, in the order of the document.
    pub methods: Vec<Method>,
}

impl KeyDescriptor {
    /// A signing certificate.
    pub fn signing(certificate_der: &[u8]) -> Self {
        Self {
            usage: Use::Signing,
            certificate_der: certificate_der.to_vec(),
            methods: Vec::new(),
        }
    }

    /// An encryption certificate that comes with these algorithms (none: any).
    pub fn encryption(certificate_der: &[u8], algorithms: &[&str]) -> Self {
        let method = |algorithm: &&str| Method {
            algorithm: (*algorithm).to_owned(),
            digest: None,
            mask: None,
        };
        Self {
            usage: Use::Encryption,
            certificate_der: certificate_der.to_vec(),
            methods: algorithms.iter().map(method).collect(),
        }
    }

    pub(super) fn read_all(role: El<'_>) -> Result<Vec<Self>, MetadataError> {
        role.all(ns::MD, "KeyDescriptor").map(Self::read).collect()
    }

    fn read(el: El<'_>) -> Result<Self, MetadataError> {
        let usage = match el.attr("use") {
            None => Use::Both,
            Some("signing") => Use::Signing,
            Some("encryption") => Use::Encryption,
            Some(_) => return Err(ReadError::Value("use").into()),
        };
        let info = el.one(ns::DS, "KeyInfo")?.ok_or(ReadError::Missing("KeyInfo"))?;
        let data = info.one(ns::DS, "X509Data")?.ok_or(ReadError::Missing("X509Data"))?;
        let certificate = data
            .all(ns::DS, "X509Certificate")
            .next()
            .ok_or(ReadError::Missing("X509Certificate"))?;
        let methods: Result<Vec<_>, ReadError> = el
            .all(ns::MD, "EncryptionMethod")
            .map(|method| {
                let inner = |namespace, local| -> Result<Option<String>, ReadError> {
                    Ok(method
                        .one(namespace, local)?
                        .and_then(|el| el.attr("Algorithm"))
                        .map(str::to_owned))
                };
                Ok(Method {
                    algorithm: read::attr(method, "Algorithm")?.to_owned(),
                    digest: inner(ns::DS, "DigestMethod")?,
                    mask: inner(ns::XENC11, "MGF")?,
                })
            })
            .collect();
        Ok(Self {
            usage,
            certificate_der: read::base64(&certificate.text()?, "X509Certificate")?,
            methods: methods?,
        })
    }

    pub(super) fn elem(&self) -> Elem {
        let usage = match self.usage {
            Use::Signing => Some("signing"),
            Use::Encryption => Some("encryption"),
            Use::Both => None,
        };
        let certificate = Elem::new("ds:X509Certificate").text(STANDARD.encode(&self.certificate_der));
        let method = |method: &Method| {
            let inner = |name, uri: &Option<String>| uri.as_ref().map(|uri| Elem::new(name).attr("Algorithm", uri));
            Elem::new("md:EncryptionMethod")
                .attr("Algorithm", &method.algorithm)
                .child_opt(inner("ds:DigestMethod", &method.digest))
                .child_opt(inner("xenc11:MGF", &method.mask))
        };
        Elem::new("md:KeyDescriptor")
            .attr_opt("use", usage)
            .child(Elem::new("ds:KeyInfo").child(Elem::new("ds:X509Data").child(certificate)))
            .children(self.methods.iter().map(method))
    }

    /// Every key that may sign.
    pub(super) fn trusted(list: &[Self]) -> Result<TrustedKeys, MetadataError> {
        let signing = list.iter().filter(|key| key.usage != Use::Encryption);
        Ok(TrustedKeys::from_certificates(
            signing.map(|key| key.certificate_der.as_slice()),
        )?)
    }

    /// The first key that can be encrypted for; `None` when no key is meant for that at all.
    pub(super) fn recipient(list: &[Self]) -> Result<Option<Recipient>, MetadataError> {
        let mut why_not = None;
        for key in list.iter().filter(|key| key.usage != Use::Signing) {
            match key.as_recipient() {
                Ok(recipient) => return Ok(Some(recipient)),
                Err(error) => why_not = why_not.or(Some(error)),
            }
        }
        why_not.map_or(Ok(None), Err)
    }

    fn as_recipient(&self) -> Result<Recipient, MetadataError> {
        let public = EncryptionKey::from_certificate(&self.certificate_der)?;
        Recipient::choose(public, &self.methods).map_err(|error| {
            let why = match error {
                EncryptError::NoCipher => "EncryptionMethod (no cipher that we use)",
                EncryptError::NoTransport | EncryptError::Failed(_) => {
                    "EncryptionMethod (no key transport that we use)"
                }
            };
            ReadError::Value(why).into()
        })
    }
}
