//! Sessions at a peer that logs in whoever comes: follows its redirects as a browser does.

use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use bench::prepared::{Client, Prepared, Session};
use clap::Args;
use hyper::header::{COOKIE, LOCATION};

use crate::saml;
use crate::tokens::{authorize, exchange};
use crate::wire::{Jar, Reply, Wire, parameter};

const REDIRECTS: usize = 12;

/// What is wanted.
#[derive(Args)]
pub struct Wish {
    /// The peer. Filled up and written again.
    state: PathBuf,
    /// Browsers that are logged in.
    #[arg(long, default_value_t = 32)]
    sessions: usize,
    /// Its clients that give refresh tokens.
    #[arg(long, value_delimiter = ',')]
    refresh: Vec<String>,
    /// It speaks SAML, not OpenID Connect.
    #[arg(long)]
    saml: bool,
    /// Cookies that each browser begins with, where the peer's log-in was done by other means.
    #[arg(long, value_delimiter = ',')]
    cookies: Vec<String>,
}

/// Visits.
pub async fn run(wish: Wish) -> Result<()> {
    let mut prepared = Prepared::load(&wish.state)?;
    let mut wire = Wire::to(&prepared.origin)?;
    let mut sessions = Vec::new();
    for number in 0..wish.sessions {
        let mut jar = Jar::default();
        if let Some(cookie) = wish.cookies.get(number % wish.cookies.len().max(1)) {
            jar.put(cookie);
        }
        let session = if wish.saml {
            let key = saml::key(&prepared)?;
            let asked = saml::request(&prepared, &key)?;
            let end = follow(&mut wire, &prepared.origin, &asked, &mut jar).await?;
            let End::Page(page) = end else {
                bail!("led away without a Response")
            };
            ensure!(page.text()?.contains("SAMLResponse"), "no Response: {}", page.start());
            Session {
                cookie: jar.header(),
                ..Session::default()
            }
        } else {
            let client = prepared.client("rs256")?.clone();
            let mut session = Session {
                access: tokens(&mut wire, &prepared, &client, &mut jar, "access_token").await?,
                ..Session::default()
            };
            for name in &wish.refresh {
                let client = prepared.client(name)?.clone();
                let token = tokens(&mut wire, &prepared, &client, &mut jar, "refresh_token").await?;
                session.refresh.insert(name.clone(), token);
            }
            // The other clients' grants are made now, so that the run meets nothing for the first time.
            for name in ["es256"] {
                if let Ok(client) = prepared.client(name).cloned() {
                    tokens(&mut wire, &prepared, &client, &mut jar, "access_token").await?;
                }
            }
            jar.retain(|name| !name.contains("interaction"));
            session.cookie = jar.header();
            session
        };
        sessions.push(session);
    }
    println!("{} sessions opened", sessions.len());
    prepared.sessions = sessions;
    prepared.save(&wish.state)
}

async fn tokens(wire: &mut Wire, prepared: &Prepared, client: &Client, jar: &mut Jar, wanted: &str) -> Result<String> {
    let asked = authorize(&prepared.paths.authorize, client);
    let code = match follow(wire, &prepared.origin, &asked, jar).await? {
        End::Away(url) => parameter(&url, "code")
            .with_context(|| format!("no code in {url}"))?
            .to_owned(),
        End::Page(page) => bail!("a page instead of a code: {} {}", page.status, page.start()),
    };
    let answer = exchange(wire, &prepared.paths.token, client, &client.basic(), &code).await?;
    Ok(answer.field(wanted)?.to_owned())
}

/// Where redirects end.
enum End {
    /// At an address that is not the server's.
    Away(String),
    /// At a page of it.
    Page(Reply),
}

async fn follow(wire: &mut Wire, origin: &str, path: &str, jar: &mut Jar) -> Result<End> {
    let mut path = path.to_owned();
    for _ in 0..REDIRECTS {
        let cookie = jar.header();
        let reply = wire.get(&path, &[(COOKIE, &cookie)]).await?;
        jar.keep(&reply);
        let Some(location) = reply.header(LOCATION) else {
            return Ok(End::Page(reply));
        };
        path = match location.strip_prefix(origin) {
            Some(path) => path.to_owned(),
            None if location.starts_with('/') => location.to_owned(),
            None => return Ok(End::Away(location.to_owned())),
        };
    }
    bail!("more than {REDIRECTS} redirects")
}
