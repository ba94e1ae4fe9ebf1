//! One invented person of a crowd: drawn, hashed and sealed away from any transaction, so that every core draws. Owns that no two
//! of one crowd share a number; what was there before the crowd is the database's to know.

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::NaiveDate;

use super::generate::{Hash, Wish};
use super::identity::{Anybody, Sex, substitute_cpr};
use super::show::{self, Secrets};
use crate::ctx::Ctx;
use crate::domain::cpr::Cpr;
use crate::domain::denmark;
use crate::domain::eid::{self, EidNumber, EidStatus};
use crate::domain::id::{EidId, PersonId};
use crate::domain::keycard::{self, Card, CardNumber, CardState, Used};
use crate::domain::pid::{self, Pid};
use crate::domain::time::Span;
use crate::domain::user_id::Typed;
use crate::fault::Fault;
use crate::storage::{AliasKind, Bank, NewEid, NewPerson, Newcomer, SealedNewcomer};
use crate::vault::Vault;
use crate::vault::card::{CardSecret, SCHEME};
use crate::vault::password::{self, HashMemory, Verifier};

/// The most people of one crowd: beyond it the substitute CPR numbers of their days run short.
pub const MOST: usize = 20_000_000;
/// Draws of a CPR number before giving up.
const DRAWS: usize = 1_000;
/// Days of birth that [`Anybody`] can have, with room.
const DAYS: usize = 96 * 366;
const SERIALS: usize = 1_000;

/// Who is drawn, how, and which CPR numbers are given away.
pub struct Crowd<'a> {
    vault: &'a Vault,
    ctx: &'a Ctx,
    wish: Wish,
    given: Box<[AtomicU64]>,
}

/// A person ready to be written.
pub struct Drawn {
    /// The place in the crowd.
    pub nth: usize,
    /// The rows.
    pub sealed: SealedNewcomer,
    /// The line of JSON, where one is wanted.
    pub line: Option<String>,
    verifier: Vec<u8>,
    password: Option<String>,
}

impl<'a> Crowd<'a> {
    /// Nobody has been drawn.
    #[must_use]
    pub fn new(vault: &'a Vault, ctx: &'a Ctx, wish: Wish) -> Self {
        let bits = DAYS * 2 * SERIALS;
        Self {
            vault,
            ctx,
            wish,
            given: (0..bits.div_ceil(64)).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    /// The `nth` person, with a password of their own where they are to have one.
    ///
    /// # Errors
    /// A fault when the hash fails or no number is free.
    pub fn draw(&self, nth: usize, memory: &mut HashMemory) -> Result<Drawn, Fault> {
        let rng = &self.ctx.rng;
        let password = self
            .has_password(nth)
            .then(|| format!("demo-{:08}", rng.below(100_000_000)));
        let verifier = match &password {
            Some(password) => password::make(
                self.vault,
                (password.as_bytes(), false),
                rng.bytes(),
                self.wish.cost,
                memory,
            )
            .map_err(|error| Fault::new("a demo password could not be hashed", error))?,
            None => Verifier::nobody(self.wish.cost),
        };
        self.with(nth, verifier.to_bytes(), password)
    }

    /// Somebody else in the same place and with the same password: a number was taken.
    ///
    /// # Errors
    /// As [`Crowd::draw`].
    pub fn redraw(&self, drawn: &Drawn) -> Result<Drawn, Fault> {
        self.with(drawn.nth, drawn.verifier.clone(), drawn.password.clone())
    }

    /// In a shared crowd a sample, spread evenly, so that those who can log in lie as far apart as people do.
    fn has_password(&self, nth: usize) -> bool {
        match self.wish.hash {
            Hash::Full => true,
            Hash::Shared => is_in_sample(nth, self.wish.people, self.wish.sample),
        }
    }

    fn with(&self, nth: usize, verifier: Vec<u8>, password: Option<String>) -> Result<Drawn, Fault> {
        let newcomer = self.newcomer(nth, verifier.clone())?;
        let wanted = password.is_some() || !self.wish.sample_only;
        let line = wanted.then(|| {
            let secrets = Secrets {
                user_id: None,
                password: password.clone(),
                codes: self.wish.codes,
                activation_password: None,
            };
            show::newcomer(&newcomer, self.ctx, secrets)
        });
        Ok(Drawn {
            nth,
            sealed: SealedNewcomer::new(&newcomer, self.vault, &self.ctx.rng),
            line,
            verifier,
            password,
        })
    }

    /// Somebody like most people: public, most of them with a bank.
    fn newcomer(&self, nth: usize, verifier: Vec<u8>) -> Result<Newcomer, Fault> {
        let rng = &self.ctx.rng;
        let drawn = Anybody::draw(self.ctx.now, rng);
        let (birth, cpr) = self.free_cpr(drawn.birth, drawn.sex)?;
        let banks = banks(self.ctx);
        let public = banks.is_empty() || rng.below(10) > 0;
        // Each was made a moment after the one before: ids sort by time, and what is written lies side by side.
        let behind = self.wish.people.saturating_sub(nth);
        let made = self.ctx.now - Span::millis(i64::try_from(behind).unwrap_or(0));
        let (person, eid) = (
            PersonId::from_uuid(rng.uuid_v7(made)),
            EidId::from_uuid(rng.uuid_v7(made)),
        );
        let number = EidNumber::from_random(self.one_of(nth, eid::NUMBERS));
        let used = Used::new();
        let names = vec![
            (AliasKind::Number, Typed::from(&number).as_str().to_owned()),
            (AliasKind::Cpr, Typed::from(&cpr).as_str().to_owned()),
        ];
        Ok(Newcomer {
            eid: NewEid {
                id: eid,
                number,
                person,
                status: EidStatus::Active,
                public,
                issuer: banks
                    .first()
                    .map_or_else(|| "borgerservice".to_owned(), |bank: &Bank| bank.bank.clone()),
                created_at: made,
            },
            person: NewPerson {
                id: person,
                name: drawn.name,
                address: Some(drawn.address),
                protected: rng.below(50) == 0,
                birth_date: Some(birth),
                cpr: Some(cpr),
                email: None,
                phone: None,
                created_at: made,
            },
            banks,
            names,
            verifier,
            card: Card {
                number: CardNumber::from_random(self.one_of(nth, keycard::NUMBERS)),
                state: CardState::Active,
                used,
                pending: keycard::next_pending(&used, &mut |below| rng.below(below)),
                wrong_in_a_row: 0,
                expires_at: Some(self.ctx.now + keycard::VALID_FOR),
            },
            secret: CardSecret::generate(rng),
            scheme: SCHEME,
            pid: public.then(|| Pid::from_random(self.one_of(nth, pid::COUNT))),
        })
    }

    /// A random number below `all` that nobody else of the crowd gets: everybody draws from a share of their own.
    fn one_of(&self, nth: usize, all: u64) -> u64 {
        let (nth, people) = (nth as u64, (self.wish.people as u64).max(1));
        let share = all / people;
        nth * share + self.ctx.rng.below_u64(share)
    }

    /// A substitute number that nobody else of the crowd has; on a crowded day somebody is born a day earlier.
    fn free_cpr(&self, birth: NaiveDate, sex: Sex) -> Result<(NaiveDate, Cpr), Fault> {
        let mut birth = birth;
        for draw in 1..=DRAWS {
            let serial = self.ctx.rng.below(1_000);
            if let Some(cpr) = substitute_cpr(birth, sex, serial)
                && self.is_first(birth, sex, serial)
            {
                return Ok((birth, cpr));
            }
            if draw % 16 == 0 {
                birth = birth.pred_opt().unwrap_or(birth);
            }
        }
        Err(Fault::bare("no free substitute CPR number was found"))
    }

    fn is_first(&self, birth: NaiveDate, sex: Sex, serial: u32) -> bool {
        let age = usize::try_from((denmark::date(self.ctx.now) - birth).num_days()).unwrap_or(usize::MAX);
        let bit = (age.saturating_mul(2) + usize::from(sex == Sex::Male)).saturating_mul(SERIALS) + serial as usize;
        let Some(word) = self.given.get(bit / 64) else {
            return false;
        };
        let mask = 1_u64 << (bit % 64);
        word.fetch_or(mask, Ordering::Relaxed) & mask == 0
    }
}

/// Whether the `nth` of so many is one of the wanted, who are exactly as many as wanted and lie evenly.
fn is_in_sample(nth: usize, people: usize, wanted: usize) -> bool {
    let (wanted, people) = (wanted.min(people) as u128, people.max(1) as u128);
    let before = |nth: usize| nth as u128 * wanted / people;
    before(nth) != before(nth + 1)
}

fn banks(ctx: &Ctx) -> Vec<Bank> {
    let bank = match ctx.rng.below(10) {
        0 => return Vec::new(),
        1..=7 => "netbank",
        _ => "netbank-b",
    };
    vec![Bank {
        bank: bank.into(),
        customer_ref: Some(format!("K{:08}", 20_000_000 + ctx.rng.below(79_999_999))),
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_as_large_as_it_was_wished_and_lies_evenly() {
        for (people, wanted, expected) in [
            (15_000, 10_000, 10_000),
            (20, 7, 7),
            (7, 7, 7),
            (5, 9, 5),
            (9, 0, 0),
            (1, 1, 1),
        ] {
            let chosen: Vec<usize> = (0..people).filter(|nth| is_in_sample(*nth, people, wanted)).collect();
            assert_eq!(chosen.len(), expected, "{wanted} of {people}");
            let widest = chosen.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(1);
            assert!(
                widest <= people.div_ceil(expected.max(1)),
                "{wanted} of {people}: {widest}"
            );
        }
    }
}
