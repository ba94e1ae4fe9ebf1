//! The second half of a log-in: whoever comes back is a stranger until every check has passed.
//! The order matters: first whether we asked at all, then who answers, then what the answer is worth.

use actix_web::{HttpResponse, web};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use openidconnect::{
    AccessToken, AccessTokenHash, AuthorizationCode, ClaimsVerificationError, Nonce, OAuth2TokenResponse,
    PkceCodeVerifier, SignatureVerificationError, TokenResponse,
};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::provider;
use super::types::{Client, IdToken, IdTokenClaims, Metadata, UserInfo};
use super::{Tokens, UnderWay};
use crate::clock;
use crate::config::{OidcSettings, ResponseMode};
use crate::network::chain;
use crate::problem::{Problem, Refusal};
use crate::services::Protocol;
use crate::session::{Check, Evidence, Level, Link, Session, Wish};
use crate::visit::Visit;

/// What the browser brings back.
#[derive(Deserialize)]
pub struct Answer {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

/// `GET /{service}/callback`: the answer in the address.
pub async fn by_query(visit: Visit, answer: web::Query<Answer>) -> HttpResponse {
    receive(visit, answer.into_inner(), ResponseMode::Query).await
}

/// `POST /{service}/callback`: the answer in a form.
pub async fn by_form(visit: Visit, answer: web::Form<Answer>) -> HttpResponse {
    receive(visit, answer.into_inner(), ResponseMode::FormPost).await
}

async fn receive(visit: Visit, answer: Answer, mode: ResponseMode) -> HttpResponse {
    let outcome = match &visit.service.protocol {
        // A refusal may come in the address although a form was asked for; a code may not.
        Protocol::Oidc(settings) if answer.code.is_none() || settings.response_mode == mode => {
            finish(&visit, settings, answer).await
        }
        Protocol::Oidc(_) => Err(Problem::Malformed),
        Protocol::Saml(_) => Err(Problem::NotFound),
    };
    visit.show(outcome)
}

async fn finish(visit: &Visit, settings: &OidcSettings, answer: Answer) -> Result<HttpResponse, Problem> {
    let mut checks = Vec::new();
    let asked = find_question(visit, &answer, &mut checks)?;
    let metadata = visit.app.oidc.provider.current(&visit.app.network).await?;
    check_issuer(&metadata, answer.iss.as_deref())?;
    if let Some(error) = &answer.error {
        return Err(Problem::Refused(Refusal::new(
            error,
            answer.error_description.as_deref(),
        )));
    }

    let code = AuthorizationCode::new(answer.code.ok_or(Problem::Malformed)?);
    let client = provider::client(&metadata, settings, &visit.service);
    let tokens = client
        .exchange_code(code)
        .map_err(Problem::fault)?
        .set_pkce_verifier(PkceCodeVerifier::new(asked.verifier.clone()))
        .request_async(&visit.app.network)
        .await
        .map_err(|fault| Problem::Evidence(chain(&fault)))?;
    checks.push(Check::Pkce);

    let id_token = tokens.id_token().ok_or_else(|| Problem::evidence("no ID token"))?;
    let (client, claims) = verify(visit, settings, client, id_token, &asked.nonce, &mut checks).await?;
    if check_access_token(&client, id_token, &claims, tokens.access_token())? {
        checks.push(Check::AccessToken);
    }
    check_wish(&claims, &asked.wish, &mut checks)?;

    let user_info = user_info(visit, &client, &claims, tokens.access_token()).await?;
    let link = Tokens {
        id_token: id_token.clone(),
        sid: claims.additional_claims().sid.clone(),
        refresh_token: tokens.refresh_token().cloned(),
        renewed_at: None,
    };
    let session = session(visit, &claims, user_info.as_ref(), checks, link)?;
    visit.begin_session(session, &asked.wish)
}

/// The log-in that this answers. Taken off the shelf, so that a second answer finds nothing.
fn find_question(visit: &Visit, answer: &Answer, checks: &mut Vec<Check>) -> Result<UnderWay, Problem> {
    let state = answer.state.as_deref().ok_or(Problem::Unsolicited)?;
    let asked = visit.app.oidc.under_way.look(state).ok_or(Problem::Unsolicited)?;
    // Whoever is lured into opening an attacker's finished log-in comes with another browser's cookie, or with none.
    if !visit.is_browser(&asked.browser_key) || asked.service != visit.service.name {
        return Err(Problem::OtherBrowser);
    }
    let asked = visit.app.oidc.under_way.take(state).ok_or(Problem::Unsolicited)?;
    checks.push(Check::Asked);
    Ok(asked)
}

/// RFC 9207: an answer says who it is from, so that one provider's code is never taken to another.
fn check_issuer(metadata: &Metadata, iss: Option<&str>) -> Result<(), Problem> {
    let announced = metadata
        .additional_metadata()
        .authorization_response_iss_parameter_supported;
    match iss {
        Some(iss) if iss == metadata.issuer().as_str() => Ok(()),
        None if !announced => Ok(()),
        _ => Err(Problem::Issuer),
    }
}

/// Signature, issuer, audience, expiry, nonce. An unknown key is looked for once more in freshly fetched keys.
async fn verify(
    visit: &Visit,
    settings: &OidcSettings,
    client: Client,
    id_token: &IdToken,
    nonce: &Nonce,
    checks: &mut Vec<Check>,
) -> Result<(Client, IdTokenClaims), Problem> {
    let unknown_key = |fault: &ClaimsVerificationError| {
        matches!(
            fault,
            ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)
        )
    };
    match claims(&client, id_token, nonce, checks) {
        Err(fault) if unknown_key(&fault) => {
            let metadata = visit.app.oidc.provider.renewed(&visit.app.network).await?;
            let client = provider::client(&metadata, settings, &visit.service);
            let claims = claims(&client, id_token, nonce, checks).map_err(Problem::evidence)?;
            Ok((client, claims))
        }
        checked => checked.map(|claims| (client, claims)).map_err(Problem::evidence),
    }
}

/// What the crate gives out, it has checked: key, issuer, audience, times, nonce.
fn claims(
    client: &Client,
    id_token: &IdToken,
    nonce: &Nonce,
    checks: &mut Vec<Check>,
) -> Result<IdTokenClaims, ClaimsVerificationError> {
    let verifier = client
        .id_token_verifier()
        .set_allowed_algs(provider::ALGORITHMS)
        .set_time_fn(clock::now);
    let verifier = verifier.set_issue_time_verifier_fn(|issued_at| {
        let age = clock::now() - issued_at;
        let believable = TimeDelta::minutes(-3) < age && age < TimeDelta::minutes(10);
        if believable {
            Ok(())
        } else {
            Err(format!("issued {} s ago", age.num_seconds()))
        }
    });
    let claims = id_token.claims(&verifier, nonce)?.clone();
    checks.extend([
        Check::Signature,
        Check::Issuer,
        Check::Audience,
        Check::Time,
        Check::Nonce,
    ]);
    Ok(claims)
}

/// `at_hash`: the access token came with this ID token. Optional in the code flow; where it is given it must fit.
pub(super) fn check_access_token(
    client: &Client,
    id_token: &IdToken,
    claims: &IdTokenClaims,
    access_token: &AccessToken,
) -> Result<bool, Problem> {
    let Some(expected) = claims.access_token_hash() else {
        return Ok(false);
    };
    let verifier = client.id_token_verifier().set_allowed_algs(provider::ALGORITHMS);
    let algorithm = id_token.signing_alg().map_err(Problem::evidence)?;
    let key = id_token.signing_key(&verifier).map_err(Problem::evidence)?;
    let actual = AccessTokenHash::from_token(access_token, algorithm, key).map_err(Problem::evidence)?;
    if actual == *expected {
        Ok(true)
    } else {
        Err(Problem::evidence("at_hash"))
    }
}

/// What we asked for is what we got: the level, a fresh log-in, the same person. An identity provider may answer with less.
fn check_wish(claims: &IdTokenClaims, wish: &Wish, checks: &mut Vec<Check>) -> Result<(), Problem> {
    if wish.level.is_some() {
        if level(claims) < wish.level {
            return Err(Problem::LevelTooLow);
        }
        checks.push(Check::Level);
    }
    let fresh = claims
        .auth_time()
        .is_some_and(|at| at > wish.since - TimeDelta::minutes(3));
    if wish.force && !fresh {
        return Err(Problem::evidence("auth_time: the log-in is not a fresh one"));
    }
    match &wish.must_be {
        Some(subject) if subject != claims.subject().as_str() => Err(Problem::OtherPerson),
        _ => Ok(()),
    }
}

fn level(claims: &IdTokenClaims) -> Option<Level> {
    claims.auth_context_ref().and_then(|acr| Level::parse(acr))
}

/// The released data. `sub` must be the ID token's: the crate compares it.
async fn user_info(
    visit: &Visit,
    client: &Client,
    claims: &IdTokenClaims,
    access_token: &AccessToken,
) -> Result<Option<UserInfo>, Problem> {
    let Ok(request) = client.user_info(access_token.clone(), Some(claims.subject().clone())) else {
        return Ok(None);
    };
    let answer = request.request_async(&visit.app.network).await;
    answer.map(Some).map_err(|fault| Problem::Evidence(chain(&fault)))
}

fn session(
    visit: &Visit,
    claims: &IdTokenClaims,
    user_info: Option<&UserInfo>,
    checks: Vec<Check>,
    link: Tokens,
) -> Result<Session, Problem> {
    let mut attributes = object(claims);
    attributes.extend(user_info.map(object).unwrap_or_default());
    let text = |name: &str| attributes.get(name).and_then(Value::as_str).map(str::to_owned);
    let raw = link.id_token.to_string();
    Ok(Session {
        service: visit.service.name.clone(),
        subject: claims.subject().to_string(),
        pid: text("pid"),
        name: text("name"),
        level: level(claims),
        authenticated_at: claims.auth_time(),
        evidence: Evidence {
            decoded: decode(&raw).ok_or_else(|| Problem::evidence("not a JWT"))?,
            raw,
            checks,
        },
        attributes,
        link: Link::Oidc(Box::new(link)),
        ends_at: None,
    })
}

fn object(claims: &impl serde::Serialize) -> Map<String, Value> {
    match serde_json::to_value(claims) {
        Ok(Value::Object(map)) => map.into_iter().filter(|(_, value)| !value.is_null()).collect(),
        _ => Map::new(),
    }
}

/// Header and payload, indented, to be looked at.
pub(super) fn decode(jwt: &str) -> Option<String> {
    let part = |part: &str| -> Option<String> {
        let json: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).ok()?).ok()?;
        serde_json::to_string_pretty(&json).ok()
    };
    let (header, rest) = jwt.split_once('.')?;
    let (payload, _) = rest.split_once('.')?;
    Some(format!("{}\n.\n{}", part(header)?, part(payload)?))
}
