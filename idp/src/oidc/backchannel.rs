//! Tells clients of a log-out, server to server (OpenID Connect Back-Channel Logout): takes a letter from the outbox, signs
//! a logout token, posts it. Never follows a redirect and never posts anywhere but to the address in the party's file.

use std::time::Duration;

use super::house::Oidc;
use super::issue::alg_of;
use super::protocol::claims::{LogoutToken, logout_event};
use crate::clock::Clock;
use crate::domain::time::Span;
use crate::fault::Fault;
use crate::outbox::{Sender, Sending};
use crate::session::LogoutLetter;
use crate::storage::Letter;

/// The type of a logout token's header (Back-Channel Logout §2.4).
const TYP_LOGOUT: &str = "logout+jwt";
const LIFE: Span = Span::minutes(2);
/// A service that is slower is asked again later.
const PATIENCE: Duration = Duration::from_secs(5);

/// The sender of letters of kind `logout.oidc`.
pub struct LogoutSender {
    house: Oidc,
    clock: Clock,
    http: reqwest::Client,
}

impl LogoutSender {
    /// A sender with its own connections.
    ///
    /// # Errors
    /// A fault when TLS cannot be set up.
    pub fn new(house: Oidc, clock: Clock) -> Result<Self, Fault> {
        crate::vault::install_crypto();
        let http = reqwest::Client::builder()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| Fault::new("the sender of log-outs could not be set up", error))?;
        Ok(Self { house, clock, http })
    }

    async fn tell(&self, letter: &Letter) -> Result<(), String> {
        let told: LogoutLetter = serde_json::from_slice(&letter.payload).map_err(|_| "the letter cannot be read")?;
        let Some(party) = self.house.parties.current().get(&told.party).cloned() else {
            return Ok(());
        };
        let Some((client, uri)) = party
            .oidc
            .as_ref()
            .and_then(|c| c.backchannel_logout_uri.clone().map(|uri| (c, uri)))
        else {
            return Ok(());
        };
        let now = self.clock.now();
        let claims = LogoutToken {
            iss: self.house.issuer.clone(),
            aud: client.client_id.clone(),
            iat: now.secs(),
            exp: (now + LIFE).secs(),
            jti: letter.id.to_string(),
            sub: told.sub,
            sid: told.sid,
            events: logout_event(),
        };
        let signed = self.house.vault.sign_jwt(alg_of(client), TYP_LOGOUT, &claims, now);
        let token = signed.map_err(|error| error.to_string())?;
        let sent = self.http.post(uri).form(&[("logout_token", token)]).send().await;
        // The address may hold what is not for the log.
        let status = sent.map_err(|error| error.without_url().to_string())?.status();
        if status.is_success() {
            Ok(())
        } else {
            Err(format!("the service answered {}", status.as_u16()))
        }
    }
}

impl Sender for LogoutSender {
    fn kind(&self) -> &'static str {
        "logout.oidc"
    }

    fn send<'a>(&'a self, letter: &'a Letter) -> Sending<'a> {
        Box::pin(self.tell(letter))
    }
}
