//! `/help` and `/help/{topic}`, as pages and as JSON.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::Weekday;
use serde::Serialize;

use super::{Desk, Help};
use crate::domain::hours::{Range, Weekly};
use crate::domain::locale::Locale;
use crate::domain::refusal::{Code, Refusal};
use crate::web::pages::{Frame, Page};
use crate::web::{Say, Visit, Wants, respond, when};

/// The topics in the order in which they are listed: the word in the address (and in the texts `help-<topic>-…`), and where one is
/// led on to from there.
const TOPICS: &[(&str, &[(&str, &str)])] = &[
    (
        "lost-card",
        &[("block-card", "/block/card"), ("help-contact-link", "/help/contact")],
    ),
    (
        "lost-device",
        &[
            ("block-token", "/block/token"),
            ("block-app", "/block/app"),
            ("help-contact-link", "/help/contact"),
        ],
    ),
    (
        "password",
        &[
            ("activate-order-link", "/activate/order"),
            ("block-password", "/block/password"),
            ("help-contact-link", "/help/contact"),
        ],
    ),
    ("user-id", &[("help-contact-link", "/help/contact")]),
    ("trouble", &[("help-contact-link", "/help/contact")]),
    (
        "misuse",
        &[("block-title", "/block"), ("help-contact-link", "/help/contact")],
    ),
    ("personal", &[]),
    ("contact", &[]),
    ("without-eid", &[("help-contact-link", "/help/contact")]),
];
const CONTACT: &str = "contact";

/// A link of a page.
#[derive(Debug, Clone, Serialize)]
struct Link {
    text: String,
    url: String,
}

/// A line of hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Line {
    day: String,
    hours: String,
}

/// A contact in words.
#[derive(Debug, Clone, Serialize)]
struct Shown {
    name: String,
    about: Option<String>,
    phone: Option<String>,
    email: Option<String>,
    url: Option<String>,
    open: Option<bool>,
    now: Option<String>,
    week: Vec<Line>,
    ahead: Vec<Line>,
}

#[derive(Debug, Template)]
#[template(path = "help.html")]
struct HelpPage {
    frame: Frame,
    topics: Vec<Link>,
}

impl Page for HelpPage {}

#[derive(Debug, Template)]
#[template(path = "help_topic.html")]
struct TopicPage {
    frame: Frame,
    topic: &'static str,
    heading: String,
    text: Vec<String>,
    links: Vec<Link>,
    contacts: Vec<Shown>,
}

impl Page for TopicPage {}

/// Mounts the pages.
pub fn mount(config: &mut web::ServiceConfig, help: &Help) {
    config
        .app_data(web::Data::new(help.clone()))
        .service(web::resource("/help").name("help").route(web::get().to(all)))
        .service(
            web::resource("/help/{topic}")
                .name("help_topic")
                .route(web::get().to(one)),
        );
}

async fn all(visit: Visit) -> HttpResponse {
    let say = visit.say();
    let link = |(topic, _): &(&str, _)| Link {
        text: say.say(&format!("help-{topic}-heading")),
        url: format!("/help/{topic}"),
    };
    let topics: Vec<Link> = TOPICS.iter().map(link).collect();
    match visit.wants {
        Wants::Json => respond::json(StatusCode::OK, &serde_json::json!({ "topics": topics })),
        Wants::Html => {
            let frame = Frame::of(&visit);
            respond::page(&visit, StatusCode::OK, &HelpPage { frame, topics })
        }
    }
}

async fn one(visit: Visit, word: web::Path<String>, help: web::Data<Help>) -> HttpResponse {
    let Some((topic, links)) = TOPICS.iter().find(|(topic, _)| *topic == word.as_str()) else {
        return respond::refusal(&visit, &Refusal::new(Code::RequestNotFound));
    };
    let say = visit.say();
    let link = |(key, url): &(&str, &str)| Link {
        text: say.say(key),
        url: (*url).to_owned(),
    };
    let contacts = if *topic == CONTACT {
        let desks = help.desks(visit.ctx.now, visit.ctx.locale);
        desks.into_iter().map(|desk| shown(say, desk)).collect()
    } else {
        Vec::new()
    };
    let text = (1..=8).map_while(|number| say.maybe(&format!("help-{topic}-{number}")));
    let page = TopicPage {
        frame: Frame::of(&visit),
        topic,
        heading: say.say(&format!("help-{topic}-heading")),
        text: text.collect(),
        links: links.iter().map(link).collect(),
        contacts,
    };
    match visit.wants {
        Wants::Html => respond::page(&visit, StatusCode::OK, &page),
        Wants::Json => {
            let body = serde_json::json!({
                "topic": page.topic, "heading": page.heading, "text": page.text,
                "links": page.links, "contacts": page.contacts,
            });
            respond::json(StatusCode::OK, &body)
        }
    }
}

fn shown(say: Say, desk: Desk) -> Shown {
    let locale = say.0;
    let now = match (desk.open, desk.closes, desk.opens) {
        (Some(true), Some(closes), _) => Some(say.with("help-open-until", "time", when::clock(closes, locale))),
        (Some(true), None, _) => Some(say.say("help-open")),
        (Some(false), _, Some(opens)) => {
            let (day, time) = (when::date(opens.date(), locale), when::clock(opens.time(), locale));
            Some(say.with_all("help-closed-until", &[("day", &day), ("time", &time)]))
        }
        (Some(false), _, None) => Some(say.say("help-closed")),
        (None, _, _) => None,
    };
    let ahead = desk.ahead.iter().map(|(date, ranges)| Line {
        day: when::date(*date, locale),
        hours: hours(say, ranges),
    });
    Shown {
        now,
        week: desk.week.iter().map(|weekly| week(say, weekly)).collect(),
        ahead: ahead.collect(),
        name: desk.name,
        about: desk.about,
        phone: desk.phone,
        email: desk.email,
        url: desk.url,
        open: desk.open,
    }
}

fn week(say: Say, weekly: &Weekly) -> Line {
    let name = |day: &Weekday| say.say(&format!("word-day-{}", day.num_days_from_monday()));
    let day = match weekly.days() {
        [] => String::new(),
        [one] => name(one),
        [first, .., last] => format!("{}–{}", name(first), name(last)),
    };
    Line {
        day,
        hours: hours(say, weekly.ranges()),
    }
}

fn hours(say: Say, ranges: &[Range]) -> String {
    if ranges.is_empty() {
        return say.say("help-closed");
    }
    let range = |range: &Range| {
        let text = range.to_string();
        match say.0 {
            Locale::Da => text.replace(':', "."),
            Locale::En => text,
        }
    };
    ranges.iter().map(range).collect::<Vec<_>>().join(", ")
}
