//! The other end of what a house sends: an SMTP server of Debian's (aiosmtpd) that takes mail under STARTTLS only and keeps it in a
//! Maildir, and the files of the demo's outbox.

use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, KeyUsagePurpose};
use serde_json::Value;
use tempfile::TempDir;

use crate::house::House;
use crate::program::free_port;

/// An SMTP server on this machine.
pub struct MailServer {
    folder: TempDir,
    port: u16,
    program: Child,
}

impl MailServer {
    pub fn open() -> Self {
        let folder = tempfile::Builder::new().prefix("mail-").tempdir().expect("folder");
        certificates(folder.path());
        let port = free_port();
        let in_folder = |name: &str| folder.path().join(name);
        let program = Command::new("/usr/bin/python3")
            .args(["-m", "aiosmtpd", "-n", "-l", &format!("127.0.0.1:{port}")])
            .arg("--tlscert")
            .arg(in_folder("tls.pem"))
            .arg("--tlskey")
            .arg(in_folder("tls.key"))
            .args(["-c", "aiosmtpd.handlers.Mailbox"])
            .arg(in_folder("box"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("aiosmtpd: run `make setup`");
        let server = Self { folder, port, program };
        for _ in 0..200 {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
                return server;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("the mail server does not answer");
    }

    /// Settings of a house that sends here.
    pub fn settings(&self) -> [(&'static str, String); 4] {
        [
            ("delivery.mail.host", "localhost".to_owned()),
            ("delivery.mail.port", self.port.to_string()),
            (
                "delivery.mail.ca",
                self.folder.path().join("ca.pem").display().to_string(),
            ),
            ("delivery.mail.from", "noreply@log-in.example".to_owned()),
        ]
    }

    /// Every mail so far, as it came over the wire.
    pub fn received(&self) -> Vec<String> {
        let new = self.folder.path().join("box/new");
        let entries = fs::read_dir(new)
            .map(|all| all.flatten().collect())
            .unwrap_or_else(|_| Vec::new());
        let read = |entry: &fs::DirEntry| fs::read_to_string(entry.path()).expect("a mail");
        entries.iter().map(read).collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _gone = self.program.kill();
        let _reaped = self.program.wait();
    }
}

/// An authority, and a certificate of `localhost` under it.
fn certificates(folder: &Path) {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("key")).expect("CA");
    let key = KeyPair::generate().expect("key");
    let params = CertificateParams::new(vec!["localhost".to_owned()]).expect("names");
    let certificate = params.signed_by(&key, &authority).expect("certificate");
    for (name, text) in [
        ("ca.pem", authority.pem()),
        ("tls.pem", certificate.pem()),
        ("tls.key", key.serialize_pem()),
    ] {
        fs::write(folder.join(name), text).expect("file");
    }
}

impl House {
    fn outbox(&self, channel: &str) -> PathBuf {
        self.folder().join("var/demo/outbox").join(channel)
    }

    /// The documents of everything that was sent by a channel of the demo, oldest first.
    pub fn sent(&self, channel: &str) -> Vec<Value> {
        let Ok(entries) = fs::read_dir(self.outbox(channel)) else {
            return Vec::new();
        };
        let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        paths.retain(|path| {
            path.extension().is_some_and(|kind| kind == "json")
                && !path.file_name().expect("name").to_string_lossy().starts_with('.')
        });
        paths.sort();
        let read = |path: PathBuf| {
            let text = fs::read_to_string(&path).expect("document");
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        };
        paths.into_iter().map(read).collect()
    }

    /// The file that a document of an outbox is about.
    pub fn sent_file(&self, channel: &str, about: &Value) -> PathBuf {
        self.outbox(channel).join(about["file"].as_str().expect("a file"))
    }

    /// Waits until something that fits was sent; its document.
    pub async fn receives(&self, channel: &str, fits: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..300 {
            if let Some(found) = self.sent(channel).into_iter().rev().find(|about| fits(about)) {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("nothing like that was sent by {channel}: {:#?}", self.sent(channel));
    }
}

/// The digits of a call, as somebody hears them: its second line.
#[must_use]
pub fn heard(call: &Value) -> String {
    let text = call["text"].as_str().expect("a text");
    let line = text.lines().nth(1).expect("a second line");
    assert!(line.contains(", "), "one by one: {text}");
    line.chars().filter(char::is_ascii_digit).collect()
}
