//! People on their own pages, and everybody who has no business there.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod apps;
mod blocking;
mod cards;
mod certificates;
mod consents;
mod contacts;
mod doors;
mod extend;
mod notices;
mod pages;
mod passkeys;
mod passwords;
mod place;
mod public;
mod sections;
mod tokens;
mod user_ids;
mod voice;

use crate::audit::Who;
use crate::testing::Citizen;

fn who(citizen: &Citizen) -> Who {
    Who {
        person: citizen.person,
        eid: citizen.eid,
    }
}
