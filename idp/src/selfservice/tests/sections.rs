//! What is seen, fetched and given up.

use serde_json::{Value, json};

use super::place::{Browser, Place};
use crate::audit::{Event, Who, record};
use crate::domain::eid::EidStatus;
use crate::domain::officer::{Act, Role};

#[test]
fn the_overview_shows_what_an_eid_is_and_no_secret() {
    let place = Place::new();
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    let page = place.get(&browser, "/self-service").body;
    let own = place.json(&browser, "/self-service").value();
    let number = own["eid_number"].as_str().unwrap();
    for shown in [
        "Anna Andersen",
        number,
        anna.card.as_str(),
        "147 nøgler tilbage",
        "i brug",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert_eq!(own["cards"][0]["left"], 147);
    assert_eq!(own["cards"][0]["state"], "active");
    assert_eq!(own["user_ids"], json!([{"kind": "chosen", "text": "anna"}]));
}

#[test]
fn the_history_is_of_this_eid_and_goes_back_page_by_page() {
    let place = Place::new();
    let (anna, bo) = (place.house.anna(), place.house.citizen("bosen", "netbank-77x", false));
    place.logs_in_at(&bo, "borger", "openid");
    for _ in 0..30 {
        place.logs_in_at(&anna, "borger", "openid");
        place.waits(1);
    }
    let browser = place.logged_in(&anna);
    let first = place.json(&browser, "/self-service/history").value();
    let lines = first["lines"].as_array().unwrap().clone();
    assert_eq!(lines.len(), 25);
    assert_eq!(lines[0]["service"], "Selvbetjening");
    assert_eq!(lines[1]["service"], "Borger (demo)");
    assert_eq!(lines[1]["methods"], json!(["password", "keycard"]));
    assert_eq!(lines[1]["source"], "127.0.0.1");
    let before = first["before"].as_str().unwrap();
    let second = place
        .json(&browser, &format!("/self-service/history?before={before}"))
        .value();
    let older = second["lines"].as_array().unwrap();
    assert_eq!((older.len(), &second["before"]), (6, &Value::Null));
    let page = place.get(&browser, "/self-service/history").body;
    assert!(
        page.contains("Logget på: Borger (demo)") && page.contains("adgangskode, nøglekort"),
        "{page}"
    );
    assert!(page.contains(&format!("?before={before}")));
    // What is nobody's row, or another eID's, leads to the newest.
    let eid = bo.eid;
    let bos = place.house.act(move |tx| tx.audit().of_eid(eid, 1)).remove(0).id;
    for before in ["x".to_owned(), "0".repeat(32), bos.to_string()] {
        let again = place
            .json(&browser, &format!("/self-service/history?before={before}"))
            .value();
        assert_eq!(again["lines"], first["lines"]);
    }
}

#[test]
fn what_officers_did_stands_in_the_history_with_their_reason() {
    let place = Place::new();
    let anna = place.house.anna();
    let (ctx, who) = (
        place.house.ctx(),
        Who {
            person: anna.person,
            eid: anna.eid,
        },
    );
    let acted = |act, outcome| Event::OfficerActed {
        who: Some(who),
        ra: "ra-borgerservice".into(),
        officer: "m.holm".into(),
        role: Role::Registrar,
        reason: "sag <2026-7>".into(),
        act,
        detail: "00000019: alone".into(),
        outcome,
    };
    let (asked, again) = (acted(Act::Company, "done"), acted(Act::Block, "repeated"));
    place.house.act(move |tx| {
        record(tx, &ctx, &asked)?;
        record(tx, &ctx, &again)?;
        let (officer, reason) = ("ra-borgerservice/m.holm".to_owned(), "telefonen faldt".to_owned());
        record(tx, &ctx, &Event::PasswordOpened { who, officer, reason })?;
        let (officer, reason) = ("trykkeri/t".to_owned(), "dagens breve".to_owned());
        record(tx, &ctx, &Event::ActivationPrinted { who, officer, reason })?;
        let officer = "trykkeri/t".to_owned();
        record(tx, &ctx, &Event::ActivationPosted { who, officer })
    });
    let browser = place.logged_in(&anna);
    let page = place.get(&browser, "/self-service/history").body;
    let da = [
        "En sagsbehandler spurgte, om du må skrive under for en virksomhed: Borgerservice",
        "En sagsbehandlers forespørgsel kom en gang til",
        "Begrundelse: sag &#60;2026-7&#62;",
        "Begrundelse: telefonen faldt",
        "Adgangskode åbnet igen",
        "Brev med midlertidig adgangskode trykt",
        "Midlertidig adgangskode sendt",
    ];
    for told in da {
        assert!(page.contains(told), "{told}: {page}");
    }
    assert!(!page.contains("m.holm") && !page.contains("dagens breve"), "{page}");
    let history = place.json(&browser, "/self-service/history").value();
    let lines = history["lines"].as_array().unwrap();
    let line = |change: &str| lines.iter().find(|line| line["change"] == change).unwrap();
    assert_eq!(
        (&line("officer-company")["kind"], &line("officer-company")["reason"]),
        (&json!("officer.acted"), &json!("sag <2026-7>"))
    );
}

#[test]
fn a_refusal_stands_in_the_history_in_words() {
    let place = Place::new();
    let anna = place.house.anna();
    let at_bank = Browser::default();
    let flow = place.begins_at(&at_bank, "netbank", "openid");
    let over = place.proves(&at_bank, &anna, &flow);
    assert_eq!(over["errors"][0]["code"], "AUTH003");
    let browser = place.logged_in(&anna);
    let page = place.get(&browser, "/self-service/history").body;
    assert!(
        page.contains("Afvist: Netbank (demo)") && page.contains("ikke knyttet til denne bank"),
        "{page}"
    );
}

#[test]
fn sessions_are_seen_and_ended_one_by_one() {
    let place = Place::new();
    let (anna, bo) = (place.house.anna(), place.house.citizen("bosen", "netbank-77x", false));
    let (at_borger, bos) = (place.logs_in_at(&anna, "borger", "openid"), place.logged_in(&bo));
    place.waits(1);
    let (browser, second) = (place.logged_in(&anna), place.logged_in(&anna));
    let path = "/self-service/sessions";
    let shown = place.json(&browser, path).value();
    let sessions = shown["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 3, "{shown}");
    let at = |name: &str| sessions.iter().find(|one| one["services"][0] == name).unwrap()["id"].clone();
    let borger = at("Borger (demo)");
    assert_eq!(sessions.iter().filter(|one| one["this"] == true).count(), 1);
    // Somebody else's is not found.
    let of_bo = place.json(&bos, path).value()["sessions"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let answer = place.sends(&browser, path, &[("end", &format!("session-{of_bo}"))]);
    assert_eq!(answer.status, 200);
    assert_eq!(place.get(&bos, "/self-service").status, 200, "bo is logged in still");
    let wrong = place.sends(&browser, path, &[("end", "session-x")]);
    assert_eq!(wrong.codes(), ["request.malformed"]);

    let done = place.sends(
        &browser,
        path,
        &[("end", &format!("session-{}", borger.as_str().unwrap()))],
    );
    assert!(done.body.contains("role=\"status\""), "{}", done.body);
    assert!(!done.body.contains("Borger (demo)"));
    assert!(place.begins_at(&at_borger, "borger", "openid").starts_with("/login/"));
    let now = place.house.clock.now();
    let letters = place
        .house
        .act(move |tx| tx.outbox().claim(10, now, crate::domain::time::Span::secs(1)));
    assert_eq!(letters.len(), 1, "borger is told; anna gave no address");
    assert_eq!(letters[0].kind, "logout.oidc");
    assert_eq!(place.get(&second, "/self-service").status, 200);
    place.sends(&browser, path, &[("end", "others")]);
    place.get(&second, "/self-service").must_ask_for_a_log_in();
    let all = place.sends(&browser, path, &[("end", "all")]);
    assert!(all.body.contains("data-receipt=\"logged-out\"") && !browser.holds("idp_session_own"));
    place.get(&browser, "/self-service").must_ask_for_a_log_in();
}

#[test]
fn a_service_that_cannot_be_told_is_named() {
    let place = Place::new();
    let anna = place.house.anna();
    place.logs_in_at(&anna, "lab", "openid");
    let browser = place.logged_in(&anna);
    let lab = place.ceremony.parties.current().get("lab").cloned().unwrap();
    let deaf = lab.oidc.as_ref().unwrap().backchannel_logout_uri.is_none();
    let page = place
        .sends(&browser, "/self-service/sessions", &[("end", "others")])
        .body;
    assert_eq!(
        page.contains("id=\"unreached\"") && page.contains(&lab.name.da),
        deaf,
        "{page}"
    );
}

#[test]
fn lasting_access_is_seen_and_taken_back() {
    let place = Place::new();
    let anna = place.house.anna();
    let token = place.is_given_lasting_access(&anna);
    let browser = place.logged_in(&anna);
    let path = "/self-service/sessions";
    place.sends(&browser, path, &[("end", "others")]);
    let shown = place.json(&browser, path).value();
    assert_eq!(shown["lasting"][0]["service"], "Borger (demo)", "{shown}");
    let next = place.refreshes(&token);
    assert!(
        next["access_token"].is_string(),
        "it survives the end of its session: {next}"
    );
    let id = shown["lasting"][0]["id"].as_str().unwrap().to_owned();
    let page = place.sends(&browser, path, &[("end", &format!("access-{id}"))]);
    assert!(!page.body.contains("Borger (demo)"), "{}", page.body);
    let next = next["refresh_token"].as_str().unwrap().to_owned();
    assert_eq!(place.refreshes(&next)["error"], "invalid_grant");
    let history = place.get(&browser, "/self-service/history").body;
    assert!(
        history.contains("Varig adgang taget tilbage: Borger (demo)"),
        "{history}"
    );
}

#[test]
fn contact_data_is_judged_kept_sealed_and_may_be_empty() {
    let place = Place::new();
    let anna = place.house.anna();
    let browser = place.logged_in(&anna);
    let path = "/self-service/contact";
    let wrong = place.sends(&browser, path, &[("email", "anna"), ("phone", "123")]);
    assert_eq!(
        (wrong.status.as_u16(), wrong.codes()),
        (422, vec!["email.format", "phone.format"])
    );
    assert!(wrong.body.contains("value=\"anna\"") && wrong.body.contains("value=\"123\""));
    place.gives_contact(&browser, " Anna@Example.dk", "004580307050");
    let person = anna.person;
    let kept = place.house.act(move |tx| tx.people().find(person));
    assert_eq!(
        (kept.email.as_deref(), kept.phone.as_deref()),
        (Some("Anna@example.dk"), Some("+4580307050"))
    );
    place.does(&browser, path, &[("email", ""), ("phone", " ")]);
    let kept = place.house.act(move |tx| tx.people().find(person));
    assert_eq!((kept.email, kept.phone), (None, None));
    let eid = anna.eid;
    let rows = place.house.act(move |tx| tx.audit().of_eid(eid, 20));
    assert_eq!(rows.iter().filter(|row| row.kind == "contact.changed").count(), 2);
    assert!(
        rows.iter()
            .all(|row| !row.body.contains("xample") && !row.body.contains("8030"))
    );
}

#[test]
fn everything_stored_is_handed_out_and_no_secret_with_it() {
    let place = Place::new();
    let anna = place.house.anna();
    place.is_given_lasting_access(&anna);
    super::tokens::is_sent(&place, &anna);
    let browser = place.logged_in(&anna);
    let given = place.sends(&browser, "/self-service/data", &[]);
    assert_eq!(given.status, 200, "{}", given.body);
    assert!(
        given
            .headers
            .get("content-disposition")
            .unwrap()
            .to_str()
            .unwrap()
            .starts_with("attachment")
    );
    let all = given.value();
    let person = anna.person;
    let cpr = place.house.act(move |tx| tx.people().cpr(person)).unwrap();
    assert_eq!(all["person"]["cpr_numbers"][0]["cpr"], cpr.digits());
    let eid = &all["eids"][0];
    assert_eq!(eid["key_cards"][0]["number"], anna.card.as_str());
    let token = &eid["tokens_and_apps"][0];
    assert_eq!(
        (&token["kind"], &token["number"], &token["status"]),
        (&json!("token"), &json!("A-1"), &json!("assigned"))
    );
    assert_eq!(eid["identified_to"], Value::Null, "nothing was written down");
    assert_eq!(eid["card_wishes"], json!({ "reorder_at": 20, "large_print": false }));
    assert_eq!(
        (&eid["token_order"], &eid["activation_password"]),
        (&Value::Null, &Value::Null)
    );
    assert!(!given.body.contains("12345678901234567890"), "no seed");
    assert_eq!(eid["sessions"].as_array().unwrap().len(), 2);
    assert_eq!(eid["given_to_services"][0]["survives_log_out"], true);
    assert_eq!(eid["known_browsers"].as_array().unwrap().len(), 2);
    let kinds: Vec<_> = eid["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| &event["kind"])
        .collect();
    assert!(kinds.contains(&&json!("data.exported")) && kinds.contains(&&json!("login.completed")));
    let exported = eid["events"].as_array().unwrap().iter();
    let exported: Vec<_> = exported.filter(|event| event["kind"] == "data.exported").collect();
    assert_eq!(exported[0]["personal"]["source"], "127.0.0.1");
    let printed = crate::vault::card::entries(&anna.secret, crate::vault::card::SCHEME);
    let said = printed
        .code
        .iter()
        .filter(|code| given.body.contains(&format!("\"{code}\"")))
        .count();
    assert_eq!(said, 0, "no code");
    assert!(!given.body.contains(anna.password) && !given.body.contains("verifier"));
}

#[test]
fn an_eid_is_closed_for_good_after_a_tick() {
    let place = Place::new();
    let anna = place.house.anna();
    let (browser, eid) = (place.logged_in(&anna), anna.eid);
    let token = place.is_given_lasting_access(&anna);
    place.does(&browser, "/self-service/user-id", &[("action", "cpr_on")]);
    let page = place.sends(&browser, "/self-service/close", &[]);
    assert_eq!((page.status.as_u16(), page.codes()), (422, vec!["own.confirm"]));
    let done = place.sends(&browser, "/self-service/close", &[("sure", "yes")]);
    assert!(done.body.contains("data-receipt=\"closed\""), "{}", done.body);
    assert!(!browser.holds("idp_session_own"));
    assert_eq!(place.refreshes(&token)["error"], "invalid_grant");
    let (status, cards, names) = place.house.act(move |tx| {
        let (eid, cards) = (tx.eids().find(eid)?, tx.cards().of_eid(eid)?);
        Ok((eid.status, cards, tx.aliases().of_eid(eid.id)?))
    });
    assert_eq!(status, EidStatus::Closed);
    assert!(
        cards
            .iter()
            .all(|row| row.card.state.is_closed() && row.secret.is_none())
    );
    assert_eq!(names.len(), 1, "the CPR number is free for another eID: {names:?}");
    let fresh = Browser::default();
    let flow = place.get(&fresh, "/self-service").location().to_owned();
    assert_eq!(place.proves(&fresh, &anna, &flow)["errors"][0]["code"], "AUTH001");
}
