//! What is recorded. Each event names its kind, whom it is about, what of it is personal and what is not.

mod parts;

use serde_json::{Map, Value};

use crate::domain::assurance::{Level, Method};
use crate::domain::certificate::{Reason, Serial};
use crate::domain::factor::Factor;
use crate::domain::id::{EidId, PersonId};
use crate::domain::officer::{Act, Role};
use crate::domain::refusal::Code;
use crate::domain::time::Time;

/// Whom an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Who {
    /// The person.
    pub person: PersonId,
    /// Their eID.
    pub eid: EidId,
}

/// An event. Kinds are stable words: reports and alarms are built on them.
#[derive(Debug, Clone)]
#[expect(
    missing_docs,
    reason = "the fields say what they are; each event says when it is written"
)]
pub enum Event {
    /// A full log-in, or one more factor on a session, ended well.
    LoggedIn {
        who: Who,
        party: String,
        level: Level,
        methods: Vec<Method>,
        session: String,
        stepped_up: bool,
        failed_before: u32,
    },
    /// A party was entered on a running session.
    Entered {
        who: Who,
        party: String,
        level: Level,
        session: String,
    },
    /// A person who had shown the right password was refused.
    Refused { who: Who, party: String, code: Code },
    /// A lane closed for some hours.
    LaneClosed { who: Who, known: bool, until: Time },
    /// The strangers' lane stays closed until the owner opens it.
    StrangersShut { who: Who },
    /// So many wrong passwords came from strangers that the owner should be told.
    StrangersTrying { who: Who, failed: u32 },
    /// An officer opened the strangers' lane for the owner.
    LaneReopened { who: Who, officer: String, reason: String },
    /// The password is blocked.
    PasswordBlocked { who: Who, code: Code },
    /// Its holder chose another password.
    PasswordChanged { who: Who },
    /// The card is blocked: after wrong codes (`tries`), or by its holder.
    CardBlocked {
        who: Who,
        card: String,
        cause: &'static str,
    },
    /// A user-ID was chosen, changed or given up: `chosen`, `removed`, `cpr_on`, `cpr_off`.
    UserIdChanged { who: Who, how: &'static str },
    /// A name that was wished for is somebody's; the name itself is not recorded.
    UserIdTaken { who: Who },
    /// E-mail address or telephone number changed.
    ContactChanged { who: Who, email: bool, phone: bool },
    /// A code was sent to an e-mail address or telephone number that is to be kept.
    ContactAsked { who: Who, email: bool, phone: bool },
    /// Another code than the one that was sent to it was typed.
    ContactCodeWrong { who: Who },
    /// The person said whether a service may know something of them, and whether at later log-ins too.
    ConsentSaid {
        who: Who,
        party: String,
        claims: Vec<&'static str>,
        yes: bool,
        remembered: bool,
    },
    /// The person took back that a service may know something of them without asking.
    ConsentWithdrawn { who: Who, party: String },
    /// The person took back what a service was given beyond the session.
    AccessWithdrawn { who: Who, party: String, grant: String },
    /// A service asked the PID service about somebody, and what it was told.
    PidAsked {
        who: Option<Who>,
        party: String,
        question: &'static str,
        status: &'static str,
    },
    /// All that is stored about a person was handed to them.
    DataExported { who: Who },
    /// The last code of a card was used.
    CardUsedUp { who: Who, card: String },
    /// A new card was ordered by the house itself.
    CardOrdered { who: Who, card: String },
    /// A card was put into use; the one that was in use until then is closed.
    CardActivated {
        who: Who,
        card: String,
        replaced: Option<String>,
    },
    /// A printed card was handed to the post.
    CardPosted { who: Who, card: String, officer: String },
    /// A card's time is over.
    CardExpired { who: Who, card: String },
    /// A holder chose when the next card is ordered, and in which print.
    CardWishChanged {
        who: Who,
        reorder_at: u8,
        large_print: bool,
    },
    /// An activation password was ordered, by letter or by text message.
    ActivationOrdered { who: Who, by: &'static str },
    /// An activation password was shown for printing.
    ActivationPrinted { who: Who, officer: String, reason: String },
    /// A printed activation password was handed to the post and erased.
    ActivationPosted { who: Who, officer: String },
    /// Wrong tries closed an activation password for some hours.
    ActivationClosed { who: Who },
    /// Wrong tries, or the block or end of its eID, made an activation password void.
    ActivationVoid { who: Who },
    /// A password was chosen with an activation password, which is used up, after the rules of this version were accepted.
    PasswordChosen { who: Who, rules: &'static str },
    /// Codes of a card were shown for printing.
    CardPrinted {
        who: Who,
        card: String,
        officer: String,
        reason: String,
    },
    /// Something that an eID is proven with beside the card was put into use, stopped, opened again or ended.
    FactorChanged {
        who: Who,
        factor: Factor,
        which: String,
        to: &'static str,
        how: &'static str,
    },
    /// The holder wants to be asked for this factor first.
    FactorUsual { who: Who, factor: Factor },
    /// A log-in asked the eID's code apps.
    AppAsked { who: Who, party: String },
    /// A log-in had the eID's number called.
    VoiceCalled { who: Who, party: String },
    /// A code app answered a log-in's question.
    AppAnswered {
        who: Who,
        app: String,
        party: String,
        answer: &'static str,
    },
    /// Code tokens came into the stock.
    TokensImported { officer: String, tokens: usize },
    /// A code token was ordered at this price.
    TokenOrdered { who: Who, price_oere: u32 },
    /// The holder took an order of a code token back.
    TokenOrderEnded { who: Who },
    /// A code token was sent to somebody.
    TokenAssigned {
        who: Who,
        token: String,
        officer: String,
        reason: String,
    },
    /// A session ended.
    SessionEnded { who: Who, session: String, cause: String },
    /// A party left a session that goes on without it.
    SessionLeft { who: Who, party: String, session: String },
    /// A client was given tokens.
    TokensGiven {
        who: Option<Who>,
        party: String,
        grant: String,
        how: &'static str,
    },
    /// A code or a refresh token came a second time: what it gave has ended.
    TokenReused {
        who: Who,
        party: String,
        grant: String,
        what: &'static str,
    },
    /// A client ended a token.
    TokenRevoked { party: String, grant: Option<String> },
    /// The state of an eID changed.
    EidChanged {
        who: Who,
        from: &'static str,
        to: &'static str,
        reason: String,
    },
    /// An eID was issued: through which channel, by whom, and to which level of identity assurance.
    EidIssued {
        who: Who,
        channel: &'static str,
        ra: String,
        officer: String,
        level: Level,
        hand_over: &'static str,
    },
    /// An online order was accepted: a short hash of whose, by which kind of document.
    OrderPlaced { order: String, document: &'static str },
    /// An online order ended: `issued`, `lapsed`, or the code of the refusal.
    OrderEnded {
        order: String,
        how: &'static str,
        document: &'static str,
    },
    /// The number of a holder's document was looked up for them, and what came of it.
    DocumentChecked {
        who: Who,
        document: &'static str,
        outcome: &'static str,
    },
    /// An eID is on hardware, or on cards again.
    EidHardware { who: Who, on: bool },
    /// Lines of a bank's delivery were done.
    BulkIssued {
        ra: String,
        officer: String,
        reason: String,
        batch: String,
        lines: usize,
    },
    /// Public use began, with the consents of this version.
    PublicUseBegun {
        who: Who,
        channel: String,
        consents: &'static str,
    },
    /// An eID was linked to a bank.
    BankLinked { who: Who, bank: String },
    /// A certificate was issued: `issued`, or why it was renewed.
    CertificateIssued {
        who: Who,
        serial: Serial,
        how: &'static str,
        until: Time,
    },
    /// A certificate was revoked.
    CertificateRevoked { who: Who, serial: Serial, reason: Reason },
    /// A certificate's time is over: the eID is for netbanks only until another is issued.
    CertificateExpired { who: Who, serial: Serial },
    /// The civil register says that the person is dead or has disappeared (`ended`), or is there after all (`active`).
    PersonChanged { who: Who, to: &'static str },
    /// An issuing CA was requested, or issues from now on.
    CaChanged { ca: String, to: &'static str },
    /// A revocation list was published.
    CaListed { ca: String, number: i64, entries: usize },
    /// An officer called, and what came of it: `done`, `repeated`, or the code of the refusal. What the call changed has events of
    /// its own beside this one.
    OfficerActed {
        who: Option<Who>,
        ra: String,
        officer: String,
        role: Role,
        reason: String,
        act: Act,
        detail: String,
        outcome: &'static str,
    },
    /// People came into the house's own register: so many read, so many entries and documents changed.
    RegisterImported {
        officer: String,
        people: usize,
        changed: usize,
        documents: usize,
    },
    /// Companies came into the house's own register: so many read, so many entries changed.
    CompaniesImported {
        officer: String,
        companies: usize,
        changed: usize,
    },
    /// An officer opened a password again that wrong tries had blocked.
    PasswordOpened { who: Who, officer: String, reason: String },
    /// Signing keys moved along; some were withdrawn, since nobody is to trust them any longer.
    KeysRotated { kids: Vec<String>, withdrawn: Vec<String> },
    /// A new generation of the stored-value key began.
    DataKeyBegun { generation: u32 },
    /// Every stored value is sealed under this generation; the older ones are retired.
    DataKeyMoved { generation: u32, values: u64 },
    /// An operator had letters tried again that had been given up.
    LettersRetried { letters: u64 },
    /// Demo people were written.
    DemoSeeded { people: usize },
}

/// The parts of which a row is made.
pub(super) struct Parts {
    pub kind: &'static str,
    pub who: Option<Who>,
    pub party: Option<String>,
    pub body: Value,
}

/// What of a request is personal: where it came from.
pub(super) fn personal(source: Option<std::net::IpAddr>) -> Map<String, Value> {
    let mut personal = Map::new();
    if let Some(source) = source {
        personal.insert("source".into(), Value::String(source.to_string()));
    }
    personal
}
