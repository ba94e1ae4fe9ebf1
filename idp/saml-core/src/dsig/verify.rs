//! From an element and a party's keys to the same element, believed; or the reason why not.

use bergshamra::{VerifyResult, dsig::verify::verify_all_document_with_source};

use super::policy;
use crate::{key::TrustedKeys, xml::El};

/// Why a signature does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// There is none where one must be.
    #[error("the message is not signed")]
    Unsigned,
    /// A signature stands where none belongs.
    #[error("a signature stands in the wrong place")]
    Misplaced,
    /// Two signatures in one element.
    #[error("there are several signatures")]
    Several,
    /// Children, order or parameters that the policy does not know.
    #[error("the signature has a shape that is not accepted")]
    Shape,
    /// The reference is not to the element that holds the signature.
    #[error("the signature refers to something else")]
    Reference,
    /// Transforms other than enveloped-signature and exclusive canonical form.
    #[error("the signature uses a transform that is not accepted")]
    Transform,
    /// SHA-1 and other algorithms that are not accepted.
    #[error("the signature uses an algorithm that is not accepted")]
    Algorithm,
    /// Nobody's key, or a changed document.
    #[error("no key of this party made the signature")]
    Invalid,
}

/// Verifies the signature of `target`. `expected` lists the elements that may be signed in this document, `target`
/// among them.
pub(crate) fn verify<'d>(target: El<'d>, expected: &[El<'d>], keys: &TrustedKeys) -> Result<El<'d>, SignatureError> {
    let signature = policy::signature_of(target, expected)?;
    policy::shape(signature, target)?;
    let doc = target.doc();
    let results = verify_all_document_with_source(keys.context(), doc.tree(), Some(doc.source()))
        .map_err(|_| SignatureError::Invalid)?;
    for result in results {
        if let VerifyResult::Valid {
            signature_node,
            references,
            ..
        } = result
            && signature_node == signature.node()
            && let [reference] = references.as_slice()
            && reference.digest_verified
            && reference.resolved_node == Some(target.node())
        {
            return Ok(target);
        }
    }
    Err(SignatureError::Invalid)
}
