//! Money as people read it. Owns how it is written on pages; kept and sent prices are whole øre.

use crate::domain::locale::Locale;

/// `99,00 kr.`, in English `99.00 kr.`
#[must_use]
pub fn kroner(oere: u32, locale: Locale) -> String {
    let point = match locale {
        Locale::Da => ',',
        Locale::En => '.',
    };
    format!("{}{point}{:02} kr.", oere / 100, oere % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_written_as_the_reader_does() {
        assert_eq!(kroner(9_900, Locale::Da), "99,00 kr.");
        assert_eq!(kroner(12_305, Locale::En), "123.05 kr.");
    }
}
