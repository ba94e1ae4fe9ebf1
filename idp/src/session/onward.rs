//! A log-out goes on: whoever ended sessions by way of the browser hands the browser to the protocol that tells its services
//! by redirects. The hand-over is a sealed value in an address, so that no protocol needs to know another.

use serde::{Deserialize, Serialize};

use crate::ctx::Ctx;
use crate::domain::id::SessionId;
use crate::domain::time::{Span, Time};
use crate::fault::Fault;
use crate::vault::{Travel, Vault};

/// The hand-over is used at once.
const LIFE: Span = Span::minutes(5);

/// What the next protocol has to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Onward {
    /// The sessions; they have ended.
    pub sessions: Vec<SessionId>,
    /// Parties (by id) that are known not to hear of it.
    pub unreached: Vec<String>,
    /// Where the person goes in the end: party (by id) and its verified address.
    pub back: Option<(String, String)>,
    /// When it was handed over, in seconds.
    pub at: i64,
}

impl Onward {
    /// Where SAML takes it up.
    pub const PATH: &'static str = "/saml/logout";

    /// A hand-over of this moment.
    #[must_use]
    pub fn new(ctx: &Ctx, sessions: Vec<SessionId>, unreached: Vec<String>, back: Option<(String, String)>) -> Self {
        Self {
            sessions,
            unreached,
            back,
            at: ctx.now.secs(),
        }
    }

    /// The address (path and query) to which the browser is sent.
    ///
    /// # Errors
    /// A fault when it cannot be written.
    pub fn address(&self, vault: &Vault, ctx: &Ctx) -> Result<String, Fault> {
        let plain = serde_json::to_vec(self).map_err(|e| Fault::new("a log-out cannot be handed over", e))?;
        let sealed = vault.travel_seal(Travel::LogoutOnward, ctx.now, &plain, &ctx.rng);
        Ok(format!("{}?t={sealed}", Self::PATH))
    }

    /// Opens a hand-over of ours that is not old.
    #[must_use]
    pub fn open(vault: &Vault, now: Time, sealed: &str) -> Option<Self> {
        let onward: Self = serde_json::from_slice(&vault.travel_open(Travel::LogoutOnward, now, sealed)?).ok()?;
        (now < Time::from_secs(onward.at) + LIFE).then_some(onward)
    }
}
