//! Tells a service of a log-out without a browser: SOAP, from the outbox (kind `logout.saml`), at least once.

use saml_core::{
    Kind,
    logout::{LogoutRequest, LogoutResponse},
    metadata::Endpoint,
    name_id::NameId,
    soap,
    status::second,
};

use super::given::Given;
use super::own::{Saml, stamp};
use super::services::Service;
use crate::clock::Clock;
use crate::ctx::Ctx;
use crate::entropy::Entropy;
use crate::fault::Fault;
use crate::outbox::{Sender, Sending};
use crate::session::LogoutLetter;
use crate::storage::Letter;

/// How long a service may take.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);

/// The sender of the outbox's letters to SAML services.
pub struct BackChannel {
    saml: Saml,
    client: reqwest::Client,
    clock: Clock,
    rng: Entropy,
}

impl BackChannel {
    /// Redirects are not followed: the address in the metadata is the one that is meant.
    ///
    /// # Errors
    /// When the client for https cannot be made.
    pub fn new(saml: Saml, clock: Clock, rng: Entropy) -> Result<Self, Fault> {
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|e| Fault::new("the client of the SAML back channel cannot be made", e))?;
        Ok(Self {
            saml,
            client,
            clock,
            rng,
        })
    }
}

impl Sender for BackChannel {
    fn kind(&self) -> &'static str {
        "logout.saml"
    }

    fn send<'a>(&'a self, letter: &'a Letter) -> Sending<'a> {
        Box::pin(async move {
            let ctx = Ctx::system(self.clock.now(), &self.rng);
            match self.saml.tell(&ctx, &self.client, &letter.payload).await {
                Ok(()) => Ok(()),
                Err(SendError::Later(reason)) => Err(reason),
                Err(SendError::Never(reason)) => {
                    log::warn!(kind = "logout.saml"; "a letter is given up: {reason}");
                    Ok(())
                }
            }
        })
    }
}

/// Why a letter was not delivered.
#[derive(Debug, thiserror::Error)]
enum SendError {
    /// Trying again is of no use: the service is gone or has no back channel any more.
    #[error("cannot be sent: {0}")]
    Never(&'static str),
    /// Another try may do.
    #[error("not delivered: {0}")]
    Later(String),
}

/// What a service says of a session that it does not know any more: the answer to our first try was lost. mod_auth_mellon and
/// Shibboleth say RequestDenied, the standard UnknownPrincipal.
const GONE: [&str; 2] = [second::UNKNOWN_PRINCIPAL, second::REQUEST_DENIED];

fn later(error: &dyn std::fmt::Display) -> SendError {
    SendError::Later(error.to_string())
}

impl Saml {
    /// Sends one letter of the outbox: a question for each name that the service knows the person by. The same letter may be sent
    /// twice: a service that has ended the session says so. Each try is a message of its own, with its own ID; what it is about is
    /// NameID and SessionIndex.
    async fn tell(&self, ctx: &Ctx, client: &reqwest::Client, payload: &[u8]) -> Result<(), SendError> {
        let letter: LogoutLetter =
            serde_json::from_slice(payload).map_err(|_| SendError::Never("the letter is broken"))?;
        let services = self.services();
        let service = services
            .by_party(&letter.party)
            .ok_or(SendError::Never("the service is gone"))?;
        if service.has_expired(ctx.now) {
            return Err(SendError::Later("the service's metadata has expired".to_owned()));
        }
        let endpoint = service
            .back_logout()
            .ok_or(SendError::Never("the service has no SOAP log-out"))?;
        let given = Given::read(&letter.detail)
            .filter(|given| given.names().len() > 0)
            .ok_or(SendError::Never("the letter names nobody"))?;
        for name_id in given.names() {
            self.ask(ctx, client, service, endpoint, &letter.sid, name_id).await?;
        }
        Ok(())
    }

    async fn ask(
        &self,
        ctx: &Ctx,
        client: &reqwest::Client,
        service: &Service,
        endpoint: &Endpoint,
        sid: &str,
        name_id: NameId,
    ) -> Result<(), SendError> {
        let (id, now) = stamp(ctx);
        let own = self.own();
        let mut request = LogoutRequest::new(&id, now, &own.entity_id, &endpoint.location, name_id, Some(sid));
        request.not_on_or_after = Some(now + own.assertion);
        let key = self.signer(ctx.now).map_err(|e| later(&e))?;
        let envelope = soap::encode(request.elem(), &id, &key).map_err(|e| later(&e))?;
        let answer = client
            .post(&endpoint.location)
            .header("Content-Type", soap::CONTENT_TYPE)
            .header("SOAPAction", soap::ACTION)
            .body(envelope)
            .send()
            .await
            .map_err(|e| later(&e))?;
        if !answer.status().is_success() {
            return Err(SendError::Later(format!("status {}", answer.status())));
        }
        let body = at_most(own.limits.bytes, answer).await?;
        let incoming = soap::decode(Kind::Response, &body, &own.limits).map_err(|e| later(&e))?;
        let verified = incoming.verify(&service.keys).map_err(|e| later(&e))?;
        let response = LogoutResponse::read(verified).map_err(|e| later(&e))?;
        if response.in_response_to.as_deref() != Some(id.as_str()) {
            return Err(SendError::Later("an answer to something else".to_owned()));
        }
        let status = &response.status;
        if status.is_success() || status.second().is_some_and(|second| GONE.contains(&second)) {
            Ok(())
        } else {
            Err(SendError::Later(format!("the service answered {:?}", status.second())))
        }
    }
}

/// The body of an answer, read only as long as it is of a size that a message may have.
async fn at_most(limit: usize, mut answer: reqwest::Response) -> Result<Vec<u8>, SendError> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|e| later(&e))? {
        if body.len() + chunk.len() > limit {
            return Err(SendError::Later(format!("the answer is longer than {limit} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
