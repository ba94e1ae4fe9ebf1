//! The cookies. Two per service: who is logged in, and which browser began a log-in.
//!
//! | cookie | https | http on loopback (demo) |
//! |---|---|---|
//! | session | `__Host-sp_<service>_session`, SameSite=Lax | `sp_<service>_session` |
//! | log-in under way | `__Secure-sp_<service>_flow`, SameSite=None | `sp_<service>_flow`, SameSite=Lax |
//!
//! The second is `None` because a SAML response, and an OIDC answer by `form_post`, is a POST from another site: a Lax cookie stays
//! at home then. On loopback both programs are the same site (ports do not count), so Lax will do, and `None` needs https.

use actix_web::cookie::{Cookie, SameSite, time::Duration};

use crate::services::Service;

/// The cookie that remembers the chosen language.
pub const LANGUAGE: &str = "sp_language";

/// The name of the session cookie.
pub fn session_name(service: &Service) -> String {
    let prefix = if service.is_https() { "__Host-" } else { "" };
    format!("{prefix}sp_{}_session", service.name)
}

/// The name of the cookie that ties a log-in under way to the browser that began it.
pub fn flow_name(service: &Service) -> String {
    let prefix = if service.is_https() { "__Secure-" } else { "" };
    format!("{prefix}sp_{}_flow", service.name)
}

/// The session cookie.
pub fn session(service: &Service, key: String) -> Cookie<'static> {
    cookie(service, session_name(service), key)
        .path("/")
        .same_site(SameSite::Lax)
        .finish()
}

/// Takes the session cookie away.
pub fn no_session(service: &Service) -> Cookie<'static> {
    cookie(service, session_name(service), String::new())
        .path("/")
        .max_age(Duration::ZERO)
        .finish()
}

/// The cookie of a log-in under way.
pub fn flow(service: &Service, key: String) -> Cookie<'static> {
    let same_site = if service.is_https() {
        SameSite::None
    } else {
        SameSite::Lax
    };
    cookie(service, flow_name(service), key)
        .path(format!("/{}", service.name))
        .same_site(same_site)
        .max_age(Duration::minutes(20))
        .finish()
}

/// Remembers the language.
pub fn language(code: &'static str) -> Cookie<'static> {
    Cookie::build(LANGUAGE, code)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .permanent()
        .finish()
}

fn cookie(service: &Service, name: String, value: String) -> actix_web::cookie::CookieBuilder<'static> {
    Cookie::build(name, value).http_only(true).secure(service.is_https())
}
