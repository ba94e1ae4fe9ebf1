//! The first half of a log-in: note what will be checked, and send the browser to the identity provider.

use openidconnect::core::{CoreAuthPrompt, CoreAuthenticationFlow};
use openidconnect::{AuthenticationContextClass, CsrfToken, LanguageTag, Nonce, PkceCodeChallenge, Scope};

use actix_web::HttpResponse;

use super::UnderWay;
use super::provider;
use crate::config::{OidcSettings, ResponseMode};
use crate::problem::Problem;
use crate::session::{Link, Wish};
use crate::visit::Visit;

/// Begins a log-in.
pub async fn begin(visit: &Visit, settings: &OidcSettings, wish: Wish) -> Result<HttpResponse, Problem> {
    let metadata = visit.app.oidc.provider.current(&visit.app.network).await?;
    let client = provider::client(&metadata, settings, &visit.service);

    // Three secrets of this one log-in. `state` finds it again, `nonce` ties the ID token to it, and PKCE ties the code to us.
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let state = || CsrfToken::new_random_len(32);
    let nonce = || Nonce::new_random_len(32);
    let mut request = client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, state, nonce)
        .add_scopes(
            settings
                .scope
                .split_whitespace()
                .filter(|scope| *scope != "openid")
                .map(|scope| Scope::new(scope.into())),
        )
        .set_pkce_challenge(challenge)
        .add_ui_locale(LanguageTag::new(visit.locale.code().into()));

    if let Some(level) = wish.level {
        request = request.add_auth_context_value(AuthenticationContextClass::new(level.uri()));
    }
    // The one prompt excludes the other: a log-in without a page cannot be a fresh one.
    if wish.passive {
        request = request.add_prompt(CoreAuthPrompt::None);
    } else if wish.force {
        request = request.add_prompt(CoreAuthPrompt::Login);
    }
    let tokens = visit.session().map(|session| session.link);
    if let (Some(_), Some(Link::Oidc(tokens))) = (&wish.must_be, &tokens) {
        // "It must be this person again": the identity provider refuses anybody else, and so do we when they come back.
        request = request.set_id_token_hint(&tokens.id_token);
    }
    if settings.response_mode == ResponseMode::FormPost {
        request = request.add_extra_param("response_mode", "form_post");
    }

    let (url, state, nonce) = request.url();
    let browser_key = visit.browser_key()?;
    let under_way = UnderWay {
        service: visit.service.name.clone(),
        browser_key: browser_key.clone(),
        nonce,
        verifier: verifier.into_secret(),
        wish,
    };
    visit.app.oidc.under_way.put(state.secret(), under_way);
    visit.send_away(url.as_str(), browser_key)
}
