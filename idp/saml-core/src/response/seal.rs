//! Sealing: sign the assertion, encrypt it, sign the response, in this order and as the profile of the service wants it.

use super::Response;
use crate::{
    dsig::{self, SignError},
    enc::{EncryptError, Recipient},
    key::SigningKey,
    xml::Elem,
};

/// What carries a signature. Every assertion is covered by one (Profiles §4.1.4.5): there is no way to ask for none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signed {
    /// The assertion alone (OIOSAML).
    Assertion,
    /// The response alone (SAML2Int; error responses).
    Response,
    /// Both.
    Both,
}

/// How a response is sealed.
#[derive(Debug, Clone, Copy)]
pub struct Sealing<'a> {
    /// Our key.
    pub key: &'a SigningKey,
    /// What is signed. A response without an assertion is always signed itself.
    pub signed: Signed,
    /// For whom the assertion is encrypted, if it is.
    pub encrypt: Option<&'a Recipient>,
}

/// Why a response cannot be sealed; always a fault of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Signing.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// Encrypting.
    #[error(transparent)]
    Encrypt(#[from] EncryptError),
}

impl Response {
    /// The text of the sealed response.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn seal(&self, sealing: &Sealing<'_>) -> Result<String, SealError> {
        let Some(assertion) = &self.assertion else {
            return Ok(dsig::enveloped(self.elem(None), &self.id, sealing.key)?);
        };
        let sign_response = matches!(sealing.signed, Signed::Response | Signed::Both);
        let mut inner = assertion.elem();
        if matches!(sealing.signed, Signed::Assertion | Signed::Both) {
            inner = dsig::prepare(inner, assertion.id.as_str(), sealing.key);
        }
        if let Some(recipient) = sealing.encrypt {
            let text = inner.write().map_err(SignError::from)?;
            let text = dsig::fill(&text, sealing.key)?;
            inner = Elem::new("saml:EncryptedAssertion").child(recipient.encrypt(&text)?);
        }
        let mut outer = self.elem(Some(inner));
        if sign_response {
            outer = dsig::prepare(outer, self.id.as_str(), sealing.key);
        }
        let text = outer.write().map_err(SignError::from)?;
        Ok(dsig::fill(&text, sealing.key)?)
    }
}
