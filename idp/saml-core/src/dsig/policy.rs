//! The structure of a signature that may be verified at all. Looks at names and attributes only, before any cryptography.

use super::SignatureError;
use crate::{
    ns::{self, alg},
    xml::El,
};

const SIGNATURE_METHODS: [&str; 5] = [
    alg::RSA_SHA256,
    alg::RSA_SHA384,
    alg::RSA_SHA512,
    alg::ECDSA_SHA256,
    alg::ECDSA_SHA384,
];
const DIGEST_METHODS: [&str; 3] = [alg::SHA256, alg::SHA384, alg::SHA512];

/// All signatures of the document stand where one is expected, at most one in each place; gives the one of `target`.
pub(super) fn signature_of<'d>(target: El<'d>, expected: &[El<'d>]) -> Result<El<'d>, SignatureError> {
    let root = target.doc().root();
    let mut of_target = None;
    let mut parents = Vec::new();
    for signature in root.descendants().filter(|el| el.is(ns::DS, "Signature")) {
        let parent = signature.parent().ok_or(SignatureError::Misplaced)?;
        if !expected.iter().any(|el| el.node() == parent.node()) {
            return Err(SignatureError::Misplaced);
        }
        if parents.contains(&parent.node()) {
            return Err(SignatureError::Several);
        }
        parents.push(parent.node());
        if parent.node() == target.node() {
            of_target = Some(signature);
        }
    }
    of_target.ok_or(SignatureError::Unsigned)
}

/// The signature has the one shape that is accepted and refers to `target`.
pub(super) fn shape(signature: El<'_>, target: El<'_>) -> Result<(), SignatureError> {
    let info = match children(signature).as_slice() {
        [info, value] if info.is(ns::DS, "SignedInfo") && value.is(ns::DS, "SignatureValue") => *info,
        [info, value, key]
            if info.is(ns::DS, "SignedInfo") && value.is(ns::DS, "SignatureValue") && key.is(ns::DS, "KeyInfo") =>
        {
            *info
        }
        _ => return Err(SignatureError::Shape),
    };
    let [canonical, method, reference] = children(info)[..] else {
        return Err(SignatureError::Shape);
    };
    algorithm(canonical, "CanonicalizationMethod", &[alg::EXC_C14N])?;
    algorithm(method, "SignatureMethod", &SIGNATURE_METHODS)?;
    if !reference.is(ns::DS, "Reference") {
        return Err(SignatureError::Shape);
    }
    refers_to(reference, target)?;
    let [transforms, digest, _value] = children(reference)[..] else {
        return Err(SignatureError::Shape);
    };
    if !transforms.is(ns::DS, "Transforms") {
        return Err(SignatureError::Shape);
    }
    let [first, second] = children(transforms)[..] else {
        return Err(SignatureError::Transform);
    };
    algorithm(first, "Transform", &[alg::ENVELOPED]).map_err(|_| SignatureError::Transform)?;
    algorithm(second, "Transform", &[alg::EXC_C14N]).map_err(|_| SignatureError::Transform)?;
    algorithm(digest, "DigestMethod", &DIGEST_METHODS)
}

fn children(el: El<'_>) -> Vec<El<'_>> {
    el.children().collect()
}

/// `#` and the ID of the element, nothing that could be looked up elsewhere.
fn refers_to(reference: El<'_>, target: El<'_>) -> Result<(), SignatureError> {
    let id = target
        .id()
        .filter(|id| !id.is_empty())
        .ok_or(SignatureError::Reference)?;
    match reference.attr("URI").and_then(|uri| uri.strip_prefix('#')) {
        Some(uri) if uri == id => Ok(()),
        _ => Err(SignatureError::Reference),
    }
}

/// An empty element of that name with one of those algorithms: parameters (output lengths, prefix lists) are refused.
fn algorithm(el: El<'_>, name: &str, allowed: &[&str]) -> Result<(), SignatureError> {
    if !el.is(ns::DS, name) || el.children().next().is_some() {
        return Err(SignatureError::Shape);
    }
    match el.attr("Algorithm") {
        Some(algorithm) if allowed.contains(&algorithm) => Ok(()),
        _ => Err(SignatureError::Algorithm),
    }
}
