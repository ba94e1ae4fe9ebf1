//! Sheets: CSV (RFC 4180) in UTF-8 with a line of names above, by comma or semicolon. Owns how columns are named and cells are read. Never knows
//! what they mean, and never tells what stands in one.

use csv::{ReaderBuilder, StringRecord};

/// The columns of a sheet.
#[derive(Debug, Clone)]
pub struct Columns {
    names: Vec<String>,
    apart: u8,
}

/// The cells of one row.
pub struct Cells<'a> {
    columns: &'a Columns,
    row: &'a StringRecord,
}

impl Columns {
    /// Reads the line of names: each known, none twice, the needed ones there.
    ///
    /// # Errors
    /// Which column is wrong, and why.
    pub fn read(first: &[u8], known: &[&str], needed: &[&str]) -> Result<Self, String> {
        // A sheet of a spreadsheet program may begin with the mark of its encoding.
        let first = first.strip_prefix(b"\xef\xbb\xbf").unwrap_or(first);
        let apart = if first.contains(&b';') { b';' } else { b',' };
        let row = one_row(first, apart).ok_or("the first line cannot be read")?;
        let names: Vec<String> = row.iter().map(str::to_owned).collect();
        for (at, name) in names.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                return Err(format!("column {}: unknown; known are {}", at + 1, known.join(", ")));
            }
            if names.iter().take(at).any(|before| before == name) {
                return Err(format!("column {name} stands there twice"));
            }
        }
        let columns = Self { names, apart };
        match needed.iter().find(|name| !columns.has(name)) {
            Some(name) => Err(format!("column {name} is missing")),
            None => Ok(columns),
        }
    }

    /// There is such a column.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.names.iter().any(|one| one == name)
    }

    /// What stands between two cells.
    #[must_use]
    pub const fn apart(&self) -> u8 {
        self.apart
    }

    /// Reads a row that is one line; none where it is not as it should be, or has other cells than there are names.
    #[must_use]
    pub fn row(&self, line: &[u8]) -> Option<StringRecord> {
        one_row(line, self.apart).filter(|row| row.len() == self.names.len())
    }

    /// The cells of a row.
    #[must_use]
    pub const fn cells<'a>(&'a self, row: &'a StringRecord) -> Cells<'a> {
        Cells { columns: self, row }
    }
}

/// The one row of a line; the empty row of an empty one.
fn one_row(line: &[u8], apart: u8) -> Option<StringRecord> {
    let line = line.trim_ascii_end();
    // A cell that goes on in the next line would be read as one that ends here.
    let whole = line.iter().filter(|byte| **byte == b'"').count().is_multiple_of(2);
    if !whole || line.contains(&b'\r') || line.contains(&b'\n') {
        return None;
    }
    let mut sheet = ReaderBuilder::new()
        .has_headers(false)
        .delimiter(apart)
        .buffer_capacity(line.len().max(1))
        .from_reader(line);
    let mut row = StringRecord::new();
    sheet.read_record(&mut row).ok()?;
    Some(row)
}

impl<'a> Cells<'a> {
    /// What stands in a cell; an empty cell is none.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&'a str> {
        let at = self.columns.names.iter().position(|one| one == name)?;
        self.row.get(at).map(str::trim).filter(|text| !text.is_empty())
    }

    /// `true` or `false`.
    ///
    /// # Errors
    /// When it is another word.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, String> {
        match self.text(name) {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(format!("{name} is true or false")),
        }
    }

    /// Several values in a cell, apart by `|`.
    #[must_use]
    pub fn several(&self, name: &str) -> Option<Vec<String>> {
        let text = self.text(name)?;
        Some(text.split('|').map(|one| one.trim().to_owned()).collect())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_line_is_a_row_or_it_is_none() {
        let columns = Columns::read(b"\xef\xbb\xbfname;rest\r\n", &["name", "rest"], &["name"]).unwrap();
        let row = columns.row(b"\"Demosen; \"\"Bo\"\"\"; a | b \r\n").unwrap();
        let cells = columns.cells(&row);
        assert_eq!(cells.text("name"), Some("Demosen; \"Bo\""));
        assert_eq!(cells.several("rest").unwrap(), ["a", "b"]);
        assert!(cells.flag("rest").is_err());
        for wrong in [
            "Bo",
            "Bo;a;b",
            "Bo;\"goes on",
            "Bo;a\rEva;b",
            "Bo;\"a\nb\"",
            "Bo;\u{fffd}",
        ] {
            let bytes = wrong.as_bytes();
            // The last is fine as text; a byte of it is not.
            let bytes = if wrong.ends_with('\u{fffd}') {
                &bytes[..bytes.len() - 1]
            } else {
                bytes
            };
            assert!(columns.row(bytes).is_none(), "{wrong:?}");
        }
    }
}
