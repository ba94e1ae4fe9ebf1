//! One request from a browser to one service: who it is for, in which language, with which cookies.
//! It reads cookies and writes them; it decides nothing about log-ins.

use std::sync::Arc;

use actix_web::{FromRequest, HttpRequest, HttpResponse, cookie::Cookie, dev::Payload, http::header, web::Data};

use crate::problem::Problem;
use crate::services::Service;
use crate::session::{Session, Wish};
use crate::{browser, clock, memory, pages, server::App, text::Locale};

/// One request to one service.
pub struct Visit {
    /// What the whole process shares.
    pub app: Data<App>,
    /// The service that the path names.
    pub service: Arc<Service>,
    /// The visitor's language.
    pub locale: Locale,
    request: HttpRequest,
}

impl Visit {
    /// The session of this browser at this service.
    pub fn session(&self) -> Option<Session> {
        let session = self.app.sessions.look(&self.session_key()?)?;
        let alive = session.ends_at.is_none_or(|ends_at| clock::now() < ends_at);
        (session.service == self.service.name && alive).then_some(session)
    }

    /// The secret key of this browser's session, whether or not there is one.
    pub fn session_key(&self) -> Option<String> {
        self.cookie(&browser::session_name(&self.service))
    }

    /// Ends this browser's session and hands it over for the farewell.
    pub fn end_session(&self) -> Option<Session> {
        let session = self.session()?;
        self.app.sessions.take(&self.session_key()?);
        Some(session)
    }

    /// Begins a session under a new key, in place of the one before it, and sends the browser on.
    pub fn begin_session(&self, session: Session, wish: &Wish) -> Result<HttpResponse, Problem> {
        if let Some(old) = &wish.replaces {
            self.app.sessions.take(old);
        }
        let key = memory::secret()?;
        self.app.sessions.put(&key, session);
        let mut response = see_other(&self.service.path(wish.then.path()));
        response
            .add_cookie(&browser::session(&self.service, key))
            .map_err(Problem::fault)?;
        Ok(response)
    }

    /// Sends the browser to the identity provider, with the cookie that its answer must come back with.
    pub fn send_away(&self, url: &str, browser_key: String) -> Result<HttpResponse, Problem> {
        self.hand_over(see_other(url), browser_key)
    }

    /// The same for a page whose form leads to the identity provider.
    pub fn hand_over(&self, mut response: HttpResponse, browser_key: String) -> Result<HttpResponse, Problem> {
        response
            .add_cookie(&browser::flow(&self.service, browser_key))
            .map_err(Problem::fault)?;
        Ok(response)
    }

    /// The key of this browser for log-ins under way: the one it has (another tab may be waiting for it), or a new one.
    pub fn browser_key(&self) -> Result<String, Problem> {
        match self.cookie(&browser::flow_name(&self.service)) {
            Some(key) if key.len() == 43 => Ok(key),
            _ => Ok(memory::secret()?),
        }
    }

    /// Whether this is the browser that began the log-in with `browser_key`.
    pub fn is_browser(&self, browser_key: &str) -> bool {
        self.cookie(&browser::flow_name(&self.service))
            .is_some_and(|key| memory::same(&key, browser_key))
    }

    /// Whether the click was made on another site: then nothing is done unasked.
    pub fn is_from_another_site(&self) -> bool {
        self.header("Sec-Fetch-Site").is_some_and(|site| site == "cross-site")
    }

    /// The same page at the public address, when the visitor came to this machine by another name:
    /// cookies set at 127.0.0.1 are not sent to localhost, and the log-in would come back to a stranger.
    pub fn proper_address(&self) -> Option<String> {
        let host = self.header("Host")?;
        let aliased = host.starts_with("127.0.0.1") || host.starts_with("[::1]");
        let mut proper = self.service.url("");
        if !aliased || proper.host_str() != Some("localhost") {
            return None;
        }
        proper.set_path(self.request.path());
        proper.set_query(Some(self.request.query_string()));
        Some(proper.into())
    }

    /// Whether a program asks rather than a person.
    pub fn wants_json(&self) -> bool {
        self.header("Accept")
            .is_some_and(|accept| accept.starts_with("application/json"))
    }

    /// The bytes of the query as they came: a SAML signature by Redirect covers exactly these.
    pub fn raw_query(&self) -> &str {
        self.request.query_string()
    }

    /// The address of this page, for the language switch.
    pub fn here(&self) -> &str {
        self.request.path()
    }

    /// Turns what went wrong into a page.
    pub fn show(&self, result: Result<HttpResponse, Problem>) -> HttpResponse {
        result.unwrap_or_else(|problem| pages::problem(&problem, self.locale, Some(&self.service), self.here()))
    }

    fn cookie(&self, name: &str) -> Option<String> {
        self.request
            .cookie(name)
            .map(|cookie: Cookie<'_>| cookie.value().to_owned())
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.request.headers().get(name)?.to_str().ok()
    }
}

/// "Look there", by GET.
pub fn see_other(location: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, location))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

impl FromRequest for Visit {
    type Error = actix_web::Error;
    type Future = std::future::Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(visit(request))
    }
}

fn visit(request: &HttpRequest) -> Result<Visit, actix_web::Error> {
    let locale = Locale::of(request);
    let found = request.app_data::<Data<App>>().and_then(|app| {
        let service = app.services.get(request.match_info().get("service")?)?;
        Some(Visit {
            app: app.clone(),
            service: service.clone(),
            locale,
            request: request.clone(),
        })
    });
    found.ok_or_else(|| pages::problem(&Problem::NotFound, locale, None, "/").into_error())
}

/// A finished page as actix's kind of error.
trait IntoError {
    fn into_error(self) -> actix_web::Error;
}

impl IntoError for HttpResponse {
    fn into_error(self) -> actix_web::Error {
        actix_web::error::InternalError::from_response("refused", self).into()
    }
}
