//! Which second factor is asked, the choice among them, and what a place does not take.

use super::*;
use crate::audit::Who;
use crate::credentials::token::{assign, import, pskc::Delivered};
use crate::domain::assurance::Method;
use crate::domain::authenticator::State;
use crate::domain::factor::{Factor, Factors};
use crate::domain::id::AuthenticatorId;
use crate::domain::otp::Scheme;
use crate::domain::voice::Line;
use crate::storage::CodeToken;
use crate::vault::otp::{Seed, shown};

/// She has a token beside her card.
pub(super) fn with_token(place: &Place, citizen: &Citizen) {
    let ctx = place.house.ctx();
    let who = Who {
        person: citizen.person,
        eid: citizen.eid,
    };
    let delivered = Delivered {
        serial: "A-1".into(),
        scheme: scheme(),
        seed: seed(),
        counter: 0,
    };
    place.house.act(move |tx| {
        import(tx, &ctx, std::slice::from_ref(&delivered), "officer")?;
        assign(tx, &ctx, who, "A-1", "officer", "paid")?;
        let token = tx.code_tokens().by_serial("A-1")?.expect("it is known");
        let state = State::Active;
        tx.code_tokens().save(&CodeToken { state, ..token }, false, ctx.now)
    });
}

fn scheme() -> Scheme {
    Scheme::parse("hotp-sha1-6").expect("a scheme")
}

fn seed() -> Seed {
    Seed::from_bytes(b"12345678901234567890").expect("a seed")
}

/// What her token shows at that press.
fn shows(press: u64) -> String {
    shown(&seed(), scheme(), press)
}

/// A place whose `shop` takes these factors only.
pub(super) fn place_where_the_shop_takes(words: &str) -> Place {
    let mut place = place();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/demo/parties");
    let folder = tempfile::tempdir().expect("a folder");
    for entry in std::fs::read_dir(from).expect("the demo's parties") {
        let path = entry.expect("a file").path();
        let name = path.file_name().expect("a name").to_owned();
        let mut text = std::fs::read_to_string(&path).expect("a text");
        if name == "shop.toml" {
            text = format!("{words}\n{text}");
        }
        std::fs::write(folder.path().join(name), text).expect("written");
    }
    place.ceremony.parties = SharedParties::new(Parties::load_dir(folder.path(), true).expect("parties"));
    place
}

/// As far as the second factor.
fn as_far_as_the_second(place: &Place, citizen: &Citizen, kept: &Kept, demand: Demand) -> Flow {
    let flow = place.asks_first(kept, demand);
    paged(place.password(kept, flow, citizen, citizen.password)).0
}

fn chooses(place: &Place, flow: Flow, factor: Option<Factor>, usual: bool) -> (Flow, Vec<Code>) {
    let ctx = place.house.ctx();
    paged(
        place
            .run(place.ceremony.choose(&ctx, flow, factor, usual))
            .expect("answered"),
    )
}

fn another(place: &Place, flow: Flow) -> Flow {
    paged(place.ceremony.other(flow).expect("answered")).0
}

fn offers(flow: &Flow) -> Factors {
    flow.proven.as_ref().expect("a password was shown").offers
}

fn methods(place: &Place, citizen: &Citizen) -> Vec<Method> {
    let eid = citizen.eid;
    let sessions = place.house.act(move |tx| tx.sessions().open_of_eid(eid));
    sessions.last().expect("a session").methods.clone()
}

#[test]
fn who_holds_a_card_alone_is_asked_for_it_and_offered_nothing_else() {
    let place = place();
    let (anna, browser) = (place.house.anna(), Kept::new("anna's"));
    let flow = as_far_as_the_second(&place, &anna, &browser, demand("borger"));
    assert_eq!((flow.step.factor(), offers(&flow).len()), (Some(Factor::Keycard), 1));
    assert!(matches!(another(&place, flow).step, Step::Code(_)), "there is no other");
}

#[test]
fn the_card_is_first_and_the_token_may_be_used_instead() {
    let place = place();
    let (anna, mut browser) = (place.house.anna(), Kept::new("anna's"));
    with_token(&place, &anna);
    let flow = as_far_as_the_second(&place, &anna, &browser, demand("borger"));
    assert_eq!((flow.step.factor(), offers(&flow).len()), (Some(Factor::Keycard), 2));
    let flow = another(&place, flow);
    assert_eq!(flow.step, Step::Factor);
    let (flow, errors) = chooses(&place, flow, None, false);
    assert_eq!(
        (&flow.step, errors.as_slice()),
        (&Step::Factor, &[Code::FactorRequired][..])
    );
    let (flow, _) = chooses(&place, flow, Some(Factor::Token), false);
    assert_eq!(flow.step.factor(), Some(Factor::Token));
    assert!(flow.seal(&place.house.vault, &place.house.ctx()).is_ok());
    let (flow, errors) = paged(place.code(&browser, &flow, "123").expect("answered"));
    assert_eq!(errors, [Code::TokenFormat]);
    let (flow, errors) = paged(place.code(&browser, &flow, "000000").expect("answered"));
    assert_eq!(errors, [Code::TokenWrong]);
    let done = over(place.code(&browser, &flow, &shows(0)).expect("answered"));
    browser.keeps(&done);
    assert!(url(&done).ends_with(" substantial 1"));
    assert_eq!(methods(&place, &anna), [Method::Password, Method::Token]);

    let other = Kept::new("a thief's");
    let flow = as_far_as_the_second(&place, &anna, &other, demand("borger"));
    assert_eq!(
        flow.step.factor(),
        Some(Factor::Keycard),
        "she did not ask for another order"
    );
    let (flow, _) = chooses(&place, another(&place, flow), Some(Factor::Token), false);
    let (_, errors) = paged(place.code(&other, &flow, &shows(0)).expect("answered"));
    assert_eq!(errors, [Code::TokenUsed], "the same code once more");
}

#[test]
fn what_she_wants_first_is_asked_first_once_she_has_finished_with_it() {
    let place = place();
    let (anna, browser) = (place.house.anna(), Kept::new("anna's"));
    with_token(&place, &anna);
    let flow = as_far_as_the_second(&place, &anna, &browser, demand("borger"));
    let (flow, _) = chooses(&place, another(&place, flow), Some(Factor::Token), true);
    let asked = as_far_as_the_second(&place, &anna, &browser, demand("borger"))
        .step
        .factor();
    assert_eq!(asked, Some(Factor::Keycard), "a choice alone changes nothing");
    over(place.code(&browser, &flow, &shows(0)).expect("answered"));
    let flow = as_far_as_the_second(&place, &anna, &Kept::new("hers"), demand("shop"));
    assert_eq!(flow.step.factor(), Some(Factor::Token));
}

#[test]
fn a_blocked_card_leaves_the_token_and_the_other_way_round() {
    let place = place();
    let (anna, browser) = (place.house.anna(), Kept::new("anna's"));
    with_token(&place, &anna);
    let mut flow = as_far_as_the_second(&place, &anna, &browser, demand("borger"));
    let mut errors = Vec::new();
    for _ in 0..5 {
        let typed = wrong(&anna, &flow);
        (flow, errors) = paged(place.code(&browser, &flow, &typed).expect("answered"));
    }
    assert_eq!((&flow.step, errors.as_slice()), (&Step::Factor, &[Code::Lock003][..]));
    assert_eq!(offers(&flow), Factors::NONE.with(Factor::Token));
    let (refused, errors) = chooses(&place, flow.clone(), Some(Factor::Keycard), false);
    assert_eq!(
        (refused.step, errors.as_slice()),
        (Step::Factor, &[Code::FactorRequired][..])
    );
    let (flow, _) = chooses(&place, flow, Some(Factor::Token), false);
    let done = over(place.code(&browser, &flow, &shows(0)).expect("answered"));
    assert_eq!(done.refused, None);
    let mut flow = as_far_as_the_second(&place, &anna, &Kept::new("hers"), demand("shop"));
    assert_eq!(flow.step.factor(), Some(Factor::Token), "the blocked card is not asked");
    for _ in 0..5 {
        (flow, _) = paged(place.code(&browser, &flow, "000000").expect("answered"));
    }
    assert_eq!(flow.step, Step::Notice(Code::TokenBlocked), "nothing is left");
}

/// A number that is called, beside her card.
fn with_voice(place: &Place, citizen: &Citizen) {
    let (ctx, eid) = (place.house.ctx(), citizen.eid);
    let line = Line::parse("80307050").expect("a number");
    place.house.act(move |tx| {
        let id = AuthenticatorId::from_uuid(ctx.rng.uuid_v7(ctx.now));
        tx.voices().add(id, eid, &line, ctx.now)?;
        let waiting = tx.voices().waiting(eid)?.expect("it waits");
        tx.voices().start(&waiting, ctx.now, ctx.now)
    });
}

#[test]
fn five_wrong_codes_of_a_call_end_the_number_this_log_in_and_every_session() {
    let place = place();
    let (anna, mut hers) = (place.house.anna(), Kept::new("hers"));
    place.logs_in(&mut hers, &anna, demand("borger"));
    assert!(matches!(place.takes(&hers, demand("skat")), Stand::Over(_)));
    with_voice(&place, &anna);
    let guesser = Kept::new("a guesser's");
    let flow = as_far_as_the_second(&place, &anna, &guesser, demand("borger"));
    let (mut flow, _) = chooses(&place, another(&place, flow), Some(Factor::Voice), false);
    assert_eq!(flow.step.factor(), Some(Factor::Voice));
    for _ in 0..5 {
        (flow, _) = paged(place.code(&guesser, &flow, "000000").expect("answered"));
    }
    assert_eq!(
        flow.step,
        Step::Notice(Code::VoiceBlocked),
        "the card is offered no more"
    );
    assert!(matches!(place.takes(&hers, demand("skat")), Stand::Page { .. }));
}

#[test]
fn where_nobody_is_called_any_more_the_number_is_not_asked() {
    let mut place = place();
    let anna = place.house.anna();
    with_voice(&place, &anna);
    for (offered, factors) in [(true, 2), (false, 1)] {
        place.ceremony.voice.offered = offered;
        let flow = as_far_as_the_second(&place, &anna, &Kept::new("hers"), demand("borger"));
        assert_eq!(offers(&flow).len(), factors);
    }
}

#[test]
fn a_place_that_takes_no_cards_asks_for_the_token_and_refuses_who_has_none() {
    let place = place_where_the_shop_takes("factors = [\"token\"]");
    let (anna, bo) = (place.house.anna(), place.house.citizen("bo", "another-77x", false));
    with_token(&place, &anna);
    let browser = Kept::new("theirs");
    let flow = as_far_as_the_second(&place, &anna, &browser, demand("shop"));
    assert_eq!((flow.step.factor(), offers(&flow).len()), (Some(Factor::Token), 1));
    let flow = as_far_as_the_second(&place, &bo, &browser, demand("shop"));
    assert_eq!(flow.step, Step::Notice(Code::Auth019));
    let left = over(place.ceremony.leave(&place.house.ctx(), &flow).expect("left"));
    assert_eq!(url(&left), "AUTH019", "the party is told");

    // A card's answer that was begun elsewhere is no way in, and burns nothing.
    let mut flow = as_far_as_the_second(&place, &bo, &browser, demand("borger"));
    flow.demand = demand("shop");
    let typed = right(&bo, &flow);
    let (flow, _) = paged(place.code(&browser, &flow, &typed).expect("answered"));
    assert_eq!(flow.step, Step::Notice(Code::FactorNotTaken));
    let card = bo.card.clone();
    let row = place.house.act(move |tx| tx.cards().find(&card)).expect("a card");
    assert_eq!(row.card.used.count(), 0);
}

#[test]
fn a_payment_is_never_approved_with_a_card() {
    let place = place_where_the_shop_takes("purpose = \"payment\"");
    let (anna, browser) = (place.house.anna(), Kept::new("anna's"));
    let payment = || Demand {
        purpose: Purpose::Payment,
        ..demand("shop")
    };
    let flow = as_far_as_the_second(&place, &anna, &browser, payment());
    assert_eq!(flow.step, Step::Notice(Code::Auth019));
    with_token(&place, &anna);
    let flow = as_far_as_the_second(&place, &anna, &browser, payment());
    assert_eq!((flow.step.factor(), offers(&flow).len()), (Some(Factor::Token), 1));
}

#[test]
fn a_session_of_a_card_opens_no_place_without_cards() {
    let place = place_where_the_shop_takes("sso = \"public\"\nfactors = [\"token\"]");
    let (anna, mut browser) = (place.house.anna(), Kept::new("anna's"));
    with_token(&place, &anna);
    place.logs_in(&mut browser, &anna, demand("borger"));
    assert!(
        matches!(place.takes(&browser, demand("skat")), Stand::Over(_)),
        "the others of the group"
    );
    assert!(
        matches!(place.takes(&browser, demand("shop")), Stand::Page { flow, .. } if flow.step == Step::Credentials),
        "a card does not suit it"
    );
}

#[test]
fn a_form_of_the_card_is_no_form_of_the_token() {
    let place = place();
    let (anna, browser) = (place.house.anna(), Kept::new("anna's"));
    with_token(&place, &anna);
    let card = as_far_as_the_second(&place, &anna, &browser, demand("borger"));
    let (token, _) = chooses(&place, another(&place, card.clone()), Some(Factor::Token), false);
    let vault = &place.house.vault;
    assert!(!token.csrf_ok(vault, &card.csrf(vault)) && !card.csrf_ok(vault, &token.csrf(vault)));
}
