//! How a log-in answers our own pages: with the way back to the page that asked for it. No message, no token: the session cookie is
//! all that these pages need.

use crate::config::Origin;
use crate::ctx::Ctx;
use crate::domain::refusal::Refusal;
use crate::fault::Fault;
use crate::login::{Continue, Outcome, Protocol, Resume};
use crate::storage::{Halt, Tx};

/// Our own pages as the ceremony sees them.
#[derive(Debug, Clone)]
pub struct Own {
    public_url: Origin,
}

impl Own {
    /// Under the address that browsers know us by.
    #[must_use]
    pub fn new(public_url: Origin) -> Self {
        Self { public_url }
    }

    /// The page that asked: sealed by us since then, and looked at once more, so that no slip of ours leads elsewhere.
    fn way(&self, resume: &Resume) -> String {
        let path = std::str::from_utf8(&resume.state).unwrap_or_default();
        let ours = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
        self.public_url.at(if ours { path } else { "/" })
    }
}

impl Protocol for Own {
    fn finish(
        &self,
        _tx: &mut Tx<'_>,
        _ctx: &Ctx,
        _resume: &Resume,
        _outcome: &Outcome,
        _previous: Option<&[u8]>,
    ) -> Result<Vec<u8>, Halt> {
        Ok(Vec::new())
    }

    fn answer(&self, _ctx: &Ctx, resume: &Resume, _outcome: &Outcome, _finished: &[u8]) -> Result<Continue, Fault> {
        Ok(Continue::Redirect { url: self.way(resume) })
    }

    fn refuse(&self, _ctx: &Ctx, _resume: &Resume, _refusal: &Refusal) -> Result<Continue, Fault> {
        Ok(Continue::Redirect {
            url: self.public_url.at("/"),
        })
    }

    fn form_origins(&self, _resume: &Resume) -> Vec<String> {
        Vec::new()
    }
}
