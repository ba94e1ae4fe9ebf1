//! Real log-ins before the clock runs: sessions, access tokens, refresh tokens.

use std::path::PathBuf;

use anyhow::{Context, Result};
use bench::prepared::{Client, Prepared, Session, people};
use clap::Args;
use hyper::header::COOKIE;

use crate::login::{LoggedIn, log_in};
use crate::tokens::{authorize, exchange};
use crate::wire::Wire;

/// What is wanted.
#[derive(Args)]
pub struct Wish {
    /// The server as it is: addresses, clients, service. Filled up and written again.
    state: PathBuf,
    /// People as `idp demo generate --codes --out FILE` writes them.
    #[arg(long)]
    people: PathBuf,
    /// People who are kept for log-ins, the first of the file.
    #[arg(long, default_value_t = 1_000)]
    keep: usize,
    /// Browsers that are logged in, with the next people of the file.
    #[arg(long, default_value_t = 64)]
    sessions: usize,
    /// Also log the whole of them in at each of these clients, which give refresh tokens.
    #[arg(long, value_delimiter = ',', default_value = "refresh-rs256,refresh-es256")]
    refresh: Vec<String>,
}

/// Prepares.
pub async fn run(wish: Wish) -> Result<()> {
    let mut prepared = Prepared::load(&wish.state)?;
    let mut everybody = people(&wish.people)?;
    let wanted = wish.keep.min(everybody.len().saturating_sub(wish.sessions));
    let mut rest = everybody.split_off(wanted);
    rest.truncate(wish.sessions);
    let mut wire = Wire::to(&prepared.origin)?;
    let first = prepared.client("rs256")?.clone();
    let mut sessions = Vec::new();
    for person in &rest {
        let request = authorize(&prepared.paths.authorize, &first);
        let LoggedIn { code, mut jar } = log_in(&mut wire, &request, person, Default::default()).await?;
        jar.retain(|name| !name.contains("flow") && !name.contains("device"));
        let tokens = exchange(&mut wire, &prepared.paths.token, &first, &first.basic(), &code).await?;
        let mut session = Session {
            cookie: jar.header(),
            access: tokens.field("access_token")?.to_owned(),
            ..Session::default()
        };
        for name in &wish.refresh {
            let client = prepared.client(name)?.clone();
            let token = refresh(&mut wire, &prepared, &client, &session).await?;
            session.refresh.insert(name.clone(), token);
        }
        sessions.push(session);
    }
    println!("{} people kept, {} sessions opened", everybody.len(), sessions.len());
    prepared.people = everybody;
    prepared.sessions = sessions;
    prepared.save(&wish.state)
}

async fn refresh(wire: &mut Wire, prepared: &Prepared, client: &Client, session: &Session) -> Result<String> {
    let request = authorize(&prepared.paths.authorize, client);
    let reply = wire.get(&request, &[(COOKIE, &session.cookie)]).await?;
    let code = reply.led_to("code").context("on the session")?;
    let tokens = exchange(wire, &prepared.paths.token, client, &client.basic(), code).await?;
    Ok(tokens.field("refresh_token")?.to_owned())
}
