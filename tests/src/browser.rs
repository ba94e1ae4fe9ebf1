//! A browser without script: it keeps cookies, follows redirects, fills forms by the names of their fields, and sends the
//! forms that send themselves (SAML's POST binding, OIDC's form_post). It remembers every step it took.

use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use url::Url;

use crate::html::{self, Form};

const REDIRECTS: usize = 25;

/// Cheap to clone; clones share their cookies and their memory.
#[derive(Clone)]
pub struct Browser {
    client: reqwest::Client,
    headers: HeaderMap,
    steps: Arc<Mutex<Vec<Step>>>,
}

/// One request of the browser.
#[derive(Clone, Debug)]
pub struct Step {
    pub method: Method,
    pub url: Url,
    pub status: StatusCode,
    /// What a form carried.
    pub fields: Vec<(String, String)>,
    pub headers: HeaderMap,
}

/// Where the browser has come to.
#[derive(Clone, Debug)]
pub struct Page {
    pub url: Url,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

/// What the card page asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    pub index: String,
    pub card: String,
}

impl Browser {
    /// A new browser, with the certificates and names of a house.
    pub fn new(builder: reqwest::ClientBuilder) -> Self {
        let client = builder
            .cookie_store(true)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("client");
        Self {
            client,
            headers: HeaderMap::new(),
            steps: Arc::default(),
        }
    }

    /// The same browser (same cookies), as a trusted proxy forwards it from this address.
    pub fn from_address(&self, address: IpAddr) -> Self {
        let mut one = self.clone();
        one.headers.insert(
            "x-forwarded-for",
            HeaderValue::from_str(&address.to_string()).expect("address"),
        );
        one
    }

    /// The same browser, asking for pages in this language.
    pub fn speaking(&self, language: &'static str) -> Self {
        let mut one = self.clone();
        one.headers
            .insert("accept-language", HeaderValue::from_static(language));
        one
    }

    /// The bare client, with the cookies.
    pub fn client(&self) -> &reqwest::Client {
        &self.client
    }

    /// Every request so far, oldest first.
    pub fn steps(&self) -> Vec<Step> {
        self.steps.lock().expect("steps").clone()
    }

    /// The value of the last form field of this name that the browser sent by itself or by submit.
    pub fn last_sent(&self, field: &str) -> Option<String> {
        let steps = self.steps();
        steps
            .iter()
            .rev()
            .flat_map(|step| &step.fields)
            .find(|(name, _)| name == field)
            .map(|(_, value)| value.clone())
    }

    /// A page that this browser was shown by somebody else, to press its button.
    pub fn shown(&self, url: &str, html: String) -> Page {
        Page {
            url: Url::parse(url).unwrap_or_else(|error| panic!("{url}: {error}")),
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            body: html,
        }
    }

    pub async fn get(&self, url: &str) -> Page {
        let url = Url::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"));
        let page = self.once(Method::GET, url, Vec::new()).await;
        self.follow(page).await
    }

    /// GET as a program asks: JSON, no redirects followed.
    pub async fn json(&self, url: &str) -> (StatusCode, Value) {
        let request = self
            .client
            .get(url)
            .headers(self.headers.clone())
            .header("accept", "application/json");
        let answer = request.send().await.unwrap_or_else(|error| panic!("{url}: {error:?}"));
        let status = answer.status();
        (status, answer.json().await.unwrap_or(Value::Null))
    }

    /// Fills the page's only form and sends it; a button may be named among the fields.
    pub async fn submit(&self, page: &Page, fields: &[(&str, &str)]) -> Page {
        let sent = self.submit_once(page, fields).await;
        self.follow(sent).await
    }

    /// The same, without following where it leads.
    pub async fn submit_once(&self, page: &Page, fields: &[(&str, &str)]) -> Page {
        let form = page.form();
        self.send(page, &form, fields).await
    }

    async fn send(&self, page: &Page, form: &Form, fields: &[(&str, &str)]) -> Page {
        let (method, target, values) = filled(page, form, fields);
        self.once(method, target, values).await
    }

    /// GET, redirects followed; `None` once the server does not answer (any more).
    pub async fn tries(&self, url: &str) -> Option<Page> {
        let mut page = self
            .request(Method::GET, Url::parse(url).expect("address"), Vec::new())
            .await
            .ok()?;
        while let Some(target) = page.redirect() {
            page = self.request(Method::GET, target, Vec::new()).await.ok()?;
        }
        Some(page)
    }

    /// The same for a form, without following where it leads.
    pub async fn tries_to_submit(&self, page: &Page, fields: &[(&str, &str)]) -> Option<Page> {
        let (method, target, values) = filled(page, &page.form(), fields);
        self.request(method, target, values).await.ok()
    }

    /// One request, nothing followed.
    pub async fn once(&self, method: Method, url: Url, fields: Vec<(String, String)>) -> Page {
        let page = self.request(method.clone(), url.clone(), fields).await;
        page.unwrap_or_else(|error| panic!("{method} {url}: {error:?}"))
    }

    async fn request(&self, method: Method, url: Url, fields: Vec<(String, String)>) -> reqwest::Result<Page> {
        let mut request = self
            .client
            .request(method.clone(), url.clone())
            .headers(self.headers.clone());
        if method == Method::POST {
            request = request.form(&fields);
        }
        let answer = request.send().await?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer.text().await?;
        let step = Step {
            method,
            url: url.clone(),
            status,
            fields,
            headers: headers.clone(),
        };
        self.steps.lock().expect("steps").push(step);
        Ok(Page {
            url,
            status,
            headers,
            body,
        })
    }

    /// Goes where a page leads without anybody's doing: redirects and forms that send themselves.
    pub async fn follow(&self, mut page: Page) -> Page {
        for _ in 0..REDIRECTS {
            if let Some(target) = page.redirect() {
                page = self.once(Method::GET, target, Vec::new()).await;
            } else if let Some(form) = page.self_sending() {
                page = self.send(&page, &form, &[]).await;
            } else {
                return page;
            }
        }
        panic!("redirected {REDIRECTS} times, now at {}", page.url);
    }
}

impl Page {
    /// Where a redirect points.
    pub fn redirect(&self) -> Option<Url> {
        let target = self.headers.get("location")?.to_str().ok()?;
        self.status
            .is_redirection()
            .then(|| self.url.join(target).expect("location"))
    }

    /// The form of a page that only carries a message on to somebody else.
    pub fn self_sending(&self) -> Option<Form> {
        let messages = ["SAMLResponse", "SAMLRequest", "code", "error", "id_token"];
        let mut forms = html::forms(&self.body);
        let form = (forms.len() == 1).then(|| forms.remove(0))?;
        let typed = html::elements(&self.body, "input")
            .iter()
            .any(|input| !matches!(input.attribute("type").unwrap_or("text"), "hidden" | "submit"));
        (!typed && form.fields.iter().any(|(name, _)| messages.contains(&name.as_str()))).then_some(form)
    }

    /// A field of the form that sends itself.
    #[track_caller]
    pub fn carried(&self, name: &str) -> String {
        let form = self
            .self_sending()
            .unwrap_or_else(|| panic!("nothing is sent on: {self:#}"));
        let field = form.fields.into_iter().find(|(known, _)| known == name);
        field.unwrap_or_else(|| panic!("no {name}: {self:#}")).1
    }

    /// `credentials`, `code`, `notice`, …
    pub fn step(&self) -> String {
        let main = html::elements(&self.body, "main");
        main.first()
            .and_then(|main| main.attribute("data-step"))
            .unwrap_or_default()
            .to_owned()
    }

    /// Panics, showing the page, unless it is this step.
    #[track_caller]
    pub fn must_be_step(&self, step: &str) {
        assert_eq!(self.step(), step, "{self:#}");
    }

    /// The refusal codes shown.
    pub fn refusals(&self) -> Vec<String> {
        let alerts = html::with_attribute(&self.body, "role", "alert");
        alerts
            .iter()
            .filter_map(|alert| alert.attribute("data-code"))
            .map(str::to_owned)
            .collect()
    }

    #[track_caller]
    pub fn challenge(&self) -> Challenge {
        let output = html::elements(&self.body, "output");
        let shown = output.iter().find(|one| one.attribute("id") == Some("challenge"));
        let shown = shown.unwrap_or_else(|| panic!("no challenge: {self:#}"));
        let read = |name: &str| shown.attribute(name).unwrap_or_default().to_owned();
        Challenge {
            index: read("data-index"),
            card: read("data-card"),
        }
    }

    /// The form that takes what people type, else the only one.
    #[track_caller]
    pub fn form(&self) -> Form {
        let mut forms = html::forms(&self.body);
        forms.retain(|form| form.method == "post");
        assert_eq!(forms.len(), 1, "forms on the page: {self:#}");
        forms.remove(0)
    }

    pub fn text(&self) -> String {
        html::text(&self.body)
    }

    /// A value of the address's query.
    pub fn query(&self, name: &str) -> Option<String> {
        query(&self.url, name)
    }
}

/// What a browser sends for a form that somebody has filled.
fn filled(page: &Page, form: &Form, fields: &[(&str, &str)]) -> (Method, Url, Vec<(String, String)>) {
    let mut values = form.fields.clone();
    for (name, value) in fields {
        match values.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => (*value).clone_into(old),
            None => values.push(((*name).to_owned(), (*value).to_owned())),
        }
    }
    let mut target = if form.action.is_empty() {
        page.url.clone()
    } else {
        page.url.join(&form.action).expect("action")
    };
    if form.method == "get" {
        target.query_pairs_mut().clear().extend_pairs(&values);
        return (Method::GET, target, Vec::new());
    }
    (Method::POST, target, values)
}

/// A value of an address's query.
pub fn query(url: &Url, name: &str) -> Option<String> {
    url.query_pairs()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

impl std::fmt::Display for Page {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text: String = self.text().chars().take(1_500).collect();
        write!(
            out,
            "{} {} step={} refusals={:?}\n{text}",
            self.status,
            self.url,
            self.step(),
            self.refusals()
        )?;
        match self.redirect() {
            Some(to) => write!(out, "\nleads to {to}"),
            None => Ok(()),
        }
    }
}
