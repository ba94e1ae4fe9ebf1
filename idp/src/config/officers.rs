//! `[ra]`: the officers' API. Owns its keys.

use super::reader::section;

section! {
    /// `[ra]`
    pub struct Officers {
        keys {
            /// Calls of one RA in a minute, on each node.
            calls_per_minute: u32 = 600;
            /// Calls of one officer in a minute, on each node.
            officer_calls_per_minute: u32 = 30;
        }
    }
}
