//! `/self-service/voice`: `action` = `order` (with `phone`; `accept` and `price`, which was shown, in øre), `confirm` (with `code`). It is
//! blocked where everything is (`block`).

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{Around, accepted, done, done_key, either, enter, look, posted, run, section};
use crate::domain::refusal::{Code, Refusal};
use crate::login::Ceremony;
use crate::selfservice::account::{Holder, Need};
use crate::selfservice::voice::{Own, confirm, order, read};
use crate::storage::Tx;
use crate::web::pages::{Frame, Page};
use crate::web::{Visit, respond};

pub(super) const PATH: &str = "/self-service/voice";
const DONE: &[(&str, &str)] = &[
    ("ordered", "own-done-voice-ordered"),
    ("unchanged", "own-done-voice-unchanged"),
];

#[derive(Debug, Template)]
#[template(path = "own_voice.html")]
struct VoicePage {
    frame: Frame,
    around: Around,
    own: Own,
    /// The last digits of the number that waits for its code, where that is asked and not another number.
    confirms: Option<String>,
    /// What stands in the field.
    phone: String,
}

impl Page for VoicePage {}

pub(super) fn mount(config: &mut web::ServiceConfig) {
    config.service(
        web::resource(PATH)
            .name("own_voice")
            .route(web::get().to(show))
            .route(web::post().to(post)),
    );
}

async fn show(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>) -> HttpResponse {
    let shown = async {
        let holder = enter(&request, &visit, &house, Need::Change).await?;
        let again = request.query_string().split('&').any(|pair| pair == "again=yes");
        page(&visit, &house, holder, (None, again), done_key(&request, DONE)).await
    };
    either(shown.await)
}

async fn post(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>, body: web::Bytes) -> HttpResponse {
    let answered = async {
        let (holder, typed) = posted(&request, &visit, &house, Need::Change, PATH, &body).await?;
        let (act_house, ctx, act_holder) = (house.get_ref().clone(), visit.ctx.clone(), holder.clone());
        match typed.get("action") {
            "confirm" => {
                let code = typed.secret("code");
                let act = move |tx: &mut Tx<'_>| confirm(tx, &ctx, &act_house, &act_holder, &code);
                match run(&visit, &house, "own.confirm_voice", act).await? {
                    Ok(()) => Ok(done(&visit, PATH, "ordered")),
                    Err(refusal) => page(&visit, &house, holder, (Some((refusal, String::new())), false), None).await,
                }
            }
            "order" | "" => {
                let (phone, accepted) = (typed.get("phone").to_owned(), accepted(&typed));
                let kept = phone.clone();
                let act = move |tx: &mut Tx<'_>| order(tx, &ctx, &act_house, &act_holder, (&phone, accepted));
                match run(&visit, &house, "own.order_voice", act).await? {
                    // The page that follows asks for the code.
                    Ok(true) => Ok(done(&visit, PATH, "called")),
                    Ok(false) => Ok(done(&visit, PATH, "unchanged")),
                    Err(refusal) => page(&visit, &house, holder, (Some((refusal, kept)), true), None).await,
                }
            }
            _ => Err(respond::refusal(&visit, &Refusal::new(Code::RequestMalformed))),
        }
    };
    either(answered.await)
}

/// `wrong`: what was refused, and what was typed; `again`: another number is asked for, though one waits for its code.
async fn page(
    visit: &Visit,
    house: &Ceremony,
    holder: Holder,
    (wrong, again): (Option<(Refusal, String)>, bool),
    key: Option<&str>,
) -> Result<HttpResponse, HttpResponse> {
    let refusals: Vec<Refusal> = wrong.iter().map(|(refusal, _)| refusal.clone()).collect();
    let around = Around::new(visit, house, &holder, PATH, &refusals).with_done(visit, key);
    let (act_house, ctx) = (house.clone(), visit.ctx.clone());
    let own = look(visit, house, "own.voice", move |tx| read(tx, &ctx, &act_house, &holder)).await?;
    let phone = wrong.map_or_else(String::new, |(_, typed)| typed);
    Ok(section(visit, PATH, around, &refusals, &own, |around| VoicePage {
        frame: Frame::of(visit),
        around,
        own: own.clone(),
        confirms: own.confirms.clone().filter(|_| !again),
        phone,
    }))
}
