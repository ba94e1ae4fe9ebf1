//! The program `sp-demo`: reads the configuration, starts the demo services, stops on Ctrl-C.
//! All of the work is in the library, so that tests start the same thing.

use clap::Parser;
use sp_demo::{config::Settings, server};

/// Demo services that log in through the identity provider.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The configuration; relative paths in it start at its own folder.
    #[arg(long, env = "SP_DEMO_CONFIG", default_value = "config/demo/sp-demo.toml")]
    config: std::path::PathBuf,
}

#[actix_web::main]
async fn main() -> std::process::ExitCode {
    env_logger::init_from_env(env_logger::Env::default().default_filter_or("info"));
    match run(&Arguments::parse()).await {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("sp-demo: {reason}");
            std::process::ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let settings = Settings::load(&arguments.config, std::env::vars())?;
    let listener = std::net::TcpListener::bind(settings.listen)
        .map_err(|fault| format!("cannot listen on {}: {fault}", settings.listen))?;
    log::info!("demo services at {}", settings.public_url);
    server::start(settings, listener)?.await?;
    Ok(())
}
