//! One HTTP/1.1 connection, kept open as browsers and clients keep it; says what came back and nothing more.

use std::fmt::Write as _;

use anyhow::{Context, Result, ensure};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// The connection, opened when it is first used and again when the server has closed it.
pub struct Wire {
    address: String,
    open: Option<SendRequest<Full<Bytes>>>,
}

/// An answer.
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Wire {
    /// To `http://HOST:PORT`.
    pub fn to(origin: &str) -> Result<Self> {
        let address = origin.strip_prefix("http://").context("plain HTTP only")?;
        Ok(Self {
            address: address.to_owned(),
            open: None,
        })
    }

    pub async fn get(&mut self, path: &str, headers: &[(HeaderName, &str)]) -> Result<Reply> {
        self.send(Method::GET, path, headers, Bytes::new()).await
    }

    /// A form.
    pub async fn post(&mut self, path: &str, headers: &[(HeaderName, &str)], form: String) -> Result<Reply> {
        let kind = (hyper::header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let headers: Vec<_> = headers.iter().cloned().chain([kind]).collect();
        self.send(Method::POST, path, &headers, form.into()).await
    }

    pub async fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(HeaderName, &str)],
        body: Bytes,
    ) -> Result<Reply> {
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = method;
        *request.uri_mut() = path.parse()?;
        let all = request.headers_mut();
        all.insert(hyper::header::HOST, HeaderValue::from_str(&self.address)?);
        for (name, value) in headers {
            all.insert(name.clone(), HeaderValue::from_str(value)?);
        }
        let sender = self.sender().await?;
        let answer = sender.send_request(request).await?;
        let (parts, body) = answer.into_parts();
        Ok(Reply {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: body.collect().await?.to_bytes(),
        })
    }

    async fn sender(&mut self) -> Result<&mut SendRequest<Full<Bytes>>> {
        let usable = match &mut self.open {
            Some(open) => open.ready().await.is_ok(),
            None => false,
        };
        if !usable {
            let stream = TcpStream::connect(&self.address).await?;
            stream.set_nodelay(true)?;
            let (open, connection) = handshake(TokioIo::new(stream)).await?;
            tokio::spawn(connection);
            self.open = Some(open);
        }
        self.open.as_mut().context("just opened")
    }
}

impl Reply {
    /// Another status than expected is an error that shows what came instead.
    pub fn must_be(self, status: u16, what: &str) -> Result<Self> {
        ensure!(self.status == status, "{what}: {} {}", self.status, self.start());
        Ok(self)
    }

    /// The beginning of the body, for an error.
    pub fn start(&self) -> String {
        String::from_utf8_lossy(&self.body).chars().take(160).collect()
    }

    pub fn text(&self) -> Result<&str> {
        Ok(std::str::from_utf8(&self.body)?)
    }

    pub fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// A text field of a flat JSON answer, found without reading the rest: tokens hold no escapes.
    pub fn field(&self, name: &str) -> Result<&str> {
        let text = self.text()?;
        let found = text
            .split_once(&format!("\"{name}\":\""))
            .and_then(|(_, rest)| rest.split_once('"'));
        found
            .map(|(value, _)| value)
            .with_context(|| format!("no {name} in {}", self.start()))
    }

    /// A parameter of the address that the answer leads to.
    pub fn led_to(&self, name: &str) -> Result<&str> {
        let location = self.header(hyper::header::LOCATION).unwrap_or_default();
        parameter(location, name).with_context(|| format!("no {name} in {location} ({})", self.status))
    }

    /// `name=value` of each cookie that was set.
    pub fn cookies(&self) -> impl Iterator<Item = &str> {
        let all = self.headers.get_all(hyper::header::SET_COOKIE).iter();
        all.filter_map(|value| value.to_str().ok())
            .filter_map(|text| text.split(';').next())
    }
}

/// A parameter of an address.
pub fn parameter<'a>(address: &'a str, name: &str) -> Option<&'a str> {
    let (_, query) = address.split_once('?')?;
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// The cookies of one browser.
#[derive(Clone, Default)]
pub struct Jar(Vec<(String, String)>);

impl Jar {
    pub fn keep(&mut self, reply: &Reply) {
        for cookie in reply.cookies() {
            self.put(cookie);
        }
    }

    /// `name=value`; an empty value takes it out.
    pub fn put(&mut self, cookie: &str) {
        let Some((name, value)) = cookie.split_once('=') else {
            return;
        };
        self.0.retain(|(known, _)| known != name);
        if !value.is_empty() {
            self.0.push((name.to_owned(), value.to_owned()));
        }
    }

    /// Keeps only what `wanted` says.
    pub fn retain(&mut self, wanted: impl Fn(&str) -> bool) {
        self.0.retain(|(name, _)| wanted(name));
    }

    /// The value of the `Cookie` header.
    pub fn header(&self) -> String {
        let mut text = String::new();
        for (name, value) in &self.0 {
            let _ = write!(text, "{}{name}={value}", if text.is_empty() { "" } else { "; " });
        }
        text
    }
}
