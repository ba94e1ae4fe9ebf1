//! The demo services as they stand in the configuration, checked once at start.

use std::{collections::BTreeMap, sync::Arc};

use url::Url;

use crate::config::{Kind, OidcSettings, ServiceSettings, Settings};
use crate::{saml, text::Locale};

/// All services by name.
pub type Services = BTreeMap<String, Arc<Service>>;

/// One demo service.
pub struct Service {
    /// The first part of its paths.
    pub name: String,
    /// What it plays.
    pub kind: Kind,
    /// How it logs people in.
    pub protocol: Protocol,
    public_url: Url,
    name_da: String,
    name_en: String,
}

/// How a service is registered at the identity provider.
pub enum Protocol {
    /// As an OIDC client.
    Oidc(OidcSettings),
    /// As a SAML service provider.
    Saml(saml::Provider),
}

impl Service {
    fn new(name: &str, settings: &ServiceSettings, shared_url: &Url) -> Result<Self, String> {
        let public_url = settings.public_url.as_ref().unwrap_or(shared_url).clone();
        if public_url.cannot_be_a_base() || public_url.path() != "/" {
            return Err(format!("services.{name}: public_url must be an address without a path"));
        }
        let protocol = match (&settings.oidc, &settings.saml) {
            (Some(oidc), None) => Protocol::Oidc(oidc.clone()),
            (None, Some(saml)) => Protocol::Saml(saml::Provider::load(name, saml, &public_url)?),
            _ => return Err(format!("services.{name}: exactly one of oidc and saml is needed")),
        };
        let (name_da, name_en) = (settings.name_da.clone(), settings.name_en.clone());
        Ok(Self {
            name: name.to_owned(),
            kind: settings.kind,
            protocol,
            public_url,
            name_da,
            name_en,
        })
    }

    /// Its name for people.
    pub fn title(&self, locale: Locale) -> &str {
        match locale {
            Locale::Da => &self.name_da,
            Locale::En => &self.name_en,
        }
    }

    /// The public address of one of its pages: what is registered at the identity provider.
    pub fn url(&self, page: &str) -> Url {
        let mut url = self.public_url.clone();
        url.set_path(&self.path(page));
        url
    }

    /// The path of one of its pages.
    pub fn path(&self, page: &str) -> String {
        format!("/{}/{page}", self.name)
    }

    /// Whether browsers reach it over https, so that its cookies are Secure.
    pub fn is_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }
}

/// Builds the services of the configuration; the error names the service.
pub fn load(settings: &Settings) -> Result<Services, String> {
    let build = |(name, service): (&String, &ServiceSettings)| {
        Service::new(name, service, &settings.public_url).map(|service| (name.clone(), Arc::new(service)))
    };
    settings.services.iter().map(build).collect()
}
