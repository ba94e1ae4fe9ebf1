//! A house of our own: folder, configuration copied from the demo's, free ports, a database, the two programs. Everything
//! in it ends when it is dropped.

mod database;
mod plan;
mod programs;

use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::browser::Browser;
use crate::network::Sites;
use crate::people::{Citizen, Person};
use crate::postgres;
use crate::program::{Program, free_port, install_crypto, root};

pub use plan::{Database, Plan, Service};

/// The running product, with its people and services.
pub struct House {
    ports: Ports,
    storage_url: String,
    settings: Vec<(String, String)>,
    sites: Option<Sites>,
    anew: bool,
    idp: Option<Program>,
    sp_demo: Option<Program>,
    people: Vec<Person>,
    // The last to go: a program that still runs would write into a folder that is gone, and so leave it behind.
    folder: TempDir,
}

#[derive(Clone, Copy)]
struct Ports {
    idp: u16,
    management: u16,
    services: u16,
}

impl House {
    pub async fn start(plan: Plan) -> Self {
        let mut house = Self::built(plan);
        house.seed();
        house.opens().await;
        house
    }

    pub async fn on(database: Database) -> Self {
        Self::start(Plan::on(database)).await
    }

    /// Furnished, nothing running, nothing seeded.
    pub fn built(plan: Plan) -> Self {
        install_crypto();
        let folder = tempfile::Builder::new().prefix("house-").tempdir().expect("folder");
        let ports = Ports {
            idp: free_port(),
            management: free_port(),
            services: free_port(),
        };
        let storage_url = plan.storage_url.unwrap_or_else(|| match plan.database {
            Database::Sqlite => format!("sqlite:{}/house.db", folder.path().display()),
            Database::Postgres => postgres::shared().database(),
        });
        let mut house = Self {
            folder,
            ports,
            storage_url,
            settings: plan.settings,
            sites: plan.sites,
            anew: plan.anew,
            idp: None,
            sp_demo: None,
            people: Vec::new(),
        };
        house.furnish();
        if !plan.services {
            fs::remove_file(house.config("sp-demo.toml")).expect("sp-demo.toml");
        }
        house
    }

    /// Copies the demo's configuration, with our addresses in place of the demo's.
    fn furnish(&mut self) {
        let to = self.folder.path().join("config/demo");
        copy(&root().join("config/demo"), &to, &|text| self.readdress(text));
        if let Some(sites) = &self.sites {
            sites.write(self.folder.path());
        }
    }

    fn readdress(&self, text: &str) -> String {
        let Ports {
            idp,
            management,
            services,
        } = self.ports;
        let mut text = text.to_owned();
        if let Some(sites) = &self.sites {
            for (path, name) in [
                ("/skat", sites.skat()),
                ("/borger", sites.borger()),
                ("", sites.others()),
            ] {
                text = text.replace(
                    &format!("http://localhost:8081{path}"),
                    &format!("https://{name}:{services}{path}"),
                );
            }
            text = text.replace("http://localhost:8080", &format!("https://{}:{idp}", sites.idp()));
        }
        text.replace("localhost:8080", &format!("localhost:{idp}"))
            .replace("localhost:8081", &format!("localhost:{services}"))
            .replace("127.0.0.1:8080", &format!("127.0.0.1:{idp}"))
            .replace("127.0.0.1:8081", &format!("127.0.0.1:{services}"))
            .replace("127.0.0.1:8082", &format!("127.0.0.1:{management}"))
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A file of the copied demo configuration.
    pub fn config(&self, name: &str) -> PathBuf {
        self.folder.path().join("config/demo").join(name)
    }

    /// The issuer, without a slash at the end.
    pub fn issuer(&self) -> String {
        match &self.sites {
            Some(sites) => format!("https://{}:{}", sites.idp(), self.ports.idp),
            None => format!("http://localhost:{}", self.ports.idp),
        }
    }

    pub fn management(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports.management)
    }

    pub fn storage_url(&self) -> &str {
        &self.storage_url
    }

    pub fn service(&self, name: &str) -> Service {
        let origin = match &self.sites {
            Some(sites) => format!("https://{}:{}", sites.of(name), self.ports.services),
            None => format!("http://localhost:{}", self.ports.services),
        };
        Service {
            name: name.to_owned(),
            origin,
            query: String::new(),
        }
    }

    /// A client that trusts this house and finds its names.
    pub fn client(&self) -> reqwest::ClientBuilder {
        let mut builder = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(60));
        if self.anew {
            builder = builder.pool_max_idle_per_host(0);
        }
        let Some(sites) = &self.sites else { return builder };
        let names = sites.names();
        let here = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        let builder = names.iter().fold(builder, |builder, name| builder.resolve(name, here));
        builder.tls_certs_merge([reqwest::Certificate::from_pem(sites.authority_pem().as_bytes()).expect("CA")])
    }

    pub fn browser(&self) -> Browser {
        Browser::new(self.client())
    }

    /// A demo person at a new browser.
    #[track_caller]
    pub fn citizen(&self, user_id: &str) -> Citizen {
        let person = self
            .people
            .iter()
            .find(|person| person.user_id.as_deref() == Some(user_id));
        let person = person.unwrap_or_else(|| panic!("no demo person {user_id}")).clone();
        Citizen {
            person,
            browser: self.browser(),
        }
    }

    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// Makes the demo people.
    pub fn seed(&mut self) {
        self.idp_says(&["demo", "seed"]);
        let listed = self.idp_says(&["demo", "people", "--format", "json"]);
        self.people = serde_json::from_str(&listed).unwrap_or_else(|error| panic!("{error}: {listed}"));
    }

    /// Starts both programs and waits until they are ready.
    pub async fn opens(&mut self) {
        self.idp_opens().await;
        self.services_open().await;
    }

    /// Starts the demo services, where the house has any, and waits until they are ready.
    pub async fn services_open(&mut self) {
        let file = self.config("sp-demo.toml");
        if file.exists() {
            let mut program = Program::start("sp-demo", self.sp_demo(), self.folder.path());
            let ready = format!("{}/health", self.service("borger").origin);
            program.ready_at(&self.client().build().expect("client"), &ready).await;
            self.sp_demo = Some(program);
        }
    }

    /// Starts `idp` and waits until it is ready.
    pub async fn idp_opens(&mut self) {
        let mut command = self.idp();
        command.arg("serve");
        let mut program = Program::start("idp", command, self.folder.path());
        let ready = format!("{}/health/ready", self.management());
        program.ready_at(&self.client().build().expect("client"), &ready).await;
        self.idp = Some(program);
    }

    /// The port that people are answered at.
    pub fn port(&self) -> u16 {
        self.ports.idp
    }

    /// The running `idp`.
    pub fn running(&mut self) -> &mut Program {
        self.idp.as_mut().expect("idp runs")
    }

    /// Takes the running `idp` out of the house, to end it in one's own way.
    pub fn evict(&mut self) -> Program {
        self.idp.take().expect("idp runs")
    }

    /// Moves the demo's clock on: the identity provider's, and with it that of the services.
    pub async fn waits(&self, seconds: i64) {
        let services = self.sp_demo.as_ref().map(|_| self.service("borger").origin);
        for origin in std::iter::once(self.management()).chain(services) {
            let answer = self
                .client()
                .build()
                .expect("client")
                .post(format!("{origin}/demo/clock"))
                .json(&serde_json::json!({ "offset_seconds": seconds }))
                .send()
                .await
                .expect("clock");
            assert!(answer.status().is_success(), "the clock: {}", answer.status());
        }
    }

    /// Discovery, JWKS or any other JSON document of the identity provider.
    pub async fn document(&self, url: &str) -> Value {
        let url = if url.starts_with('/') {
            format!("{}{url}", self.issuer())
        } else {
            url.to_owned()
        };
        let answer = self
            .client()
            .build()
            .expect("client")
            .get(&url)
            .send()
            .await
            .expect("answer");
        assert!(answer.status().is_success(), "{url}: {}", answer.status());
        answer.json().await.expect("JSON")
    }

    /// The names of the three sites, where the house has them.
    pub fn sites(&self) -> Option<&Sites> {
        self.sites.as_ref()
    }
}

fn copy(from: &Path, to: &Path, change: &dyn Fn(&str) -> String) {
    fs::create_dir_all(to).expect("folder");
    for entry in fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display())) {
        let entry = entry.expect("entry");
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &target, change);
        } else {
            let bytes = fs::read(&path).expect("file");
            match std::str::from_utf8(&bytes) {
                Ok(text) => fs::write(&target, change(text)).expect("file"),
                Err(_) => fs::write(&target, bytes).expect("file"),
            }
        }
    }
}
