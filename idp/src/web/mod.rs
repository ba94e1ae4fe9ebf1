//! The mouth: pages, JSON, cookies, headers, and who is believed about where a request comes from. Knows no rule of the
//! house, no person and no key; only `http.rs` files of the slices (and `app`) may import it.
//!
//! ```text
//! request ─▶ door ─▶ Visit { site, ctx, wants, chosen } ─▶ a slice's http.rs ─▶ respond::{page, json, refusal, fault, see_other}
//!              └─ security headers · CORS for login.ui_url · calm pages for what no route answered
//! ```

pub mod accept;
mod bearer;
mod body;
mod certificate;
pub mod cookies;
mod csp;
mod document;
mod door;
mod flood;
pub mod forms;
pub mod json;
pub mod line;
pub mod pages;
pub mod qr;
pub mod respond;
mod routes;
mod site;
pub mod source;
mod visit;

pub use accept::Wants;
pub use bearer::{bearer, bearer_in, once};
pub use certificate::OfConnection;
pub use csp::Csp;
pub use document::Document;
pub use door::{NoDoor, came_in_the_clear, door};
pub use routes::{Route, mount, nothing_here};
pub use site::{Asset, Site};
pub use visit::Visit;

pub use crate::texts::{Say, when};

/// Scheme, host and port of an address; `None` where it has none.
#[must_use]
pub fn origin_of(url: &str) -> Option<String> {
    let origin = url::Url::parse(url).ok()?.origin();
    origin.is_tuple().then(|| origin.ascii_serialization())
}

#[cfg(test)]
pub(crate) mod tests;
