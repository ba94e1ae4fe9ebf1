//! Fresh data without the person: the refresh token of scope `offline_access`.
//! Each use gives a new one and spends the old (rotation); a spent one that comes again ends them all.

use actix_web::HttpResponse;
use openidconnect::{Nonce, OAuth2TokenResponse, TokenResponse as _};

use super::callback::{check_access_token, decode};
use super::provider;
use super::types::TokenResponse;
use super::{Tokens, types::Client};
use crate::clock;
use crate::config::OidcSettings;
use crate::network::chain;
use crate::problem::Problem;
use crate::services::Protocol;
use crate::session::{Link, Session};
use crate::visit::{Visit, see_other};

/// `POST /{service}/refresh`. The session cookie is SameSite=Lax, so no other site can press this button.
pub async fn renew(visit: Visit) -> HttpResponse {
    let outcome = match &visit.service.protocol {
        Protocol::Oidc(settings) => refresh(&visit, settings).await,
        Protocol::Saml(_) => Err(Problem::NotFound),
    };
    visit.show(outcome)
}

async fn refresh(visit: &Visit, settings: &OidcSettings) -> Result<HttpResponse, Problem> {
    let (key, session) = visit.session_key().zip(visit.session()).ok_or(Problem::NotLoggedIn)?;
    let Link::Oidc(tokens) = &session.link else {
        return Err(Problem::NotFound);
    };
    let refresh_token = tokens.refresh_token.as_ref().ok_or(Problem::NotFound)?;
    let metadata = visit.app.oidc.provider.current(&visit.app.network).await?;
    let client = provider::client(&metadata, settings, &visit.service);
    let answer = client
        .exchange_refresh_token(refresh_token)
        .map_err(Problem::fault)?
        .request_async(&visit.app.network)
        .await
        .map_err(|fault| Problem::Evidence(chain(&fault)))?;

    let renewed = take_over(&client, &session, tokens, &answer)?;
    visit.app.sessions.change(&key, |session| {
        session.evidence.raw = renewed.id_token.to_string();
        session.evidence.decoded = decode(&session.evidence.raw).unwrap_or_default();
        session.link = Link::Oidc(Box::new(renewed));
    });
    Ok(see_other(&visit.service.path("me")))
}

/// A new ID token, where one came, must be about the same person (OpenID Connect Core §12.2). It carries no nonce.
fn take_over(client: &Client, session: &Session, tokens: &Tokens, answer: &TokenResponse) -> Result<Tokens, Problem> {
    let mut renewed = Tokens {
        renewed_at: Some(clock::now()),
        ..tokens.clone()
    };
    if let Some(id_token) = answer.id_token() {
        let verifier = client
            .id_token_verifier()
            .set_allowed_algs(provider::ALGORITHMS)
            .set_time_fn(clock::now);
        let any_nonce = |_: Option<&Nonce>| Ok(());
        let claims = id_token.claims(&verifier, any_nonce).map_err(Problem::evidence)?;
        if claims.subject().as_str() != session.subject {
            return Err(Problem::OtherPerson);
        }
        check_access_token(client, id_token, claims, answer.access_token())?;
        renewed.id_token = id_token.clone();
    }
    if let Some(next) = answer.refresh_token() {
        renewed.refresh_token = Some(next.clone());
    }
    Ok(renewed)
}
