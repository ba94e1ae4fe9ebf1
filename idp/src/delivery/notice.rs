//! The notices: what a person is told of when it was done with their eID. Owns which there are and where each goes.

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::message::{Address, Message};
use crate::audit::Who;
use crate::ctx::Ctx;
use crate::domain::id::OutboxId;
use crate::domain::locale::Locale;
use crate::domain::time::Time;
use crate::fault::Fault;
use crate::storage::{Halt, Letter, Tx};

/// A machine-made secret on its way to its owner: readable in the sealed outbox alone, printed by nobody.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OneTime(String);

impl OneTime {
    /// For the message that carries it.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The secret, for the message that carries it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for OneTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OneTime(…)")
    }
}

impl Drop for OneTime {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// In the place of an eID's number, where the reader need not have one.
const NOBODY: &str = "none";

macro_rules! notices {
    ($($(#[$doc:meta])* $name:ident $({ $($(#[$field_doc:meta])* $field:ident: $type:ty),* $(,)? })? = $word:literal;)*) => {
        /// Something that the holder of an eID is told of.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Notice {$(
            $(#[$doc])*
            $name $({ $($(#[$field_doc])* $field: $type),* })?,
        )*}

        impl Notice {
            /// The stable word, by which its texts are found.
            #[must_use]
            pub fn word(&self) -> &'static str {
                match self {
                    $(Self::$name { .. } => $word,)*
                }
            }

            /// Every word, for the tests of the texts.
            #[cfg(test)]
            pub(crate) const WORDS: &'static [&'static str] = &[$($word),*];
        }
    };
}

notices! {
    /// The password was changed.
    PasswordChanged = "password-changed";
    /// The password was blocked.
    PasswordBlocked = "password-blocked";
    /// A user-ID was chosen, changed or removed.
    UserIdChanged = "user-id-changed";
    /// E-mail address or mobile number were changed; goes to the old ones too.
    ContactChanged {
        /// The e-mail address until now.
        old_email: Option<String>,
        /// The mobile number until now.
        old_phone: Option<String>,
    } = "contact-changed";
    /// The code that shows that an address is read by whoever typed it; goes there alone.
    ContactCode {
        /// Six digits.
        code: OneTime,
        /// It serves until then.
        until: Time,
    } = "contact-code";
    /// A key card was ordered.
    CardOrdered = "card-ordered";
    /// A key card was put into use.
    CardActivated = "card-activated";
    /// A key card was blocked.
    CardBlocked = "card-blocked";
    /// The key card in use ends soon.
    CardExpires {
        /// When.
        on: Time,
    } = "card-expires";
    /// The key card in use has ended.
    CardExpired = "card-expired";
    /// A device with a code app came in; it may be used a while later.
    DeviceAdded = "device-added";
    /// A code token was ordered at a price.
    TokenOrdered = "token-ordered";
    /// A code token was put into use.
    TokenActivated = "token-activated";
    /// A code token or a device with a code app was blocked.
    FactorBlocked = "factor-blocked";
    /// A passkey came in; it may be used a while later.
    PasskeyAdded = "passkey-added";
    /// A passkey was blocked by its holder.
    PasskeyBlocked = "passkey-blocked";
    /// The code of a log-in, read aloud.
    LogInCode {
        /// Six digits.
        code: OneTime,
        /// The service that it is for, as people know it.
        party: String,
        /// It serves until then.
        until: Time,
    } = "log-in-code";
    /// Voice response was ordered, or moved to another number, which was confirmed; it serves a while later.
    VoiceOrdered {
        /// From when on.
        from: Time,
    } = "voice-ordered";
    /// Voice response was blocked.
    VoiceBlocked = "voice-blocked";
    /// Everything but the passkeys was switched off.
    PasskeysAlone = "passkeys-alone";
    /// A passkey was blocked since its counter went back.
    PasskeyCopied = "passkey-copied";
    /// An activation password was ordered; until it is used the eID serves for nothing.
    ActivationOrdered = "activation-ordered";
    /// The activation password itself, for whoever is to get it by text message.
    ActivationPassword {
        /// Six digits.
        password: OneTime,
        /// It serves until then.
        until: Time,
    } = "activation-password";
    /// The eID may be used publicly, and has a certificate: its holder looks at the name.
    CertificateIssued {
        /// A wrong name is put right until then.
        check_until: Time,
    } = "certificate-issued";
    /// Another certificate took the place of the one before.
    CertificateRenewed {
        /// A wrong name is put right until then.
        check_until: Time,
    } = "certificate-renewed";
    /// The certificate ends soon.
    CertificateExpires {
        /// When.
        on: Time,
    } = "certificate-expires";
    /// The certificate has ended: no public use any more.
    CertificateExpired = "certificate-expired";
    /// The certificate was revoked: no public use any more.
    CertificateRevoked = "certificate-revoked";
    /// Somebody has ordered an eID online in the name of whoever has one.
    OrderedAgain = "ordered-again";
    /// An online order was erased: no register has answered.
    OrderLapsed {
        /// When it was accepted.
        placed: Time,
    } = "order-lapsed";
    /// The eID was put into use.
    EidActivated = "eid-activated";
    /// The eID was blocked.
    EidBlocked = "eid-blocked";
    /// The eID was opened again.
    EidOpened = "eid-opened";
    /// The password was opened again.
    PasswordOpened = "password-opened";
    /// The eID was closed for good.
    EidClosed = "eid-closed";
    /// So many tries to log in have failed that the holder should know.
    LogInsFailed {
        /// How many.
        count: u32,
    } = "log-ins-failed";
}

impl Notice {
    /// Whether the reader is told to block the eID if it was not them. Not where that changes nothing, or where the text itself says what to do.
    pub(super) fn may_be_somebody_else(&self) -> bool {
        !matches!(
            self,
            Self::CardExpires { .. }
                | Self::CardExpired
                | Self::CertificateExpires { .. }
                | Self::CertificateExpired
                | Self::ActivationPassword { .. }
                | Self::ContactCode { .. }
                | Self::LogInCode { .. }
                | Self::OrderLapsed { .. }
                | Self::OrderedAgain
                | Self::EidBlocked
                | Self::EidClosed
        )
    }

    /// Whether it tells of something that was done, and not of what is to come.
    pub(super) fn has_happened(&self) -> bool {
        !matches!(self, Self::CardExpires { .. } | Self::CertificateExpires { .. })
    }

    /// Until when it is worth saying; nothing: always.
    pub(super) fn until(&self) -> Option<Time> {
        match self {
            Self::LogInCode { until, .. }
            | Self::ActivationPassword { until, .. }
            | Self::ContactCode { until, .. } => Some(*until),
            _ => None,
        }
    }

    /// What of it is typed, to be read digit by digit.
    pub(super) fn digits(&self) -> Option<&str> {
        match self {
            Self::LogInCode { code, .. } | Self::ContactCode { code, .. } => Some(code.expose()),
            Self::ActivationPassword { password, .. } => Some(password.expose()),
            _ => None,
        }
    }

    /// The addresses that the person had until now, where the notice is of their change.
    fn old_addresses(&mut self) -> Vec<Address> {
        let Self::ContactChanged { old_email, old_phone } = self else {
            return Vec::new();
        };
        let (email, phone) = (old_email.take(), old_phone.take());
        email
            .map(Address::Mail)
            .into_iter()
            .chain(phone.map(Address::Mobile))
            .collect()
    }
}

/// Tells the holder of an eID what was done, at every contact address that they have; a change of contact data at the old ones
/// too. Within the transaction of the act: it is told exactly if the act is kept. Who has given no address is told by no message;
/// what was done stands in their self-service.
///
/// # Errors
/// When the database does not answer.
pub fn notice(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, notice: Notice) -> Result<(), Halt> {
    tell(tx, ctx, who, notice, None).map(drop)
}

/// The same, for what a job may come upon again: under one key it is said once (within the days that the outbox remembers). `false`
/// when the person has no contact address.
///
/// # Errors
/// When the database does not answer.
pub fn notice_once(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, notice: Notice, key: &str) -> Result<bool, Halt> {
    tell(tx, ctx, who, notice, Some(key))
}

fn tell(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, mut notice: Notice, key: Option<&str>) -> Result<bool, Halt> {
    let person = tx.people().find(who.person)?;
    let eid = tx.eids().find(who.eid)?.number.to_string();
    let now = person
        .email
        .map(Address::Mail)
        .into_iter()
        .chain(person.phone.map(Address::Mobile));
    let mut addresses: Vec<Address> = now.collect();
    for old in notice.old_addresses() {
        if !addresses.contains(&old) {
            addresses.push(old);
        }
    }
    let reached = !addresses.is_empty();
    for to in addresses {
        let message = Message {
            eid: eid.clone(),
            to,
            language: person.language,
            notice: notice.clone(),
            at: ctx.now,
        };
        put(tx, ctx, &message, key.map(str::to_owned))?;
    }
    Ok(reached)
}

/// Says something by text message alone; `false` when the person has no mobile number.
///
/// # Errors
/// When the database does not answer.
pub fn text_message(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, notice: Notice) -> Result<bool, Halt> {
    let person = tx.people().find(who.person)?;
    let Some(phone) = person.phone else { return Ok(false) };
    let message = Message {
        eid: tx.eids().find(who.eid)?.number.to_string(),
        to: Address::Mobile(phone),
        language: person.language,
        notice,
        at: ctx.now,
    };
    put(tx, ctx, &message, None)?;
    Ok(true)
}

/// Has something read aloud by a telephone call.
///
/// # Errors
/// When the database does not answer.
pub fn call(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, number: &str, notice: Notice) -> Result<(), Halt> {
    notice_at(tx, ctx, who, Address::Call(number.to_owned()), notice)
}

/// Says something at one address, which need not be kept.
///
/// # Errors
/// When the database does not answer.
pub fn notice_at(tx: &mut Tx<'_>, ctx: &Ctx, who: Who, to: Address, notice: Notice) -> Result<(), Halt> {
    let message = Message {
        eid: tx.eids().find(who.eid)?.number.to_string(),
        to,
        language: tx.people().find(who.person)?.language,
        notice,
        at: ctx.now,
    };
    put(tx, ctx, &message, None)
}

/// Says something to somebody who need not have an eID.
///
/// # Errors
/// When the database does not answer.
pub fn message_to(tx: &mut Tx<'_>, ctx: &Ctx, to: Address, language: Locale, notice: Notice) -> Result<(), Halt> {
    let message = Message {
        eid: NOBODY.to_owned(),
        to,
        language,
        notice,
        at: ctx.now,
    };
    put(tx, ctx, &message, None)
}

fn put(tx: &mut Tx<'_>, ctx: &Ctx, message: &Message, key: Option<String>) -> Result<(), Halt> {
    let payload = serde_json::to_vec(message).map_err(|error| Fault::new("a message could not be written", error))?;
    let (id, kind) = (OutboxId::from_uuid(ctx.rng.uuid_v7(ctx.now)), message.to.kind());
    let dedup = key.map_or_else(|| format!("{kind}:{id}"), |key| format!("{kind}:{key}"));
    let letter = Letter {
        id,
        kind: kind.into(),
        dedup,
        payload,
        attempts: 0,
    };
    tx.outbox().put(&letter, ctx.now)
}
