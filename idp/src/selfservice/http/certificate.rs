//! `/self-service/certificate`: `action` = `renew`, `issue`; and the certificate itself as `/self-service/certificate/{own.pem, own.cer}`.

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{Around, done, done_key, either, enter, halted, look, posted, section};
use crate::certificates::pem;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::register::Entry;
use crate::issuing::look_up;
use crate::login::Ceremony;
use crate::registers::{Registers, Unreachable};
use crate::selfservice::account::{Holder, Need};
use crate::selfservice::certificate::{Own, download, issue, number, read, renew};
use crate::storage::{Durability, Halt, Tx};
use crate::web::pages::{Frame, Page};
use crate::web::{Visit, respond};

pub(super) const PATH: &str = "/self-service/certificate";
const DONE: &[(&str, &str)] = &[
    ("renewed", "own-done-certificate-renewed"),
    ("issued", "own-done-certificate-issued"),
];

#[derive(Debug, Template)]
#[template(path = "own_certificate.html")]
struct CertificatePage {
    frame: Frame,
    around: Around,
    own: Own,
}

impl Page for CertificatePage {}

pub(super) fn mount(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource(PATH)
                .name("own_certificate")
                .route(web::get().to(show))
                .route(web::post().to(post)),
        )
        .service(web::resource("/self-service/certificate/{file}").route(web::get().to(file)));
}

async fn show(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>) -> HttpResponse {
    let shown = async {
        let holder = enter(&request, &visit, &house, Need::See).await?;
        page(&visit, &house, holder, &[], done_key(&request, DONE)).await
    };
    either(shown.await)
}

async fn file(request: HttpRequest, visit: Visit, name: web::Path<String>, house: web::Data<Ceremony>) -> HttpResponse {
    let given = async {
        let holder = enter(&request, &visit, &house, Need::See).await?;
        let found = look(&visit, &house, "own.certificate_file", move |tx| download(tx, &holder)).await?;
        let given = found.and_then(|der| match name.as_str() {
            "own.cer" => Some(("application/pkix-cert", der)),
            "own.pem" => {
                let text = pem::text(pem::CERTIFICATE, &der).to_string();
                Some(("application/x-pem-file", text.into_bytes()))
            }
            _ => None,
        });
        let (media, body) = given.ok_or_else(|| respond::refusal(&visit, &Refusal::new(Code::RequestNotFound)))?;
        let named = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
        let named = named.map_err(|_| respond::refusal(&visit, &Refusal::new(Code::RequestNotFound)))?;
        Ok(HttpResponse::Ok()
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::CONTENT_DISPOSITION, named))
            .content_type(media)
            .body(body))
    };
    either(given.await)
}

async fn post(
    request: HttpRequest,
    visit: Visit,
    house: web::Data<Ceremony>,
    registers: web::Data<Registers>,
    body: web::Bytes,
) -> HttpResponse {
    let answered = async {
        let (holder, typed) = posted(&request, &visit, &house, Need::Change, PATH, &body).await?;
        let entry = match typed.get("action") {
            "renew" | "issue" => entry(&visit, &house, &registers, &holder).await?,
            _ => return Err(respond::refusal(&visit, &Refusal::new(Code::RequestMalformed))),
        };
        let (act_house, ctx, act_holder) = (house.get_ref().clone(), visit.ctx.clone(), holder.clone());
        let (word, acted) = match typed.get("action") {
            "renew" => {
                let act = move |tx: &mut Tx<'_>| renew(tx, &ctx, &act_house, &act_holder, entry.as_ref());
                let acted = house
                    .store
                    .transact("own.renew_certificate", Durability::Full, act)
                    .await;
                ("renewed", acted)
            }
            _ => {
                let act = move |tx: &mut Tx<'_>| issue(tx, &ctx, &act_house, &act_holder, entry.as_ref());
                let acted = house
                    .store
                    .transact("own.issue_certificate", Durability::Full, act)
                    .await;
                ("issued", acted)
            }
        };
        match acted {
            Ok(()) => Ok(done(&visit, PATH, word)),
            Err(Halt::Refused(refusal)) if is_about_it(refusal.code) => {
                page(&visit, &house, holder, &[refusal], None).await
            }
            Err(halt) => Err(halted(&visit, halt)),
        }
    };
    either(answered.await)
}

/// Refusals that the page itself tells.
const fn is_about_it(code: Code) -> bool {
    matches!(
        code,
        Code::CertificateNone
            | Code::CertificateNothingNew
            | Code::Oces004
            | Code::Oces005
            | Code::ProofingPersonEnded
            | Code::ProofingResidencePending
            | Code::ProofingUnknownPerson
    )
}

/// What the register says of the holder, asked while nothing is held.
pub(super) async fn entry(
    visit: &Visit,
    house: &Ceremony,
    registers: &Registers,
    holder: &Holder,
) -> Result<Option<Entry>, HttpResponse> {
    let holder = holder.clone();
    let Some(cpr) = look(visit, house, "own.number", move |tx| number(tx, &holder)).await? else {
        return Ok(None);
    };
    let (register, store, ctx) = (registers.cpr.clone(), house.store.clone(), visit.ctx.clone());
    let asked = web::block(move || look_up(register.as_ref(), &store, &ctx, &cpr)).await;
    asked
        .unwrap_or(Err(Unreachable::Register.into()))
        .map_err(|halt| halted(visit, halt))
}

async fn page(
    visit: &Visit,
    house: &Ceremony,
    holder: Holder,
    wrong: &[Refusal],
    key: Option<&str>,
) -> Result<HttpResponse, HttpResponse> {
    let around = Around::new(visit, house, &holder, PATH, wrong).with_done(visit, key);
    let ctx = visit.ctx.clone();
    let own = look(visit, house, "own.certificate", move |tx| read(tx, &ctx, &holder)).await?;
    Ok(section(visit, PATH, around, wrong, &own, |around| CertificatePage {
        frame: Frame::of(visit),
        around,
        own: own.clone(),
    }))
}
