//! `/self-service/voice`: `phone`, `accept`, and `action` = `order`, `block`.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{Around, done, done_key, either, enter, look, posted, run, section};
use crate::domain::refusal::{Code, Refusal};
use crate::login::Ceremony;
use crate::selfservice::account::{Holder, Need};
use crate::selfservice::voice::{Own, block, order, read};
use crate::storage::Tx;
use crate::web::pages::{Frame, Page};
use crate::web::{Visit, respond};

pub(super) const PATH: &str = "/self-service/voice";
const DONE: &[(&str, &str)] = &[
    ("ordered", "own-done-voice-ordered"),
    ("blocked", "own-done-voice-blocked"),
];

#[derive(Debug, Template)]
#[template(path = "own_voice.html")]
struct VoicePage {
    frame: Frame,
    around: Around,
    own: Own,
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
        page(&visit, &house, holder, None, done_key(&request, DONE)).await
    };
    either(shown.await)
}

async fn post(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>, body: web::Bytes) -> HttpResponse {
    let answered = async {
        let (holder, typed) = posted(&request, &visit, &house, Need::Change, PATH, &body).await?;
        let (act_house, ctx, act_holder) = (house.get_ref().clone(), visit.ctx.clone(), holder.clone());
        match typed.get("action") {
            "block" => {
                let act = move |tx: &mut Tx<'_>| block(tx, &ctx, &act_house, &act_holder);
                run(&visit, &house, "own.block_voice", act).await?;
                Ok(done(&visit, PATH, "blocked"))
            }
            "order" | "" => {
                let (phone, accepts) = (typed.get("phone").to_owned(), typed.is_ticked("accept"));
                let kept = phone.clone();
                let act = move |tx: &mut Tx<'_>| order(tx, &ctx, &act_house, &act_holder, (&phone, accepts));
                match run(&visit, &house, "own.order_voice", act).await? {
                    Ok(()) => Ok(done(&visit, PATH, "ordered")),
                    Err(refusal) => page(&visit, &house, holder, Some((refusal, kept)), None).await,
                }
            }
            _ => Err(respond::refusal(&visit, &Refusal::new(Code::RequestMalformed))),
        }
    };
    either(answered.await)
}

/// `wrong`: what was refused, and what was typed.
async fn page(
    visit: &Visit,
    house: &Ceremony,
    holder: Holder,
    wrong: Option<(Refusal, String)>,
    key: Option<&str>,
) -> Result<HttpResponse, HttpResponse> {
    let refusals: Vec<Refusal> = wrong.iter().map(|(refusal, _)| refusal.clone()).collect();
    let around = Around::new(visit, house, &holder, PATH, &refusals).with_done(visit, key);
    let act_house = house.clone();
    let own = look(visit, house, "own.voice", move |tx| read(tx, &act_house, &holder)).await?;
    let phone = wrong.map_or_else(String::new, |(_, typed)| typed);
    Ok(section(visit, PATH, around, &refusals, &own, |around| VoicePage {
        frame: Frame::of(visit),
        around,
        own: own.clone(),
        phone,
    }))
}
