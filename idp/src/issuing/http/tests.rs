//! Somebody orders online, by pages and as a program: the way there, and everything that is not the way.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::cell::RefCell;
use std::collections::BTreeMap;

use actix_web::body::MessageBody;
use actix_web::cookie::Cookie;
use actix_web::http::header::HeaderMap;
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, web};
use serde_json::{Map, Value, json};

use crate::config::parties::{Parties, SharedParties};
use crate::config::{RegistersSection, Settings};
use crate::credentials::activation;
use crate::domain::consent::{Consent, VERSION};
use crate::domain::time::{Span, Time};
use crate::issuing::http::order;
use crate::issuing::online::{Orders, Typed};
use crate::registers::Registers;
use crate::testing::House;
use crate::web::{Site, door, nothing_here};

const FORM: &str = "/order/online";
const RULES: &str = "/order/online/rules";
const CONFIRM: &str = "/order/online/confirm";
const OLE: &str = "620290-5225";
const NUMBER: &str = "45321643";

struct Place {
    house: House,
    site: Site,
    orders: web::Data<Orders>,
}

/// What a browser holds.
#[derive(Default)]
struct Browser(RefCell<BTreeMap<String, String>>);

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Place {
    fn new() -> Self {
        Self::with(&mut |_| {})
    }

    fn with(set: &mut dyn FnMut(&mut Settings)) -> Self {
        let house = House::new();
        let mut settings = Settings::default();
        settings.demo.enabled = true;
        set(&mut settings);
        let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../config/demo/parties");
        let parties = SharedParties::new(Parties::load_dir(dir.as_ref(), true).unwrap());
        let registers = Registers::open(&RegistersSection::default(), house.store.clone()).unwrap();
        let activation = activation::Rules {
            life: Span::days(28),
            by: activation::By::Letter,
        };
        let safe = (house.store.clone(), house.vault.clone());
        let orders = Orders::new(safe, registers, parties, (activation, &house.rng), &settings);
        let site = Site::new(&settings, house.clock.clone(), house.rng.clone()).unwrap();
        Self {
            house,
            site,
            orders: web::Data::new(orders),
        }
    }

    fn visit(&self, browser: &Browser, path: &str, request: TestRequest) -> Answer {
        let held: Vec<_> = browser.0.borrow().iter().map(|(n, v)| format!("{n}={v}")).collect();
        actix_web::rt::System::new().block_on(async {
            let app = App::new()
                .app_data(web::Data::new(self.site.clone()))
                .app_data(self.orders.clone())
                .wrap(from_fn(door))
                .configure(|config| crate::web::mount(config, &self.site))
                .configure(order::mount)
                .default_service(web::to(nothing_here));
            let app = init_service(app).await;
            let request = request.uri(path).insert_header(("cookie", held.join("; ")));
            let request = request.peer_addr("127.0.0.1:50000".parse().unwrap());
            let response = call_service(&app, request.to_request()).await;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            browser.keeps(&headers);
            let body = response.into_body().try_into_bytes().unwrap_or_default();
            let body = String::from_utf8(body.to_vec()).unwrap();
            Answer { status, headers, body }
        })
    }

    fn page(&self, browser: &Browser, path: &str) -> Answer {
        self.visit(browser, path, TestRequest::get().insert_header(("accept", "text/html")))
    }

    fn json(&self, browser: &Browser, path: &str) -> Answer {
        let request = TestRequest::get().insert_header(("accept", "application/json"));
        self.visit(browser, path, request)
    }

    fn form(&self, browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        let request = TestRequest::post()
            .insert_header(("content-type", "application/x-www-form-urlencoded"))
            .insert_header(("accept", "text/html"))
            .set_payload(body.extend_pairs(fields).finish());
        self.visit(browser, path, request)
    }

    /// A program's form: the fields and its token.
    fn sends(&self, browser: &Browser, path: &str, csrf: &Value, fields: &Value) -> Answer {
        let mut body: Map<String, Value> = fields.as_object().unwrap().clone();
        body.insert("csrf".into(), csrf.clone());
        let request = TestRequest::post()
            .insert_header(("content-type", "application/json"))
            .set_payload(Value::Object(body).to_string());
        self.visit(browser, path, request)
    }

    /// The form and the rules as a program fills them in; the page that asks whether all is right.
    #[track_caller]
    fn comes_to_confirm(&self, browser: &Browser, typed: &Value) -> Value {
        let at = self.json(browser, FORM).value();
        let at = self.sends(browser, FORM, &at["csrf"], typed).value();
        let at = self.sends(browser, RULES, &at["csrf"], &all()).value();
        assert_eq!(at["step"], "confirm", "{at}");
        at
    }

    /// The whole way.
    fn orders(&self, browser: &Browser, typed: &Value) -> Answer {
        let at = self.comes_to_confirm(browser, typed);
        self.sends(browser, CONFIRM, &at["csrf"], &json!({}))
    }

    /// Orders that were accepted and wait.
    fn accepted(&self) -> usize {
        let ever = Time::from_micros(i64::MAX);
        self.house
            .act(move |tx| tx.online_orders().placed_before(ever, 1_000))
            .len()
    }
}

impl Browser {
    fn keeps(&self, headers: &HeaderMap) {
        for header in headers.get_all("set-cookie") {
            let cookie = Cookie::parse(header.to_str().unwrap()).unwrap();
            if cookie.max_age().is_none_or(|age| age.is_positive()) {
                self.0.borrow_mut().insert(cookie.name().into(), cookie.value().into());
            } else {
                self.0.borrow_mut().remove(cookie.name());
            }
        }
    }

    fn holds_something(&self) -> bool {
        !self.0.borrow().is_empty()
    }
}

impl Answer {
    #[track_caller]
    fn value(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{} is not JSON: {}", self.status, self.body))
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Refused with this status, for this reason, at this field (or none).
    #[track_caller]
    fn must_refuse(&self, status: u16, code: &str, field: Option<&str>) {
        let errors = &self.value()["errors"];
        let one = &errors[0];
        assert_eq!(
            (
                self.status,
                &one["code"],
                &one["field"],
                errors.as_array().map(Vec::len)
            ),
            (status, &json!(code), &json!(field), Some(1)),
            "{}",
            self.body
        );
        assert!(
            one["text"].as_str().is_some_and(|text| !text.is_empty()),
            "{}",
            self.body
        );
    }

    #[track_caller]
    fn must_lead_to(&self, path: &str) {
        assert_eq!((self.status, self.header("location")), (303, path), "{}", self.body);
    }

    #[track_caller]
    fn csrf(&self) -> String {
        let found = self.body.split_once("name=\"csrf\" value=\"").map(|(_, rest)| rest);
        found.and_then(|rest| rest.split('"').next()).unwrap().to_owned()
    }
}

fn typed() -> Value {
    json!({
        "cpr": OLE, "document_type": "driving_licence", "document_number": NUMBER,
        "email": "ole.lund@example.dk", "email_again": "ole.lund@example.dk", "mobile": "80307050",
    })
}

/// The rules accepted, with each consent.
fn all() -> Value {
    let consents = Consent::ALL.map(|consent| (consent.field().to_owned(), json!("yes")));
    let mut all = Map::from_iter(consents);
    all.insert("version".into(), json!(VERSION));
    Value::Object(all)
}

fn without(field: &str) -> Value {
    let mut fields = all();
    fields.as_object_mut().unwrap().remove(field);
    fields
}

fn but(field: &str, value: &str) -> Value {
    let mut fields = typed();
    fields[field] = json!(value);
    fields
}

#[test]
fn a_program_orders_by_the_same_addresses() {
    let (place, browser) = (Place::new(), Browser::default());
    let menu = place.json(&browser, "/order").value();
    assert_eq!(
        (&menu["ways"][0]["id"], &menu["ways"][0]["url"]),
        (&json!("private"), &json!(FORM))
    );

    let form = place.json(&browser, FORM);
    assert_eq!((form.status, form.header("cache-control")), (200, "no-store"));
    let form = form.value();
    assert_eq!((&form["step"], &form["next"]), (&json!("details"), &json!(FORM)));
    assert_eq!((&form["fields"], &form["errors"]), (&json!(Typed::FIELDS), &json!([])));
    assert!(
        form["offices"].as_array().is_some_and(|offices| !offices.is_empty()),
        "{form}"
    );
    assert_eq!(
        form["expires_at"],
        (place.house.clock.now() + Span::minutes(60)).rfc3339()
    );

    let rules = place.sends(&browser, FORM, &form["csrf"], &typed()).value();
    assert_eq!(
        (&rules["step"], &rules["next"], &rules["version"]),
        (&json!("rules"), &json!(RULES), &json!(VERSION))
    );
    let (said, asked) = (
        rules["rules"].as_array().unwrap(),
        rules["consents"].as_array().unwrap(),
    );
    assert_eq!((said.len(), asked.len()), (4, 4));
    let fields: Vec<_> = asked.iter().map(|one| one["field"].clone()).collect();
    assert_eq!(rules["fields"], json!([&[json!("version")][..], &fields].concat()));

    let confirm = place.sends(&browser, RULES, &rules["csrf"], &all()).value();
    assert_eq!(
        (&confirm["step"], &confirm["next"]),
        (&json!("confirm"), &json!(CONFIRM))
    );
    for (name, value) in typed().as_object().unwrap() {
        assert_eq!(&confirm["values"][name], value, "{name}");
    }
    assert_eq!(place.accepted(), 0, "nothing before it is confirmed");

    let done = place.sends(&browser, CONFIRM, &confirm["csrf"], &json!({}));
    assert_eq!(
        (done.status, done.value()),
        (200, json!({"step": "done", "errors": []}))
    );
    assert_eq!(place.accepted(), 1);
    assert!(!browser.holds_something(), "the way is over");
    assert_eq!(place.json(&browser, "/order/online/done").value()["step"], "done");
}

#[test]
fn three_consents_or_an_older_text_are_not_enough() {
    let (place, browser) = (Place::new(), Browser::default());
    let form = place.json(&browser, FORM).value();
    let rules = place.sends(&browser, FORM, &form["csrf"], &typed()).value();
    for consent in Consent::ALL {
        let answer = place.sends(&browser, RULES, &rules["csrf"], &without(consent.field()));
        answer.must_refuse(422, "own.confirm", Some(consent.field()));
    }
    let mut older = all();
    older["version"] = json!("2020-01-01");
    let answer = place.sends(&browser, RULES, &rules["csrf"], &older);
    assert_eq!(
        (answer.status, &answer.value()["errors"][0]["code"]),
        (422, &json!("own.text_changed"))
    );
    place.json(&browser, CONFIRM).must_lead_to(RULES);
}

#[test]
fn a_full_house_accepts_nothing_and_says_when_to_come_again() {
    let place = Place::with(&mut |settings| settings.order.most_open = 1);
    assert_eq!(place.orders(&Browser::default(), &typed()).status, 200);
    let browser = Browser::default();
    let another = but("cpr", "630290-5233");
    let full = place.orders(&browser, &another);
    full.must_refuse(503, "order.full", None);
    assert_eq!((full.header("retry-after"), place.accepted()), ("3600", 1));
    // The browser keeps everything, and the same form serves later.
    let kept = full.value();
    assert_eq!(
        (&kept["step"], &kept["values"]["cpr"]),
        (&json!("confirm"), &another["cpr"])
    );
    let page = place.page(&browser, CONFIRM);
    let again = place.form(&browser, CONFIRM, &[("csrf", &page.csrf())]);
    assert_eq!((again.status, again.header("retry-after")), (503, "3600"));
    assert!(again.body.contains("data-code=\"order.full\""), "{}", again.body);
    assert_eq!(place.accepted(), 1);
}

#[test]
fn a_source_with_too_many_orders_today_is_told_so() {
    let place = Place::with(&mut |settings| settings.order.per_source = 2);
    for _ in 0..2 {
        assert_eq!(place.orders(&Browser::default(), &typed()).status, 200);
    }
    let (browser, another) = (Browser::default(), but("cpr", "630290-5233"));
    let third = place.orders(&browser, &another);
    third.must_refuse(429, "order.too_many", None);
    assert_eq!((third.header("retry-after"), place.accepted()), ("86400", 1));
    let page = place.page(&browser, CONFIRM);
    let again = place.form(&browser, CONFIRM, &[("csrf", &page.csrf())]);
    assert_eq!((again.status, again.header("retry-after")), (429, "86400"));
    place.house.clock.advance(Span::hours(49));
    assert_eq!(place.orders(&Browser::default(), &another).status, 200);
    assert_eq!(place.accepted(), 2);
}

#[test]
fn a_form_of_another_browser_page_or_site_is_none_of_ours() {
    let (place, browser, other) = (Place::new(), Browser::default(), Browser::default());
    let at = place.comes_to_confirm(&browser, &typed());
    let theirs = place.comes_to_confirm(&other, &but("cpr", "630290-5233"));
    let refused = |answer: Answer| answer.must_refuse(403, "login.csrf", None);
    refused(place.sends(&browser, CONFIRM, &theirs["csrf"], &json!({})));
    refused(place.sends(&browser, FORM, &at["csrf"], &typed()));
    refused(place.sends(&browser, CONFIRM, &json!(""), &json!({})));
    // The right token by itself, in a browser that holds nothing.
    let stranger = place.sends(&Browser::default(), CONFIRM, &at["csrf"], &json!({}));
    stranger.must_refuse(400, "order.expired", None);
    for (name, value) in [
        ("origin", "https://elsewhere.example"),
        ("sec-fetch-site", "cross-site"),
    ] {
        let request = TestRequest::post()
            .insert_header(("content-type", "application/json"))
            .insert_header((name, value))
            .set_payload(json!({"csrf": at["csrf"]}).to_string());
        refused(place.visit(&browser, CONFIRM, request));
    }
    assert_eq!(place.accepted(), 0);
    assert_eq!(place.sends(&browser, CONFIRM, &at["csrf"], &json!({})).status, 200);
    assert_eq!(place.accepted(), 1);
}

#[test]
fn pages_that_were_left_for_an_hour_begin_anew() {
    let (place, browser) = (Place::new(), Browser::default());
    let at = place.comes_to_confirm(&browser, &typed());
    place.house.clock.advance(Span::minutes(59));
    assert_eq!(place.json(&browser, CONFIRM).status, 200);
    place.house.clock.advance(Span::minutes(1));
    for path in [FORM, RULES, CONFIRM] {
        place
            .sends(&browser, path, &at["csrf"], &typed())
            .must_refuse(400, "order.expired", None);
    }
    place.json(&browser, RULES).must_lead_to(FORM);
    place.json(&browser, CONFIRM).must_lead_to(FORM);
    let anew = place.json(&browser, FORM).value();
    assert_eq!((&anew["step"], &anew["values"]["cpr"]), (&json!("details"), &json!("")));
    assert_eq!(place.accepted(), 0);
}

#[test]
fn nobody_confirms_before_the_form_and_the_rules() {
    let (place, browser) = (Place::new(), Browser::default());
    for path in [RULES, CONFIRM] {
        place.page(&browser, path).must_lead_to(FORM);
        place.form(&browser, path, &[("csrf", "x")]);
    }
    let form = place.json(&browser, FORM).value();
    place.page(&browser, CONFIRM).must_lead_to(FORM);
    place.sends(&browser, FORM, &form["csrf"], &typed());
    place.page(&browser, CONFIRM).must_lead_to(RULES);
    // Whoever has been there fills in the form again: the token of then serves, the acceptance of then does not.
    let at = place.comes_to_confirm(&browser, &typed());
    place.sends(&browser, FORM, &form["csrf"], &but("cpr", "630290-5233"));
    place
        .sends(&browser, CONFIRM, &at["csrf"], &json!({}))
        .must_lead_to(RULES);
    assert_eq!(place.accepted(), 0);
}

#[test]
fn a_number_of_the_wrong_form_is_told_at_its_field() {
    let (place, browser) = (Place::new(), Browser::default());
    let form = place.json(&browser, FORM).value();
    let long = "4".repeat(5_000);
    for number in ["", "1", "4532 1", "4532 1643 4532 1", "æøå45321", long.as_str()] {
        let answer = place.sends(&browser, FORM, &form["csrf"], &but("document_number", number));
        answer.must_refuse(422, "document.number", Some("document_number"));
        let again = answer.value();
        assert_eq!(
            (&again["step"], &again["values"]["document_number"]),
            (&json!("details"), &json!(number))
        );
    }
    for (field, value, code) in [
        ("cpr", "310290-5225", "cpr.date"),
        ("cpr", "010190-5225", "cpr.real_number"),
        ("document_type", "library_card", "document.kind"),
        ("mobile", "12", "phone.format"),
        ("office", "support", "order.delivery"),
    ] {
        let answer = place.sends(&browser, FORM, &form["csrf"], &but(field, value));
        answer.must_refuse(422, code, Some(field));
    }
    let fields = [
        ("csrf", form["csrf"].as_str().unwrap()),
        ("cpr", OLE),
        ("document_type", "passport"),
    ];
    let page = place.form(&browser, FORM, &fields);
    assert_eq!(page.status, 422);
    assert!(
        page.body.contains("href=\"#document_number\"") && page.body.contains(OLE),
        "{}",
        page.body
    );
    place.json(&browser, RULES).must_lead_to(FORM);
}

#[test]
fn back_leads_to_the_page_before_with_what_was_typed() {
    let (place, browser) = (Place::new(), Browser::default());
    place.comes_to_confirm(&browser, &typed());
    let rules = place.page(&browser, RULES);
    assert!(
        rules.status == 200 && rules.body.contains("href=\"/order/online\""),
        "{}",
        rules.body
    );
    let form = place.page(&browser, FORM);
    for (name, value) in [
        ("cpr", OLE),
        ("document_number", NUMBER),
        ("email", "ole.lund@example.dk"),
        ("mobile", "80307050"),
    ] {
        let field = form
            .body
            .split("<input")
            .find(|tag| tag.contains(&format!("name=\"{name}\"")))
            .unwrap();
        let tag = field.split_once('>').unwrap().0;
        assert!(tag.contains(&format!("value=\"{value}\"")), "{tag}");
    }
    let values = place.json(&browser, FORM).value()["values"].clone();
    assert!(
        typed()
            .as_object()
            .unwrap()
            .iter()
            .all(|(name, value)| &values[name] == value),
        "{values}"
    );
    // Only looked at: what was accepted stands.
    assert_eq!(place.page(&browser, CONFIRM).status, 200);
}

#[test]
fn what_nobody_types_is_not_read() {
    let (place, browser) = (Place::new(), Browser::default());
    let form = place.json(&browser, FORM).value();
    let flood = "x".repeat(200_000);
    let answer = place.sends(&browser, FORM, &form["csrf"], &but("email", &flood));
    answer.must_refuse(413, "request.too_large", None);
    let page = place.form(
        &browser,
        FORM,
        &[("csrf", form["csrf"].as_str().unwrap()), ("email", &flood)],
    );
    assert_eq!(page.status, 413);
    let broken = TestRequest::post()
        .insert_header(("content-type", "application/json"))
        .set_payload("{\"csrf\": ");
    let answer = place.visit(&browser, FORM, broken);
    answer.must_refuse(400, "request.malformed", None);
    assert_eq!(place.accepted(), 0);
}
