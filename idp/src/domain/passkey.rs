//! Passkeys: keys of the person's own that answer to our address alone (WebAuthn Level 2 and 3). Owns how many an eID may have, how long
//! an answer may take, what a passkey is called and what its counter says. Never knows a key: the vault checks signatures.
//!
//! ```text
//!  added ──▶ waits ──▶ usable ──▶ blocked by its holder ────────┐
//!                        │                                      ├──▶ over, for good (its key is erased)
//!                        └──▶ its counter went back ────────────┘
//! ```
//! There is nothing to guess at a signature over a challenge that is drawn anew each time: a wrong answer is refused and counts against
//! nobody, so that nobody can block somebody else's passkey.

use super::code_app::device_name;
use super::refusal::Code;
use super::time::{Span, Time};

/// An answer to what a page of our own asked is taken for so long.
pub const ANSWER_LIFE: Span = Span::minutes(10);

/// What a person calls a passkey.
///
/// # Errors
/// `passkey.name`.
pub fn name(text: &str) -> Result<String, Code> {
    device_name(text).ok_or(Code::PasskeyName)
}

/// Whether one more may be added to those in use.
///
/// # Errors
/// `passkey.too_many`.
pub const fn may_add(in_use: usize, most: usize) -> Result<(), Code> {
    if in_use < most {
        Ok(())
    } else {
        Err(Code::PasskeyTooMany)
    }
}

/// Whether so many passkeys that can be used now may be all that an eID is proven with. One is allowed: its holder is told that a second
/// one, or a visit, is the way back when it is lost.
///
/// # Errors
/// `passkey.unknown` without any.
pub const fn may_stand_alone(usable: usize) -> Result<(), Code> {
    if usable > 0 { Ok(()) } else { Err(Code::PasskeyUnknown) }
}

/// Whether an answer to what was asked then is still taken.
#[must_use]
pub fn in_time(asked: Time, now: Time) -> bool {
    asked <= now && now < asked + ANSWER_LIFE
}

/// What the counter of an answer says (WebAuthn §6.1.1): the count to keep, or that there may be two devices with this key. A passkey
/// that does not count says 0 each time.
///
/// # Errors
/// `passkey.copied`.
pub const fn counted(kept: u32, shown: u32) -> Result<u32, Code> {
    if shown > kept || (shown == 0 && kept == 0) {
        Ok(shown)
    } else {
        Err(Code::PasskeyCopied)
    }
}

/// Whether a key that its maker vouches for lies in hardware: one that may be copied to other devices does not.
#[must_use]
pub const fn in_hardware(vouched_for: bool, may_be_copied: bool) -> bool {
    vouched_for && !may_be_copied
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_counter_says() {
        let table = [
            (0, 0, Ok(0)),
            (0, 1, Ok(1)),
            (7, 8, Ok(8)),
            (7, 900, Ok(900)),
            (7, 7, Err(Code::PasskeyCopied)),
            (7, 6, Err(Code::PasskeyCopied)),
            (7, 0, Err(Code::PasskeyCopied)),
        ];
        for (kept, shown, said) in table {
            assert_eq!(counted(kept, shown), said, "{kept} {shown}");
        }
    }

    #[test]
    fn so_many_and_no_more() {
        assert_eq!(may_add(4, 5), Ok(()));
        assert_eq!(may_add(5, 5), Err(Code::PasskeyTooMany));
        assert_eq!(may_add(0, 0), Err(Code::PasskeyTooMany));
    }

    #[test]
    fn nobody_is_left_without_a_key() {
        assert_eq!(may_stand_alone(0), Err(Code::PasskeyUnknown));
        assert!(may_stand_alone(1).is_ok() && may_stand_alone(5).is_ok());
    }

    #[test]
    fn an_answer_is_neither_too_old_nor_of_tomorrow() {
        let asked = Time::from_secs(1_000);
        assert!(in_time(asked, asked) && in_time(asked, asked + Span::secs(599)));
        assert!(!in_time(asked, asked + ANSWER_LIFE) && !in_time(asked, asked - Span::secs(1)));
    }

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(name("  YubiKey ").as_deref(), Ok("YubiKey"));
        for bad in ["", "   ", "a\nb", &"x".repeat(41)] {
            assert_eq!(name(bad), Err(Code::PasskeyName), "{bad:?}");
        }
    }

    #[test]
    fn what_may_be_copied_is_not_in_hardware() {
        assert!(in_hardware(true, false));
        assert!(!in_hardware(true, true) && !in_hardware(false, false));
    }

    proptest! {
        #[test]
        fn what_is_kept_never_goes_back(kept: u32, shown: u32) {
            if let Ok(next) = counted(kept, shown) {
                prop_assert!(next >= kept);
                prop_assert!(next > kept || next == 0);
            }
        }
    }
}
