//! Each rule of the authorization request, one small check; [`RULES`] is their order.

use super::answer::Mode;
use super::error::{ErrorCode, WireError};
use super::params::Params;
use super::request::{Draft, Prompt};
use super::scope::Scope;
use crate::config::parties::{Grant, OidcClient, Pkce};
use crate::domain::assurance;
use crate::domain::locale::Locale;
use crate::domain::refusal::Code;
use crate::domain::time::Span;

type Rule = fn(&mut Draft<'_>) -> Result<(), WireError>;

/// Every rule after client and redirect URI, with the clause it keeps.
pub(super) const RULES: &[(&str, Rule)] = &[
    ("RFC 6749 3.1: no parameter twice", once),
    ("RFC 6749 4.1.2.1: state travels back, so it must fit", state),
    ("OIDC Core 6: request objects are not supported", no_request_object),
    ("RFC 6749 3.1.1: response_type", response_type),
    ("OAuth multiple response types 2.1: response_mode", response_mode),
    ("OIDC Core 3.1.2.1: scope openid", scope),
    ("OIDC Core 3.1.2.1: nonce", nonce),
    ("RFC 7636, RFC 9700 2.1.1: PKCE", pkce),
    ("OIDC Core 3.1.2.1: prompt", prompt),
    ("OIDC Core 3.1.2.1: max_age", max_age),
    ("OIDC Core 3.1.2.1: acr_values", acr_values),
    ("OIDC Core 3.1.2.1: login_hint", login_hint),
    ("OIDC Core 3.1.2.1: id_token_hint", id_token_hint),
    ("OIDC Core 3.1.2.1: ui_locales", ui_locales),
];

/// Longer ones would not fit into the sealed log-in anyway; up to 1,200 bytes always do.
const STATE_BYTES: usize = 1_536;
const NONCE_BYTES: usize = 512;
const HINT_BYTES: usize = 64;
/// A year: more is no limit.
const MAX_AGE: i64 = 366 * 86_400;

/// RFC 9700 §4.1.3: byte by byte among the registered ones; no pattern, no decoding, no normal form.
pub(super) fn redirect_uri<'a>(params: &'a Params, client: &OidcClient) -> Result<&'a str, Code> {
    if params.repeats("redirect_uri") {
        return Err(Code::RequestDuplicate);
    }
    let uri = params.get("redirect_uri").ok_or(Code::RequestRedirectUri)?;
    if client.redirect_uris.iter().any(|registered| registered == uri) {
        Ok(uri)
    } else {
        Err(Code::RequestRedirectUri)
    }
}

fn once(draft: &mut Draft<'_>) -> Result<(), WireError> {
    match draft.params.repeated() {
        None => Ok(()),
        Some(_) => Err(WireError::invalid("a parameter stands there twice")),
    }
}

fn state(draft: &mut Draft<'_>) -> Result<(), WireError> {
    if draft.params.get("state").is_some_and(|state| state.len() > STATE_BYTES) {
        // What does not fit cannot be sent back either.
        draft.request.answer.state = None;
        return Err(WireError::invalid("state is too long"));
    }
    Ok(())
}

fn no_request_object(draft: &mut Draft<'_>) -> Result<(), WireError> {
    let refused = [
        (
            "request",
            ErrorCode::RequestNotSupported,
            "request objects are not supported",
        ),
        (
            "request_uri",
            ErrorCode::RequestUriNotSupported,
            "request objects by reference are not supported",
        ),
        (
            "registration",
            ErrorCode::RegistrationNotSupported,
            "registration in a request is not supported",
        ),
    ];
    match refused.iter().find(|(name, ..)| draft.params.get(name).is_some()) {
        None => Ok(()),
        Some((_, code, description)) => Err(WireError::new(*code, description)),
    }
}

fn response_type(draft: &mut Draft<'_>) -> Result<(), WireError> {
    match draft.params.get("response_type") {
        None => Err(WireError::invalid("response_type is missing")),
        Some("code") if draft.client.grants.contains(&Grant::AuthorizationCode) => Ok(()),
        Some("code") => Err(WireError::new(
            ErrorCode::UnauthorizedClient,
            "this client logs nobody in",
        )),
        Some(_) => Err(WireError::new(
            ErrorCode::UnsupportedResponseType,
            "only response_type code is supported",
        )),
    }
}

fn response_mode(draft: &mut Draft<'_>) -> Result<(), WireError> {
    match Mode::parse(draft.params.get("response_mode")) {
        Some(_) => Ok(()),
        None => Err(WireError::invalid("response_mode must be query or form_post")),
    }
}

fn scope(draft: &mut Draft<'_>) -> Result<(), WireError> {
    let asked = draft.params.get("scope").unwrap_or_default();
    draft.request.scope = Scope::granted(asked, &draft.client.scopes);
    if draft.request.scope.has("openid") {
        return Ok(());
    }
    Err(WireError::new(ErrorCode::InvalidScope, "scope must have openid"))
}

fn nonce(draft: &mut Draft<'_>) -> Result<(), WireError> {
    draft.request.nonce = draft.params.get("nonce").map(str::to_owned);
    match &draft.request.nonce {
        Some(nonce) if nonce.len() > NONCE_BYTES => Err(WireError::invalid("nonce is too long")),
        _ => Ok(()),
    }
}

/// S256 only. Without it a code that leaks could be exchanged by whoever holds the client's secret; a client that may leave
/// it out sends a nonce instead (RFC 9700 §2.1.1).
fn pkce(draft: &mut Draft<'_>) -> Result<(), WireError> {
    let (challenge, method) = (
        draft.params.get("code_challenge"),
        draft.params.get("code_challenge_method"),
    );
    match (challenge, method) {
        (Some(challenge), Some("S256")) if is_s256(challenge) => draft.request.challenge = Some(challenge.to_owned()),
        (Some(_), Some("S256")) => return Err(WireError::invalid("code_challenge must be 43 characters of base64url")),
        (Some(_), _) => return Err(WireError::invalid("code_challenge_method must be S256")),
        (None, Some(_)) => return Err(WireError::invalid("code_challenge is missing")),
        (None, None) if draft.client.pkce == Pkce::Required => {
            return Err(WireError::invalid("code_challenge is missing: PKCE is required"));
        }
        (None, None) if draft.client.pkce == Pkce::Optional && draft.request.nonce.is_none() => {
            return Err(WireError::invalid("without PKCE a nonce is required"));
        }
        (None, None) => {}
    }
    Ok(())
}

fn is_s256(challenge: &str) -> bool {
    challenge.len() == 43
        && challenge
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

fn prompt(draft: &mut Draft<'_>) -> Result<(), WireError> {
    let words: Vec<&str> = draft
        .params
        .get("prompt")
        .unwrap_or_default()
        .split(' ')
        .filter(|w| !w.is_empty())
        .collect();
    if words
        .iter()
        .any(|word| !["none", "login", "consent", "select_account"].contains(word))
    {
        return Err(WireError::invalid("prompt has a word that is not supported"));
    }
    let none = words.contains(&"none");
    if none && words.len() > 1 {
        return Err(WireError::invalid("prompt none stands alone"));
    }
    draft.request.prompt = Prompt {
        none,
        anew: !none && !words.is_empty(),
        consent: words.contains(&"consent"),
    };
    Ok(())
}

fn max_age(draft: &mut Draft<'_>) -> Result<(), WireError> {
    let Some(text) = draft.params.get("max_age") else {
        return Ok(());
    };
    let digits = text.len() <= 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = text.parse::<i64>().ok().filter(|_| digits);
    let seconds = seconds.ok_or(WireError::invalid("max_age must be a number of seconds"))?;
    draft.request.max_age = Some(Span::secs(seconds.min(MAX_AGE)));
    Ok(())
}

/// A wish: levels that nobody knows are passed over (OpenID Connect Core §3.1.2.1).
fn acr_values(draft: &mut Draft<'_>) -> Result<(), WireError> {
    let asked = draft.params.get("acr_values").unwrap_or_default();
    draft.request.levels = asked.split(' ').filter_map(assurance::from_uri).collect();
    Ok(())
}

/// A convenience, and never a CPR number: it would end in histories and logs.
fn login_hint(draft: &mut Draft<'_>) -> Result<(), WireError> {
    let usable = |hint: &&str| hint.len() <= HINT_BYTES && !is_like_cpr(hint);
    draft.request.hint = draft.params.get("login_hint").filter(usable).map(str::to_owned);
    Ok(())
}

/// Ten digits, however they are written, with a date in them or not.
fn is_like_cpr(hint: &str) -> bool {
    let digits = hint.chars().filter(char::is_ascii_digit).count();
    digits == 10 && !hint.chars().any(char::is_alphabetic)
}

fn id_token_hint(draft: &mut Draft<'_>) -> Result<(), WireError> {
    let Some(token) = draft.params.get("id_token_hint") else {
        return Ok(());
    };
    let sub = (draft.house.id_token)(token).and_then(|claims| {
        let ours = claims["iss"] == draft.house.issuer && claims["aud"] == draft.client.client_id.as_str();
        claims["sub"].as_str().filter(|_| ours).map(str::to_owned)
    });
    draft.request.must_be = Some(sub.ok_or(WireError::invalid(
        "id_token_hint is not an ID token of ours for this client",
    ))?);
    Ok(())
}

fn ui_locales(draft: &mut Draft<'_>) -> Result<(), WireError> {
    let wanted = draft.params.get("ui_locales").unwrap_or_default();
    // A wish that we cannot meet leaves the choice to cookie and browser: then either default comes out unchanged.
    let pick = |default| Locale::pick(Some(wanted), None, None, default);
    let (one, other) = (pick(Locale::Da), pick(Locale::En));
    draft.request.locale = (one == other).then_some(one);
    Ok(())
}
