//! Whether a private service may know something: who is asked, what follows from the answer, and what must not work.

use super::factors::place_where_the_shop_takes;
use super::*;
use crate::config::parties::Claim;
use crate::login::consent::YesOrNo;
use crate::storage::Release;

/// Answers with what the party is told.
struct Telling;

impl Protocol for Telling {
    fn finish(
        &self,
        _: &mut Tx<'_>,
        _: &Ctx,
        _: &Resume,
        _: &Outcome,
        previous: Option<&[u8]>,
    ) -> Result<Vec<u8>, Halt> {
        Ok(vec![b'x'; previous.map_or(1, |p| p.len() + 1)])
    }

    fn answer(&self, _: &Ctx, _: &Resume, outcome: &Outcome, _: &[u8]) -> Result<Continue, Fault> {
        let told = &outcome.released;
        let words = [
            told.name.as_ref().map(|_| "name"),
            told.email.as_ref().map(|_| "email"),
            told.cpr.as_ref().map(|_| "cpr"),
        ];
        let told: Vec<&str> = words.into_iter().flatten().collect();
        let withheld: Vec<&str> = outcome.withheld.iter().map(|claim| claim.as_str()).collect();
        let url = format!("{}: told {told:?}, not {withheld:?}", outcome.session);
        Ok(Continue::Redirect { url })
    }

    fn refuse(&self, _: &Ctx, _: &Resume, refusal: &Refusal) -> Result<Continue, Fault> {
        Ok(Continue::Redirect {
            url: refusal.code.as_str().into(),
        })
    }

    fn form_origins(&self, _: &Resume) -> Vec<String> {
        Vec::new()
    }
}

/// The shop may know name, e-mail and CPR number; what it shares with others as `words` say.
fn shopping(words: &str) -> Place {
    let mut place = place_where_the_shop_takes(words);
    let protocols = Protocols::default().with(ResumeKind::Oidc, Arc::new(Telling));
    place.ceremony.protocols = protocols;
    place
}

fn wants(party: &str, asks: &[Claim]) -> Demand {
    Demand {
        asks: asks.to_vec(),
        ..demand(party)
    }
}

const BOTH: [Claim; 2] = [Claim::Name, Claim::Email];
const YES: YesOrNo = YesOrNo {
    yes: true,
    remember: false,
};
const ALWAYS: YesOrNo = YesOrNo {
    yes: true,
    remember: true,
};
const NO: YesOrNo = YesOrNo {
    yes: false,
    remember: true,
};

impl Place {
    fn says(&self, kept: &Kept, flow: &Flow, said: Option<YesOrNo>) -> Result<Stand, Halt> {
        let ctx = self.house.ctx();
        self.run(self.ceremony.consent(&ctx, &kept.browser, flow.clone(), said))
    }

    /// As far as the page after the password.
    fn after_password(&self, kept: &Kept, citizen: &Citizen, demand: Demand) -> Flow {
        let flow = self.asks_first(kept, demand);
        paged(self.password(kept, flow, citizen, citizen.password)).0
    }

    /// The whole way with an answer; what the party hears.
    fn hears(&self, citizen: &Citizen, demand: Demand, said: Option<YesOrNo>) -> String {
        let kept = Kept::new("theirs");
        let mut flow = self.after_password(&kept, citizen, demand);
        if said.is_some() {
            assert!(matches!(flow.step, Step::Consent(_)), "{:?}", flow.step);
            flow = paged(self.says(&kept, &flow, said).expect("answered")).0;
        }
        let done = over(self.code(&kept, &flow, &right(citizen, &flow)).expect("answered"));
        url(&done).split_once(": ").expect("told").1.to_owned()
    }
}

#[test]
fn a_private_service_hears_what_its_visitor_lets_it_know() {
    let place = shopping("");
    let anna = place.house.reachable("anna@example.dk", "80307050");
    let both = || wants("shop", &BOTH);
    assert_eq!(
        place.hears(&anna, both(), Some(YES)),
        r#"told ["name", "email"], not []"#
    );
    assert_eq!(
        place.hears(&anna, both(), Some(NO)),
        r#"told [], not ["name", "email"]"#
    );
    // Once is once.
    assert_eq!(
        place.hears(&anna, both(), Some(ALWAYS)),
        r#"told ["name", "email"], not []"#
    );
    assert_eq!(place.hears(&anna, both(), None), r#"told ["name", "email"], not []"#);
    assert_eq!(
        place.hears(&anna, wants("shop", &[Claim::Email]), None),
        r#"told ["email"], not []"#
    );
}

#[test]
fn whoever_let_a_service_know_something_is_asked_for_anything_more() {
    let place = shopping("");
    let anna = place.house.reachable("anna@example.dk", "80307050");
    place.hears(&anna, wants("shop", &BOTH), Some(ALWAYS));
    let more = || wants("shop", &[Claim::Name, Claim::Email, Claim::Cpr]);
    assert_eq!(
        place.hears(&anna, more(), Some(YES)),
        r#"told ["name", "email", "cpr"], not []"#
    );
    assert_eq!(
        place.hears(&anna, wants("shop", &BOTH), None),
        r#"told ["name", "email"], not []"#
    );
    // A no takes back what was remembered.
    assert_eq!(
        place.hears(&anna, more(), Some(NO)),
        r#"told [], not ["name", "email", "cpr"]"#
    );
    assert_eq!(
        place.hears(&anna, wants("shop", &BOTH), Some(YES)),
        r#"told ["name", "email"], not []"#
    );
    // The service wants it said once more.
    place.hears(&anna, wants("shop", &BOTH), Some(ALWAYS));
    let again = Demand {
        confirm: true,
        ..wants("shop", &BOTH)
    };
    assert_eq!(
        place.hears(&anna, again, Some(YES)),
        r#"told ["name", "email"], not []"#
    );
}

#[test]
fn public_services_ask_nobody_and_nobody_is_asked_for_what_is_not_told() {
    let place = shopping("");
    let anna = place.house.reachable("anna@example.dk", "80307050");
    assert_eq!(
        place.hears(&anna, wants("borger", &BOTH), None),
        r#"told ["name", "email"], not []"#
    );
    let unregistered = wants("shop", &[Claim::Pid, Claim::Phone, Claim::Address]);
    assert_eq!(place.hears(&anna, unregistered, None), "told [], not []");
    assert_eq!(place.hears(&anna, wants("shop", &[]), None), "told [], not []");
}

#[test]
fn on_a_session_only_consent_is_asked_and_a_service_that_shows_no_page_hears_why() {
    let place = shopping("sso = \"shops\"");
    let anna = place.house.reachable("anna@example.dk", "80307050");
    let mut browser = Kept::new("anna's");
    let flow = place.after_password(&browser, &anna, wants("shop", &[]));
    let first = over(place.code(&browser, &flow, &right(&anna, &flow)).expect("answered"));
    browser.keeps(&first);
    let session = url(&first);
    let session = session.split(':').next().expect("a session");

    let passive = Demand {
        passive: true,
        ..wants("shop", &BOTH)
    };
    let refused = over(place.takes(&browser, passive.clone()));
    assert_eq!(refused.refused, Some(Code::LoginConsent));
    let flow = place.asks_first(&browser, wants("shop", &BOTH));
    assert!(matches!(flow.step, Step::Consent(_)), "{:?}", flow.step);
    let answer = url(&over(place.says(&browser, &flow, Some(ALWAYS)).expect("answered")));
    assert_eq!(answer, format!("{session}: told [\"name\", \"email\"], not []"));
    // The same form once more, with another answer: the first one holds, and nothing new is given.
    let again = url(&over(place.says(&browser, &flow, Some(NO)).expect("answered")));
    assert_eq!(again, answer);
    // Remembered: no page.
    assert_eq!(url(&over(place.takes(&browser, passive))), answer);
}

#[test]
fn a_session_that_ended_before_the_answer_leads_to_the_whole_log_in() {
    let place = shopping("sso = \"shops\"");
    let anna = place.house.reachable("anna@example.dk", "80307050");
    let mut browser = Kept::new("anna's");
    let flow = place.after_password(&browser, &anna, wants("shop", &[]));
    let first = over(place.code(&browser, &flow, &right(&anna, &flow)).expect("answered"));
    browser.keeps(&first);
    let asked = place.asks_first(&browser, wants("shop", &BOTH));
    place.house.clock.advance(Span::minutes(9));
    let without = Kept::new("anna's");
    let (flow, errors) = paged(place.says(&without, &asked, Some(YES)).expect("answered"));
    assert_eq!((&flow.step, &flow.proven, errors.len()), (&Step::Credentials, &None, 0));
    // Whoever logs in now is asked for themself.
    let flow = paged(place.password(&without, flow, &anna, anna.password)).0;
    assert!(matches!(flow.step, Step::Consent(_)), "{:?}", flow.step);
}

#[test]
fn nothing_is_answered_out_of_its_order() {
    let place = shopping("");
    let anna = place.house.reachable("anna@example.dk", "80307050");
    let kept = Kept::new("hers");
    let expired = |answer: Result<Stand, Halt>| {
        assert!(matches!(answer, Err(Halt::Refused(refusal)) if refusal.code == Code::LoginExpired));
    };
    let first = place.asks_first(&kept, wants("shop", &BOTH));
    expired(place.says(&kept, &first, Some(YES)));
    let asked = place.after_password(&kept, &anna, wants("shop", &BOTH));
    expired(place.code(&kept, &asked, "000000"));
    expired(place.ceremony.other(asked.clone()));
    let (same, errors) = paged(place.says(&kept, &asked, None).expect("answered"));
    assert_eq!(
        (same.step, errors.as_slice()),
        (Step::Consent(BOTH.to_vec()), &[Code::ConsentRequired][..])
    );
    let code = paged(place.says(&kept, &asked, Some(YES)).expect("answered")).0;
    expired(place.says(&kept, &code, Some(NO)));
    // A form of one step is none of another's.
    assert!(!code.csrf_ok(&place.house.vault, &asked.csrf(&place.house.vault)));
}

#[test]
fn whoever_was_blocked_meanwhile_consents_to_nothing() {
    let place = shopping("");
    let anna = place.house.reachable("anna@example.dk", "80307050");
    let kept = Kept::new("hers");
    let asked = place.after_password(&kept, &anna, wants("shop", &BOTH));
    let eid = anna.eid;
    place.house.act(move |tx| tx.eids().raise_epoch(eid));
    let answer = place.says(&kept, &asked, Some(YES));
    assert!(matches!(answer, Err(Halt::Refused(refusal)) if refusal.code == Code::LoginExpired));
}

#[test]
fn what_was_taken_back_while_a_log_in_was_under_way_is_not_told() {
    let place = shopping("");
    let anna = place.house.reachable("anna@example.dk", "80307050");
    place.hears(&anna, wants("shop", &BOTH), Some(ALWAYS));
    let kept = Kept::new("hers");
    let flow = place.after_password(&kept, &anna, wants("shop", &BOTH));
    let person = anna.person;
    let release = place.house.act(move |tx| tx.releases().find(person, "shop"));
    assert_eq!(
        release.map(|release: Release| release.claims).as_deref(),
        Some("name email")
    );
    assert!(place.house.act(move |tx| tx.releases().forget(person, "shop")));
    let done = over(place.code(&kept, &flow, &right(&anna, &flow)).expect("answered"));
    assert!(
        url(&done).ends_with(r#"told [], not ["name", "email"]"#),
        "{}",
        url(&done)
    );
}

#[test]
fn a_yes_is_its_persons_own() {
    let place = shopping("sso = \"shops\"");
    let anna = place.house.reachable("anna@example.dk", "80307050");
    let bo = place.house.citizen("bo", "another-77x", false);
    let logs_in = |citizen: &Citizen| {
        let mut kept = Kept::new("theirs");
        let flow = place.after_password(&kept, citizen, wants("shop", &[]));
        kept.keeps(&over(
            place.code(&kept, &flow, &right(citizen, &flow)).expect("answered"),
        ));
        kept
    };
    let (annas, bos) = (logs_in(&anna), logs_in(&bo));
    let asked = place.asks_first(&annas, wants("shop", &[Claim::Name, Claim::Cpr]));
    // Another tab of the browser has logged in as Bo by the time of the answer: he is asked for himself.
    let (flow, _) = paged(place.says(&bos, &asked, Some(ALWAYS)).expect("answered"));
    assert_eq!(
        (&flow.said, flow.proven.map(|proven| proven.eid)),
        (&None, Some(bo.eid))
    );
    let nothing = place.house.act(move |tx| tx.releases().of_person(bo.person));
    assert!(nothing.is_empty(), "{nothing:?}");
    // A yes that was given is not his either, wherever it is brought.
    let hers = paged(place.says(&Kept::new("theirs"), &asked, Some(YES)).expect("answered")).0;
    assert_eq!(hers.said, None, "without the session it is the whole log-in");
}

#[test]
fn a_yes_is_for_what_was_shown_whatever_the_file_says_by_then() {
    let place = shopping("");
    let anna = place.house.reachable("anna@example.dk", "80307050");
    let kept = Kept::new("hers");
    let mut asked = place.after_password(&kept, &anna, wants("shop", &[Claim::Name, Claim::Cpr]));
    // As it was shown before the service was registered for the number.
    asked.step = Step::Consent(vec![Claim::Name]);
    let flow = paged(place.says(&kept, &asked, Some(ALWAYS)).expect("answered")).0;
    let done = over(place.code(&kept, &flow, &right(&anna, &flow)).expect("answered"));
    assert!(url(&done).ends_with(r#"told ["name"], not ["cpr"]"#), "{}", url(&done));
    let person = anna.person;
    let release = place
        .house
        .act(move |tx| tx.releases().find(person, "shop"))
        .expect("remembered");
    assert_eq!(release.claims, "name");
}

#[test]
fn what_is_remembered_comes_to_what_was_remembered_before() {
    let place = shopping("");
    let anna = place.house.reachable("anna@example.dk", "80307050");
    place.hears(&anna, wants("shop", &[Claim::Name]), Some(ALWAYS));
    place.hears(&anna, wants("shop", &[Claim::Email]), Some(ALWAYS));
    assert_eq!(
        place.hears(&anna, wants("shop", &BOTH), None),
        r#"told ["name", "email"], not []"#
    );
}
