//! A register of others over the network: JSON by POST, under mutual TLS. Owns how it is asked: for how long, by how many at once, and that
//! it is left alone while it keeps failing. Never writes down what was asked or answered; knows no register's questions.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;
use url::Url;

use super::Unreachable;
use super::breaker::Breaker;
use crate::config::Register;
use crate::fault::Fault;

/// No entry of a person is longer, with everybody whom they know.
const LONGEST: usize = 64 * 1_024;

/// The thread that talks to registers: those who ask wait on threads that may wait, and never on a runtime.
pub(super) struct Network(Option<Runtime>);

impl Network {
    pub(super) fn start() -> Result<Arc<Self>, Fault> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("registers")
            .enable_all()
            .build()
            .map_err(|error| Fault::new("the thread that asks registers", error))?;
        Ok(Arc::new(Self(Some(runtime))))
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// One register, as it is reached.
pub(super) struct Line {
    name: &'static str,
    url: Url,
    client: reqwest::Client,
    patience: Duration,
    slots: Semaphore,
    breaker: Mutex<Breaker>,
    network: Arc<Network>,
}

/// Why there is no answer.
enum Failed {
    /// It keeps failing, or too many ask already: it was not asked.
    NotAsked(&'static str),
    /// It was asked, and nothing came back that is the register's.
    Asked(String),
    /// It answered; but not this question.
    Unread(String),
}

impl Line {
    /// Sets up what is needed to ask.
    ///
    /// # Errors
    /// A fault when a certificate or a key cannot be read.
    pub(super) fn new(name: &'static str, url: Url, set: &Register, network: Arc<Network>) -> Result<Self, Fault> {
        Ok(Self {
            name,
            client: client(set)?,
            url,
            patience: Duration::from_millis(set.patience_ms.0.into()),
            slots: Semaphore::new(set.at_once),
            breaker: Mutex::new(Breaker::new(
                set.failures,
                Duration::from_secs(set.pause_seconds.0.into()),
            )),
            network,
        })
    }

    /// Puts a question to a path of the register's: 200 is an answer, `null` that it knows nothing of what was asked. What anybody on the way might
    /// say as well, as 404, is no answer. To be called on a thread that may wait.
    ///
    /// # Errors
    /// [`Unreachable::Register`] when there is no answer in time; [`Unreachable::Question`] when it cannot be read, or is that this cannot be asked.
    pub(super) fn ask<A: DeserializeOwned>(
        &self,
        path: &str,
        question: &impl Serialize,
    ) -> Result<Option<A>, Unreachable> {
        let Some(runtime) = &self.network.0 else {
            return Err(Unreachable::Register);
        };
        let asked = async {
            let deadline = tokio::time::timeout(self.patience, self.answer(path, question));
            deadline
                .await
                .unwrap_or(Err(Failed::Asked("no answer in time".to_owned())))
        };
        let answer = runtime.block_on(asked);
        if let Err(Failed::Asked(why) | Failed::Unread(why)) = &answer {
            log::warn!("register {}: {why}", self.name);
        }
        // Whoever answers is there, whatever they say.
        let outcome = match &answer {
            Ok(_) => self.heard(true, "answered"),
            Err(Failed::Unread(_)) => self.heard(true, "unread"),
            Err(Failed::Asked(_)) => self.heard(false, "failed"),
            Err(Failed::NotAsked(why)) => why,
        };
        counted(self.name, outcome);
        answer.map_err(|why| match why {
            Failed::Unread(_) => Unreachable::Question,
            Failed::NotAsked(_) | Failed::Asked(_) => Unreachable::Register,
        })
    }

    async fn answer<A: DeserializeOwned>(&self, path: &str, question: &impl Serialize) -> Result<Option<A>, Failed> {
        let later = |error: reqwest::Error| Failed::Asked(error.without_url().to_string());
        let slot = tokio::time::timeout(self.patience / 2, self.slots.acquire()).await;
        let Ok(Ok(_slot)) = slot else {
            return Err(Failed::NotAsked("busy"));
        };
        if !self.breaker().lets_ask(now()) {
            return Err(Failed::NotAsked("left_alone"));
        }
        let at = format!("{}/{path}", self.url.as_str().trim_end_matches('/'));
        let mut answer = self.client.post(at).json(question).send().await.map_err(later)?;
        match answer.status() {
            StatusCode::OK => {}
            other => {
                let why = format!("it answered {}", other.as_u16());
                let of_the_question = matches!(
                    other,
                    StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNPROCESSABLE_ENTITY
                );
                return Err(if of_the_question {
                    Failed::Unread(why)
                } else {
                    Failed::Asked(why)
                });
            }
        }
        let mut body = zeroize::Zeroizing::new(Vec::new());
        while let Some(chunk) = answer.chunk().await.map_err(later)? {
            if body.len() + chunk.len() > LONGEST {
                return Err(Failed::Unread(format!("an answer of more than {LONGEST} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        // Where it stopped, not what stands there.
        let read = serde_json::from_slice(&body);
        read.map_err(|error| Failed::Unread(format!("it cannot be read at byte {}", error.column())))
    }

    fn heard(&self, answered: bool, outcome: &'static str) -> &'static str {
        let (told, open) = {
            let mut breaker = self.breaker();
            (breaker.heard(answered, now()), breaker.is_open())
        };
        if told {
            log::error!("register {} keeps failing and is left alone for a while", self.name);
        }
        metrics::gauge!("idp_register_left_alone", "register" => self.name).set(f64::from(u8::from(open)));
        outcome
    }

    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One question put to a register, by what came of it.
pub(super) fn counted(register: &'static str, outcome: &'static str) {
    metrics::counter!("idp_register_questions_total", "register" => register, "outcome" => outcome).increment(1);
}

/// The machine's own time: patience and pauses are no matter of the house's clock.
#[expect(clippy::disallowed_methods, reason = "how long a machine waits for another")]
pub(super) fn now() -> Instant {
    Instant::now()
}

fn client(set: &Register) -> Result<reqwest::Client, Fault> {
    crate::vault::install_crypto();
    let mut client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    if let Some(ca) = &set.ca {
        let known = reqwest::Certificate::from_pem_bundle(&read(ca)?);
        client = client.tls_certs_only(known.map_err(|error| Fault::new("a register's authority", error))?);
    }
    if let (Some(certificate), Some(key)) = (&set.certificate, &set.key) {
        let mut both = zeroize::Zeroizing::new(read(key)?);
        both.extend_from_slice(&read(certificate)?);
        let identity = reqwest::Identity::from_pem(&both);
        client = client.identity(identity.map_err(|error| Fault::new("what a register is shown", error))?);
    }
    client
        .build()
        .map_err(|error| Fault::new("the client of a register could not be set up", error))
}

fn read(path: &Path) -> Result<Vec<u8>, Fault> {
    std::fs::read(path).map_err(|error| Fault::new(format!("{} cannot be read", path.display()), error))
}
