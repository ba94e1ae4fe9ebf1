//! The room as people and crowds meet it, without a browser.
#![expect(clippy::expect_used, clippy::panic, reason = "tests")]

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::domain::id::{DeviceId, EidId};
use crate::testing::House;

const WORK: WorkSettings = WorkSettings {
    hash_lanes: 1,
    hash_queue: 20,
    deadline: Duration::from_secs(5),
};

fn room(change: impl FnOnce(&mut config::Room)) -> Room {
    let mut settings = config::Room {
        mode: RoomMode::Always,
        ..config::Room::default()
    };
    change(&mut settings);
    Room::new(&settings, WORK, 65_536)
}

/// Somebody at a browser.
struct Person<'a> {
    house: &'a House,
    room: &'a Room,
    browser: BrowserMark,
    source: String,
    class: Class,
    ticket: Option<String>,
}

impl<'a> Person<'a> {
    fn at(house: &'a House, room: &'a Room, name: &str, source: &str) -> Self {
        Self {
            house,
            room,
            browser: BrowserMark::of(name),
            source: source.to_owned(),
            class: Class::Stranger,
            ticket: None,
        }
    }

    fn comes(&mut self, comes: Comes) -> Entry {
        let visitor = Visitor {
            browser: self.browser,
            class: self.class,
            ticket: self.ticket.as_deref(),
        };
        let ctx = self.house.ctx_from(&self.source);
        let entry = self.room.enters(&self.house.vault, &ctx, visitor, comes);
        if let Entry::Wait {
            ticket: Some(ticket), ..
        }
        | Entry::Through {
            ticket: Some(ticket), ..
        } = &entry
        {
            self.ticket = Some(ticket.clone());
        }
        entry
    }

    fn is_let_in_to_try(&mut self) -> bool {
        matches!(self.comes(Comes::ToTry), Entry::Through { .. })
    }
}

/// Fills the turns, so that there is no slack.
async fn busy(room: &Room) -> Vec<gate::Turn> {
    let mut turns = Vec::new();
    while room.gate().is_slack() {
        turns.push(room.gate().turn(Class::Stranger).await.expect("a turn"));
    }
    turns
}

#[actix_web::test]
async fn a_stranger_waits_for_their_time_and_goes_through_once() {
    let (house, room) = (House::new(), room(|_| {}));
    let _turns = busy(&room).await;
    // Those before take the line some way ahead.
    for number in 0..40 {
        Person::at(&house, &room, "crowd", &format!("198.51.{number}.1")).comes(Comes::ToLook);
    }
    let mut anna = Person::at(&house, &room, "anna", "192.0.2.1");
    let Entry::Wait { ticket: Some(_), wait } = anna.comes(Comes::ToLook) else {
        panic!("she waits")
    };
    assert!(wait > Span::secs(1) && wait <= Span::secs(120), "{wait:?}");
    let Entry::Wait {
        ticket: None,
        wait: still,
    } = anna.comes(Comes::ToTry)
    else {
        panic!("she keeps her place")
    };
    assert!(still <= wait);
    house.clock.advance(wait + Span::secs(1));
    assert!(matches!(anna.comes(Comes::ToLook), Entry::Through { spent: None, .. }));
    assert!(anna.is_let_in_to_try(), "her time has come");
    assert!(!anna.is_let_in_to_try(), "a ticket serves once");
}

#[actix_web::test]
async fn a_ticket_serves_nobody_else_and_comes_back_when_there_was_no_turn() {
    let (house, room) = (House::new(), room(|_| {}));
    let _turns = busy(&room).await;
    for number in 0..40 {
        Person::at(&house, &room, "crowd", &format!("198.51.{number}.1")).comes(Comes::ToLook);
    }
    let mut anna = Person::at(&house, &room, "anna", "192.0.2.1");
    anna.comes(Comes::ToLook);
    house.clock.advance(Span::secs(60));
    for (name, source) in [("thief", "192.0.2.1"), ("anna", "203.0.113.1")] {
        let mut thief = Person::at(&house, &room, name, source);
        thief.ticket.clone_from(&anna.ticket);
        assert!(!thief.is_let_in_to_try(), "{name} from {source}");
    }
    let Entry::Through { spent: Some(spent), .. } = anna.comes(Comes::ToTry) else {
        panic!("her time has come")
    };
    room.gives_back(spent);
    assert!(
        anna.is_let_in_to_try(),
        "no turn was to be had: the ticket serves again"
    );
    house.clock.advance(room::TICKET_SERVES);
    room.gives_back(spent);
    assert!(!anna.is_let_in_to_try(), "too old");
}

#[actix_web::test]
async fn known_devices_walk_past_and_do_not_share_their_lane_with_a_machine() {
    let (house, room) = (House::new(), room(|_| {}));
    let _turns = busy(&room).await;
    let claim = |number: u128| DeviceClaim {
        eid: EidId::from_bytes([1; 16]),
        device: DeviceId::from_bytes(number.to_be_bytes()),
        epoch: 1,
    };
    assert_eq!(room.class_of(&[]), Class::Stranger);
    let tries: Vec<_> = (0..20).map(|_| room.class_of(&[claim(1)])).collect();
    let known = tries.iter().filter(|class| **class == Class::Known).count();
    assert_eq!(known, 5, "a person's tries, not a machine's");
    assert_eq!(room.class_of(&[claim(2)]), Class::Known, "another device has its own");
    let mut anna = Person::at(&house, &room, "anna", "192.0.2.1");
    anna.class = Class::Known;
    assert_eq!(anna.comes(Comes::ToTry), Entry::FREE);
}

#[actix_web::test]
async fn one_address_that_takes_many_places_lengthens_its_own_line() {
    let (house, room) = (House::new(), room(|_| {}));
    let _turns = busy(&room).await;
    let mut told = [0_u32; 3];
    for number in 0..5_000 {
        let mut bot = Person::at(&house, &room, &format!("bot {number}"), "203.0.113.7");
        match bot.comes(Comes::ToLook) {
            Entry::Through { .. } => told[0] += 1,
            Entry::Wait { .. } => told[1] += 1,
            Entry::Full => told[2] += 1,
        }
    }
    assert!(
        told[0] + told[1] <= 125,
        "no more than two minutes of its own line: {told:?}"
    );
    let mut anna = Person::at(&house, &room, "anna", "192.0.2.1");
    match anna.comes(Comes::ToLook) {
        Entry::Through { .. } => {}
        Entry::Wait { wait, .. } => assert!(wait < Span::secs(10), "{wait:?}"),
        Entry::Full => panic!("one address filled everybody's line"),
    }
}

#[actix_web::test]
async fn a_million_addresses_take_no_memory_and_the_line_stays_short() {
    let (house, room) = (House::new(), room(|_| {}));
    let _turns = busy(&room).await;
    let size = room.0.tails.bytes();
    let mut full = 0_u32;
    for number in 0..1_000_000_u32 {
        let source = std::net::Ipv4Addr::from_bits(number.wrapping_mul(2_654_435_761));
        full += u32::from(room.place(Some(source.into())).is_err());
    }
    assert_eq!(room.0.tails.bytes(), size);
    assert_eq!(size, 65_536 * 8, "half a megabyte");
    assert!(full > 900_000, "{full}");
    assert!(room.0.tails.line().length(room.at()) <= Span::secs(121));
    let mut anna = Person::at(&house, &room, "anna", "192.0.2.1");
    assert_eq!(
        anna.comes(Comes::ToLook),
        Entry::Full,
        "a stranger is told to come again"
    );
    anna.class = Class::Known;
    assert_eq!(anna.comes(Comes::ToTry), Entry::FREE, "a known device does not notice");
}

#[actix_web::test]
async fn a_hoard_of_tickets_that_nobody_shows_keeps_nobody_out() {
    let (house, room) = (House::new(), room(|_| {}));
    for number in 0..50_000_u32 {
        let source = std::net::Ipv4Addr::from_bits(number.wrapping_mul(2_654_435_761));
        let _taken = room.place(Some(source.into()));
    }
    // The line is full on paper, and every lane idle.
    assert!(room.gate().is_slack());
    let mut anna = Person::at(&house, &room, "anna", "192.0.2.1");
    anna.ticket = Some(ticket::seal(
        &house.vault,
        &house.ctx(),
        &Ticket {
            id: [7; 16],
            browser: anna.browser.bytes(),
            network: Some("192.0.2.0".parse().expect("an address")),
            not_before: house.clock.now() + Span::secs(100),
        },
    ));
    let Entry::Through { ticket: Some(_), .. } = anna.comes(Comes::ToLook) else {
        panic!("there is room")
    };
    let _turns = busy(&room).await;
    assert!(anna.is_let_in_to_try(), "what she typed meanwhile is not in vain");
}

#[actix_web::test]
async fn it_opens_when_strangers_are_turned_away_and_is_shut_before() {
    let (house, room) = (House::new(), room(|settings| settings.mode = RoomMode::Auto));
    let mut anna = Person::at(&house, &room, "anna", "192.0.2.1");
    assert_eq!(anna.comes(Comes::ToTry), Entry::FREE);
    let turns = busy(&room).await;
    let crowd: Vec<_> = (0..40)
        .map(|_| {
            let gate = room.gate().clone();
            tokio::spawn(async move { gate.turn(Class::Stranger).await.map(drop) })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(
        room.is_open(),
        "twenty have a place in the gate's line, twenty had none"
    );
    for number in 0..40 {
        Person::at(&house, &room, "crowd", &format!("198.51.{number}.1")).comes(Comes::ToLook);
    }
    assert!(matches!(anna.comes(Comes::ToTry), Entry::Wait { .. }));
    drop(turns);
    let mut served = 0;
    for one in crowd {
        served += usize::from(one.await.expect("joined").is_ok());
    }
    assert_eq!(served, 20);
    assert!(room.is_open(), "it does not close at once");
}

#[actix_web::test]
async fn known_browsers_have_seven_turns_of_eight_when_both_lines_are_full() {
    let gate = Gate::new(1, 100, Duration::from_secs(20));
    let turns = [
        gate.turn(Class::Stranger).await.expect("a turn"),
        gate.turn(Class::Stranger).await.expect("a turn"),
    ];
    let order = Arc::new(AtomicUsize::new(0));
    let mut waiting = Vec::new();
    for number in 0..80 {
        let class = if number < 40 { Class::Stranger } else { Class::Known };
        let (gate, order) = (gate.clone(), Arc::clone(&order));
        waiting.push(tokio::spawn(async move {
            let turn = gate.turn(class).await.expect("a turn");
            let place = order.fetch_add(1, Ordering::SeqCst);
            drop(turn);
            (class, place)
        }));
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    drop(turns);
    let mut among_the_first = 0;
    for one in waiting {
        let (class, place) = one.await.expect("joined");
        among_the_first += usize::from(class == Class::Known && place < 40);
    }
    assert!(
        (34..=36).contains(&among_the_first),
        "{among_the_first} of the first 40"
    );
}

#[actix_web::test]
async fn who_goes_away_keeps_no_turn_and_no_place() {
    let gate = Gate::new(1, 2, Duration::from_secs(20));
    let turns = [
        gate.turn(Class::Known).await.expect("a turn"),
        gate.turn(Class::Known).await.expect("a turn"),
    ];
    for _ in 0..50 {
        let gone = tokio::time::timeout(Duration::from_millis(1), gate.turn(Class::Stranger)).await;
        assert!(gone.is_err(), "they waited, and went away");
    }
    let still = tokio::spawn({
        let gate = gate.clone();
        async move { gate.turn(Class::Stranger).await.map(drop) }
    });
    tokio::task::yield_now().await;
    drop(turns);
    assert_eq!(still.await.expect("joined"), Ok(()));
    assert!(gate.is_slack(), "every turn came back");
}
