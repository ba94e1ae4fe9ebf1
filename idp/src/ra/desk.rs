//! What the slice works with: made once by `app`, shared by every call.

use std::sync::Arc;

use super::limits::Limits;
use crate::config::Settings;
use crate::config::parties::SharedParties;
use crate::credentials::activation::Rules;
use crate::domain::time::Span;
use crate::storage::Store;

/// The officers' desk.
#[derive(Clone)]
pub struct Desk {
    pub(super) store: Store,
    pub(super) parties: SharedParties,
    /// Our name: what assertions are addressed to.
    pub(super) issuer: String,
    /// Clocks may differ by this much.
    pub(super) skew: Span,
    pub(super) limits: Arc<Limits>,
    /// How activation passwords are made.
    pub(super) activation: Rules,
}

impl Desk {
    /// A desk under the configured address.
    #[must_use]
    pub fn new(store: Store, parties: SharedParties, activation: Rules, settings: &Settings) -> Self {
        Self {
            store,
            parties,
            issuer: settings.server.public_url.as_str().to_owned(),
            skew: settings.oidc.skew_minutes.span(),
            limits: Arc::new(Limits::new(
                settings.ra.calls_per_minute,
                settings.ra.officer_calls_per_minute,
            )),
            activation,
        }
    }
}
