//! Officers look companies up: what they are told, what is written down, and who may not.

use serde_json::{Value, json};

use super::place::{Answer, Officer, Place, officer, registrar, support};
use crate::domain::company::{Company, CompanyStatus, Cvr, Signer, Signs};
use crate::domain::cpr::Cpr;
use crate::testing::substitute_cpr;

/// Anna signs alone, somebody else jointly.
fn registered(place: &Place, anna: &Cpr, status: CompanyStatus) {
    let (other, now) = (substitute_cpr(&place.house.rng), place.house.clock.now());
    let signers = [(anna, Signs::Alone), (&other, Signs::Jointly)];
    let company = Company {
        name: "Demo ApS".to_owned(),
        address: Some("Prøvevej 1".to_owned()),
        status,
        signers: signers.map(|(cpr, how)| Signer { cpr: cpr.clone(), how }).into(),
    };
    let cvr = Cvr::parse("00000019").unwrap();
    place.house.act(move |tx| tx.companies().put(&cvr, &company, now));
}

fn finds(place: &Place, officer: &Officer, body: Value) -> Answer {
    place.asks(officer, "POST", "/api/ra/v1/companies/find", Some(body))
}

#[test]
fn a_company_is_told_and_who_signs_only_of_whom_is_asked_about() {
    let place = Place::new();
    let anna = place.house.anna();
    let cpr = place.house.act(move |tx| tx.people().cpr(anna.person)).unwrap();
    registered(&place, &cpr, CompanyStatus::Active);
    let told = finds(&place, &support(), json!({"cvr": "0000 0019"})).done();
    assert_eq!(
        told,
        json!({
            "cvr": "00000019", "name": "Demo ApS", "address": "Prøvevej 1", "status": "active", "sign_alone": 1, "sign_jointly": 1,
        })
    );
    let asks = |who: &Cpr| {
        let told = finds(&place, &registrar(), json!({"cvr": "00000019", "cpr": who.digits()})).done();
        assert!(!told.to_string().contains(who.digits()), "{told}");
        told["person"].clone()
    };
    assert_eq!(asks(&cpr), "alone");
    assert_eq!(asks(&substitute_cpr(&place.house.rng)), "no");
    let trail = place.trail(anna.eid);
    let asked = trail
        .iter()
        .filter(|(kind, event)| kind == "officer.acted" && event["act"] == "company");
    let details: Vec<_> = asked.map(|(_, event)| (&event["detail"], &event["reason"])).collect();
    assert_eq!(
        details,
        [(&json!("00000019: alone"), &json!("sag 2026-7"))],
        "it stands in Anna's trail, from which her history is read, with its reason"
    );
    // About somebody without an eID the trail keeps a mark: the same at each question, of nobody else's, and no number.
    let nobody = substitute_cpr(&place.house.rng);
    assert_eq!((asks(&nobody), asks(&nobody)), (json!("no"), json!("no")));
    let rows = place.house.act(move |tx| tx.audit().page(None, 1_000));
    let marks: Vec<_> = rows
        .iter()
        .filter_map(|row| row.body.split(": no, person ").nth(1)?.split('"').next())
        .collect();
    assert_eq!(marks.len(), 3, "{marks:?}");
    assert_eq!(marks.iter().collect::<std::collections::BTreeSet<_>>().len(), 2);
    assert!(marks.iter().all(|mark| mark.len() == 19), "{marks:?}");
    assert!(rows.iter().all(|row| !row.body.contains(nobody.digits())));
    registered(&place, &cpr, CompanyStatus::Dissolved);
    assert_eq!(asks(&cpr), "no");
    let told = finds(&place, &support(), json!({"cvr": "00000019"})).done();
    assert_eq!((&told["status"], &told["sign_alone"]), (&json!("dissolved"), &json!(0)));
}

#[test]
fn what_is_not_there_and_who_may_not_ask_are_refused() {
    let place = Place::new();
    let anna = place.house.anna();
    let cpr = place.house.act(move |tx| tx.people().cpr(anna.person)).unwrap();
    registered(&place, &cpr, CompanyStatus::Active);
    finds(&place, &support(), json!({"cvr": "00000027"})).is_refused(404, "ra.not_found");
    finds(&place, &support(), json!({"cvr": "13"})).is_refused(400, "cvr.format");
    finds(&place, &support(), json!({"cvr": "10150817"})).is_refused(400, "cvr.real_number");
    finds(&place, &support(), json!({"cvr": "00000019", "name": "Demo"})).is_refused(400, "request.malformed");
    finds(&place, &officer("trykkeri", "printer"), json!({"cvr": "00000019"})).is_refused(403, "ra.role");
    let herself = Officer {
        own: json!(place.number(anna.eid)),
        ..support()
    };
    let own = json!({"cvr": "00000019", "cpr": cpr.digits()});
    finds(&place, &herself, own).is_refused(403, "ra.own_case");
    finds(&place, &herself, json!({"cvr": "00000019"})).done();
}
