//! How many calls an RA and an officer may make in a minute: in memory, per node, of a fixed size. Owns the shares. Never counts
//! anybody who has not shown whose machine they are.

use crate::domain::time::{Span, Time};
use crate::minute::{Table, rest};

const RAS: usize = 1_024;
const OFFICERS: usize = 8_192;

/// The shares of the running minute. An RA and its officers are counted in tables of their own: no officer's calls use up an RA's share.
#[derive(Debug)]
pub(super) struct Limits {
    ra: (u32, Table),
    officer: (u32, Table),
}

impl Limits {
    pub(super) fn new(ra: u32, officer: u32) -> Self {
        Self::sized((ra, RAS), (officer, OFFICERS))
    }

    fn sized((ra, ras): (u32, usize), (officer, officers): (u32, usize)) -> Self {
        Self {
            ra: (ra, Table::new(ras)),
            officer: (officer, Table::new(officers)),
        }
    }

    /// Counts a call of an RA.
    ///
    /// # Errors
    /// When to try again.
    pub(super) fn admit(&self, ra: &str, now: Time) -> Result<(), Span> {
        let (limit, table) = &self.ra;
        within(table.count(ra, now), *limit, now)
    }

    /// Counts a call of one of its officers.
    ///
    /// # Errors
    /// When to try again.
    pub(super) fn admit_officer(&self, ra: &str, officer: &str, now: Time) -> Result<(), Span> {
        let (limit, table) = &self.officer;
        within(table.count((ra, officer), now), *limit, now)
    }
}

fn within(calls: u32, limit: u32, now: Time) -> Result<(), Span> {
    if calls > limit { Err(rest(now)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_officer_and_an_ra_have_shares_of_their_own_each_minute() {
        let (limits, now) = (Limits::new(5, 2), Time::from_secs(600));
        let officer = |name: &str, now| limits.admit_officer("bank", name, now);
        assert!(officer("kim", now).is_ok() && officer("kim", now).is_ok());
        assert_eq!(officer("kim", now + Span::secs(20)), Err(Span::secs(40)));
        assert!(officer("bo", now).is_ok(), "another officer's share is whole");
        assert!(officer("kim", now + Span::secs(60)).is_ok(), "a minute later");
        let whole = (0..7).filter(|_| limits.admit("bank", now).is_ok());
        assert_eq!(whole.count(), 5);
    }

    #[test]
    fn no_officer_uses_up_an_ras_share_however_names_fall() {
        // One slot each: whoever is counted meets whoever else is.
        let (limits, now) = (Limits::sized((5, 1), (9, 1)), Time::from_secs(600));
        for _ in 0..9 {
            assert!(limits.admit_officer("bank", "kim", now).is_ok());
        }
        assert!(limits.admit("bank", now).is_ok());
    }
}
