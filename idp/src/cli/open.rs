//! Opens configuration and house for a command. Owns the one place where commands read the file and the environment.

use super::{Cli, Failure, print};
use crate::app::{House, ensure_cas, ensure_keys};
use crate::clock::Clock;
use crate::config::{self, Settings};
use crate::ctx::Ctx;
use crate::entropy::Entropy;
use crate::storage::Store;

/// Reads the configuration.
pub(super) fn settings(cli: &Cli) -> Result<Settings, Failure> {
    Ok(config::load(&cli.config, &config::process_environment())?)
}

/// Reads the configuration and opens the house on a database that fits.
pub(super) fn house(cli: &Cli) -> Result<House, Failure> {
    with(settings(cli)?, false)
}

/// Opens a house that must be a demo.
pub(super) fn demo_house(cli: &Cli) -> Result<House, Failure> {
    let settings = settings(cli)?;
    if !settings.is_demo() {
        return Err(Failure::new(
            "`idp demo` is for the demo alone: this configuration is not `demo = true`",
        ));
    }
    with(settings, false)
}

/// `idp migrate`
pub(super) fn migrate(cli: &Cli) -> Result<(), Failure> {
    let settings = settings(cli)?;
    let pending = Store::inspect(settings.storage.url.expose())
        .map(|found| found.pending)
        .unwrap_or_default();
    with(settings, true)?;
    match pending.as_slice() {
        [] => print("the database is up to date"),
        done => print(&format!("applied: {}", done.join(", "))),
    }
}

/// The context of what the operator does now.
pub(super) fn ctx(house: &House) -> Ctx {
    Ctx::system(house.clock.now(), &house.rng)
}

/// The name in our certificates.
pub(super) fn subject_name(house: &House) -> String {
    house.settings.server.public_url.as_str().to_owned()
}

fn with(settings: Settings, migrate: bool) -> Result<House, Failure> {
    let house = House::open(settings, Clock::system(), Entropy::system(), migrate)?;
    ensure_keys(&house.store, &house.vault, &ctx(&house), &subject_name(&house))?;
    ensure_cas(&house, &ctx(&house))?;
    Ok(house)
}
