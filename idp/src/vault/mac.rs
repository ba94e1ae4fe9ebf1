//! Owns keyed hashes: look-ups of values that are stored sealed, and MACs. Every kind and purpose has a key of its own,
//! so that no value of one can pass for another. Never reversible.

use crate::hex::hex;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use subtle::ConstantTimeEq;

use super::{Vault, master};

/// What is looked up by its keyed hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// A CPR number's ten digits.
    Cpr,
    /// A user-ID in its look-up form.
    UserId,
    /// A mail address, lower case.
    Email,
    /// A telephone number in international form.
    Phone,
    /// A document's type and number.
    Document,
    /// An order: whose it is, and the document that it rests on.
    Order,
}

impl Lookup {
    pub(super) const COUNT: usize = 6;
    const ALL: [Self; Self::COUNT] = [
        Self::Cpr,
        Self::UserId,
        Self::Email,
        Self::Phone,
        Self::Document,
        Self::Order,
    ];

    fn purpose(self) -> &'static str {
        match self {
            Self::Cpr => "nogle lookup cpr",
            Self::UserId => "nogle lookup user-id",
            Self::Email => "nogle lookup email",
            Self::Phone => "nogle lookup phone",
            Self::Document => "nogle lookup document",
            Self::Order => "nogle lookup order",
        }
    }

    pub(super) fn keys(root: &hmac::Key) -> Keys<{ Self::COUNT }> {
        Keys(Self::ALL.map(|kind| derive(root, kind.purpose())))
    }
}

/// What a MAC is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mac {
    /// A row of the audit log.
    Audit,
    /// The hidden field of a form.
    Csrf,
    /// The last step of a password verifier.
    Pepper,
    /// A machine-made short secret, such as an activation password.
    Activation,
    /// What of a stored signing key is not secret.
    SigningKey,
    /// A refresh token's successor, from its family's secret and generation.
    Refresh,
    /// The commitment to a personal field in the audit log.
    Field,
    /// The value of a session's cookie.
    Session,
    /// An authorization code, from its grant's id.
    Code,
    /// The look-up of what is handed over to a code app.
    Handover,
    /// What a passkey signs: bound to what it is asked for.
    Passkey,
    /// The code that shows that a contact address is read by whoever typed it.
    Contact,
    /// What an RA asked under a key of its own: it may hold what a person said.
    RaRequest,
    /// A code that was read aloud.
    Spoken,
}

impl Mac {
    pub(super) const COUNT: usize = 14;
    const ALL: [Self; Self::COUNT] = [
        Self::Audit,
        Self::Csrf,
        Self::Pepper,
        Self::Activation,
        Self::SigningKey,
        Self::Refresh,
        Self::Field,
        Self::Session,
        Self::Code,
        Self::Handover,
        Self::Passkey,
        Self::Contact,
        Self::RaRequest,
        Self::Spoken,
    ];

    fn purpose(self) -> &'static str {
        match self {
            Self::Audit => "nogle mac audit",
            Self::Csrf => "nogle mac csrf",
            Self::Pepper => "nogle mac pepper",
            Self::Activation => "nogle mac activation",
            Self::SigningKey => "nogle mac signing key",
            Self::Refresh => "nogle mac refresh",
            Self::Field => "nogle mac field",
            Self::Session => "nogle mac session",
            Self::Code => "nogle mac code",
            Self::Handover => "nogle mac handover",
            Self::Passkey => "nogle mac passkey",
            Self::Contact => "nogle mac contact",
            Self::RaRequest => "nogle mac ra request",
            Self::Spoken => "nogle mac spoken",
        }
    }

    pub(super) fn keys(root: &hmac::Key) -> Keys<{ Self::COUNT }> {
        Keys(Self::ALL.map(|purpose| derive(root, purpose.purpose())))
    }
}

/// One HMAC key per kind, by its place in the kind's `ALL`.
pub(super) struct Keys<const N: usize>([hmac::Key; N]);

fn derive(root: &hmac::Key, purpose: &str) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, &*master::expand(root, purpose, 0))
}

impl<const N: usize> Keys<N> {
    fn sign(&self, kind: usize, data: &[u8]) -> [u8; 32] {
        let mut tag = [0; 32];
        tag.copy_from_slice(hmac::sign(&self.0[kind], data).as_ref());
        tag
    }
}

impl Vault {
    /// The keyed hash by which a stored value is found again (HMAC-SHA-256; the same in every generation).
    #[must_use]
    pub fn lookup(&self, kind: Lookup, value: &[u8]) -> [u8; 32] {
        self.0.lookups.sign(kind as usize, value)
    }

    /// Half of a look-up's hash, as it stands in the trail for somebody who has no eID: found by whoever knows the value and holds the vault. In four groups,
    /// so that nobody takes it for a number.
    #[must_use]
    pub fn mark(&self, kind: Lookup, value: &[u8]) -> String {
        let hash = self.lookup(kind, value);
        let groups: Vec<_> = hash[..8].chunks(2).map(hex).collect();
        groups.join("-")
    }

    /// HMAC-SHA-256 of `data` for `purpose`.
    #[must_use]
    pub fn mac(&self, purpose: Mac, data: &[u8]) -> [u8; 32] {
        self.0.macs.sign(purpose as usize, data)
    }

    /// Whether `tag` is the MAC of `data` for `purpose`, in constant time.
    #[must_use]
    pub fn mac_ok(&self, purpose: Mac, data: &[u8], tag: &[u8]) -> bool {
        equal(&self.mac(purpose, data), tag)
    }

    /// The token of a form: bound to what `data` names.
    #[must_use]
    pub fn csrf(&self, data: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(self.mac(Mac::Csrf, data))
    }

    /// Whether a form brought the token that is bound to `data`.
    #[must_use]
    pub fn csrf_ok(&self, data: &[u8], token: &str) -> bool {
        let token = URL_SAFE_NO_PAD.decode(token);
        token.is_ok_and(|token| self.mac_ok(Mac::Csrf, data, &token))
    }
}

/// Constant-time comparison of secrets; the length is no secret.
#[must_use]
pub(crate) fn equal(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Entropy;
    use crate::vault::MasterKey;

    #[test]
    fn every_purpose_has_its_own_key() {
        let vault = Vault::new(&MasterKey::generate(&Entropy::seeded(1)), [0; 16]);
        let mut tags: Vec<_> = Lookup::ALL.iter().map(|kind| vault.lookup(*kind, b"value")).collect();
        tags.extend(Mac::ALL.iter().map(|purpose| vault.mac(*purpose, b"value")));
        let all = tags.len();
        tags.sort_unstable();
        tags.dedup();
        assert_eq!(tags.len(), all);
    }

    #[test]
    fn a_mac_holds_for_its_data_only() {
        let vault = Vault::new(&MasterKey::generate(&Entropy::seeded(1)), [0; 16]);
        let tag = vault.mac(Mac::Csrf, b"flow 1");
        assert!(vault.mac_ok(Mac::Csrf, b"flow 1", &tag));
        assert!(!vault.mac_ok(Mac::Csrf, b"flow 2", &tag));
        assert!(!vault.mac_ok(Mac::Audit, b"flow 1", &tag));
        assert!(!vault.mac_ok(Mac::Csrf, b"flow 1", &tag[..31]));
    }
}
