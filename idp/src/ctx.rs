//! What every act is given: one moment, one source of randomness, who calls. Never holds a connection, a key or a setting.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use crate::domain::locale::Locale;
use crate::domain::time::Time;
use crate::entropy::Entropy;
use crate::hex::hex;

/// Made once per request; one `now` for the whole act.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// The moment of the whole act.
    pub now: Time,
    /// Where random values come from.
    pub rng: Entropy,
    /// Who calls, as far as the network tells.
    pub caller: Caller,
    /// Ties log lines and audit rows of one request together.
    pub request_id: RequestId,
    /// The language of whoever reads the answer.
    pub locale: Locale,
}

/// Who calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// The address the call came from, by the rules for trusted proxies.
    pub source: Option<IpAddr>,
    /// What kind of caller it is.
    pub agent: Agent,
    /// The certificate that it showed; whose it is, nobody has judged yet.
    pub certificate: Option<Shown>,
}

/// A certificate that a caller showed, with those that came along with it; DER, its own first.
#[derive(Clone, PartialEq, Eq)]
pub struct Shown(Arc<Vec<Vec<u8>>>);

impl Shown {
    /// What came over the wire.
    #[must_use]
    pub fn new(chain: Vec<Vec<u8>>) -> Self {
        Self(Arc::new(chain))
    }

    /// Its own, and the others.
    #[must_use]
    pub fn chain(&self) -> Option<(&[u8], &[Vec<u8>])> {
        let (own, others) = self.0.split_first()?;
        Some((own, others))
    }
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shown({})", self.0.len())
    }
}

/// What kind of caller it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Agent {
    /// A person's browser.
    Browser,
    /// A program of a party, an RA or an operator, by name.
    Machine(String),
    /// Ourselves: a job, a command.
    #[default]
    System,
}

/// A short random name of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// Draws one.
    #[must_use]
    pub fn draw(rng: &Entropy) -> RequestId {
        loop {
            let id = hex(&rng.bytes::<8>());
            // The log takes ten digits in a row for a CPR number and hides them.
            let in_a_row = |ten: &[u8]| ten.iter().all(u8::is_ascii_digit);
            if !id.as_bytes().windows(10).any(in_a_row) {
                return RequestId(id);
            }
        }
    }

    /// As it stands in logs and audit rows.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Ctx {
    /// The context of something that we do ourselves.
    #[must_use]
    pub fn system(now: Time, rng: &Entropy) -> Ctx {
        Ctx {
            now,
            rng: rng.clone(),
            caller: Caller::default(),
            request_id: RequestId::draw(rng),
            locale: Locale::Da,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_of_a_request_looks_like_a_cpr_number() {
        let rng = Entropy::seeded(1);
        for _ in 0..20_000 {
            let id = RequestId::draw(&rng);
            let longest = id.as_str().split(|c: char| !c.is_ascii_digit()).map(str::len).max();
            assert!(
                id.as_str().len() == 16 && longest.is_some_and(|digits| digits < 10),
                "{id}"
            );
        }
    }
}
