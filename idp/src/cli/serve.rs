//! `idp serve`: answers until it is told to stop. Owns the runtime; everything else is `app`'s.

use super::{Cli, Failure, open};
use crate::app::Application;
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::telemetry;

/// Reads the configuration, opens house and doors, runs.
pub(super) fn run(cli: &Cli, migrate: bool) -> Result<(), Failure> {
    let settings = open::settings(cli)?;
    telemetry::init(&settings.log);
    actix_web::rt::System::new().block_on(async {
        let application = Application::build(settings, Clock::system(), Entropy::system(), migrate)?;
        log::info!(
            address:% = application.address(),
            management:% = application.management_address();
            "serving"
        );
        Ok(application.run().await?)
    })
}
