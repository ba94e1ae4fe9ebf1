//! Makes enveloped signatures: RSA-SHA256, exclusive canonical form, the certificate in `KeyInfo`.

use base64::Engine as _;
use bergshamra::{DsigContext, KeysManager, dsig::sign::sign_document_node};
use uppsala::Parser;

use crate::{
    Id,
    key::SigningKey,
    ns::{self, alg},
    xml::{Elem, WriteError},
};

/// Why nothing could be signed; always a fault of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// A value cannot be written as XML.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The library refused.
    #[error("signing failed: {0}")]
    Failed(String),
}

/// Signs a message whose `ID` is `id` and gives its text.
///
/// # Errors
/// [`SignError`].
pub fn enveloped(message: Elem, id: &Id, key: &SigningKey) -> Result<String, SignError> {
    fill(&prepare(message, id.as_str(), key).write()?, key)
}

/// Puts the empty signature into the message, right after its issuer.
pub(crate) fn prepare(mut message: Elem, id: &str, key: &SigningKey) -> Elem {
    message.insert_second(template(id, key));
    message
}

/// Fills every empty signature of a text of ours, the innermost first, since an outer one covers it.
pub(crate) fn fill(text: &str, key: &SigningKey) -> Result<String, SignError> {
    let failed = |error: &dyn std::fmt::Display| SignError::Failed(error.to_string());
    let parser = Parser::new().with_forbid_dtd(true);
    let mut tree = parser.parse(text).map_err(|e| failed(&e))?;
    let mut signatures = tree.get_elements_by_tag_name_ns(ns::DS, "Signature");
    signatures.reverse();
    let context = DsigContext::new(KeysManager::new()).with_hsm_signer(Box::new(key.clone()));
    for signature in signatures {
        sign_document_node(&context, &mut tree, signature).map_err(|e| failed(&e))?;
    }
    Ok(tree.to_xml())
}

fn template(id: &str, key: &SigningKey) -> Elem {
    let algorithm = |name, uri: &str| Elem::new(name).attr("Algorithm", uri);
    let certificate = base64::engine::general_purpose::STANDARD.encode(key.certificate_der());
    let transforms = Elem::new("ds:Transforms")
        .child(algorithm("ds:Transform", alg::ENVELOPED))
        .child(algorithm("ds:Transform", alg::EXC_C14N));
    let reference = Elem::new("ds:Reference")
        .attr("URI", format!("#{id}"))
        .child(transforms)
        .child(algorithm("ds:DigestMethod", alg::SHA256))
        .child(Elem::new("ds:DigestValue"));
    let info = Elem::new("ds:SignedInfo")
        .child(algorithm("ds:CanonicalizationMethod", alg::EXC_C14N))
        .child(algorithm("ds:SignatureMethod", alg::RSA_SHA256))
        .child(reference);
    let x509 = Elem::new("ds:X509Data").child(Elem::new("ds:X509Certificate").text(certificate));
    Elem::new("ds:Signature")
        .child(info)
        .child(Elem::new("ds:SignatureValue"))
        .child(Elem::new("ds:KeyInfo").child(x509))
}
