//! An eID on hardware: its card opens our own pages, where the key is added, and no service.

use acceptance::passkey::SoftKey;

use super::*;

#[test]
fn the_card_opens_no_service_and_nothing_is_burnt_for_it() {
    let place = place();
    let (anna, browser) = (place.house.anna(), Kept::new("anna's"));
    place.house.goes_on_hardware(&anna);
    for party in ["borger", "skat", "shop"] {
        let flow = place.asks_first(&browser, demand(party));
        let (flow, _) = paged(place.password(&browser, flow, &anna, anna.password));
        assert_eq!(flow.step, Step::Notice(Code::HardwareUnbound), "{party}");
        let left = over(place.ceremony.leave(&place.house.ctx(), &flow).expect("answered"));
        assert_eq!(url(&left), "hardware.unbound", "{party} is told");
    }
    let mut own = Kept::new("anna's own");
    let answer = place.logs_in(&mut own, &anna, demand("own"));
    assert!(answer.ends_with(" substantial 1"), "{answer}");
}

/// What the card lets somebody add on our own pages opens no service either.
#[test]
fn no_other_factor_is_a_way_round_the_key() {
    let place = place();
    let (anna, browser) = (place.house.anna(), Kept::new("anna's"));
    place.house.goes_on_hardware(&anna);
    super::factors::with_token(&place, &anna);
    let flow = place.asks_first(&browser, demand("borger"));
    let (flow, _) = paged(place.password(&browser, flow, &anna, anna.password));
    assert_eq!(flow.step, Step::Notice(Code::HardwareUnbound));
}

/// What asks for no second factor is as it was.
#[test]
fn a_password_is_worth_what_it_is_worth() {
    let place = place();
    let (anna, mut browser) = (place.house.anna(), Kept::new("anna's"));
    place.house.goes_on_hardware(&anna);
    let answer = place.logs_in(&mut browser, &anna, low("kommune"));
    assert!(answer.ends_with(" low 1"), "{answer}");
    let flow = place.asks_first(&browser, demand("skat"));
    assert_eq!(
        flow.step,
        Step::Notice(Code::HardwareUnbound),
        "nothing to step up with"
    );
}

/// A session of before, and a page that asked for a code of before: neither is a way round it.
#[test]
fn what_began_before_is_judged_by_what_is_true_now() {
    let place = place();
    let (anna, mut browser) = (place.house.anna(), Kept::new("anna's"));
    place.logs_in(&mut browser, &anna, demand("borger"));
    let other = Kept::new("another");
    let flow = place.asks_first(&other, demand("borger"));
    let (flow, _) = paged(place.password(&other, flow, &anna, anna.password));
    place.house.goes_on_hardware(&anna);
    let next = place.asks_first(&browser, demand("skat"));
    assert_eq!(next.step, Step::Credentials, "a card's session does not suit any more");
    let (left, errors) = paged(place.code(&other, &flow, &right(&anna, &flow)).expect("answered"));
    assert_eq!(left.step, Step::Notice(Code::FactorNotTaken), "{errors:?}");
    let number = anna.card.clone();
    let card = place.house.act(move |tx| tx.cards().find(&number)).expect("a card");
    assert_eq!(card.card.used.left(), 147, "the one of the first log-in");
}

/// A key that is there and has to wait is not told as one that is missing.
#[test]
fn a_key_that_waits_is_told_as_such() {
    use crate::credentials::passkey::block;
    use crate::credentials::passkey::tests::adds_to_wait;

    let place = place();
    let (anna, browser) = (place.house.anna(), Kept::new("anna's"));
    place.house.goes_on_hardware(&anna);
    let first = adds_to_wait(&place.house, &anna, &SoftKey::new());
    let (ctx, who) = (
        place.house.ctx(),
        crate::audit::Who {
            person: anna.person,
            eid: anna.eid,
        },
    );
    place.house.act(move |tx| block(tx, &ctx, who, first.id));
    adds_to_wait(&place.house, &anna, &SoftKey::new());
    let flow = place.asks_first(&browser, demand("borger"));
    let (flow, _) = paged(place.password(&browser, flow, &anna, anna.password));
    assert_eq!(flow.step, Step::Notice(Code::PasskeyTooEarly));
}
