//! A key card's content and its forms as text and JSON. Owns the order of the printed entries. Never says who may print.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use crate::domain::keycard::{COLUMNS, CardNumber, Code, ENTRIES, Index, PANELS, ROWS};
use crate::storage::CardRow;
use crate::vault::card;

/// The 148 printed pairs of one card, in the order of their positions: down the first column, then the second … Wiped when
/// dropped.
pub struct Sheet {
    number: CardNumber,
    index: Vec<Index>,
    codes: Zeroizing<Vec<u32>>,
}

impl Sheet {
    /// A card's content; `None` when these are not exactly the card's entries.
    #[must_use]
    pub fn new(number: CardNumber, index: &[Index], code: &[Code]) -> Option<Self> {
        let whole = index.len() == ENTRIES && code.len() == ENTRIES;
        let codes = Zeroizing::new(code.iter().map(|code| code.get()).collect());
        whole.then(|| Self {
            number,
            index: index.to_vec(),
            codes,
        })
    }

    /// What stands on a stored card, while its secret is kept.
    #[must_use]
    pub fn of(row: &CardRow) -> Option<Self> {
        let entries = card::entries(row.secret.as_ref()?, row.scheme);
        Self::new(row.card.number.clone(), &entries.index, &entries.code)
    }

    /// The card's number.
    #[must_use]
    pub const fn number(&self) -> &CardNumber {
        &self.number
    }

    /// The pair at a printed row (0 to 36) and column (0 to 3).
    #[must_use]
    pub fn at(&self, row: usize, column: usize) -> Option<(Index, Code)> {
        if row >= ROWS || column >= COLUMNS {
            return None;
        }
        let at = column * ROWS + row;
        Some((*self.index.get(at)?, Code::new(*self.codes.get(at)?)?))
    }

    /// The rows of each panel that the card folds into.
    #[must_use]
    pub fn panels() -> [std::ops::Range<usize>; 3] {
        let [first, second, _] = PANELS;
        [0..first, first..first + second, first + second..ROWS]
    }

    /// `{"0063": "044151", …}`.
    #[must_use]
    pub fn codes(&self) -> Map<String, Value> {
        let pairs = self.index.iter().zip(self.codes.iter());
        pairs
            .map(|(index, code)| (index.to_string(), Value::String(format!("{code:06}"))))
            .collect()
    }

    /// The card for a machine: number and codes by index.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({ "number": self.number.as_str(), "codes": self.codes() })
    }

    /// The card for a text terminal or a screen reader: one line a row, panels apart.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = format!("Nøglekortnummer / Card number: {}\n", self.number);
        let heading = ["Nr./No. Nøgle/Code"; COLUMNS].join("   ");
        for panel in Self::panels() {
            let _ = writeln!(out, "\n{heading}");
            for row in panel {
                let cells: Vec<String> = (0..COLUMNS)
                    .filter_map(|column| self.at(row, column))
                    .map(|(index, code)| format!("{:<7} {:<10}", index.to_string(), code.to_string()))
                    .collect();
                let _ = writeln!(out, "{}", cells.join("   ").trim_end());
            }
        }
        out
    }
}

/// A card for tests and samples: index 63, 114, … and codes that tell their position.
#[cfg(test)]
pub(super) fn sample() -> Option<Sheet> {
    let index: Vec<Index> = (0..148).filter_map(|at| Index::new(63 + at * 51)).collect();
    let code: Vec<Code> = (0..148).filter_map(|at| Code::new(44_151 + at * 997)).collect();
    Sheet::new(CardNumber::from_random(123_456_789), &index, &code)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn columns_run_downwards_over_three_panels() {
        let sheet = sample().unwrap();
        let index = |row, column| sheet.at(row, column).unwrap().0.get();
        assert!((0..36).all(|row| index(row, 2) < index(row + 1, 2)));
        assert!(index(36, 0) < index(0, 1));
        assert_eq!(sheet.at(0, 0).unwrap().1.to_string(), "044151");
        assert!(sheet.at(37, 0).is_none() && sheet.at(0, 4).is_none());
        assert_eq!(Sheet::panels().map(|panel| panel.len()), [11, 13, 13]);
    }

    #[test]
    fn text_and_json_hold_every_code_once() {
        let sheet = sample().unwrap();
        let text = sheet.text();
        let json = sheet.json();
        let codes = json["codes"].as_object().unwrap();
        assert_eq!((codes.len(), &json["number"]), (148, &Value::from("A123456789")));
        for (index, code) in codes {
            let pair = format!("{index:<7} {}", code.as_str().unwrap());
            assert_eq!(text.matches(&pair).count(), 1, "{pair}");
        }
        assert_eq!(codes["0063"], "044151");
        assert_eq!(text.lines().count(), 1 + 3 * 2 + 37);
    }

    #[test]
    fn a_torn_card_is_no_card() {
        assert!(Sheet::new(CardNumber::from_random(0), &[], &[]).is_none());
    }
}
