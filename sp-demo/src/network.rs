//! The HTTP client towards the identity provider, in the form that the `openidconnect` crate asks for.
//! It never follows a redirect (a redirected back-channel call is an attack or a mistake) and never reads more than [`LIMIT`].

use std::time::{Duration, Instant};
use std::{future::Future, path::Path, pin::Pin, sync::Arc};

use openidconnect::{AsyncHttpClient, HttpClientError, HttpRequest, HttpResponse, http};
use tokio::sync::Mutex;

/// No answer of an identity provider is longer than this.
const LIMIT: usize = 1 << 20;

/// The client. Cheap to clone.
#[derive(Clone)]
pub struct Network(reqwest::Client);

impl Network {
    /// A client towards `issuer` that trusts the machine's certification authorities and those of `extra_ca`, if given.
    pub fn new(issuer: &str, extra_ca: Option<&Path>) -> Result<Self, Box<dyn std::error::Error>> {
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(10))
            .no_proxy();
        if issuer.starts_with("http://") {
            // The demo on loopback: nobody is trusted, and a machine without any authorities will do.
            builder = builder.tls_certs_only([]);
        }
        if let Some(file) = extra_ca {
            let pem = std::fs::read(file).map_err(|fault| format!("{}: {fault}", file.display()))?;
            builder = builder.tls_certs_merge(reqwest::Certificate::from_pem_bundle(&pem)?);
        }
        Ok(Self(builder.build()?))
    }

    /// Fetches a document.
    pub async fn get(&self, url: &url::Url) -> Result<Vec<u8>, HttpClientError<reqwest::Error>> {
        let request = http::Request::get(url.as_str()).body(Vec::new())?;
        let response = self.call(request).await?;
        if !response.status().is_success() {
            return Err(HttpClientError::Other(format!("{url} answered {}", response.status())));
        }
        Ok(response.into_body())
    }
}

impl<'c> AsyncHttpClient<'c> for Network {
    type Error = HttpClientError<reqwest::Error>;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Self::Error>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let response = self
                .0
                .execute(request.try_into().map_err(Box::new)?)
                .await
                .map_err(Box::new)?;
            read(response).await
        })
    }
}

async fn read(mut response: reqwest::Response) -> Result<HttpResponse, HttpClientError<reqwest::Error>> {
    let mut answer = http::Response::builder().status(response.status());
    for (name, value) in response.headers() {
        answer = answer.header(name, value);
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Box::new)? {
        if body.len() + chunk.len() > LIMIT {
            return Err(HttpClientError::Other("the answer is too long".into()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(answer.body(body)?)
}

/// Something fetched from the identity provider, kept for a while: fetched when it is first needed, so that the order of
/// starting does not matter, and by one request at a time.
pub struct Kept<T>(Mutex<Option<(Instant, Arc<T>)>>);

/// Below the time that a new key is published before its use.
pub const USUALLY: Duration = Duration::from_secs(600);
/// For an unknown key. However often a message names one, nothing is fetched more often than this.
pub const IN_HASTE: Duration = Duration::from_secs(10);

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Kept<T> {
    /// What is kept, where it is not older than `age`; else what `fetch` brings. A failed fetch keeps nothing and changes nothing.
    #[expect(clippy::disallowed_methods, reason = "an age, by the machine's own time")]
    pub async fn get<E>(&self, age: Duration, fetch: impl Future<Output = Result<T, E>>) -> Result<Arc<T>, E> {
        let mut kept = self.0.lock().await;
        if let Some((_, thing)) = kept.as_ref().filter(|(at, _)| at.elapsed() < age) {
            return Ok(thing.clone());
        }
        let thing = Arc::new(fetch.await?);
        *kept = Some((Instant::now(), thing.clone()));
        Ok(thing)
    }
}

/// An error with all of its causes, for the log.
pub fn chain(fault: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(fault.source(), |cause| cause.source());
    causes.fold(fault.to_string(), |text, cause| format!("{text}: {cause}"))
}
