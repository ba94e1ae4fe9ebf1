//! All relying parties together. Owns the rules between them and the swap of the whole set; a bad file keeps the old set.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use arc_swap::ArcSwap;

use super::{common::Place, file::PartyFile, own, rules, types::Party};
use crate::{
    config::{
        Settings,
        reader::{ConfigError, Origins, Problem, Reader},
    },
    domain::party::OWN,
};

/// Every party, found by each of its names. Immutable.
#[derive(Debug, Clone, Default)]
pub struct Parties {
    by_id: BTreeMap<String, Arc<Party>>,
    by_client: HashMap<String, Arc<Party>>,
    by_entity: HashMap<String, Arc<Party>>,
}

impl Parties {
    /// Reads every `*.toml` of `parties.dir`.
    ///
    /// # Errors
    /// Everything that is wrong in any file.
    pub fn load(settings: &Settings) -> Result<Self, ConfigError> {
        let keys = settings.officer_keys();
        let parties = Self::read(&settings.parties.dir, settings.is_demo(), keys.as_deref())?;
        if settings.server.shows_certificates() {
            return Ok(parties);
        }
        // Nobody can show a certificate here: such a party would be refused for ever.
        let problems: Vec<_> = parties
            .iter()
            .filter(|party| party.shows_certificates())
            .map(|party| Problem {
                file: settings
                    .parties
                    .dir
                    .join(format!("{}.toml", party.id))
                    .display()
                    .to_string(),
                key: "oidc.auth".to_owned(),
                reason: "nobody can show a certificate here: set server.tls, or server.client_certificate_header"
                    .to_owned(),
            })
            .collect();
        if problems.is_empty() {
            Ok(parties)
        } else {
            Err(ConfigError { problems })
        }
    }

    /// Reads every `*.toml` of a folder.
    ///
    /// # Errors
    /// As `load`.
    pub fn load_dir(dir: &Path, demo: bool) -> Result<Self, ConfigError> {
        Self::read(dir, demo, None)
    }

    /// `keys`: the folder of what a demo has made for its registration authorities.
    pub(crate) fn read(dir: &Path, demo: bool, keys: Option<&Path>) -> Result<Self, ConfigError> {
        let mut problems = Vec::new();
        let mut parties = Self::default();
        for path in files(dir)? {
            match read(&path, demo, keys) {
                Ok(party) => parties.add(party, &mut problems),
                Err(error) => problems.extend(error.problems),
            }
        }
        if problems.is_empty() {
            Ok(parties)
        } else {
            Err(ConfigError { problems })
        }
    }

    /// By id; our own pages by theirs, whatever the files say.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Arc<Party>> {
        if id == OWN {
            return Some(own::party());
        }
        self.by_id.get(id)
    }

    /// By OIDC client id.
    #[must_use]
    pub fn by_client(&self, client_id: &str) -> Option<&Arc<Party>> {
        self.by_client.get(client_id)
    }

    /// By SAML entity id.
    #[must_use]
    pub fn by_entity(&self, entity_id: &str) -> Option<&Arc<Party>> {
        self.by_entity.get(entity_id)
    }

    /// The party that a bank's customers log in to.
    #[must_use]
    pub fn of_bank(&self, bank: &str) -> Option<&Arc<Party>> {
        self.iter().find(|party| party.bank.as_deref() == Some(bank))
    }

    /// Those of the files, in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Party>> {
        self.by_id.values()
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// None yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    fn add(&mut self, party: Party, problems: &mut Vec<Problem>) {
        let party = Arc::new(party);
        let mut taken = |key: &str, name: &str, by: &Arc<Party>| {
            problems.push(Problem {
                file: party.file.display().to_string(),
                key: key.to_owned(),
                reason: format!("{name:?} is taken by {}", by.file.display()),
            });
        };
        if let Some(oidc) = &party.oidc
            && let Some(other) = self.by_client.insert(oidc.client_id.clone(), party.clone())
        {
            taken("oidc.client_id", &oidc.client_id, &other);
        }
        if let Some(saml) = &party.saml
            && let Some(other) = self.by_entity.insert(saml.entity_id.clone(), party.clone())
        {
            taken("saml.entity_id", &saml.entity_id, &other);
        }
        self.by_id.insert(party.id.clone(), party);
    }
}

fn files(dir: &Path) -> Result<Vec<PathBuf>, ConfigError> {
    let unreadable =
        |error: std::io::Error| ConfigError::one(dir.display().to_string(), "", format!("cannot be read: {error}"));
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|kind| kind == "toml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn read(path: &Path, demo: bool, keys: Option<&Path>) -> Result<Party, ConfigError> {
    let text = fs::read_to_string(path)
        .map_err(|error| ConfigError::one(path.display().to_string(), "", format!("cannot be read: {error}")))?;
    let table = crate::config::parse(path, &text)?;
    let mut reader = Reader::new(path, Origins::new());
    let file: PartyFile = reader.read(table);
    let party = rules::party(file, &Place { path, demo, keys }, &mut reader);
    let problems = reader.into_problems();
    if problems.is_empty() {
        Ok(party)
    } else {
        Err(ConfigError { problems })
    }
}

/// The set in use: read without a lock, swapped whole when the operator asks (SIGHUP).
#[derive(Debug, Clone, Default)]
pub struct SharedParties(Arc<ArcSwap<Parties>>);

impl SharedParties {
    /// Begins with one set.
    #[must_use]
    pub fn new(parties: Parties) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(parties)))
    }

    /// The set of this moment; keep it for the whole act.
    #[must_use]
    pub fn current(&self) -> Arc<Parties> {
        self.0.load_full()
    }

    /// Puts another set in its place.
    pub fn swap(&self, parties: Parties) {
        self.0.store(Arc::new(parties));
    }
}
