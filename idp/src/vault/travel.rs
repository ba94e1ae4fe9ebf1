//! Owns what leaves the server and comes back sealed: flows, device cookies, tickets. A key per purpose and UTC day
//! (device cookies: month), so that no key seals more than one period's values and an old value dies with its key.
//! Never used for stored values; how long a value is good for within its period is its owner's business.
//!
//! Layout before base64url: `1` version · `4` period · `12` nonce · ciphertext and tag.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Vault, master, seal};
use crate::domain::time::{Span, Time};
use crate::entropy::Entropy;

const VERSION: u8 = 1;
const HEAD: usize = 1 + 4;
const DAY: i64 = 86_400;
/// 30 days: short of a calendar month, and the same length everywhere.
const MONTH: i64 = 30 * DAY;
/// Nodes' clocks may differ by this much around the turn of a period.
const SKEW: Span = Span::secs(180);

/// What a travelling value is; a value of one purpose never opens as another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Travel {
    /// A log-in on its way.
    Flow,
    /// A form's hidden field.
    Csrf,
    /// The cookie by which an eID knows a browser (180 days).
    Device,
    /// The way on to extending an eID's scope.
    Extension,
    /// A log-out on its round from service to service.
    Logout,
    /// Whether the person wants to log out.
    LogoutQuestion,
    /// A log-out handed over to another protocol.
    LogoutOnward,
    /// What a service said of a log-out, on its way to the round.
    LogoutHeard,
    /// A pass for one step of our own pages.
    Ticket,
    /// A form of another site on its way back to us as a GET.
    PostedRequest,
    /// A place in the line before the log-in.
    Place,
    /// A first use on its way.
    FirstUse,
    /// What was typed for an order, on its way from page to page.
    Order,
}

impl Travel {
    fn purpose(self) -> &'static str {
        match self {
            Self::Flow => "nogle travel flow",
            Self::Csrf => "nogle travel csrf",
            Self::Device => "nogle travel device",
            Self::Extension => "nogle travel extension",
            Self::Logout => "nogle travel logout",
            Self::LogoutQuestion => "nogle travel logout question",
            Self::LogoutOnward => "nogle travel logout onward",
            Self::LogoutHeard => "nogle travel logout heard",
            Self::Ticket => "nogle travel ticket",
            Self::PostedRequest => "nogle travel posted request",
            Self::Place => "nogle travel place",
            Self::FirstUse => "nogle travel first use",
            Self::Order => "nogle travel order",
        }
    }

    /// The number of the period in which `now` lies.
    fn period(self, now: Time) -> i64 {
        now.secs().div_euclid(if self == Self::Device { MONTH } else { DAY })
    }

    /// How many periods before the current one still open: one; for device cookies as many as 180 days reach into.
    fn reach(self) -> i64 {
        if self == Self::Device { 6 } else { 1 }
    }

    fn accepts(self, period: i64, now: Time) -> bool {
        let latest = self.period(now + SKEW);
        (self.period(now) - self.reach()..=latest).contains(&period)
    }
}

impl Vault {
    /// Seals `plain` for `purpose`; base64url text.
    #[must_use]
    pub fn travel_seal(&self, purpose: Travel, now: Time, plain: &[u8], rng: &Entropy) -> String {
        let period = u32::try_from(purpose.period(now)).unwrap_or(0);
        let mut head = Vec::with_capacity(HEAD);
        head.push(VERSION);
        head.extend_from_slice(&period.to_be_bytes());
        let key = master::expand(&self.0.root, purpose.purpose(), period);
        URL_SAFE_NO_PAD.encode(seal::encrypt(&key, purpose.purpose().as_bytes(), head, plain, rng))
    }

    /// Opens what was sealed for `purpose` in this period or a recent one; nothing for anything else.
    #[must_use]
    pub fn travel_open(&self, purpose: Travel, now: Time, text: &str) -> Option<Vec<u8>> {
        let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (version, rest) = sealed.split_first()?;
        let (period, body) = rest.split_first_chunk::<4>()?;
        let period = u32::from_be_bytes(*period);
        if *version != VERSION || !purpose.accepts(i64::from(period), now) {
            return None;
        }
        let key = master::expand(&self.0.root, purpose.purpose(), period);
        seal::decrypt(&key, purpose.purpose().as_bytes(), body).map(|plain| plain.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::vault::MasterKey;

    fn vault() -> Vault {
        Vault::new(&MasterKey::generate(&Entropy::seeded(5)), [1; 16])
    }

    const NOON: i64 = 20_000 * DAY + DAY / 2;

    #[test]
    fn a_value_lives_through_the_next_period_and_not_the_one_after() {
        let (vault, rng) = (vault(), Entropy::seeded(1));
        let noon = Time::from_secs(NOON);
        let sealed = vault.travel_seal(Travel::Flow, noon, b"state", &rng);
        for (after, opens) in [
            (0, true),
            (DAY / 2, true),
            (DAY, true),
            (DAY + DAY / 2, false),
            (30 * DAY, false),
        ] {
            assert_eq!(
                vault
                    .travel_open(Travel::Flow, noon + Span::secs(after), &sealed)
                    .is_some(),
                opens,
                "{after}"
            );
        }
    }

    #[test]
    fn a_neighbour_whose_clock_is_slow_reads_it_across_midnight() {
        let (vault, rng) = (vault(), Entropy::seeded(1));
        let midnight = Time::from_secs(20_001 * DAY);
        let sealed = vault.travel_seal(Travel::Flow, midnight, b"state", &rng);
        assert!(
            vault
                .travel_open(Travel::Flow, midnight - Span::secs(60), &sealed)
                .is_some()
        );
        assert!(
            vault
                .travel_open(Travel::Flow, midnight - Span::secs(3_600), &sealed)
                .is_none()
        );
    }

    #[test]
    fn a_device_is_known_for_180_days() {
        let (vault, rng) = (vault(), Entropy::seeded(1));
        for start in 0..31 {
            let made = Time::from_secs(NOON + start * DAY);
            let sealed = vault.travel_seal(Travel::Device, made, b"device", &rng);
            assert!(
                vault
                    .travel_open(Travel::Device, made + Span::secs(180 * DAY), &sealed)
                    .is_some()
            );
            assert!(
                vault
                    .travel_open(Travel::Device, made + Span::secs(211 * DAY), &sealed)
                    .is_none()
            );
        }
    }

    proptest! {
        #[test]
        fn purposes_are_apart_and_noise_is_nothing(plain: Vec<u8>, noise: String) {
            let (vault, rng, now) = (vault(), Entropy::seeded(1), Time::from_secs(NOON));
            let sealed = vault.travel_seal(Travel::Flow, now, &plain, &rng);
            prop_assert_eq!(vault.travel_open(Travel::Flow, now, &sealed), Some(plain));
            prop_assert_eq!(vault.travel_open(Travel::Csrf, now, &sealed), None);
            prop_assert_eq!(vault.travel_open(Travel::Device, now, &sealed), None);
            prop_assert_eq!(vault.travel_open(Travel::Flow, now, &noise), None);
        }
    }
}
