//! `/order/before`, as a page and as JSON: what to bring, where to go, what it costs (M39). The documents are the table of proofing itself.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Serialize;

use crate::config::Settings;
use crate::config::parties::{Desk, Party, SharedParties};
use crate::domain::proofing::{Edition, ROWS, Row, Worth};
use crate::texts::money::kroner;
use crate::web::pages::{Frame, Page};
use crate::web::{Visit, Wants, respond};

/// What the page tells beside the law and the party files.
#[derive(Debug, Clone, Copy)]
pub struct Told {
    edition: Edition,
    token_price_oere: u32,
    /// Where voice response is offered.
    voice_price_oere: Option<u32>,
}

impl Told {
    /// From the settings.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        Self {
            edition: settings.proofing.edition,
            token_price_oere: settings.token.price_oere,
            voice_price_oere: (settings.login.voice.offered || settings.is_demo())
                .then_some(settings.login.voice.price_oere),
        }
    }
}

/// A document of the list in force.
#[derive(Debug, Serialize)]
struct Document {
    /// Its word, as officers say it.
    kind: &'static str,
    text: String,
    /// The yellow health card is shown beside it.
    with_health_card: bool,
    /// Of two papers one must be such a one.
    anchor: bool,
    /// It is no older than so many months.
    #[serde(skip_serializing_if = "Option::is_none")]
    months: Option<u32>,
}

/// Where people are met.
#[derive(Debug, Serialize)]
struct Office {
    id: String,
    name: String,
    /// `citizen_service` or `representation`.
    desk: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hours: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    booking_url: Option<String>,
    /// Its officers come to people who cannot come to it.
    home_visits: bool,
}

/// Everything.
#[derive(Debug, Serialize)]
struct Before {
    photo: Vec<Document>,
    papers: Vec<Document>,
    offices: Vec<Office>,
    token_price: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    voice_price: Option<String>,
}

#[derive(Debug, Template)]
#[template(path = "order_before.html")]
struct BeforePage {
    frame: Frame,
    before: Before,
}

impl Page for BeforePage {}

/// Mounts the page.
pub(super) fn mount(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/order/before")
            .name("order_before")
            .route(web::get().to(before)),
    );
}

async fn before(visit: Visit, told: web::Data<Told>, parties: web::Data<SharedParties>) -> HttpResponse {
    let of = |kind: fn(&Row) -> bool| -> Vec<Document> {
        let rows = ROWS.iter().filter(|row| row.is_listed(told.edition) && kind(row));
        rows.map(|row| document(&visit, row, told.edition)).collect()
    };
    let before = Before {
        photo: of(|row| row.worth == Worth::Photo),
        papers: of(|row| matches!(row.worth, Worth::Paper { .. })),
        offices: offices(&visit, parties.current().iter().map(AsRef::as_ref)),
        token_price: kroner(told.token_price_oere, visit.ctx.locale),
        voice_price: told.voice_price_oere.map(|oere| kroner(oere, visit.ctx.locale)),
    };
    match visit.wants {
        Wants::Json => respond::json(StatusCode::OK, &before),
        Wants::Html => {
            let page = BeforePage {
                frame: Frame::of(&visit),
                before,
            };
            respond::page(&visit, StatusCode::OK, &page)
        }
    }
}

fn document(visit: &Visit, row: &Row, edition: Edition) -> Document {
    let (anchor, months) = match row.worth {
        Worth::Paper { anchor, months } => (anchor, months),
        Worth::Photo | Worth::Nothing => (false, None),
    };
    Document {
        kind: row.word,
        text: visit.say().say(&format!("document-{}", row.word.replace('_', "-"))),
        with_health_card: row.with_health_card && edition == Edition::Late,
        anchor,
        months,
    }
}

/// Those that meet people and are no bank, by name.
fn offices<'a>(visit: &Visit, parties: impl Iterator<Item = &'a Party>) -> Vec<Office> {
    let locale = visit.ctx.locale;
    let mut offices: Vec<_> = parties
        .filter_map(|party| {
            let ra = party.ra.as_ref().filter(|ra| ra.bank.is_none() && ra.meets_people())?;
            Some(Office {
                id: party.id.clone(),
                name: party.name.get(locale).to_owned(),
                desk: match ra.desk {
                    Desk::CitizenService => "citizen_service",
                    Desk::Representation => "representation",
                },
                address: ra.office.address.clone(),
                hours: ra.office.hours(locale).map(str::to_owned),
                booking_url: ra.office.booking_url.as_ref().map(ToString::to_string),
                home_visits: ra.home_visits,
            })
        })
        .collect();
    offices.sort_by(|a, b| (a.desk, &a.name).cmp(&(b.desk, &b.name)));
    offices
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use actix_web::App;
    use actix_web::middleware::from_fn;
    use actix_web::test::{TestRequest, call_service, init_service, read_body};
    use serde_json::Value;

    use super::*;
    use crate::config::parties::Parties;
    use crate::domain::locale::Locale;
    use crate::testing::House;
    use crate::texts::Say;
    use crate::web::tests::{markup_is_whole, no_key_shows};
    use crate::web::{Site, door};

    async fn shows(path: &str, accept: &str) -> String {
        let house = House::new();
        let mut settings = Settings::default();
        settings.demo.enabled = true;
        let site = Site::new(&settings, house.clock.clone(), house.rng.clone()).unwrap();
        let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../config/demo/parties");
        let parties = SharedParties::new(Parties::load_dir(dir.as_ref(), true).unwrap());
        let app = App::new()
            .app_data(web::Data::new(site.clone()))
            .app_data(web::Data::new(parties))
            .app_data(web::Data::new(Told::of(&settings)))
            .wrap(from_fn(door))
            .configure(|config| crate::web::mount(config, &site))
            .configure(mount);
        let app = init_service(app).await;
        let request = TestRequest::get().uri(path).insert_header(("accept", accept));
        let request = request.peer_addr("127.0.0.1:50000".parse().unwrap());
        let response = call_service(&app, request.to_request()).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        String::from_utf8(read_body(response).await.to_vec()).unwrap()
    }

    #[actix_web::test]
    async fn it_says_when_it_is_open_who_comes_home_and_what_it_costs() {
        let told = [
            (
                "da",
                ["Mandag til fredag 10-15, torsdag til 17", "Efter aftale"],
                "Kommer hjem til den, der hverken har pas eller kørekort og ikke selv kan møde op",
                [
                    "Et eID og dets nøglekort er gratis.",
                    "En nøgleviser koster 99,00 kr.",
                    "Opkald med koder koster 0,00 kr.",
                ],
            ),
            (
                "en",
                ["Monday to Friday 10 am to 3 pm, Thursday to 5 pm", "By appointment"],
                "Visits whoever has neither passport nor driving licence and cannot attend",
                [
                    "An eID and its key card are free.",
                    "A code token costs 99.00 kr.",
                    "Codes by telephone cost 0.00 kr.",
                ],
            ),
        ];
        for (lang, [centre, embassy], home, prices) in told {
            let page = shows(&format!("/order/before?lang={lang}"), "text/html").await;
            let of = |office: &str| {
                let from = page.split_once(&format!("data-office=\"{office}\"")).unwrap().1;
                from.split_once("</li>").unwrap().0.to_owned()
            };
            let (at_centre, at_embassy) = (of("ra-borgerservice"), of("ra-ambassade"));
            assert!(at_centre.contains(centre) && at_centre.contains(home), "{at_centre}");
            assert!(
                at_embassy.contains(embassy) && !at_embassy.contains(home),
                "{at_embassy}"
            );
            assert!(at_centre.contains("https://borgerservice.example/tid"), "{at_centre}");
            assert!(prices.iter().all(|price| page.contains(price)), "{page}");
        }
        let told: Value = serde_json::from_str(&shows("/order/before", "application/json").await).unwrap();
        let offices = told["offices"].as_array().unwrap();
        let at_home: Vec<_> = offices.iter().filter(|one| one["home_visits"] == true).collect();
        assert!(
            at_home.len() == 1 && at_home[0]["id"] == "ra-borgerservice",
            "{offices:?}"
        );
        assert_eq!(at_home[0]["hours"], "Mandag til fredag 10-15, torsdag til 17");
        assert_eq!(told["token_price"], "99,00 kr.");
    }

    #[actix_web::test]
    async fn what_to_bring_is_the_table_in_force_and_where_to_go_the_party_files() {
        for lang in ["da", "en"] {
            let page = shows(&format!("/order/before?lang={lang}"), "text/html").await;
            markup_is_whole(&page, lang);
            no_key_shows(&page, lang);
            for row in &ROWS {
                let listed = page.contains(&format!("data-document=\"{}\"", row.word));
                assert_eq!(listed, row.late, "{}", row.word);
            }
            assert!(page.contains("https://ambassade.example/tid"), "{page}");
            assert!(!page.contains("data-office=\"ra-netbank\"") && !page.contains("data-office=\"support\""));
        }
        let told: Value = serde_json::from_str(&shows("/order/before", "application/json").await).unwrap();
        assert_eq!(told["offices"].as_array().unwrap().len(), 3);
        assert_eq!(told["offices"][0]["desk"], "citizen_service");
        let proof = told["papers"].as_array().unwrap();
        assert!(
            proof
                .iter()
                .any(|one| one["kind"] == "benefit_proof" && one["months"] == 3)
        );
    }

    #[test]
    fn every_document_of_the_table_has_a_name_in_every_language() {
        for row in &ROWS {
            for locale in Locale::ALL {
                let key = format!("document-{}", row.word.replace('_', "-"));
                assert!(Say(locale).maybe(&key).is_some(), "{key} in {locale:?}");
            }
        }
    }
}
