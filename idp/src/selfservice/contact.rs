//! Where a person can be reached; kept sealed. Both may be empty: an eID works without.

use serde::Serialize;

use super::account::Holder;
use crate::audit::{Event, record};
use crate::ctx::Ctx;
use crate::delivery::{Notice, notice};
use crate::domain::contact::{Email, Phone};
use crate::domain::refusal::{Code, Refusal};
use crate::login::Ceremony;
use crate::storage::{Halt, Tx};

/// What is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Contact {
    pub(super) email: String,
    pub(super) phone: String,
}

/// Reads it.
pub(super) fn read(tx: &mut Tx<'_>, holder: &Holder) -> Result<Contact, Halt> {
    let person = tx.people().find(holder.eid.person)?;
    Ok(Contact {
        email: person.email.unwrap_or_default(),
        phone: person.phone.unwrap_or_default(),
    })
}

/// What was typed, once it has been found good.
#[derive(Debug, Clone)]
pub(super) struct Wish {
    email: Option<Email>,
    phone: Option<Phone>,
}

impl Wish {
    /// Judges both fields.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub(super) fn parse(typed: &Contact) -> Result<Self, Vec<Refusal>> {
        fn field<T>(text: &str, parse: impl Fn(&str) -> Result<T, Code>) -> Result<Option<T>, Code> {
            let text = text.trim();
            if text.is_empty() {
                return Ok(None);
            }
            parse(text).map(Some)
        }
        match (field(&typed.email, Email::parse), field(&typed.phone, Phone::parse)) {
            (Ok(email), Ok(phone)) => Ok(Self { email, phone }),
            (email, phone) => {
                let email = email.err().map(|code| Refusal::new(code).at("email"));
                let phone = phone.err().map(|code| Refusal::new(code).at("phone"));
                Err(email.into_iter().chain(phone).collect())
            }
        }
    }
}

/// Writes it down.
pub(super) fn change(tx: &mut Tx<'_>, ctx: &Ctx, house: &Ceremony, holder: &Holder, wish: &Wish) -> Result<(), Halt> {
    holder.hold(tx, ctx, house)?;
    let before = tx.people().find(holder.eid.person)?;
    let email = before.email.as_deref() != wish.email.as_ref().map(Email::as_str);
    let phone = before.phone.as_deref() != wish.phone.as_ref().map(Phone::as_str);
    if !email && !phone {
        return Ok(());
    }
    tx.people()
        .set_contact(holder.eid.person, wish.email.as_ref(), wish.phone.as_ref())?;
    let who = holder.who();
    record(tx, ctx, &Event::ContactChanged { who, email, phone })?;
    let told = Notice::ContactChanged {
        old_email: before.email,
        old_phone: before.phone,
    };
    notice(tx, ctx, who, told)
}
