//! A delivery as a sheet. Owns what its columns are called; what a line says, and what is sound in it, stays with the lines of JSON.

use serde_json::{Map, Value, json};

use crate::sheet::Columns;

/// Columns with one value.
const TEXT: [&str; 5] = ["cpr", "customer_ref", "email", "phone", "language"];
/// `true` or `false`.
const FLAGS: [&str; 2] = ["public", "password_by_text_message"];
/// A customer without a CPR number.
const CUSTOMER: [&str; 3] = ["name", "address", "born"];
/// The version of the rules that were accepted, and the consents.
const RULES: [&str; 2] = ["rules", "consents"];

/// The columns of a delivery.
#[derive(Debug, Clone)]
pub struct Sheet(Columns);

impl Sheet {
    /// Reads the line of names.
    ///
    /// # Errors
    /// Which column is unknown, missing or there twice.
    pub fn read(first: &[u8]) -> Result<Self, String> {
        let known: Vec<&str> = [&TEXT[..], &FLAGS, &CUSTOMER, &RULES].concat();
        let columns = Columns::read(first, &known, &["customer_ref"])?;
        if !columns.has("cpr") && !columns.has("name") {
            return Err("column cpr or name is missing".to_owned());
        }
        Ok(Self(columns))
    }

    /// A row as the line of JSON that says the same; none where it is no row of this sheet.
    pub(super) fn line(&self, text: &[u8]) -> Option<Vec<u8>> {
        let row = self.0.row(text)?;
        let cells = self.0.cells(&row);
        let mut line = Map::new();
        for name in TEXT {
            if let Some(text) = cells.text(name) {
                line.insert(name.to_owned(), json!(text));
            }
        }
        for name in FLAGS {
            if let Some(flag) = cells.flag(name).ok()? {
                line.insert(name.to_owned(), json!(flag));
            }
        }
        let mut customer = Map::new();
        for name in CUSTOMER {
            match (name, cells.several(name)) {
                (_, None) => {}
                ("address", Some(lines)) => _ = customer.insert(name.to_owned(), json!(lines.join("\n"))),
                (_, Some(_)) => _ = customer.insert(name.to_owned(), json!(cells.text(name))),
            }
        }
        if !customer.is_empty() {
            line.insert("customer".to_owned(), Value::Object(customer));
        }
        let [rules, consents] = RULES.map(|name| cells.text(name));
        if rules.is_some() || consents.is_some() {
            let consents = cells.several("consents").unwrap_or_default();
            line.insert("rules".to_owned(), json!({ "version": rules, "consents": consents }));
        }
        serde_json::to_vec(&Value::Object(line)).ok()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::domain::refusal::Code;
    use crate::issuing::bulk::Wanted;

    const NAMES: &[u8] =
        b"customer_ref;cpr;name;address;born;public;rules;consents;email;phone;language;password_by_text_message";

    fn says(row: &str) -> Value {
        let line = Sheet::read(NAMES).unwrap().line(row.as_bytes()).unwrap();
        serde_json::from_slice(&line).unwrap()
    }

    #[test]
    fn a_row_says_what_a_line_says() {
        let all = ["cpr_lookup", "pid_link", "pid_reuse", "personal_data"];
        assert_eq!(
            says(
                "K1;610180-1234;;;;true;2026-11-28;cpr_lookup|pid_link | pid_reuse|personal_data;a@b.example;+4520123456;en;false"
            ),
            json!({
                "customer_ref": "K1", "cpr": "610180-1234", "public": true, "rules": {"version": "2026-11-28", "consents": all},
                "email": "a@b.example", "phone": "+4520123456", "language": "en", "password_by_text_message": false,
            })
        );
        let nils = json!({"name": "Nils \"N\" Nobody", "address": "Storgatan 2\nMalmö", "born": "1990-01-01"});
        assert_eq!(
            says("K2;;\"Nils \"\"N\"\" Nobody\";Storgatan 2|Malmö;1990-01-01;;;;;;;"),
            json!({"customer_ref": "K2", "customer": nils})
        );
    }

    #[test]
    fn a_row_that_cannot_be_read_is_a_refused_line() {
        let sheet = Sheet::read(NAMES).unwrap();
        let read = |row: &str| Wanted::row(2, &sheet, row.as_bytes()).read.map(|_| ());
        assert_eq!(read("K1;610180-1234;;;;;;;;;;"), Ok(()));
        for wrong in [
            "K1;610180-1234",
            "K1;610180-1234;;;;ja;;;;;;",
            "K1;610180-1234;Nils;Storgatan 2;1990-01-01;;;;;;;",
            "K1;;Nils;;;;;;;;;",
            "K1;;;;;;;;;;;",
            ";610180-1234;;;;;;;;;;",
            "K1;610180-1234;;;;;2026-11-28;everything;;;;",
            "K1;610180-1234;;;;;;cpr_lookup;;;;",
            "K1;610180-1234;;;;;;;;;fr;",
            "\"K1;610180-1234;;;;;;;;;;",
        ] {
            assert_eq!(read(wrong), Err(Code::RequestMalformed), "{wrong}");
        }
        assert_eq!(read("K1;999999-9999;;;;;;;;;;"), Err(Code::CprDate));
    }

    #[test]
    fn columns_are_known_and_the_needed_ones_there() {
        let refused = |names: &str| Sheet::read(names.as_bytes()).unwrap_err();
        assert_eq!(refused("cpr,public"), "column customer_ref is missing");
        assert_eq!(refused("customer_ref,public"), "column cpr or name is missing");
        assert!(refused("customer_ref,cpr,shoe_size").starts_with("column 3: unknown"));
    }
}
