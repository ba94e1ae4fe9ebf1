//! Code flow on a session, refresh, introspection, client credentials.

use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result, ensure};
use async_trait::async_trait;
use bench::prepared::{Client, Prepared, Session};
use hyper::header::{AUTHORIZATION, COOKIE};

use crate::pace::{Desk, Steps};
use crate::wire::Wire;

/// RFC 7636, appendix B: the server's work is the same for every verifier.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A new authorization request.
pub fn authorize(path: &str, client: &Client) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let escaped = |text: &str| text.replace(':', "%3A").replace('/', "%2F").replace(' ', "%20");
    let pkce = if client.pkce {
        format!("&code_challenge={CHALLENGE}&code_challenge_method=S256")
    } else {
        String::new()
    };
    let joint = if path.contains('?') { '&' } else { '?' };
    format!(
        "{path}{joint}response_type=code&client_id={}&redirect_uri={}&scope={}&state=state-{count:016x}&nonce=nonce-{count:016x}{pkce}",
        client.id,
        escaped(&client.redirect_uri),
        escaped(&client.scope),
    )
}

/// Exchanges a code; the body of the answer.
pub async fn exchange(
    wire: &mut Wire,
    path: &str,
    client: &Client,
    basic: &str,
    code: &str,
) -> Result<crate::wire::Reply> {
    let verifier = if client.pkce {
        format!("&code_verifier={VERIFIER}")
    } else {
        String::new()
    };
    let form = format!(
        "grant_type=authorization_code&code={code}&redirect_uri={}{verifier}",
        client.redirect_uri.replace(':', "%3A").replace('/', "%2F"),
    );
    let reply = wire
        .post(path, &[(AUTHORIZATION, basic)], form)
        .await?
        .must_be(200, "exchange")?;
    reply.field("id_token")?;
    Ok(reply)
}

/// `GET authorize` with the session's cookie, then `POST token`.
#[derive(Clone)]
pub struct Sso;

#[async_trait]
impl Steps for Sso {
    type Own = Turns;

    fn begin(&self, desk: &Desk) -> Result<Turns> {
        Turns::of(desk)
    }

    async fn run(&self, desk: &mut Desk, own: &mut Turns) -> Result<usize> {
        let paths = &desk.prepared.paths;
        let asked = authorize(&paths.authorize, &desk.client);
        let cookie = own.next().cookie.as_str();
        let reply = desk.wire.get(&asked, &[(COOKIE, cookie)]).await?;
        ensure!(
            reply.status == 302 || reply.status == 303,
            "authorize: {} {}",
            reply.status,
            reply.start()
        );
        let code = reply.led_to("code")?;
        let tokens = exchange(&mut desk.wire, &paths.token, &desk.client, &desk.basic, code).await?;
        Ok(tokens.body.len())
    }
}

/// A worker's sessions, one after the other.
pub struct Turns {
    sessions: Vec<(usize, Session)>,
    at: usize,
}

impl Turns {
    fn of(desk: &Desk) -> Result<Self> {
        let sessions = desk.seat.of(&desk.prepared.sessions);
        ensure!(!sessions.is_empty(), "no sessions were prepared");
        Ok(Self { sessions, at: 0 })
    }

    fn next(&mut self) -> &mut Session {
        self.at = (self.at + 1) % self.sessions.len();
        &mut self.sessions[self.at].1
    }
}

/// A refresh token for its successor, an access token and an ID token.
#[derive(Clone)]
pub struct Refresh;

#[async_trait]
impl Steps for Refresh {
    type Own = Turns;

    fn begin(&self, desk: &Desk) -> Result<Turns> {
        let turns = Turns::of(desk)?;
        let all = turns.sessions.iter();
        ensure!(
            all.clone()
                .all(|(_, session)| session.refresh.contains_key(&desk.client_name)),
            "no refresh tokens of {} were prepared",
            desk.client_name
        );
        Ok(turns)
    }

    async fn run(&self, desk: &mut Desk, own: &mut Turns) -> Result<usize> {
        let session = own.next();
        let held = session.refresh.get_mut(&desk.client_name).context("a refresh token")?;
        let form = format!("grant_type=refresh_token&refresh_token={held}");
        let reply = desk
            .wire
            .post(&desk.prepared.paths.token, &[(AUTHORIZATION, &desk.basic)], form)
            .await?
            .must_be(200, "refresh")?;
        reply.field("id_token")?;
        // A server that does not rotate answers without one; then the old one stays good.
        if let Ok(next) = reply.field("refresh_token") {
            next.clone_into(held);
        }
        Ok(reply.body.len())
    }

    fn end(&self, own: Turns, changed: &mut Prepared) {
        for (number, session) in own.sessions {
            changed.sessions[number] = session;
        }
    }
}

/// One question about one token.
#[derive(Clone)]
pub struct Introspect;

#[async_trait]
impl Steps for Introspect {
    type Own = Turns;

    fn begin(&self, desk: &Desk) -> Result<Turns> {
        Turns::of(desk)
    }

    async fn run(&self, desk: &mut Desk, own: &mut Turns) -> Result<usize> {
        let form = format!("token={}", own.next().access);
        let reply = desk
            .wire
            .post(&desk.prepared.paths.introspect, &[(AUTHORIZATION, &desk.basic)], form)
            .await?
            .must_be(200, "introspection")?;
        ensure!(
            reply.text()?.contains("\"active\":true"),
            "not active: {}",
            reply.start()
        );
        Ok(reply.body.len())
    }
}

/// A token for the client itself.
#[derive(Clone)]
pub struct ForItself;

#[async_trait]
impl Steps for ForItself {
    type Own = ();

    fn begin(&self, _desk: &Desk) -> Result<()> {
        Ok(())
    }

    async fn run(&self, desk: &mut Desk, _own: &mut ()) -> Result<usize> {
        let form = desk.client.for_itself();
        let reply = desk
            .wire
            .post(&desk.prepared.paths.token, &[(AUTHORIZATION, &desk.basic)], form)
            .await?
            .must_be(200, "client credentials")?;
        reply.field("access_token")?;
        Ok(reply.body.len())
    }
}
