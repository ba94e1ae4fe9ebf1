//! A netbank-only eID is opened by whoever shows a document's number, or another one is issued beside it (M40).

use serde_json::{Value, json};

use super::place::{Answer, Browser, Place};
use crate::audit::Who;
use crate::ctx::Ctx;
use crate::domain::certificate::Reason;
use crate::domain::consent::VERSION;
use crate::domain::cpr::Cpr;
use crate::domain::register::{CivilStatus, Entry, NumberedDocument};
use crate::storage::{Halt, PersonStatus, Tx};
use crate::testing::Citizen;

const FORM: &str = "/self-service/extend";
const RULES: &str = "/self-service/extend/rules";
const CHOICE: &str = "/self-service/extend/choose";
const NUMBER: &str = "/self-service/extend/confirm";
const ALL: [(&str, &str); 5] = [
    ("version", VERSION),
    ("consent_cpr_lookup", "yes"),
    ("consent_pid_link", "yes"),
    ("consent_pid_reuse", "yes"),
    ("consent_personal_data", "yes"),
];
const LICENCE: &str = "45321643";

/// Somebody with a netbank-only eID, whom the registers know; with their CPR number.
fn customer(place: &Place) -> (Citizen, Cpr) {
    place.house.gets_a_ca();
    let bo = place.house.citizen("bosen", "netbank-77x", false);
    let (eid, person) = (bo.eid, bo.person);
    let cpr = place.house.act(move |tx| {
        tx.eids().set_public(eid, false)?;
        tx.people().cpr(person)
    });
    let cpr = cpr.unwrap();
    let (known, ctx) = (cpr.clone(), place.house.ctx());
    place.house.act(move |tx| {
        let entry = Entry {
            name: "Bo Bosen".into(),
            address: Some("Prøvevej 2\n9998 Prøvekøbing".into()),
            ..Entry::default()
        };
        tx.registers().put(&known, &entry, ctx.now)?;
        let licence = (NumberedDocument::DrivingLicence, LICENCE);
        tx.registers()
            .put_document(&known, licence, "2033-06-30".parse().ok(), false)
    });
    (bo, cpr)
}

/// Their eID was public, until its certificate was revoked.
fn had_a_certificate(place: &Place, citizen: &Citizen, reason: Reason) -> Who {
    let (ctx, who) = (
        place.house.ctx(),
        Who {
            person: citizen.person,
            eid: citizen.eid,
        },
    );
    place.house.act(move |tx| {
        crate::certificates::issue(tx, &ctx, who)?;
        crate::certificates::revoke(tx, &ctx, who, reason)
    });
    who
}

fn form<'a>(cpr: &'a str, number: &'a str) -> [(&'a str, &'a str); 3] {
    [
        ("cpr", cpr),
        ("document_type", "driving_licence"),
        ("document_number", number),
    ]
}

/// The form and the rules, which nobody has to be logged in for.
fn fills_in(place: &Place, browser: &Browser, cpr: &str, number: &str) {
    let filled = place.sends(browser, FORM, &form(cpr, number));
    assert_eq!(
        (filled.status.as_u16(), filled.location()),
        (303, RULES),
        "{}",
        filled.body
    );
    let accepted = place.sends(browser, RULES, &ALL);
    assert_eq!(
        (accepted.status.as_u16(), accepted.location()),
        (303, CHOICE),
        "{}",
        accepted.body
    );
}

fn chooses(place: &Place, browser: &Browser, choice: &str) -> Answer {
    place.sends(browser, CHOICE, &[("choice", choice)])
}

#[test]
fn an_eid_is_open_at_once_and_what_was_said_is_on_record() {
    let place = Place::new();
    let (bo, cpr) = customer(&place);
    let browser = Browser::default();
    fills_in(&place, &browser, cpr.digits(), LICENCE);
    let page = place.comes_to(&browser, &bo, CHOICE);
    assert!(
        page.body.contains("Du har allerede et eID") && page.body.contains("id=\"choice-use\""),
        "{}",
        page.body
    );
    let chosen = chooses(&place, &browser, "use");
    assert_eq!(chosen.location(), NUMBER, "{}", chosen.body);
    let eid = bo.eid;
    let number = place.house.act(move |tx| tx.eids().find(eid)).number.grouped();
    let shown = place.get(&browser, NUMBER);
    assert!(shown.body.contains(&number), "{}", shown.body);
    assert!(
        !place.house.act(move |tx| tx.eids().find(eid)).public,
        "nothing before it is confirmed"
    );
    let confirmed = place.sends(&browser, NUMBER, &[]);
    assert_eq!(
        confirmed.location(),
        "/self-service/public?done=public",
        "{}",
        confirmed.body
    );
    let (row, given) = place
        .house
        .act(move |tx| Ok((tx.eids().find(eid)?, tx.issues().consents(eid)?)));
    assert!(row.public && given.len() == 4 && given.iter().all(|one| one.channel == "online"));
    let history = place.get(&browser, "/self-service/history").body;
    assert!(
        history.contains("Pas eller kørekort slået op i registeret"),
        "{history}"
    );
    // It is over: the page before leads to the beginning.
    assert_eq!(place.get(&browser, NUMBER).location(), FORM);
}

#[test]
fn another_eid_comes_by_post_and_the_first_one_stays_as_it_is() {
    let place = Place::new();
    let (bo, cpr) = customer(&place);
    let browser = Browser::default();
    fills_in(&place, &browser, cpr.digits(), LICENCE);
    place.comes_to(&browser, &bo, CHOICE);
    assert_eq!(chooses(&place, &browser, "another").location(), NUMBER);
    let (shown, kept) = (place.get(&browser, NUMBER), browser.copy());
    let confirmed = place.post(&browser, NUMBER, &[("csrf", &shown.csrf())]);
    assert_eq!(confirmed.location(), "/self-service/extend/done", "{}", confirmed.body);
    // The form sent twice, with what the browser had then: told the same, and nothing more comes of it.
    let again = place.post(&kept, NUMBER, &[("csrf", &shown.csrf())]);
    assert_eq!(again.location(), "/self-service/extend/done", "{}", again.body);
    let page = place.get(&browser, "/self-service/extend/done");
    assert!(page.body.contains("Dit nye eID er på vej"), "{}", page.body);
    let person = bo.person;
    let all = place.house.act(move |tx| tx.eids().of_person(person));
    let publics: Vec<_> = all.iter().map(|eid| (eid.id == bo.eid, eid.public)).collect();
    assert_eq!(publics.len(), 2);
    assert!(
        publics.contains(&(true, false)) && publics.contains(&(false, true)),
        "{publics:?}"
    );
}

#[test]
fn whoever_has_no_address_is_led_back_to_where_it_is_chosen_how_it_is_handed_over() {
    let place = Place::new();
    let (bo, cpr) = customer(&place);
    let (known, ctx) = (cpr.clone(), place.house.ctx());
    place.house.act(move |tx| {
        let entry = Entry {
            name: "Bo Bosen".into(),
            ..Entry::default()
        };
        tx.registers().put(&known, &entry, ctx.now)
    });
    let browser = Browser::default();
    fills_in(&place, &browser, cpr.digits(), LICENCE);
    place.comes_to(&browser, &bo, CHOICE);
    assert_eq!(chooses(&place, &browser, "another").location(), NUMBER);
    let form = place.sends(&browser, NUMBER, &[]);
    assert_eq!(form.codes(), ["order.no_address"], "{}", form.body);
    for part in ["href=\"#office\"", "id=\"office\"", "Vælg afhentning", LICENCE] {
        assert!(form.body.contains(part), "{part}: {}", form.body);
    }
    let person = bo.person;
    assert_eq!(place.house.act(move |tx| tx.eids().of_person(person)).len(), 1);
}

#[test]
fn somebody_elses_number_or_document_opens_nothing() {
    let place = Place::new();
    let (bo, cpr) = customer(&place);
    let anna = place.house.anna();
    let browser = Browser::default();
    fills_in(&place, &browser, cpr.digits(), LICENCE);
    let page = place.comes_to(&browser, &anna, CHOICE);
    assert_eq!(page.codes(), ["order.not_yours"], "{}", page.body);
    assert!(page.body.contains(LICENCE), "what was typed stands there");

    let browser = Browser::default();
    fills_in(&place, &browser, cpr.digits(), "45321644");
    place.comes_to(&browser, &bo, CHOICE);
    for _ in 0..3 {
        assert_eq!(chooses(&place, &browser, "use").codes(), ["document.not_confirmed"]);
    }
    // The right number comes too late today: three of one person are enough.
    fills_in(&place, &browser, cpr.digits(), LICENCE);
    let fourth = chooses(&place, &browser, "use");
    assert_eq!((fourth.status.as_u16(), fourth.codes()), (429, vec!["order.too_many"]));
    place.waits(25 * 60);
    fills_in(&place, &browser, cpr.digits(), LICENCE);
    place.comes_to(&browser, &bo, CHOICE);
    assert_eq!(chooses(&place, &browser, "use").location(), NUMBER);
}

#[test]
fn no_page_is_reached_before_the_one_that_leads_there() {
    let place = Place::new();
    let (bo, cpr) = customer(&place);
    let browser = place.logged_in(&bo);
    for path in [RULES, CHOICE, NUMBER] {
        assert_eq!(place.get(&browser, path).location(), FORM, "{path}");
    }
    place.sends(&browser, FORM, &form(cpr.digits(), LICENCE));
    assert_eq!(place.get(&browser, CHOICE).location(), RULES);
    let three: Vec<_> = ALL.into_iter().take(4).collect();
    assert_eq!(place.sends(&browser, RULES, &three).codes(), ["own.confirm"]);
    place.sends(&browser, RULES, &ALL);
    assert_eq!(place.get(&browser, NUMBER).location(), CHOICE, "the document first");
    // Without a session of the last minutes the choice asks for a log-in, and a form without its token is none of ours.
    let forged = place.post(&browser, CHOICE, &[("choice", "use"), ("csrf", "x")]);
    assert_eq!(forged.codes(), ["login.csrf"]);
    place.waits(11);
    assert!(place.get(&browser, CHOICE).location().starts_with("/login/"));
    // Another form fills all of it in anew.
    chooses_anew(&place, &browser, &bo, cpr.digits());
}

fn chooses_anew(place: &Place, browser: &Browser, bo: &Citizen, cpr: &str) {
    fills_in(place, browser, cpr, LICENCE);
    place.comes_to(browser, bo, CHOICE);
    chooses(place, browser, "use");
    place.sends(browser, FORM, &form(cpr, LICENCE));
    assert_eq!(
        place.get(browser, NUMBER).location(),
        RULES,
        "what was confirmed is over with the form"
    );
}

#[test]
fn what_an_officer_ended_is_begun_by_an_officer() {
    let place = Place::new();
    let (bo, cpr) = customer(&place);
    had_a_certificate(&place, &bo, Reason::TermsBroken);
    let browser = Browser::default();
    fills_in(&place, &browser, cpr.digits(), LICENCE);
    place.comes_to(&browser, &bo, CHOICE);
    assert_eq!(chooses(&place, &browser, "use").location(), NUMBER);
    assert_eq!(place.sends(&browser, NUMBER, &[]).codes(), ["public_use.officer"]);
    let own = place.sends(&browser, "/self-service/public", &ALL);
    assert_eq!(own.codes(), ["public_use.officer"], "by no other page either");
    fills_in(&place, &browser, cpr.digits(), LICENCE);
    assert_eq!(chooses(&place, &browser, "another").location(), NUMBER);
    let another = place.sends(&browser, NUMBER, &[]);
    assert_eq!(another.codes(), ["public_use.officer"], "nor by another eID");
}

#[test]
fn a_program_goes_the_same_way() {
    let place = Place::new();
    let (bo, cpr) = customer(&place);
    let browser = place.logged_in(&bo);
    let at: Value = place.json(&browser, FORM).value();
    assert_eq!((&at["step"], &at["next"]), (&json!("details"), &json!(FORM)));
    let typed = json!({
        "csrf": at["csrf"], "cpr": cpr.digits(), "document_type": "driving_licence", "document_number": "1",
    });
    let wrong = place.post_json(&browser, FORM, &typed).value();
    assert_eq!(
        (&wrong["errors"][0]["code"], &wrong["values"]["cpr"]),
        (&json!("document.number"), &json!(cpr.digits()))
    );
    let typed = json!({
        "csrf": wrong["csrf"], "cpr": cpr.digits(), "document_type": "driving_licence", "document_number": LICENCE,
    });
    let rules = place.post_json(&browser, FORM, &typed).value();
    assert_eq!(
        (&rules["step"], rules["consents"].as_array().unwrap().len()),
        (&json!("rules"), 4)
    );
    let mut all = serde_json::Map::from_iter(ALL.map(|(name, value)| (name.to_owned(), json!(value))));
    all.insert("csrf".into(), rules["csrf"].clone());
    let on = place.post_json(&browser, RULES, &Value::Object(all)).value();
    assert_eq!(on["next"], CHOICE);
    let choice = place.json(&browser, CHOICE).value();
    assert_eq!((&choice["step"], &choice["public"]), (&json!("choose"), &json!(false)));
    let number = place
        .post_json(&browser, CHOICE, &json!({"csrf": choice["csrf"], "choice": "use"}))
        .value();
    assert_eq!(
        (&number["step"], &number["another"]),
        (&json!("confirm"), &json!(false))
    );
    let done = place
        .post_json(&browser, NUMBER, &json!({"csrf": number["csrf"]}))
        .value();
    assert_eq!(done["step"], "done", "{done}");
    let eid = bo.eid;
    assert!(place.house.act(move |tx| tx.eids().find(eid)).public);
}

/// The eID is for netbank alone: the service's request waits.
fn is_refused(place: &Place, browser: &Browser, bo: &Citizen, client: &str, more: &[(&str, &str)]) {
    let flow = place.asks(browser, client, "openid", more);
    let at = place.json(browser, &flow).value();
    let typed = json!({"user_id": bo.user_id, "password": bo.password, "csrf": at["csrf"]});
    let refused = place.post_json(browser, &flow, &typed).value();
    assert_eq!(refused["step"], "notice", "{refused}");
}

/// Refused at a service, says yes on his own pages; where the way back leads.
fn says_yes_and_goes_back(place: &Place, bo: &Citizen, client: &str, more: &[(&str, &str)], minutes: i64) -> String {
    let browser = Browser::default();
    is_refused(place, &browser, bo, client, more);
    place.comes_to(&browser, bo, "/self-service/public");
    let said = place.sends(&browser, "/self-service/public", &ALL);
    assert_eq!(said.status, 303, "{}", said.body);
    place.waits(minutes);
    place
        .get(&browser, "/self-service/public/continue")
        .location()
        .to_owned()
}

#[test]
fn the_log_in_that_opened_it_answers_the_request_that_waited_where_it_may() {
    const BORGER: &str = "http://localhost:8081/borger/callback?";
    for (client, more, minutes, answered) in [
        ("borger", &[][..], 0, true),
        ("borger", &[][..], 9, true),
        ("borger", &[][..], 11, false),
        ("borger", &[("max_age", "600")][..], 5, true),
        ("borger", &[("max_age", "60")][..], 5, false),
        ("borger", &[("prompt", "login")][..], 0, false),
        // A private service shares no session with anybody.
        ("shop", &[][..], 0, false),
    ] {
        let place = Place::new();
        let (bo, _) = customer(&place);
        let to = says_yes_and_goes_back(&place, &bo, client, more, minutes);
        let case = format!("{client} {more:?} {minutes}: {to}");
        if answered {
            assert!(to.starts_with(BORGER) && to.contains("code="), "{case}");
        } else {
            assert!(to.starts_with("/login/"), "{case}");
        }
    }
}

#[test]
fn the_request_waits_for_an_hour_and_for_a_new_log_in_of_ours() {
    for (minutes, to) in [
        (59, "http://localhost:8081/borger/callback?"),
        (61, "/self-service/public"),
    ] {
        let place = Place::new();
        let (bo, _) = customer(&place);
        let browser = Browser::default();
        is_refused(&place, &browser, &bo, "borger", &[]);
        place.comes_to(&browser, &bo, "/self-service/public");
        assert_eq!(place.sends(&browser, "/self-service/public", &ALL).status, 303);
        place.waits(minutes);
        let back = place.comes_to(&browser, &bo, "/self-service/public/continue");
        assert!(back.location().starts_with(to), "{minutes}: {}", back.location());
        assert_eq!(back.location().contains("code="), minutes == 59);
    }
}

#[test]
fn nobody_else_who_is_logged_in_here_answers_the_request_that_waited() {
    let place = Place::new();
    let (bo, _) = customer(&place);
    let anna = place.house.anna();
    let browser = Browser::default();
    is_refused(&place, &browser, &bo, "borger", &[]);
    place.comes_to(&browser, &bo, "/self-service/public");
    assert_eq!(place.sends(&browser, "/self-service/public", &ALL).status, 303);
    // Anna logs in at the service in the same browser.
    let hers = place.asks(&browser, "borger", "openid", &[]);
    assert_eq!(place.proves(&browser, &anna, &hers)["step"], "done");
    let to = place
        .get(&browser, "/self-service/public/continue")
        .location()
        .to_owned();
    assert!(to.contains("/borger/callback?") && to.contains("code="), "{to}");
    let log_ins = |eid| {
        let since = place.house.clock.now() - crate::domain::time::Span::hours(1);
        place
            .house
            .act(move |tx| tx.audit().count_since(eid, "login.completed", since))
    };
    assert_eq!(
        [log_ins(bo.eid), log_ins(anna.eid)],
        [2, 1],
        "his own pages and the service; her log-in was hers"
    );
}

/// An act a minute later.
fn later<T: Send + 'static>(
    place: &Place,
    mut act: impl FnMut(&mut Tx<'_>, &Ctx) -> Result<T, Halt> + Send + 'static,
) -> T {
    place.waits(1);
    let ctx = place.house.ctx();
    place.house.act(move |tx| act(tx, &ctx))
}

#[test]
fn no_other_eid_of_theirs_is_begun_instead_until_an_officer_begins_again() {
    let place = Place::new();
    let (bo, _) = customer(&place);
    let second = place.house.another_eid(&bo, "bosen2", "netbank-78x");
    let who = had_a_certificate(&place, &second, Reason::TermsBroken);
    let browser = place.logged_in(&bo);
    let own = place.sends(&browser, "/self-service/public", &ALL);
    assert_eq!(own.codes(), ["public_use.officer"]);
    // An officer begins it again, with one of them: then the other is its holder's own matter.
    later(&place, move |tx, ctx| {
        crate::issuing::begin_public_use(tx, ctx, who, ("citizen_service", ctx.now))
    });
    let own = place.sends(&browser, "/self-service/public", &ALL);
    assert_eq!(own.status, 303, "{}", own.body);
}

#[test]
fn what_happened_to_their_other_eids_does_not_undo_what_an_officer_ended() {
    let place = Place::new();
    let (bo, _) = customer(&place);
    // Public since before the second one, and ended by an officer after it was issued.
    let who = Who {
        person: bo.person,
        eid: bo.eid,
    };
    later(&place, move |tx, ctx| crate::certificates::issue(tx, ctx, who));
    let second = place.house.another_eid(&bo, "bosen2", "netbank-78x");
    let newer = Who { eid: second.eid, ..who };
    later(&place, move |tx, ctx| {
        crate::certificates::issue(tx, ctx, newer)?;
        crate::certificates::revoke(tx, ctx, who, Reason::TermsBroken)
    });
    let browser = place.logged_in(&bo);
    let own = place.sends(&browser, "/self-service/public", &ALL);
    assert_eq!(own.codes(), ["public_use.officer"]);
    // The other one is blocked: that is no word about the terms.
    later(&place, move |tx, ctx| {
        crate::credentials::block::eid(tx, ctx, newer, "holder")
    });
    let own = place.sends(&browser, "/self-service/public", &ALL);
    assert_eq!(own.codes(), ["public_use.officer"]);
}

#[test]
fn who_comes_in_person_for_an_eid_does_so_for_public_use() {
    for (guardian, since) in [(true, None), (false, Some("2026-10-01"))] {
        let place = Place::new();
        let (bo, cpr) = customer(&place);
        let entry = Entry {
            name: "Bo Bosen".into(),
            guardian,
            in_denmark_since: since.map(|day| day.parse().unwrap()),
            ..Entry::default()
        };
        registers(&place, &cpr, entry);
        let browser = place.logged_in(&bo);
        let own = place.sends(&browser, "/self-service/public", &ALL);
        assert_eq!(own.codes(), ["proofing.in_person"]);
    }
}

#[test]
fn who_is_dead_by_the_registers_word_logs_in_no_more_and_may_again_when_it_was_a_mistake() {
    let place = Place::new();
    let (bo, cpr) = customer(&place);
    let browser = place.logged_in(&bo);
    let with = |status| Entry {
        name: "Bo Bosen".into(),
        status,
        ..Entry::default()
    };
    registers(&place, &cpr, with(CivilStatus::Dead));
    let own = place.sends(&browser, "/self-service/public", &ALL);
    assert_eq!(own.codes(), ["own.log_in"], "nobody is logged in any more");
    let person = bo.person;
    let ended = place.house.act(move |tx| tx.people().find(person)).status;
    assert_eq!(ended, PersonStatus::Ended, "though nothing came of what was asked for");
    let eid = bo.eid;
    assert!(place.house.act(move |tx| tx.sessions().open_of_eid(eid)).is_empty());
    registers(&place, &cpr, with(CivilStatus::Alive));
    let (ctx, heard) = (place.house.ctx(), with(CivilStatus::Alive));
    place.house.act(move |tx| crate::issuing::heard(tx, &ctx, &cpr, &heard));
    let now = place.house.act(move |tx| tx.people().find(person)).status;
    assert_eq!(now, PersonStatus::Active);
    place.logged_in(&bo);
}

/// What the register says from now on.
fn registers(place: &Place, cpr: &Cpr, entry: Entry) {
    let (cpr, now) = (cpr.clone(), place.house.clock.now());
    place.house.act(move |tx| tx.registers().put(&cpr, &entry, now));
}

#[test]
fn an_eid_that_once_was_public_has_a_certificate_again() {
    let place = Place::new();
    let (bo, cpr) = customer(&place);
    let who = had_a_certificate(&place, &bo, Reason::Holder);
    let pid = place.house.act(move |tx| tx.pids().find(who.person));
    let browser = Browser::default();
    fills_in(&place, &browser, cpr.digits(), LICENCE);
    place.comes_to(&browser, &bo, CHOICE);
    chooses(&place, &browser, "use");
    let confirmed = place.sends(&browser, NUMBER, &[]);
    assert_eq!(
        confirmed.location(),
        "/self-service/public?done=public",
        "{}",
        confirmed.body
    );
    let (open, again) = place
        .house
        .act(move |tx| Ok((tx.certificates().open_of(who.eid)?, tx.pids().find(who.person)?)));
    assert!(open.is_some() && pid.is_some(), "another certificate");
    assert_eq!(again, pid, "the same public number");
}
