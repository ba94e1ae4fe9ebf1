//! The code app: a program of the person's own, on a telephone or anywhere, that holds a key and approves log-ins with it. Owns how it is
//! handed over, when it may be used, and what its answer to a question is worth. Never knows a key: the vault checks signatures.
//!
//! ```text
//!  hand-over shown ──▶ key received ──▶ waits ──▶ usable ──▶ blocked
//!        │ 10 minutes                   1 hour
//!        └──▶ lapsed
//!
//!  a question:  open ──▶ approved ──▶ used by the log-in that asked it
//!                 ├────▶ rejected, or answered with another number
//!                 └────▶ lapsed, or another question took its place
//! ```
//! **Number matching.** The log-in's page shows two digits, the app asks for them, and its signature covers them: whoever approves without
//! looking at the page that asked is right once in ninety times, and one wrong number ends the question. Somebody who keeps asking is
//! heard [`PATIENCE`] times; then the app rests.

use serde::{Deserialize, Serialize};

use super::refusal::Code;
use super::time::{Span, Time};

/// Devices of one eID.
pub const MOST: usize = 3;
/// How long a hand-over may take.
pub const HANDOVER_LIFE: Span = Span::minutes(10);
/// How long a question stands.
pub const QUESTION_LIFE: Span = Span::minutes(5);
/// So many questions in a row that were not approved, and the app rests.
pub const PATIENCE: u8 = 5;
/// How long it rests.
pub const REST: Span = Span::hours(1);
/// The longest name of a device.
const NAME: usize = 40;
/// The longest push address.
const PUSH: usize = 1_000;

/// The two digits that the log-in's page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Number(u8);

impl Number {
    /// How many there are: 10 to 99.
    pub const COUNT: u32 = 90;

    /// From a random number below [`Number::COUNT`].
    #[must_use]
    pub fn from_random(drawn: u32) -> Self {
        Self(10 + u8::try_from(drawn % Self::COUNT).unwrap_or(0))
    }

    /// Back from the database.
    #[must_use]
    pub fn new(number: u8) -> Option<Self> {
        (10..=99).contains(&number).then_some(Self(number))
    }

    /// Reads what the app sent.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().ok().and_then(Self::new)).flatten()
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}", self.0)
    }
}

/// What a person hands over to their app: sixteen digits in four groups, used once.
#[derive(Clone, PartialEq, Eq)]
pub struct Handover(u64);

impl std::fmt::Debug for Handover {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Handover(…)")
    }
}

impl Handover {
    /// How many there are.
    pub const COUNT: u64 = 10_000_000_000_000_000;

    /// From a random number below [`Handover::COUNT`].
    #[must_use]
    pub const fn from_random(drawn: u64) -> Self {
        Self(drawn % Self::COUNT)
    }

    /// Reads what was typed or scanned; spaces and hyphens do not count.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        let whole = digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_digit());
        whole.then(|| digits.parse().ok()).flatten().map(Self)
    }

    /// `1234 5678 9012 3456`
    #[must_use]
    pub fn shown(&self) -> String {
        let digits = self.digits();
        let groups: Vec<&str> = (0..4)
            .filter_map(|group| digits.get(group * 4..group * 4 + 4))
            .collect();
        groups.join(" ")
    }

    /// Sixteen digits.
    #[must_use]
    pub fn digits(&self) -> String {
        format!("{:016}", self.0)
    }
}

/// What the picture of a hand-over holds: who hands over, and the digits. An app that reads it needs nothing typed.
#[must_use]
pub fn address(issuer: &str, handover: &Handover) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("issuer", issuer)
        .append_pair("handover", &handover.digits())
        .finish();
    format!("nogle:bind?{query}")
}

/// What a person calls a device: one line, not too long.
#[must_use]
pub fn device_name(text: &str) -> Option<String> {
    let name = text.trim();
    let good = !name.is_empty() && name.chars().count() <= NAME && !name.chars().any(char::is_control);
    good.then(|| name.to_owned())
}

/// Where an app is woken: a name that whoever reaches it understands; nothing of it is known here.
#[must_use]
pub fn push_address(text: &str) -> Option<String> {
    let good = (1..=PUSH).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    good.then(|| text.to_owned())
}

/// What the app said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It is me, and the number is this.
    Approve(Number),
    /// It is not me.
    Reject,
}

/// Where a question stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionState {
    /// Nobody has answered.
    Open,
    /// Approved by one of the person's apps.
    Approved,
    /// Rejected, or answered with another number.
    Rejected,
}

impl QuestionState {
    const ALL: [Self; 3] = [Self::Open, Self::Approved, Self::Rejected];

    /// As the database keeps it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        }
    }

    /// Back from the database.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// A question as the law sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// Where it stands.
    pub state: QuestionState,
    /// What the page shows.
    pub number: Number,
    /// When it lapses.
    pub expires_at: Time,
    /// Questions in a row that were not approved, this one included.
    pub refused: u8,
}

/// Whether a further question may be asked after so many that were not approved, the last of which lapses or lapsed then.
#[must_use]
pub fn may_ask(refused: u8, last_expires_at: Time, now: Time) -> bool {
    refused < PATIENCE || now >= last_expires_at + REST
}

/// The count that a further question begins with: a rest starts it again.
#[must_use]
pub fn asked_again(refused: u8, last_expires_at: Time, now: Time) -> u8 {
    if refused >= PATIENCE && now >= last_expires_at + REST {
        1
    } else {
        refused.saturating_add(1)
    }
}

/// What an answer does to an open question.
///
/// # Errors
/// `app.no_question` when it lapsed or was answered before.
pub fn judge(question: &Question, decision: Decision, now: Time) -> Result<QuestionState, Code> {
    if question.state != QuestionState::Open || now >= question.expires_at {
        return Err(Code::AppNoQuestion);
    }
    Ok(match decision {
        Decision::Approve(number) if number == question.number => QuestionState::Approved,
        Decision::Approve(_) | Decision::Reject => QuestionState::Rejected,
    })
}

/// What the log-in that asked may do now.
///
/// # Errors
/// `app.waiting` while nobody has answered, `app.rejected`, `app.lapsed`.
pub fn outcome(question: &Question, now: Time) -> Result<(), Code> {
    match question.state {
        QuestionState::Rejected => Err(Code::AppRejected),
        _ if now >= question.expires_at => Err(Code::AppLapsed),
        QuestionState::Open => Err(Code::AppWaiting),
        QuestionState::Approved => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Time = Time::from_secs(1_000);

    fn question(state: QuestionState) -> Question {
        Question {
            state,
            number: Number(42),
            expires_at: NOW + QUESTION_LIFE,
            refused: 1,
        }
    }

    #[test]
    fn only_the_number_on_the_page_approves() {
        let open = question(QuestionState::Open);
        let table = [
            (Decision::Approve(Number(42)), QuestionState::Approved),
            (Decision::Approve(Number(43)), QuestionState::Rejected),
            (Decision::Reject, QuestionState::Rejected),
        ];
        for (decision, state) in table {
            assert_eq!(judge(&open, decision, NOW), Ok(state));
            let late = NOW + QUESTION_LIFE;
            assert_eq!(judge(&open, decision, late), Err(Code::AppNoQuestion));
            for answered in [QuestionState::Approved, QuestionState::Rejected] {
                assert_eq!(judge(&question(answered), decision, NOW), Err(Code::AppNoQuestion));
            }
        }
    }

    #[test]
    fn what_the_log_in_hears() {
        let late = NOW + QUESTION_LIFE;
        let table = [
            (QuestionState::Open, NOW, Err(Code::AppWaiting)),
            (QuestionState::Open, late, Err(Code::AppLapsed)),
            (QuestionState::Approved, NOW, Ok(())),
            (QuestionState::Approved, late, Err(Code::AppLapsed)),
            (QuestionState::Rejected, NOW, Err(Code::AppRejected)),
            (QuestionState::Rejected, late, Err(Code::AppRejected)),
        ];
        for (state, now, heard) in table {
            assert_eq!(outcome(&question(state), now), heard, "{state:?}");
        }
    }

    #[test]
    fn who_keeps_asking_is_heard_five_times_an_hour() {
        let (mut refused, mut last) = (0, NOW);
        for _ in 0..PATIENCE {
            assert!(may_ask(refused, last, NOW));
            refused = asked_again(refused, last, NOW);
            last = NOW + QUESTION_LIFE;
        }
        assert!(!may_ask(refused, last, NOW + Span::minutes(59)));
        let rested = last + REST;
        assert!(may_ask(refused, last, rested));
        assert_eq!(asked_again(refused, last, rested), 1);
    }

    #[test]
    fn names_of_devices_are_one_line() {
        assert_eq!(device_name("  Annas telefon "), Some("Annas telefon".to_owned()));
        for name in ["", "  ", "a\nb", &"x".repeat(41)] {
            assert_eq!(device_name(name), None, "{name:?}");
        }
    }

    #[test]
    fn push_addresses_are_one_word() {
        assert!(push_address("https://push.example/x?token=a:b").is_some());
        for text in ["", "a b", "a\nb", "æ", &"x".repeat(1_001)] {
            assert_eq!(push_address(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn numbers_and_hand_overs_come_back(drawn: u32, handed: u64) {
            let number = Number::from_random(drawn);
            prop_assert_eq!(Number::parse(&number.to_string()), Some(number));
            let handover = Handover::from_random(handed);
            prop_assert_eq!(Handover::parse(&handover.shown()), Some(handover.clone()));
            prop_assert_eq!(handover.digits().len(), 16);
        }

        #[test]
        fn any_text_is_read_or_refused(text: String) {
            let _ = (Number::parse(&text), Handover::parse(&text), device_name(&text));
        }
    }
}
