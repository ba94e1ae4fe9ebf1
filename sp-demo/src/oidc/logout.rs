//! Log-out that the user asks for: ours first, then the identity provider's (RP-initiated log-out).

use actix_web::HttpResponse;
use openidconnect::core::CoreRevocableToken;
use openidconnect::{ClientId, CsrfToken, LanguageTag, LogoutRequest, PostLogoutRedirectUrl};

use super::types::Metadata;
use super::{Tokens, provider};
use crate::config::OidcSettings;
use crate::memory;
use crate::network::chain;
use crate::pages::{self, LoggedOut};
use crate::problem::Problem;
use crate::session::Link;
use crate::visit::Visit;

/// Ends the session here, and sends the browser on to end it at the identity provider.
pub async fn begin(visit: &Visit, settings: &OidcSettings) -> Result<HttpResponse, Problem> {
    let session = visit.end_session();
    let Some(Link::Oidc(tokens)) = session.map(|session| session.link) else {
        return Ok(pages::logged_out(&visit.service, visit.locale, LoggedOut::Here));
    };
    // Whatever fails from here on: here, the person is logged out.
    let Ok(metadata) = visit.app.oidc.provider.current(&visit.app.network).await else {
        return Ok(pages::logged_out(&visit.service, visit.locale, LoggedOut::Failed));
    };
    revoke(visit, settings, &metadata, &tokens).await;
    let Some(endpoint) = metadata.additional_metadata().end_session_endpoint.clone() else {
        return Ok(pages::logged_out(&visit.service, visit.locale, LoggedOut::Here));
    };
    let state = memory::secret()?;
    visit.app.oidc.leaving.put(&state, visit.service.name.clone());
    let url = LogoutRequest::from(endpoint)
        .set_id_token_hint(&tokens.id_token)
        .set_client_id(ClientId::new(settings.client_id.clone()))
        .set_post_logout_redirect_uri(PostLogoutRedirectUrl::from_url(visit.service.url("logged-out")))
        .set_state(CsrfToken::new(state))
        .add_ui_locale(LanguageTag::new(visit.locale.code().into()))
        .http_get_url();
    Ok(crate::visit::see_other(url.as_str()))
}

/// A refresh token outlives a log-out by design: what we no longer need, we give back (RFC 7009). Best effort.
async fn revoke(visit: &Visit, settings: &OidcSettings, metadata: &Metadata, tokens: &Tokens) {
    let endpoint = metadata.additional_metadata().revocation_endpoint.clone();
    let Some((refresh_token, endpoint)) = tokens.refresh_token.clone().zip(endpoint) else {
        return;
    };
    let client = provider::client(metadata, settings, &visit.service).set_revocation_url(endpoint);
    if let Ok(request) = client.revoke_token(CoreRevocableToken::RefreshToken(refresh_token))
        && let Err(fault) = request.request_async(&visit.app.network).await
    {
        log::warn!("a refresh token could not be revoked: {}", chain(&fault));
    }
}

/// How far a log-out reached, by the `state` that came back.
pub fn reach(visit: &Visit, state: &str) -> LoggedOut {
    match visit.app.oidc.leaving.take(state) {
        Some(service) if service == visit.service.name => LoggedOut::Everywhere,
        _ => LoggedOut::Here,
    }
}
