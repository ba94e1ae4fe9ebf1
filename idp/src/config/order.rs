//! `[order]`: the online order. Owns its keys.

use super::reader::section;
use super::values::Days;

section! {
    /// `[order]`
    pub struct Order {
        keys {
            /// Orders that may wait for the registers at a time; beyond that none is taken (503).
            most_open: u32 = 100_000;
            /// An order that no register has answered about by then is erased, and told of.
            keep: Days = Days(7);
            /// Documents of one person that are checked in a day.
            checks_per_person: u32 = 3;
            /// Orders and checks from one source in a day, on each node.
            per_source: u32 = 10;
        }
    }
}
