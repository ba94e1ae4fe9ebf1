//! The memory: the only place that knows diesel.
//!
//! Owns the schema, the two databases and their pools, and one repository per aggregate. A caller names a transaction and
//! hands in an act; the act sees repositories through [`Tx`] and takes and gives domain types. Values that a person holds as
//! secret are sealed and opened here, by the vault. Never decides a rule and never sends anything.
//!
//! ```text
//! Store::transact(name, durability, act) ── queue (bounded, deadline) ── writer thread (SQLite, group commit)
//!                                                                    └─ worker threads (PostgreSQL, one connection each)
//! Store::read(name, act)                 ── queue (bounded, deadline) ── reader threads
//! ```

mod activations;
mod aliases;
mod audit;
mod authenticators;
mod bulk_lines;
mod card_wishes;
mod cards;
mod certificates;
mod code_apps;
mod code_tokens;
mod companies;
mod desks;
mod devices;
mod dialect;
mod eid_banks;
mod eids;
mod engine;
mod fixed;
mod flows;
mod grants;
mod halt;
mod issues;
mod issuing_cas;
mod keys;
mod lanes;
mod leases;
mod meta;
mod newcomers;
mod online_orders;
mod outbox;
mod participants;
mod passkeys;
mod passwords;
mod people;
mod pids;
mod prune;
mod question_rounds;
mod ra_answers;
mod registers;
mod releases;
mod replay;
mod reseal;
mod root_lists;
mod row;
mod schema;
mod sessions;
mod store;
mod subjects;
mod tokens;
mod tx;
mod voices;

pub use activations::{Activation, Activations, NewActivation};
pub use aliases::{AliasKind, Aliases};
pub use audit::{AuditRow, AuditStore, Segment};
pub use authenticators::{Authenticator, Authenticators};
pub use bulk_lines::{BulkLine, BulkLines, Outcome};
pub use card_wishes::{CardWish, CardWishes};
pub use cards::{CardRow, Cards};
pub use certificates::{CertificateRow, Certificates, Ending, NewCertificate, Revoked, Standing};
pub use code_apps::{AppQuestion, CodeApp, CodeApps, NewDevice};
pub use code_tokens::{CodeToken, CodeTokens, TokenOrder};
pub use companies::Companies;
pub use desks::{AtDesk, Desks};
pub use devices::{Device, Devices};
pub use dialect::{DatabaseKind, Durability, sqlite_file};
pub use eid_banks::Bank;
pub use eids::{Eid, Eids, NewEid};
pub use flows::{DoneFlow, Flows, FoundFlow};
pub use grants::{Basis, Given, Grant, Grants, NewGrant, Refresh};
pub use halt::Halt;
pub use issues::{GivenConsent, Issue, Issues};
pub use issuing_cas::{CaRow, CaState, Crl, IssuingCas};
pub use keys::Keys;
pub use lanes::{LaneId, Lanes};
pub use leases::Leases;
pub use meta::Meta;
pub use newcomers::{Newcomer, Newcomers, SealedNewcomer};
pub use online_orders::{NewOrder, OnlineOrder, OnlineOrders, Placing};
pub use outbox::{Backlog, Letter, Outbox, Unsent};
pub use participants::{Entered, Participant};
pub use passkeys::{Passkey, Passkeys};
pub use passwords::{BlockCause, Passwords, StoredPassword};
pub use people::{NewPerson, People, Person, PersonStatus, Texts, Told};
pub use pids::Pids;
pub use prune::Pruned;
pub use question_rounds::{Round, RoundState, Rounds};
pub use ra_answers::{RaAnswer, RaAnswers};
pub use registers::{RegisteredDocument, Registers};
pub use releases::{Release, Releases};
pub use replay::Replays;
pub use reseal::{Page, Reseal, Walk};
pub use root_lists::{RootList, RootLists};
pub use sessions::{NewSession, SessionRow, Sessions};
pub use store::{Store, StoreSettings};
pub use subjects::Subjects;
pub use tokens::{AccessToken, Questioned, Tokens};
pub use tx::Tx;
pub use voices::{VoiceCall, VoiceLine, Voices};
