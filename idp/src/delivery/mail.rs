//! E-mail over SMTP. Owns that it travels under TLS (STARTTLS is required, never merely offered; plain text to this machine only)
//! and that a repeat carries the same Message-ID.

use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use super::message::{Message, Voice};
use crate::config::{Mail, MailTls};
use crate::fault::Fault;
use crate::outbox::{Sender, Sending};
use crate::storage::Letter;

/// One answer of the server may take so long.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);

pub(super) struct MailSender {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    domain: String,
    voice: Voice,
}

impl MailSender {
    pub(super) fn new(settings: &Mail, host: &str, voice: Voice) -> Result<Self, Fault> {
        crate::vault::install_crypto();
        let from = settings.from.as_deref().unwrap_or_default();
        let address: lettre::Address = from.parse().map_err(|error| Fault::new("delivery.mail.from", error))?;
        let domain = address.domain().to_owned();
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
            .port(settings.port)
            .timeout(Some(PATIENCE))
            .tls(tls(settings, host)?);
        if let (Some(user), Some(password)) = (&settings.user, &settings.password) {
            builder = builder.credentials(Credentials::new(user.clone(), password.expose().to_owned()));
        }
        Ok(Self {
            transport: builder.build(),
            from: Mailbox::new(Some(voice.name().to_owned()), address),
            domain,
            voice,
        })
    }

    async fn tell(&self, letter: &Letter) -> Result<(), String> {
        let message = Message::read(letter)?;
        let to = message
            .to
            .as_str()
            .parse()
            .map_err(|_| "the address is no e-mail address")?;
        let mail = lettre::Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(self.voice.subject(&message))
            .message_id(Some(format!("<{}@{}>", letter.id, self.domain)))
            .header(ContentType::TEXT_PLAIN)
            .body(self.voice.letter(&message))
            .map_err(|error| error.to_string())?;
        match self.transport.send(mail).await {
            Ok(_) => Ok(()),
            // What the server says may hold the address.
            Err(error) => Err(error.status().map_or_else(
                || format!("the mail server was not reached: {}", kind_of(&error)),
                |code| format!("the mail server answered {code}"),
            )),
        }
    }
}

fn kind_of(error: &lettre::transport::smtp::Error) -> &'static str {
    if error.is_timeout() {
        "no answer in time"
    } else if error.is_tls() {
        "TLS"
    } else {
        "no connection"
    }
}

fn tls(settings: &Mail, host: &str) -> Result<Tls, Fault> {
    if settings.tls == MailTls::None {
        return Ok(Tls::None);
    }
    let mut parameters = TlsParameters::builder(host.to_owned());
    if let Some(path) = &settings.ca {
        let pem = std::fs::read(path).map_err(|error| Fault::new(format!("reading {}", path.display()), error))?;
        let certificate = Certificate::from_pem(&pem).map_err(|error| Fault::new("delivery.mail.ca", error))?;
        parameters = parameters.add_root_certificate(certificate);
    }
    let parameters = parameters
        .build_rustls()
        .map_err(|error| Fault::new("TLS to the mail server cannot be set up", error))?;
    Ok(match settings.tls {
        MailTls::Implicit => Tls::Wrapper(parameters),
        MailTls::Starttls | MailTls::None => Tls::Required(parameters),
    })
}

impl Sender for MailSender {
    fn kind(&self) -> &'static str {
        "mail"
    }

    fn send<'a>(&'a self, letter: &'a Letter) -> Sending<'a> {
        Box::pin(self.tell(letter))
    }

    fn destination(&self, letter: &Letter) -> String {
        Message::destination(letter)
    }
}
