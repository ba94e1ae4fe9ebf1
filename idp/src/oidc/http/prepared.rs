//! Documents that everybody reads, as ready bytes with an ETag.

use std::sync::Arc;

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use arc_swap::ArcSwapOption;

use crate::domain::time::{Span, Time};
use crate::oidc::house::Oidc;
use crate::oidc::protocol::discovery::document;

/// Below the seven days for which a key is published before it signs.
const CACHE: &str = "public, max-age=3600";
/// A rotated key is seen within this time.
const KEYS_LIFE: Span = Span::secs(10);

/// A document.
#[derive(Debug)]
pub(super) struct Prepared {
    bytes: Vec<u8>,
    etag: String,
    made: Time,
}

impl Prepared {
    fn new(document: &serde_json::Value, made: Time) -> Self {
        let bytes = document.to_string().into_bytes();
        let hash = ring::digest::digest(&ring::digest::SHA256, &bytes);
        let mark: String = hash
            .as_ref()
            .iter()
            .take(12)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Self {
            bytes,
            etag: format!("\"{mark}\""),
            made,
        }
    }

    /// The document, or 304 for who has it already. Anybody's script may read it.
    pub(super) fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let known = request
            .headers()
            .get(header::IF_NONE_MATCH)
            .and_then(|value| value.to_str().ok());
        let mut response = if known.is_some_and(|known| known.split(',').any(|one| one.trim() == self.etag)) {
            HttpResponse::NotModified()
        } else {
            HttpResponse::Ok()
        };
        response
            .insert_header((header::CACHE_CONTROL, CACHE))
            .insert_header((header::ETAG, self.etag.as_str()))
            .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")));
        if known.is_some_and(|known| known.split(',').any(|one| one.trim() == self.etag)) {
            return response.finish();
        }
        response.content_type("application/json").body(self.bytes.clone())
    }
}

/// The two documents of a provider.
pub(super) struct Documents {
    discovery: Prepared,
    keys: ArcSwapOption<Prepared>,
}

impl Documents {
    pub(super) fn new(house: &Oidc) -> Self {
        let discovery = Prepared::new(&document(&house.issuer), Time::from_secs(0));
        Self {
            discovery,
            keys: ArcSwapOption::empty(),
        }
    }

    pub(super) fn discovery(&self) -> &Prepared {
        &self.discovery
    }

    pub(super) fn keys(&self, house: &Oidc, now: Time) -> Arc<Prepared> {
        let young = |keys: &Arc<Prepared>| keys.made <= now && now < keys.made + KEYS_LIFE;
        if let Some(keys) = self.keys.load_full().filter(young) {
            return keys;
        }
        let keys = Arc::new(Prepared::new(&house.vault.jwks_json(now), now));
        self.keys.store(Some(Arc::clone(&keys)));
        keys
    }
}
