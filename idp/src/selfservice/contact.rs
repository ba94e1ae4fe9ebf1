//! Where a person can be reached; kept sealed. Both may be empty: an eID works without. A new address is kept once its owner has shown that
//! they read what is sent there: until then it travels with the form, and the code that was sent to it is derived, not stored.
//!
//! ```text
//!  new address typed ──▶ code sent to it ──▶ code typed in the same session ──▶ kept; the old address is told
//!        └─ empty: at once                      10 minutes, 5 wrong ones an hour
//! ```

use serde::Serialize;
use zeroize::Zeroizing;

use super::account::Holder;
use crate::audit::{Event, record};
use crate::ctx::Ctx;
use crate::delivery::{Address, Notice, OneTime, notice, notice_at};
use crate::domain::contact::{Email, Phone, Sent};
use crate::domain::refusal::{Code, Refusal};
use crate::domain::time::{Span, Time};
use crate::issuing::online::Proposed;
use crate::login::Ceremony;
use crate::storage::{Halt, Tx};
use crate::vault::{Mac, Vault};

/// A code serves for so long at least, and at most twice as long.
const LIFE: Span = Span::micros(LIFE_MICROS);
const LIFE_MICROS: i64 = 600_000_000;
/// Codes that one eID may have sent in [`DAY`].
const ASKED_A_DAY: i64 = 10;
const DAY: Span = Span::hours(24);
/// Wrong codes in [`HOUR`].
const WRONG_AN_HOUR: i64 = 5;
const HOUR: Span = Span::hours(1);

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

/// What was typed when the eID was ordered online, for whoever has given no address: a proposal for the form, kept by nobody before it is confirmed.
pub(super) fn proposed(tx: &mut Tx<'_>, holder: &Holder, kept: &Contact) -> Result<Option<Contact>, Halt> {
    if *kept != Contact::default() {
        return Ok(None);
    }
    let proposed = Proposed::of(tx, holder.eid.id)?;
    let contact = Contact {
        email: proposed.email.unwrap_or_default(),
        phone: proposed.mobile.unwrap_or_default(),
    };
    Ok(Some(contact).filter(|contact| *contact != Contact::default()))
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

/// Addresses that wait for the code that was sent to them; empty ones do not.
pub(super) type Waits = Contact;

/// Takes away what was left empty, and sends a code to each address that is new. What waits now.
pub(super) fn ask(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    holder: &Holder,
    wish: &Wish,
) -> Result<Result<Waits, Refusal>, Halt> {
    holder.hold(tx, ctx, house)?;
    let kept = tx.people().find(holder.eid.person)?;
    let is_new = |new: Option<&str>, old: Option<&str>| new.filter(|new| Some(*new) != old).map(str::to_owned);
    let email = is_new(wish.email.as_ref().map(Email::as_str), kept.email.as_deref());
    let phone = is_new(wish.phone.as_ref().map(Phone::as_str), kept.phone.as_deref());
    if email.is_some() || phone.is_some() {
        let asked = tx.audit().count_since(holder.eid.id, "contact.asked", ctx.now - DAY)?;
        if asked >= ASKED_A_DAY {
            let field = if email.is_some() { "email" } else { "phone" };
            return Ok(Err(Refusal::new(Code::ContactTooMany).at(field)));
        }
        let (who, with_email, with_phone) = (holder.who(), email.is_some(), phone.is_some());
        record(
            tx,
            ctx,
            &Event::ContactAsked {
                who,
                email: with_email,
                phone: with_phone,
            },
        )?;
    }
    let to = email
        .clone()
        .map(Address::Mail)
        .into_iter()
        .chain(phone.clone().map(Address::Mobile));
    for address in to {
        let code = OneTime::new(code(&house.vault, holder, address.as_str(), step(ctx.now)).digits());
        let until = ctx.now + LIFE;
        notice_at(tx, ctx, holder.who(), address, Notice::ContactCode { code, until })?;
    }
    let mut now = Contact {
        email: kept.email.unwrap_or_default(),
        phone: kept.phone.unwrap_or_default(),
    };
    if wish.email.is_none() {
        now.email.clear();
    }
    if wish.phone.is_none() {
        now.phone.clear();
    }
    keep(tx, ctx, holder, &now)?;
    Ok(Ok(Waits {
        email: email.unwrap_or_default(),
        phone: phone.unwrap_or_default(),
    }))
}

/// What a form of confirmation sent.
#[derive(Debug)]
pub(super) struct Confirmed {
    pub(super) waits: Waits,
    pub(super) email_code: Zeroizing<String>,
    pub(super) phone_code: Zeroizing<String>,
}

/// Keeps the addresses whose code was typed; a wrong one keeps none of them.
pub(super) fn confirm(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    house: &Ceremony,
    holder: &Holder,
    typed: &Confirmed,
) -> Result<Result<(), Vec<Refusal>>, Halt> {
    holder.hold(tx, ctx, house)?;
    let wish = match Wish::parse(&typed.waits) {
        Ok(wish) => wish,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let wrong = tx
        .audit()
        .count_since(holder.eid.id, "contact.code_wrong", ctx.now - HOUR)?;
    let given = |address: Option<&str>, code: &str| address.filter(|_| !code.trim().is_empty()).map(str::to_owned);
    let email = given(wish.email.as_ref().map(Email::as_str), &typed.email_code);
    let phone = given(wish.phone.as_ref().map(Phone::as_str), &typed.phone_code);
    let mut refused = Vec::new();
    for (address, typed, field) in [
        (&email, &typed.email_code, "email_code"),
        (&phone, &typed.phone_code, "phone_code"),
    ] {
        let Some(address) = address else { continue };
        if wrong >= WRONG_AN_HOUR {
            refused.push(Refusal::new(Code::ContactTooMany).at(field));
        } else if !is_code(&house.vault, ctx, holder, address, typed) {
            record(tx, ctx, &Event::ContactCodeWrong { who: holder.who() })?;
            refused.push(Refusal::new(Code::ContactCodeWrong).at(field));
        }
    }
    if email.is_none() && phone.is_none() {
        let field = if wish.email.is_some() {
            "email_code"
        } else {
            "phone_code"
        };
        refused.push(Refusal::new(Code::ContactCodeRequired).at(field));
    }
    if !refused.is_empty() {
        return Ok(Err(refused));
    }
    let kept = read(tx, holder)?;
    let now = Contact {
        email: email.unwrap_or(kept.email),
        phone: phone.unwrap_or(kept.phone),
    };
    keep(tx, ctx, holder, &now).map(Ok)
}

/// Writes down what is known to be good; the old addresses are told, too.
fn keep(tx: &mut Tx<'_>, ctx: &Ctx, holder: &Holder, now: &Contact) -> Result<(), Halt> {
    let before = read(tx, holder)?;
    let (email, phone) = (before.email != now.email, before.phone != now.phone);
    if !email && !phone {
        return Ok(());
    }
    // What is written was read by these rules when it was typed; what stays is left as it is.
    if email {
        tx.people()
            .set_email(holder.eid.person, Email::parse(&now.email).ok().as_ref())?;
    }
    if phone {
        tx.people()
            .set_phone(holder.eid.person, Phone::parse(&now.phone).ok().as_ref())?;
    }
    let who = holder.who();
    record(tx, ctx, &Event::ContactChanged { who, email, phone })?;
    let old = |text: String| Some(text).filter(|text| !text.is_empty());
    let told = Notice::ContactChanged {
        old_email: old(before.email),
        old_phone: old(before.phone),
    };
    notice(tx, ctx, who, told)
}

/// Which span of [`LIFE`] it is.
fn step(now: Time) -> i64 {
    now.micros().div_euclid(LIFE_MICROS)
}

/// The six digits that are sent to an address: they serve in this session, for this address, in this span of time.
fn code(vault: &Vault, holder: &Holder, address: &str, step: i64) -> Sent {
    let input = [&holder.session.id.bytes()[..], &step.to_be_bytes(), address.as_bytes()].concat();
    let mac = vault.mac(Mac::Contact, &input);
    let drawn = mac
        .iter()
        .take(8)
        .fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
    Sent::from_random(u32::try_from(drawn % u64::from(Sent::COUNT)).unwrap_or(0))
}

fn is_code(vault: &Vault, ctx: &Ctx, holder: &Holder, address: &str, typed: &str) -> bool {
    let typed = Sent::parse(typed);
    let right = |step| Some(code(vault, holder, address, step));
    let now = step(ctx.now);
    // Five tries an hour: how long a comparison takes tells nothing that could be used.
    typed == right(now) || typed == right(now - 1)
}
