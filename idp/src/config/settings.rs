//! Every section an operator may set, with its defaults (docs/configuration.md says what each key means; a test holds the
//! two together). Owns no rule between keys: that is `check`.

use std::{net::SocketAddr, path::PathBuf};

use ipnet::IpNet;
use toml::{Table, Value};

use super::{
    delivery::{Activation, Delivery, Keycard, Token},
    factors::{Passkey, Voice},
    help::Help,
    log_in::{Flood, PasswordRules, Room},
    officers::Officers,
    order::Order,
    proofing::Proofing,
    reader::section,
    registers::RegistersSection,
    values::{Days, Hours, LogFormat, LogLevel, Millis, Minutes, Origin, Seconds, Secret},
};
use crate::domain::locale::Locale;

section! {
    /// Everything in `idp.toml`.
    pub struct Settings {
        sections {
            /// What listens, and under which name.
            server: Server;
            /// The database.
            storage: Storage;
            /// The master key.
            vault: Vault;
            /// The log-in.
            login: Login;
            /// Passwords.
            password: PasswordRules;
            /// Sessions shared by services.
            session: Session;
            /// OpenID Connect.
            oidc: Oidc;
            /// SAML.
            saml: Saml;
            /// Relying parties.
            parties: PartiesSection;
            /// What people see.
            web: Web;
            /// Key cards.
            keycard: Keycard;
            /// Code tokens.
            token: Token;
            /// Activation passwords.
            activation: Activation;
            /// What is sent to people.
            delivery: Delivery;
            /// Officers' work.
            ra: Officers;
            /// The registers of others.
            registers: RegistersSection;
            /// The online order.
            order: Order;
            /// What shows who somebody is.
            proofing: Proofing;
            /// Who helps, and when.
            help: Help;
            /// The audit log.
            audit: Audit;
            /// The log lines.
            log: Log;
            /// The demo; never in production.
            demo: Demo;
        }
    }
}

section! {
    /// `[server]`
    pub struct Server {
        keys {
            /// Where people and services are answered.
            listen: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 8080));
            /// The address that browsers and services know us by; the OIDC issuer. Nothing else makes an address of ours.
            public_url: Origin = localhost();
            /// Proxies whose `X-Forwarded-For` is believed, read from right to left.
            trusted_proxies: Vec<IpNet> = Vec::new();
            /// The header in which they pass on a client's certificate; believed of them alone.
            client_certificate_header: Option<String> = None;
            /// Threads that answer; 0 is one a core.
            workers: usize = 0;
            /// Health, readiness, metrics; never to be reached from outside.
            management_listen: SocketAddr = SocketAddr::from(([127, 0, 0, 1], 8082));
            /// Largest body of a request.
            request_limit_bytes: usize = 131_072;
            /// Largest head of a request: address, headers, cookies.
            head_limit_bytes: usize = 32_768;
            /// A client that has not sent the head of its request by then is hung up on; its body has the same time again.
            request_seconds: Seconds = Seconds(10);
            /// A client that has not taken an answer by then is hung up on.
            answer_seconds: Seconds = Seconds(20);
            /// An idle connection is kept this long.
            keep_alive_seconds: Seconds = Seconds(30);
            /// Connections at a time and worker; more wait in the queue of the system.
            connections: usize = 10_000;
            /// Connections at a time from one source (IPv6: /64) that is no trusted proxy; 0 is any number.
            connections_per_source: usize = 256;
            /// At a stop, running requests get this long.
            stop_seconds: Seconds = Seconds(15);
        }
        sections {
            /// TLS in the process.
            tls: Tls;
        }
    }
}

impl Server {
    /// Clients can show certificates: TLS ends here, or a proxy passes them on.
    #[must_use]
    pub fn shows_certificates(&self) -> bool {
        self.tls.certificate.is_some() || self.client_certificate_header.is_some()
    }
}

section! {
    /// `[server.tls]`
    pub struct Tls {
        keys {
            /// PEM chain, own certificate first.
            certificate: Option<PathBuf> = None;
            /// PEM private key.
            key: Option<PathBuf> = None;
            /// A handshake that takes longer is given up.
            handshake_seconds: Seconds = Seconds(5);
        }
    }
}

section! {
    /// `[storage]`
    pub struct Storage {
        keys {
            /// `sqlite:PATH` or `postgres://…`; a secret, since it may hold a password.
            url: Secret = Secret::from("sqlite:var/idp.db".to_owned());
            /// Connections; 0 is a number fit for the database and the cores.
            pool: usize = 0;
            /// Acts that may wait for a connection before more are turned away with 503.
            queue: usize = 512;
            /// An act that has waited this long is turned away.
            deadline_ms: Millis = Millis(2_000);
        }
    }
}

section! {
    /// `[vault]`
    pub struct Vault {
        keys {
            /// 32 bytes in hex or base64; better by environment or file.
            master_key: Option<Secret> = None;
            /// A file with the same, readable by us alone. The demo makes it at the first run.
            master_key_path: Option<PathBuf> = None;
        }
    }
}

section! {
    /// `[login]`
    pub struct Login {
        keys {
            /// The origin of pages of your own that speak the JSON form of the log-in; must be same-site with `server.public_url`.
            ui_url: Option<Origin> = None;
        }
        sections {
            /// Cost of a password.
            hash: Hash;
            /// What one source may ask before it is turned away.
            flood: Flood;
            /// The waiting room for strangers when more ask than can be served.
            room: Room;
            /// Code apps.
            app: App;
            /// Passkeys.
            passkey: Passkey;
            /// Voice response.
            voice: Voice;
        }
    }
}

section! {
    /// `[login.hash]`
    pub struct Hash {
        keys {
            /// Argon2id memory of one hash.
            memory_kib: u32 = 19_456;
            /// Argon2id passes.
            passes: u32 = 2;
            /// Argon2id lanes.
            lanes: u32 = 1;
            /// Hashes at a time; 0 is one a core but one.
            threads: usize = 0;
            /// Hashes that may wait.
            queue: usize = 256;
            /// A hash that has waited this long is turned away with 503.
            deadline_ms: Millis = Millis(2_000);
        }
    }
}

section! {
    /// `[login.app]`
    pub struct App {
        keys {
            /// A device that comes in may be used after so long.
            wait_minutes: Minutes = Minutes(60);
        }
    }
}

section! {
    /// `[session]`
    pub struct Session {
        keys {
            /// A session without use ends.
            idle_minutes: Minutes = Minutes(30);
            /// Every session ends.
            absolute_hours: Hours = Hours(8);
        }
    }
}

section! {
    /// `[oidc]`
    pub struct Oidc {
        keys {
            /// Life of an authorization code.
            code_seconds: Seconds = Seconds(60);
            /// Life of an ID token.
            id_token_minutes: Minutes = Minutes(5);
            /// Life of an opaque access token.
            access_token_minutes: Minutes = Minutes(10);
            /// Life of a JWT access token (RFC 9068): it cannot be revoked, so at most 5.
            jwt_access_token_minutes: Minutes = Minutes(5);
            /// A refresh token without use ends.
            refresh_idle_days: Days = Days(30);
            /// Every refresh token ends.
            refresh_days: Days = Days(180);
            /// A refresh repeated by the same client within this time gets the same answer.
            refresh_grace_seconds: Seconds = Seconds(30);
            /// How far a service's clock may differ from ours.
            skew_minutes: Minutes = Minutes(3);
        }
    }
}

section! {
    /// `[saml]`
    pub struct Saml {
        keys {
            /// Our name; default: the address of our metadata.
            entity_id: Option<String> = None;
            /// Life of an assertion.
            assertion_minutes: Minutes = Minutes(5);
            /// How far a service's clock may differ from ours.
            skew_minutes: Minutes = Minutes(3);
            /// Largest protocol message, before and after inflating.
            message_limit_bytes: usize = 65_536;
            /// Technical contact in the metadata: an e-mail address.
            contact: Option<String> = None;
        }
        sections {
            /// Who runs this, for the metadata.
            organization: Organization;
        }
    }
}

section! {
    /// `[saml.organization]`
    pub struct Organization {
        keys {
            /// Legal name.
            name: Option<String> = None;
            /// Name for people; default: `web.name`.
            display_name: Option<String> = None;
            /// Its site.
            url: Option<url::Url> = None;
        }
    }
}

section! {
    /// `[parties]`
    pub struct PartiesSection {
        keys {
            /// Folder with one TOML file a relying party.
            dir: PathBuf = PathBuf::from("config/parties");
        }
    }
}

section! {
    /// `[web]`
    pub struct Web {
        keys {
            /// The operator's name of this log-in, on every page.
            name: String = "Nøgle".to_owned();
            /// An SVG or PNG shown beside the name.
            logo: Option<PathBuf> = None;
            /// A stylesheet of the operator, after ours.
            theme: Option<PathBuf> = None;
            /// Who helps by telephone.
            support_phone: Option<String> = None;
            /// Who helps on the web.
            support_url: Option<url::Url> = None;
            /// Where a netbank-only eID is extended to public use, if not on our own pages.
            extend_url: Option<url::Url> = None;
            /// Language of whoever asks for none that we speak.
            default_locale: Locale = Locale::Da;
        }
    }
}

section! {
    /// `[audit]`
    pub struct Audit {
        keys {
            /// Append-only file that each signed head is written to.
            heads: Option<PathBuf> = None;
            /// Personal fields are readable in the current year and this many before.
            retention_years: u32 = 5;
        }
    }
}

section! {
    /// `[log]`
    pub struct Log {
        keys {
            /// Form of the lines.
            format: LogFormat = LogFormat::Json;
            /// The least weight that is logged.
            level: LogLevel = LogLevel::Info;
        }
    }
}

section! {
    /// `demo = true` or `[demo]`
    pub struct Demo {
        keys {
            /// Demo people, demo keys, a clock that can be set. For good: the database remembers.
            enabled: bool = false;
            /// The demo may be reached under another name than this machine's; every page says that it is a demo.
            public: bool = false;
            /// Cards and activation passwords are printed and posted by themselves, into the outbox's folder.
            posts: bool = true;
            /// Where the outbox, cards and the master key of the demo lie.
            dir: PathBuf = PathBuf::from("var/demo");
        }
    }
    shorthand demo_shorthand;
}

impl Settings {
    /// Our SAML name: `saml.entity_id`, else the address of the metadata.
    #[must_use]
    pub fn saml_entity_id(&self) -> String {
        self.saml
            .entity_id
            .clone()
            .unwrap_or_else(|| self.server.public_url.at("/saml/metadata"))
    }

    /// Demo people and keys are in use.
    #[must_use]
    pub const fn is_demo(&self) -> bool {
        self.demo.enabled
    }

    /// Where a demo keeps the keys that it has made for its registration authorities.
    #[must_use]
    pub fn officer_keys(&self) -> Option<PathBuf> {
        self.is_demo().then(|| self.demo.dir.join("officers"))
    }
}

fn localhost() -> Origin {
    #[expect(clippy::expect_used, reason = "a literal; a test reads it")]
    Origin::parse("http://localhost:8080").expect("a literal origin")
}

/// `demo = true`
fn demo_shorthand(value: &Value) -> Option<Table> {
    let enabled = value.as_bool().or_else(|| value.as_str()?.parse().ok())?;
    Some(Table::from_iter([("enabled".to_owned(), Value::Boolean(enabled))]))
}
