//! How sure it is who somebody is bounds what is told of their log-in, whatever they show: at services, on a session, at a step up;
//! our own pages ask for what is shown.

use super::*;

fn known_to(place: &Place, level: Level) -> Citizen {
    let anna = place.house.anna();
    place.house.was_identified_to(&anna, level);
    anna
}

fn wants(levels: &[Level], demand: Demand) -> Demand {
    let wanted = levels.to_vec();
    Demand { wanted, ..demand }
}

#[test]
fn whoever_was_identified_to_low_is_refused_after_the_password_where_more_is_asked() {
    let place = place();
    let (anna, browser) = (known_to(&place, Level::Low), Kept::new("anna's"));
    for asked in [demand("borger"), wants(&[Level::Substantial], low("kommune"))] {
        let flow = place.asks_first(&browser, asked);
        let (flow, _) = paged(place.password(&browser, flow, &anna, anna.password));
        assert_eq!(flow.step, Step::Notice(Code::Oces002), "no code is asked for it");
        let left = over(place.ceremony.leave(&place.house.ctx(), &flow).expect("answered"));
        assert_eq!(left.refused, Some(Code::Oces002));
    }
    // Nobody else is told: a wrong password is a wrong password.
    let flow = place.asks_first(&browser, demand("borger"));
    let (_, errors) = paged(place.password(&browser, flow, &anna, "another-1234x"));
    assert_eq!(errors, [Code::LoginFailed]);
}

#[test]
fn what_is_told_is_the_lower_of_both() {
    let table = [
        (Level::Low, low("kommune"), "low"),
        (
            Level::Low,
            wants(&[Level::Substantial, Level::Low], low("kommune")),
            "low",
        ),
        (Level::Substantial, demand("borger"), "substantial"),
        (Level::High, demand("borger"), "substantial"),
        (Level::High, low("kommune"), "low"),
    ];
    for (identity, asked, told) in table {
        let place = place();
        let anna = known_to(&place, identity);
        let answer = place.logs_in(&mut Kept::new("anna's"), &anna, asked);
        assert!(answer.ends_with(&format!(" {told} 1")), "{identity:?}: {answer}");
    }
}

#[test]
fn a_session_is_worth_no_more_than_its_holder_is_known() {
    let place = place();
    let (anna, mut browser) = (known_to(&place, Level::Low), Kept::new("anna's"));
    place.logs_in(&mut browser, &anna, low("kommune"));
    // Not one step up: no code makes it surer who she is. Somebody else may log in.
    let flow = place.asks_first(&browser, demand("skat"));
    assert_eq!(flow.step, Step::Credentials);
    assert!(matches!(place.takes(&browser, low("kommune")), Stand::Over(_)));
}

/// What is written down of an eID after its session began counts from the next answer on.
#[test]
fn a_running_session_is_judged_by_what_is_known_now() {
    let place = place();
    let (anna, mut browser) = (place.house.anna(), Kept::new("anna's"));
    let first = place.logs_in(&mut browser, &anna, demand("borger"));
    assert!(first.ends_with(" substantial 1"), "nothing was noted: {first}");
    place.house.was_identified_to(&anna, Level::Low);
    let rides = url(&over(place.takes(&browser, low("kommune"))));
    assert!(rides.ends_with(" low 1"), "{rides}");
    let silent = Demand {
        passive: true,
        ..demand("skat")
    };
    assert_eq!(over(place.takes(&browser, silent)).refused, Some(Code::LoginPassive));
}

/// The eID was identified to Low while the code was being typed: nothing is burnt.
#[test]
fn the_finish_judges_it_too() {
    let place = place();
    let (anna, browser) = (place.house.anna(), Kept::new("anna's"));
    let flow = place.asks_first(&browser, demand("borger"));
    let (flow, _) = paged(place.password(&browser, flow, &anna, anna.password));
    place.house.was_identified_to(&anna, Level::Low);
    let (kept_out, _) = paged(place.code(&browser, &flow, &right(&anna, &flow)).expect("answered"));
    assert_eq!(kept_out.step, Step::Notice(Code::Oces002));
    let number = anna.card.clone();
    let card = place.house.act(move |tx| tx.cards().find(&number)).expect("a card");
    assert_eq!(card.card.used.left(), 148);
}

#[test]
fn our_own_pages_ask_for_what_is_shown() {
    let place = place();
    let (anna, mut browser) = (known_to(&place, Level::Low), Kept::new("anna's"));
    let answer = place.logs_in(&mut browser, &anna, demand("own"));
    assert!(answer.ends_with(" substantial 1"), "{answer}");
}
