//! Each letter as its reader gets it: the text layer says what must stand there, and nothing that must not.
#![expect(clippy::expect_used, reason = "tests")]

use std::process::Command;

use super::run::{Officer, card_posted, take_cards, take_passwords};
use super::{Addressee, Content, Printer};
use crate::audit::Who;
use crate::config::Settings;
use crate::credentials::activation::{By, Rules, make};
use crate::credentials::keycard::new_card;
use crate::credentials::keycard::print::Sheet;
use crate::delivery::OneTime;
use crate::domain::eid::EidNumber;
use crate::domain::keycard::CardState;
use crate::domain::locale::Locale;
use crate::domain::time::{Span, Time};
use crate::storage::CardWish;
use crate::testing::{Citizen, House};

const AT: Time = Time::from_secs(1_795_348_800);

fn addressee(language: Locale) -> Addressee {
    Addressee {
        name: "Åse Ærlig Østergård".into(),
        address: Some("Prøvevej 1, 2. th.\n9998 Prøvekøbing".into()),
        language,
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

/// How many cards and passwords a run of this moment takes.
fn runs(house: &House) -> (usize, usize) {
    let ctx = house.ctx();
    house.act(move |tx| {
        let cards = take_cards(tx, &ctx, &officer(), 100)?.len();
        Ok((cards, take_passwords(tx, &ctx, &officer(), 100)?.len()))
    })
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
    house.act(move |tx| make(tx, &ctx, who, rules));
    assert_eq!(runs(&house), (1, 0), "the card today");
    assert_eq!(runs(&house), (0, 0), "what was taken is not taken again");
    house.clock.advance(Span::days(1));
    assert_eq!(runs(&house), (0, 1), "the password tomorrow");
    card(&house, &anna);
    assert_eq!(runs(&house), (0, 0));
    house.clock.advance(Span::days(1));
    assert_eq!(runs(&house), (1, 0));
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
    let large = house.act(move |tx| {
        let jobs = take_cards(tx, &ctx, &officer(), 100)?;
        Ok(jobs.iter().all(|job| matches!(job.content(), Content::LargeCard(_))))
    });
    assert!(large);
    let posts = || {
        let (ctx, number) = (house.ctx(), number.clone());
        house.act(move |tx| card_posted(tx, &ctx, "Ole Officer", &number))
    };
    assert!(posts() && !posts(), "once");
    assert_eq!(runs(&house), (0, 0));
    let asked = number.clone();
    let row = house.act(move |tx| tx.cards().find(&asked)).expect("the card");
    assert_eq!(row.card.state, CardState::Posted);
    assert!(!row.card.state.printable());
}
