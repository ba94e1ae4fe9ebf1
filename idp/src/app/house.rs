//! The house without its doors: store, vault, parties, work. What `serve` and every command open first.

use std::path::Path;
use std::sync::Arc;

use crate::certificates;
use crate::clock::Clock;
use crate::config::parties::{Parties, SharedParties};
use crate::config::{ConfigError, Settings};
use crate::credentials::activation;
use crate::credentials::code_app;
use crate::credentials::passkey;
use crate::credentials::password::Sources;
use crate::credentials::voice;
use crate::demo::officer_keys;
use crate::domain::password::Law;
use crate::entropy::Entropy;
use crate::fault::Fault;
use crate::issuing::online::Orders;
use crate::jobs::Board;
use crate::login::{Ceremony, Protocols, Room};
use crate::pid;
use crate::registers::Registers;
use crate::session::Limits;
use crate::storage::{DatabaseKind, Store, StoreSettings, sqlite_file};
use crate::vault::passkey::Relying;
use crate::vault::password::Params;
use crate::vault::{MasterKey, Vault};
use crate::work::{Work, WorkSettings};

/// Why the house does not open. Each says what the operator can do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A setting, with file and key.
    #[error("{0}")]
    Config(#[from] ConfigError),
    /// The database is not as this program needs it.
    #[error("storage: {0}")]
    Schema(String),
    /// The master key is missing or not one.
    #[error("vault: {0}")]
    MasterKey(String),
    /// Demo and production do not mix.
    #[error("demo: {0}")]
    Mark(String),
    /// Something broke.
    #[error("{0}")]
    Fault(#[from] Fault),
}

/// Everything but the doors.
#[derive(Clone)]
pub struct House {
    /// What the operator set.
    pub settings: Arc<Settings>,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub rng: Entropy,
    /// The safe.
    pub vault: Vault,
    /// The memory.
    pub store: Store,
    /// Who may ask.
    pub parties: SharedParties,
    /// Passkeys, as set.
    pub passkeys: passkey::Rules,
    /// The revocation lists that this node gives out.
    pub lists: certificates::Lists,
    /// Which of its jobs do not do their work.
    pub jobs: Board,
}

impl House {
    /// Opens the house on a database that is as it should be. `migrate` brings the schema up to date first (a demo always does).
    ///
    /// # Errors
    /// The first thing that stands in the way.
    pub fn open(settings: Settings, clock: Clock, rng: Entropy, migrate: bool) -> Result<House, OpenError> {
        if let Some(keys) = settings.officer_keys() {
            officer_keys::make(&keys)?;
        }
        let parties = SharedParties::new(Parties::load(&settings)?);
        let url = settings.storage.url.expose().to_owned();
        let demo = settings.is_demo();
        if migrate || demo {
            make_folder(&url)?;
            // Looked at before it is touched: a demo never migrates a database of production, nor the other way round.
            refuse_mixed(Store::inspect(&url)?.demo, demo)?;
            Store::migrate(&url, demo, &rng)?;
        }
        if sqlite_file(&url).is_some_and(|path| !path.exists()) {
            return Err(OpenError::Schema("there is no database yet: run `idp migrate`".into()));
        }
        let found = Store::inspect(&url)?;
        if let Some(newest) = found.unknown.last() {
            return Err(OpenError::Schema(format!(
                "the database has migration {newest}, which this program does not know: it is older than the database"
            )));
        }
        if !found.pending.is_empty() {
            return Err(OpenError::Schema(format!(
                "the schema is older than this program: run `idp migrate` ({})",
                found.pending.join(", ")
            )));
        }
        refuse_mixed(found.demo, demo)?;
        let id = found
            .database_id
            .ok_or_else(|| OpenError::Schema("the database has no id".into()))?;
        let vault = Vault::new(&master_key(&settings, &rng)?, id);
        let store = Store::open(&store_settings(&settings), vault.clone(), rng.clone())?;
        let house = House {
            passkeys: passkeys(&settings)?,
            settings: Arc::new(settings),
            clock,
            rng,
            vault,
            store,
            parties,
            lists: certificates::Lists::default(),
            jobs: Board::default(),
        };
        house.load_generations()?;
        Ok(house)
    }

    fn load_generations(&self) -> Result<(), Fault> {
        let generations = self
            .store
            .read_blocking("meta.generations", |tx| tx.meta().generations());
        let generations =
            generations.map_err(|halt| Fault::bare(format!("the key generations could not be read: {halt:?}")))?;
        self.vault.set_generations(generations);
        Ok(())
    }

    /// Cost of a password hash, as set.
    #[must_use]
    pub fn hash_params(&self) -> Params {
        let hash = &self.settings.login.hash;
        Params {
            memory_kib: hash.memory_kib,
            passes: hash.passes,
            lanes: hash.lanes,
        }
    }

    /// Which passwords may be chosen, as set.
    #[must_use]
    pub fn password_law(&self) -> Law {
        if self.settings.password.classic {
            Law::Classic
        } else {
            Law::Modern
        }
    }

    /// The ceremony of this house, answering through `protocols`.
    #[must_use]
    pub fn ceremony(&self, protocols: Protocols) -> Ceremony {
        let (hash, session) = (&self.settings.login.hash, &self.settings.session);
        let defaults = WorkSettings::default();
        let work = WorkSettings {
            hash_lanes: if hash.threads == 0 {
                defaults.hash_lanes
            } else {
                hash.threads
            },
            hash_queue: hash.queue,
            deadline: hash.deadline_ms.duration(),
        };
        let login = &self.settings.login;
        Ceremony {
            store: self.store.clone(),
            vault: self.vault.clone(),
            work: Work::new(work),
            room: Room::new(&login.room, work, login.flood.table_slots),
            clock: self.clock.clone(),
            rng: self.rng.clone(),
            parties: self.parties.clone(),
            protocols,
            sources: Arc::new(Sources::default()),
            passkeys: self.passkeys.clone(),
            voice: voice::Rules {
                offered: login.voice.offered || self.settings.is_demo(),
                price_oere: login.voice.price_oere,
                calls_an_hour: login.voice.calls_an_hour,
                waits: login.voice.wait_minutes.span(),
            },
            hash: self.hash_params(),
            law: self.password_law(),
            limits: Limits {
                idle: session.idle_minutes.span(),
                absolute: session.absolute_hours.span(),
            },
        }
    }

    /// What the PID service is answered from.
    #[must_use]
    pub fn pid_service(&self) -> pid::http::Desk {
        pid::http::Desk {
            store: self.store.clone(),
            parties: self.parties.clone(),
        }
    }

    /// What is told of certificates.
    #[must_use]
    pub fn certificates(&self) -> certificates::http::Desk {
        certificates::http::Desk::new(self.store.clone(), self.vault.clone(), self.lists.clone())
    }

    /// Where orders of our own page are accepted, and registers asked about them.
    #[must_use]
    pub fn orders(&self, registers: Registers, activation: activation::Rules) -> Orders {
        let (store, vault) = (self.store.clone(), self.vault.clone());
        Orders::new(
            (store, vault),
            registers,
            self.parties.clone(),
            (activation, &self.rng),
            &self.settings,
        )
    }

    /// What code apps are answered from.
    #[must_use]
    pub fn code_apps(&self) -> code_app::http::Desk {
        code_app::http::Desk {
            store: self.store.clone(),
            vault: self.vault.clone(),
            parties: self.parties.clone(),
            issuer: self.settings.server.public_url.as_str().to_owned(),
            waits: self.settings.login.app.wait_minutes.span(),
        }
    }

    /// Reads the parties again, whole; a bad file keeps the old set.
    ///
    /// # Errors
    /// What is wrong, with file and key.
    pub fn reload_parties(&self) -> Result<usize, ConfigError> {
        let parties = Parties::load(&self.settings)?;
        crate::saml::check(&parties, self.settings.is_demo(), self.clock.now())?;
        let count = parties.len();
        self.parties.swap(parties);
        Ok(count)
    }
}

/// The database remembers for good whether it is a demo.
fn refuse_mixed(mark: Option<bool>, demo: bool) -> Result<(), OpenError> {
    match (mark, demo) {
        (Some(true), false) => Err(OpenError::Mark(
            "this database was made as a demo and can never be used in production".into(),
        )),
        (Some(false), true) => Err(OpenError::Mark(
            "this database was made for production: a demo needs one of its own".into(),
        )),
        _ => Ok(()),
    }
}

/// Who we are to browsers that hold passkeys, and by which rules they come in.
fn passkeys(settings: &Settings) -> Result<passkey::Rules, ConfigError> {
    let (set, login) = (&settings.login.passkey, &settings.login);
    let wrong = |reason: String| ConfigError::one("login.passkey.makers", "", reason);
    let makers = set.makers.as_deref().map(std::fs::read_to_string).transpose();
    let makers = makers.map_err(|error| wrong(error.to_string()))?;
    let pages = std::iter::once(&settings.server.public_url).chain(&login.ui_url);
    let origins = pages.map(|origin| origin.url().clone()).collect();
    let relying = Relying::new(
        &settings.passkey_rp_id(),
        &settings.web.name,
        origins,
        makers.as_deref(),
    );
    Ok(passkey::Rules {
        relying: Arc::new(relying.map_err(wrong)?),
        most: set.most,
        waits: set.wait_minutes.span(),
    })
}

/// The folder of a new SQLite file.
fn make_folder(url: &str) -> Result<(), OpenError> {
    match sqlite_file(url).and_then(Path::parent) {
        Some(folder) if !folder.as_os_str().is_empty() => {
            std::fs::create_dir_all(folder).map_err(|e| OpenError::Schema(format!("{}: {e}", folder.display())))
        }
        _ => Ok(()),
    }
}

fn store_settings(settings: &Settings) -> StoreSettings {
    let storage = &settings.storage;
    let mut wanted = StoreSettings::new(storage.url.expose());
    if let Ok(pool @ 1..) = u32::try_from(storage.pool) {
        wanted.connections = pool;
    } else if DatabaseKind::of(&wanted.url) == Some(DatabaseKind::Sqlite) {
        // Its readers work on their own core each: more of them than cores only take turns.
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZeroUsize::get);
        wanted.connections = u32::try_from(cores.clamp(2, 16)).unwrap_or(2);
    }
    wanted.queue = storage.queue;
    wanted.deadline = storage.deadline_ms.duration();
    wanted
}

/// The master key from the environment or its file. A demo makes its own beside the database the first time; production never
/// does: a key that nobody kept would make the backup worthless.
fn master_key(settings: &Settings, rng: &Entropy) -> Result<MasterKey, OpenError> {
    let refused = |e: crate::vault::VaultError| OpenError::MasterKey(e.to_string());
    let vault = &settings.vault;
    match (&vault.master_key, &vault.master_key_path) {
        (Some(key), _) => MasterKey::parse(key.expose()).map_err(refused),
        (None, Some(path)) if settings.is_demo() && !path.exists() => create(path, rng),
        (None, Some(path)) => MasterKey::load_file(path).map_err(refused),
        (None, None) => Err(OpenError::MasterKey(
            "no master key: set vault.master_key_path, or IDP__VAULT__MASTER_KEY in the environment".into(),
        )),
    }
}

fn create(path: &Path, rng: &Entropy) -> Result<MasterKey, OpenError> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|e| OpenError::MasterKey(format!("{}: {e}", folder.display())))?;
    }
    MasterKey::create_file(path, rng).map_err(|e| OpenError::MasterKey(e.to_string()))
}
