//! `/self-service/cards`: `reorder_at`, `large_print`, and `action` = `save`, `order`. `/self-service/cards/activate`: `card`, `code`.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{Around, Challenge, Offers, done, done_key, either, enter, halted, keyed, look, posted, run, section};
use crate::credentials::keycard::Asked;
use crate::domain::keycard::CardNumber;
use crate::domain::refusal::{Code, Refusal};
use crate::login::Ceremony;
use crate::selfservice::account::{Holder, Need};
use crate::selfservice::cards::{Cards, activate, ask, order, read, wants_key, wish};
use crate::storage::Halt;
use crate::web::pages::{Frame, Page};
use crate::web::{Visit, respond};

pub(super) const PATH: &str = "/self-service/cards";
const ACTIVATE: &str = "/self-service/cards/activate";
const DONE: &[(&str, &str)] = &[
    ("saved", "own-done-cards-saved"),
    ("ordered", "own-done-cards-ordered"),
    ("activated", "own-done-cards-activated"),
];

#[derive(Debug, Template)]
#[template(path = "own_cards.html")]
struct CardsPage {
    frame: Frame,
    around: Around,
    own: Cards,
}

impl Page for CardsPage {}

#[derive(Debug, Template)]
#[template(path = "own_card_activate.html")]
struct ActivatePage {
    frame: Frame,
    around: Around,
    index: String,
    card: String,
}

impl Page for ActivatePage {}

pub(super) fn mount(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource(PATH)
                .name("own_cards")
                .route(web::get().to(show))
                .route(web::post().to(post)),
        )
        .service(
            web::resource(ACTIVATE)
                .name("own_card_activate")
                .route(web::get().to(show_activate))
                .route(web::post().to(post_activate)),
        );
}

async fn show(
    request: HttpRequest,
    visit: Visit,
    house: web::Data<Ceremony>,
    offers: web::Data<Offers>,
) -> HttpResponse {
    let shown = async {
        let holder = enter(&request, &visit, &house, Need::Change).await?;
        page(
            &visit,
            &house,
            holder,
            offers.extra_cards,
            None,
            done_key(&request, DONE),
        )
        .await
    };
    either(shown.await)
}

async fn post(
    request: HttpRequest,
    visit: Visit,
    house: web::Data<Ceremony>,
    offers: web::Data<Offers>,
    body: web::Bytes,
) -> HttpResponse {
    either(answered(&request, &visit, &house, offers.extra_cards, &body).await)
}

async fn answered(
    request: &HttpRequest,
    visit: &Visit,
    house: &Ceremony,
    limit: usize,
    body: &[u8],
) -> Result<HttpResponse, HttpResponse> {
    let (holder, typed) = posted(request, visit, house, Need::Change, PATH, body).await?;
    let holder = match typed.get("action") {
        "order" => keyed(request, visit, house, (holder, true), wants_key).await?,
        _ => holder,
    };
    let (act_house, ctx, act_holder) = (house.clone(), visit.ctx.clone(), holder.clone());
    let (reorder_at, large) = (typed.get("reorder_at").to_owned(), typed.is_ticked("large_print"));
    let (word, outcome) = match typed.get("action") {
        "order" => {
            let act = move |tx: &mut crate::storage::Tx<'_>| order(tx, &ctx, &act_house, &act_holder, limit);
            ("ordered", run(visit, house, "own.order_card", act).await?)
        }
        "save" | "" => {
            let text = reorder_at.clone();
            let act = move |tx: &mut crate::storage::Tx<'_>| wish(tx, &ctx, &act_house, &act_holder, (&text, large));
            ("saved", run(visit, house, "own.card_wish", act).await?)
        }
        _ => return Err(respond::refusal(visit, &Refusal::new(Code::RequestMalformed))),
    };
    match outcome {
        Ok(()) => Ok(done(visit, PATH, word)),
        Err(refusal) => page(visit, house, holder, limit, Some((refusal, reorder_at, large)), None).await,
    }
}

/// `wrong`: what was refused, and what was typed.
async fn page(
    visit: &Visit,
    house: &Ceremony,
    holder: Holder,
    limit: usize,
    wrong: Option<(Refusal, String, bool)>,
    key: Option<&str>,
) -> Result<HttpResponse, HttpResponse> {
    let refusals: Vec<Refusal> = wrong.iter().map(|(refusal, ..)| refusal.clone()).collect();
    let around = Around::new(visit, house, &holder, PATH, &refusals).with_done(visit, key);
    let mut own = look(visit, house, "own.cards", move |tx| read(tx, &holder, limit)).await?;
    if let Some((_, reorder_at, large_print)) = wrong {
        (own.reorder_at, own.large_print) = (reorder_at, large_print);
    }
    Ok(section(visit, PATH, around, &refusals, &own, |around| CardsPage {
        frame: Frame::of(visit),
        around,
        own: own.clone(),
    }))
}

async fn show_activate(request: HttpRequest, visit: Visit, house: web::Data<Ceremony>) -> HttpResponse {
    let shown = async {
        let holder = enter(&request, &visit, &house, Need::Change).await?;
        let named = request
            .query_string()
            .split('&')
            .find_map(|pair| CardNumber::parse(pair.strip_prefix("card=")?));
        let (ctx, reader) = (visit.ctx.clone(), holder.clone());
        let asked = look(&visit, &house, "own.ask_card", move |tx| {
            ask(tx, &ctx, &reader, named.as_ref())
        })
        .await?;
        Ok(activate_page(&visit, &house, &holder, &asked, &[]))
    };
    either(shown.await)
}

async fn post_activate(
    request: HttpRequest,
    visit: Visit,
    house: web::Data<Ceremony>,
    body: web::Bytes,
) -> HttpResponse {
    let answered = async {
        let (holder, typed) = posted(&request, &visit, &house, Need::Change, ACTIVATE, &body).await?;
        let number = CardNumber::parse(typed.get("card"));
        let number = number.ok_or_else(|| respond::refusal(&visit, &Refusal::new(Code::KeycardNotFound)))?;
        let (act_house, ctx, act_holder) = (house.get_ref().clone(), visit.ctx.clone(), holder.clone());
        let code = typed.secret("code");
        let outcome = run(&visit, &house, "own.activate_card", move |tx| {
            activate(tx, &ctx, &act_house, &act_holder, (&number, &code))
        })
        .await?;
        match outcome {
            Ok(()) => Ok(done(&visit, PATH, "activated")),
            Err((refusal, Some(asked))) => Ok(activate_page(&visit, &house, &holder, &asked, &[refusal])),
            Err((refusal, None)) => Err(halted(&visit, Halt::Refused(refusal))),
        }
    };
    either(answered.await)
}

fn activate_page(visit: &Visit, house: &Ceremony, holder: &Holder, asked: &Asked, wrong: &[Refusal]) -> HttpResponse {
    let around = Around::new(visit, house, holder, ACTIVATE, wrong);
    let challenge = Challenge::of(asked);
    section(visit, ACTIVATE, around, wrong, &challenge, |around| ActivatePage {
        frame: Frame::of(visit),
        around,
        index: challenge.index.clone(),
        card: challenge.card.clone(),
    })
}
