//! A signed AuthnRequest on a running session, answered by a page that posts a signed Response.

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use async_trait::async_trait;
use base64::prelude::{BASE64_STANDARD, Engine};
use bench::prepared::{Prepared, Session};
use hyper::header::COOKIE;
use rlt::cli::BenchCli;
use saml_core::authn_request::AuthnRequest;
use saml_core::key::SigningKey;
use saml_core::{Id, Kind, redirect};

use crate::pace::{Desk, Steps};

/// More than the server can answer on one core.
const MOST_PER_SECOND: f64 = 4_000.0;
/// Requests that are signed at most: they are made before the clock runs, and each is good once.
const MOST: f64 = 40_000.0;

/// How many requests each worker signs beforehand.
#[derive(Clone, Copy)]
pub struct Asks {
    each: usize,
}

impl Asks {
    /// Enough for the run.
    pub fn for_run(bench: &BenchCli) -> Self {
        let seconds = bench
            .duration
            .map_or(1.0, |duration| std::time::Duration::from(duration).as_secs_f64());
        let all = bench
            .iterations
            .map_or((seconds * MOST_PER_SECOND).min(MOST), |count| count.get() as f64);
        Self {
            each: (all / f64::from(bench.concurrency.get())).ceil() as usize + 1,
        }
    }
}

/// A worker's requests.
pub struct Stack {
    paths: Vec<String>,
    sessions: Vec<Session>,
    at: usize,
}

/// A signed request of the service.
pub fn request(prepared: &Prepared, key: &SigningKey) -> Result<String> {
    let service = prepared.service.as_ref().context("no SAML service was prepared")?;
    let destination = format!("{}{}", prepared.origin, prepared.paths.sso);
    let mut bits = [0; 20];
    bits[..16].copy_from_slice(uuid::Uuid::new_v4().as_bytes());
    let id = Id::from_random(bits);
    let asked = AuthnRequest::new(&id, chrono::Utc::now(), &service.entity_id, &destination, &service.acs);
    let url = redirect::encode(
        &destination,
        Kind::Request,
        &asked.elem().write()?,
        Some("relay-state"),
        Some(key),
    )
    .map_err(|error| anyhow::anyhow!("a request cannot be signed: {error}"))?;
    Ok(url[prepared.origin.len()..].to_owned())
}

/// The service's key.
pub fn key(prepared: &Prepared) -> Result<SigningKey> {
    let service = prepared.service.as_ref().context("no SAML service was prepared")?;
    let (pkcs8, certificate) = (
        BASE64_STANDARD.decode(&service.key)?,
        BASE64_STANDARD.decode(&service.certificate)?,
    );
    SigningKey::from_pkcs8(&pkcs8, &certificate).map_err(|error| anyhow::anyhow!("the service's key: {error}"))
}

#[async_trait]
impl Steps for Asks {
    type Own = Stack;

    fn begin(&self, desk: &Desk) -> Result<Stack> {
        let key = Arc::new(key(&desk.prepared)?);
        let paths = (0..self.each)
            .map(|_| request(&desk.prepared, &key))
            .collect::<Result<_>>()?;
        let own = desk.seat.of(&desk.prepared.sessions);
        let sessions: Vec<Session> = own.into_iter().map(|(_, session)| session).collect();
        ensure!(!sessions.is_empty(), "no sessions were prepared");
        Ok(Stack { paths, sessions, at: 0 })
    }

    async fn run(&self, desk: &mut Desk, own: &mut Stack) -> Result<usize> {
        let path = own.paths.pop().context("all prepared requests were used up")?;
        own.at = (own.at + 1) % own.sessions.len();
        let reply = desk
            .wire
            .get(&path, &[(COOKIE, &own.sessions[own.at].cookie)])
            .await?
            .must_be(200, "SAML")?;
        ensure!(reply.text()?.contains("SAMLResponse"), "no Response: {}", reply.start());
        Ok(reply.body.len())
    }
}
