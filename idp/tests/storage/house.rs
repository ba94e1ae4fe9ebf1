//! A database of a story's own, with what stories need: a moment, randomness, a person with an eID.

use std::thread;
use std::time::Duration;

use acceptance::postgres;
use idp::ctx::Ctx;
use idp::domain::cpr::Cpr;
use idp::domain::eid::{EidNumber, EidStatus};
use idp::domain::id::{EidId, PersonId};
use idp::domain::time::Time;
use idp::entropy::Entropy;
use idp::storage::{Durability, Halt, NewEid, NewPerson, Store, StoreSettings, Tx};
use idp::vault::{MasterKey, Vault};

/// A store on a fresh database.
pub struct House {
    pub store: Store,
    pub url: String,
    pub rng: Entropy,
    pub vault: Vault,
    _folder: Option<tempfile::TempDir>,
}

/// 22 November 2026, noon.
pub const NOW: Time = Time::from_secs(1_795_348_800);

fn open(url: String, folder: Option<tempfile::TempDir>) -> House {
    let rng = Entropy::system();
    Store::migrate(&url, true, &rng).expect("migrates");
    let id = Store::inspect(&url).expect("is there").database_id.expect("has an id");
    let vault = Vault::new(&MasterKey::generate(&rng), id);
    let store = Store::open(&StoreSettings::new(&url), vault.clone(), rng.clone()).expect("opens");
    House {
        store,
        url,
        rng,
        vault,
        _folder: folder,
    }
}

pub fn sqlite() -> House {
    let folder = tempfile::tempdir().expect("a folder");
    open(
        format!("sqlite:{}", folder.path().join("idp.sqlite").display()),
        Some(folder),
    )
}

pub fn postgres() -> House {
    open(postgres::shared().database(), None)
}

impl House {
    /// So many nodes on the same database, whose acts may wait for a minute.
    pub fn nodes(&self, many: usize) -> Vec<Store> {
        let settings = StoreSettings {
            deadline: Duration::from_secs(60),
            ..StoreSettings::new(&self.url)
        };
        let open = || Store::open(&settings, self.vault.clone(), self.rng.clone()).expect("opens");
        (0..many).map(|_| open()).collect()
    }

    pub fn ctx(&self) -> Ctx {
        Ctx::system(NOW, &self.rng)
    }

    /// The database's name on the PostgreSQL of the tests.
    pub fn name(&self) -> String {
        self.url
            .trim_start_matches("postgres:///")
            .split('?')
            .next()
            .expect("a name")
            .into()
    }

    /// Runs a statement past the store.
    pub fn run(&self, statement: &str) {
        use diesel::connection::SimpleConnection;
        use diesel::{Connection, SqliteConnection};
        match self.url.strip_prefix("sqlite:") {
            Some(path) => SqliteConnection::establish(path)
                .expect("opens")
                .batch_execute(statement)
                .expect("runs"),
            None => drop(acceptance::postgres::shared().ask(&self.name(), statement)),
        }
    }

    /// Bytes as a literal of this database.
    pub fn bytes(&self, bytes: &[u8]) -> String {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        if self.url.starts_with("sqlite:") {
            format!("X'{hex}'")
        } else {
            format!("'\\x{hex}'::bytea")
        }
    }

    /// Whether SQLite was built with this option.
    pub fn has_option(&self, option: &str) -> bool {
        use diesel::{Connection, RunQueryDsl, SqliteConnection};
        #[derive(diesel::QueryableByName)]
        struct Used {
            #[diesel(sql_type = diesel::sql_types::Integer)]
            used: i32,
        }
        let path = self.url.strip_prefix("sqlite:").expect("SQLite");
        let mut db = SqliteConnection::establish(path).expect("opens");
        let query = format!("SELECT sqlite_compileoption_used('{option}') AS used");
        diesel::sql_query(query).get_result::<Used>(&mut db).expect("says").used == 1
    }

    /// Runs an act that must be kept.
    pub fn act<T: Send + 'static>(&self, act: impl FnMut(&mut Tx<'_>) -> Result<T, Halt> + Send + 'static) -> T {
        self.store
            .transact_blocking("story", Durability::Full, act)
            .expect("the act is kept")
    }

    /// Runs the same act from 32 threads at once.
    pub fn at_once<T: Send + 'static>(
        &self,
        act: impl Fn(&mut Tx<'_>) -> Result<T, Halt> + Send + Sync + Clone + 'static,
    ) -> Vec<Result<T, Halt>> {
        let threads: Vec<_> = (0..32)
            .map(|_| {
                let (store, act) = (self.store.clone(), act.clone());
                thread::spawn(move || store.transact_blocking("race", Durability::Full, move |tx| act(tx)))
            })
            .collect();
        threads
            .into_iter()
            .map(|t| t.join().expect("no thread panics"))
            .collect()
    }

    /// A person with a CPR number and an active eID.
    pub fn person(&self) -> (PersonId, EidId) {
        let (person, eid) = (
            PersonId::from_uuid(self.rng.uuid_v7(NOW)),
            EidId::from_uuid(self.rng.uuid_v7(NOW)),
        );
        let number = EidNumber::from_random(self.rng.below_u64(1_000_000_000));
        self.act(move |tx| {
            tx.people().insert(&NewPerson {
                id: person,
                name: "Åse Ærlig".into(),
                address: Some("Vejen 1, 9000 Aalborg".into()),
                protected: false,
                birth_date: None,
                cpr: None,
                email: Some("aase@example.dk".into()),
                phone: None,
                created_at: NOW,
            })?;
            tx.eids().insert(&NewEid {
                id: eid,
                number: number.clone(),
                person,
                status: EidStatus::Active,
                public: true,
                issuer: "bank".into(),
                created_at: NOW,
            })
        });
        (person, eid)
    }
}

/// A substitute number: day + 60.
pub fn cpr() -> Cpr {
    Cpr::parse("610290-5225").expect("a substitute number")
}
