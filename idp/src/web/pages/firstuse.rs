//! The pages of the first use, one for each step, and of ordering an activation password.

use askama::Template;

use super::{
    Page,
    frame::{Form, Frame},
};
use crate::{domain::refusal::Refusal, web::visit::Visit};

/// `data-step="activate"`: user-ID and activation password.
#[derive(Debug, Template)]
#[template(path = "activate.html")]
pub struct Activate {
    frame: Frame,
    form: Form,
    user_id: String,
}

impl Activate {
    /// `user_id` is what was typed before.
    #[must_use]
    pub fn new(visit: &Visit, csrf: String, user_id: &str, refusals: &[Refusal]) -> Self {
        Self {
            frame: Frame::of(visit),
            form: Form::of(visit, csrf, refusals),
            user_id: user_id.to_owned(),
        }
    }
}

impl Page for Activate {}

/// `data-step="terms"`: the rules.
#[derive(Debug, Template)]
#[template(path = "activate_terms.html")]
pub struct Terms {
    frame: Frame,
    form: Form,
    rules: Vec<String>,
}

impl Terms {
    /// The rules, one by one.
    #[must_use]
    pub fn new(visit: &Visit, csrf: String, rules: Vec<String>, refusals: &[Refusal]) -> Self {
        Self {
            frame: Frame::of(visit),
            form: Form::of(visit, csrf, refusals),
            rules,
        }
    }
}

impl Page for Terms {}

/// `data-step="choose"`: a password, and a user-ID if one is wished for.
#[derive(Debug, Template)]
#[template(path = "activate_choose.html")]
pub struct Choose {
    frame: Frame,
    form: Form,
    user_id: String,
}

impl Choose {
    /// `user_id` is what was typed before.
    #[must_use]
    pub fn new(visit: &Visit, csrf: String, user_id: &str, refusals: &[Refusal]) -> Self {
        Self {
            frame: Frame::of(visit),
            form: Form::of(visit, csrf, refusals),
            user_id: user_id.to_owned(),
        }
    }
}

impl Page for Choose {}

/// `data-step="code"`: the first code of the card.
#[derive(Debug, Template)]
#[template(path = "activate_code.html")]
pub struct FirstCode {
    frame: Frame,
    form: Form,
    index: String,
    card: String,
}

impl FirstCode {
    /// `index` is four digits, `card` the card's number.
    #[must_use]
    pub fn new(visit: &Visit, csrf: String, (index, card): (&str, &str), refusals: &[Refusal]) -> Self {
        Self {
            frame: Frame::of(visit),
            form: Form::of(visit, csrf, refusals),
            index: index.to_owned(),
            card: card.to_owned(),
        }
    }
}

impl Page for FirstCode {}

/// `data-step="waiting"`: the password is chosen, a card that can be asked is not there yet.
#[derive(Debug, Template)]
#[template(path = "activate_waiting.html")]
pub struct CardLater {
    frame: Frame,
    code: &'static str,
    text: String,
}

impl CardLater {
    /// The refusal says why no code can be asked.
    #[must_use]
    pub fn new(visit: &Visit, refusal: &Refusal) -> Self {
        Self {
            frame: Frame::of(visit),
            code: refusal.code.as_str(),
            text: visit.say().refusal(refusal),
        }
    }
}

impl Page for CardLater {}

/// `data-step="done"`: the eID is in use.
#[derive(Debug, Template)]
#[template(path = "activate_done.html")]
pub struct Activated {
    frame: Frame,
    /// Where the key of an eID on hardware is added.
    add_key: Option<&'static str>,
}

impl Activated {
    /// The same for everybody whose eID is on cards, and for everybody whose eID is on hardware.
    #[must_use]
    pub fn new(visit: &Visit, add_key: Option<&'static str>) -> Self {
        Self {
            frame: Frame::fixed(visit),
            add_key,
        }
    }
}

impl Page for Activated {}

/// `data-step="order"`: an activation password is ordered.
#[derive(Debug, Template)]
#[template(path = "activate_order.html")]
pub struct OrderActivation {
    frame: Frame,
    form: Form,
    user_id: String,
    card: String,
}

impl OrderActivation {
    /// What was typed before stands in the fields.
    #[must_use]
    pub fn new(visit: &Visit, csrf: String, (user_id, card): (&str, &str), refusals: &[Refusal]) -> Self {
        Self {
            frame: Frame::of(visit),
            form: Form::of(visit, csrf, refusals),
            user_id: user_id.to_owned(),
            card: card.to_owned(),
        }
    }
}

impl Page for OrderActivation {}

/// `data-step="ordered"`: the one answer to every order.
#[derive(Debug, Template)]
#[template(path = "activate_ordered.html")]
pub struct ActivationOrdered {
    frame: Frame,
}

impl ActivationOrdered {
    /// The same for everybody.
    #[must_use]
    pub fn new(visit: &Visit) -> Self {
        Self {
            frame: Frame::fixed(visit),
        }
    }
}

impl Page for ActivationOrdered {}
