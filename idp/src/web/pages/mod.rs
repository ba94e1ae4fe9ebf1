//! The pages: what each needs to know, as types. Owns their markup (`templates/`), which is that of
//! docs/protocol/log-in-page.md to the letter; never decides what is shown.

mod firstuse;
mod frame;
mod login;
mod plain;

use askama::Template;

pub use firstuse::{Activate, Activated, ActivationOrdered, CardLater, Choose, FirstCode, OrderActivation, Terms};
pub use frame::{AsksPasskey, ErrorLine, Errors, Form, Frame};
pub use login::{
    AppPage, Asks, CodePage, ConsentPage, Credentials, Done, FactorPage, Notice, PasskeyPage, VoicePage, Wait,
};
pub use plain::{ConfirmLogout, FaultPage, LoggedOut, Refused, Start};

use super::csp::Csp;

/// A page that can be sent.
pub trait Page: Template {
    /// What it may do in the browser.
    fn csp(&self) -> Csp {
        Csp::own()
    }
}
