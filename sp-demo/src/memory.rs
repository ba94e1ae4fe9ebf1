//! A bounded shelf in memory: things under a secret key, for a while. When it is full, the oldest goes.
//! A real service keeps these in its database or in a shared cache; it must bound them in the same way.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

/// A bounded shelf.
pub struct Shelf<V> {
    room: usize,
    life: Duration,
    things: Mutex<HashMap<String, Thing<V>>>,
}

struct Thing<V> {
    put: Instant,
    value: V,
}

impl<V: Clone> Shelf<V> {
    /// A shelf for at most `room` things, each for at most `life`.
    pub fn new(room: usize, life: Duration) -> Self {
        Self {
            room,
            life,
            things: Mutex::default(),
        }
    }

    /// Puts `value` under `key`. `false`: something is there already, and stays.
    #[expect(clippy::disallowed_methods, reason = "an age, by the machine's own time")]
    pub fn put(&self, key: &str, value: V) -> bool {
        let mut things = self.things();
        if self.fresh(things.get(key)).is_some() {
            return false;
        }
        if things.len() >= self.room {
            self.make_room(&mut things);
        }
        things.insert(
            key.to_owned(),
            Thing {
                put: Instant::now(),
                value,
            },
        );
        true
    }

    /// Takes what is under `key`: a second taker finds nothing.
    pub fn take(&self, key: &str) -> Option<V> {
        let thing = self.things().remove(key);
        self.fresh(thing.as_ref()).cloned()
    }

    /// Looks at what is under `key`.
    pub fn look(&self, key: &str) -> Option<V> {
        self.fresh(self.things().get(key)).cloned()
    }

    /// Changes what is under `key`, if it is still there.
    pub fn change(&self, key: &str, change: impl FnOnce(&mut V)) {
        if let Some(thing) = self.things().get_mut(key) {
            change(&mut thing.value);
        }
    }

    /// Removes all that `ends` says, and says how many.
    pub fn remove_where(&self, ends: impl Fn(&V) -> bool) -> usize {
        let mut things = self.things();
        let before = things.len();
        things.retain(|_, thing| !ends(&thing.value));
        before - things.len()
    }

    fn fresh<'a>(&self, thing: Option<&'a Thing<V>>) -> Option<&'a V> {
        thing
            .filter(|thing| thing.put.elapsed() < self.life)
            .map(|thing| &thing.value)
    }

    fn make_room(&self, things: &mut HashMap<String, Thing<V>>) {
        things.retain(|_, thing| thing.put.elapsed() < self.life);
        if things.len() >= self.room {
            let oldest = things
                .iter()
                .min_by_key(|(_, thing)| thing.put)
                .map(|(key, _)| key.clone());
            oldest.map(|key| things.remove(&key));
        }
    }

    fn things(&self) -> MutexGuard<'_, HashMap<String, Thing<V>>> {
        self.things.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A secret that nobody guesses: 256 random bits in base64url.
pub fn secret() -> Result<String, aws_lc_rs::error::Unspecified> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// Compares two secrets without telling by the time it takes where they differ.
pub fn same(one: &str, other: &str) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(one.as_bytes(), other.as_bytes()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_is_taken_once() {
        let shelf = Shelf::new(2, Duration::from_secs(60));
        assert!(shelf.put("a", 1));
        assert!(!shelf.put("a", 2), "the first stays");
        assert_eq!((shelf.take("a"), shelf.take("a")), (Some(1), None));
    }

    #[test]
    fn a_full_shelf_drops_the_oldest() {
        let shelf = Shelf::new(2, Duration::from_secs(60));
        for (key, value) in [("a", 1), ("b", 2), ("c", 3)] {
            shelf.put(key, value);
        }
        assert_eq!(
            (shelf.look("a"), shelf.look("b"), shelf.look("c")),
            (None, Some(2), Some(3))
        );
    }

    #[test]
    fn nothing_outlives_its_time() {
        let shelf = Shelf::new(2, Duration::ZERO);
        shelf.put("a", 1);
        assert_eq!((shelf.look("a"), shelf.take("a")), (None, None));
    }
}
