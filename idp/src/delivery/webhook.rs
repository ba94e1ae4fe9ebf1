//! A call to a program of the operator's: JSON by POST, signed, with a key by which a repeat is known. Owns the signature (HTTP
//! Message Signatures, RFC 9421, `hmac-sha256`, over method, address, content digest, content type and idempotency key). Never
//! follows a redirect and never reads more of an answer than its status.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};
use ring::hmac;
use url::Url;

use crate::config::Secret;
use crate::domain::time::Time;
use crate::fault::Fault;

/// Below the courier's patience.
const PATIENCE: Duration = Duration::from_secs(10);
const COVERED: &str = r#"("@method" "@target-uri" "content-digest" "content-type" "idempotency-key")"#;

/// One webhook.
pub struct Webhook {
    url: Url,
    key: hmac::Key,
    key_id: String,
    client: reqwest::Client,
}

/// The headers that sign a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// `Content-Digest` (RFC 9530).
    pub digest: String,
    /// `Signature-Input`.
    pub input: String,
    /// `Signature`.
    pub signature: String,
}

impl Webhook {
    /// The webhook of the channel `delivery.<channel>`: its address, and the key that it is signed with.
    ///
    /// # Errors
    /// A fault when the key is not set, or TLS cannot be set up.
    pub fn of(channel: &str, url: Url, (key, key_id): (Option<&Secret>, &str)) -> Result<Self, Fault> {
        let key = key.ok_or_else(|| Fault::bare(format!("delivery.{channel}.key is not set")))?;
        Self::new(url, key, key_id)
    }

    /// A webhook at an address, signed under a secret that its program shares.
    ///
    /// # Errors
    /// A fault when TLS cannot be set up.
    pub fn new(url: Url, key: &Secret, key_id: &str) -> Result<Self, Fault> {
        crate::vault::install_crypto();
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| Fault::new("the client of a webhook could not be set up", error))?;
        Ok(Self {
            url,
            key: hmac::Key::new(hmac::HMAC_SHA256, key.expose().as_bytes()),
            key_id: key_id.to_owned(),
            client,
        })
    }

    /// The headers that sign `body`.
    #[must_use]
    pub fn sign(&self, body: &[u8], idempotency_key: &str, now: Time) -> Signed {
        let digest = format!("sha-256=:{}:", STANDARD.encode(digest(&SHA256, body)));
        let params = format!(
            r#"{COVERED};created={};keyid="{}";alg="hmac-sha256""#,
            now.secs(),
            self.key_id
        );
        let base = format!(
            "\"@method\": POST\n\"@target-uri\": {}\n\"content-digest\": {digest}\n\"content-type\": application/json\n\
             \"idempotency-key\": \"{idempotency_key}\"\n\"@signature-params\": {params}",
            self.url
        );
        let signature = STANDARD.encode(hmac::sign(&self.key, base.as_bytes()));
        Signed {
            digest,
            input: format!("sig1={params}"),
            signature: format!("sig1=:{signature}:"),
        }
    }

    /// Posts; anything but a status of success is tried again later.
    ///
    /// # Errors
    /// In a few words, without the address or what was sent.
    pub async fn post(&self, body: Vec<u8>, idempotency_key: &str, now: Time) -> Result<(), String> {
        let signed = self.sign(&body, idempotency_key, now);
        let sent = self
            .client
            .post(self.url.clone())
            .header("content-type", "application/json")
            .header("idempotency-key", format!("\"{idempotency_key}\""))
            .header("content-digest", signed.digest)
            .header("signature-input", signed.input)
            .header("signature", signed.signature)
            .body(body)
            .send()
            .await;
        let status = sent.map_err(|error| error.without_url().to_string())?.status();
        if status.is_success() {
            Ok(())
        } else {
            Err(format!("the webhook answered {}", status.as_u16()))
        }
    }
}
