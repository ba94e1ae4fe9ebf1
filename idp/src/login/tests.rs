//! The ceremony without a protocol and without a browser: what is asked, what it ends in, and what must not work.
#![expect(clippy::expect_used, clippy::panic, reason = "tests")]

mod consent;
mod factors;
mod hardware;
mod identity;
mod kept_out;
mod weaker;

use std::path::Path;
use std::sync::Arc;

use actix_web::rt::System;
use zeroize::Zeroizing;

use super::ceremony::Ceremony;
use super::demand::{Continue, Demand, Fresh, MustBe, Outcome, Protocol, Purpose, Resume, ResumeKind};
use super::flow::{BrowserMark, Flow, Step};
use super::protocols::Protocols;
use super::room::Room;
use super::service::{Browser, Credentials, Over, Stand};
use super::session::token_hash;
use crate::config::parties::{Parties, SharedParties};
use crate::credentials::password::Sources;
use crate::credentials::second::Asked;
use crate::ctx::Ctx;
use crate::domain::assurance::Level;
use crate::domain::keycard::Code as CardCode;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::room::Class;
use crate::domain::time::Span;
use crate::fault::Fault;
use crate::session::Limits;
use crate::storage::{Halt, Tx};
use crate::testing::{CHEAP, Citizen, House};
use crate::vault::card::{SCHEME, entries};
use crate::work::{Work, WorkSettings};

/// A protocol whose answers say what they are about.
struct Plain;

impl Protocol for Plain {
    fn finish(
        &self,
        _: &mut Tx<'_>,
        _: &Ctx,
        _: &Resume,
        outcome: &Outcome,
        previous: Option<&[u8]>,
    ) -> Result<Vec<u8>, Halt> {
        let times = previous.map_or(1, |p| p.len() + 1);
        assert!(!outcome.released.sub.is_empty());
        Ok(vec![b'x'; times])
    }

    fn answer(&self, _: &Ctx, _: &Resume, outcome: &Outcome, finished: &[u8]) -> Result<Continue, Fault> {
        let url = format!("{} {} {}", outcome.session, outcome.level.as_str(), finished.len());
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

/// A house with a ceremony and the demo's parties.
struct Place {
    house: House,
    ceremony: Ceremony,
}

/// A browser and what it has kept.
#[derive(Clone)]
struct Kept {
    browser: Browser,
}

fn place() -> Place {
    let house = House::new();
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/demo/parties");
    let ceremony = Ceremony {
        store: house.store.clone(),
        vault: house.vault.clone(),
        work: Work::new(WorkSettings::default()),
        room: Room::default(),
        clock: house.clock.clone(),
        rng: house.rng.clone(),
        parties: SharedParties::new(Parties::load_dir(&dir, true).expect("the demo's parties")),
        protocols: Protocols::default().with(ResumeKind::Oidc, Arc::new(Plain)),
        sources: Arc::new(Sources::default()),
        passkeys: crate::testing::passkeys(),
        voice: crate::testing::VOICE,
        hash: CHEAP,
        law: crate::domain::password::Law::Modern,
        limits: Limits::default(),
    };
    Place { house, ceremony }
}

fn demand(party: &str) -> Demand {
    Demand {
        party: party.into(),
        least: Level::Substantial,
        wanted: Vec::new(),
        fresh: Fresh::No,
        passive: false,
        confirm: false,
        waited_since: None,
        hint: None,
        must_be: None,
        asks: Vec::new(),
        locale: None,
        purpose: Purpose::Login,
        factors: None,
        resume: Resume {
            kind: ResumeKind::Oidc,
            request_id: None,
            state: b"{}".to_vec(),
        },
    }
}

fn low(party: &str) -> Demand {
    Demand {
        least: Level::Low,
        ..demand(party)
    }
}

impl Kept {
    fn new(name: &str) -> Kept {
        Kept {
            browser: Browser {
                mark: BrowserMark::of(name),
                devices: Vec::new(),
                class: Class::Stranger,
                session: None,
            },
        }
    }

    fn keeps(&mut self, over: &Over) {
        if let Some((_, token)) = &over.session {
            self.browser.session = Some(token_hash(token));
        }
        if let Some(device) = over.device {
            self.browser.devices = vec![device];
        }
    }
}

impl Place {
    fn run<T>(&self, act: impl Future<Output = Result<T, Halt>>) -> Result<T, Halt> {
        System::new().block_on(act)
    }

    fn takes(&self, kept: &Kept, demand: Demand) -> Stand {
        self.run(self.ceremony.take(&self.house.ctx(), &kept.browser, demand))
            .expect("taken")
    }

    fn asks_first(&self, kept: &Kept, demand: Demand) -> Flow {
        match self.takes(kept, demand) {
            Stand::Page { flow, .. } => *flow,
            Stand::Over(over) => panic!("answered at once: {over:?}"),
        }
    }

    fn password(&self, kept: &Kept, flow: Flow, citizen: &Citizen, password: &str) -> Stand {
        let typed = Credentials {
            user_id: citizen.user_id.into(),
            password: Zeroizing::new(password.into()),
        };
        self.run(self.ceremony.credentials(&self.house.ctx(), &kept.browser, flow, typed))
            .expect("answered")
    }

    fn code(&self, kept: &Kept, flow: &Flow, code: &str) -> Result<Stand, Halt> {
        self.run(self.ceremony.code(&self.house.ctx(), &kept.browser, flow.clone(), code))
    }

    /// The whole way; what the browser keeps.
    fn logs_in(&self, kept: &mut Kept, citizen: &Citizen, demand: Demand) -> String {
        let flow = self.asks_first(kept, demand);
        let stand = match self.password(kept, flow, citizen, citizen.password) {
            Stand::Page { flow, .. } => self.code(kept, &flow, &right(citizen, &flow)).expect("answered"),
            over => over,
        };
        let over = over(stand);
        kept.keeps(&over);
        url(&over)
    }
}

fn over(stand: Stand) -> Over {
    match stand {
        Stand::Over(over) => *over,
        Stand::Page { flow, errors } => panic!("still at {:?}: {errors:?}", flow.step),
    }
}

fn paged(stand: Stand) -> (Flow, Vec<Code>) {
    match stand {
        Stand::Page { flow, errors } => (*flow, errors.iter().map(|e| e.code).collect()),
        Stand::Over(over) => panic!("over: {over:?}"),
    }
}

fn url(over: &Over) -> String {
    match &over.go_on {
        Continue::Redirect { url } | Continue::Post { url, .. } => url.clone(),
    }
}

fn right(citizen: &Citizen, flow: &Flow) -> String {
    let Step::Code(Asked::Card(asked)) = &flow.step else {
        panic!("no code is asked: {:?}", flow.step)
    };
    entries(&citizen.secret, SCHEME).code[usize::from(asked.position.get())].to_string()
}

fn wrong(citizen: &Citizen, flow: &Flow) -> String {
    let right = CardCode::parse(&right(citizen, flow)).expect("a code");
    CardCode::new((right.get() + 1) % CardCode::COUNT)
        .expect("a code")
        .to_string()
}

/// The session that an answer of [`Plain`] names.
fn session_of(answer: &str) -> &str {
    answer.split(' ').next().expect("a session")
}

#[test]
fn password_and_code_give_a_session_that_opens_the_next_door_of_the_group() {
    let place = place();
    let (anna, mut browser) = (place.house.anna(), Kept::new("anna's"));
    let first = place.logs_in(&mut browser, &anna, demand("borger"));
    assert!(first.ends_with(" substantial 1"), "{first}");
    let next = url(&over(place.takes(&browser, demand("skat"))));
    assert_eq!(session_of(&next), session_of(&first), "one session for the group");
    let passive = url(&over(place.takes(
        &browser,
        Demand {
            passive: true,
            ..demand("borger")
        },
    )));
    assert_eq!(session_of(&passive), session_of(&first));
    assert!(
        matches!(place.takes(&browser, demand("shop")), Stand::Page { .. }),
        "a private party shares nothing"
    );
    assert!(matches!(
        place.takes(&Kept::new("another"), demand("skat")),
        Stand::Page { .. }
    ));
}

#[test]
fn a_session_ends_when_idle_when_old_and_for_whoever_wants_a_fresh_proof() {
    let place = place();
    let (anna, mut browser) = (place.house.anna(), Kept::new("anna's"));
    place.logs_in(&mut browser, &anna, demand("borger"));
    let asked = |demand| matches!(place.takes(&browser, demand), Stand::Page { .. });
    assert!(asked(Demand {
        fresh: Fresh::Force,
        ..demand("borger")
    }));
    place.house.clock.advance(Span::minutes(10));
    assert!(!asked(Demand {
        fresh: Fresh::MaxAge(Span::minutes(15)),
        ..demand("borger")
    }));
    assert!(asked(Demand {
        fresh: Fresh::MaxAge(Span::minutes(5)),
        ..demand("borger")
    }));
    place.house.clock.advance(Span::minutes(31));
    assert!(asked(demand("borger")), "idle for half an hour");
    place.logs_in(&mut browser, &anna, demand("borger"));
    for _ in 0..24 {
        place.house.clock.advance(Span::minutes(20));
        place.takes(&browser, demand("borger"));
    }
    assert!(
        matches!(place.takes(&browser, demand("borger")), Stand::Page { .. }),
        "eight hours in all"
    );
}

#[test]
fn where_no_page_may_be_shown_the_refusal_says_so() {
    let place = place();
    let browser = Kept::new("new");
    let answer = over(place.takes(
        &browser,
        Demand {
            passive: true,
            ..demand("borger")
        },
    ));
    assert_eq!(answer.refused, Some(Code::LoginPassive));
    let high = over(place.takes(
        &browser,
        Demand {
            wanted: vec![Level::High],
            ..demand("borger")
        },
    ));
    assert_eq!(
        high.refused,
        Some(Code::LoginLevelUnmet),
        "nothing that we tell reaches High"
    );
}

#[test]
fn from_low_only_the_code_is_asked_and_the_session_stays_the_same() {
    let place = place();
    let (anna, mut browser) = (place.house.anna(), Kept::new("anna's"));
    let first = place.logs_in(&mut browser, &anna, low("kommune"));
    assert!(first.ends_with(" low 1"), "{first}");
    let flow = place.asks_first(&browser, demand("skat"));
    assert!(matches!(flow.step, Step::Code(_)), "only the code: {:?}", flow.step);
    let stepped = over(place.code(&browser, &flow, &right(&anna, &flow)).expect("answered"));
    let before = browser.browser.session;
    browser.keeps(&stepped);
    assert_eq!(session_of(&url(&stepped)), session_of(&first));
    assert!(url(&stepped).ends_with(" substantial 1"));
    assert_ne!(
        browser.browser.session, before,
        "the cookie's value changes with the step up"
    );
    assert!(matches!(place.takes(&browser, demand("borger")), Stand::Over(_)));
}

#[test]
fn a_step_up_is_void_once_its_session_has_ended() {
    let place = place();
    let (anna, mut browser) = (place.house.anna(), Kept::new("anna's"));
    place.logs_in(&mut browser, &anna, low("kommune"));
    let flow = place.asks_first(&browser, demand("skat"));
    let ctx = place.house.ctx();
    place
        .house
        .act(move |tx| crate::session::end_all_of_eid(tx, &ctx, anna.eid));
    let late = place.code(&browser, &flow, &right(&anna, &flow));
    assert!(matches!(late, Err(Halt::Refused(refusal)) if refusal.code == Code::LoginExpired));
    let card = place
        .house
        .act(move |tx| tx.cards().find(&anna.card))
        .expect("the card");
    assert_eq!(card.card.used.count(), 0, "nothing was burnt");
}

#[test]
fn the_finishing_form_sent_twice_gives_one_session_one_burnt_code_and_another_answer() {
    let place = place();
    let (anna, browser) = (place.house.anna(), Kept::new("anna's"));
    let flow = place.asks_first(&browser, demand("borger"));
    let (flow, _) = paged(place.password(&browser, flow, &anna, anna.password));
    let code = right(&anna, &flow);
    let first = over(place.code(&browser, &flow, &code).expect("answered"));
    let second = over(place.code(&browser, &flow, &code).expect("answered"));
    assert_eq!(session_of(&url(&first)), session_of(&url(&second)));
    assert_eq!(first.session, second.session, "the same cookie again");
    assert!(
        url(&second).ends_with(" 2"),
        "the protocol replaced its first answer: {}",
        url(&second)
    );
    let card = place
        .house
        .act(move |tx| tx.cards().find(&anna.card))
        .expect("the card");
    assert_eq!(card.card.used.count(), 1);
    place.house.clock.advance(Span::secs(61));
    let late = place.code(&browser, &flow, &code);
    assert!(matches!(late, Err(Halt::Refused(refusal)) if refusal.code == Code::LoginRepeatTooLate));
}

#[test]
fn thirty_two_browsers_answer_the_same_code_and_one_gets_in() {
    let place = place();
    let anna = place.house.anna();
    let flows: Vec<_> = (0..32)
        .map(|n| {
            let kept = Kept::new(&format!("browser {n}"));
            let flow = place.asks_first(&kept, demand("borger"));
            let (flow, _) = paged(place.password(&kept, flow, &anna, anna.password));
            (kept, flow)
        })
        .collect();
    let code = right(&anna, &flows[0].1);
    let results: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = flows
            .iter()
            .map(|(kept, flow)| scope.spawn(|| place.code(kept, flow, &code).expect("answered")))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"))
            .collect()
    });
    let (done, pages): (Vec<_>, Vec<_>) = results.into_iter().partition(|stand| matches!(stand, Stand::Over(_)));
    assert_eq!((done.len(), pages.len()), (1, 31));
    for stand in pages {
        let (flow, errors) = paged(stand);
        assert_eq!(errors, [Code::CodeUsed]);
        assert!(matches!(flow.step, Step::Code(_)), "with a fresh challenge");
    }
    let card = place
        .house
        .act(move |tx| tx.cards().find(&anna.card))
        .expect("the card");
    assert_eq!(
        (card.card.used.count(), card.card.wrong_in_a_row),
        (1, 0),
        "one burnt code, nobody locked out"
    );
}

#[test]
fn a_wrong_code_is_asked_again_and_garbage_is_not_counted() {
    let place = place();
    let (anna, browser) = (place.house.anna(), Kept::new("anna's"));
    let flow = place.asks_first(&browser, demand("borger"));
    let (flow, _) = paged(place.password(&browser, flow, &anna, anna.password));
    for garbage in ["", "12345", "abcdef", "1234567"] {
        let (_, errors) = paged(place.code(&browser, &flow, garbage).expect("answered"));
        assert!(
            matches!(errors[..], [Code::CodeRequired | Code::CodeFormat]),
            "{errors:?}"
        );
    }
    let (again, errors) = paged(place.code(&browser, &flow, &wrong(&anna, &flow)).expect("answered"));
    assert_eq!(errors, [Code::CodeWrong]);
    over(place.code(&browser, &again, &right(&anna, &again)).expect("answered"));
}

#[test]
fn another_subject_than_the_party_insists_on_is_refused() {
    let place = place();
    let (anna, bo) = (place.house.anna(), place.house.citizen("bo", "another-77x", false));
    let browser = Kept::new("theirs");
    let must_be = Some(MustBe::Person(anna.person));
    let flow = place.asks_first(
        &browser,
        Demand {
            must_be,
            ..demand("borger")
        },
    );
    let (flow, _) = paged(place.password(&browser, flow, &bo, bo.password));
    assert_eq!(flow.step, Step::Notice(Code::LoginSubjectMismatch));
    let left = place.ceremony.leave(&place.house.ctx(), &flow).expect("left");
    assert_eq!(over(left).refused, Some(Code::LoginSubjectMismatch));
}

#[test]
fn another_person_in_the_same_browser_ends_the_first_ones_session() {
    let place = place();
    let (anna, bo) = (place.house.anna(), place.house.citizen("bo", "another-77x", false));
    let mut browser = Kept::new("the family's");
    let first = place.logs_in(&mut browser, &anna, demand("borger"));
    let second = place.logs_in(
        &mut browser,
        &bo,
        Demand {
            fresh: Fresh::Force,
            ..demand("borger")
        },
    );
    assert_ne!(session_of(&first), session_of(&second));
    let annas = place.house.act(move |tx| tx.sessions().open_of_eid(anna.eid));
    assert!(annas.is_empty(), "never a mixed session");
}

#[test]
fn a_netbank_only_eid_is_refused_before_a_code_is_asked_and_the_party_hears_why() {
    let place = place();
    let (anna, browser) = (place.house.anna(), Kept::new("anna's"));
    let eid = anna.eid;
    place.house.act(move |tx| tx.eids().set_public(eid, false));
    let flow = place.asks_first(&browser, demand("borger"));
    let (flow, _) = paged(place.password(&browser, flow, &anna, anna.password));
    assert_eq!(
        flow.step,
        Step::Notice(Code::Oces001),
        "an adult with a CPR number may extend"
    );
    let left = place.ceremony.leave(&place.house.ctx(), &flow).expect("left");
    assert_eq!(url(&over(left)), "OCES001");
    let bank = place.asks_first(&browser, low("netbank"));
    let (bank, _) = paged(place.password(&browser, bank, &anna, anna.password));
    assert_eq!(bank.step, Step::Notice(Code::Auth003), "not linked to this bank");
}

#[test]
fn a_request_is_answered_once() {
    let place = place();
    let (anna, mut browser) = (place.house.anna(), Kept::new("anna's"));
    place.logs_in(&mut browser, &anna, demand("borger"));
    let request = |id: &str| {
        let resume = Resume {
            request_id: Some(("https://sp".into(), id.into())),
            ..demand("skat").resume
        };
        Demand {
            resume,
            ..demand("skat")
        }
    };
    over(place.takes(&browser, request("_1")));
    let again = place.run(place.ceremony.take(&place.house.ctx(), &browser.browser, request("_1")));
    assert!(matches!(again, Err(Halt::Refused(refusal)) if refusal.code == Code::RequestReplayed));
    over(place.takes(&browser, request("_2")));
}

#[test]
fn a_change_of_credentials_voids_what_was_proven_before() {
    let place = place();
    let (anna, browser) = (place.house.anna(), Kept::new("anna's"));
    let flow = place.asks_first(&browser, demand("borger"));
    let (flow, _) = paged(place.password(&browser, flow, &anna, anna.password));
    let eid = anna.eid;
    place.house.act(move |tx| tx.eids().raise_epoch(eid));
    let late = place.code(&browser, &flow, &right(&anna, &flow));
    assert!(matches!(late, Err(Halt::Refused(refusal)) if refusal.code == Code::LoginExpired));
}

#[test]
fn the_sealed_state_opens_for_its_flow_browser_and_time_only() {
    let place = place();
    let ctx = place.house.ctx();
    let vault = &place.house.vault;
    let flow = Flow::begin(&ctx, BrowserMark::of("anna's"), demand("borger"));
    let other = Flow::begin(&ctx, BrowserMark::of("anna's"), demand("borger"));
    let sealed = flow.seal(vault, &ctx).expect("fits");
    let open = |id, browser: &str, cookie: &str, ctx: &Ctx| {
        Flow::open(vault, ctx, id, Some(BrowserMark::of(browser)), Some(cookie)).map_err(|refusal| refusal.code)
    };
    assert_eq!(open(flow.id, "anna's", &sealed, &ctx).as_ref(), Ok(&flow));
    assert_eq!(open(other.id, "anna's", &sealed, &ctx), Err(Code::LoginExpired));
    assert_eq!(open(flow.id, "a thief's", &sealed, &ctx), Err(Code::LoginWrongBrowser));
    assert_eq!(open(flow.id, "anna's", &sealed[1..], &ctx), Err(Code::LoginExpired));
    assert_eq!(open(flow.id, "anna's", "", &ctx), Err(Code::LoginExpired));
    place.house.clock.advance(Span::minutes(10));
    assert_eq!(
        open(flow.id, "anna's", &sealed, &place.house.ctx()),
        Err(Code::LoginExpired)
    );
    let token = flow.csrf(vault);
    assert!(flow.csrf_ok(vault, &token) && !other.csrf_ok(vault, &token) && !flow.csrf_ok(vault, ""));
    let next = Flow {
        step: Step::Notice(Code::Oces001),
        ..flow
    };
    assert!(!next.csrf_ok(vault, &token), "each step has its own token");
}

#[test]
fn a_request_that_does_not_fit_is_refused_on_arrival() {
    let place = place();
    let of = |bytes: usize| {
        let resume = Resume {
            state: vec![b's'; bytes],
            ..demand("borger").resume
        };
        let asks = Demand {
            resume,
            ..demand("borger")
        };
        Flow::begin(&place.house.ctx(), BrowserMark::of("b"), asks).seal(&place.house.vault, &place.house.ctx())
    };
    assert!(of(1_800).is_ok());
    assert_eq!(of(3_000).map_err(|refusal| refusal.code), Err(Code::RequestTooLarge));
}

#[test]
fn a_person_who_has_died_is_refused_everywhere_also_on_a_running_session() {
    let place = place();
    let (anna, mut browser) = (place.house.anna(), Kept::new("anna's"));
    place.logs_in(&mut browser, &anna, demand("borger"));
    let person = anna.person;
    place
        .house
        .act(move |tx| tx.people().set_status(person, crate::storage::PersonStatus::Ended));
    let flow = place.asks_first(&browser, demand("skat"));
    assert_eq!(flow.step, Step::Credentials, "the session serves nobody any more");
    let (flow, _) = paged(place.password(&browser, flow, &anna, anna.password));
    assert_eq!(flow.step, Step::Notice(Code::Auth001));
}

#[test]
fn a_log_in_renews_a_verifier_of_another_cost() {
    let mut place = place();
    let (anna, mut browser) = (place.house.anna(), Kept::new("anna's"));
    place.ceremony.hash = crate::vault::password::Params { passes: 3, ..CHEAP };
    let eid = anna.eid;
    let cost = |place: &Place| {
        let stored = place.house.act(move |tx| tx.passwords().find(eid)).expect("a password");
        crate::vault::password::Verifier::from_bytes(&stored.verifier)
            .expect("a verifier")
            .params
    };
    let flow = place.asks_first(&browser, demand("borger"));
    paged(place.password(&browser, flow, &anna, "wrong-1234x"));
    assert_eq!(cost(&place), CHEAP, "a wrong password renews nothing");
    place.logs_in(&mut browser, &anna, demand("borger"));
    assert_eq!(cost(&place), place.ceremony.hash);
    place.logs_in(
        &mut browser,
        &anna,
        Demand {
            fresh: Fresh::Force,
            ..demand("borger")
        },
    );
}
