//! Who stands before the pages behind the log-in, and with what: the session, then what the browser brought of the pages before.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::domain::refusal::{Code, Refusal};
use crate::issuing::http::wizard::{self, Pages, brought, judged};
use crate::issuing::online::{Details, Kind, Orders, State, Step};
use crate::login::Ceremony;
use crate::selfservice::account::{Holder, Need};
use crate::selfservice::extend::{Extension, read};
use crate::selfservice::http::{enter_as, halted};
use crate::storage::Halt;
use crate::web::forms::Fields;
use crate::web::{Visit, accept, json, respond};

/// The extension.
pub(super) const EXTENSION: Pages = Pages {
    kind: Kind::Extension,
    path: "/self-service/extend",
    rules: "/self-service/extend/rules",
    after: "/self-service/extend/choose",
    out: "/",
    word: "extend",
};
pub(super) const NUMBER: &str = "/self-service/extend/confirm";
/// Which of the two pages behind the log-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Where {
    Choice,
    Number,
}

impl Where {
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Choice => EXTENSION.after,
            Self::Number => NUMBER,
        }
    }
}

/// What a form of one of the pages does: of the last one, which of the two, in which run.
pub(super) fn act(at: Where, state: &State) -> String {
    let another = state.confirmed.map(|confirmed| confirmed.another);
    match at {
        Where::Choice => at.path().to_owned(),
        Where::Number => format!("{}#{}#{another:?}", at.path(), state.name()),
    }
}

/// Who has logged in, what was typed and accepted before, and what of it may go on.
pub(super) struct Standing {
    pub(super) holder: Holder,
    pub(super) state: State,
    pub(super) details: Details,
    pub(super) own: Extension,
}

impl Standing {
    /// Another eID was chosen.
    pub(super) fn another(&self) -> bool {
        self.state.confirmed.is_some_and(|confirmed| confirmed.another)
    }
}

/// The session first, then what the browser brought; whoever has not come so far is led back, and whoever typed another's number, too.
pub(super) async fn stands(
    request: &HttpRequest,
    visit: &Visit,
    house: &web::Data<Ceremony>,
    orders: &web::Data<Orders>,
    (at, posts): (Where, bool),
) -> Result<Standing, HttpResponse> {
    let Some(state) = brought(request, visit, orders, EXTENSION) else {
        return Err(respond::see_other(EXTENSION.path));
    };
    if state.step < Step::Accepted || state.stands().is_none() {
        return Err(respond::see_other(EXTENSION.rules));
    }
    let details = judged(visit, orders, &state.typed)
        .map_err(|wrong| wizard::details(visit, orders, EXTENSION, &state, (&state.typed, &wrong)))?;
    let holder = enter_as(request, visit, house, Need::Change, posts).await?;
    if at == Where::Number && state.confirmed.is_none_or(|confirmed| confirmed.eid != holder.eid.id) {
        return Err(respond::see_other(EXTENSION.after));
    }
    let (ctx, act_holder, cpr) = (visit.ctx.clone(), holder.clone(), details.cpr.clone());
    let own = house
        .store
        .read("own.extend", move |tx| read(tx, &ctx, &act_holder, &cpr))
        .await;
    match own {
        Ok(own) => Ok(Standing {
            holder,
            state,
            details,
            own,
        }),
        Err(halt) => Err(back_to_form(visit, orders, &state, halt)),
    }
}

/// What is wrong with what was typed is told at the form, with all of it; anything else is told by itself.
pub(super) fn back_to_form(visit: &Visit, orders: &Orders, state: &State, halt: Halt) -> HttpResponse {
    match halt {
        Halt::Refused(refusal) if refusal.field.is_some() => {
            wizard::details(visit, orders, EXTENSION, state, (&state.typed, &[refusal]))
        }
        halt => halted(visit, halt),
    }
}

/// A form of ours behind the log-in: origin, session, fields, token.
pub(super) async fn posted(
    request: &HttpRequest,
    visit: &Visit,
    house: &web::Data<Ceremony>,
    orders: &web::Data<Orders>,
    (at, body): (Where, &[u8]),
) -> Result<(Standing, Fields), HttpResponse> {
    let refused = |refusal: Refusal| respond::refusal(visit, &refusal);
    json::guard(&visit.site, request.headers()).map_err(refused)?;
    let stands = stands(request, visit, house, orders, (at, true)).await?;
    let typed = Fields::read(body, accept::is_json(request.headers())).map_err(refused)?;
    if stands
        .holder
        .csrf_ok(&house.vault, &act(at, &stands.state), typed.get("csrf"))
    {
        Ok((stands, typed))
    } else {
        Err(refused(Refusal::new(Code::LoginCsrf)))
    }
}
