//! A bank's customer without a CPR number, as the bank tells of them: in an order, or in a line of a delivery. Owns what is sound in it. Never looks
//! anybody up.

use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::ToSchema;

use super::application::Person;

/// A customer as their bank knows them.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Customer {
    /// Full name.
    name: String,
    /// Lines of the address.
    address: String,
    /// Born on.
    #[schema(value_type = String, format = Date)]
    born: NaiveDate,
}

impl Customer {
    /// There is something in it, and no more than anybody needs.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        within(&self.name, 140).is_some() && within(&self.address, 400).is_some()
    }

    /// Who it is.
    #[must_use]
    pub fn person(&self) -> Person<'_> {
        Person::Customer {
            name: self.name.trim(),
            address: self.address.trim(),
            born: self.born,
        }
    }
}

/// What a bank calls its customer, in one spelling; none where nothing is in it, or too much.
#[must_use]
pub fn reference(text: &str) -> Option<String> {
    within(text, 64).map(str::to_owned)
}

fn within(text: &str, most: usize) -> Option<&str> {
    let text = text.trim();
    (1..=most).contains(&text.chars().count()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_bank_calls_its_customer_has_one_spelling() {
        assert_eq!(reference(" K1 ").as_deref(), Some("K1"));
        assert_eq!((reference(" "), reference(&"K".repeat(65))), (None, None));
    }

    #[test]
    fn a_customer_has_a_name_and_an_address() {
        let born = NaiveDate::default();
        for (name, address, sound) in [
            ("Nora", "Storgatan 2", true),
            (" ", "Storgatan 2", false),
            ("Nora", "", false),
            (&*"N".repeat(141), "Storgatan 2", false),
        ] {
            let (name, address) = (name.to_owned(), address.to_owned());
            assert_eq!(Customer { name, address, born }.is_sound(), sound);
        }
    }
}
