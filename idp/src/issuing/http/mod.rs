//! The pages of getting an eID, and the same as JSON: what to bring, the menu of orders, the online order. Parses, calls, renders; decides nothing.

mod before;
mod order;
#[cfg(test)]
mod tests;
mod texts;
pub mod wizard;

use actix_web::web;

pub use before::Told;

/// Mounts the slice; [`Told`], `Orders` and the `SharedParties` must be among the app's data.
pub fn mount(config: &mut web::ServiceConfig) {
    before::mount(config);
    order::mount(config);
}
