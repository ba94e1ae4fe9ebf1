//! `idp check-config`: everything that would stop the server, before it is stopped by it.

use super::{Cli, Failure, open, print};
use crate::clock::Clock;
use crate::config::parties::Parties;

/// Reads configuration and parties; touches neither database nor network.
pub(super) fn run(cli: &Cli) -> Result<(), Failure> {
    let settings = open::settings(cli)?;
    let parties = Parties::load(&settings)?;
    crate::saml::check(&parties, settings.is_demo(), Clock::system().now())?;
    let kind = if settings.is_demo() { "demo" } else { "production" };
    print(&format!(
        "{}: sound ({kind}, {} relying parties)",
        cli.config.display(),
        parties.len()
    ))
}
