//! What the slice works with: made once by `app`, shared by every call.

use std::sync::Arc;

use super::limits::Limits;
use crate::config::Settings;
use crate::config::parties::SharedParties;
use crate::credentials::activation;
use crate::domain::proofing;
use crate::domain::time::Span;
use crate::letters::Printer;
use crate::registers::Registers;
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
    pub(super) rules: Rules,
    /// Whom we ask about people and documents.
    pub(super) registers: Registers,
    /// What makes letters.
    pub(super) printer: Arc<Printer>,
}

/// How things are done here, whoever asks for them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    /// How activation passwords are made.
    pub(super) activation: activation::Rules,
    /// What shows who somebody is.
    pub(super) proofing: proofing::Rules,
    /// Unused cards that a holder may have at once when an officer orders.
    pub(super) cards: usize,
    /// A demo, which knows substitute numbers only.
    pub(super) demo: bool,
}

impl Desk {
    /// A desk under the configured address.
    #[must_use]
    pub fn new(
        store: Store,
        parties: SharedParties,
        (registers, printer): (Registers, Arc<Printer>),
        activation: activation::Rules,
        settings: &Settings,
    ) -> Self {
        Self {
            store,
            parties,
            issuer: settings.server.public_url.as_str().to_owned(),
            skew: settings.oidc.skew_minutes.span(),
            limits: Arc::new(Limits::new(
                settings.ra.calls_per_minute,
                settings.ra.officer_calls_per_minute,
            )),
            rules: Rules {
                activation,
                proofing: settings.proofing.rules(),
                cards: settings.keycard.officer_cards,
                demo: settings.is_demo(),
            },
            registers,
            printer,
        }
    }
}
