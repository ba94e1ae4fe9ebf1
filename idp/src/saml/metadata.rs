//! Our metadata: bytes that stand ready with an ETag, and are made again so often that a key that comes or goes is seen.

use std::sync::Arc;

use saml_core::{
    metadata::{Contact, Endpoint, Idp, KeyDescriptor},
    ns::{binding, format},
};

use super::own::{Own, Saml};
use crate::domain::time::{Span, Time};
use crate::fault::Fault;

/// A rotated key is seen within this time.
const LIFE: Span = Span::secs(10);

/// What is served.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Prepared {
    pub(super) bytes: Vec<u8>,
    pub(super) etag: String,
    made: Time,
}

impl Saml {
    /// The metadata of this moment: the certificate that signs now first (some services look at the first alone), then
    /// those to come and those that ended lately.
    pub(super) fn metadata(&self, now: Time) -> Result<Arc<Prepared>, Fault> {
        let young = |prepared: &Arc<Prepared>| prepared.made <= now && now < prepared.made + LIFE;
        if let Some(prepared) = self.prepared().load_full().filter(young) {
            return Ok(prepared);
        }
        let prepared = Arc::new(self.prepare(now)?);
        self.prepared().store(Some(Arc::clone(&prepared)));
        Ok(prepared)
    }

    fn prepare(&self, now: Time) -> Result<Prepared, Fault> {
        let text = document(self.own(), &self.vault().saml_certificates(now))?;
        let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
        let mark: String = digest
            .as_ref()
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Ok(Prepared {
            bytes: text.into_bytes(),
            etag: format!("\"{mark}\""),
            made: now,
        })
    }
}

fn document(own: &Own, certificates: &[Vec<u8>]) -> Result<String, Fault> {
    let entity = Idp {
        entity_id: own.entity_id.clone(),
        valid_until: None,
        want_requests_signed: true,
        keys: certificates
            .iter()
            .map(|certificate| KeyDescriptor::signing(certificate))
            .collect(),
        slo: [binding::REDIRECT, binding::POST]
            .map(|binding| Endpoint::new(binding, &own.slo))
            .into(),
        name_id_formats: vec![format::PERSISTENT.to_owned(), format::TRANSIENT.to_owned()],
        sso: [binding::REDIRECT, binding::POST]
            .map(|binding| Endpoint::new(binding, &own.sso))
            .into(),
        attributes: super::attributes::offered(),
        organization: own.organization.clone(),
        contact: own.contact.as_ref().map(|email| Contact {
            name: None,
            email: format!("mailto:{email}"),
        }),
    };
    let text = entity
        .elem()
        .write()
        .map_err(|e| Fault::new("our metadata cannot be written", e))?;
    Ok(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{text}\n"))
}
