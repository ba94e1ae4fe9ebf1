//! A running transaction: the one way to every repository.

use diesel::connection::SimpleConnection;

use super::dialect::{self, Db, Durability};
use super::{
    Activations, Aliases, AuditStore, Authenticators, BulkLines, CardWishes, Cards, Certificates, CodeApps, CodeTokens,
    Companies, Desks, Devices, Eids, Flows, Grants, Halt, Issues, IssuingCas, Keys, Lanes, Leases, Meta, Newcomers,
    OnlineOrders, Outbox, Passkeys, Passwords, People, Pids, Pruned, RaAnswers, Registers, Releases, Replays, Reseal,
    RootLists, Rounds, Sessions, Subjects, Tokens, Voices,
};
use crate::domain::refusal::Refusal;
use crate::domain::time::Time;
use crate::entropy::Entropy;
use crate::vault::Vault;

/// A running transaction (or a row of reads): the way to every repository.
pub struct Tx<'c> {
    pub(super) db: &'c mut Db,
    pub(super) vault: &'c Vault,
    pub(super) rng: &'c Entropy,
    /// The database's mark.
    pub(super) demo: bool,
}

macro_rules! repositories {
    ($($(#[$doc:meta])* $name:ident: $type:ident),* $(,)?) => {
        impl<'c> Tx<'c> {
            $($(#[$doc])* pub fn $name(&mut self) -> $type<'_, 'c> { $type(self) })*
        }
    };
}

repositories! {
    /// Activation passwords.
    activations: Activations,
    /// User-IDs.
    aliases: Aliases,
    /// Audit rows and segments.
    audit: AuditStore,
    /// What eIDs are proven with beside the card.
    authenticators: Authenticators,
    /// What came of the lines of bulk deliveries.
    bulk_lines: BulkLines,
    /// Key cards.
    cards: Cards,
    /// What holders want of their next cards.
    card_wishes: CardWishes,
    /// Certificates of public eIDs.
    certificates: Certificates,
    /// Code apps and what they are asked.
    code_apps: CodeApps,
    /// Code tokens and their orders.
    code_tokens: CodeTokens,
    /// The house's own register of companies.
    companies: Companies,
    /// What waits at desks.
    desks: Desks,
    /// Browsers that an eID has logged in from.
    devices: Devices,
    /// eIDs and their banks.
    eids: Eids,
    /// Finished flows.
    flows: Flows,
    /// What was given to OIDC clients.
    grants: Grants,
    /// How eIDs were issued.
    issues: Issues,
    /// Issuing CAs and what they publish.
    issuing_cas: IssuingCas,
    /// Signing keys.
    keys: Keys,
    /// Counters of wrong passwords.
    lanes: Lanes,
    /// Who does a job that only one node may do.
    leases: Leases,
    /// Facts about the database.
    meta: Meta,
    /// Whole people at once.
    newcomers: Newcomers,
    /// Orders of our own page.
    online_orders: OnlineOrders,
    /// What is to be sent.
    outbox: Outbox,
    /// Passkeys.
    passkeys: Passkeys,
    /// Passwords.
    passwords: Passwords,
    /// People.
    people: People,
    /// Public numbers.
    pids: Pids,
    /// What acts of RAs were answered.
    ra_answers: RaAnswers,
    /// The house's own register.
    registers: Registers,
    /// What people let services know.
    releases: Releases,
    /// Rounds of control questions.
    rounds: Rounds,
    /// Single-use marks.
    replays: Replays,
    /// The walk over sealed values.
    reseal: Reseal,
    /// Revocation lists of roots.
    root_lists: RootLists,
    /// Sessions and participants.
    sessions: Sessions,
    /// Pairwise identifiers.
    subjects: Subjects,
    /// Access tokens.
    tokens: Tokens,
    /// Voice response.
    voices: Voices,
}

impl Tx<'_> {
    /// The safe that seals this database.
    #[must_use]
    pub fn vault(&self) -> &Vault {
        self.vault
    }

    /// What the database says of the durability of this transaction.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn durability(&mut self) -> Result<Durability, Halt> {
        Ok(dialect::durability(self.db)?)
    }

    /// Runs a part of the act that may be refused by itself: where it is, all that it wrote is undone, and the act goes on. Whatever else stops
    /// it stops the whole act.
    ///
    /// # Errors
    /// As the part, but for a refusal; when the database does not answer.
    pub fn attempt<T>(&mut self, part: impl FnOnce(&mut Self) -> Result<T, Halt>) -> Result<Result<T, Refusal>, Halt> {
        self.db.batch_execute("SAVEPOINT attempt")?;
        let (done, end) = match part(self) {
            Ok(done) => (Ok(done), "RELEASE SAVEPOINT attempt"),
            Err(Halt::Refused(refusal)) => (Err(refusal), "ROLLBACK TO SAVEPOINT attempt; RELEASE SAVEPOINT attempt"),
            Err(halt) => return Err(halt),
        };
        self.db.batch_execute(end)?;
        Ok(done)
    }

    /// Removes what has expired, some hundred rows of each kind at a time.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn prune(&mut self, now: Time) -> Result<Pruned, Halt> {
        super::prune::prune(self, now)
    }
}
