//! What a house is to be like, and what a demo service of it is called.

use crate::network::Sites;

/// Which database the house stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    Sqlite,
    Postgres,
}

/// What a house is to be like.
pub struct Plan {
    pub database: Database,
    /// A database of one's own instead.
    pub storage_url: Option<String>,
    /// Further settings of `idp`, by environment.
    pub settings: Vec<(String, String)>,
    /// Three names on three sites, over TLS.
    pub sites: Option<Sites>,
    /// Whether the demo services run too.
    pub services: bool,
    /// Whether clients open a connection for each request.
    pub anew: bool,
}

impl Plan {
    pub fn on(database: Database) -> Self {
        Self {
            database,
            storage_url: None,
            settings: Vec::new(),
            sites: None,
            services: true,
            anew: false,
        }
    }

    /// Clients open a connection for each request: what stands before several nodes then chooses anew.
    #[must_use]
    pub fn each_request_anew(mut self) -> Self {
        self.anew = true;
        self
    }

    #[must_use]
    pub fn set(mut self, key: &str, value: impl ToString) -> Self {
        self.settings.push((
            format!("IDP__{}", key.to_uppercase().replace('.', "__")),
            value.to_string(),
        ));
        self
    }

    #[must_use]
    pub fn without_services(mut self) -> Self {
        self.services = false;
        self
    }

    #[must_use]
    pub fn over_tls(mut self) -> Self {
        self.sites = Some(Sites::three());
        self
    }

    #[must_use]
    pub fn on_database_at(mut self, url: String) -> Self {
        self.storage_url = Some(url);
        self
    }
}

/// A demo service.
#[derive(Clone, Debug)]
pub struct Service {
    pub name: String,
    pub origin: String,
    pub(super) query: String,
}

impl Service {
    pub fn at(&self, page: &str) -> String {
        format!("{}/{}/{page}", self.origin, self.name)
    }

    pub fn login(&self) -> String {
        format!("{}{}", self.at("login"), self.query)
    }

    /// The same service, asked with options: `level=substantial`, `force=1`, `passive=1`.
    #[must_use]
    pub fn with(&self, query: &str) -> Self {
        Self {
            query: format!("?{query}"),
            ..self.clone()
        }
    }
}
