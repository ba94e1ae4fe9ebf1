//! Somebody orders an eID online: what is typed, what is accepted, what comes of it, and what nobody learns.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use chrono::NaiveDate;

use super::*;
use crate::config::Settings;
use crate::config::parties::{Parties, SharedParties};
use crate::credentials::activation::{By, Rules as Activation};
use crate::ctx::Ctx;
use crate::delivery::{Message, Notice, Paper, PaperLetter, To};
use crate::domain::company::{Company, Cvr};
use crate::domain::cpr::Cpr;
use crate::domain::eid::EidStatus;
use crate::domain::proofing::Channel;
use crate::domain::refusal::Code;
use crate::domain::register::{CivilStatus, Entry, NumberedDocument};
use crate::domain::time::{Span, Time};
use crate::registers::{Checked, CompanyRegister, CprRegister, IdentityDocuments, Registers, Unreachable};
use crate::storage::{Eid, Halt, Letter};
use crate::testing::{House, tells};

/// A register of whoever was put into it, which may be down.
#[derive(Default)]
struct Clerk {
    people: Mutex<BTreeMap<String, Entry>>,
    documents: Mutex<BTreeMap<String, Checked>>,
    down: AtomicBool,
    /// Numbers to which it says what nobody understands.
    confused_by: Mutex<BTreeSet<String>>,
    asked: AtomicUsize,
}

impl Clerk {
    fn answers<T>(&self, answer: T) -> Result<T, Unreachable> {
        if self.down.load(Ordering::Relaxed) {
            Err(Unreachable::Register)
        } else {
            Ok(answer)
        }
    }
}

impl CprRegister for Clerk {
    fn entry(&self, cpr: &Cpr) -> Result<Option<Entry>, Unreachable> {
        self.answers(self.people.lock().unwrap().get(cpr.digits()).cloned())
    }
}

impl IdentityDocuments for Clerk {
    fn check(&self, cpr: &Cpr, _: NumberedDocument, number: &str, _: NaiveDate) -> Result<Checked, Unreachable> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        if self.confused_by.lock().unwrap().contains(number) {
            return Err(Unreachable::Question);
        }
        let key = format!("{}:{number}", cpr.digits());
        self.answers(
            self.documents
                .lock()
                .unwrap()
                .get(&key)
                .copied()
                .unwrap_or(Checked::NotTheirs),
        )
    }
}

impl CompanyRegister for Clerk {
    fn company(&self, _: &Cvr) -> Result<Option<Company>, Unreachable> {
        Err(Unreachable::Register)
    }
}

struct Page {
    house: House,
    clerk: Arc<Clerk>,
    orders: Orders,
}

const OLE: &str = "620290-5225";
const NUMBER: &str = "45321643";

fn entry() -> Entry {
    Entry {
        name: "Ole Ny Lund".into(),
        address: Some("Prøvevej 3\n9998 Prøvekøbing".into()),
        ..Entry::default()
    }
}

fn typed() -> Typed {
    Typed {
        cpr: OLE.into(),
        document_type: "driving_licence".into(),
        document_number: NUMBER.into(),
        ..Typed::default()
    }
}

fn today() -> NaiveDate {
    "2026-11-28".parse().unwrap()
}

impl Page {
    fn new() -> Self {
        Self::with(&mut |_| {})
    }

    fn with(set: &mut dyn FnMut(&mut Settings)) -> Self {
        Self::with_house(House::new().certifies(), set)
    }

    fn with_house(house: House, set: &mut dyn FnMut(&mut Settings)) -> Self {
        let clerk = Arc::new(Clerk::default());
        let mut settings = Settings::default();
        settings.demo.enabled = true;
        set(&mut settings);
        let registers = Registers {
            cpr: clerk.clone(),
            documents: clerk.clone(),
            companies: clerk.clone(),
        };
        let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../config/demo/parties");
        let parties = SharedParties::new(Parties::load_dir(dir.as_ref(), true).unwrap());
        let activation = Activation {
            life: Span::days(28),
            // As an operator may have set it for other orders.
            by: By::TextMessage,
        };
        let safe = (house.store.clone(), house.vault.clone());
        let orders = Orders::new(safe, registers, parties, (activation, &house.rng), &settings);
        Self { house, clerk, orders }
    }

    fn knows(&self, cpr: &str, entry: Entry, number: &str, checked: Checked) {
        let cpr = Cpr::parse(cpr).unwrap();
        self.clerk.people.lock().unwrap().insert(cpr.digits().into(), entry);
        let key = format!("{}:{number}", cpr.digits());
        self.clerk.documents.lock().unwrap().insert(key, checked);
    }

    fn from(&self, source: &str) -> Ctx {
        self.house.ctx_from(source)
    }

    fn places(&self, ctx: &Ctx, typed: &Typed) -> Result<(), Code> {
        let offices: Vec<String> = self.orders.offices(ctx.locale).into_iter().map(|(id, _)| id).collect();
        let details = typed.judge(true, &offices, today()).map_err(|wrong| wrong[0].code)?;
        let state = State::begin(ctx, Kind::Order).filled_in(typed.clone()).accepts(ctx);
        match runs(self.orders.place(ctx, &state, &details)) {
            Ok(()) => Ok(()),
            Err(Halt::Refused(refusal)) => Err(refusal.code),
            Err(halt) => panic!("{halt:?}"),
        }
    }

    fn round(&self) {
        runs(self.orders.round(&self.house.clock, &self.house.rng)).unwrap();
    }

    fn eids(&self, cpr: &str) -> Vec<Eid> {
        let cpr = Cpr::parse(cpr).unwrap();
        self.house.act(move |tx| match tx.people().by_cpr(&cpr)? {
            Some(person) => tx.eids().of_person(person),
            None => Ok(Vec::new()),
        })
    }

    fn open(&self) -> usize {
        let ever = Time::from_micros(i64::MAX);
        self.house
            .act(move |tx| tx.online_orders().placed_before(ever, 1_000))
            .len()
    }

    /// What waits to be sent of a kind, taken up.
    fn letters(&self, kind: &str) -> Vec<Letter> {
        let now = self.house.clock.now();
        let all = self.house.act(move |tx| tx.outbox().claim(100, now, Span::ZERO));
        all.into_iter().filter(|letter| letter.kind == kind).collect()
    }

    fn papers(&self) -> Vec<PaperLetter> {
        self.letters("letter")
            .iter()
            .map(|letter| PaperLetter::read(letter).unwrap())
            .collect()
    }
}

fn runs<T>(future: impl Future<Output = T>) -> T {
    actix_web::rt::System::new().block_on(future)
}

#[test]
fn each_field_has_its_own_fault() {
    let offices = vec!["ra-ambassade".to_owned()];
    let good = Typed {
        email: "ole@example.dk".into(),
        email_again: "ole@example.dk".into(),
        mobile: "004580307050".into(),
        office: "ra-ambassade".into(),
        ..typed()
    };
    let details = good
        .judge(true, &offices, today())
        .unwrap_or_else(|wrong| panic!("{wrong:?}"));
    assert_eq!(
        details.cpr.birth_date().to_string(),
        "1890-02-02",
        "by the century, and no modulus"
    );
    assert_eq!(details.mobile.unwrap().as_str(), "+4580307050");
    type Spoils = fn(&mut Typed);
    let cases: [(Spoils, &str, Code); 14] = [
        (
            |t| t.mobile = format!("{}80307050", " ".repeat(99)),
            "mobile",
            Code::PhoneFormat,
        ),
        (
            |t| t.document_number = format!("{}45321643", "-".repeat(99)),
            "document_number",
            Code::DocumentNumber,
        ),
        (|t| t.on = "paper".into(), "on", Code::RequestMalformed),
        (|t| t.cpr = String::new(), "cpr", Code::CprFormat),
        (|t| t.cpr = "991390-5225".into(), "cpr", Code::CprDate),
        (|t| t.cpr = "020290-5225".into(), "cpr", Code::CprRealNumber),
        (|t| t.cpr = "620220-5225".into(), "cpr", Code::ProofingTooYoung),
        (|t| t.email = "ole".into(), "email", Code::EmailFormat),
        (
            |t| t.email_again = "ola@example.dk".into(),
            "email_again",
            Code::EmailDiffers,
        ),
        (|t| t.email_again = String::new(), "email_again", Code::EmailDiffers),
        (|t| t.mobile = "8030705".into(), "mobile", Code::PhoneFormat),
        (
            |t| t.document_type = "moped".into(),
            "document_type",
            Code::DocumentKind,
        ),
        (
            |t| t.document_number = "4532".into(),
            "document_number",
            Code::DocumentNumber,
        ),
        (|t| t.office = "ra-netbank".into(), "office", Code::OrderDelivery),
    ];
    for (spoil, field, code) in cases {
        let mut typed = good.clone();
        spoil(&mut typed);
        let wrong = typed.judge(true, &offices, today()).err().unwrap();
        let told: Vec<_> = wrong.iter().map(|refusal| (refusal.field, refusal.code)).collect();
        assert_eq!(told, [(Some(field), code)]);
    }
    assert_eq!(
        Typed::default().judge(true, &[], today()).err().unwrap().len(),
        3,
        "all that is missing, at once"
    );
    assert_eq!(
        good.judge(false, &offices, today()).err().unwrap()[0].code,
        Code::CprDemoNumber,
        "production takes no demo numbers"
    );
}

#[test]
fn an_order_becomes_an_eid_in_three_letters() {
    let page = Page::new();
    page.knows(OLE, entry(), NUMBER, Checked::Valid);
    let order = Typed {
        email: "ole@example.dk".into(),
        email_again: "ole@example.dk".into(),
        ..typed()
    };
    page.places(&page.from("192.0.2.1"), &order).unwrap();
    assert_eq!(
        (page.open(), page.eids(OLE).len()),
        (1, 0),
        "nothing is done while somebody waits"
    );
    let placed_at = page.house.clock.now();
    page.house.clock.advance(Span::minutes(3));
    page.round();
    let [eid] = &page.eids(OLE)[..] else { panic!("one eID") };
    assert_eq!((eid.status, eid.public), (EidStatus::Ordered, true));
    let id = eid.id;
    let (issue, given) = page
        .house
        .act(move |tx| Ok((tx.issues().find(id)?.unwrap(), tx.issues().consents(id)?)));
    assert_eq!(
        (issue.channel, issue.hand_over.as_str()),
        (Channel::Online, "both_posted")
    );
    assert_eq!(given.len(), 4);
    assert!(
        given
            .iter()
            .all(|one| one.given_at == placed_at && one.channel == "online")
    );
    assert_eq!(page.open(), 0);
    let (person, proposed) = page.house.act(move |tx| {
        let person = tx.eids().find(id)?.person;
        Ok((tx.people().find(person)?, Proposed::of(tx, id)?))
    });
    assert_eq!(
        (person.email, proposed.email.as_deref()),
        (None, Some("ole@example.dk")),
        "hers once she confirms it"
    );
    assert!(
        page.letters("sms").is_empty(),
        "no password to a number that somebody typed"
    );
    let papers = page.papers();
    assert!(
        matches!((&papers[0].paper, &papers[0].to), (Paper::Welcome, To::Eid(_))),
        "{}",
        papers.len()
    );
    // The same again, as a browser that goes back sends it: nothing more comes of it.
    page.places(&page.from("192.0.2.1"), &order).unwrap();
    page.round();
    assert_eq!(page.eids(OLE).len(), 1);
}

#[test]
fn whoever_lives_abroad_fetches_it() {
    let page = Page::new();
    let abroad = Entry {
        status: CivilStatus::Emigrated,
        ..entry()
    };
    page.knows(OLE, abroad, NUMBER, Checked::Valid);
    page.places(&page.from("192.0.2.1"), &typed()).unwrap();
    page.round();
    assert_eq!(page.eids(OLE).len(), 0);
    let told = page.papers();
    assert!(matches!(
        &told[0].paper,
        Paper::OrderRefused {
            because: Code::OrderDelivery
        }
    ));
    page.house.clock.advance(Span::hours(25));
    let fetched = Typed {
        office: "ra-ambassade".into(),
        document_number: " 453 216 43".into(),
        on: "hardware".into(),
        ..typed()
    };
    page.house.act({
        let now = page.house.clock.now();
        move |tx| tx.prune(now)
    });
    page.places(&page.from("192.0.2.1"), &fetched).unwrap();
    page.round();
    let [eid] = &page.eids(OLE)[..] else { panic!("one eID") };
    assert!(eid.on_hardware);
    let id = eid.id;
    let waits = page.house.act(move |tx| tx.desks().of_eid(id)).unwrap();
    assert_eq!((waits.ra.as_str(), waits.card.is_some()), ("ra-ambassade", true));
}

#[test]
fn what_stands_in_the_way_is_told_at_the_registered_address_alone() {
    let dead = Entry {
        status: CivilStatus::Dead,
        ..entry()
    };
    let new = Entry {
        in_denmark_since: Some("2026-10-01".parse().unwrap()),
        ..entry()
    };
    for (entry, checked, because) in [
        (entry(), Checked::NotTheirs, Some(Code::DocumentNotConfirmed)),
        (entry(), Checked::Void, Some(Code::DocumentNotConfirmed)),
        (entry(), Checked::Expired, Some(Code::ProofingDocumentExpired)),
        (new, Checked::Valid, Some(Code::ProofingInPerson)),
        (dead, Checked::Valid, None),
    ] {
        let page = Page::new();
        page.knows(OLE, entry, NUMBER, checked);
        let order = Typed {
            email: "somebody@example.dk".into(),
            email_again: "somebody@example.dk".into(),
            ..typed()
        };
        page.places(&page.from("192.0.2.1"), &order).unwrap();
        page.round();
        assert_eq!(page.eids(OLE).len(), 0, "{because:?}");
        let papers = page.papers();
        let told: Vec<_> = papers.iter().map(|letter| (&letter.paper, &letter.to)).collect();
        match (&told[..], because) {
            ([], None) => {}
            ([(Paper::OrderRefused { because: told }, To::Address(to))], Some(because)) => {
                assert_eq!((*told, to.name.as_str()), (because, "Ole Ny Lund"));
            }
            _ => panic!("{} letters for {because:?}", told.len()),
        }
        assert!(
            page.letters("mail").is_empty(),
            "whoever typed the address learns nothing"
        );
    }
}

#[test]
fn whoever_has_an_eid_hears_of_it_and_nobody_else() {
    let page = Page::new();
    let anna = page.house.reachable("anna@example.dk", "+4580307050");
    let person = anna.person;
    let cpr = page.house.act(move |tx| tx.people().cpr(person)).unwrap();
    page.knows(cpr.digits(), entry(), NUMBER, Checked::Valid);
    let order = Typed {
        cpr: cpr.digits().into(),
        email: "somebody@example.dk".into(),
        email_again: "somebody@example.dk".into(),
        ..typed()
    };
    page.places(&page.from("192.0.2.1"), &order).unwrap();
    page.round();
    assert_eq!(page.eids(cpr.digits()).len(), 1);
    let papers = page.papers();
    assert!(matches!((&papers[..], &papers[0].paper), ([_], Paper::OrderedAgain)));
    // A wrong number the same day has a letter of its own.
    let wrong = Typed {
        document_number: "45321644".into(),
        ..order.clone()
    };
    page.places(&page.from("192.0.2.2"), &wrong).unwrap();
    page.round();
    assert_eq!(page.papers().len(), 2);
    let mails: Vec<_> = page
        .letters("mail")
        .iter()
        .map(|letter| Message::read(letter).unwrap())
        .collect();
    assert!(
        mails
            .iter()
            .all(|mail| mail.to.as_str() == "anna@example.dk" && mail.notice == Notice::OrderedAgain)
    );
    let kept = page.house.act(move |tx| tx.people().find(person));
    assert_eq!(kept.email.as_deref(), Some("anna@example.dk"), "hers stays");
}

#[test]
fn a_register_that_is_down_delays_and_whoever_waits_too_long_is_told() {
    let page = Page::new();
    page.knows(OLE, entry(), NUMBER, Checked::Valid);
    page.clerk.down.store(true, Ordering::Relaxed);
    let order = Typed {
        email: "ole@example.dk".into(),
        email_again: "ole@example.dk".into(),
        ..typed()
    };
    page.places(&page.from("192.0.2.1"), &order).unwrap();
    for _ in 0..3 {
        page.round();
        page.house.clock.advance(Span::minutes(2));
    }
    assert_eq!((page.open(), page.eids(OLE).len()), (1, 0));
    page.clerk.down.store(false, Ordering::Relaxed);
    page.house.clock.advance(Span::minutes(31));
    page.round();
    assert_eq!(
        (page.open(), page.eids(OLE).len()),
        (0, 1),
        "it was neither lost nor let through"
    );

    let page = Page::new();
    page.clerk.down.store(true, Ordering::Relaxed);
    page.places(&page.from("192.0.2.1"), &order).unwrap();
    page.house.clock.advance(Span::days(7));
    page.round();
    assert_eq!(page.open(), 1, "seven days are not over");
    page.house.clock.advance(Span::secs(1));
    page.round();
    assert_eq!(page.open(), 0);
    let mails = page.letters("mail");
    let told = Message::read(&mails[0]).unwrap();
    assert!(matches!(told.notice, Notice::OrderLapsed { .. }) && told.to.as_str() == "ole@example.dk");
}

#[test]
fn what_a_register_does_not_understand_holds_up_neither_others_nor_the_next_of_the_same_person() {
    let page = Page::new();
    page.knows(OLE, entry(), NUMBER, Checked::Valid);
    page.clerk.confused_by.lock().unwrap().insert("45320001".into());
    let first = Typed {
        document_number: "45320001".into(),
        ..typed()
    };
    page.places(&page.from("192.0.2.1"), &first).unwrap();
    page.round();
    page.places(&page.from("192.0.2.1"), &typed()).unwrap();
    page.knows("610180-1234", entry(), "45320002", Checked::Valid);
    let another = Typed {
        cpr: "610180-1234".into(),
        document_number: "45320002".into(),
        ..typed()
    };
    page.places(&page.from("192.0.2.2"), &another).unwrap();
    page.round();
    assert_eq!((page.eids(OLE).len(), page.eids("610180-1234").len()), (1, 1));
    // It is asked about the first again, seldom, for as long as it waits.
    let asked = page.clerk.asked.load(Ordering::Relaxed);
    for _ in 0..30 {
        page.house.clock.advance(Span::minutes(1));
        page.round();
    }
    let again = page.clerk.asked.load(Ordering::Relaxed) - asked;
    assert!((2..=4).contains(&again), "{again}");
}

#[test]
fn while_a_register_is_down_the_first_keeps_the_first_turn() {
    let page = Page::new();
    page.knows(OLE, entry(), NUMBER, Checked::Valid);
    page.places(&page.from("198.51.100.7"), &typed()).unwrap();
    page.clerk.down.store(true, Ordering::Relaxed);
    for nth in 0..3 {
        page.round();
        page.places(&page.from(&format!("192.0.2.{nth}")), &guess(nth)).unwrap();
        page.house.clock.advance(Span::secs(2));
    }
    page.clerk.down.store(false, Ordering::Relaxed);
    for _ in 0..30 {
        page.house.clock.advance(Span::secs(2));
        page.round();
    }
    assert_eq!(
        page.eids(OLE).len(),
        1,
        "guesses that came later did not use up the day's checks"
    );
}

#[test]
fn three_documents_of_one_person_are_checked_a_day_and_the_fourth_waits() {
    let page = Page::new();
    page.knows(OLE, entry(), NUMBER, Checked::Valid);
    for nth in 0..3 {
        let guess = Typed {
            document_number: format!("4532164{nth}9"),
            ..typed()
        };
        page.places(&page.from(&format!("192.0.2.{nth}")), &guess).unwrap();
    }
    page.places(&page.from("198.51.100.7"), &typed()).unwrap();
    page.round();
    assert_eq!(page.clerk.asked.load(Ordering::Relaxed), 3);
    assert_eq!(
        (page.open(), page.eids(OLE).len()),
        (1, 0),
        "her own order is neither refused nor lost"
    );
    assert_eq!(page.papers().len(), 1, "and one letter a day is enough");
    page.house.clock.advance(Span::hours(24));
    page.round();
    assert_eq!(page.eids(OLE).len(), 1);
}

fn guess(nth: usize) -> Typed {
    Typed {
        document_number: format!("4532{nth:04}"),
        ..typed()
    }
}

/// Three places have guessed at Ole's document today, and his own order waits.
fn after_three_guesses() -> Page {
    let page = Page::new();
    page.knows(OLE, entry(), NUMBER, Checked::Valid);
    for nth in 0..3 {
        page.places(&page.from(&format!("192.0.2.{nth}")), &guess(nth)).unwrap();
    }
    page.round();
    page.places(&page.from("198.51.100.7"), &typed()).unwrap();
    page
}

#[test]
fn whoever_ordered_first_has_their_turn_whatever_others_send() {
    let page = after_three_guesses();
    // One second before the day is over three other places send a guess each: they fell due before hers, and she was there before them.
    page.round();
    page.house.clock.advance(Span::hours(24) - Span::secs(1));
    for nth in 10..13 {
        page.places(&page.from(&format!("192.0.2.{nth}")), &guess(nth)).unwrap();
    }
    page.house.clock.advance(Span::secs(1));
    page.round();
    assert_eq!(page.eids(OLE).len(), 1);
}

#[test]
fn whoever_waits_longest_has_the_next_turn_for_two_days_of_guesses() {
    let page = after_three_guesses();
    // Every hour of two days three places send another guess; each has three that wait.
    for hour in 0..48 {
        for nth in 0..3 {
            // Who is turned away for the day has no more to send.
            let _turned_away = page.places(&page.from(&format!("192.0.2.{nth}")), &guess(100 + hour * 3 + nth));
        }
        page.house.clock.advance(Span::minutes(60));
        page.round();
        assert!(page.open() <= 10, "{}", page.open());
        if page.eids(OLE).len() == 1 {
            assert!(hour <= 24, "{hour}");
            return;
        }
    }
    panic!("her order never had its turn");
}

#[test]
fn an_order_that_cannot_be_read_holds_nobody_up() {
    let page = Page::new();
    page.knows(OLE, entry(), NUMBER, Checked::Valid);
    let other = Cpr::parse("610180-1234").unwrap();
    let now = page.house.clock.now();
    page.house.act(move |tx| {
        let order = crate::storage::NewOrder {
            cpr: &other,
            document: "passport:1",
            source: "",
            details: b"{}",
            placed_at: now,
        };
        tx.online_orders().place(&order, 9)
    });
    page.places(&page.from("192.0.2.1"), &typed()).unwrap();
    page.round();
    assert_eq!((page.eids(OLE).len(), page.open()), (1, 1));
    page.house.clock.advance(Span::days(8));
    page.round();
    assert_eq!(page.open(), 0, "and it is erased when its days are over");
}

#[test]
fn while_no_ca_issues_orders_wait() {
    let page = Page::with_house(House::new(), &mut |_| {});
    page.knows(OLE, entry(), NUMBER, Checked::Valid);
    page.places(&page.from("192.0.2.1"), &typed()).unwrap();
    page.round();
    assert_eq!((page.open(), page.eids(OLE).len(), page.papers().len()), (1, 0, 0));
    page.house.gets_a_ca();
    page.round();
    assert_eq!(page.eids(OLE).len(), 1);
}

#[test]
fn whom_an_officer_stopped_orders_nothing_online() {
    let page = Page::new();
    page.knows(OLE, entry(), NUMBER, Checked::Valid);
    page.places(&page.from("192.0.2.1"), &typed()).unwrap();
    page.round();
    let id = page.eids(OLE)[0].id;
    let ctx = page.house.ctx();
    page.house.act(move |tx| {
        let eid = tx.eids().find(id)?;
        let who = crate::audit::Who {
            person: eid.person,
            eid: id,
        };
        crate::certificates::revoke(tx, &ctx, who, crate::domain::certificate::Reason::TermsBroken)?;
        tx.eids().set_status(id, EidStatus::Ordered, EidStatus::Closed)
    });
    let another = Typed {
        document_number: "45321650".into(),
        ..typed()
    };
    page.knows(OLE, entry(), "45321650", Checked::Valid);
    page.places(&page.from("192.0.2.1"), &another).unwrap();
    page.round();
    assert_eq!(page.eids(OLE).len(), 1);
    let refused = |letter: &PaperLetter| {
        matches!(
            letter.paper,
            Paper::OrderRefused {
                because: Code::PublicUseOfficer
            }
        )
    };
    assert!(page.papers().iter().any(refused));
}

#[test]
fn a_source_has_ten_orders_a_day_and_all_together_a_number() {
    let page = Page::with(&mut |settings| settings.order.most_open = 11);
    let cpr = |nth: usize| format!("62{:02}80-52{nth:02}", 1 + nth % 12);
    let of = |nth| Typed {
        cpr: cpr(nth),
        ..typed()
    };
    for nth in 0..10 {
        page.places(&page.from("2001:db8:1:1::1"), &of(nth)).unwrap();
    }
    assert_eq!(
        page.places(&page.from("2001:db8:1:2::9"), &of(10)),
        Err(Code::OrderTooMany),
        "one household"
    );
    page.places(&page.from("192.0.2.1"), &of(10)).unwrap();
    assert_eq!(page.places(&page.from("192.0.2.2"), &of(11)), Err(Code::OrderFull));
    let told = page.places(&page.from("192.0.2.2"), &of(10));
    assert_eq!(told, Ok(()), "what is known is told the same, however full it is");
    assert_eq!(page.open(), 11);
}

#[test]
fn what_was_typed_is_sealed_and_erased_once_it_was_checked() {
    let page = Page::new();
    page.knows(OLE, entry(), NUMBER, Checked::Valid);
    let order = Typed {
        email: "ole.lund@example.dk".into(),
        email_again: "ole.lund@example.dk".into(),
        ..typed()
    };
    let mut watch = page.house.watch();
    page.places(&page.from("192.0.2.1"), &order).unwrap();
    let before = watch.contents()["online_orders"].clone();
    for secret in [OLE, "6202905225", NUMBER, "ole.lund", "Ole Ny Lund", "Prøvevej"] {
        assert!(!tells(&before, secret), "{secret}");
    }
    // What does lie there readable is seen, so that the others would be.
    let ctx = page.house.ctx();
    page.house.act(move |tx| {
        tx.online_orders()
            .note_check(b"32 bytes that are no secret: ole", ctx.now)
    });
    assert!(tells(&watch.contents()["online_orders"], "no secret: ole"));
    page.round();
    let after = &watch.contents()["online_orders"];
    let long = |rows: &BTreeSet<String>| rows.iter().map(String::len).max();
    assert!(long(after) < long(&before), "{after:?}");
}

#[test]
fn a_state_is_of_its_kind_its_time_and_its_page() {
    let page = Page::new();
    let ctx = page.house.ctx();
    let state = State::begin(&ctx, Kind::Order).filled_in(typed());
    let sealed = state.seal(&page.house.vault, &ctx).unwrap();
    let open = |kind, ctx: &Ctx| State::open(&page.house.vault, ctx, kind, &sealed);
    assert!(open(Kind::Order, &ctx).is_some_and(|opened| opened == state));
    assert!(open(Kind::Extension, &ctx).is_none());
    let token = state.csrf(&page.house.vault, "/order/online/rules");
    assert!(state.csrf_ok(&page.house.vault, "/order/online/rules", &token));
    assert!(!state.csrf_ok(&page.house.vault, "/order/online/confirm", &token));
    assert!(!State::begin(&ctx, Kind::Order).csrf_ok(&page.house.vault, "/order/online/rules", &token));
    page.house.clock.advance(Span::minutes(60));
    assert!(open(Kind::Order, &page.house.ctx()).is_none());
    assert!(sealed.len() < 1_500, "{}", sealed.len());
}
