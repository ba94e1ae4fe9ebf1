//! Why the answer is no. Owns the stable codes that pages, JSON, protocols and support share; a code never changes its
//! meaning. Never holds a text: each language keeps its own under the code's key.

#[macro_use]
mod of_log_in;
#[macro_use]
mod of_people;
mod said;
#[macro_use]
mod table;
mod words;

pub use said::Refusal;

of_log_in!(of_people);

#[cfg(test)]
mod tests;
