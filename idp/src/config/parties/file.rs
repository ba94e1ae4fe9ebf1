//! A party file as it is written. Owns the keys and their defaults; `rules` says what is good.

use std::path::PathBuf;

use super::claim::Claim;
use super::types::{AccessToken, ClientAuth, Desk, Grant, IdTokenAlg, NameIdFormat, Pkce, Profile};
use crate::{
    config::{reader::section, values::Secret},
    domain::officer::{Reach, Role},
    domain::pid_service::Right,
};

section! {
    /// One `*.toml` in `parties.dir`.
    pub(in crate::config) struct PartyFile {
        keys {
            /// `public`, `private`, `bank` or `ra`.
            kind: Option<String> = None;
            /// The bank's key, of a bank party.
            bank: Option<String> = None;
            /// A group's name or `never`.
            sso: Option<String> = None;
            /// Parties of one sector know a person by the same `sub`.
            sector: Option<String> = None;
            /// `low` or `substantial`.
            least: Option<String> = None;
            /// `login` or `payment`.
            purpose: Option<String> = None;
            /// The second factors that it takes; empty: any.
            factors: Vec<String> = Vec::new();
            /// A demo party.
            demo: bool = false;
            /// Where a person goes who gave up.
            home_url: Option<String> = None;
            /// Its picture in the public directory: SVG or PNG, beside this file.
            logo: Option<PathBuf> = None;
            /// Why it is not in the public directory.
            unlisted: Option<String> = None;
            /// Origins that the party's own redirect may lead on to.
            continues_to: Vec<String> = Vec::new();
            /// What it may ask the PID service: `match` or `look_up`.
            pid_service: Option<Right> = None;
            /// Personal data registered for release.
            claims: Vec<Claim> = Vec::new();
        }
        sections {
            /// What people know it by.
            name: NameFile;
        }
        optional {
            /// OpenID Connect client.
            oidc: OidcFile;
            /// SAML service provider.
            saml: SamlFile;
            /// What officers may do.
            ra: RaFile;
        }
    }
}

section! {
    /// `[name]`
    pub(in crate::config) struct NameFile {
        keys {
            /// Danish.
            da: String = String::new();
            /// English.
            en: String = String::new();
        }
    }
}

section! {
    /// `[oidc]`
    pub(in crate::config) struct OidcFile {
        keys {
            /// Default: the party's id.
            client_id: Option<String> = None;
            /// Where codes are sent.
            redirect_uris: Vec<String> = Vec::new();
            /// Where a person lands after log-out.
            post_logout_redirect_uris: Vec<String> = Vec::new();
            /// How the client proves itself.
            auth: ClientAuth = ClientAuth::SecretBasic;
            /// Readable secret: demo only.
            secret: Option<Secret> = None;
            /// SHA-256 of the secret in hex.
            secret_sha256: Option<String> = None;
            /// File with the secret.
            secret_path: Option<PathBuf> = None;
            /// File with the client's public keys.
            jwks_path: Option<PathBuf> = None;
            /// Whom its certificates are issued to, for `tls_client_auth`.
            tls_subject: Option<String> = None;
            /// File with the authorities that issue them.
            tls_ca_path: Option<PathBuf> = None;
            /// SHA-256 in hex of its certificates, for `self_signed_tls_client_auth`.
            tls_certificate_sha256: Vec<String> = Vec::new();
            /// What may be exchanged for tokens.
            grants: Vec<Grant> = vec![Grant::AuthorizationCode];
            /// `required` or `optional`.
            pkce: Pkce = Pkce::Required;
            /// `RS256` or `ES256`.
            id_token_alg: IdTokenAlg = IdTokenAlg::Rs256;
            /// `opaque` or `jwt`.
            access_token: AccessToken = AccessToken::Opaque;
            /// What may be asked for.
            scopes: Vec<String> = vec!["openid".to_owned()];
            /// Where a log-out is told.
            backchannel_logout_uri: Option<String> = None;
            /// The log-out token must name the session.
            backchannel_session_required: bool = false;
            /// Pages that may read the token endpoint.
            cors_origins: Vec<String> = Vec::new();
            /// May ask what a token is worth.
            introspect: bool = false;
        }
    }
}

section! {
    /// `[saml]`
    pub(in crate::config) struct SamlFile {
        keys {
            /// Name in the protocol.
            entity_id: Option<String> = None;
            /// File with the metadata, beside this one.
            metadata: Option<PathBuf> = None;
            /// `oiosaml-3`, `oiosaml-2` or `saml2int`.
            profile: Profile = Profile::Oiosaml3;
            /// `persistent` or `transient`, for a request that names none.
            name_id: NameIdFormat = NameIdFormat::Persistent;
        }
    }
}

section! {
    /// `[ra]`
    pub(in crate::config) struct RaFile {
        keys {
            /// The roles that it may give an officer.
            roles: Vec<Role> = Vec::new();
            /// `all` or `own`.
            reach: Reach = Reach::Own;
            /// The bank that it is.
            bank: Option<String> = None;
            /// What its desk is.
            desk: Desk = Desk::CitizenService;
            /// Its officers issue at homes.
            home_visits: bool = false;
            /// The bank's lowest age.
            from_age: u8 = 0;
            /// Where its desk is, in one line.
            address: Option<String> = None;
            /// When it is open, in Danish.
            hours_da: Option<String> = None;
            /// When it is open, in English.
            hours_en: Option<String> = None;
            /// Where a time is booked.
            booking_url: Option<url::Url> = None;
        }
    }
}
