//! The HTTP client towards the identity provider, in the form that the `openidconnect` crate asks for.
//! It never follows a redirect (a redirected back-channel call is an attack or a mistake) and never reads more than [`LIMIT`].

use std::{future::Future, path::Path, pin::Pin, time::Duration};

use openidconnect::{AsyncHttpClient, HttpClientError, HttpRequest, HttpResponse, http};

/// No answer of an identity provider is longer than this.
const LIMIT: usize = 1 << 20;

/// The client. Cheap to clone.
#[derive(Clone)]
pub struct Network(reqwest::Client);

impl Network {
    /// A client that trusts the machine's certification authorities and those of `extra_ca`, if given.
    pub fn new(extra_ca: Option<&Path>) -> Result<Self, Box<dyn std::error::Error>> {
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(10))
            .no_proxy();
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
