//! What a call brings: headers once, a body of JSON and no larger than it needs to be, the key of an act.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use serde::de::DeserializeOwned;

use super::problem;
use crate::domain::id::EidId;
use crate::domain::refusal::{Code, Refusal};
use crate::ra::Desk;
use crate::ra::call::Head;
use crate::ra::wanted::{Once, Wanted, Wish};
use crate::vault::sha256;
use crate::web::{Visit, accept, bearer, once};

/// No act needs more.
const BODY_BYTES: usize = 16_384;
/// The officer's assertion.
const ASSERTION: &str = "officer-assertion";
/// The key of an act.
const KEY: &str = "idempotency-key";
/// The part of an address that names an eID.
const EID: &str = "eid";

/// A body as it arrived.
type Body = Result<web::Bytes, actix_web::Error>;

/// One call of the API, read whole. A call that cannot be understood is one too: it is refused once it is known who sent it.
pub(super) struct Call<W> {
    visit: Visit,
    desk: web::Data<Desk>,
    head: Head,
    wish: Result<Wish<W>, Refusal>,
}

impl<W: Wanted> Call<W> {
    /// Who calls is asked, what they want is done, and both are recorded.
    pub(super) async fn answered(self) -> HttpResponse {
        let result = self.desk.run(&self.visit.ctx, &self.head, self.wish).await;
        problem::answered(&self.visit, result)
    }
}

impl<W: Wanted> FromRequest for Call<W> {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, actix_web::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let visit = Visit::from_request(request, payload);
        let desk = web::Data::<Desk>::from_request(request, payload);
        let body = web::Bytes::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let (visit, desk) = (visit.await?, desk.await?);
            Ok(Self {
                head: head(&request, &visit),
                wish: wish(&request, &visit, body.await),
                visit,
                desk,
            })
        })
    }
}

/// What proves who calls. A header that stands there twice is none.
fn head(request: &HttpRequest, visit: &Visit) -> Head {
    let headers = request.headers();
    Head {
        token: bearer(headers).map(str::to_owned),
        assertion: once(headers, ASSERTION).map(str::to_owned),
        method: request.method().as_str().to_owned(),
        path: visit.path.clone(),
    }
}

fn wish<W: Wanted>(request: &HttpRequest, visit: &Visit, body: Body) -> Result<Wish<W>, Refusal> {
    let target = request.match_info().get(EID).map(str::parse::<EidId>);
    let target = target.transpose().map_err(|_| Refusal::new(Code::RaNotFound))?;
    let key = W::ONCE.then(|| key(request)).transpose()?;
    let (bytes, body) = json(request, body)?;
    let once = key.map(|key| Once {
        key,
        request: asked(request, visit, &bytes),
    });
    Ok(Wish { target, once, body })
}

fn key(request: &HttpRequest) -> Result<String, Refusal> {
    let is_key = |key: &&str| (8..=64).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    let key = once(request.headers(), KEY).filter(is_key);
    key.map(str::to_owned).ok_or(Refusal::new(Code::RaKeyMissing))
}

/// The hash of what was asked: another method, address or body is another act.
fn asked(request: &HttpRequest, visit: &Visit, bytes: &[u8]) -> [u8; 32] {
    let (method, path) = (request.method().as_str().as_bytes(), visit.path.as_bytes());
    sha256(&[method, b" ", path, b"\n", bytes].concat())
}

fn json<W: DeserializeOwned>(request: &HttpRequest, body: Body) -> Result<(web::Bytes, W), Refusal> {
    let bytes = if request.method() == Method::GET {
        web::Bytes::from_static(b"{}")
    } else {
        posted(request, body)?
    };
    let read = serde_json::from_slice(&bytes).map_err(|_| Refusal::new(Code::RequestMalformed))?;
    Ok((bytes, read))
}

fn posted(request: &HttpRequest, body: Body) -> Result<web::Bytes, Refusal> {
    let bytes = body.map_err(|_| Refusal::new(Code::RequestTooLarge))?;
    if bytes.len() > BODY_BYTES {
        return Err(Refusal::new(Code::RequestTooLarge));
    }
    if !accept::is_json(request.headers()) {
        return Err(Refusal::new(Code::RequestMalformed));
    }
    Ok(bytes)
}
