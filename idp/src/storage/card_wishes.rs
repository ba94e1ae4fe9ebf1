//! What a holder wants of their next cards; whoever never said anything has no row.

use diesel::prelude::*;

use super::schema::card_wishes;
use super::{Halt, Tx};
use crate::domain::id::EidId;
use crate::domain::keycard::Threshold;
use crate::fault::Fault;

/// What a holder wants of their next cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CardWish {
    /// At how many codes left the next one is ordered.
    pub reorder_at: Threshold,
    /// In large print.
    pub large_print: bool,
}

/// Wishes.
pub struct CardWishes<'t, 'c>(pub(super) &'t mut Tx<'c>);

impl CardWishes<'_, '_> {
    /// What the holder of an eID wants.
    ///
    /// # Errors
    /// When the database does not answer or the row is corrupt.
    pub fn of(&mut self, eid: EidId) -> Result<CardWish, Halt> {
        let stored = card_wishes::table
            .find(eid.bytes().to_vec())
            .select((card_wishes::reorder_at, card_wishes::large_print))
            .first::<(i32, bool)>(self.0.db)
            .optional()?;
        let Some((reorder_at, large_print)) = stored else {
            return Ok(CardWish::default());
        };
        let reorder_at = u8::try_from(reorder_at).ok().and_then(Threshold::new);
        Ok(CardWish {
            reorder_at: reorder_at.ok_or_else(|| Fault::corrupt("card_wishes", "reorder_at", eid))?,
            large_print,
        })
    }

    /// Notes it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn set(&mut self, eid: EidId, wish: CardWish) -> Result<(), Halt> {
        let values = (
            card_wishes::reorder_at.eq(i32::from(wish.reorder_at.get())),
            card_wishes::large_print.eq(wish.large_print),
        );
        let touched = diesel::update(card_wishes::table.find(eid.bytes().to_vec()))
            .set(values)
            .execute(self.0.db)?;
        if touched == 0 {
            diesel::insert_into(card_wishes::table)
                .values((card_wishes::eid.eq(eid.bytes().to_vec()), values))
                .execute(self.0.db)?;
        }
        Ok(())
    }
}
