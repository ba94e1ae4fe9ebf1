//! A log-in on its way: its state travels with the browser, sealed; the server keeps nothing before the finish.
//!
//! The seal binds flow, step and browser: a state is only opened for the flow id in the address, from the cookie of that path,
//! in the browser whose random value it names, within ten minutes.

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use super::demand::{Claim, Demand};
use crate::audit::Who;
use crate::credentials::second::{Asked, For};
use crate::ctx::Ctx;
use crate::domain::factor::{Factor, Factors};
use crate::domain::id::{DeviceId, EidId, FlowId, PersonId, SessionId};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::time::{Span, Time};
use crate::vault::{Travel, Vault};

/// How long a log-in may take.
pub const FLOW_LIFE: Span = Span::minutes(10);
/// What fits in a cookie beside the others (RFC 6265 §6.1 asks browsers for 4096 bytes a cookie).
const COOKIE_LIMIT: usize = 3_072;
/// What the later steps add to the state, in the letters of the cookie: a request that would not fit then is refused on arrival,
/// never after the password.
const RESERVE: usize = 300;

/// Where a log-in stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// User-ID and password are asked.
    Credentials,
    /// A second factor is asked: a code of the card, or of a token.
    Code(Asked),
    /// The person chooses which of their factors they want to use.
    Factor,
    /// The person says whether the party may know these, which it asks for.
    Consent(Vec<Claim>),
    /// The person was told why it cannot go on; all that is left is to go back to the party.
    Notice(Code),
}

impl Step {
    /// The stable word of the step (`data-step`).
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Step::Credentials => "credentials",
            Step::Code(Asked::App(_)) => "app",
            Step::Code(Asked::Passkey(_)) => "passkey",
            Step::Code(_) => "code",
            Step::Factor => "factor",
            Step::Consent(_) => "consent",
            Step::Notice(_) => "notice",
        }
    }

    /// The factor that is asked.
    #[must_use]
    pub fn factor(&self) -> Option<Factor> {
        match self {
            Step::Code(asked) => Some(asked.factor()),
            Step::Credentials | Step::Factor | Step::Consent(_) | Step::Notice(_) => None,
        }
    }
}

/// What a right password, or the session that is stepped up, has proven so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proven {
    /// The eID.
    pub eid: EidId,
    /// Whose it is.
    pub person: PersonId,
    /// Void in any other credential epoch.
    pub epoch: i32,
    /// When.
    pub at: Time,
    /// The known device it was typed on.
    pub device: Option<DeviceId>,
    /// The session that it is a further factor for.
    pub steps_up: Option<SessionId>,
    /// The session of our own pages whose log-in it is.
    pub rests_on: Option<SessionId>,
    /// The factors that this person can be asked for here.
    pub offers: Factors,
    /// They want to be asked first for the one that they finish with.
    pub usual: bool,
    /// Failed tries of strangers since the last log-in.
    pub failed: u32,
    /// The last log-in.
    pub last_login: Option<Time>,
}

impl Proven {
    /// Whom it is about.
    #[must_use]
    pub fn who(&self) -> Who {
        Who {
            person: self.person,
            eid: self.eid,
        }
    }
}

/// A person's answer to what a party wants to know: theirs alone, and about what was shown to them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Who said it.
    pub by: EidId,
    /// What was shown.
    pub claims: Vec<Claim>,
    /// It may know.
    pub yes: bool,
    /// At the next log-ins too, unasked.
    pub remember: bool,
}

/// The state of a log-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// Its id, in the address.
    pub id: FlowId,
    /// SHA-256 of the browser's random value, cut to 16 bytes.
    pub browser: BrowserMark,
    /// Where it stands.
    pub step: Step,
    /// What the party asked.
    pub demand: Demand,
    /// What has been proven.
    pub proven: Option<Proven>,
    /// What the person said of what the party asks for.
    pub said: Option<Said>,
    /// When it began.
    pub issued: Time,
}

/// Which browser a flow belongs to, without its secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrowserMark([u8; 16]);

impl BrowserMark {
    /// The mark of a browser's random value.
    #[must_use]
    pub fn of(secret: &str) -> BrowserMark {
        let hash = digest(&SHA256, secret.as_bytes());
        let mut mark = [0; 16];
        mark.copy_from_slice(&hash.as_ref()[..16]);
        BrowserMark(mark)
    }

    /// As a ticket of the waiting room holds it.
    #[must_use]
    pub const fn bytes(self) -> [u8; 16] {
        self.0
    }

    /// As stored with a finished flow.
    #[must_use]
    pub fn stored(self) -> [u8; 32] {
        let mut stored = [0; 32];
        stored[..16].copy_from_slice(&self.0);
        stored
    }
}

impl Flow {
    /// What this person has said of what the party asks for; what somebody else said is not theirs.
    #[must_use]
    pub fn said_by(&self, eid: EidId) -> Option<&Said> {
        self.said.as_ref().filter(|said| said.by == eid)
    }

    /// Begins a log-in.
    #[must_use]
    pub fn begin(ctx: &Ctx, browser: BrowserMark, demand: Demand) -> Flow {
        let id = FlowId::from_uuid(ctx.rng.uuid_v7(ctx.now));
        Flow {
            id,
            browser,
            step: Step::Credentials,
            demand,
            proven: None,
            said: None,
            issued: ctx.now,
        }
    }

    /// What an answer of this eID's would be for.
    #[must_use]
    pub fn wants(&self, eid: EidId) -> For<'_> {
        For {
            flow: self.id,
            browser: self.browser.stored(),
            eid,
            party: &self.demand.party,
            purpose: self.demand.purpose,
        }
    }

    /// When it lapses.
    #[must_use]
    pub fn expires_at(&self) -> Time {
        self.issued + FLOW_LIFE
    }

    /// The sealed state for the cookie.
    ///
    /// # Errors
    /// `request.too_large` when it would not fit.
    pub fn seal(&self, vault: &Vault, ctx: &Ctx) -> Result<String, Refusal> {
        let plain = postcard::to_allocvec(self).map_err(|_| Refusal::new(Code::RequestMalformed))?;
        let sealed = vault.travel_seal(Travel::Flow, ctx.now, &plain, &ctx.rng);
        let reserve = if self.proven.is_none() { RESERVE } else { 0 };
        if sealed.len() + reserve > COOKIE_LIMIT {
            Err(Refusal::new(Code::RequestTooLarge))
        } else {
            Ok(sealed)
        }
    }

    /// Opens the state that the cookie brought.
    ///
    /// # Errors
    /// `login.expired` when it is none of ours or too old; `login.wrong_browser` when it is another browser's.
    pub fn open(
        vault: &Vault,
        ctx: &Ctx,
        id: FlowId,
        browser: Option<BrowserMark>,
        cookie: Option<&str>,
    ) -> Result<Flow, Refusal> {
        let expired = || Refusal::new(Code::LoginExpired);
        let plain = cookie
            .and_then(|c| vault.travel_open(Travel::Flow, ctx.now, c))
            .ok_or_else(expired)?;
        let flow: Flow = postcard::from_bytes(&plain).map_err(|_| expired())?;
        if flow.id != id || ctx.now >= flow.expires_at() {
            return Err(expired());
        }
        if browser != Some(flow.browser) {
            return Err(Refusal::new(Code::LoginWrongBrowser));
        }
        Ok(flow)
    }

    /// The token that a form of this step must carry: bound to flow, step and browser.
    #[must_use]
    pub fn csrf(&self, vault: &Vault) -> String {
        vault.csrf(&self.csrf_input())
    }

    /// Whether a form carries the token of this step.
    #[must_use]
    pub fn csrf_ok(&self, vault: &Vault, token: &str) -> bool {
        vault.csrf_ok(&self.csrf_input(), token)
    }

    fn csrf_input(&self) -> Vec<u8> {
        // A code of one factor is never taken for another's, whichever page was left open.
        let factor = self.step.factor().map_or("", Factor::as_str);
        let step = [self.step.word(), factor].join("/");
        [&self.id.bytes()[..], &self.browser.0, step.as_bytes()].concat()
    }
}
