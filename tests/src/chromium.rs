//! A real browser: Debian's Chromium, driven over WebDriver, with a profile of its own that ends with it.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use base64::prelude::{BASE64_STANDARD, Engine};
use serde_json::json;
use tempfile::TempDir;
use thirtyfour::LoggingPrefsLogLevel;
use thirtyfour::prelude::*;

use crate::browser::Challenge;
use crate::house::{House, Service};
use crate::people::Person;
use crate::program::{Program, free_port};

const PATIENCE: Duration = Duration::from_secs(20);

/// Who looks: the language that the browser asks for, the width of the page in CSS pixels, dark or light.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    pub language: &'static str,
    pub width: u32,
    pub dark: bool,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            language: "da",
            width: 1100,
            dark: false,
        }
    }
}

/// One window of a real browser.
pub struct Chromium {
    pub reader: Reader,
    driver: WebDriver,
    _profile: TempDir,
    _chromedriver: Program,
}

impl Chromium {
    /// Opens a window that trusts the house's sites and finds them.
    pub async fn open(house: &House) -> Self {
        Self::open_for(house, Reader::default()).await
    }

    /// The same for this reader.
    pub async fn open_for(house: &House, reader: Reader) -> Self {
        let profile = tempfile::Builder::new().prefix("chromium-").tempdir().expect("profile");
        let port = free_port();
        let mut command = Command::new("chromedriver");
        command
            .arg(format!("--port={port}"))
            .env("HOME", profile.path())
            .env("TMPDIR", profile.path());
        let mut chromedriver = Program::start("chromedriver", command, profile.path());
        let client = reqwest::Client::builder().no_proxy().build().expect("client");
        let address = format!("http://127.0.0.1:{port}");
        chromedriver.ready_at(&client, &format!("{address}/status")).await;

        let mut wishes = DesiredCapabilities::chrome();
        let folder = format!("--user-data-dir={}", profile.path().join("profile").display());
        let flags = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--no-proxy-server",
            &format!("--lang={}", reader.language),
            &folder,
        ];
        for flag in flags {
            wishes.add_arg(flag).expect("flag");
        }
        if let Some(sites) = house.sites() {
            let rules = sites.names().map(|name| format!("MAP {name} 127.0.0.1")).join(",");
            wishes.add_arg(&format!("--host-resolver-rules={rules}")).expect("flag");
            wishes
                .add_arg(&format!("--ignore-certificate-errors-spki-list={}", sites.spki()))
                .expect("flag");
        }
        wishes
            .add_experimental_option("prefs", json!({ "intl.accept_languages": reader.language }))
            .expect("language");
        // Without this there is nothing to read, whatever the pages do.
        wishes.set_browser_log_level(LoggingPrefsLogLevel::All).expect("log");
        let driver = WebDriver::new(&address, wishes).await.expect("Chromium");
        // No window of a desktop is as narrow as a telephone: the page is told its width.
        let shape =
            json!({ "width": reader.width, "height": 900, "deviceScaleFactor": 1, "mobile": reader.width < 600 });
        let told = driver.cdp().send_raw("Emulation.setDeviceMetricsOverride", shape).await;
        told.expect("width");
        let scheme = if reader.dark { "dark" } else { "light" };
        let wish = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        let told = driver.cdp().send_raw("Emulation.setEmulatedMedia", wish).await;
        told.expect("colours");
        Self {
            reader,
            driver,
            _profile: profile,
            _chromedriver: chromedriver,
        }
    }

    pub async fn goes_to(&self, url: &str) {
        self.driver
            .goto(url)
            .await
            .unwrap_or_else(|error| panic!("{url}: {error}"));
    }

    pub async fn address(&self) -> String {
        self.driver.current_url().await.expect("address").to_string()
    }

    pub async fn source(&self) -> String {
        self.driver.source().await.expect("source")
    }

    /// What stands on the page.
    pub async fn text(&self) -> String {
        match self.driver.find(By::Tag("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    /// Waits for the page of that step.
    pub async fn comes_to_step(&self, step: &str) {
        self.waits_for(&format!("main[data-step='{step}']")).await;
    }

    /// Waits until something is on the page.
    pub async fn waits_for(&self, css: &str) -> WebElement {
        let begun = Instant::now();
        loop {
            if let Ok(found) = self.driver.find(By::Css(css)).await {
                return found;
            }
            if begun.elapsed() > PATIENCE {
                panic!("no {css} at {}:\n{}", self.address().await, self.text().await);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until the address begins so: the end of a chain of redirects and of forms that send themselves.
    pub async fn arrives_at(&self, beginning: &str) {
        let begun = Instant::now();
        while !self.address().await.starts_with(beginning) {
            if begun.elapsed() > PATIENCE {
                panic!(
                    "not at {beginning} but at {}:\n{}",
                    self.address().await,
                    self.text().await
                );
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub async fn types(&self, name: &str, value: &str) {
        let field = self.waits_for(&format!("input[name='{name}']")).await;
        field
            .send_keys(value)
            .await
            .unwrap_or_else(|error| panic!("typing {name}: {error}"));
    }

    /// In the place of what stands there.
    pub async fn types_anew(&self, name: &str, value: &str) {
        let field = self.waits_for(&format!("input[name='{name}']")).await;
        field
            .clear()
            .await
            .unwrap_or_else(|error| panic!("clearing {name}: {error}"));
        self.types(name, value).await;
    }

    /// A link, by where it leads.
    pub async fn presses_link(&self, path: &str) {
        let link = self.waits_for(&format!("a[href='{path}']")).await;
        link.click()
            .await
            .unwrap_or_else(|error| panic!("pressing {path}: {error}"));
    }

    pub async fn presses(&self, id: &str) {
        let button = self.waits_for(&format!("#{id}")).await;
        button
            .click()
            .await
            .unwrap_or_else(|error| panic!("pressing {id}: {error}"));
    }

    pub async fn challenge(&self) -> Challenge {
        let shown = self.waits_for("output#challenge").await;
        let index = shown.attr("data-index").await.expect("attribute").expect("data-index");
        let card = shown.attr("data-card").await.expect("attribute").expect("data-card");
        Challenge { index, card }
    }

    /// The whole log-in at a service, until the service's own page.
    pub async fn logs_in(&self, person: &Person, service: &Service) {
        self.goes_to(&service.login()).await;
        self.answers_all(person).await;
        self.arrives_at(&service.at("")).await;
    }

    /// User-ID, password and code, from the page that asks for the first.
    pub async fn answers_all(&self, person: &Person) {
        self.comes_to_step("credentials").await;
        self.types("user_id", person.user_id.as_deref().expect("user-ID")).await;
        self.types("password", person.password.as_deref().expect("password"))
            .await;
        self.presses("submit").await;
        self.answers_card(person).await;
    }

    /// The code that the card page asks for.
    pub async fn answers_card(&self, person: &Person) {
        self.comes_to_step("code").await;
        let challenge = self.challenge().await;
        self.types("code", person.code(&challenge)).await;
        self.presses("submit").await;
    }

    /// The code by which the card approves what a page of self-service does.
    pub async fn approves_with_card(&self, person: &Person) {
        let challenge = self.challenge().await;
        self.types("code", person.code(&challenge)).await;
        self.presses("submit").await;
    }

    pub async fn takes_picture(&self, file: &Path) {
        self.driver.screenshot(file).await.expect("picture");
    }

    /// The whole page, not only what fits into the window.
    pub async fn takes_long_picture(&self, file: &Path) {
        let whole = json!({ "captureBeyondViewport": true });
        let taken = self.driver.cdp().send_raw("Page.captureScreenshot", whole).await;
        let base64 = taken.expect("picture")["data"].as_str().expect("picture").to_owned();
        std::fs::write(file, BASE64_STANDARD.decode(base64).expect("base64")).expect("file");
    }

    /// Runs a script of ours in the page; what it returns.
    pub async fn runs(&self, script: &str) -> serde_json::Value {
        let ran = self.driver.execute(script, Vec::new()).await;
        ran.unwrap_or_else(|error| panic!("script: {error}")).json().clone()
    }

    /// The same for a script that hands its result to its last argument.
    pub async fn runs_async(&self, script: &str) -> serde_json::Value {
        let ran = self.driver.execute_async(script, Vec::new()).await;
        ran.unwrap_or_else(|error| panic!("script: {error}")).json().clone()
    }

    /// Loses all its cookies: another person sits down.
    pub async fn forgets(&self) {
        let done = self
            .driver
            .cdp()
            .send_raw("Network.clearBrowserCookies", json!({}))
            .await;
        done.expect("cookies");
    }

    /// Runs no script of any page from here on.
    pub async fn without_script(&self) {
        let off = self
            .driver
            .cdp()
            .send_raw("Emulation.setScriptExecutionDisabled", json!({ "value": true }))
            .await;
        off.expect("no script");
    }

    /// What the browser has complained about since it was last asked: blocked scripts and styles, refused forms, what was not
    /// there. That a page was answered with an error's status is no complaint: the story knows what it asked for.
    pub async fn complaints(&self) -> Vec<String> {
        let entries = self.driver.browser_log().await.expect("the browser's log");
        let loud = entries
            .into_iter()
            .filter(|entry| ["WARNING", "SEVERE"].contains(&entry.level.as_str()));
        loud.map(|entry| entry.message)
            .filter(|message| !is_answer_of_a_page(message))
            .collect()
    }

    /// Ends the session; nothing in it may have been complained about.
    pub async fn closes_without_complaint(self) {
        let complaints = self.complaints().await;
        assert!(complaints.is_empty(), "{complaints:#?}");
        self.closes().await;
    }

    /// A security key in its socket that asks for a PIN, and is told it.
    pub async fn plugs_in_a_key(&self) -> String {
        let on = self.driver.cdp().send_raw("WebAuthn.enable", json!({})).await;
        on.expect("virtual keys");
        let key = json!({ "options": {
            "protocol": "ctap2", "transport": "usb", "hasResidentKey": false, "hasUserVerification": true,
            "isUserVerified": true, "automaticPresenceSimulation": true,
        } });
        let added = self
            .driver
            .cdp()
            .send_raw("WebAuthn.addVirtualAuthenticator", key)
            .await;
        added.expect("a key")["authenticatorId"]
            .as_str()
            .expect("an id")
            .to_owned()
    }

    /// From here on its holder knows the PIN, or does not.
    pub async fn key_knows_its_holder(&self, key: &str, knows: bool) {
        let told = json!({ "authenticatorId": key, "isUserVerified": knows });
        let told = self.driver.cdp().send_raw("WebAuthn.setUserVerified", told).await;
        told.expect("the key");
    }

    /// Ends the session in good order.
    pub async fn closes(self) {
        drop(self.driver.quit().await);
    }
}

/// `http://localhost:1/login/2 - Failed to load resource: the server responded with a status of 422 (Unprocessable Content)`
fn is_answer_of_a_page(message: &str) -> bool {
    let Some((url, _)) = message.split_once(" - Failed to load resource: the server responded with a status of ")
    else {
        return false;
    };
    let last = url
        .split(['?', '#'])
        .next()
        .and_then(|path| path.rsplit('/').next())
        .unwrap_or_default();
    !last.contains('.')
}
