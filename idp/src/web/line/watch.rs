//! When a connection is cut. Pure: bytes and moments come in, the next limit and its reason come out.

use std::time::Duration;

use tokio::time::Instant;

use crate::shed::Cause;

/// How long we bear with one connection.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// From the first byte of a request to the end of its head (a TLS handshake included).
    pub head: Duration,
    /// Largest head.
    pub head_bytes: usize,
    /// From the moment an answer stalls to the moment all of it is taken.
    pub answer: Duration,
    /// An HTTP/2 connection without a request (HTTP/1 is the library's own).
    pub idle: Duration,
}

/// Why a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Too slow or too large.
    Cut(Cause),
    /// Nothing was asked for a while: no more than good manners.
    Idle,
}

/// What is known of a connection.
#[derive(Debug)]
pub(super) struct Watch {
    head_since: Option<Instant>,
    head_bytes: usize,
    looked_again: bool,
    stalled_since: Option<Instant>,
    quiet_since: Instant,
}

/// Whether anything is to be done about the size of a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Size {
    Fits,
    /// What was read may hold a whole head and a body behind it: the library has to look at it first.
    LookAgain,
    TooLarge,
}

impl Watch {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            head_since: None,
            head_bytes: 0,
            looked_again: false,
            stalled_since: None,
            quiet_since: now,
        }
    }

    /// Bytes came. While a request is under way they are its body; while an answer is not taken, the next request waits behind it.
    pub(super) fn received(&mut self, bytes: usize, under_way: bool, now: Instant) {
        if !under_way && self.stalled_since.is_none() && bytes > 0 {
            self.head_since.get_or_insert(now);
            self.head_bytes = self.head_bytes.saturating_add(bytes);
        }
    }

    /// A whole head has come to the door.
    pub(super) fn request_began(&mut self) {
        self.head_since = None;
        self.head_bytes = 0;
        self.looked_again = false;
    }

    /// A request is under way: the connection is not idle.
    pub(super) fn busy(&mut self, now: Instant) {
        self.quiet_since = now;
    }

    /// Nothing more is there to be read for now.
    pub(super) fn drained(&mut self, limit: usize) -> Size {
        match (self.head_bytes > limit, self.looked_again) {
            (false, _) => Size::Fits,
            (true, false) => {
                self.looked_again = true;
                Size::LookAgain
            }
            (true, true) => Size::TooLarge,
        }
    }

    /// The client does not take what we send.
    pub(super) fn stalled(&mut self, now: Instant) {
        self.stalled_since.get_or_insert(now);
    }

    /// All that we had to send is taken.
    pub(super) fn taken(&mut self) {
        self.stalled_since = None;
    }

    /// The next limit, and what it means to reach it.
    pub(super) fn due(&self, patience: &Patience, under_way: bool, many: bool) -> Option<(Instant, End)> {
        let answer = self
            .stalled_since
            .map(|since| (since + patience.answer, End::Cut(Cause::AnswerSlow)));
        let head = self
            .head_since
            .filter(|_| !under_way && !many)
            .map(|since| (since + patience.head, End::Cut(Cause::HeadSlow)));
        let idle = (many && !under_way).then(|| (self.quiet_since + patience.idle, End::Idle));
        [answer, head, idle].into_iter().flatten().min_by_key(|(at, _)| *at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Patience = Patience {
        head: Duration::from_secs(10),
        head_bytes: 1_000,
        answer: Duration::from_secs(20),
        idle: Duration::from_secs(30),
    };

    fn seconds(after: Instant, seconds: u64) -> Instant {
        after + Duration::from_secs(seconds)
    }

    #[test]
    fn a_head_that_trickles_has_ten_seconds_in_all_and_so_has_the_next_one() {
        let start = Instant::now();
        let mut watch = Watch::new(start);
        assert_eq!(
            watch.due(&PATIENCE, false, false),
            None,
            "the library waits for the first byte"
        );
        for second in 0..9 {
            watch.received(1, false, seconds(start, second));
        }
        let slow = |since| Some((seconds(since, 10), End::Cut(Cause::HeadSlow)));
        assert_eq!(watch.due(&PATIENCE, false, false), slow(start));
        watch.request_began();
        assert_eq!(watch.due(&PATIENCE, true, false), None);
        watch.received(50_000, true, seconds(start, 60));
        assert_eq!(watch.due(&PATIENCE, true, false), None, "a body is the door's business");
        watch.received(1, false, seconds(start, 100));
        assert_eq!(watch.due(&PATIENCE, false, false), slow(seconds(start, 100)));
    }

    #[test]
    fn a_large_head_is_told_from_a_small_one_with_its_body_behind_it() {
        let mut watch = Watch::new(Instant::now());
        watch.received(5_000, false, Instant::now());
        assert_eq!(watch.drained(1_000), Size::LookAgain);
        watch.request_began();
        assert_eq!(watch.drained(1_000), Size::Fits, "it was a body");
        watch.received(1_001, false, Instant::now());
        assert_eq!(watch.drained(1_000), Size::LookAgain);
        assert_eq!(watch.drained(1_000), Size::TooLarge);
    }

    #[test]
    fn an_answer_that_trickles_has_twenty_seconds_in_all() {
        let start = Instant::now();
        let mut watch = Watch::new(start);
        for second in 0..19 {
            watch.stalled(seconds(start, second));
        }
        let end = Some((seconds(start, 20), End::Cut(Cause::AnswerSlow)));
        assert_eq!(watch.due(&PATIENCE, true, false), end);
        watch.received(50_000, false, seconds(start, 19));
        assert_eq!(
            watch.due(&PATIENCE, false, false),
            end,
            "what is asked meanwhile waits behind it"
        );
        assert_eq!(watch.drained(1_000), Size::Fits);
        watch.taken();
        assert_eq!(watch.due(&PATIENCE, true, false), None);
    }

    #[test]
    fn many_at_once_is_idle_only_without_any() {
        let start = Instant::now();
        let mut watch = Watch::new(start);
        watch.received(24, false, start);
        let idle = |since| Some((seconds(since, 30), End::Idle));
        assert_eq!(
            watch.due(&PATIENCE, false, true),
            idle(start),
            "its frames are no slow head"
        );
        assert_eq!(watch.due(&PATIENCE, true, true), None);
        watch.busy(seconds(start, 50));
        assert_eq!(watch.due(&PATIENCE, false, true), idle(seconds(start, 50)));
    }
}
