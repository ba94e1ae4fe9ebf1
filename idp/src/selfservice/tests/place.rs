//! A house with our own pages, and what people do there.

use std::cell::RefCell;
use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::cookie::Cookie;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, web};
use serde_json::{Value, json};

use crate::config::parties::{Parties, SharedParties};
use crate::config::{RegistersSection, Settings};
use crate::credentials::activation;
use crate::credentials::password::Sources;
use crate::domain::time::Span;
use crate::help::{self, Help};
use crate::issuing::online::Orders;
use crate::login::{self, Ceremony, Protocols, ResumeKind, Room};
use crate::oidc::{self, Oidc};
use crate::registers::Registers;
use crate::selfservice::{self, Own};
use crate::session::Limits;
use crate::testing::{CHEAP, Citizen, House};
use crate::vault::card::{SCHEME, entries};
use crate::web::{Site, door, nothing_here};
use crate::work::{Work, WorkSettings};

pub(super) struct Place {
    pub(super) house: House,
    pub(super) ceremony: Ceremony,
    oidc: Oidc,
    site: Site,
    help: Help,
}

/// Cookies by name and path.
#[derive(Default)]
pub(super) struct Browser(RefCell<Vec<(String, String, String)>>);

#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Place {
    pub(super) fn new() -> Self {
        let house = House::new();
        let mut settings = Settings::default();
        settings.demo.enabled = true;
        settings.web.support_phone = Some("12 34 56 78".to_owned());
        let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../config/demo/parties");
        let shared = SharedParties::new(Parties::load_dir(dir.as_ref(), true).unwrap());
        let oidc = Oidc::new(house.store.clone(), house.vault.clone(), shared.clone(), &settings);
        let protocols = Protocols::default()
            .with(ResumeKind::Oidc, Arc::new(oidc.clone()))
            .with(ResumeKind::Own, Arc::new(Own::new(settings.server.public_url.clone())));
        let ceremony = Ceremony {
            store: house.store.clone(),
            vault: house.vault.clone(),
            work: Work::new(WorkSettings::default()),
            room: Room::default(),
            clock: house.clock.clone(),
            rng: house.rng.clone(),
            parties: shared,
            protocols,
            sources: Arc::new(Sources::default()),
            passkeys: crate::testing::passkeys(),
            voice: crate::testing::VOICE,
            hash: CHEAP,
            law: crate::domain::password::Law::Modern,
            limits: Limits::default(),
        };
        let site = Site::new(&settings, house.clock.clone(), house.rng.clone()).unwrap();
        let help = Help::new(&settings.help, &settings.web);
        Self {
            house,
            ceremony,
            oidc,
            site,
            help,
        }
    }

    fn orders(&self, registers: Registers) -> Orders {
        let mut settings = Settings::default();
        settings.demo.enabled = true;
        let safe = (self.house.store.clone(), self.house.vault.clone());
        let activation = activation::Rules {
            life: Span::days(28),
            by: activation::By::Letter,
        };
        Orders::new(
            safe,
            registers,
            self.ceremony.parties.clone(),
            (activation, &self.house.rng),
            &settings,
        )
    }

    /// One request through the whole house.
    pub(super) fn call(&self, request: TestRequest) -> Answer {
        actix_web::rt::System::new().block_on(async {
            let registers = Registers::open(&RegistersSection::default(), self.house.store.clone()).unwrap();
            let (site, ceremony, oidc, help) = (&self.site, &self.ceremony, &self.oidc, &self.help);
            let app = App::new()
                .app_data(web::Data::new(site.clone()))
                .app_data(web::Data::new(ceremony.clone()))
                .app_data(web::Data::new(selfservice::http::Offers::of(&Settings::default())))
                .app_data(web::Data::new(self.orders(registers.clone())))
                .app_data(web::Data::new(registers))
                .wrap(from_fn(door))
                .configure(|config| crate::web::mount(config, site))
                .configure(login::http::mount)
                .configure(selfservice::http::mount)
                .configure(|config| help::http::mount(config, help))
                .configure(|config| oidc::mount(config, oidc, &oidc::Documents::new(oidc)))
                .default_service(web::to(nothing_here));
            let app = init_service(app).await;
            let request = request.peer_addr("127.0.0.1:50000".parse().unwrap());
            let response = call_service(&app, request.to_request()).await;
            let (status, headers) = (response.status(), response.headers().clone());
            let body = response.into_body().try_into_bytes().unwrap_or_default();
            Answer {
                status,
                headers,
                body: String::from_utf8(body.to_vec()).unwrap(),
            }
        })
    }

    fn visit(&self, browser: &Browser, path: &str, request: TestRequest) -> Answer {
        let path = path.strip_prefix("http://localhost:8080").unwrap_or(path);
        let cookies = browser.cookies(path.split('?').next().unwrap());
        let answer = self.call(request.uri(path).insert_header(("cookie", cookies)));
        browser.keeps(&answer.headers);
        answer
    }

    pub(super) fn get(&self, browser: &Browser, path: &str) -> Answer {
        self.visit(browser, path, TestRequest::get().insert_header(("accept", "text/html")))
    }

    pub(super) fn json(&self, browser: &Browser, path: &str) -> Answer {
        let request = TestRequest::get().insert_header(("accept", "application/json"));
        self.visit(browser, path, request)
    }

    /// A form with exactly these fields.
    pub(super) fn post(&self, browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        let request = TestRequest::post()
            .insert_header(("content-type", "application/x-www-form-urlencoded"))
            .insert_header(("accept", "text/html"))
            .set_payload(body.finish());
        self.visit(browser, path, request)
    }

    pub(super) fn post_json(&self, browser: &Browser, path: &str, body: &Value) -> Answer {
        let request = TestRequest::post()
            .insert_header(("content-type", "application/json"))
            .set_payload(body.to_string());
        self.visit(browser, path, request)
    }

    /// Opens the page, fills its form, sends it.
    #[track_caller]
    pub(super) fn sends(&self, browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.get(browser, path);
        let csrf = page.csrf();
        let fields: Vec<_> = [("csrf", csrf.as_str())]
            .into_iter()
            .chain(fields.iter().copied())
            .collect();
        self.post(browser, path, &fields)
    }

    /// The same, which is done: the browser is led back to the page that says so.
    #[track_caller]
    pub(super) fn does(&self, browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Answer {
        let sent = self.sends(browser, path, fields);
        assert_eq!(sent.status, 303, "{}", sent.body);
        let to = sent.location().to_owned();
        let page = self.get(browser, &to);
        assert_eq!(page.status, 200, "{}", page.body);
        page
    }

    /// Gives contact addresses, and confirms those that are new by the codes that were sent there.
    #[track_caller]
    pub(super) fn gives_contact(&self, browser: &Browser, email: &str, phone: &str) -> Answer {
        let path = "/self-service/contact";
        let asked = self.sends(browser, path, &[("email", email), ("phone", phone)]);
        let kept = if asked.status == 303 {
            asked
        } else {
            let sent = self.codes_sent();
            let code = |kind: &str| {
                sent.iter()
                    .find(|(to, _)| to == kind)
                    .map_or("", |(_, code)| code.as_str())
            };
            let (csrf, email, phone) = (asked.csrf(), asked.hidden("email"), asked.hidden("phone"));
            let fields = [
                ("csrf", csrf.as_str()),
                ("email", email.as_str()),
                ("phone", phone.as_str()),
                ("email_code", code("mail")),
                ("phone_code", code("mobile")),
            ];
            self.post(browser, "/self-service/contact/confirm", &fields)
        };
        assert_eq!(kept.status, 303, "{}", kept.body);
        let to = kept.location().to_owned();
        self.get(browser, &to)
    }

    /// Codes that wait to be sent to new addresses: the kind of address, and the code.
    pub(super) fn codes_sent(&self) -> Vec<(String, String)> {
        let now = self.house.clock.now();
        let letters = self.house.act(move |tx| tx.outbox().claim(100, now, Span::minutes(60)));
        let read = |payload: &[u8]| {
            let message: Value = serde_json::from_slice(payload).ok()?;
            let code = message["notice"]["contact_code"]["code"].as_str()?.to_owned();
            Some((message["to"].as_object()?.keys().next()?.clone(), code))
        };
        letters.iter().filter_map(|letter| read(&letter.payload)).collect()
    }

    /// Goes through a log-in that has begun; as JSON, as far as it goes.
    #[track_caller]
    pub(super) fn proves(&self, browser: &Browser, citizen: &Citizen, flow: &str) -> Value {
        self.proves_with(browser, citizen, citizen.password, flow)
    }

    #[track_caller]
    pub(super) fn proves_with(&self, browser: &Browser, citizen: &Citizen, password: &str, flow: &str) -> Value {
        let mut at = self.json(browser, flow).value();
        for _ in 0..3 {
            let csrf = at["csrf"].as_str().unwrap_or_default().to_owned();
            let typed = match at["step"].as_str() {
                Some("credentials") => json!({"user_id": citizen.user_id, "password": password, "csrf": csrf}),
                Some("code") => json!({"code": code_of(citizen, &at["challenge"]["index"]), "csrf": csrf}),
                _ => return at,
            };
            at = self.post_json(browser, flow, &typed).value();
            if at["errors"].as_array().is_some_and(|errors| !errors.is_empty()) {
                return at;
            }
        }
        at
    }

    /// Comes to one of our own pages by whatever log-in it asks for.
    #[track_caller]
    pub(super) fn comes_to(&self, browser: &Browser, citizen: &Citizen, path: &str) -> Answer {
        let page = self.get(browser, path);
        if page.status != 303 {
            return page;
        }
        let flow = page.location().to_owned();
        let over = self.proves(browser, citizen, &flow);
        let url = over["continue"]["url"].as_str().unwrap_or_else(|| panic!("{over}"));
        assert_eq!(url, format!("http://localhost:8080{path}"));
        self.get(browser, path)
    }

    /// A browser in which somebody is logged in to our own pages.
    #[track_caller]
    pub(super) fn logged_in(&self, citizen: &Citizen) -> Browser {
        let browser = Browser::default();
        let page = self.comes_to(&browser, citizen, "/self-service");
        assert_eq!(page.status, 200, "{}", page.body);
        browser
    }

    /// A log-in at a service, with a browser of its own.
    #[track_caller]
    pub(super) fn logs_in_at(&self, citizen: &Citizen, client: &str, scope: &str) -> Browser {
        let browser = Browser::default();
        let flow = self.begins_at(&browser, client, scope);
        let over = self.proves(&browser, citizen, &flow);
        assert_eq!(over["step"], "done", "{over}");
        browser
    }

    /// Where a service's request for a new log-in leads.
    pub(super) fn begins_at(&self, browser: &Browser, client: &str, scope: &str) -> String {
        let prompt = if scope.contains("offline_access") {
            "consent"
        } else {
            "login"
        };
        self.asks(browser, client, scope, &[("prompt", prompt)])
    }

    /// Where a service's request leads, with more in it.
    pub(super) fn asks(&self, browser: &Browser, client: &str, scope: &str, more: &[(&str, &str)]) -> String {
        let party = self.ceremony.parties.current().by_client(client).cloned().unwrap();
        let redirect = &party.oidc.as_ref().unwrap().redirect_uris[0];
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", client)
            .append_pair("redirect_uri", redirect)
            .append_pair("response_type", "code")
            .append_pair("scope", scope)
            .extend_pairs(more)
            .append_pair("nonce", "n-0S6_WzA2Mj")
            .append_pair("state", "af0ifjsldkj")
            .append_pair("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
            .append_pair("code_challenge_method", "S256")
            .finish();
        let answer = self.get(browser, &format!("/oidc/authorize?{query}"));
        answer.location().to_owned()
    }

    /// The service fetches what the person gave it for good; its refresh token.
    #[track_caller]
    pub(super) fn is_given_lasting_access(&self, citizen: &Citizen) -> String {
        let browser = Browser::default();
        let flow = self.begins_at(&browser, "borger", "openid offline_access");
        let over = self.proves(&browser, citizen, &flow);
        let url = over["continue"]["url"].as_str().unwrap_or_else(|| panic!("{over}"));
        let code = url::Url::parse(url).unwrap();
        let code = code
            .query_pairs()
            .find(|(name, _)| name == "code")
            .expect("a code")
            .1
            .into_owned();
        let given = self.fetches(&[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", "http://localhost:8081/borger/callback"),
            ("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
        ]);
        given["refresh_token"]
            .as_str()
            .unwrap_or_else(|| panic!("{given}"))
            .to_owned()
    }

    /// What the service gets for a refresh token.
    pub(super) fn refreshes(&self, token: &str) -> Value {
        self.fetches(&[("grant_type", "refresh_token"), ("refresh_token", token)])
    }

    fn fetches(&self, fields: &[(&str, &str)]) -> Value {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        let request = TestRequest::post()
            .uri("/oidc/token")
            .insert_header(("content-type", "application/x-www-form-urlencoded"))
            .insert_header(("authorization", "Basic Ym9yZ2VyOmJvcmdlci1zZWNyZXQ="))
            .set_payload(body.finish());
        self.call(request).value()
    }

    /// So many minutes later.
    pub(super) fn waits(&self, minutes: i64) {
        self.house.clock.advance(Span::minutes(minutes));
    }
}

/// The code beside an index.
pub(super) fn code_of(citizen: &Citizen, index: &Value) -> String {
    let printed = entries(&citizen.secret, SCHEME);
    let asked = index.as_str().expect("an index");
    let position = printed.index.iter().position(|index| index.to_string() == asked);
    printed.code[position.expect("stands on the card")].to_string()
}

impl Browser {
    /// Another with what this one has now.
    pub(super) fn copy(&self) -> Self {
        Self(RefCell::new(self.0.borrow().clone()))
    }

    fn cookies(&self, path: &str) -> String {
        let cookies = self.0.borrow();
        let fitting = cookies.iter().filter(|(_, at, _)| path.starts_with(at.as_str()));
        let pairs: Vec<_> = fitting.map(|(name, _, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    fn keeps(&self, headers: &HeaderMap) {
        for header in headers.get_all("set-cookie") {
            let cookie = Cookie::parse(header.to_str().unwrap()).unwrap();
            let (name, path) = (cookie.name().to_owned(), cookie.path().unwrap_or("/").to_owned());
            let mut cookies = self.0.borrow_mut();
            cookies.retain(|(known, at, _)| (known, at) != (&name, &path));
            if cookie.max_age().is_none_or(|age| age.is_positive()) {
                cookies.push((name, path, cookie.value().to_owned()));
            }
        }
    }

    pub(super) fn holds(&self, name: &str) -> bool {
        self.0.borrow().iter().any(|(known, ..)| known == name)
    }

    /// Another browser that has stolen one cookie, under whatever name.
    pub(super) fn with_cookie_of(other: &Browser, name: &str, as_name: &str) -> Browser {
        let cookies = other.0.borrow();
        let (_, path, value) = cookies.iter().find(|(known, ..)| known == name).expect("holds it");
        Browser(RefCell::new(vec![(as_name.to_owned(), path.clone(), value.clone())]))
    }
}

impl Answer {
    #[track_caller]
    pub(super) fn location(&self) -> &str {
        let location = self.headers.get("location");
        let location = location.unwrap_or_else(|| panic!("{} leads nowhere: {}", self.status, self.body));
        location.to_str().unwrap()
    }

    #[track_caller]
    pub(super) fn value(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{} is not JSON: {}", self.status, self.body))
    }

    #[track_caller]
    pub(super) fn csrf(&self) -> String {
        let found = self.body.split_once("name=\"csrf\" value=\"").map(|(_, rest)| rest);
        let found = found.and_then(|rest| rest.split('"').next());
        found
            .unwrap_or_else(|| panic!("{} no form: {}", self.status, self.body))
            .to_owned()
    }

    /// What a hidden field of the form carries.
    #[track_caller]
    pub(super) fn hidden(&self, name: &str) -> String {
        let found = self
            .body
            .split_once(&format!("name=\"{name}\" value=\""))
            .map(|(_, rest)| rest);
        let found = found.and_then(|rest| rest.split('"').next());
        found.unwrap_or_else(|| panic!("no {name}: {}", self.body)).to_owned()
    }

    /// The refusal codes shown.
    pub(super) fn codes(&self) -> Vec<&str> {
        let parts = self.body.split("data-code=\"").skip(1);
        parts.filter_map(|part| part.split('"').next()).collect()
    }

    #[track_caller]
    pub(super) fn must_ask_for_a_log_in(&self) {
        assert_eq!(self.status, 303, "{}", self.body);
        assert!(self.location().starts_with("/login/"), "{}", self.location());
    }
}
