//! In whatever order the steps of a log-in are sent, and whichever of its states a browser sends again: nobody is let in who has
//! not shown every factor that the party asks for.
#![expect(clippy::expect_used, reason = "tests")]

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::sample::Index;
use zeroize::Zeroizing;

use super::ceremony::Ceremony;
use super::demand::{Continue, Demand, Fresh, Outcome, Protocol, Purpose, Resume, ResumeKind};
use super::flow::{BrowserMark, Flow, Step};
use super::protocols::Protocols;
use super::room::Room;
use super::service::{Browser, Credentials, Stand};
use super::session::token_hash;
use crate::config::parties::{Parties, SharedParties};
use crate::credentials::password::Sources;
use crate::credentials::second::Asked;
use crate::ctx::Ctx;
use crate::domain::assurance::Level;
use crate::domain::keycard::Code as CardCode;
use crate::domain::refusal::Refusal;
use crate::domain::room::Class;
use crate::domain::time::{Span, Time};
use crate::fault::Fault;
use crate::session::Limits;
use crate::storage::{Halt, Tx};
use crate::testing::{CHEAP, Citizen, House};
use crate::vault::card::{SCHEME, entries};
use crate::work::{Work, WorkSettings};

/// A protocol whose answer is the level that was reached.
struct Plain;

impl Protocol for Plain {
    fn finish(&self, _: &mut Tx<'_>, _: &Ctx, _: &Resume, _: &Outcome, _: Option<&[u8]>) -> Result<Vec<u8>, Halt> {
        Ok(Vec::new())
    }

    fn answer(&self, _: &Ctx, _: &Resume, outcome: &Outcome, _: &[u8]) -> Result<Continue, Fault> {
        let url = outcome.level.as_str().to_owned();
        Ok(Continue::Redirect { url })
    }

    fn refuse(&self, _: &Ctx, _: &Resume, refusal: &Refusal) -> Result<Continue, Fault> {
        let url = refusal.code.as_str().to_owned();
        Ok(Continue::Redirect { url })
    }

    fn form_origins(&self, _: &Resume) -> Vec<String> {
        Vec::new()
    }
}

/// What somebody at a browser does next; `state` is any state of any log-in that the browser was ever given.
#[derive(Debug, Clone)]
enum Deed {
    /// A party sends the browser here.
    Sent { low: bool, fresh: bool },
    /// Types user-ID and password.
    Password { state: Index, right: bool },
    /// Types a code.
    Code { state: Index, right: bool },
    /// Gives up.
    Leaves { state: Index },
    /// Clears the session's cookie.
    Forgets,
    /// Waits.
    Waits { minutes: i64 },
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        3 => (any::<bool>(), any::<bool>()).prop_map(|(low, fresh)| Deed::Sent { low, fresh }),
        4 => (any::<Index>(), prop::bool::weighted(0.7)).prop_map(|(state, right)| Deed::Password { state, right }),
        4 => (any::<Index>(), prop::bool::weighted(0.7)).prop_map(|(state, right)| Deed::Code { state, right }),
        1 => any::<Index>().prop_map(|state| Deed::Leaves { state }),
        1 => Just(Deed::Forgets),
        1 => (1_i64..12).prop_map(|minutes| Deed::Waits { minutes }),
    ]
}

/// A state of a log-in, and what was shown on the way to it.
#[derive(Clone)]
struct State {
    flow: Flow,
    password: bool,
}

struct Story {
    house: House,
    ceremony: Ceremony,
    anna: Citizen,
    browser: Browser,
    states: Vec<State>,
    finished: HashSet<crate::domain::id::FlowId>,
    shown: Option<Shown>,
}

/// What the browser's session rests on: the strongest proof since it began (docs/decisions/0074).
#[derive(Clone, Copy)]
struct Shown {
    level: Level,
    began: Time,
    last: Time,
}

impl Shown {
    fn lives(self, now: Time) -> bool {
        let limits = Limits::default();
        now < self.last + limits.idle && now < self.began + limits.absolute
    }
}

impl Story {
    fn begin() -> Story {
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
        let anna = house.anna();
        let browser = Browser {
            mark: BrowserMark::of("the browser"),
            class: Class::Stranger,
            devices: Vec::new(),
            session: None,
        };
        Story {
            house,
            ceremony,
            anna,
            browser,
            states: Vec::new(),
            finished: HashSet::new(),
            shown: None,
        }
    }

    fn state(&self, index: Index) -> Option<State> {
        (!self.states.is_empty()).then(|| index.get(&self.states).clone())
    }

    fn does(&mut self, deed: Deed) -> Result<(), TestCaseError> {
        let ctx = self.house.ctx();
        match deed {
            Deed::Sent { low, fresh } => {
                let demand = demand(low, fresh);
                let wanted = demand.least;
                let stand = run(self.ceremony.take(&ctx, &self.browser, demand));
                // Let in at once: only on what was shown before. Where only the code is missing, the password was.
                let lives = self.shown.filter(|shown| shown.lives(ctx.now));
                let shown = lives.is_some_and(|shown| shown.level >= wanted) && !fresh;
                self.comes(stand, lives.is_some(), shown, None)
            }
            Deed::Password { state, right } => {
                let Some(State { flow, password }) = self.state(state) else {
                    return Ok(());
                };
                let (id, least) = (flow.id, flow.demand.least);
                let typed = Credentials {
                    user_id: self.anna.user_id.into(),
                    password: Zeroizing::new(if right { self.anna.password } else { "wrong-1234x" }.into()),
                };
                let stand = run(self.ceremony.credentials(&ctx, &self.browser, flow, typed));
                self.comes(stand, password || right, right && least == Level::Low, Some(id))
            }
            Deed::Code { state, right } => {
                let Some(State { flow, password }) = self.state(state) else {
                    return Ok(());
                };
                let (id, code) = (flow.id, self.code(&flow, right));
                let asked = matches!(flow.step, Step::Code(_));
                let stand = run(self.ceremony.code(&ctx, &self.browser, flow, &code));
                self.comes(stand, password, asked && password && right, Some(id))
            }
            Deed::Leaves { state } => {
                if let Some(State { flow, .. }) = self.state(state) {
                    let Ok(Stand::Over(over)) = self.ceremony.leave(&ctx, &flow) else {
                        return Err(TestCaseError::fail("whoever gives up is let go"));
                    };
                    prop_assert!(over.refused.is_some() && over.session.is_none());
                }
                Ok(())
            }
            Deed::Forgets => {
                (self.browser.session, self.shown) = (None, None);
                Ok(())
            }
            Deed::Waits { minutes } => {
                self.house.clock.advance(Span::minutes(minutes));
                Ok(())
            }
        }
    }

    /// `complete` says whether what was shown on this way suffices to be let in.
    fn comes(
        &mut self,
        stand: Result<Stand, Halt>,
        password: bool,
        complete: bool,
        flow: Option<crate::domain::id::FlowId>,
    ) -> Result<(), TestCaseError> {
        match stand {
            Ok(Stand::Page { flow, .. }) => {
                if matches!(flow.step, Step::Code(_)) {
                    prop_assert!(password, "a code is asked after the password alone");
                }
                self.states.push(State { flow: *flow, password });
            }
            Ok(Stand::Over(over)) if over.refused.is_none() => {
                let again = flow.is_some_and(|flow| self.finished.contains(&flow));
                prop_assert!(complete || again, "let in without every factor");
                let Continue::Redirect { url } = &over.go_on else {
                    return Err(TestCaseError::fail("an answer"));
                };
                let level = if url == Level::Substantial.as_str() {
                    Level::Substantial
                } else {
                    Level::Low
                };
                self.finished.extend(flow);
                let now = self.house.clock.now();
                let before = self.shown.filter(|shown| shown.lives(now));
                if let Some((_, token)) = &over.session {
                    self.browser.session = Some(token_hash(token));
                    self.shown = Some(Shown {
                        level: before.map_or(level, |before| before.level.max(level)),
                        began: before.map_or(now, |before| before.began),
                        last: now,
                    });
                } else if let Some(before) = before {
                    self.shown = Some(Shown { last: now, ..before });
                }
            }
            Ok(Stand::Over(_)) | Err(Halt::Refused(_)) => {}
            Err(halt) => return Err(TestCaseError::fail(format!("{halt:?}"))),
        }
        Ok(())
    }

    /// What stands beside the entry that the state shows, or something else; any code where none is asked.
    fn code(&self, flow: &Flow, right: bool) -> String {
        let Step::Code(Asked::Card(asked)) = &flow.step else {
            return "123456".into();
        };
        let stands = entries(&self.anna.secret, SCHEME).code[usize::from(asked.position.get())];
        let other = CardCode::new((stands.get() + 1) % CardCode::COUNT).expect("a code");
        let code = if right { stands } else { other };
        code.to_string()
    }
}

fn run(act: impl Future<Output = Result<Stand, Halt>>) -> Result<Stand, Halt> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(act)
}

/// Public services that share their sessions, one of which takes a password alone.
fn demand(low: bool, fresh: bool) -> Demand {
    Demand {
        party: if low { "kommune" } else { "borger" }.into(),
        least: if low { Level::Low } else { Level::Substantial },
        wanted: Vec::new(),
        fresh: if fresh { Fresh::Force } else { Fresh::No },
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 64, ..ProptestConfig::default() })]

    #[test]
    fn no_order_of_steps_lets_anybody_in_without_every_factor(deeds in prop::collection::vec(deed(), 1..24)) {
        let mut story = Story::begin();
        for deed in deeds {
            story.does(deed)?;
        }
    }
}

#[test]
fn the_order_that_is_meant_lets_in() {
    let mut story = Story::begin();
    let ctx = story.house.ctx();
    let sent = run(story.ceremony.take(&ctx, &story.browser, demand(false, false)));
    story.comes(sent, false, false, None).expect("a page");
    let typed = Credentials {
        user_id: story.anna.user_id.into(),
        password: Zeroizing::new(story.anna.password.into()),
    };
    let flow = story.states[0].flow.clone();
    let page = run(story.ceremony.credentials(&ctx, &story.browser, flow, typed));
    story.comes(page, true, false, None).expect("the code is asked");
    let flow = story.states[1].flow.clone();
    let (id, code) = (flow.id, story.code(&flow, true));
    let over = run(story.ceremony.code(&ctx, &story.browser, flow, &code));
    story.comes(over, true, true, Some(id)).expect("let in");
    let shown = story.shown.map(|shown| shown.level);
    assert_eq!((story.finished.len(), shown), (1, Some(Level::Substantial)));
}
