//! Our metadata, as the keys of the moment have it.

use saml_core::{
    metadata::{Contact, Endpoint, Idp, KeyDescriptor},
    ns::{binding, format},
};

use super::own::{Own, Saml};
use crate::domain::time::Time;
use crate::fault::Fault;

impl Saml {
    /// The metadata of this moment: the certificate that signs now first (some services look at the first alone), then
    /// those to come and those that ended lately.
    pub(super) fn metadata(&self, now: Time) -> Result<String, Fault> {
        document(self.own(), &self.vault().saml_certificates(now))
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
