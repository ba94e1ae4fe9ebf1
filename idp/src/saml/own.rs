//! [`Saml`]: what the slice works with, made once by `app` and shared by every request.

use std::sync::Arc;

use arc_swap::ArcSwap;
use chrono::{DateTime, TimeDelta, Utc};
use saml_core::{Id, key::SigningKey, xml::Limits};

use super::services::Services;
use crate::config::parties::SharedParties;
use crate::config::{ConfigError, Settings};
use crate::ctx::Ctx;
use crate::domain::time::Time;
use crate::entropy::Entropy;
use crate::fault::Fault;
use crate::storage::Store;
use crate::vault::Vault;

/// The slice. Clones share it.
#[derive(Clone)]
pub struct Saml(Arc<Inner>);

struct Inner {
    own: Own,
    store: Store,
    vault: Vault,
    parties: SharedParties,
    services: ArcSwap<Services>,
}

/// Our own names, addresses and numbers.
#[derive(Debug, Clone)]
pub(super) struct Own {
    /// Our entityID.
    pub(super) entity_id: String,
    /// Where requests come.
    pub(super) sso: String,
    /// Where log-outs come.
    pub(super) slo: String,
    /// Host of the public address: the scope of `pairwise-id`.
    pub(super) scope: String,
    /// How far clocks may differ.
    pub(super) skew: TimeDelta,
    /// Life of an assertion.
    pub(super) assertion: TimeDelta,
    /// Size, depth and attributes of messages.
    pub(super) limits: Limits,
    /// Plain http is allowed on this machine.
    pub(super) demo: bool,
    /// For the metadata.
    pub(super) organization: Option<saml_core::metadata::Organization>,
    /// For the metadata.
    pub(super) contact: Option<String>,
}

impl Own {
    pub(super) fn of(settings: &Settings) -> Self {
        let url = &settings.server.public_url;
        let minutes = |minutes: i64| TimeDelta::minutes(minutes);
        let organization = settings.saml.organization.name.as_ref().map(|name| {
            let organization = &settings.saml.organization;
            saml_core::metadata::Organization {
                name: name.clone(),
                display_name: organization
                    .display_name
                    .clone()
                    .unwrap_or_else(|| settings.web.name.clone()),
                url: organization
                    .url
                    .as_ref()
                    .map_or_else(|| url.at("/"), ToString::to_string),
            }
        });
        Self {
            entity_id: settings.saml_entity_id(),
            sso: url.at("/saml/sso"),
            slo: url.at("/saml/slo"),
            scope: url::Url::parse(url.as_str())
                .ok()
                .and_then(|url| url.host_str().map(str::to_owned))
                .unwrap_or_default(),
            skew: minutes(settings.saml.skew_minutes.0.into()),
            assertion: minutes(settings.saml.assertion_minutes.0.into()),
            limits: Limits::message(settings.saml.message_limit_bytes),
            demo: settings.is_demo(),
            organization,
            contact: settings.saml.contact.clone(),
        }
    }
}

impl Saml {
    /// Reads the metadata of every SAML service.
    ///
    /// # Errors
    /// Every file that cannot be used, with the key of the party that names it.
    pub fn new(
        settings: &Settings,
        store: Store,
        vault: Vault,
        parties: SharedParties,
        now: Time,
    ) -> Result<Self, ConfigError> {
        let services = Services::strict(&parties.current(), settings.is_demo(), now)?;
        Ok(Self(Arc::new(Inner {
            own: Own::of(settings),
            store,
            vault,
            parties,
            services: ArcSwap::from_pointee(services),
        })))
    }

    /// The services of this moment; read again when the set of parties was swapped.
    pub(super) fn services(&self) -> Arc<Services> {
        let parties = self.0.parties.current();
        let services = self.0.services.load_full();
        if services.is_of(&parties) {
            return services;
        }
        let fresh = Arc::new(Services::lenient(&parties, self.0.own.demo));
        self.0.services.store(Arc::clone(&fresh));
        fresh
    }

    pub(super) fn own(&self) -> &Own {
        &self.0.own
    }

    pub(super) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(super) fn vault(&self) -> &Vault {
        &self.0.vault
    }

    /// The key that signs now.
    pub(super) fn signer(&self, now: Time) -> Result<SigningKey, Fault> {
        let key = self
            .0
            .vault
            .saml_signer(now)
            .map_err(|e| Fault::new("there is no SAML key", e))?;
        Ok(SigningKey::new(Arc::clone(&key.key), &key.certificate_der))
    }
}

/// A moment as SAML messages take it.
pub(super) fn moment(time: Time) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(time.micros()).unwrap_or(DateTime::UNIX_EPOCH)
}

/// A fresh identifier of a message.
pub(super) fn fresh_id(rng: &Entropy) -> Id {
    Id::from_random(rng.bytes())
}

/// A fresh identifier and the moment of an act.
pub(super) fn stamp(ctx: &Ctx) -> (Id, DateTime<Utc>) {
    (fresh_id(&ctx.rng), moment(ctx.now))
}
