//! Code tokens: their seeds, sealed, and how each stands; and the orders that wait for one.

use diesel::prelude::*;

use super::authenticators::{open_secret, place};
use super::row::{id16, micros};
use super::schema::{authenticators, token_orders};
use super::{Halt, Tx};
use crate::domain::authenticator::State;
use crate::domain::factor::Factor;
use crate::domain::id::{AuthenticatorId, EidId};
use crate::domain::otp::{Counter, Scheme};
use crate::domain::time::Time;
use crate::fault::Fault;
use crate::vault::otp::Seed;

/// A code token as stored.
#[derive(Debug, Clone)]
pub struct CodeToken {
    /// Its id.
    pub id: AuthenticatorId,
    /// Whose it is; nobody's while it is in stock.
    pub eid: Option<EidId>,
    /// The number printed on it.
    pub serial: String,
    /// Where it is in its life.
    pub state: State,
    /// How it makes its codes.
    pub scheme: Scheme,
    /// What it makes them from; erased when its life is over.
    pub seed: Option<Seed>,
    /// How it stands.
    pub counter: Counter,
    /// The version that was read.
    pub version: i64,
}

/// Somebody waits for a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenOrder {
    /// Who.
    pub eid: EidId,
    /// The price that was shown, in øre.
    pub price_oere: u32,
    /// When.
    pub ordered_at: Time,
}

/// Code tokens.
pub struct CodeTokens<'t, 'c>(pub(super) &'t mut Tx<'c>);

type Stored = (
    Vec<u8>,
    Option<Vec<u8>>,
    Option<String>,
    String,
    String,
    Option<Vec<u8>>,
    i64,
    i64,
    Option<i64>,
    i32,
    i64,
);

const KIND: Factor = Factor::Token;

impl CodeTokens<'_, '_> {
    /// Writes a token of the stock down; `false` when its serial number is known already.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn insert(
        &mut self,
        id: AuthenticatorId,
        serial: &str,
        scheme: Scheme,
        seed: &Seed,
        next: u64,
        now: Time,
    ) -> Result<bool, Halt> {
        if self.by_serial(serial)?.is_some() {
            return Ok(false);
        }
        let key = id.bytes();
        let sealed = self.0.vault.seal(place(&key), seed.bytes(), self.0.rng);
        diesel::insert_into(authenticators::table)
            .values((
                authenticators::id.eq(key.to_vec()),
                authenticators::kind.eq(KIND.as_str()),
                authenticators::serial.eq(Some(serial)),
                authenticators::name.eq(""),
                authenticators::state.eq(State::Stock.as_str()),
                authenticators::usual.eq(false),
                authenticators::scheme.eq(scheme.word()),
                authenticators::secret.eq(Some(sealed)),
                authenticators::next.eq(signed(next)),
                authenticators::drift.eq(0),
                authenticators::wrong_in_a_row.eq(0),
                authenticators::version.eq(1),
                authenticators::made_at.eq(now.micros()),
            ))
            .execute(self.0.db)?;
        Ok(true)
    }

    /// One token.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn find(&mut self, id: AuthenticatorId) -> Result<Option<CodeToken>, Halt> {
        let stored = authenticators::table
            .find(id.bytes().to_vec())
            .filter(authenticators::kind.eq(KIND.as_str()))
            .select(COLUMNS)
            .first::<Stored>(self.0.db)
            .optional()?;
        stored.map(|row| self.open(row)).transpose()
    }

    /// The token with that number printed on it.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn by_serial(&mut self, serial: &str) -> Result<Option<CodeToken>, Halt> {
        let stored = authenticators::table
            .filter(authenticators::serial.eq(serial))
            .filter(authenticators::kind.eq(KIND.as_str()))
            .select(COLUMNS)
            .first::<Stored>(self.0.db)
            .optional()?;
        stored.map(|row| self.open(row)).transpose()
    }

    /// Writes back over the version that was read; `accepted` notes that it was used. A token whose life is over loses its seed.
    /// `false` when somebody was faster: nothing was written.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn save(&mut self, token: &CodeToken, accepted: bool, now: Time) -> Result<bool, Halt> {
        let row = authenticators::table
            .find(token.id.bytes().to_vec())
            .filter(authenticators::version.eq(token.version));
        let touched = diesel::update(row)
            .set((
                authenticators::eid.eq(token.eid.map(|eid| eid.bytes().to_vec())),
                authenticators::state.eq(token.state.as_str()),
                authenticators::next.eq(signed(token.counter.next)),
                authenticators::drift.eq(token.counter.drift),
                authenticators::expected.eq(token.counter.expected.map(signed)),
                authenticators::wrong_in_a_row.eq(i32::from(token.counter.wrong_in_a_row)),
                authenticators::version.eq(token.version + 1),
            ))
            .execute(self.0.db)?;
        if touched != 1 {
            return Ok(false);
        }
        let row = || authenticators::table.find(token.id.bytes().to_vec());
        if accepted {
            diesel::update(row().filter(authenticators::active_at.is_null()))
                .set(authenticators::active_at.eq(micros(Some(now))))
                .execute(self.0.db)?;
            diesel::update(row())
                .set(authenticators::used_at.eq(micros(Some(now))))
                .execute(self.0.db)?;
        }
        if token.state == State::Closed {
            diesel::update(row())
                .set((
                    authenticators::secret.eq(None::<Vec<u8>>),
                    authenticators::usual.eq(false),
                    authenticators::closed_at.eq(micros(Some(now))),
                ))
                .execute(self.0.db)?;
        }
        Ok(true)
    }

    /// Tokens in a state, by serial number, at most `limit` of them.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn in_state(&mut self, state: State, limit: i64) -> Result<Vec<CodeToken>, Halt> {
        let rows = authenticators::table
            .filter(authenticators::kind.eq(KIND.as_str()))
            .filter(authenticators::state.eq(state.as_str()))
            .order(authenticators::serial)
            .limit(limit)
            .select(COLUMNS)
            .load::<Stored>(self.0.db)?;
        rows.into_iter().map(|row| self.open(row)).collect()
    }

    /// Notes an order; `false` when one is open already.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn order(&mut self, order: &TokenOrder) -> Result<bool, Halt> {
        if self.open_order(order.eid)?.is_some() {
            return Ok(false);
        }
        diesel::insert_into(token_orders::table)
            .values((
                token_orders::eid.eq(order.eid.bytes().to_vec()),
                token_orders::price_oere.eq(i64::from(order.price_oere)),
                token_orders::ordered_at.eq(order.ordered_at.micros()),
            ))
            .execute(self.0.db)?;
        Ok(true)
    }

    /// The open order of an eID.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn open_order(&mut self, eid: EidId) -> Result<Option<TokenOrder>, Halt> {
        let stored = token_orders::table
            .find(eid.bytes().to_vec())
            .first::<(Vec<u8>, i64, i64)>(self.0.db)
            .optional()?;
        stored.map(order).transpose()
    }

    /// The open orders, oldest first, at most `limit` of them.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn orders(&mut self, limit: i64) -> Result<Vec<TokenOrder>, Halt> {
        let rows = token_orders::table
            .order((token_orders::ordered_at, token_orders::eid))
            .limit(limit)
            .load::<(Vec<u8>, i64, i64)>(self.0.db)?;
        rows.into_iter().map(order).collect()
    }

    /// Ends an order; `false` when there was none.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn end_order(&mut self, eid: EidId) -> Result<bool, Halt> {
        let touched = diesel::delete(token_orders::table.find(eid.bytes().to_vec())).execute(self.0.db)?;
        Ok(touched == 1)
    }

    fn open(&self, row: Stored) -> Result<CodeToken, Halt> {
        let (id, eid, serial, state, scheme, secret, next, drift, expected, wrong, version) = row;
        let id = AuthenticatorId::from_bytes(id16(&id, "authenticators", "id")?);
        let corrupt = |column| Fault::corrupt("authenticators", column, id);
        let open = |sealed: Vec<u8>| {
            let plain = open_secret(self.0.vault, id, &sealed)?;
            Seed::from_bytes(&plain).ok_or_else(|| corrupt("secret"))
        };
        let counter = Counter {
            next: u64::try_from(next).map_err(|_| corrupt("next"))?,
            drift,
            expected: expected
                .map(|at| u64::try_from(at).map_err(|_| corrupt("expected")))
                .transpose()?,
            wrong_in_a_row: u8::try_from(wrong).map_err(|_| corrupt("wrong_in_a_row"))?,
        };
        let eid = eid.map(|eid| id16(&eid, "authenticators", "eid")).transpose()?;
        Ok(CodeToken {
            id,
            eid: eid.map(EidId::from_bytes),
            serial: serial.ok_or_else(|| corrupt("serial"))?,
            state: State::parse(&state).ok_or_else(|| corrupt("state"))?,
            scheme: Scheme::parse(&scheme).ok_or_else(|| corrupt("scheme"))?,
            seed: secret.map(open).transpose()?,
            counter,
            version,
        })
    }
}

const COLUMNS: (
    authenticators::id,
    authenticators::eid,
    authenticators::serial,
    authenticators::state,
    authenticators::scheme,
    authenticators::secret,
    authenticators::next,
    authenticators::drift,
    authenticators::expected,
    authenticators::wrong_in_a_row,
    authenticators::version,
) = (
    authenticators::id,
    authenticators::eid,
    authenticators::serial,
    authenticators::state,
    authenticators::scheme,
    authenticators::secret,
    authenticators::next,
    authenticators::drift,
    authenticators::expected,
    authenticators::wrong_in_a_row,
    authenticators::version,
);

/// A moving factor beyond what a column holds would take ten thousand million years.
fn signed(at: u64) -> i64 {
    i64::try_from(at).unwrap_or(i64::MAX)
}

fn order((eid, price, ordered): (Vec<u8>, i64, i64)) -> Result<TokenOrder, Halt> {
    let eid = EidId::from_bytes(id16(&eid, "token_orders", "eid")?);
    Ok(TokenOrder {
        eid,
        price_oere: u32::try_from(price).map_err(|_| Fault::corrupt("token_orders", "price_oere", eid))?,
        ordered_at: Time::from_micros(ordered),
    })
}
