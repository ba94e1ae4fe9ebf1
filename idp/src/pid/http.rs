//! `/api/pid/…`: the PID service as JSON and in its classic form (docs/protocol/pid-service.md). Parses, calls, renders; decides nothing.
//! Machines alone come here: each with an access token of its own, of scope `pid_service`.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

use super::service::{Answer, Asked, answer};
use super::{certificate, xml};
use crate::config::parties::{Party, SharedParties};
use crate::ctx::{Agent, Ctx};
use crate::domain::cpr::Cpr;
use crate::domain::pid::Pid;
use crate::domain::pid_service::Status;
use crate::session::{NotIn, machine};
use crate::storage::{Durability, Halt, Store, Tx};
use crate::web::{Visit, accept, bearer, respond};

/// The scope of a token for this service.
const SCOPE: &str = "pid_service";
/// Questions of one call.
const AT_ONCE: usize = 100;

/// What the service is answered from.
#[derive(Clone)]
pub struct Desk {
    /// The memory.
    pub store: Store,
    /// Who may ask.
    pub parties: SharedParties,
}

/// Mounts the service; its [`Desk`] must be among the app's data.
pub fn mount(config: &mut web::ServiceConfig) {
    config.service(
        web::scope("/api/pid/v1")
            .service(web::resource("/match").route(web::post().to(matches)))
            .service(web::resource("/look-up").route(web::post().to(looks_up)))
            .service(web::resource("/batch").route(web::post().to(batch)))
            .service(web::resource("/test").route(web::post().to(test)))
            .service(web::resource("/xml").route(web::post().to(classic))),
    );
}

/// A question as JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    #[serde(default)]
    id: String,
    #[serde(default)]
    pid: Option<String>,
    /// A certificate that names the PID, as base64 of DER.
    #[serde(default)]
    certificate: Option<String>,
    #[serde(default)]
    cpr: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Questions {
    requests: Vec<Question>,
}

/// An answer as JSON: the same in every case.
#[derive(Debug, Serialize)]
struct Told {
    #[serde(skip_serializing_if = "String::is_empty")]
    id: String,
    #[serde(flatten, serialize_with = "by_number_and_name")]
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    pid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cpr: Option<String>,
}

impl Told {
    fn bare(status: Status) -> Self {
        Self {
            id: String::new(),
            status,
            pid: None,
            cpr: None,
        }
    }
}

fn by_number_and_name<S: Serializer>(status: &Status, serializer: S) -> Result<S::Ok, S::Error> {
    let mut both = serializer.serialize_struct("Status", 2)?;
    both.serialize_field("status", &status.number())?;
    both.serialize_field("name", status.name())?;
    both.end()
}

#[derive(Serialize)]
struct AllTold {
    responses: Vec<Told>,
}

async fn matches(request: HttpRequest, visit: Visit, desk: web::Data<Desk>, body: web::Bytes) -> HttpResponse {
    one(&request, visit, &desk, &body, true).await
}

async fn looks_up(request: HttpRequest, visit: Visit, desk: web::Data<Desk>, body: web::Bytes) -> HttpResponse {
    one(&request, visit, &desk, &body, false).await
}

async fn one(request: &HttpRequest, visit: Visit, desk: &Desk, body: &[u8], with_cpr: bool) -> HttpResponse {
    let question = serde_json::from_slice::<Question>(body)
        .ok()
        .filter(|_| accept::is_json(request.headers()));
    let question = question.filter(|question| question.cpr.is_some() == with_cpr);
    let questions = question
        .map(|question| vec![question])
        .ok_or(Status::NotPidServiceRequest);
    match told(request, visit.clone(), desk, questions).await {
        Err(stop) => stop.json(&visit),
        Ok(mut told) => match told.pop() {
            Some(told) => respond::json(http_status(told.status), &told),
            None => respond::json(StatusCode::BAD_REQUEST, &Told::bare(Status::NotPidServiceRequest)),
        },
    }
}

async fn batch(request: HttpRequest, visit: Visit, desk: web::Data<Desk>, body: web::Bytes) -> HttpResponse {
    let read = serde_json::from_slice::<Questions>(&body)
        .ok()
        .filter(|_| accept::is_json(request.headers()));
    let few = read.filter(|read| (1..=AT_ONCE).contains(&read.requests.len()));
    let questions = few.map(|read| read.requests).ok_or(Status::NotPidServiceRequest);
    match told(&request, visit.clone(), &desk, questions).await {
        Err(stop) => stop.json(&visit),
        Ok(responses) => respond::json(StatusCode::OK, &AllTold { responses }),
    }
}

/// Whether the service is there for whoever asks.
async fn test(request: HttpRequest, visit: Visit, desk: web::Data<Desk>) -> HttpResponse {
    match asks(&request, &desk, &visit.ctx).await {
        Err(stop) => stop.json(&visit),
        Ok(_) => respond::json(StatusCode::OK, &Told::bare(Status::Ok)),
    }
}

/// As the original's clients ask: XML as the body, or as the form field `PID_REQUEST`.
async fn classic(request: HttpRequest, visit: Visit, desk: web::Data<Desk>, body: web::Bytes) -> HttpResponse {
    let form = url::form_urlencoded::parse(&body).find(|(name, _)| name == "PID_REQUEST");
    let text = form.map_or_else(
        || String::from_utf8_lossy(&body).into_owned(),
        |(_, text)| text.into_owned(),
    );
    let requests = xml::read(&text, AT_ONCE);
    let questions = requests.map(|requests| {
        let question = |one: xml::Request| Question {
            id: one.id,
            pid: one.pid,
            certificate: one.certificate,
            cpr: one.cpr,
        };
        requests.into_iter().map(question).collect()
    });
    let (status, responses) = match told(&request, visit.clone(), &desk, questions).await {
        Err(Stop::Halt(halt)) => return respond::stopped(&visit, halt.into_refusal()),
        Err(stop) => (
            http_status(stop.status()),
            vec![classic_answer(Told::bare(stop.status()))],
        ),
        Ok(told) => (StatusCode::OK, told.into_iter().map(classic_answer).collect()),
    };
    let Some(text) = xml::write(&responses) else {
        return HttpResponse::BadRequest().finish();
    };
    let mut response = HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/xml; charset=utf-8")
        .body(text);
    challenge(status, &mut response);
    response
}

/// For [`crate::fuzzing`].
pub(crate) fn fuzz_classic(text: &str) -> Option<(usize, Option<String>)> {
    let requests = xml::read(text, AT_ONCE).ok()?;
    let answer = |one: &xml::Request| {
        classic_answer(Told {
            id: one.id.clone(),
            pid: one.pid.clone(),
            cpr: one.cpr.clone(),
            ..Told::bare(Status::NoMatch)
        })
    };
    let answers: Vec<_> = requests.iter().map(answer).collect();
    Some((requests.len(), xml::write(&answers)))
}

fn classic_answer(told: Told) -> xml::Response {
    xml::Response {
        id: told.id,
        status: told.status.number(),
        name: told.status.name(),
        pid: told.pid,
        cpr: told.cpr,
    }
}

/// Why a call was not answered.
enum Stop {
    /// By its status.
    Told(Status),
    /// An act stopped.
    Halt(Halt),
}

impl Stop {
    fn status(&self) -> Status {
        match self {
            Self::Told(status) => *status,
            Self::Halt(_) => Status::Internal,
        }
    }

    fn json(self, visit: &Visit) -> HttpResponse {
        match self {
            Self::Halt(halt) => respond::stopped(visit, halt.into_refusal()),
            Self::Told(told) => {
                respond::note(visit, "party", told.name());
                let status = http_status(told);
                let mut response = respond::json(status, &Told::bare(told));
                challenge(status, &mut response);
                response
            }
        }
    }
}

impl From<Halt> for Stop {
    fn from(halt: Halt) -> Self {
        Self::Halt(halt)
    }
}

/// RFC 6750 §3.
fn challenge(status: StatusCode, response: &mut HttpResponse) {
    if status == StatusCode::UNAUTHORIZED {
        let value = HeaderValue::from_static("Bearer error=\"invalid_token\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
    }
}

/// What one answer is in HTTP.
const fn http_status(status: Status) -> StatusCode {
    match status {
        Status::Ok | Status::NoMatch | Status::NoPid => StatusCode::OK,
        Status::NotAuthorizedForCprLookup | Status::NotAuthorizedForServiceLookup => StatusCode::FORBIDDEN,
        Status::BruteForce => StatusCode::TOO_MANY_REQUESTS,
        Status::MissingClient => StatusCode::UNAUTHORIZED,
        Status::NotPidServiceRequest
        | Status::NoPidInCertificate
        | Status::CertificateDiffers
        | Status::XmlParse
        | Status::XmlVersion => StatusCode::BAD_REQUEST,
        Status::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Answers what was read, for whoever asks.
async fn told(
    request: &HttpRequest,
    visit: Visit,
    desk: &Desk,
    questions: Result<Vec<Question>, Status>,
) -> Result<Vec<Told>, Stop> {
    let mut ctx = visit.ctx;
    let party = asks(request, desk, &ctx).await?;
    ctx.caller.agent = Agent::Machine(party.id.clone());
    let questions = questions.map_err(Stop::Told)?;
    let act = move |tx: &mut Tx<'_>| {
        let mut told = Vec::with_capacity(questions.len());
        for question in &questions {
            told.push(match read(question) {
                Err(status) => Told {
                    id: question.id.clone(),
                    ..Told::bare(status)
                },
                Ok(asked) => shown(question, &asked.pid, answer(tx, &ctx, &party, &asked)?),
            });
        }
        Ok(told)
    };
    Ok(desk.store.transact("pid.answer", Durability::Full, act).await?)
}

fn read(question: &Question) -> Result<Asked, Status> {
    let none = Status::NotPidServiceRequest;
    let cpr = question.cpr.as_deref().map(Cpr::parse).transpose().map_err(|_| none)?;
    let written = question.pid.as_deref().map(|pid| Pid::parse(pid).ok_or(none));
    let written = written.transpose()?;
    let named = question.certificate.as_deref().map(certificate::pid).transpose()?;
    let pid = match (written, named) {
        (Some(written), Some(named)) if written != named => return Err(Status::CertificateDiffers),
        (written, named) => named.or(written).ok_or(none)?,
    };
    Ok(Asked { pid, cpr })
}

fn shown(question: &Question, pid: &Pid, answer: Answer) -> Told {
    let done = answer.status == Status::Ok;
    Told {
        id: question.id.chars().take(64).collect(),
        pid: done.then(|| pid.as_str().to_owned()),
        cpr: answer.cpr.map(|cpr| cpr.digits().to_owned()),
        ..Told::bare(answer.status)
    }
}

/// The party behind the access token.
async fn asks(request: &HttpRequest, desk: &Desk, ctx: &Ctx) -> Result<Arc<Party>, Stop> {
    let token = bearer(request.headers()).ok_or(Stop::Told(Status::MissingClient))?;
    let party = machine(&desk.store, &desk.parties, ctx, (token, SCOPE)).await?;
    let party = party.map_err(|not_in| match not_in {
        NotIn::Token => Stop::Told(Status::MissingClient),
        NotIn::Scope => Stop::Told(Status::NotAuthorizedForServiceLookup),
    })?;
    let may = Some(party).filter(|party| party.pid_service.is_some());
    may.ok_or(Stop::Told(Status::NotAuthorizedForServiceLookup))
}
