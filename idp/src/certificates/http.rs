//! What the CAs and their roots tell the world: `/ca/{id}.cer`, `/ca/{id}.pem`, `/ca/{id}.crl`, and `/ocsp`. Addresses that stand in certificates: never to
//! be changed. For programs of anybody, without cookies; parses, asks, answers.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use tokio::sync::Semaphore;

use super::list::Lists;
use super::ocsp::{self, Answer, Unanswered};
use super::pem;
use crate::domain::refusal::{Code, Refusal};
use crate::storage::{Crl, Halt, Store, Tx};
use crate::vault::Vault;
use crate::web::{Visit, respond};

/// A list is asked for again after so long, so that a revocation is known everywhere within a minute.
const LIST_KEPT: HeaderValue = HeaderValue::from_static("public, max-age=30");
/// A CA's certificate never changes under its id.
const CERTIFICATE_KEPT: HeaderValue = HeaderValue::from_static("public, max-age=86400");

/// What is answered from.
#[derive(Clone)]
pub struct Desk {
    /// The memory.
    pub store: Store,
    /// The safe.
    pub vault: Vault,
    /// The lists of this node.
    pub lists: Lists,
    /// Room for so many questions at a time.
    pub places: Arc<Semaphore>,
}

impl Desk {
    /// Questions that one worker looks up at a time: as many as a database answers in a moment.
    const AT_ONCE: usize = 8;

    /// Opens it.
    #[must_use]
    pub fn new(store: Store, vault: Vault, lists: Lists) -> Self {
        Self {
            store,
            vault,
            lists,
            places: Arc::new(Semaphore::new(Self::AT_ONCE)),
        }
    }
}

/// Mounts the slice; its [`Desk`] must be among the app's data.
pub fn mount(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/ca/{file}").name("ca").route(web::get().to(file)))
        .service(web::resource("/ocsp").name("ocsp").route(web::post().to(posted)))
        .service(web::resource("/ocsp/{request:.*}").route(web::get().to(asked)));
}

async fn file(visit: Visit, name: web::Path<String>, desk: web::Data<Desk>, request: HttpRequest) -> HttpResponse {
    given(&desk, &name, &request).unwrap_or_else(|| respond::refusal(&visit, &Refusal::new(Code::RequestNotFound)))
}

fn given(desk: &Desk, name: &str, request: &HttpRequest) -> Option<HttpResponse> {
    let (id, kind) = name.rsplit_once('.')?;
    let cas = desk.vault.cas();
    // From the certificate asked for up to its root.
    let chain = match cas.iter().find(|ca| ca.id == id) {
        Some(ca) => vec![&ca.certificate_der, &ca.root_der],
        None => vec![&cas.iter().find(|ca| ca.root_id == id)?.root_der],
    };
    match kind {
        "cer" => Some(bytes(
            "application/pkix-cert",
            chain.first()?.to_vec(),
            CERTIFICATE_KEPT,
        )),
        "pem" => {
            let texts = chain
                .into_iter()
                .map(|der| pem::text(pem::CERTIFICATE, der).to_string());
            let chain = texts.collect::<String>().into_bytes();
            Some(bytes("application/pem-certificate-chain", chain, CERTIFICATE_KEPT))
        }
        "crl" => {
            let list = desk.lists.of(id)?;
            let mark = HeaderValue::from_str(&format!("\"{}\"", list.number)).ok()?;
            let known = request.headers().get(header::IF_NONE_MATCH) == Some(&mark);
            let mut response = if known {
                HttpResponse::NotModified()
                    .insert_header((header::CACHE_CONTROL, LIST_KEPT))
                    .finish()
            } else {
                bytes("application/pkix-crl", web::Bytes::from_owner(Body(list)), LIST_KEPT)
            };
            response.headers_mut().insert(header::ETAG, mark);
            Some(response)
        }
        _ => None,
    }
}

/// A list as it is given to however many read it: megabytes, kept once.
struct Body(Arc<Crl>);

impl AsRef<[u8]> for Body {
    fn as_ref(&self) -> &[u8] {
        &self.0.der
    }
}

fn bytes(media: &'static str, body: impl Into<web::Bytes>, kept: HeaderValue) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, kept))
        .content_type(media)
        .body(body.into())
}

async fn posted(visit: Visit, desk: web::Data<Desk>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let media = request.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    if media != Some(b"application/ocsp-request") {
        return answered(&Unanswered::Malformed.answer(), false);
    }
    answered(&answer(&visit, &desk, &body).await, false)
}

/// By GET the request stands in the address, in base64; proxies may have taken its padding.
async fn asked(visit: Visit, desk: web::Data<Desk>, request: web::Path<String>) -> HttpResponse {
    let text = request.trim_end_matches('=');
    let read = if text.len() > ocsp::LARGEST * 4 / 3 + 4 {
        None
    } else {
        STANDARD_NO_PAD
            .decode(text)
            .or_else(|_| STANDARD.decode(request.as_bytes()))
            .ok()
    };
    match read {
        Some(read) => answered(&answer(&visit, &desk, &read).await, true),
        None => answered(&Unanswered::Malformed.answer(), false),
    }
}

async fn answer(visit: &Visit, desk: &Desk, bytes: &[u8]) -> Answer {
    let question = match ocsp::read(&desk.vault, bytes) {
        Ok(question) => Arc::new(question),
        Err(unanswered) => return unanswered.answer(),
    };
    // Strangers ask here, and log-ins read from the same database: few of these wait for it at a time, and nobody queues.
    let Ok(_place) = desk.places.try_acquire() else {
        return Unanswered::TryLater.answer();
    };
    let looked = Arc::clone(&question);
    let act = move |tx: &mut Tx<'_>| ocsp::look(tx, &looked);
    let found = match desk.store.read("ocsp.look", act).await {
        Ok(found) => found,
        Err(Halt::Fault(fault)) => {
            log::error!(request_id = visit.ctx.request_id.as_str(); "an OCSP answer failed: {fault}");
            return Unanswered::Internal.answer();
        }
        Err(_) => return Unanswered::TryLater.answer(),
    };
    match ocsp::answer(&question, &found, visit.ctx.now) {
        Ok(answer) => answer,
        Err(fault) => {
            log::error!(request_id = visit.ctx.request_id.as_str(); "an OCSP answer failed: {fault}");
            Unanswered::Internal.answer()
        }
    }
}

/// Answers are 200 whatever they say: the status is within (RFC 6960, A.2).
fn answered(answer: &Answer, by_get: bool) -> HttpResponse {
    metrics::counter!("idp_ocsp_answers_total", "outcome" => answer.outcome).increment(1);
    let kept = if answer.kept && by_get {
        format!(
            "public, no-transform, must-revalidate, max-age={}",
            ocsp::KEPT_FOR.as_secs()
        )
    } else {
        "no-store".to_owned()
    };
    HttpResponse::build(StatusCode::OK)
        .insert_header((header::CACHE_CONTROL, kept))
        .content_type("application/ocsp-response")
        .body(answer.der.clone())
}
