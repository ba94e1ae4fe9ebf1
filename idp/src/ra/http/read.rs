//! What a call brings: headers once, a body of JSON and no larger than it needs to be, the key of an act.

use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::{HttpRequest, web};
use serde::de::DeserializeOwned;

use crate::domain::id::EidId;
use crate::domain::refusal::{Code, Refusal};
use crate::ra::call::{Head, Once, Wish, sha256};
use crate::web::{Visit, accept};

/// No act needs more.
const BODY_BYTES: usize = 16_384;
/// The officer's assertion.
const ASSERTION: &str = "officer-assertion";
/// The key of an act.
const KEY: &str = "idempotency-key";

/// A body as it arrived.
pub(super) type Body = Result<web::Bytes, actix_web::Error>;

/// What proves who calls. A header that stands there twice is none.
pub(super) fn head(request: &HttpRequest, visit: &Visit) -> Head {
    let headers = request.headers();
    let bearer = once(headers, AUTHORIZATION.as_str()).and_then(|header| {
        let (scheme, token) = header.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
    });
    Head {
        token: bearer,
        assertion: once(headers, ASSERTION).map(str::to_owned),
        method: request.method().as_str().to_owned(),
        path: visit.path.clone(),
    }
}

fn once<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut all = headers.get_all(name);
    match (all.next(), all.next()) {
        (Some(one), None) => one.to_str().ok(),
        _ => None,
    }
}

/// A question without a body.
pub(super) fn bare() -> Result<Wish<()>, Refusal> {
    Ok(Wish {
        target: None,
        once: None,
        body: (),
    })
}

/// A question with a body.
pub(super) fn question<W: DeserializeOwned>(request: &HttpRequest, body: Body) -> Result<Wish<W>, Refusal> {
    let (_, body) = json(request, body)?;
    Ok(Wish {
        target: None,
        once: None,
        body,
    })
}

/// An act on an eID.
pub(super) fn act<W: DeserializeOwned>(
    request: &HttpRequest,
    visit: &Visit,
    eid: &str,
    body: Body,
) -> Result<Wish<W>, Refusal> {
    let target: EidId = eid.parse().map_err(|_| Refusal::new(Code::RaNotFound))?;
    Ok(Wish {
        target: Some(target),
        ..order(request, visit, body)?
    })
}

/// An act on whatever the body says.
pub(super) fn order<W: DeserializeOwned>(request: &HttpRequest, visit: &Visit, body: Body) -> Result<Wish<W>, Refusal> {
    let key = once(request.headers(), KEY).filter(|key| is_key(key));
    let key = key.ok_or(Refusal::new(Code::RaKeyMissing))?.to_owned();
    let (bytes, body) = json(request, body)?;
    let asked = [
        request.method().as_str().as_bytes(),
        b" ",
        visit.path.as_bytes(),
        b"\n",
        &bytes,
    ]
    .concat();
    Ok(Wish {
        target: None,
        once: Some(Once {
            key,
            request: sha256(&asked),
        }),
        body,
    })
}

fn is_key(key: &str) -> bool {
    (8..=64).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
}

fn json<W: DeserializeOwned>(request: &HttpRequest, body: Body) -> Result<(web::Bytes, W), Refusal> {
    let bytes = body.map_err(|_| Refusal::new(Code::RequestTooLarge))?;
    if bytes.len() > BODY_BYTES {
        return Err(Refusal::new(Code::RequestTooLarge));
    }
    if !accept::is_json(request.headers()) {
        return Err(Refusal::new(Code::RequestMalformed));
    }
    let read = serde_json::from_slice(&bytes).map_err(|_| Refusal::new(Code::RequestMalformed))?;
    Ok((bytes, read))
}
