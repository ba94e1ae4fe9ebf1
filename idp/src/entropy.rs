//! Owns randomness: the one place that asks the operating system for it. Never hands out a guessable value: where the
//! system has none to give, the process ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use uuid::Uuid;

use crate::domain::time::Time;

/// A source of randomness that may be shared by all threads.
#[derive(Clone)]
pub struct Entropy(Source);

#[derive(Clone)]
enum Source {
    System(SystemRandom),
    /// HMAC-SHA-256 of a counter under the seed: the same values in every run. Tests and demo data only.
    Seeded {
        key: Arc<hmac::Key>,
        counter: Arc<AtomicU64>,
    },
}

impl std::fmt::Debug for Entropy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.0 {
            Source::System(_) => "Entropy::System",
            Source::Seeded { .. } => "Entropy::Seeded",
        })
    }
}

impl Entropy {
    /// The operating system's randomness.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks the system for randomness"
    )]
    pub fn system() -> Self {
        Self(Source::System(SystemRandom::new()))
    }

    /// Values that repeat with the seed; never for anything that guards a real person.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &seed.to_be_bytes());
        Self(Source::Seeded {
            key: Arc::new(key),
            counter: Arc::new(AtomicU64::new(0)),
        })
    }

    /// Fills `out`.
    pub fn fill(&self, out: &mut [u8]) {
        match &self.0 {
            Source::System(system) => {
                if system.fill(out).is_err() {
                    log::error!("the operating system gives no randomness; stopping");
                    std::process::abort();
                }
            }
            Source::Seeded { key, counter } => {
                for chunk in out.chunks_mut(32) {
                    let block = hmac::sign(key, &counter.fetch_add(1, Ordering::Relaxed).to_be_bytes());
                    chunk.copy_from_slice(&block.as_ref()[..chunk.len()]);
                }
            }
        }
    }

    /// `N` random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        self.fill(&mut out);
        out
    }

    /// A number below `bound`, each equally likely; 0 when `bound` is 0.
    #[must_use]
    pub fn below(&self, bound: u32) -> u32 {
        u32::try_from(self.below_u64(u64::from(bound))).unwrap_or(0)
    }

    /// A number below `bound`, each equally likely; 0 when `bound` is 0.
    #[must_use]
    pub fn below_u64(&self, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        // The last, incomplete run of `bound` values is thrown away; otherwise its values would come up more often.
        let zone = u64::MAX - (u64::MAX % bound);
        loop {
            let drawn = u64::from_be_bytes(self.bytes());
            if drawn < zone {
                return drawn % bound;
            }
        }
    }

    /// An id that sorts by the time it was made (RFC 9562, version 7).
    #[must_use]
    pub fn uuid_v7(&self, now: Time) -> Uuid {
        let millis = u64::try_from(now.micros().div_euclid(1_000)).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }

    /// A secret of 256 bits as 43 characters of base64url.
    #[must_use]
    pub fn token(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes::<32>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_and_another_does_not() {
        let (one, same, other) = (Entropy::seeded(7), Entropy::seeded(7), Entropy::seeded(8));
        let first = one.bytes::<40>();
        assert_eq!(first, same.bytes::<40>());
        assert_ne!(first, other.bytes::<40>());
        assert_ne!(first, one.bytes::<40>());
    }

    #[test]
    fn numbers_stay_below_their_bound_and_reach_it() {
        let rng = Entropy::seeded(1);
        let mut seen = [false; 7];
        for _ in 0..500 {
            seen[rng.below(7) as usize] = true;
        }
        assert_eq!(seen, [true; 7]);
        assert_eq!(rng.below(0), 0);
        assert_eq!(rng.below(1), 0);
        assert!(rng.below_u64(1_000_000_000_000) < 1_000_000_000_000);
    }

    #[test]
    fn ids_sort_by_time() {
        let rng = Entropy::system();
        let (early, late) = (
            rng.uuid_v7(Time::from_secs(1_000_000)),
            rng.uuid_v7(Time::from_secs(1_000_001)),
        );
        assert!(early < late);
        assert_eq!(early.get_version_num(), 7);
    }

    #[test]
    fn tokens_carry_256_bits() {
        let rng = Entropy::system();
        let token = rng.token();
        assert_eq!(token.len(), 43);
        assert_ne!(token, rng.token());
    }
}
