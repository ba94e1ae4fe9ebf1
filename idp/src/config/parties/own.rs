//! Our own pages as a party (docs/design.md §6): built in, so that no file can change them or pass for them. They speak no
//! protocol and are told nothing of a person but who it is.

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use super::types::{Party, Texts};
use crate::domain::{
    assurance::Level,
    factor::Purpose,
    party::{OWN, PartyKind, Sso},
};

/// The one party that is in no file.
pub(super) fn party() -> &'static Arc<Party> {
    static PARTY: LazyLock<Arc<Party>> = LazyLock::new(|| {
        Arc::new(Party {
            id: OWN.to_owned(),
            name: Texts {
                da: "Selvbetjening".to_owned(),
                en: "Self-service".to_owned(),
            },
            kind: PartyKind::Own,
            bank: None,
            sso: Sso::Group(OWN.to_owned()),
            sector: OWN.to_owned(),
            least: Level::Substantial,
            purpose: Purpose::Login,
            factors: None,
            demo: false,
            home_url: None,
            logo: None,
            unlisted: Some("the directory itself is one of our pages".to_owned()),
            continues_to: Vec::new(),
            claims: Vec::new(),
            pid_service: None,
            oidc: None,
            saml: None,
            ra: None,
            file: PathBuf::from("(built in)"),
        })
    });
    &PARTY
}
