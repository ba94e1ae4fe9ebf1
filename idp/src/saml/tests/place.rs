//! A house with three SAML services of all profiles, and what a service does: ask, read an answer.

use std::sync::{Arc, OnceLock};

use actix_web::{App, body::MessageBody, http::StatusCode, middleware::from_fn, test, web};
use chrono::TimeDelta;
use saml_core::{
    Id, Kind,
    authn_request::AuthnRequest,
    key::{DecryptionKey, TrustedKeys},
    metadata::Sp,
    post, redirect,
    sp::{self, Identity, Need, Refused},
    xml::Limits,
};

pub(super) use super::furniture::*;
use crate::config::parties::SharedParties;
use crate::credentials::password::Sources;
use crate::ctx::Ctx;
use crate::domain::assurance::{Level, Method};
use crate::domain::id::{EidId, PersonId, SessionId};
use crate::domain::pid::Pid;
use crate::login::{self, Ceremony, Continue, Outcome, Protocol, Protocols, Released, Resume, ResumeKind, Room};
use crate::saml::own::{Saml, moment};
use crate::session::Limits as SessionLimits;
use crate::storage::{NewSession, Participant};
use crate::testing::{CHEAP, Citizen, House};
use crate::web::{Site, door, nothing_here};
use crate::work::{Work, WorkSettings};

pub(super) const SSO: &str = "http://localhost:8080/saml/sso";
pub(super) const SLO: &str = "http://localhost:8080/saml/slo";
pub(super) const IDP: &str = "http://localhost:8080/saml/metadata";
pub(super) const LIMITS: Limits = Limits::message(65_536);

pub(super) struct Place {
    pub(super) house: House,
    pub(super) saml: Saml,
    ceremony: Ceremony,
    site: Site,
    anna: OnceLock<Citizen>,
}

/// An answer of ours to a browser.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) location: Option<String>,
    pub(super) cookie: Option<String>,
    /// What the page may do in the browser.
    pub(super) policy: String,
    pub(super) etag: Option<String>,
    pub(super) body: String,
}

impl Answer {
    /// The refusal code of a page of ours.
    pub(super) fn code(&self) -> &str {
        self.body
            .split("data-code=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .unwrap_or_default()
    }

    /// A hidden field of the page that posts itself on.
    pub(super) fn field(&self, name: &str) -> Option<String> {
        let rest = self.body.split(&format!("name=\"{name}\" value=\"")).nth(1)?;
        Some(rest.split('"').next()?.replace("&#43;", "+").replace("&#x2B;", "+"))
    }
}

impl Place {
    pub(super) fn new() -> Self {
        Self::with(|_, _| {})
    }

    /// With services whose metadata the test changes.
    pub(super) fn with(change: impl Fn(&str, &mut Sp)) -> Self {
        let house = House::new();
        let shared = SharedParties::new(parties(change));
        let (store, vault, now) = (house.store.clone(), house.vault.clone(), house.clock.now());
        let saml = Saml::new(&settings(), store, vault, shared.clone(), now).unwrap();
        let ceremony = Ceremony {
            store: house.store.clone(),
            vault: house.vault.clone(),
            work: Work::new(WorkSettings::default()),
            room: Room::default(),
            clock: house.clock.clone(),
            rng: house.rng.clone(),
            parties: shared,
            protocols: Protocols::default().with(ResumeKind::Saml, Arc::new(saml.clone())),
            sources: Arc::new(Sources::default()),
            passkeys: crate::testing::passkeys(),
            voice: crate::testing::VOICE,
            hash: CHEAP,
            law: crate::domain::password::Law::Modern,
            limits: SessionLimits::default(),
        };
        let site = Site::new(&settings(), house.clock.clone(), house.rng.clone()).unwrap();
        Self {
            house,
            saml,
            ceremony,
            site,
            anna: OnceLock::new(),
        }
    }

    pub(super) fn anna(&self) -> &Citizen {
        self.anna.get_or_init(|| self.house.anna())
    }

    pub(super) fn ctx(&self) -> Ctx {
        self.house.ctx()
    }

    /// A request as a good service makes it; change what the test is about.
    pub(super) fn request(&self, name: &str) -> AuthnRequest {
        let id = Id::from_random(self.house.rng.bytes());
        AuthnRequest::new(&id, moment(self.house.clock.now()), &entity(name), SSO, &acs(name))
    }

    /// The address that a service sends the browser to.
    pub(super) fn asks(&self, request: &AuthnRequest, relay_state: Option<&str>) -> String {
        let xml = request.elem().write().unwrap();
        let url = redirect::encode(SSO, Kind::Request, &xml, relay_state, Some(&KEYS.signing())).unwrap();
        url.strip_prefix("http://localhost:8080").unwrap().to_owned()
    }

    pub(super) fn get(&self, path: &str, cookie: Option<&str>) -> Answer {
        let mut request = test::TestRequest::get()
            .uri(path)
            .insert_header(("accept", "text/html"));
        if let Some(cookie) = cookie {
            request = request.insert_header(("cookie", cookie));
        }
        self.call(request)
    }

    pub(super) fn get_if_changed(&self, path: &str, etag: &str) -> Answer {
        let request = test::TestRequest::get().uri(path);
        self.call(request.insert_header(("if-none-match", etag)))
    }

    pub(super) fn post(&self, path: &str, fields: &[(String, String)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = test::TestRequest::post()
            .uri(path)
            .insert_header(("content-type", "application/x-www-form-urlencoded"))
            .insert_header(("accept", "text/html"))
            .set_payload(body);
        self.call(request)
    }

    fn call(&self, request: test::TestRequest) -> Answer {
        actix_web::rt::System::new().block_on(async {
            let (site, ceremony, saml) = (self.site.clone(), self.ceremony.clone(), self.saml.clone());
            let metadata = crate::saml::metadata_document(&saml);
            let app = App::new()
                .app_data(web::Data::new(site.clone()))
                .app_data(web::Data::new(ceremony))
                .app_data(web::Data::new(saml))
                .wrap(from_fn(door))
                .configure(|config| crate::web::mount(config, &site))
                .configure(login::http::mount)
                .configure(|config| crate::saml::mount(config, &metadata))
                .default_service(web::to(nothing_here));
            let app = test::init_service(app).await;
            let request = request.peer_addr("127.0.0.1:50000".parse().unwrap());
            let response = test::call_service(&app, request.to_request()).await;
            let status = response.status();
            let header = |name: &str| response.headers().get(name).map(|v| v.to_str().unwrap().to_owned());
            let location = header("location");
            let policy = header("content-security-policy").unwrap_or_default();
            let etag = header("etag");
            let cookie = response
                .headers()
                .get_all("set-cookie")
                .filter_map(|value| value.to_str().ok()?.split(';').next())
                .find(|cookie| cookie.starts_with("idp_logout="))
                .map(str::to_owned);
            let body = response
                .into_body()
                .try_into_bytes()
                .map(|bytes| bytes.to_vec())
                .unwrap_or_default();
            let body = String::from_utf8_lossy(&body).into_owned();
            Answer {
                status,
                location,
                cookie,
                policy,
                etag,
                body,
            }
        })
    }

    /// A session that anna has, in which these services take part: an outcome for each.
    pub(super) fn anna_at(&self, services: &[&str]) -> Vec<Outcome> {
        self.is_at(self.anna(), services)
    }

    /// The same for anybody.
    pub(super) fn is_at(&self, citizen: &Citizen, services: &[&str]) -> Vec<Outcome> {
        let (person, eid) = (citizen.person, citizen.eid);
        let session = SessionId::from_uuid(self.house.rng.uuid_v7(self.house.clock.now()));
        let ctx = self.ctx();
        let (token, sids): ([u8; 32], Vec<String>) =
            (ctx.rng.bytes(), services.iter().map(|_| ctx.rng.token()).collect());
        let names: Vec<String> = services.iter().map(ToString::to_string).collect();
        let (rows, list) = (sids.clone(), names.clone());
        let subs = self.house.act(move |tx| {
            tx.sessions().insert(&NewSession {
                id: session,
                token_hash: token,
                person,
                eid,
                sso: Some("public".into()),
                party: None,
                level: Level::Substantial,
                methods: vec![Method::Password, Method::Keycard],
                at: ctx.now,
                expires_at: ctx.now + crate::domain::time::Span::hours(8),
            })?;
            let mut subs = Vec::new();
            for (sid, party) in rows.iter().zip(&list) {
                let sub = tx.subjects().sub(person, party, ctx.now)?;
                subs.push(sub.clone());
                let participant = Participant {
                    sid: sid.clone(),
                    session,
                    party: party.clone(),
                    protocol: "saml".into(),
                    sub,
                    detail: Vec::new(),
                    back_channel: false,
                    joined_at: ctx.now,
                    entered_at: ctx.now,
                    ended_at: None,
                };
                tx.sessions().join(&participant, ctx.now)?;
            }
            Ok(subs)
        });
        let outcome = |(sid, sub): (String, String)| self.outcome(session, person, eid, sid, sub);
        sids.into_iter().zip(subs).map(outcome).collect()
    }

    fn outcome(&self, session: SessionId, subject: PersonId, eid: EidId, sid: String, sub: String) -> Outcome {
        let now = self.house.clock.now();
        Outcome {
            session,
            sid,
            subject,
            eid,
            on_behalf: None,
            level: Level::Substantial,
            methods: vec![Method::Password, Method::Keycard],
            at: now,
            session_ends: now + crate::domain::time::Span::hours(8),
            released: Released {
                sub,
                pid: Some(Pid::from_random(123_456_789_012)),
                name: Some("Anna Bø Andersen".into()),
                birth_date: "1980-12-31".parse().ok(),
                ..Released::default()
            },
            agreed: Vec::new(),
            withheld: Vec::new(),
        }
    }

    /// Swaps the set of parties, as an operator does.
    pub(super) fn swaps(&self, change: impl Fn(&str, &mut Sp)) {
        self.ceremony.parties.swap(parties(change));
    }

    /// Accepts a request of that service and answers it with the outcome, as the ceremony would.
    pub(super) fn answered(&self, request: &AuthnRequest, outcome: &Outcome) -> (Resume, Vec<(String, String)>) {
        let incoming = redirect::decode(self.asks(request, Some("state")).split_once('?').unwrap().1, &LIMITS).unwrap();
        let demand = self.saml.accept(&self.ctx(), &incoming).unwrap();
        let (saml, ctx, resume, act_outcome) = (self.saml.clone(), self.ctx(), demand.resume.clone(), outcome.clone());
        let finished = self
            .house
            .act(move |tx| saml.finish(tx, &ctx, &resume, &act_outcome, None));
        let answer = self
            .saml
            .answer(&self.ctx(), &demand.resume, outcome, &finished)
            .unwrap();
        let Continue::Post { url, fields } = answer else {
            panic!("a Response goes by POST")
        };
        assert_eq!(url, self.saml.form_origins(&demand.resume)[0]);
        (demand.resume, fields)
    }

    /// The service checks the answer with all its rules.
    pub(super) fn believes(
        &self,
        name: &str,
        request_id: &str,
        fields: &[(String, String)],
        need: Need,
    ) -> Result<Identity, Refused> {
        let field = |name: &str| fields.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        let incoming = post::decode_field(Kind::Response, field("SAMLResponse").unwrap(), None, &LIMITS).unwrap();
        let keys = self.idp_keys();
        sp::check_response(
            &incoming,
            &sp::Expect {
                entity_id: &entity(name),
                acs_url: &acs(name),
                request_id,
                idp_entity_id: IDP,
                keys: &keys,
                decryption: &[DecryptionKey::from_pkcs8(&KEYS.pkcs8).unwrap()],
                now: moment(self.house.clock.now()),
                skew: TimeDelta::minutes(3),
                need,
            },
        )
    }

    /// The keys of our published metadata.
    pub(super) fn idp_keys(&self) -> TrustedKeys {
        let text = self.saml.metadata(self.house.clock.now()).unwrap();
        saml_core::metadata::Idp::parse(&text, &Limits::metadata_file())
            .unwrap()
            .trusted_keys()
            .unwrap()
    }
}
