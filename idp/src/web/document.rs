//! Documents that everybody reads: bytes that lie ready with their ETag and all their headers. Owns how such an answer is given and
//! when a document is made again; what it says is its slice's.

use std::sync::Arc;

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderMap, HeaderValue},
    },
    web::Bytes,
};
use arc_swap::ArcSwapOption;

use super::respond;
use crate::{
    domain::time::{Span, Time},
    fault::Fault,
    hex::hex,
};

/// Below the seven days for which a key is published before it signs.
const CACHE: HeaderValue = HeaderValue::from_static("public, max-age=3600");
/// What changed (a key was rotated) is seen within this time.
const LIFE: Span = Span::secs(10);

/// A document at its address. Clones share it.
#[derive(Clone)]
pub struct Document(Arc<Inner>);

struct Inner {
    path: &'static str,
    media: HeaderValue,
    /// Anybody's script may read it.
    open: bool,
    https: bool,
    make: Make,
    ready: ArcSwapOption<Ready>,
}

type Make = Box<dyn Fn(Time) -> Result<Vec<u8>, Fault> + Send + Sync>;

/// As it was made.
struct Ready {
    bytes: Bytes,
    etag: HeaderValue,
    made: Time,
}

impl Ready {
    fn new(bytes: Vec<u8>, made: Time) -> Result<Self, Fault> {
        let hash = ring::digest::digest(&ring::digest::SHA256, &bytes);
        let mark = hex(&hash.as_ref()[..12]);
        let etag = HeaderValue::from_str(&format!("\"{mark}\"")).map_err(|error| Fault::new("an ETag", error))?;
        Ok(Self {
            bytes: bytes.into(),
            etag,
            made,
        })
    }

    fn is_known(&self, headers: &HeaderMap) -> bool {
        let known = headers.get(header::IF_NONE_MATCH).map(HeaderValue::as_bytes);
        known.is_some_and(|known| {
            known
                .split(|byte| *byte == b',')
                .any(|one| one.trim_ascii() == self.etag.as_bytes())
        })
    }
}

impl Document {
    /// The document at `path`, of this media type; `open` lets the scripts of any page read it.
    #[must_use]
    pub fn new(
        path: &'static str,
        media: &'static str,
        open: bool,
        https: bool,
        make: impl Fn(Time) -> Result<Vec<u8>, Fault> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Inner {
            path,
            media: HeaderValue::from_static(media),
            open,
            https,
            make: Box::new(make),
            ready: ArcSwapOption::empty(),
        }))
    }

    /// Its address, which is its route too.
    #[must_use]
    pub fn path(&self) -> &'static str {
        self.0.path
    }

    /// The whole answer, security headers included; 304 for who has it already.
    ///
    /// # Errors
    /// When the document cannot be made.
    pub fn answer(&self, headers: &HeaderMap, now: Time) -> Result<HttpResponse, Fault> {
        let ready = self.ready(now)?;
        let mut response = if ready.is_known(headers) {
            HttpResponse::new(StatusCode::NOT_MODIFIED)
        } else {
            let mut response = HttpResponse::with_body(StatusCode::OK, ready.bytes.clone()).map_into_boxed_body();
            response
                .headers_mut()
                .insert(header::CONTENT_TYPE, self.0.media.clone());
            response
        };
        let answered = response.headers_mut();
        answered.insert(header::CACHE_CONTROL, CACHE);
        answered.insert(header::ETAG, ready.etag.clone());
        if self.0.open {
            answered.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        }
        respond::secure(answered, self.0.https);
        Ok(response)
    }

    fn ready(&self, now: Time) -> Result<Arc<Ready>, Fault> {
        let young = |ready: &Arc<Ready>| ready.made <= now && now < ready.made + LIFE;
        if let Some(ready) = self.0.ready.load_full().filter(young) {
            return Ok(ready);
        }
        let ready = Arc::new(Ready::new((self.0.make)(now)?, now)?);
        self.0.ready.store(Some(Arc::clone(&ready)));
        Ok(ready)
    }
}
