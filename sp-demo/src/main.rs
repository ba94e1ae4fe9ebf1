//! The program `sp-demo`: reads the configuration, starts the demo services, stops on Ctrl-C.
//! All of the work is in the library, so that tests start the same thing.

use clap::Parser;
use sp_demo::services::{self, Protocol};
use sp_demo::{config::Settings, network, saml, server, text::Locale};

/// Demo services that log in through the identity provider.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The configuration; relative paths in it start at its own folder.
    #[arg(long, env = "SP_DEMO_CONFIG", default_value = "config/demo/sp-demo.toml")]
    config: std::path::PathBuf,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What to do instead of serving.
#[derive(clap::Subcommand)]
enum Command {
    /// Print the SAML metadata of a service, to be registered at the identity provider.
    Metadata {
        /// The service, by name.
        service: String,
    },
}

#[actix_web::main]
async fn main() -> std::process::ExitCode {
    env_logger::init_from_env(env_logger::Env::default().default_filter_or("info,actix_server=warn"));
    match run(&Arguments::parse()).await {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("sp-demo: {}", network::chain(&*reason));
            std::process::ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let settings = Settings::load(&arguments.config, std::env::vars())?;
    if let Some(Command::Metadata { service }) = &arguments.command {
        return print_metadata(&settings, service);
    }
    let listener = std::net::TcpListener::bind(settings.listen)
        .map_err(|fault| format!("cannot listen on {}: {fault}", settings.listen))?;
    log::info!("demo services at {}", settings.public_url);
    server::start(settings, listener)?.await?;
    Ok(())
}

fn print_metadata(settings: &Settings, name: &str) -> Result<(), Box<dyn std::error::Error>> {
    use std::io::Write as _;
    let services = services::load(settings)?;
    let service = services
        .get(name)
        .ok_or_else(|| format!("there is no service {name}"))?;
    let Protocol::Saml(provider) = &service.protocol else {
        return Err(format!("{name} does not speak SAML").into());
    };
    let xml =
        saml::metadata::describe(provider, service.title(Locale::Da)).map_err(|problem| format!("{problem:?}"))?;
    writeln!(std::io::stdout(), "{xml}")?;
    Ok(())
}
