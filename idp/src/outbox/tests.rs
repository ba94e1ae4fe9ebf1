//! What is sent, when, and what a destination that hangs may hold up.
#![expect(clippy::expect_used, reason = "tests")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::courier::{TRIES, pause};
use super::{Courier, Sender, Sending};
use crate::domain::id::OutboxId;
use crate::domain::time::{Span, Time};
use crate::storage::Letter;
use crate::testing::House;

/// Sends to everybody but `dead`, who never answers, and `down`, who refuses.
#[derive(Default)]
struct Post(Mutex<Vec<String>>);

impl Post {
    fn sent(&self) -> Vec<String> {
        self.0.lock().expect("the list").clone()
    }
}

impl Sender for Post {
    fn kind(&self) -> &'static str {
        "news"
    }

    fn send<'a>(&'a self, letter: &'a Letter) -> Sending<'a> {
        Box::pin(async move {
            match self.destination(letter).as_str() {
                "dead" => std::future::pending().await,
                "down" => Err("refused".into()),
                _ => {
                    self.0.lock().expect("the list").push(letter.dedup.clone());
                    Ok(())
                }
            }
        })
    }
}

struct Office {
    house: House,
    post: Arc<Post>,
    courier: Courier,
}

impl Office {
    fn new() -> Office {
        let (house, post) = (House::new(), Arc::new(Post::default()));
        let senders: Vec<Arc<dyn Sender>> = vec![Arc::<Post>::clone(&post)];
        let courier = Courier::new(house.store.clone(), house.clock.clone(), senders);
        Office { house, post, courier }
    }

    fn writes(&self, to: &str, dedup: &str) {
        let now = self.house.clock.now();
        let letter = Letter {
            id: OutboxId::from_uuid(self.house.rng.uuid_v7(now)),
            kind: "news".into(),
            dedup: dedup.into(),
            payload: format!("{{\"party\":\"{to}\"}}").into_bytes(),
            attempts: 0,
        };
        self.house.act(move |tx| tx.outbox().put(&letter, now));
    }

    /// Tries so far of what would be due at `now`.
    fn waits(&self, now: Time) -> Vec<(String, i32)> {
        let letters = self.house.act(move |tx| tx.outbox().claim(100, now, Span::secs(1)));
        letters
            .into_iter()
            .map(|letter| (letter.dedup, letter.attempts - 1))
            .collect()
    }
}

/// Until it is so; the bound is there to fail instead of hanging.
async fn until(so: impl Fn() -> bool) {
    let wait = async {
        while !so() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), wait)
        .await
        .expect("it came about");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_answer_holds_up_nobody_else() {
    let office = Office::new();
    for n in 0..5 {
        office.writes("dead", &format!("dead {n}"));
    }
    office.writes("borger", "first");
    office.courier.set_out().await.expect("set out");
    until(|| office.post.sent() == ["first"]).await;
    office.writes("borger", "second");
    office.writes("dead", "dead too");
    office.writes("skat", "third");
    office.courier.set_out().await.expect("set out");
    until(|| office.post.sent().len() == 3).await;
    assert!(
        ["second", "third"]
            .iter()
            .all(|one| office.post.sent().contains(&(*one).to_owned()))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_one_letter_fails_the_others_to_the_same_place_wait_uncounted() {
    let office = Office::new();
    for n in 0..4 {
        office.writes("down", &n.to_string());
    }
    office.courier.set_out().await.expect("set out");
    office.courier.arrives().await;
    let later = office.house.clock.now() + Span::secs(30);
    let mut tries: Vec<i32> = office.waits(later).into_iter().map(|(_, tries)| tries).collect();
    tries.sort_unstable();
    assert_eq!(tries, [0, 0, 0, 1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letter_is_sent_once_and_given_up_after_a_day() {
    let office = Office::new();
    office.writes("borger", "good");
    office.writes("down", "bad");
    let begun = office.house.clock.now();
    for _ in 0..TRIES {
        office.courier.set_out().await.expect("set out");
        office.courier.arrives().await;
        office.house.clock.advance(Span::hours(3));
    }
    assert_eq!(office.post.sent(), ["good"]);
    assert!(office.waits(begun + Span::days(30)).is_empty(), "given up");
    let in_all = (1..TRIES).fold(Span::ZERO, |all, tries| all + pause(tries));
    assert!(in_all >= Span::days(1) && in_all <= Span::hours(26), "{in_all:?}");
}
