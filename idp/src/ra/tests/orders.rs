//! eIDs are issued at desks: what is shown, who vouches, how it is handed over, and who may not.

use serde_json::{Value, json};

use super::place::{Answer, Officer, Place, officer, registrar, support};
use crate::domain::consent::{Consent, VERSION};
use crate::domain::cpr::Cpr;
use crate::domain::register::{CivilStatus, Entry, NumberedDocument};
use crate::testing::substitute_cpr;

const BANK: Officer = officer("ra-netbank", "registrar");
const PRINTER: Officer = officer("ra-borgerservice", "printer");

fn lone() -> Entry {
    Entry {
        name: "Lone Ny Lund".into(),
        address: Some("Prøvevej 3\n9998 Prøvekøbing".into()),
        mother: Some("Karen Lund".into()),
        father: Some("Jens Lund".into()),
        spouse: Some("Søren Møller".into()),
        children: vec!["Clara Lund".into()],
        ..Entry::default()
    }
}

/// Somebody in the register who has no eID.
fn known(place: &Place, entry: Entry) -> Cpr {
    let (cpr, now) = (substitute_cpr(&place.house.rng), place.house.clock.now());
    let written = cpr.clone();
    place.house.act(move |tx| {
        tx.registers().put(&written, &entry, now)?;
        let number = number(&written);
        tx.registers()
            .put_document(&written, (NumberedDocument::Passport, &number), None, false)
    });
    cpr
}

/// The number of somebody's passport.
fn number(cpr: &Cpr) -> String {
    format!("9{}", &cpr.digits()[2..])
}

fn rules() -> Value {
    json!({"version": VERSION, "consents": Consent::ALL})
}

fn passport(of: &Cpr) -> Value {
    json!([{"kind": "danish_passport", "shows_cpr": true, "number": number(of), "valid_to": "2033-01-01"}])
}

fn papers() -> Value {
    json!([
        {"kind": "health_card", "shows_cpr": true},
        {"kind": "name_certificate", "shows_cpr": false, "issued": "1999-01-01"},
    ])
}

fn orders(place: &Place, officer: &Officer, body: Value) -> Answer {
    place.asks(officer, "POST", "/api/ra/v1/orders", Some(body))
}

/// An order with a member changed.
fn with(mut body: Value, member: &str, value: Value) -> Value {
    body[member] = value;
    body
}

fn notes(issued: &Value) -> Vec<&str> {
    let notes = issued["notes"].as_array().unwrap().iter();
    notes.map(|note| note["code"].as_str().unwrap()).collect()
}

#[test]
fn a_passport_gives_the_whole_eid_over_the_counter() {
    let place = Place::new();
    let cpr = known(&place, lone());
    let order = json!({"cpr": cpr.digits(), "documents": passport(&cpr), "rules": rules()});
    let issued = orders(&place, &registrar(), order).done();
    assert_eq!(
        (&issued["hand_over"], &issued["identity"], &issued["youth"]),
        (&json!("on_the_spot"), &json!("high"), &json!(false))
    );
    assert_eq!(notes(&issued), ["link_bank", "desk"]);
    let eid = &issued["eid"];
    assert_eq!((&eid["status"], &eid["public"]), (&json!("ordered"), &json!(true)));
    assert_eq!(eid["waits_at"], "ra-borgerservice");
    let id = eid["id"].as_str().unwrap().parse().unwrap();
    let document = json!({"document": "danish_passport"});
    place
        .does(&registrar(), id, "collect", document.clone())
        .is_refused(422, "order.delivery");
    // The centre prints both on one day: they are never in one letter, but in one hand.
    let print = |path: &str, body: Value| place.asks(&PRINTER, "POST", &format!("/api/ra/v1/print/{path}"), Some(body));
    for what in ["cards", "passwords"] {
        let elsewhere = officer("trykkeri", "printer");
        let batch = json!({"what": what, "limit": 9});
        let path = "/api/ra/v1/print/batches";
        let none = place.asks(&elsewhere, "POST", path, Some(batch.clone())).done();
        assert_eq!(none["letters"], json!([]), "the post takes nothing of a desk's");
        let taken = print("batches", batch).done();
        let letter = json!({"what": what, "id": taken["letters"][0]});
        print("letters", letter.clone()).done();
        let path = "/api/ra/v1/print/letters";
        place
            .asks(&elsewhere, "POST", path, Some(letter))
            .is_refused(404, "ra.not_found");
        let posted = json!({"what": what, "ids": taken["letters"]});
        assert_eq!(
            print("posted", posted).done()["posted"],
            0,
            "it is handed over, not posted"
        );
    }
    place
        .does(
            &officer("ra-borgerservice-b", "registrar"),
            id,
            "collect",
            document.clone(),
        )
        .is_refused(422, "order.delivery");
    let stands = place.does(&registrar(), id, "collect", document).done();
    assert_eq!(
        (&stands["cards"][0]["state"], &stands["activation"]["state"]),
        (&json!("posted"), &json!("posted"))
    );
    assert!(stands.get("waits_at").is_none());
    let trail = serde_json::to_string(&place.trail(id)).unwrap();
    for word in [
        "eid.issued",
        "eid.public",
        "card, activation_password: danish_passport",
        "sag 2026-7",
    ] {
        assert!(trail.contains(word), "{word}: {trail}");
    }
    assert!(!trail.contains(&number(&cpr)) && !trail.contains("Karen"));
}

/// What Lone would say.
fn right(asked: &Value) -> Value {
    let questions = asked["questions"].as_array().unwrap().iter();
    let said = questions.map(|question| {
        let subject = question["subject"].as_str().unwrap();
        let text = match subject {
            "mother" => "Karen Lund",
            "father" => "Jens Lund",
            "spouse" => "Søren Møller",
            _ => "Clara Lund",
        };
        (subject.to_owned(), json!(text))
    });
    Value::Object(said.collect())
}

#[test]
fn two_papers_need_answers_or_go_by_post() {
    let place = Place::new();
    let cpr = known(&place, lone());
    let order = json!({"cpr": cpr.digits(), "documents": papers(), "rules": rules()});
    let asked = place
        .asks(
            &registrar(),
            "POST",
            "/api/ra/v1/people/questions",
            Some(json!({"cpr": cpr.digits()})),
        )
        .done();
    let said = right(&asked);
    let round = asked["round"].clone();
    let not_yet = with(order.clone(), "round", round.clone());
    orders(&place, &registrar(), not_yet.clone()).is_refused(403, "ra.proof");
    let answers = json!({"cpr": cpr.digits(), "round": round, "answers": said});
    let passed = place
        .asks(&registrar(), "POST", "/api/ra/v1/people/answers", Some(answers))
        .done();
    assert_eq!(passed["state"], "passed");
    // Of somebody else the round says nothing.
    let other = known(&place, lone());
    let others = with(not_yet.clone(), "cpr", json!(other.digits()));
    orders(&place, &registrar(), others).is_refused(403, "ra.proof");
    let issued = orders(&place, &registrar(), not_yet).done();
    assert_eq!(
        (&issued["hand_over"], notes(&issued)[1]),
        (&json!("card_posted"), "card_posted")
    );
    let id = issued["eid"]["id"].as_str().unwrap().parse().unwrap();
    let batch = json!({"what": "passwords", "limit": 9});
    place
        .asks(&PRINTER, "POST", "/api/ra/v1/print/batches", Some(batch))
        .done();
    // Without a photo: the officer who issued it hands the rest over now, nobody else does.
    let hanne = Officer {
        own: json!(place.number(place.house.anna().eid)),
        ..officer("ra-borgerservice-b", "registrar")
    };
    place.does(&hanne, id, "collect", json!({})).is_refused(403, "ra.proof");
    let stands = place.does(&registrar(), id, "collect", json!({})).done();
    assert_eq!(
        (&stands["cards"][0]["state"], &stands["activation"]["state"]),
        (&json!("ordered"), &json!("posted"))
    );
    // Without answers: both letters by post.
    let order = with(order, "cpr", json!(other.digits()));
    assert_eq!(orders(&place, &registrar(), order).done()["hand_over"], "both_posted");
}

#[test]
fn a_newcomer_brings_a_witness_who_is_fit() {
    let place = Place::new();
    let new = known(
        &place,
        Entry {
            in_denmark_since: place.house.clock.now().utc_date().pred_opt(),
            ..lone()
        },
    );
    let friend = known(&place, lone());
    let order = json!({"cpr": new.digits(), "documents": passport(&friend), "rules": rules()});
    // The passport is the friend's in the register: nothing is issued on it.
    orders(&place, &registrar(), order.clone()).is_refused(422, "proofing.document_not_accepted");
    let order = with(
        order,
        "documents",
        json!([
            {"kind": "foreign_passport", "shows_cpr": false, "valid_to": "2030-05-01"},
            {"kind": "health_card", "shows_cpr": true},
        ]),
    );
    orders(&place, &registrar(), order.clone()).is_refused(422, "proofing.witness");
    let licence = json!({"kind": "danish_driving_licence", "shows_cpr": true, "valid_to": "2030-05-01"});
    let witness = json!({"cpr": friend.digits(), "document": licence, "declared": true});
    for (member, value) in [
        ("declared", json!(false)),
        ("cpr", json!(new.digits())),
        ("cpr", json!("610112-1234")),
        ("document", json!({"kind": "health_card", "shows_cpr": true})),
    ] {
        let unfit = with(order.clone(), "witness", with(witness.clone(), member, value));
        orders(&place, &registrar(), unfit).is_refused(422, "proofing.witness_unfit");
    }
    let issued = orders(&place, &registrar(), with(order, "witness", witness)).done();
    assert_eq!(issued["hand_over"], "on_the_spot");
}

#[test]
fn a_bank_issues_for_netbank_and_more_only_with_every_consent() {
    let place = Place::new();
    let cpr = known(&place, lone());
    let order = json!({"cpr": cpr.digits(), "public": true, "customer_ref": "K77"});
    orders(&place, &BANK, order.clone()).is_refused(422, "order.consents");
    let three = json!({"version": VERSION, "consents": ["cpr_lookup", "pid_link", "pid_reuse"]});
    orders(&place, &BANK, with(order.clone(), "rules", three)).is_refused(422, "order.consents");
    let old = json!({"version": "2010-07-01", "consents": Consent::ALL});
    orders(&place, &BANK, with(order.clone(), "rules", old)).is_refused(422, "order.consents");
    let issued = orders(&place, &BANK, with(order.clone(), "public", json!(false))).done();
    assert_eq!(notes(&issued), ["netbank_only", "both_posted"]);
    assert!(issued["sub"].as_str().unwrap().len() > 30 && issued.get("netbank_only").is_none());
    orders(&place, &BANK, with(order, "rules", rules())).is_refused(409, "order.has_eid");
    // At the desk the holder says yes later.
    let id = issued["eid"]["id"].as_str().unwrap().parse().unwrap();
    let yes = json!({"rules": rules()});
    assert_eq!(place.does(&BANK, id, "public", yes.clone()).done()["public"], true);
    place.does(&BANK, id, "public", yes).is_refused(409, "eid.state");

    let nora = json!({
        "customer": {"name": "Nora Nilsson", "address": "Storgatan 2", "born": "1993-01-01"}, "public": true, "rules": rules(),
        "customer_ref": "K78",
    });
    let issued = orders(&place, &BANK, nora.clone()).done();
    assert_eq!(issued["netbank_only"], "proofing.no_cpr");
    let id = issued["eid"]["id"].as_str().unwrap().parse().unwrap();
    place
        .does(&BANK, id, "public", json!({"rules": rules()}))
        .is_refused(422, "OCES004");
    orders(&place, &registrar(), nora).is_refused(422, "proofing.no_cpr");
}

#[test]
fn a_centre_opens_a_netbank_only_eid_for_as_much_as_a_password_in_hand() {
    let place = Place::new();
    let of_bank = |entry: Entry| {
        let cpr = known(&place, entry);
        let order = json!({"cpr": cpr.digits(), "public": false, "customer_ref": cpr.digits()});
        let issued = orders(&place, &BANK, order).done();
        (cpr, issued["eid"]["id"].as_str().unwrap().parse().unwrap())
    };
    let opens = |eid, documents: Value| {
        let yes = json!({"rules": rules(), "documents": documents});
        place.does(&registrar(), eid, "public", yes)
    };
    let (_, eid) = of_bank(lone());
    let of = |kind: &str, valid_to: &str| json!([{"kind": kind, "shows_cpr": true, "valid_to": valid_to}]);
    opens(eid, json!([])).is_refused(422, "proofing.documents");
    opens(eid, of("danish_passport", "2020-01-01")).is_refused(422, "proofing.document_expired");
    opens(eid, json!([{"kind": "danish_passport", "shows_cpr": true}])).is_refused(422, "proofing.last_day");
    opens(eid, of("foreign_passport", "2030-01-01")).is_refused(422, "proofing.health_card");
    opens(eid, of("provisional_passport", "2030-01-01")).is_refused(422, "proofing.document_not_accepted");
    // Papers alone are enough where letters go to the registered address; none goes here.
    opens(eid, papers()).is_refused(403, "ra.proof");
    let no_round = json!({"rules": rules(), "documents": papers(), "round": "018f0000-0000-7000-8000-000000000000"});
    place
        .does(&registrar(), eid, "public", no_round)
        .is_refused(403, "ra.proof");
    assert_eq!(opens(eid, of("danish_passport", "2030-01-01")).done()["public"], true);
    for (entry, code) in [
        (
            Entry {
                guardian: true,
                ..lone()
            },
            "proofing.guardian",
        ),
        (
            Entry {
                in_denmark_since: "2026-10-01".parse().ok(),
                ..lone()
            },
            "proofing.witness",
        ),
    ] {
        let (_, eid) = of_bank(entry);
        opens(eid, of("danish_passport", "2030-01-01")).is_refused(422, code);
    }
}

#[test]
fn an_eid_with_papers_and_right_answers_is_opened() {
    let place = Place::new();
    let cpr = known(&place, lone());
    let order = json!({"cpr": cpr.digits(), "public": false, "customer_ref": "K1"});
    let issued = orders(&place, &BANK, order).done();
    let eid = issued["eid"]["id"].as_str().unwrap().parse().unwrap();
    let asked = place.does(&registrar(), eid, "questions", json!({})).done();
    let answers = json!({"round": asked["round"], "answers": right(&asked)});
    let passed = place.does(&registrar(), eid, "answers", answers).done();
    let round = passed["round"].clone();
    let yes = json!({"rules": rules(), "documents": papers(), "round": round});
    assert_eq!(place.does(&registrar(), eid, "public", yes).done()["public"], true);
}

#[test]
fn a_bank_links_what_a_centre_issued_when_both_numbers_belong_together() {
    let place = Place::new();
    let (cpr, other) = (known(&place, lone()), known(&place, lone()));
    let order = |cpr: &Cpr| json!({"cpr": cpr.digits(), "documents": papers(), "rules": rules(), "deliver": "post"});
    let issued = orders(&place, &registrar(), order(&cpr)).done();
    let others = orders(&place, &registrar(), order(&other)).done();
    let number = &issued["eid"]["number"];
    let links = |officer: &Officer, cpr: &Cpr| {
        let body = json!({"eid_number": number, "cpr": cpr.digits(), "customer_ref": "K9"});
        place.asks(officer, "POST", "/api/ra/v1/links", Some(body))
    };
    links(&BANK, &other).is_refused(404, "ra.not_found");
    links(&registrar(), &cpr).is_refused(403, "ra.role");
    let linked = links(&BANK, &cpr).done();
    assert!(linked["sub"].is_string());
    links(&BANK, &cpr).done();
    // What the bank calls this customer it calls nobody else.
    let theirs = &others["eid"]["number"];
    let body = json!({"eid_number": theirs, "cpr": other.digits(), "customer_ref": "K9"});
    let taken = place.asks(&BANK, "POST", "/api/ra/v1/links", Some(body));
    taken.is_refused(409, "order.customer_taken");
    let body = json!({"eid_number": theirs, "cpr": other.digits(), "customer_ref": "K10"});
    place.asks(&BANK, "POST", "/api/ra/v1/links", Some(body)).done();
    assert_eq!(place.finds(&BANK, json!({"eid_number": number})).status, 200);
}

#[test]
fn who_may_not_and_what_stands_in_the_way() {
    let place = Place::new();
    let cpr = known(&place, lone());
    let order = json!({"cpr": cpr.digits(), "documents": passport(&cpr), "rules": rules()});
    orders(&place, &support(), order.clone()).is_refused(403, "ra.role");
    for (entry, code) in [
        (
            Entry {
                status: CivilStatus::Dead,
                ..lone()
            },
            "proofing.person_ended",
        ),
        (
            Entry {
                status: CivilStatus::ResidencePending,
                ..lone()
            },
            "proofing.residence_pending",
        ),
        (
            Entry {
                guardian: true,
                ..lone()
            },
            "proofing.guardian",
        ),
    ] {
        let of = known(&place, entry);
        let order = json!({"cpr": of.digits(), "documents": passport(&of), "rules": rules()});
        orders(&place, &registrar(), order).is_refused(422, code);
    }
    let stranger = with(order.clone(), "cpr", json!("610112-1234"));
    orders(&place, &registrar(), stranger).is_refused(422, "proofing.unknown_person");
    for (member, value, status, code) in [
        ("deliver", json!({"office": "ra-netbank"}), 422, "order.delivery"),
        ("home_visit", json!("x"), 400, "request.malformed"),
        ("email", json!("nobody"), 400, "email.format"),
        ("cpr", json!("310299-1234"), 400, "cpr.date"),
        ("password_by_text_message", json!(true), 422, "order.delivery"),
    ] {
        orders(&place, &registrar(), with(order.clone(), member, value)).is_refused(status, code);
    }
    // An officer issues nothing to themselves, and is nobody's witness.
    let anna = place.house.anna();
    let person = anna.person;
    let own = place.house.act(move |tx| tx.people().cpr(person)).unwrap();
    let (now, written) = (place.house.clock.now(), own.clone());
    place.house.act(move |tx| tx.registers().put(&written, &lone(), now));
    let herself = Officer {
        own: json!(place.number(anna.eid)),
        ..registrar()
    };
    let papers_of_hers = json!({"cpr": own.digits(), "documents": papers(), "rules": rules(), "another": true});
    orders(&place, &herself, papers_of_hers).is_refused(403, "ra.own_case");
    let licence = json!({"kind": "danish_driving_licence", "shows_cpr": true, "valid_to": "2030-05-01"});
    let witness = json!({"cpr": own.digits(), "document": licence, "declared": true});
    orders(&place, &herself, with(order.clone(), "witness", witness)).is_refused(422, "proofing.witness_unfit");
    // One key, one eID.
    let (path, key) = ("/api/ra/v1/orders", "order-0001");
    let first = place
        .asks_under(&registrar(), "POST", path, Some(order.clone()), key)
        .done();
    let again = place
        .asks_under(&registrar(), "POST", path, Some(order.clone()), key)
        .done();
    assert_eq!(first, again);
    orders(&place, &registrar(), order).is_refused(409, "order.has_eid");
    let unknown = known(&place, lone());
    let path = "/api/ra/v1/pids";
    let finds = json!({"cpr": unknown.digits(), "create": false});
    place
        .asks(&registrar(), "POST", path, Some(finds.clone()))
        .is_refused(404, "ra.not_found");
    let made = place
        .asks(&registrar(), "POST", path, Some(json!({"cpr": unknown.digits()})))
        .done();
    assert_eq!(made["created"], true);
    let found = place.asks(&registrar(), "POST", path, Some(finds)).done();
    assert_eq!((&found["pid"], &found["created"]), (&made["pid"], &json!(false)));
    let pid = json!({"cpr": cpr.digits()});
    let told = place.asks(&registrar(), "POST", "/api/ra/v1/pids", Some(pid)).done();
    assert_eq!(told["created"], false);
}

#[test]
fn whoever_lives_abroad_fetches_everything_at_a_representation() {
    let place = Place::new();
    let mads = known(
        &place,
        Entry {
            status: CivilStatus::Emigrated,
            address: None,
            ..lone()
        },
    );
    let order = json!({"cpr": mads.digits(), "documents": passport(&mads), "rules": rules()});
    orders(&place, &registrar(), with(order.clone(), "deliver", json!("post"))).is_refused(422, "order.no_address");
    let issued = orders(
        &place,
        &registrar(),
        with(order, "deliver", json!({"office": "ra-ambassade"})),
    )
    .done();
    assert_eq!(
        (&issued["hand_over"], &issued["eid"]["waits_at"]),
        (&json!("pick_up"), &json!("ra-ambassade"))
    );
    // At home they come to whoever has papers alone, and the rest is handed over there.
    let ill = known(&place, lone());
    let travels = json!({"cpr": ill.digits(), "documents": passport(&ill), "rules": rules(), "home_visit": true});
    orders(&place, &registrar(), travels).is_refused(422, "proofing.home_visit");
    let order = json!({"cpr": ill.digits(), "documents": papers(), "rules": rules(), "home_visit": true});
    assert_eq!(
        orders(&place, &registrar(), order.clone()).done()["hand_over"],
        "both_posted"
    );
    let other = with(order, "cpr", json!(known(&place, lone()).digits()));
    orders(&place, &officer("ra-borgerservice-b", "registrar"), other).is_refused(422, "order.delivery");
}

#[test]
fn an_eid_is_ordered_on_hardware_and_an_officer_sees_that_it_is() {
    let place = Place::new();
    let cpr = known(&place, lone());
    let order = json!({"cpr": cpr.digits(), "documents": passport(&cpr), "rules": rules()});
    orders(&place, &registrar(), with(order.clone(), "on", json!("paper"))).is_refused(400, "request.malformed");
    let issued = orders(&place, &registrar(), with(order, "on", json!("hardware"))).done();
    assert_eq!(issued["eid"]["on_hardware"], true);
    assert_eq!(notes(&issued), ["hardware", "link_bank", "desk"]);
    // Whoever has lost the key shows who they are and gets a card: for another key, as the first one was.
    let id = issued["eid"]["id"].as_str().unwrap().parse().unwrap();
    let seen = json!({"proof": {"kind": "document_seen", "document": "danish_passport"}});
    let stands = place.does(&registrar(), id, "cards", seen).done();
    assert_eq!(
        (&stands["on_hardware"], stands["cards"].as_array().unwrap().len()),
        (&json!(true), 2)
    );
}
