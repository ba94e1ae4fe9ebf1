//! Answers that are good for a while. Owns how long and how many: the oldest goes first. Never keeps that a register knew nothing.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Answers by question.
pub(super) struct Memory<K, V> {
    life: Duration,
    most: usize,
    kept: Mutex<Kept<K, V>>,
}

struct Kept<K, V> {
    answers: HashMap<K, (V, Instant)>,
    /// In the order in which they came; a question stands here once.
    order: VecDeque<K>,
}

impl<K: Eq + Hash + Clone, V: Clone> Memory<K, V> {
    /// Keeps `most` answers for `life`.
    pub(super) fn new(life: Duration, most: usize) -> Self {
        let kept = Kept {
            answers: HashMap::new(),
            order: VecDeque::new(),
        };
        Self {
            life,
            most: if life.is_zero() { 0 } else { most },
            kept: Mutex::new(kept),
        }
    }

    /// An answer that is still good.
    pub(super) fn recall(&self, question: &K, now: Instant) -> Option<V> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (answer, came) = kept.answers.get(question)?;
        (now.saturating_duration_since(*came) < self.life).then(|| answer.clone())
    }

    /// Keeps an answer.
    pub(super) fn keep(&self, question: K, answer: V, now: Instant) {
        if self.most == 0 {
            return;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = &mut *kept;
        if kept.answers.insert(question.clone(), (answer, now)).is_some() {
            kept.order.retain(|known| *known != question);
        }
        kept.order.push_back(question);
        // What is over goes, and the oldest where there are too many.
        while let Some(oldest) = kept.order.front() {
            let over = kept
                .answers
                .get(oldest)
                .is_none_or(|(_, came)| now.saturating_duration_since(*came) >= self.life);
            if !over && kept.order.len() <= self.most {
                break;
            }
            kept.answers.remove(oldest);
            kept.order.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::disallowed_methods,
        clippy::unwrap_used,
        reason = "tests, and a moment to count from"
    )]

    use super::*;

    const LIFE: Duration = Duration::from_secs(60);

    #[test]
    fn an_answer_is_good_for_its_time() {
        let (memory, now) = (Memory::new(LIFE, 10), Instant::now());
        memory.keep("anna", 1, now);
        assert_eq!(memory.recall(&"anna", now + LIFE / 2), Some(1));
        assert_eq!(memory.recall(&"anna", now + LIFE), None);
        memory.keep("anna", 2, now + LIFE);
        assert_eq!(memory.recall(&"anna", now + LIFE), Some(2));
        assert_eq!(memory.recall(&"bo", now), None);
    }

    #[test]
    fn no_more_are_kept_than_are_wanted() {
        let (memory, now) = (Memory::new(LIFE, 3), Instant::now());
        for number in 0..1_000 {
            memory.keep(number, number, now);
            memory.keep(number, number, now);
        }
        let kept = memory.kept.lock().unwrap();
        assert_eq!((kept.answers.len(), kept.order.len()), (3, 3));
        assert!(kept.answers.contains_key(&999) && !kept.answers.contains_key(&996));
    }

    #[test]
    fn nothing_is_kept_where_nothing_is_wanted() {
        let (memory, now) = (Memory::new(Duration::ZERO, 3), Instant::now());
        memory.keep("anna", 1, now);
        assert_eq!(memory.recall(&"anna", now), None);
    }
}
