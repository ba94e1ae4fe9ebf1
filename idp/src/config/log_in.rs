//! What may be chosen and how much is taken at the log-in: `[password]`, `[login.flood]`, `[login.room]`.

use super::{
    reader::section,
    values::{Millis, RoomMode, Seconds},
};

section! {
    /// `[password]`
    pub struct PasswordRules {
        keys {
            /// The rules of the original NemID: no æ, ø, å, and upper or lower case is the same. Passwords chosen before a change of
            /// this key keep what they were chosen under.
            classic: bool = false;
        }
    }
}

section! {
    /// `[login.flood]`
    pub struct Flood {
        keys {
            /// Answers to the log-in a minute from one address (IPv6: /64).
            address_per_minute: u32 = 300;
            /// From one neighbourhood (IPv4 /24, IPv6 /56).
            network_per_minute: u32 = 3_000;
            /// From one site (IPv4 /16, IPv6 /48).
            site_per_minute: u32 = 30_000;
            /// From everywhere together.
            total_per_minute: u32 = 600_000;
            /// Slots of the table that counts the above; its size never grows.
            table_slots: usize = 65_536;
        }
    }
}

section! {
    /// `[login.room]`
    pub struct Room {
        keys {
            /// `auto`: opens by itself under pressure. `always`, `never`.
            mode: RoomMode = RoomMode::Auto;
            /// It opens when a stranger would wait longer than this for a password hash.
            opens_ms: Millis = Millis(1_000);
            /// Below this a wait is short.
            closes_ms: Millis = Millis(250);
            /// It closes after so long of short waits and nobody in the line.
            calm_seconds: Seconds = Seconds(30);
            /// The furthest away that anybody's place may be; who would be put further behind is told to come again.
            longest_seconds: Seconds = Seconds(120);
            /// What strangers may have of the hashes while it is open, less what known browsers take.
            strangers_percent: u32 = 75;
        }
    }
}
