//! Log-ins among a crowd, one after the other: user-ID and password, card code, exchange of the code. What they cost the server in
//! CPU is what counts: wall time is the machine's, CPU the product's.
//!
//! Another driver may do it (`SCALE_DRIVER`, a command for `sh`). It is given `SCALE_STORAGE_URL`, `SCALE_MASTER_KEY`,
//! `SCALE_PEOPLE_FILE` (a line of JSON for each person, with password and codes) and `SCALE_LOGINS`, starts a server on that database,
//! and writes `{"log_ins": N, "server_cpu_seconds": S}` to the file `SCALE_RESULT`; further fields are kept as they are.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use url::Url;

use super::{Place, crowd, machine};
use crate::browser::{Browser, query};
use crate::people::Person;
use crate::program::{Program, free_port, install_crypto};

const CALLBACK: &str = "http://127.0.0.1:9499/cb";
/// Before anything is measured: pages of the database and code of the program come into memory.
const WARMING: usize = 10;

/// One size's turn in one round.
pub(super) struct Turn<'a> {
    pub place: &'a Place,
    pub round: u64,
    pub rounds: u64,
    pub log_ins: usize,
    pub driver: Option<&'a str>,
}

impl Turn<'_> {
    /// Takes it; the figures.
    pub fn take(&self) -> Result<Value, String> {
        let load_before = machine::load();
        let mut figures = match self.driver {
            Some(driver) => self.driven(driver)?,
            None => self.ours()?,
        };
        let (log_ins, cpu) = (figures["log_ins"].as_f64(), figures["server_cpu_seconds"].as_f64());
        let (Some(log_ins @ 1.0..), Some(cpu)) = (log_ins, cpu) else {
            return Err(format!("the driver wrote no figures: {figures}"));
        };
        figures["cpu_ms_per_log_in"] = json!(cpu * 1_000.0 / log_ins);
        figures["load_before"] = json!(load_before);
        println!(
            "round {}: {} people, {log_ins:.0} log-ins, {:.2} ms of server CPU each",
            self.round + 1,
            self.place.people,
            cpu * 1_000.0 / log_ins
        );
        Ok(figures)
    }

    fn driven(&self, driver: &str) -> Result<Value, String> {
        let result = self.place.folder.join("driver.json");
        drop(fs::remove_file(&result));
        let status = Command::new("sh")
            .args(["-c", driver])
            .env(
                "SCALE_STORAGE_URL",
                format!("sqlite:{}", self.place.database().display()),
            )
            .env("SCALE_MASTER_KEY", self.place.folder.join("master.key"))
            .env("SCALE_PEOPLE_FILE", self.place.sample())
            .env("SCALE_LOGINS", self.log_ins.to_string())
            .env("SCALE_RESULT", &result)
            .stdin(Stdio::null())
            .status()
            .map_err(|error| format!("the driver: {error}"))?;
        if !status.success() {
            return Err(format!("the driver ended with {status}"));
        }
        let text = fs::read(&result).map_err(|error| format!("{}: {error}", result.display()))?;
        serde_json::from_slice(&text).map_err(|error| format!("{}: {error}", result.display()))
    }

    fn ours(&self) -> Result<Value, String> {
        install_crypto();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| error.to_string())?;
        runtime.block_on(self.log_in_all())
    }

    async fn log_in_all(&self) -> Result<Value, String> {
        let people = self.people()?;
        let (port, management) = (free_port(), free_port());
        let mut command = crowd::idp(self.place)?;
        command
            .arg("serve")
            .env("IDP__SERVER__LISTEN", format!("127.0.0.1:{port}"))
            .env("IDP__SERVER__PUBLIC_URL", format!("http://127.0.0.1:{port}"))
            .env("IDP__SERVER__MANAGEMENT_LISTEN", format!("127.0.0.1:{management}"));
        let client = || reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(60));
        let bare = client().build().map_err(|error| error.to_string())?;
        let begun = Instant::now();
        let mut server = Program::start("idp", command, &self.place.folder);
        let manage = |page: &str| format!("http://127.0.0.1:{management}/{page}");
        server.ready_at(&bare, &manage("health/ready")).await;
        let ready = begun.elapsed();
        let desk = Desk::of(&bare, port).await;

        let (warming, measured) = people.split_at(WARMING.min(people.len()));
        for person in warming {
            desk.logs_in(person, &Browser::new(client())).await;
        }
        let store_before = store_seconds(&bare, &manage("metrics")).await;
        let cpu_before = machine::cpu_seconds(server.pid());
        let mut took = Vec::with_capacity(measured.len());
        for person in measured {
            let browser = Browser::new(client());
            let begun = Instant::now();
            desk.logs_in(person, &browser).await;
            took.push(begun.elapsed().as_secs_f64() * 1_000.0);
        }
        let cpu = machine::cpu_seconds(server.pid()) - cpu_before;
        let store = store_seconds(&bare, &manage("metrics")).await - store_before;
        let rss = machine::memory_kib(server.pid(), "VmRSS");
        server.stopped(Duration::from_secs(30));
        took.sort_unstable_by(f64::total_cmp);
        let at = |share: usize| took.get(took.len().saturating_sub(1) * share / 100).copied();
        Ok(json!({
            "log_ins": took.len(),
            "server_cpu_seconds": cpu,
            "store_ms_per_log_in": store * 1_000.0 / took.len().max(1) as f64,
            "p50_ms": at(50),
            "p95_ms": at(95),
            "ready_ms": ready.as_secs_f64() * 1_000.0,
            "rss_mib": rss as f64 / 1024.0,
        }))
    }

    /// People of the sample who can log in at a public service, evenly spread over it; other ones each round.
    fn people(&self) -> Result<Vec<Person>, String> {
        let path = self.place.sample();
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let able: Vec<&str> = text.lines().filter(|line| line.contains("\"public\"")).collect();
        let turns = usize::try_from(self.rounds).unwrap_or(1);
        let wanted = WARMING + self.log_ins;
        let stride = (able.len() / (wanted * turns)).max(1);
        let round = usize::try_from(self.round).unwrap_or(0);
        let mine = able.iter().skip(round).step_by(stride * turns).take(wanted);
        let parse = |line: &&str| serde_json::from_str(line).map_err(|error| format!("{}: {error}", path.display()));
        mine.map(parse).collect()
    }
}

/// The relying party `lab`, as far as a log-in needs it.
struct Desk {
    authorize: Url,
    token: String,
    client: reqwest::Client,
}

impl Desk {
    async fn of(client: &reqwest::Client, port: u16) -> Self {
        let url = format!("http://127.0.0.1:{port}/.well-known/openid-configuration");
        let answer = client.get(&url).send().await.expect("discovery answers");
        let discovery: Map<String, Value> = answer.json().await.expect("discovery is JSON");
        let endpoint = |name: &str| discovery[name].as_str().expect("an endpoint").to_owned();
        let mut authorize = Url::parse(&endpoint("authorization_endpoint")).expect("an address");
        authorize.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", "lab"),
            ("redirect_uri", CALLBACK),
            ("scope", "openid pid"),
            ("state", "state"),
            ("nonce", "nonce"),
        ]);
        Self {
            authorize,
            token: endpoint("token_endpoint"),
            client: client.clone(),
        }
    }

    async fn logs_in(&self, person: &Person, browser: &Browser) {
        let password = person.password.as_deref().expect("a password");
        let page = browser.get(self.authorize.as_str()).await;
        let typed = [("user_id", person.eid_number.as_str()), ("password", password)];
        let page = browser.submit(&page, &typed).await;
        page.must_be_step("code");
        let code = person.code(&page.challenge());
        let sent = browser.submit_once(&page, &[("code", code)]).await;
        let target = sent.redirect().unwrap_or_else(|| panic!("not sent back: {sent:#}"));
        let code = query(&target, "code").unwrap_or_else(|| panic!("no code: {target}"));
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", CALLBACK),
        ];
        let exchanged = self.client.post(&self.token).basic_auth("lab", Some("lab-secret"));
        let answer = exchanged.form(&fields).send().await.expect("the exchange answers");
        assert!(answer.status().is_success(), "the exchange: {}", answer.status());
    }
}

/// Seconds spent in transactions and reads so far, waiting for their turn included.
async fn store_seconds(client: &reqwest::Client, metrics: &str) -> f64 {
    let answer = client.get(metrics).send().await.expect("metrics answer");
    let text = answer.text().await.expect("metrics are text");
    text.lines()
        .filter_map(|line| line.strip_prefix("idp_transaction_seconds_sum")?.rsplit_once(' '))
        .filter_map(|(_, seconds)| seconds.parse::<f64>().ok())
        .sum()
}
