//! Owns the law of key rotation: a key is published seven days before it signs and thirty days after it last signed, so
//! that no party ever meets a signature by a key that it could not have seen. A next key always stands ready, so that
//! a stolen key can be replaced at once; then it is trusted no longer from that moment.

use super::{Alg, KeyPurpose, KeyRow, KeyState};
use crate::domain::time::{Span, Time};
use crate::entropy::Entropy;
use crate::vault::{Vault, VaultError};

/// A key is seen for this long before it signs; longer than any party may cache the key set.
pub const PUBLISH_AHEAD: Span = Span::days(7);
/// A key is seen for this long after it last signed.
pub const PUBLISH_AFTER: Span = Span::days(30);
/// The keys that a server needs.
pub const WANTED: [(KeyPurpose, Alg); 4] = [
    (KeyPurpose::Jwt, Alg::Rs256),
    (KeyPurpose::Jwt, Alg::Es256),
    (KeyPurpose::Saml, Alg::Rs256),
    (KeyPurpose::Audit, Alg::Es256),
];

/// What is to be done with one (purpose, algorithm).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing signs yet: make a key and let it sign at once, and one to follow it.
    Begin,
    /// The next key signs from now on, the active one retires, a new next one is made.
    Advance {
        /// The key that begins to sign.
        next: String,
        /// The key that retires, if there is one.
        active: Option<String>,
    },
    /// A key signs but none stands ready: make the next one.
    Prepare,
    /// The next key has not been seen for long enough.
    Wait(Time),
}

/// What `keys rotate` does to one (purpose, algorithm) at `now`; `force` replaces a key that nobody should trust any longer.
#[must_use]
pub fn step(rows: &[KeyRow], purpose: KeyPurpose, alg: Alg, now: Time, force: bool) -> Step {
    let find = |state| {
        rows.iter()
            .find(|row| row.purpose == purpose && row.alg == alg && row.state == state)
    };
    match (find(KeyState::Active), find(KeyState::Next)) {
        (None, None) => Step::Begin,
        (Some(_), None) => Step::Prepare,
        (active, Some(next)) if force || active.is_none() || next.activates_at <= now => Step::Advance {
            next: next.kid.clone(),
            active: active.map(|row| row.kid.clone()),
        },
        (_, Some(next)) => Step::Wait(next.activates_at),
    }
}

/// Whether a retired key's publication is over. Audit keys stay for ever: old heads must remain verifiable.
#[must_use]
pub fn is_over(row: &KeyRow, now: Time) -> bool {
    row.purpose != KeyPurpose::Audit && row.retires_at.is_some_and(|end| end <= now)
}

/// A next key that was not yet due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// What it will sign.
    pub purpose: KeyPurpose,
    /// How.
    pub alg: Alg,
    /// From when it may.
    pub until: Time,
}

/// The keys after a rotation.
#[derive(Clone, Debug, Default)]
pub struct Rotated {
    /// Every key that remains, new and changed ones among them; to be stored whole.
    pub rows: Vec<KeyRow>,
    /// Ids of keys to delete.
    pub removed: Vec<String>,
    /// Ids of keys that nobody is to trust any longer.
    pub withdrawn: Vec<String>,
    /// What could not be done yet.
    pub waits: Vec<Wait>,
}

impl Vault {
    /// Carries out [`step`] for every wanted key; on an empty set this makes a new server's first keys. Rows that this vault does
    /// not vouch for are left alone. Storing the rows and [`Vault::load_keys`] are the caller's.
    ///
    /// # Errors
    /// [`VaultError::Key`] when a key cannot be made.
    pub fn rotate_keys(
        &self,
        rows: Vec<KeyRow>,
        subject_name: &str,
        now: Time,
        force: bool,
        rng: &Entropy,
    ) -> Result<Rotated, VaultError> {
        let mut rotated = self.begin(rows, now);
        for (purpose, alg) in WANTED {
            let make = || self.generate_key(purpose, alg, subject_name, now, rng);
            match step(&rotated.rows, purpose, alg, now, force) {
                Step::Wait(until) => rotated.waits.push(Wait { purpose, alg, until }),
                Step::Prepare => rotated.rows.push(make()?),
                Step::Begin => rotated.rows.extend([make()?.activated(now), make()?]),
                Step::Advance { next, active } => {
                    rotated.advance(&next, active.as_deref(), now, force);
                    rotated.rows.push(make()?);
                }
            }
        }
        Ok(self.end(rotated))
    }

    /// Withdraws one key: it signs no more, and nobody is to trust it any longer. What it signed for is signed by the next key,
    /// seen for long enough or not. Nothing when there is no such key of ours, or it signs the audit trail: old heads must remain
    /// verifiable (an audit key is replaced by [`Vault::rotate_keys`] with `force`).
    ///
    /// # Errors
    /// [`VaultError::Key`] when a key cannot be made.
    pub fn withdraw_key(
        &self,
        rows: Vec<KeyRow>,
        kid: &str,
        subject_name: &str,
        now: Time,
        rng: &Entropy,
    ) -> Result<Option<Rotated>, VaultError> {
        let mut rotated = self.begin(rows, now);
        let found = rotated.rows.iter().find(|row| row.kid == kid);
        let Some(row) = found.filter(|row| row.purpose != KeyPurpose::Audit) else {
            return Ok(None);
        };
        let (purpose, alg, state) = (row.purpose, row.alg, row.state);
        let next = rotated
            .rows
            .iter()
            .find(|row| row.purpose == purpose && row.alg == alg && row.state == KeyState::Next && row.kid != kid)
            .map(|row| row.kid.clone());
        let make = || self.generate_key(purpose, alg, subject_name, now, rng);
        match (state, next) {
            (KeyState::Active, Some(next)) => {
                rotated.advance(&next, Some(kid), now, true);
                rotated.rows.push(make()?);
            }
            (KeyState::Active, None) => {
                rotated.retire(kid, now, true);
                rotated.rows.extend([make()?.activated(now), make()?]);
            }
            (KeyState::Next, _) => {
                rotated.retire(kid, now, true);
                rotated.rows.push(make()?);
            }
            (KeyState::Retired, _) => rotated.retire(kid, now, true),
        }
        Ok(Some(self.end(rotated)))
    }

    /// The keys that are ours and not over.
    fn begin(&self, rows: Vec<KeyRow>, now: Time) -> Rotated {
        let ours = rows.into_iter().filter(|row| self.vouches_for(row));
        let (gone, rows) = ours.partition::<Vec<_>, _>(|row| is_over(row, now));
        Rotated {
            rows,
            removed: gone.into_iter().map(|row| row.kid).collect(),
            ..Rotated::default()
        }
    }

    /// Vouches for every key as it is now. No retired key keeps a private half, whatever program retired it.
    fn end(&self, mut rotated: Rotated) -> Rotated {
        for row in &mut rotated.rows {
            if row.state == KeyState::Retired {
                row.sealed = Vec::new();
            }
            *row = self.vouch(row.clone());
        }
        rotated
    }
}

impl Rotated {
    fn advance(&mut self, next: &str, active: Option<&str>, now: Time, stolen: bool) {
        for row in &mut self.rows {
            if row.kid == next {
                *row = row.clone().activated(now);
            }
        }
        if let Some(active) = active {
            self.retire(active, now, stolen);
        }
    }

    fn retire(&mut self, kid: &str, now: Time, stolen: bool) {
        let Some(row) = self.rows.iter_mut().find(|row| row.kid == kid) else {
            return;
        };
        // Audit keys sign no more, but what they signed stays verifiable.
        let trusted = if stolen && row.purpose != KeyPurpose::Audit {
            Span::ZERO
        } else {
            PUBLISH_AFTER
        };
        *row = row.clone().retired(now + trusted);
        if trusted == Span::ZERO {
            self.withdrawn.push(kid.to_owned());
        }
    }
}

impl KeyRow {
    /// The key signs from `now` on.
    fn activated(self, now: Time) -> Self {
        Self {
            state: KeyState::Active,
            activates_at: now,
            ..self
        }
    }

    /// The key signs no more; its private half is gone.
    fn retired(self, until: Time) -> Self {
        Self {
            state: KeyState::Retired,
            sealed: Vec::new(),
            retires_at: Some(until),
            ..self
        }
    }
}
