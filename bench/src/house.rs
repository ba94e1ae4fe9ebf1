//! The server that is measured: its folder, its database with people in it, its process on a core of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use acceptance::postgres::Cluster;
use acceptance::program::{Program, free_port};
use anyhow::{Context, Result, ensure};
use base64::prelude::{BASE64_STANDARD, Engine};
use bench::prepared::{Client, Paths, Prepared, Service};

use crate::drive::Server;
use crate::tools::{beside, home, on_core, output};
use crate::{Database, Wish, meter};

const CALLBACK: &str = "http://127.0.0.1:9499/cb";
const ACS: &str = "http://127.0.0.1:9499/acs";
const ENTITY: &str = "http://127.0.0.1:9499/metadata";
const READY: Duration = Duration::from_secs(30);

/// A house of the run's own.
pub struct House {
    folder: tempfile::TempDir,
    port: u16,
    management: u16,
    environment: Vec<(String, String)>,
    people: PathBuf,
    service: Service,
    cluster: Option<Cluster>,
    pub url: String,
    running: Option<Program>,
}

impl House {
    /// Furnishes it, with a database and people.
    pub fn new(wish: &Wish, database: Database) -> Result<Self> {
        fs::create_dir_all("var/bench")?;
        let folder = tempfile::Builder::new()
            .prefix("house-")
            .tempdir_in(fs::canonicalize("var/bench")?)?;
        let cluster = (database == Database::Postgres && wish.storage_url.is_none()).then(Cluster::start);
        let url = match (&wish.storage_url, &cluster) {
            (Some(url), _) => url.clone(),
            (None, Some(cluster)) => cluster.database(),
            (None, None) => format!("sqlite:{}/idp.db", folder.path().display()),
        };
        let key = match &wish.master_key {
            Some(key) => fs::canonicalize(key)?,
            None => folder.path().join("master.key"),
        };
        let (port, management) = (free_port(), free_port());
        let mut environment = vec![
            ("IDP__SERVER__LISTEN".into(), format!("127.0.0.1:{port}")),
            ("IDP__SERVER__PUBLIC_URL".into(), format!("http://127.0.0.1:{port}")),
            (
                "IDP__SERVER__MANAGEMENT_LISTEN".into(),
                format!("127.0.0.1:{management}"),
            ),
            ("IDP__STORAGE__URL".into(), url.clone()),
            ("IDP__VAULT__MASTER_KEY_PATH".into(), key.display().to_string()),
            (
                "IDP__DEMO__DIR".into(),
                folder.path().join("demo").display().to_string(),
            ),
        ];
        for setting in &wish.settings {
            let (key, value) = setting.split_once('=').context("--set KEY=VALUE")?;
            environment.push((key.to_owned(), value.to_owned()));
        }
        let mut house = Self {
            people: folder.path().join("people.jsonl"),
            service: service()?,
            folder,
            port,
            management,
            environment,
            cluster,
            url,
            running: None,
        };
        house.furnish()?;
        match &wish.people_file {
            Some(people) => house.people = fs::canonicalize(people)?,
            None => house.populate(wish)?,
        }
        Ok(house)
    }

    fn furnish(&self) -> Result<()> {
        let (from, to) = (home().join("config"), self.folder.path());
        fs::create_dir_all(to.join("parties"))?;
        fs::copy(from.join("idp.toml"), to.join("idp.toml"))?;
        for file in fs::read_dir(from.join("parties"))? {
            let file = file?;
            fs::copy(file.path(), to.join("parties").join(file.file_name()))?;
        }
        fs::write(to.join("parties/saml.toml"), SAML_PARTY)?;
        fs::write(to.join("parties/saml.metadata.xml"), metadata(&self.service))?;
        Ok(())
    }

    fn populate(&self, wish: &Wish) -> Result<()> {
        let people = wish.people.to_string();
        let out = self.people.display().to_string();
        let arguments = [
            "demo", "generate", "--people", &people, "--codes", "--hash", "full", "--out", &out,
        ];
        output(self.idp(None)?.args(arguments))?;
        Ok(())
    }

    fn idp(&self, core: Option<usize>) -> Result<Command> {
        let program = beside("idp")?;
        let mut command = match core {
            Some(core) => on_core(core, &program),
            None => {
                // Hashing the people's passwords may take every core.
                let mut command = Command::new("taskset");
                command.args(["-c", &every_core()]).arg(&program);
                command
            }
        };
        command
            .current_dir(self.folder.path())
            .env("IDP__PARTIES__DIR", self.folder.path().join("parties"))
            .envs(self.environment.iter().map(|(key, value)| (key, value)))
            .args(["--config", "idp.toml"]);
        Ok(command)
    }

    /// Starts the server on core 0; milliseconds until it was ready.
    pub fn start(&mut self) -> Result<f64> {
        let mut command = self.idp(Some(0))?;
        command.arg("serve");
        let begun = Instant::now();
        let mut program = Program::start("idp", command, self.folder.path());
        while !is_ready(self.management) {
            ensure!(
                program.ended().is_none() && begun.elapsed() < READY,
                "the server is not ready:\n{}",
                program.log()
            );
            std::thread::sleep(Duration::from_micros(500));
        }
        let ready = begun.elapsed().as_secs_f64() * 1e3;
        self.running = Some(program);
        Ok(ready)
    }

    /// Stops the server as an operator does.
    pub fn stop(&mut self) -> Result<()> {
        if let Some(program) = self.running.take() {
            let status = program.stopped(READY);
            ensure!(status.success(), "the server ended with {status}");
        }
        Ok(())
    }

    /// Real log-ins: what the scenarios work with. The state's file.
    pub fn prepare(&self, sessions: usize) -> Result<PathBuf> {
        let state = self.folder.path().join("state.json");
        let client = |id: &str| {
            let client = Client {
                id: id.to_owned(),
                secret: "bench-secret".to_owned(),
                redirect_uri: CALLBACK.to_owned(),
                scope: "openid pid".to_owned(),
                pkce: true,
                own_scope: None,
            };
            (id.to_owned(), client)
        };
        let names = [
            "rs256",
            "es256",
            "refresh-rs256",
            "refresh-es256",
            "client-rs256",
            "client-es256",
            "resource",
        ];
        Prepared {
            origin: format!("http://127.0.0.1:{}", self.port),
            paths: Paths {
                authorize: "/oidc/authorize".into(),
                token: "/oidc/token".into(),
                introspect: "/oidc/introspect".into(),
                userinfo: "/oidc/userinfo".into(),
                sso: "/saml/sso".into(),
                discovery: "/.well-known/openid-configuration".into(),
                jwks: "/oidc/jwks".into(),
                metadata: "/saml/metadata".into(),
            },
            clients: names.into_iter().map(client).collect(),
            service: Some(self.service.clone()),
            people: Vec::new(),
            sessions: Vec::new(),
        }
        .save(&state)?;
        let mut command = Command::new(beside("load")?);
        command.arg("prepare").arg(&state).arg("--people").arg(&self.people);
        output(command.args(["--sessions", &sessions.to_string()]))?;
        Ok(state)
    }
}

impl Server for House {
    fn pid(&self) -> u32 {
        self.running.as_ref().map_or(0, Program::pid)
    }

    fn log(&self) -> String {
        self.running.as_ref().map(Program::log).unwrap_or_default()
    }

    fn cpu(&self) -> (u64, u64) {
        let database = self
            .cluster
            .as_ref()
            .map_or(0, |cluster| meter::cpu_of_family(cluster.pid()));
        (meter::cpu(self.pid()), database)
    }

    fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        // The program ends before the database does.
        self.running = None;
    }
}

fn every_core() -> String {
    let online = fs::read_to_string("/sys/devices/system/cpu/online").unwrap_or_default();
    let online = online.trim();
    if online.is_empty() {
        "0".to_owned()
    } else {
        online.to_owned()
    }
}

/// Whether the management listener says «ready»; asked without a client's own start-up in the way.
fn is_ready(port: u16) -> bool {
    use std::io::{Read, Write};
    let ask = || -> std::io::Result<bool> {
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(b"GET /health/ready HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
        let mut start = [0; 12];
        stream.read_exact(&mut start)?;
        Ok(start.ends_with(b" 200"))
    };
    ask().unwrap_or(false)
}

const SAML_PARTY: &str = r#"kind = "public"
demo = true
sector = "bench"
claims = ["pid", "name"]

[name]
da = "saml"
en = "saml"

[saml]
entity_id = "http://127.0.0.1:9499/metadata"
metadata = "saml.metadata.xml"
profile = "oiosaml-2"
"#;

/// A service with an RSA-2048 key of its own.
pub fn service() -> Result<Service> {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256)?;
    let mut params = rcgen::CertificateParams::default();
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, "bench service");
    let certificate = params.self_signed(&key)?;
    Ok(Service {
        entity_id: ENTITY.to_owned(),
        acs: ACS.to_owned(),
        key: BASE64_STANDARD.encode(key.serialize_der()),
        certificate: BASE64_STANDARD.encode(certificate.der()),
    })
}

/// Its metadata.
pub fn metadata(service: &Service) -> String {
    format!(
        r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{}"><md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol" AuthnRequestsSigned="true" WantAssertionsSigned="true"><md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</md:NameIDFormat><md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{}" index="0" isDefault="true"/></md:SPSSODescriptor></md:EntityDescriptor>"#,
        service.entity_id, service.certificate, service.acs
    )
}
