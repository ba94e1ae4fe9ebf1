//! Each letter as its reader gets it: the text layer says what must stand there, and nothing that must not.
#![expect(clippy::expect_used, reason = "tests")]

use std::collections::HashSet;
use std::process::Command;
use std::sync::Arc;

use super::run::{Item, Officer, Run, What, posted, printed, waiting};
use super::{Addressee, Content, LetterSender, Printer};
use crate::audit::Who;
use crate::config::Settings;
use crate::credentials::activation::{By, Rules, make};
use crate::credentials::keycard::new_card;
use crate::credentials::keycard::print::Sheet;
use crate::delivery::OneTime;
use crate::domain::eid::{EidNumber, EidStatus};
use crate::domain::id::{EidId, OutboxId, PersonId};
use crate::domain::keycard::CardState;
use crate::domain::locale::Locale;
use crate::domain::time::{Span, Time};
use crate::outbox::Sender;
use crate::storage::{CardWish, Halt, Letter, NewEid, NewPerson};
use crate::testing::{Citizen, House};

const AT: Time = Time::from_secs(1_795_348_800);

fn addressee(language: Locale) -> Addressee {
    Addressee {
        name: "Åse Ærlig Østergård".into(),
        address: Some("Prøvevej 1, 2. th.\n9998 Prøvekøbing".into()),
        language,
        on_hardware: false,
    }
}

/// The text of a PDF as a reader or a screen reader gets it. `LETTERS=folder` keeps the PDFs, to be looked at.
fn text(name: &str, pdf: &[u8]) -> String {
    let folder = std::env::var_os("LETTERS").map(std::path::PathBuf::from);
    let own = tempfile::tempdir().expect("a folder");
    let path = folder.as_deref().unwrap_or(own.path()).join(format!("{name}.pdf"));
    std::fs::write(&path, pdf).expect("written");
    let done = Command::new("pdftotext")
        .args(["-layout", "-enc", "UTF-8"])
        .arg(&path)
        .arg("-")
        .output()
        .expect("pdftotext: run `make setup`");
    assert!(done.status.success(), "{done:?}");
    String::from_utf8(done.stdout).expect("text")
}

fn letter(language: Locale, content: &Content<'_>) -> String {
    let printer = Printer::new(&Settings::default()).expect("fonts");
    let pdf = printer.letter(&addressee(language), AT, content).expect("a letter");
    let kind = if matches!(content, Content::LargeCard(_)) {
        "large"
    } else {
        content.word()
    };
    text(&format!("{kind}-{}", language.as_str()), &pdf)
}

fn card(house: &House, citizen: &Citizen) -> Sheet {
    let (ctx, eid) = (house.ctx(), citizen.eid);
    let number = house
        .act(move |tx| new_card(tx, &ctx, eid, CardState::Ordered))
        .0
        .number;
    let row = house.act(move |tx| tx.cards().find(&number)).expect("the card");
    Sheet::of(&row).expect("its entries")
}

#[test]
fn every_letter_says_whom_it_is_for_and_what_to_do() {
    let number = EidNumber::from_random(123_456_789);
    let password = OneTime::new("482913".into());
    let until = AT + Span::days(28);
    for (language, day, greeting) in [
        (Locale::Da, "22. november 2026", "Velkommen til"),
        (Locale::En, "22 November 2026", "Welcome to"),
    ] {
        let welcome = letter(language, &Content::Welcome(&number));
        assert!(
            welcome.contains(greeting) && welcome.contains(&number.grouped()),
            "{welcome}"
        );
        let activation = letter(
            language,
            &Content::Activation {
                password: &password,
                until,
            },
        );
        assert!(activation.contains("482 913"), "{activation}");
        assert!(!activation.contains(&number.grouped()) && !activation.contains(number.as_str()));
        let renewal = letter(language, &Content::Renewal(until));
        for text in [&welcome, &activation, &renewal] {
            for line in ["Åse Ærlig Østergård", "Prøvevej 1, 2. th.", "9998 Prøvekøbing", day] {
                assert!(text.contains(line), "{line} in {text}");
            }
        }
    }
}

/// An eID on hardware: its letters say what the card is for, and that it is for nothing else.
#[test]
fn letters_to_an_eid_on_hardware_say_what_the_card_is_for() {
    let house = House::new();
    let anna = house.anna();
    let (sheet, number) = (card(&house, &anna), EidNumber::from_random(123_456_789));
    let printer = Printer::new(&Settings::default()).expect("fonts");
    for (language, said, ordinary) in [
        (Locale::Da, "er på hardware", "Har du et gammelt"),
        (Locale::En, "is on hardware", "If you have an old"),
    ] {
        for content in [
            Content::Welcome(&number),
            Content::Card(&sheet),
            Content::LargeCard(&sheet),
        ] {
            let to = Addressee {
                on_hardware: true,
                ..addressee(language)
            };
            let pdf = printer.letter(&to, AT, &content).expect("a letter");
            let said_there = text(&format!("hardware-{}-{}", content.word(), language.as_str()), &pdf);
            let words = said_there.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(words.contains(said) && !words.contains(ordinary), "{words}");
            assert!(!letter(language, &content).contains("hardware"));
        }
    }
}

#[test]
fn the_card_carries_all_its_codes_in_both_prints() {
    let house = House::new();
    let anna = house.anna();
    let sheet = card(&house, &anna);
    for content in [Content::Card(&sheet), Content::LargeCard(&sheet)] {
        for language in Locale::ALL {
            let text = letter(language, &content);
            assert!(text.contains(sheet.number().as_str()));
            for (index, code) in sheet.codes() {
                let code = code.as_str().expect("a code");
                let together = text.lines().any(|line| {
                    let words: Vec<_> = line.split_whitespace().collect();
                    words.windows(2).any(|pair| pair == [index.as_str(), code])
                });
                assert!(together, "{index} {code} in {text}");
            }
        }
    }
}

fn officer() -> Officer {
    Officer {
        name: "Ole Officer".into(),
        reason: "the run of the day".into(),
    }
}

/// A run of this moment, read and made as far as it goes; nothing is marked yet.
fn made(house: &House, what: What) -> Run {
    of(house, what, 100)
}

/// Of so many letters at most.
fn of(house: &House, what: What, limit: usize) -> Run {
    let printer = Printer::new(&Settings::default()).expect("fonts");
    let mut run = Run::new(limit, HashSet::new());
    let filled: Result<(), Halt> = run.fill(&printer, AT, |ask| {
        let ctx = house.ctx();
        Ok(house.act(move |tx| waiting(tx, &ctx, what, &ask)))
    });
    filled.expect("it is read");
    run
}

/// Marks it; what this run is left with.
fn marked(house: &House, run: Run) -> (Vec<Item>, Vec<Item>) {
    let (ctx, items) = (house.ctx(), run.items());
    let marked = house.act(move |tx| printed(tx, &ctx, &officer(), &items));
    let (letters, left) = run.marked(&marked);
    let letters = letters.iter().map(|(job, _)| job.item()).collect();
    (letters, left.into_iter().map(|left| left.item).collect())
}

/// How many cards and passwords a run of this moment takes.
fn runs(house: &House) -> (usize, usize) {
    let takes = |what| marked(house, made(house, what)).0.len();
    (takes(What::Cards), takes(What::Passwords))
}

#[test]
fn of_two_runs_at_once_each_letter_is_in_one() {
    let house = House::new();
    let anna = house.anna();
    let number = card(&house, &anna).number().clone();
    let (one, other) = (made(&house, What::Cards), made(&house, What::Cards));
    assert_eq!((one.items().len(), other.items().len()), (1, 1), "both have made it");
    assert_eq!(marked(&house, one).0, [Item::Card(number)]);
    assert_eq!(marked(&house, other).0, [], "and one of them writes it");
}

#[test]
fn a_name_that_the_fonts_lack_waits_and_holds_up_nobody() {
    let house = House::new();
    let (ctx, rng) = (house.ctx(), house.rng.clone());
    let (person, eid) = (
        PersonId::from_uuid(rng.uuid_v7(ctx.now)),
        EidId::from_uuid(rng.uuid_v7(ctx.now)),
    );
    let theirs = house.act(move |tx| {
        tx.people().insert(&NewPerson {
            id: person,
            name: "Åse \u{6f22}\u{5b57}".into(),
            address: None,
            protected: false,
            birth_date: None,
            cpr: None,
            email: None,
            phone: None,
            created_at: ctx.now,
        })?;
        tx.eids().insert(&NewEid {
            id: eid,
            number: EidNumber::from_random(5),
            person,
            status: EidStatus::Active,
            public: false,
            issuer: "bank".into(),
            created_at: ctx.now,
        })?;
        Ok(new_card(tx, &ctx, eid, CardState::Ordered)?.0.number)
    });
    let anna = house.anna();
    let annas = card(&house, &anna).number().clone();
    let (letters, left) = marked(&house, made(&house, What::Cards));
    assert_eq!(letters, [Item::Card(annas)]);
    assert_eq!(left, [Item::Card(theirs.clone())]);
    let row = house.act(move |tx| tx.cards().find(&theirs)).expect("the card");
    assert_eq!(row.card.state, CardState::Ordered, "it still waits");
}

#[test]
fn a_card_and_a_password_of_one_eid_are_not_in_one_days_run() {
    let house = House::new();
    let anna = house.anna();
    let who = Who {
        person: anna.person,
        eid: anna.eid,
    };
    card(&house, &anna);
    let ctx = house.ctx();
    let rules = Rules {
        life: Span::days(28),
        by: By::Letter,
    };
    house.act(move |tx| {
        tx.eids().set_status(who.eid, EidStatus::Active, EidStatus::Ordered)?;
        make(tx, &ctx, who, rules)
    });
    assert_eq!(runs(&house), (1, 0), "the card today");
    assert_eq!(runs(&house), (0, 0), "what was taken is not taken again");
    house.clock.advance(Span::days(1));
    assert_eq!(runs(&house), (0, 1), "the password tomorrow");
    card(&house, &anna);
    assert_eq!(runs(&house), (0, 0));
    house.clock.advance(Span::days(1));
    assert_eq!(runs(&house), (1, 0));
}

/// More wait that are not to be printed today than a run holds: the one behind them is printed all the same.
#[test]
fn who_has_to_wait_for_another_day_holds_up_nobody() {
    let house = House::new();
    let anna = house.anna();
    let who = Who {
        person: anna.person,
        eid: anna.eid,
    };
    let (ctx, rules) = (
        house.ctx(),
        Rules {
            life: Span::days(28),
            by: By::Letter,
        },
    );
    house.act(move |tx| {
        tx.eids().set_status(who.eid, EidStatus::Active, EidStatus::Ordered)?;
        make(tx, &ctx, who, rules)
    });
    assert_eq!(runs(&house), (0, 1), "her password today");
    card(&house, &anna);
    card(&house, &anna);
    house.clock.advance(Span::secs(1));
    let behind = house.another_eid(&anna, "anna-2", "correct-horse-7").eid;
    let ctx = house.ctx();
    let theirs = house
        .act(move |tx| new_card(tx, &ctx, behind, CardState::Ordered))
        .0
        .number;
    let run = of(&house, What::Cards, 1);
    assert_eq!(run.items(), [Item::Card(theirs)]);
}

#[test]
fn what_was_posted_is_never_taken_again_and_large_print_is_by_the_holders_wish() {
    let house = House::new();
    let anna = house.anna();
    let (eid, number) = (anna.eid, card(&house, &anna).number().clone());
    house.act(move |tx| {
        tx.card_wishes().set(
            eid,
            CardWish {
                large_print: true,
                ..CardWish::default()
            },
        )
    });
    let ctx = house.ctx();
    let run = Run::new(100, HashSet::new());
    let ask = run.asks().expect("an empty run asks");
    let jobs = house.act(move |tx| waiting(tx, &ctx, What::Cards, &ask));
    assert!(jobs.iter().all(|job| matches!(job.content(), Content::LargeCard(_))));
    assert_eq!(runs(&house), (1, 0));
    let posts = || {
        let (ctx, item) = (house.ctx(), Item::Card(number.clone()));
        house.act(move |tx| posted(tx, &ctx, "Ole Officer", &item))
    };
    assert!(posts() && !posts(), "once");
    assert_eq!(runs(&house), (0, 0));
    let asked = number.clone();
    let row = house.act(move |tx| tx.cards().find(&asked)).expect("the card");
    assert_eq!(row.card.state, CardState::Posted);
    assert!(!row.card.state.printable());
}

/// What an operator reads where a letter waits (`idp outbox list`) is a key that may be set.
#[test]
fn where_no_folder_is_set_the_key_that_is_missing_is_named() {
    let house = House::new();
    let printer = Arc::new(Printer::new(&Settings::default()).expect("fonts"));
    let sender = LetterSender::new(house.store.clone(), printer, None);
    let letter = Letter {
        id: OutboxId::from_uuid(house.rng.uuid_v7(AT)),
        kind: sender.kind().into(),
        dedup: String::new(),
        payload: Vec::new(),
        attempts: 0,
    };
    let said = actix_web::rt::System::new().block_on(sender.send(&letter));
    let said = said.expect_err("there is nowhere to put it");
    let key = said.split_whitespace().next().expect("a key");
    assert!(crate::config::keys().iter().any(|known| known == key), "{said}");
}
