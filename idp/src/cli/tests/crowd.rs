//! `idp demo generate`: a crowd of invented people.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{CHEAP, Desk, ctx};
use crate::app::House;
use crate::demo::{generate, show};
use crate::domain::user_id::Typed;
use crate::vault::password::{self, HashMemory, Verifier};

fn generated(house: &House, wish: generate::Wish) -> Vec<Value> {
    let mut out = Vec::new();
    generate::generate(&house.store, &house.vault, &ctx(house), wish, &mut out).unwrap();
    String::from_utf8(out)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn wish(people: usize, hash: generate::Hash) -> generate::Wish {
    generate::Wish {
        people,
        codes: false,
        sample: 100,
        sample_only: false,
        hash,
        cost: CHEAP,
        threads: 3,
    }
}

#[test]
fn a_crowd_is_streamed_one_line_a_person() {
    let desk = Desk::new(true);
    let house = desk.house();
    let lines = generated(&house, wish(1_523, generate::Hash::Full));
    assert_eq!(lines.len(), 1_523);
    for field in ["eid_number", "cpr"] {
        let different: BTreeSet<&str> = lines.iter().filter_map(|line| line[field].as_str()).collect();
        assert_eq!(different.len(), 1_523, "{field}");
    }
    for line in &lines {
        assert!(
            line["cpr"].as_str().unwrap().as_bytes()[0] >= b'6',
            "only substitute numbers"
        );
        assert!(line["keycards"][0].get("codes").is_none(), "codes only on request");
        assert!(!line["scope"].as_array().unwrap().is_empty());
    }
    let with_codes = generate::Wish {
        codes: true,
        ..wish(2, generate::Hash::Full)
    };
    let few = generated(&house, with_codes);
    assert_eq!(few[0]["keycards"][0]["codes"].as_object().unwrap().len(), 148);
}

#[test]
fn what_was_printed_is_what_was_written() {
    let desk = Desk::new(true);
    let house = desk.house();
    let mut memory = HashMemory::new();
    let with_codes = generate::Wish {
        codes: true,
        ..wish(20, generate::Hash::Full)
    };
    for line in generated(&house, with_codes) {
        let (name, password) = (
            line["user_id"].as_str().unwrap().to_owned(),
            line["password"].as_str().unwrap().to_owned(),
        );
        let (by_number, by_cpr) = (
            Typed::parse(&name).unwrap(),
            Typed::parse(line["cpr"].as_str().unwrap()).unwrap(),
        );
        let (act_ctx, shown) = (ctx(&house), password.clone());
        let (stored, verifier) = house
            .store
            .read_blocking("test", move |tx| {
                let eid = tx.aliases().eid(by_number.as_str())?.unwrap();
                assert_eq!(tx.aliases().eid(by_cpr.as_str())?, Some(eid));
                let secrets = show::Secrets {
                    user_id: None,
                    password: Some(shown.clone()),
                    codes: true,
                    activation_password: None,
                };
                Ok((
                    show::person(tx, &act_ctx, eid, secrets)?,
                    tx.passwords().find(eid)?.unwrap().verifier,
                ))
            })
            .unwrap();
        assert_eq!(stored, line);
        let verifier = Verifier::from_bytes(&verifier).unwrap();
        assert!(password::verify(
            &house.vault,
            &verifier,
            password.as_bytes(),
            &mut memory
        ));
    }
}

#[test]
fn those_with_a_password_lie_evenly_in_a_shared_crowd() {
    let desk = Desk::new(true);
    let house = desk.house();
    let people = 301;
    let everybody = generated(&house, wish(people, generate::Hash::Shared));
    assert_eq!(everybody.len(), people);
    let able: Vec<usize> = (0..people)
        .filter(|nth| everybody[*nth]["password"].is_string())
        .collect();
    assert_eq!(able.len(), 100, "as many as were wished");
    assert!(
        able.windows(2).all(|pair| (3..=4).contains(&(pair[1] - pair[0]))),
        "{able:?}"
    );

    let sample = generate::Wish {
        sample_only: true,
        ..wish(200, generate::Hash::Shared)
    };
    let sample = generated(&house, sample);
    assert_eq!(sample.len(), 100);
    assert!(sample.iter().all(|line| line["password"].is_string()));
}

#[test]
fn a_second_crowd_finds_room_beside_the_first() {
    let desk = Desk::new(true);
    let house = desk.house();
    // As the same dice would fall again: everybody's numbers are somebody's already.
    let dice = |house: &House| {
        let mut ctx = ctx(house);
        ctx.now = crate::domain::time::Time::from_secs(1_795_348_800);
        ctx.rng = crate::entropy::Entropy::seeded(7);
        ctx
    };
    let one_thread = generate::Wish {
        threads: 1,
        ..wish(1_200, generate::Hash::Full)
    };
    let mut numbers = BTreeSet::new();
    for _ in 0..2 {
        let mut out = Vec::new();
        generate::generate(&house.store, &house.vault, &dice(&house), one_thread, &mut out).unwrap();
        for line in String::from_utf8(out).unwrap().lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            numbers.insert((line["eid_number"].to_string(), line["cpr"].to_string()));
        }
    }
    assert_eq!(numbers.len(), 2_400);
}
