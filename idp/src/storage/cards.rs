//! Key cards: one row a card, its secret sealed, its codes nowhere.

use diesel::dsl::sql;
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::dialect::on;
use super::fixed::fixed;
use super::row::{id16, micros, time};
use super::schema::{activations, cards, desks};
use super::{Halt, Tx};
use crate::domain::id::EidId;
use crate::domain::keycard::{Card, CardNumber, CardState, Position, Used};
use crate::domain::time::Time;
use crate::fault::Fault;
use crate::vault::card::CardSecret;
use crate::vault::{Place, Sealed};

/// A card as stored.
#[derive(Debug)]
pub struct CardRow {
    /// What the law looks at.
    pub card: Card,
    /// Whose it is.
    pub eid: EidId,
    /// What its entries derive from; erased when the card closes.
    pub secret: Option<CardSecret>,
    /// How they derive.
    pub scheme: u8,
    /// The version that was read.
    pub version: i64,
    /// Ordered.
    pub ordered_at: Time,
    /// Printed.
    pub printed_at: Option<Time>,
    /// Handed to the post.
    pub posted_at: Option<Time>,
    /// Put into use.
    pub activated_at: Option<Time>,
}

/// Key cards.
pub struct Cards<'t, 'c>(pub(super) &'t mut Tx<'c>);

type Stored = (
    String,
    Vec<u8>,
    Option<Vec<u8>>,
    i32,
    Vec<u8>,
    Option<i32>,
    i32,
    String,
    i64,
    i64,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
);

impl Cards<'_, '_> {
    /// Writes a new card down.
    ///
    /// # Errors
    /// When the database does not answer; a number that is taken makes the act run again, with another draw.
    pub fn insert(&mut self, card: &Card, eid: EidId, secret: &CardSecret, scheme: u8, now: Time) -> Result<(), Halt> {
        let place = Place {
            column: Sealed::CardsSecret,
            row: card.number.as_str().as_bytes(),
        };
        let sealed = self.0.vault.seal(place, secret.bytes(), self.0.rng);
        let activated = (card.state == CardState::Active).then_some(now);
        diesel::insert_into(cards::table)
            .values((
                cards::number.eq(card.number.as_str()),
                cards::eid.eq(eid.bytes().to_vec()),
                cards::secret.eq(Some(sealed)),
                cards::scheme.eq(i32::from(scheme)),
                cards::used.eq(card.used.bytes().to_vec()),
                cards::pending.eq(card.pending.map(|p| i32::from(p.get()))),
                cards::wrong_in_a_row.eq(i32::from(card.wrong_in_a_row)),
                cards::state.eq(card.state.as_str()),
                cards::version.eq(1),
                cards::ordered_at.eq(now.micros()),
                cards::activated_at.eq(micros(activated)),
                cards::expires_at.eq(micros(card.expires_at)),
            ))
            .execute(self.0.db)?;
        Ok(())
    }

    /// One card.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn find(&mut self, number: &CardNumber) -> Result<Option<CardRow>, Halt> {
        let stored = on!(self.0.db, |db| cards::table.find(number.as_str()).first::<Stored>(db)).optional()?;
        stored.map(|row| self.open(row)).transpose()
    }

    /// The cards of an eID, oldest first.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn of_eid(&mut self, eid: EidId) -> Result<Vec<CardRow>, Halt> {
        let stored = on!(self.0.db, |db| cards::table
            .filter(cards::eid.eq(eid.bytes().to_vec()))
            .order((cards::ordered_at, cards::number))
            .load::<Stored>(db))?;
        stored.into_iter().map(|row| self.open(row)).collect()
    }

    /// Writes back what an answer changed, over the version that was read. A card that closes loses its secret.
    /// `false` when somebody was faster: nothing was written.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn save(&mut self, row: &CardRow, now: Time) -> Result<bool, Halt> {
        let card = &row.card;
        let target = cards::table
            .find(card.number.as_str())
            .filter(cards::version.eq(row.version));
        let activated = row
            .activated_at
            .or_else(|| (card.state == CardState::Active).then_some(now));
        let touched = on!(self.0.db, |db| fixed(diesel::update(target).set((
            cards::used.eq(card.used.bytes().to_vec()),
            cards::pending.eq(card.pending.map(|p| i32::from(p.get()))),
            cards::wrong_in_a_row.eq(i32::from(card.wrong_in_a_row)),
            cards::state.eq(card.state.as_str()),
            cards::activated_at.eq(micros(activated)),
            cards::version.eq(row.version + 1),
        )))
        .execute(db))?;
        if touched == 1 && card.state.is_closed() {
            on!(self.0.db, |db| fixed(
                diesel::update(cards::table.find(card.number.as_str())).set((
                    cards::secret.eq(None::<Vec<u8>>),
                    cards::closed_at.eq(micros(Some(now))),
                ))
            )
            .execute(db))?;
        }
        Ok(touched == 1)
    }

    /// Notes that a card was printed; `false` when it was not waiting for that.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn printed(&mut self, number: &CardNumber, now: Time) -> Result<bool, Halt> {
        let waiting = cards::table
            .find(number.as_str())
            .filter(cards::state.eq(CardState::Ordered.as_str()));
        let touched = diesel::update(waiting)
            .set((
                cards::state.eq(CardState::Printed.as_str()),
                cards::printed_at.eq(micros(Some(now))),
                cards::version.eq(cards::version + 1),
            ))
            .execute(self.0.db)?;
        Ok(touched == 1)
    }

    /// Notes that a printed card was handed to the post; `false` when it was not printed, or posted already.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn posted(&mut self, number: &CardNumber, now: Time) -> Result<bool, Halt> {
        let printed = cards::table
            .find(number.as_str())
            .filter(cards::state.eq(CardState::Printed.as_str()));
        let touched = diesel::update(printed)
            .set((
                cards::state.eq(CardState::Posted.as_str()),
                cards::posted_at.eq(micros(Some(now))),
                cards::version.eq(cards::version + 1),
            ))
            .execute(self.0.db)?;
        Ok(touched == 1)
    }

    /// Cards that wait to be printed, oldest first: those for the desk of an RA, or those for the post, without eIDs whose activation password was
    /// printed since `today` began.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn to_print(&mut self, limit: i64, at: Option<&str>, today: Time) -> Result<Vec<CardRow>, Halt> {
        let password = activations::table
            .filter(activations::eid.eq(cards::eid))
            .filter(activations::printed_at.ge(today.micros()));
        let desk = desks::table.filter(desks::card.eq(cards::number.nullable()));
        // Written out, so that the index of just these is found.
        let waiting = cards::table
            .filter(sql::<Bool>("cards.state = 'ordered'"))
            .order((cards::ordered_at, cards::number))
            .limit(limit);
        let stored = match at {
            Some(ra) => waiting
                .filter(exists(desk.filter(desks::ra.eq(ra))))
                .load::<Stored>(self.0.db)?,
            None => waiting
                .filter(not(exists(desk)))
                .filter(not(exists(password)))
                .load::<Stored>(self.0.db)?,
        };
        stored.into_iter().map(|row| self.open(row)).collect()
    }

    /// Cards in use or on their way that end after `from` and not after `until`, by their end and number; `after` is where the page
    /// before this one ended.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn ending(
        &mut self,
        (from, until): (Time, Time),
        after: Option<&(Time, CardNumber)>,
        limit: i64,
    ) -> Result<Vec<CardRow>, Halt> {
        let (last, number) = after.map_or((from.micros(), "~"), |(time, number)| (time.micros(), number.as_str()));
        let stored = cards::table
            .filter(sql::<Bool>("state IN ('active', 'posted')"))
            .filter(cards::expires_at.ge(last).and(cards::expires_at.le(until.micros())))
            .filter(cards::expires_at.gt(last).or(cards::number.gt(number)))
            .order((cards::expires_at, cards::number))
            .limit(limit)
            .load::<Stored>(self.0.db)?;
        stored.into_iter().map(|row| self.open(row)).collect()
    }

    /// Cards that wait at a desk, printed or not, and were ordered by then: the oldest first.
    ///
    /// # Errors
    /// When the database does not answer or a row is corrupt.
    pub fn unfetched(&mut self, by: Time, limit: i64) -> Result<Vec<CardRow>, Halt> {
        let desk = desks::table.filter(desks::card.eq(cards::number.nullable()));
        let stored = cards::table
            .filter(sql::<Bool>("cards.state IN ('ordered', 'printed')"))
            .filter(cards::ordered_at.le(by.micros()))
            .filter(exists(desk))
            .order((cards::ordered_at, cards::number))
            .limit(limit)
            .load::<Stored>(self.0.db)?;
        stored.into_iter().map(|row| self.open(row)).collect()
    }

    fn open(&self, row: Stored) -> Result<CardRow, Halt> {
        let (
            number,
            eid,
            secret,
            scheme,
            used,
            pending,
            wrong,
            state,
            version,
            ordered,
            printed,
            posted,
            activated,
            _,
            expires,
        ) = row;
        let corrupt = |column| Fault::corrupt("cards", column, &number);
        let secret = secret
            .map(|sealed| {
                let place = Place {
                    column: Sealed::CardsSecret,
                    row: number.as_bytes(),
                };
                let plain = self
                    .0
                    .vault
                    .open(place, &sealed)
                    .map_err(|e| Fault::new("cards.secret does not open", e))?;
                CardSecret::from_bytes(&plain).ok_or_else(|| corrupt("secret"))
            })
            .transpose()?;
        let card = Card {
            number: CardNumber::parse(&number).ok_or_else(|| corrupt("number"))?,
            state: CardState::parse(&state).ok_or_else(|| corrupt("state"))?,
            used: Used::from_bytes(&used).ok_or_else(|| corrupt("used"))?,
            pending: pending
                .map(|p| {
                    u8::try_from(p)
                        .ok()
                        .and_then(Position::new)
                        .ok_or_else(|| corrupt("pending"))
                })
                .transpose()?,
            wrong_in_a_row: u8::try_from(wrong).map_err(|_| corrupt("wrong_in_a_row"))?,
            expires_at: time(expires),
        };
        Ok(CardRow {
            card,
            eid: EidId::from_bytes(id16(&eid, "cards", "eid")?),
            secret,
            scheme: u8::try_from(scheme).map_err(|_| corrupt("scheme"))?,
            version,
            ordered_at: Time::from_micros(ordered),
            printed_at: time(printed),
            posted_at: time(posted),
            activated_at: time(activated),
        })
    }
}
