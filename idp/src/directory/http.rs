//! `/services`, as a page and as JSON, and the pictures of the services.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::{Deserialize, Serialize};

use super::list;
use crate::config::parties::{Party, SharedParties};
use crate::domain::refusal::{Code, Refusal};
use crate::web::pages::{Frame, Page};
use crate::web::{Visit, Wants, respond};

/// The longest search that is read.
const SEARCH_MAX: usize = 60;

/// Mounts the slice; the `SharedParties` must be among the app's data.
pub fn mount(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/services").name("directory").route(web::get().to(all)))
        .service(
            web::resource("/services/{id}/logo")
                .name("directory_logo")
                .route(web::get().to(logo)),
        );
}

#[derive(Deserialize)]
struct Search {
    #[serde(default)]
    q: String,
}

/// A service as it is shown.
#[derive(Debug, Serialize)]
struct Service {
    id: String,
    name: String,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logo: Option<String>,
}

/// Services of one kind under their heading.
#[derive(Debug)]
struct Group {
    kind: &'static str,
    heading: String,
    lead: String,
    services: Vec<Service>,
}

#[derive(Debug, Template)]
#[template(path = "directory.html")]
struct DirectoryPage {
    frame: Frame,
    search: String,
    groups: Vec<Group>,
}

impl Page for DirectoryPage {}

async fn all(visit: Visit, parties: web::Data<SharedParties>, request: HttpRequest) -> HttpResponse {
    let search =
        web::Query::<Search>::from_query(request.query_string()).map_or_else(|_| String::new(), |read| read.0.q);
    let search: String = search.chars().filter(|c| !c.is_control()).take(SEARCH_MAX).collect();
    let say = visit.say();
    let shown = |kind, party: &Party| Service {
        id: party.id.clone(),
        name: party.name.get(visit.ctx.locale).to_owned(),
        kind,
        url: party.home_url.as_ref().map(ToString::to_string),
        logo: party
            .logo
            .as_ref()
            .map(|logo| format!("/services/{}/logo?v={}", party.id, logo.mark)),
    };
    let groups = list(&parties.current(), &search, visit.ctx.locale)
        .into_iter()
        .map(|group| Group {
            kind: group.kind,
            heading: say.say(&format!("directory-{}", group.kind)),
            lead: say.say(&format!("directory-{}-lead", group.kind)),
            services: group.services.iter().map(|party| shown(group.kind, party)).collect(),
        });
    match visit.wants {
        Wants::Json => {
            let services: Vec<Service> = groups.flat_map(|group| group.services).collect();
            respond::json(StatusCode::OK, &serde_json::json!({ "services": services }))
        }
        Wants::Html => {
            let page = DirectoryPage {
                frame: Frame::of(&visit),
                search,
                groups: groups.collect(),
            };
            respond::page(&visit, StatusCode::OK, &page)
        }
    }
}

async fn logo(
    visit: Visit,
    id: web::Path<String>,
    parties: web::Data<SharedParties>,
    request: HttpRequest,
) -> HttpResponse {
    let parties = parties.current();
    let listed = parties.get(&id).filter(|party| party.unlisted.is_none());
    let Some(logo) = listed.and_then(|party| party.logo.as_ref()) else {
        return respond::refusal(&visit, &Refusal::new(Code::RequestNotFound));
    };
    let asked = request.query_string().strip_prefix("v=");
    respond::picture(
        logo.media,
        web::Bytes::copy_from_slice(&logo.bytes),
        asked == Some(logo.mark.as_str()),
    )
}
