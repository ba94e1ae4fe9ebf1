//! The registered services as their metadata describe them: read once, kept ready, found by entityID or party.
//!
//! A service that cannot be used is a fault of the configuration, told with file and key. Its metadata alone decides where
//! it is answered and with which keys it speaks.

use std::collections::HashMap;
use std::sync::Arc;

use saml_core::{
    enc::Recipient,
    key::TrustedKeys,
    metadata::{Endpoint, Sp},
    ns::binding,
    xml::Limits,
};
use url::Url;

use super::own::moment;
use crate::config::parties::{Parties, Party, Profile, SamlSp};
use crate::config::{ConfigError, Problem, is_loopback};
use crate::domain::time::{Span, Time};

/// Metadata that end within this time are worth a warning.
const SOON: Span = Span::days(14);

/// One service, ready.
#[derive(Debug)]
pub(super) struct Service {
    pub(super) party: Arc<Party>,
    pub(super) profile: Profile,
    pub(super) sp: Sp,
    pub(super) keys: TrustedKeys,
    pub(super) recipient: Option<Recipient>,
}

impl Service {
    pub(super) fn entity_id(&self) -> &str {
        &self.sp.entity_id
    }

    /// What the party file says of SAML; a service without it was never made.
    pub(super) fn file(&self) -> Option<&SamlSp> {
        self.party.saml.as_ref()
    }

    /// Whether its metadata must not be used any more (`validUntil`).
    pub(super) fn has_expired(&self, now: Time) -> bool {
        self.sp.valid_until.is_some_and(|end| end <= moment(now))
    }

    /// The address of the assertion consumer service of that index.
    pub(super) fn answered_at(&self, acs: u16) -> Option<String> {
        self.sp.acs_by_index(acs).map(|acs| acs.endpoint.location.clone())
    }

    /// Where a log-out is sent by way of the browser; HTTP-Redirect is preferred.
    pub(super) fn front_logout(&self) -> Option<&Endpoint> {
        self.sp
            .slo_by(binding::REDIRECT)
            .or_else(|| self.sp.slo_by(binding::POST))
    }

    /// Where a log-out is sent without a browser.
    pub(super) fn back_logout(&self) -> Option<&Endpoint> {
        self.sp.slo_by(binding::SOAP)
    }
}

/// All of them.
#[derive(Debug)]
pub(super) struct Services {
    of: Arc<Parties>,
    by_entity: HashMap<String, Arc<Service>>,
    by_party: HashMap<String, Arc<Service>>,
}

/// Judges the SAML part of a set of parties, before it is put in place.
///
/// # Errors
/// Everything that is wrong, with file and key.
pub fn check(parties: &Parties, demo: bool, now: Time) -> Result<(), ConfigError> {
    Services::strict(&Arc::new(parties.clone()), demo, now).map(|_| ())
}

impl Services {
    /// All, or everything that is wrong; metadata that have expired are.
    pub(super) fn strict(parties: &Arc<Parties>, demo: bool, now: Time) -> Result<Self, ConfigError> {
        let (services, mut problems) = Self::read(parties, demo);
        for service in services.by_party.values() {
            problems.extend(validity(service, now));
        }
        if problems.is_empty() {
            Ok(services)
        } else {
            Err(ConfigError { problems })
        }
    }

    /// Those that are good; the others are logged and do not exist. One that has expired is asked for that when it is used.
    pub(super) fn lenient(parties: &Arc<Parties>, demo: bool) -> Self {
        let (services, problems) = Self::read(parties, demo);
        for problem in problems {
            log::error!(file = problem.file.as_str(), key = problem.key.as_str(); "a SAML service is left out: {}", problem.reason);
        }
        services
    }

    fn read(parties: &Arc<Parties>, demo: bool) -> (Self, Vec<Problem>) {
        let mut services = Self {
            of: Arc::clone(parties),
            by_entity: HashMap::new(),
            by_party: HashMap::new(),
        };
        let mut problems = Vec::new();
        for party in parties.iter() {
            let Some(file) = &party.saml else { continue };
            match service(party, file, demo) {
                Ok(service) => {
                    let service = Arc::new(service);
                    services
                        .by_entity
                        .insert(service.sp.entity_id.clone(), Arc::clone(&service));
                    services.by_party.insert(party.id.clone(), service);
                }
                Err((key, reason)) => problems.push(problem(party, key, reason)),
            }
        }
        (services, problems)
    }

    pub(super) fn is_of(&self, parties: &Arc<Parties>) -> bool {
        Arc::ptr_eq(&self.of, parties)
    }

    pub(super) fn by_entity(&self, entity_id: &str) -> Option<&Arc<Service>> {
        self.by_entity.get(entity_id)
    }

    pub(super) fn by_party(&self, party: &str) -> Option<&Arc<Service>> {
        self.by_party.get(party)
    }
}

fn problem(party: &Party, key: &str, reason: String) -> Problem {
    Problem {
        file: party.file.display().to_string(),
        key: key.to_owned(),
        reason,
    }
}

/// Metadata that have expired are a problem; those that soon will are told to the operator.
fn validity(service: &Service, now: Time) -> Option<Problem> {
    let end = service.sp.valid_until?;
    if service.has_expired(now) {
        let path = service.file().map(|file| file.metadata_path.display().to_string());
        let reason = format!("{}: validUntil is over: {end}", path.unwrap_or_default());
        return Some(problem(&service.party, "saml.metadata", reason));
    }
    if service.has_expired(now + SOON) {
        log::warn!(party = service.party.id.as_str(); "the service's metadata ends at {end}; nobody can log in there afterwards");
    }
    None
}

/// A key of the party file and what is wrong with it.
type Wrong = (&'static str, String);

fn service(party: &Arc<Party>, file: &SamlSp, demo: bool) -> Result<Service, Wrong> {
    let of_file = |reason: String| ("saml.metadata", format!("{}: {reason}", file.metadata_path.display()));
    let sp = Sp::parse(&file.metadata_xml, &Limits::metadata_file()).map_err(|error| of_file(error.to_string()))?;
    if sp.entity_id != file.entity_id {
        return Err((
            "saml.entity_id",
            format!("the metadata's entityID is {:?}", sp.entity_id),
        ));
    }
    let keys = sp.trusted_keys().map_err(|error| of_file(error.to_string()))?;
    if keys.is_empty() {
        return Err(of_file(
            "there is no signing key, so that no request could be believed".to_owned(),
        ));
    }
    if sp.acs_default().is_none() {
        return Err(of_file("there is no AssertionConsumerService for HTTP-POST".to_owned()));
    }
    one_index_each(&sp).map_err(of_file)?;
    addresses(&sp, demo).map_err(of_file)?;
    let recipient = sp.recipient().map_err(|error| of_file(error.to_string()))?;
    if recipient.is_none() && file.profile == Profile::Oiosaml3 {
        return Err(of_file(
            "there is no encryption key, and the profile oiosaml-3 always encrypts".to_owned(),
        ));
    }
    Ok(Service {
        party: Arc::clone(party),
        profile: file.profile,
        sp,
        keys,
        recipient,
    })
}

/// An answer's address travels as its index.
fn one_index_each(sp: &Sp) -> Result<(), String> {
    let mut seen = Vec::new();
    for acs in &sp.acs {
        if seen.contains(&acs.index) {
            return Err(format!("two AssertionConsumerServices have the index {}", acs.index));
        }
        seen.push(acs.index);
    }
    Ok(())
}

/// https everywhere; http only on this machine, for the demo.
fn addresses(sp: &Sp, demo: bool) -> Result<(), String> {
    let ends = sp.acs.iter().map(|acs| &acs.endpoint).chain(&sp.slo);
    for url in ends.flat_map(|end| std::iter::once(&end.location).chain(&end.response_location)) {
        let safe = Url::parse(url).is_ok_and(|url| url.scheme() == "https" || (demo && is_loopback(&url)));
        if !safe {
            return Err(format!("{url} is not https"));
        }
    }
    Ok(())
}
