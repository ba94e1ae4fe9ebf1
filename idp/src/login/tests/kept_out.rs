//! What is judged again at the finish: an eID or a person that was right at the password and is not at the code.

use super::*;

/// Anna's log-in as far as the code, at a party that insists on whom the test says.
fn as_far_as_the_code(place: &Place, anna: &Citizen, browser: &Kept, demand: Demand) -> Flow {
    let flow = place.asks_first(browser, demand);
    paged(place.password(browser, flow, anna, anna.password)).0
}

fn nothing_is_burnt(place: &Place, anna: &Citizen) -> bool {
    let number = anna.card.clone();
    let row = place.house.act(move |tx| tx.cards().find(&number));
    row.expect("the card").card.used.count() == 0
}

#[test]
fn another_person_at_the_finish_reads_why_and_the_party_hears_it() {
    let place = place();
    let (anna, bo) = (place.house.anna(), place.house.citizen("bo", "another-77x", false));
    let browser = Kept::new("theirs");
    for code in [right, wrong] {
        let mut flow = as_far_as_the_code(&place, &anna, &browser, demand("borger"));
        // What the party's name stood for has changed meanwhile.
        flow.demand.must_be = Some(MustBe::Person(bo.person));
        let (flow, errors) = paged(place.code(&browser, &flow, &code(&anna, &flow)).expect("answered"));
        assert_eq!(flow.step, Step::Notice(Code::LoginSubjectMismatch), "{errors:?}");
        let left = over(place.ceremony.leave(&place.house.ctx(), &flow).expect("left"));
        assert_eq!(left.refused, Some(Code::LoginSubjectMismatch));
        assert_eq!(url(&left), "login.subject_mismatch");
    }
    assert!(nothing_is_burnt(&place, &anna), "nobody's code is burnt for that");
    let eid = anna.eid;
    assert!(place.house.act(move |tx| tx.sessions().open_of_eid(eid)).is_empty());
}

#[test]
fn at_low_too_where_no_code_is_asked() {
    let place = place();
    let (anna, bo) = (place.house.anna(), place.house.citizen("bo", "another-77x", false));
    let browser = Kept::new("theirs");
    let must_be = Some(MustBe::Sub("a name that stands for nobody".into()));
    let flow = place.asks_first(
        &browser,
        Demand {
            must_be,
            ..low("kommune")
        },
    );
    for citizen in [&anna, &bo] {
        let (stopped, _) = paged(place.password(&browser, flow.clone(), citizen, citizen.password));
        assert_eq!(stopped.step, Step::Notice(Code::LoginSubjectMismatch));
    }
}

#[test]
fn an_eid_that_is_no_longer_accepted_is_told_so_before_its_code_is_burnt() {
    let place = place();
    let (anna, browser) = (place.house.anna(), Kept::new("anna's"));
    let flow = as_far_as_the_code(&place, &anna, &browser, demand("borger"));
    let eid = anna.eid;
    place.house.act(move |tx| tx.eids().set_public(eid, false));
    let (flow, _) = paged(place.code(&browser, &flow, &right(&anna, &flow)).expect("answered"));
    assert_eq!(flow.step, Step::Notice(Code::Oces001));
    assert!(nothing_is_burnt(&place, &anna));
}
