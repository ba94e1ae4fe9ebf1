//! For the tests of every room: a house on a database of its own, with a clock that is moved by hand and people whose password
//! and card are known. Compiled for tests only.

mod ear;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection};

use crate::clock::Clock;
use crate::credentials::activation::{By, Rules};
use crate::credentials::keycard::new_card;
use crate::ctx::{Agent, Caller, Ctx};
use crate::domain::assurance::Level;
use crate::domain::cpr::Cpr;
use crate::domain::eid::{EidNumber, EidStatus};
use crate::domain::id::{EidId, PersonId};
use crate::domain::keycard::{CardNumber, CardState};
use crate::domain::proofing::{Channel, HandOver};
use crate::domain::register::Entry;
use crate::domain::time::{Span, Time};
use crate::entropy::Entropy;
use crate::storage::{AliasKind, Durability, Halt, Issue, NewEid, NewPerson, Store, StoreSettings, Tx};
use crate::vault::card::CardSecret;
use crate::vault::password::{HashMemory, Params, make};
use crate::vault::signing::KeyRow;
use crate::vault::{MasterKey, Vault, install_crypto};

pub(crate) use ear::{Ear, Heard};

/// How an activation password is ordered where a story says nothing else.
pub(crate) const ACTIVATION: Rules = Rules {
    life: Span::days(28),
    by: By::Letter,
};

/// A house on a fresh SQLite database.
pub(crate) struct House {
    pub store: Store,
    pub vault: Vault,
    pub clock: Clock,
    pub rng: Entropy,
    file: String,
    _folder: tempfile::TempDir,
}

/// A person who can log in.
pub(crate) struct Citizen {
    pub person: PersonId,
    pub eid: EidId,
    pub user_id: &'static str,
    pub password: &'static str,
    pub card: CardNumber,
    pub secret: CardSecret,
}

/// Hashes that cost next to nothing: tests are not about their cost.
pub(crate) const CHEAP: Params = Params {
    memory_kib: 64,
    passes: 1,
    lanes: 1,
};

/// When every house begins.
const BEGIN: Time = Time::from_secs(1_795_348_800);

/// Voice response, free and at once.
pub(crate) const VOICE: crate::credentials::voice::Rules = crate::credentials::voice::Rules {
    offered: true,
    price_oere: 0,
    calls_an_hour: 3,
    waits: crate::domain::time::Span::ZERO,
};

/// Passkeys for a house at `http://localhost:8080`, usable at once.
pub(crate) fn passkeys() -> crate::credentials::passkey::Rules {
    let origin = url::Url::parse("http://localhost:8080").expect("an address");
    let relying = crate::vault::passkey::Relying::new("localhost", "Nøgle", vec![origin], None);
    crate::credentials::passkey::Rules {
        relying: Arc::new(relying.expect("nobody to believe")),
        most: 3,
        waits: crate::domain::time::Span::ZERO,
    }
}

/// A vault of its own; all of them have one master key, so that the signing keys are made once.
fn vault() -> Vault {
    Vault::new(&MasterKey::generate(&Entropy::seeded(7)), [7; 16])
}

static KEYS: LazyLock<Vec<KeyRow>> = LazyLock::new(|| {
    let keys = vault().rotate_keys(Vec::new(), "test", BEGIN, false, &Entropy::system());
    keys.expect("keys").rows
});

impl House {
    pub(crate) fn new() -> House {
        install_crypto();
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("idp.sqlite").display().to_string();
        let url = format!("sqlite:{file}");
        let rng = Entropy::system();
        Store::migrate(&url, true, &rng).expect("migrates");
        let (vault, clock) = (vault(), Clock::fixed(BEGIN));
        vault.load_keys(KEYS.clone()).expect("keys load");
        let store = Store::open(&StoreSettings::new(&url), vault.clone(), rng.clone()).expect("opens");
        House {
            store,
            vault,
            clock,
            rng,
            file,
            _folder: folder,
        }
    }

    /// A call from an address.
    pub(crate) fn ctx_from(&self, source: &str) -> Ctx {
        let caller = Caller {
            source: Some(source.parse().expect("an address")),
            agent: Agent::Browser,
            certificate: None,
        };
        Ctx {
            caller,
            ..Ctx::system(self.clock.now(), &self.rng)
        }
    }

    pub(crate) fn ctx(&self) -> Ctx {
        self.ctx_from("192.0.2.1")
    }

    /// Runs an act that must be kept.
    pub(crate) fn act<T: Send + 'static>(&self, act: impl FnMut(&mut Tx<'_>) -> Result<T, Halt> + Send + 'static) -> T {
        self.store
            .transact_blocking("story", Durability::Full, act)
            .expect("the act is kept")
    }

    /// `anna`, public, with the password `nøgle-1234x` and an active card.
    /// With a CA that issues certificates.
    pub(crate) fn certifies(self) -> House {
        self.gets_a_ca();
        self
    }

    /// From now on certificates are issued.
    pub(crate) fn gets_a_ca(&self) {
        let address = Some("http://localhost:8080");
        crate::certificates::ensure(&self.store, &self.vault, &self.ctx(), address).expect("a CA");
    }

    pub(crate) fn anna(&self) -> Citizen {
        self.citizen("anna", "noegle-1234x", false)
    }

    pub(crate) fn citizen(&self, user_id: &'static str, password: &'static str, four_digits: bool) -> Citizen {
        self.citizen_at((user_id, "1980-01-01"), password, four_digits, (None, None))
    }

    /// Somebody of 16 or 17.
    pub(crate) fn youth(&self) -> Citizen {
        self.citizen_at(("young-anna", "2010-01-01"), "noegle-1234x", false, (None, None))
    }

    /// `anna`, who has told us where she can be reached.
    pub(crate) fn reachable(&self, email: &'static str, phone: &'static str) -> Citizen {
        self.citizen_at(
            ("reachable-anna", "1980-01-01"),
            "noegle-1234x",
            false,
            (Some(email), Some(phone)),
        )
    }

    fn citizen_at(
        &self,
        (user_id, born): (&'static str, &'static str),
        password: &'static str,
        four_digits: bool,
        (email, phone): (Option<&'static str>, Option<&'static str>),
    ) -> Citizen {
        let ctx = self.ctx();
        let person = PersonId::from_uuid(self.rng.uuid_v7(ctx.now));
        let cpr = substitute_cpr(&self.rng);
        self.act(move |tx| {
            tx.people().insert(&NewPerson {
                id: person,
                name: "Anna Andersen".into(),
                address: None,
                protected: false,
                birth_date: born.parse().ok(),
                cpr: Some(cpr.clone()),
                email: email.map(str::to_owned),
                phone: phone.map(str::to_owned),
                created_at: ctx.now,
            })?;
            let entry = Entry {
                name: "Anna Andersen".into(),
                ..Entry::default()
            };
            tx.registers().put(&cpr, &entry, ctx.now).map(drop)
        });
        self.eid_of(person, user_id, password, four_digits)
    }

    /// It is written down how sure it was who somebody is.
    pub(crate) fn was_identified_to(&self, citizen: &Citizen, level: Level) {
        let issue = Issue {
            eid: citizen.eid,
            channel: Channel::Bank,
            by: ("bank".into(), "officer".into()),
            level,
            hand_over: HandOver::BothPosted.as_str().into(),
            shown: "{}".into(),
            issued_at: self.clock.now(),
        };
        self.act(move |tx| tx.issues().insert(&issue));
    }

    /// The eID is on hardware from now on.
    pub(crate) fn goes_on_hardware(&self, citizen: &Citizen) {
        let eid = citizen.eid;
        assert!(self.act(move |tx| tx.eids().put_on_hardware(eid, true)));
    }

    /// One more eID of somebody who has one: another user-ID, password and card.
    pub(crate) fn another_eid(&self, of: &Citizen, user_id: &'static str, password: &'static str) -> Citizen {
        self.eid_of(of.person, user_id, password, false)
    }

    fn eid_of(&self, person: PersonId, user_id: &'static str, password: &'static str, four_digits: bool) -> Citizen {
        let ctx = self.ctx();
        let eid = EidId::from_uuid(self.rng.uuid_v7(ctx.now));
        let number = EidNumber::from_random(self.rng.below_u64(1_000_000_000));
        let verifier = make(
            &self.vault,
            (password.as_bytes(), false),
            self.rng.bytes(),
            CHEAP,
            &mut HashMemory::new(),
        )
        .expect("a verifier")
        .to_bytes();
        let (card, secret) = self.act(move |tx| {
            tx.eids().insert(&NewEid {
                id: eid,
                number: number.clone(),
                person,
                status: EidStatus::Active,
                public: true,
                issuer: "bank".into(),
                created_at: ctx.now,
            })?;
            tx.aliases().insert(user_id, eid, AliasKind::Chosen, ctx.now)?;
            tx.passwords().set(eid, &verifier, four_digits, ctx.now)?;
            new_card(tx, &ctx, eid, CardState::Active)
        });
        Citizen {
            person,
            eid,
            user_id,
            password,
            card: card.number,
            secret,
        }
    }
}

/// Somebody beside the house who sees what is written into its database, by whomever.
pub(crate) struct Watch {
    db: SqliteConnection,
    version: i64,
}

/// What a database holds: every row of every table.
pub(crate) type Contents = BTreeMap<String, BTreeSet<String>>;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = diesel::sql_types::Text)]
    line: String,
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    data_version: i64,
}

impl House {
    /// Looks on from now on.
    pub(crate) fn watch(&self) -> Watch {
        let db = SqliteConnection::establish(&self.file).expect("opens");
        let mut watch = Watch { db, version: 0 };
        watch.has_seen_a_commit();
        watch
    }
}

impl Watch {
    /// Whether anything was committed since the last look; SQLite's own word (`PRAGMA data_version`).
    pub(crate) fn has_seen_a_commit(&mut self) -> bool {
        let now = diesel::sql_query("PRAGMA data_version").get_result::<Version>(&mut self.db);
        let now = now.expect("a version").data_version;
        std::mem::replace(&mut self.version, now) != now
    }

    /// Everything that is stored now.
    pub(crate) fn contents(&mut self) -> Contents {
        let tables = self.lines("SELECT name AS line FROM sqlite_master WHERE type = 'table'");
        tables
            .into_iter()
            .map(|table| {
                let columns = self.lines(&format!(
                    "SELECT 'quote(' || name || ')' AS line FROM pragma_table_info('{table}')"
                ));
                let row = columns.join(" || ',' || ");
                let rows = self.lines(&format!("SELECT {row} AS line FROM {table}"));
                (table, rows.into_iter().collect())
            })
            .collect()
    }

    fn lines(&mut self, query: &str) -> Vec<String> {
        let lines = diesel::sql_query(query).load::<Line>(&mut self.db);
        lines.expect("rows").into_iter().map(|line| line.line).collect()
    }
}

/// Whether a row tells this text: in the clear, or as the bytes of a BLOB, which are read as hex.
pub(crate) fn tells(rows: &BTreeSet<String>, text: &str) -> bool {
    let hex = crate::hex::hex(text.as_bytes()).to_uppercase();
    rows.iter().any(|row| row.contains(text) || row.contains(&hex))
}

/// The tables that differ, each with how many rows it has more (or fewer) than before.
pub(crate) fn changed(before: &Contents, after: &Contents) -> Vec<(String, i64)> {
    let count = |rows: &BTreeSet<String>| i64::try_from(rows.len()).expect("few");
    let differ = after.iter().filter(|(table, rows)| before.get(*table) != Some(*rows));
    let grown =
        |(table, rows): (&String, &BTreeSet<String>)| (table.clone(), count(rows) - before.get(table).map_or(0, count));
    differ.map(grown).collect()
}

/// A substitute number (day + 60) of somebody born in 1980.
pub(crate) fn substitute_cpr(rng: &Entropy) -> Cpr {
    let (day, month) = (61 + rng.below(28), 1 + rng.below(12));
    Cpr::parse(&format!("{day:02}{month:02}80{:04}", rng.below(4_000))).expect("a substitute number")
}
