//! What a relying party is once its file has been found good.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::server::danger::ClientCertVerifier;
use serde::{Deserialize, Serialize};
use url::Url;

use super::claim::Claim;
use crate::domain::{
    assurance::Level,
    factor::{Factors, Purpose},
    locale::Locale,
    officer::{Reach, Role},
    party::{PartyKind, Sso},
    pid_service::Right,
};

/// A text in every language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    /// Danish.
    pub da: String,
    /// English.
    pub en: String,
}

impl Texts {
    /// In one language.
    #[must_use]
    pub fn get(&self, locale: Locale) -> &str {
        match locale {
            Locale::Da => &self.da,
            Locale::En => &self.en,
        }
    }
}

/// A service that users log in to, registered by the operator.
#[derive(Debug, Clone)]
pub struct Party {
    /// The name of its file without `.toml`: never changes, stands in the audit log.
    pub id: String,
    /// What people know it by.
    pub name: Texts,
    /// Public, private, bank: decides where an eID is accepted (docs/design.md §6).
    pub kind: PartyKind,
    /// The bank that eIDs must be linked to; exactly when `kind` is bank.
    pub bank: Option<String>,
    /// Which sessions it shares.
    pub sso: Sso,
    /// Parties of one sector know a person by the same `sub`: as configured, else the host of its addresses.
    pub sector: String,
    /// The least level it takes.
    pub least: Level,
    /// What people log in for.
    pub purpose: Purpose,
    /// The second factors that it takes; any where it names none.
    pub factors: Option<Factors>,
    /// A demo party; only ever in a demo.
    pub demo: bool,
    /// Where a person goes who gave up.
    pub home_url: Option<Url>,
    /// Its picture in the public directory.
    pub logo: Option<Logo>,
    /// Why it is not in the public directory.
    pub unlisted: Option<String>,
    /// Origins that its own redirect may lead on to (browsers hold the whole chain to `form-action`).
    pub continues_to: Vec<String>,
    /// Personal data registered for release; nothing else is ever told.
    pub claims: Vec<Claim>,
    /// What it may ask the PID service.
    pub pid_service: Option<Right>,
    /// Its OpenID Connect client.
    pub oidc: Option<OidcClient>,
    /// Its SAML service provider.
    pub saml: Option<SamlSp>,
    /// What its officers may do; exactly when `kind` is ra.
    pub ra: Option<Ra>,
    /// Where this was read.
    pub file: PathBuf,
}

impl Party {
    /// The datum is registered for release to this party.
    #[must_use]
    pub fn may_know(&self, claim: Claim) -> bool {
        self.claims.contains(&claim)
    }

    /// Its machine proves itself by a certificate.
    #[must_use]
    pub fn shows_certificates(&self) -> bool {
        self.oidc.as_ref().is_some_and(|client| client.auth.by_certificate())
    }
}

/// The picture of a service.
#[derive(Debug, Clone)]
pub struct Logo {
    /// Its media type.
    pub media: &'static str,
    /// The whole of it.
    pub bytes: Arc<[u8]>,
    /// Changes when the bytes do.
    pub mark: String,
}

/// A registration authority: its machine proves itself as the OpenID Connect client, and vouches for its officers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ra {
    /// The roles that it may give an officer.
    pub roles: Vec<Role>,
    /// Whose matters it may touch.
    pub reach: Reach,
    /// The bank that it is, by the key of the bank's party.
    pub bank: Option<String>,
    /// What its desk is, where it is no bank.
    pub desk: Desk,
    /// Its officers issue at people's homes, too.
    pub home_visits: bool,
    /// A bank's lowest age for an eID.
    pub from_age: u8,
    /// Its desk, as people find it.
    pub office: Office,
}

/// A desk, as people find it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Office {
    /// Where it is.
    pub address: Option<String>,
    /// When it is open, in Danish and in English.
    pub hours: [Option<String>; 2],
    /// Where a time is booked.
    pub booking_url: Option<Url>,
}

impl Office {
    /// When it is open, as the reader reads it; else as the other does.
    #[must_use]
    pub fn hours(&self, locale: Locale) -> Option<&str> {
        let [da, en] = &self.hours;
        let (first, second) = match locale {
            Locale::Da => (da, en),
            Locale::En => (en, da),
        };
        first.as_deref().or(second.as_deref())
    }
}

/// A desk at which people are met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Desk {
    /// A citizen service centre.
    #[default]
    CitizenService,
    /// A representation abroad.
    Representation,
}

impl Ra {
    /// People can go there.
    #[must_use]
    pub fn meets_people(&self) -> bool {
        self.roles.contains(&Role::Registrar)
    }

    /// Letters of an eID that somebody else issues may be fetched at its desk.
    #[must_use]
    pub fn hands_out_for_others(&self) -> bool {
        self.prints_for_its_desk() && self.reach == Reach::All
    }

    /// Letters that it prints are handed over at its own desk; an RA that meets nobody prints for the post.
    #[must_use]
    pub fn prints_for_its_desk(&self) -> bool {
        self.roles.contains(&Role::Printer) && self.roles.contains(&Role::Registrar)
    }
}

/// Which certificates are a client's own.
#[derive(Debug, Clone)]
pub enum OwnCertificate {
    /// Any of these, by SHA-256 of the whole.
    Pinned(Vec<[u8; 32]>),
    /// Any that one of these authorities has issued to this subject.
    Issued {
        /// As RFC 4514 writes it.
        subject: String,
        /// Knows them, and judges a path to one of them.
        verifier: Arc<dyn ClientCertVerifier>,
    },
}

/// An OpenID Connect client.
#[derive(Debug, Clone)]
pub struct OidcClient {
    /// Its name in the protocol.
    pub client_id: String,
    /// Compared byte by byte.
    pub redirect_uris: Vec<String>,
    /// Compared byte by byte.
    pub post_logout_redirect_uris: Vec<String>,
    /// How it proves itself at our back door.
    pub auth: ClientAuth,
    /// SHA-256 of its secret.
    pub secret_sha256: Option<[u8; 32]>,
    /// Its public keys (RFC 7517), for `private_key_jwt`.
    pub jwks: Option<serde_json::Value>,
    /// Its certificates, for `tls_client_auth` and `self_signed_tls_client_auth`.
    pub certificate: Option<OwnCertificate>,
    /// What it may exchange for tokens.
    pub grants: Vec<Grant>,
    /// Whether it must bind the code to the browser (RFC 7636).
    pub pkce: Pkce,
    /// Signature of its ID tokens.
    pub id_token_alg: IdTokenAlg,
    /// Form of its access tokens.
    pub access_token: AccessToken,
    /// What it may ask for.
    pub scopes: Vec<String>,
    /// Where a log-out is told, server to server.
    pub backchannel_logout_uri: Option<Url>,
    /// The log-out token must name the session.
    pub backchannel_session_required: bool,
    /// Browsers' pages that may read our token endpoint.
    pub cors_origins: Vec<String>,
    /// May ask what a token of anybody's is worth (RFC 7662).
    pub introspect: bool,
}

/// OpenID Connect Core §9.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum ClientAuth {
    /// HTTP Basic.
    #[serde(rename = "client_secret_basic")]
    SecretBasic,
    /// In the form.
    #[serde(rename = "client_secret_post")]
    SecretPost,
    /// A signed assertion (RFC 7523).
    #[serde(rename = "private_key_jwt")]
    PrivateKeyJwt,
    /// A certificate that an authority has issued (RFC 8705 §2.1).
    #[serde(rename = "tls_client_auth")]
    Tls,
    /// A certificate of its own (RFC 8705 §2.2).
    #[serde(rename = "self_signed_tls_client_auth")]
    SelfSignedTls,
    /// A public client: PKCE instead.
    #[serde(rename = "none")]
    None,
}

impl ClientAuth {
    /// The word of the specification.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SecretBasic => "client_secret_basic",
            Self::SecretPost => "client_secret_post",
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::Tls => "tls_client_auth",
            Self::SelfSignedTls => "self_signed_tls_client_auth",
            Self::None => "none",
        }
    }

    /// It shows a certificate; of its request itself it says nothing but its name.
    #[must_use]
    pub const fn by_certificate(self) -> bool {
        matches!(self, Self::Tls | Self::SelfSignedTls)
    }

    /// It holds a shared secret.
    #[must_use]
    pub const fn has_secret(self) -> bool {
        matches!(self, Self::SecretBasic | Self::SecretPost)
    }
}

/// RFC 6749 §1.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grant {
    /// A person logs in.
    AuthorizationCode,
    /// The log-in is kept up.
    RefreshToken,
    /// The service for itself.
    ClientCredentials,
}

impl Grant {
    /// The word of the specification.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
        }
    }
}

/// RFC 7636, S256 only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pkce {
    /// A request without a challenge is refused.
    Required,
    /// For confidential clients that send a nonce.
    Optional,
    /// Nothing is asked for: test tools that know neither, in a demo only.
    Unasked,
}

/// Signature of ID tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum IdTokenAlg {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    #[serde(rename = "RS256")]
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
}

/// Form of access tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessToken {
    /// A random string: can be revoked.
    Opaque,
    /// RFC 9068: cannot be revoked, so short.
    Jwt,
}

/// A SAML service provider.
#[derive(Debug, Clone)]
pub struct SamlSp {
    /// Its name in the protocol.
    pub entity_id: String,
    /// Its metadata as given; read by the SAML slice.
    pub metadata_xml: String,
    /// Where they lie.
    pub metadata_path: PathBuf,
    /// What is signed and encrypted, and how attributes are called.
    pub profile: Profile,
    /// What it gets when it asks for no format.
    pub name_id: NameIdFormat,
}

/// What is signed and encrypted, and how attributes are called (docs/protocol/saml.md, Profiles).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Profile {
    /// Signs the assertion, always encrypts it; attribute names of OIOSAML 3.
    #[serde(rename = "oiosaml-3")]
    Oiosaml3,
    /// Signs the assertion; attribute names of OIOSAML 2.
    #[serde(rename = "oiosaml-2")]
    Oiosaml2,
    /// Signs the response, encrypts when a key is given.
    #[serde(rename = "saml2int")]
    Saml2Int,
}

/// SAML Core §8.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameIdFormat {
    /// The same at each log-in.
    Persistent,
    /// Another at each log-in.
    Transient,
}
