//! The discovery document (OpenID Connect Discovery, RFC 8414) and our addresses: what it says is what is built.

use serde_json::{Value, json};

use super::scope::OFFERED;
use crate::domain::assurance::{Level, nsis_loa_uri};
use crate::vault::jws::ALGS;

/// Our paths.
pub mod path {
    /// Discovery, OpenID Connect.
    pub const OPENID: &str = "/.well-known/openid-configuration";
    /// Discovery, RFC 8414.
    pub const OAUTH: &str = "/.well-known/oauth-authorization-server";
    /// Keys.
    pub const JWKS: &str = "/oidc/jwks";
    /// Authorization endpoint.
    pub const AUTHORIZE: &str = "/oidc/authorize";
    /// Token endpoint.
    pub const TOKEN: &str = "/oidc/token";
    /// Userinfo.
    pub const USERINFO: &str = "/oidc/userinfo";
    /// Introspection.
    pub const INTROSPECT: &str = "/oidc/introspect";
    /// Revocation.
    pub const REVOKE: &str = "/oidc/revoke";
    /// RP-initiated log-out.
    pub const END_SESSION: &str = "/oidc/logout";
    /// Where the page that asks before a log-out is answered.
    pub const END_SESSION_CONFIRM: &str = "/oidc/logout/confirm";
}

/// The document. `certificates`: clients can show theirs here (RFC 8705).
#[must_use]
pub fn document(issuer: &str, certificates: bool) -> Value {
    let at = |path: &str| format!("{issuer}{path}");
    let assertion_algs: Vec<_> = ALGS.iter().map(|(_, name)| name).collect();
    let by_certificate: &[&str] = match certificates {
        true => &["tls_client_auth", "self_signed_tls_client_auth"],
        false => &[],
    };
    let proofs = [
        &["client_secret_basic", "client_secret_post", "private_key_jwt"],
        by_certificate,
    ]
    .concat();
    let or_none = [&proofs[..], &["none"]].concat();
    let mut document = json!({
        "issuer": issuer,
        "authorization_endpoint": at(path::AUTHORIZE),
        "token_endpoint": at(path::TOKEN),
        "userinfo_endpoint": at(path::USERINFO),
        "jwks_uri": at(path::JWKS),
        "introspection_endpoint": at(path::INTROSPECT),
        "revocation_endpoint": at(path::REVOKE),
        "end_session_endpoint": at(path::END_SESSION),
        "scopes_supported": OFFERED,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        "token_endpoint_auth_methods_supported": or_none,
        "token_endpoint_auth_signing_alg_values_supported": assertion_algs,
        "introspection_endpoint_auth_methods_supported": proofs,
        "introspection_endpoint_auth_signing_alg_values_supported": assertion_algs,
        "revocation_endpoint_auth_methods_supported": or_none,
        "revocation_endpoint_auth_signing_alg_values_supported": assertion_algs,
        "code_challenge_methods_supported": ["S256"],
        "acr_values_supported": [nsis_loa_uri(Level::Substantial), nsis_loa_uri(Level::Low)],
        "claims_supported": [
            "iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "at_hash", "sid", "pid", "customer_ref", "cpr",
            "name", "birthdate", "email", "email_verified", "address", "phone_number", "phone_number_verified",
        ],
        "claim_types_supported": ["normal"],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "display_values_supported": ["page", "popup"],
        "ui_locales_supported": ["da", "en"],
        "authorization_response_iss_parameter_supported": true,
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
        "claims_parameter_supported": false,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
    });
    if certificates {
        document["tls_client_certificate_bound_access_tokens"] = json!(true);
    }
    document
}
