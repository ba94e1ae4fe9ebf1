//! How each peer is set up, started and made ready: as its package sets it up, on a port and in a folder of the run.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use bench::prepared::{Client, Paths, Prepared, Service};

use super::{Kind, Peer};
use crate::house;
use crate::tools::{home, on_core, output};

const OIDC: &[&str] = &[
    "discovery",
    "client-rs256",
    "client-es256",
    "introspect",
    "userinfo",
    "sso-rs256",
    "sso-es256",
    "refresh-rs256",
];

pub(super) const KINDS: &[Kind] = &[
    Kind {
        name: "oidc-provider",
        keeps: "nothing: memory",
        scenarios: OIDC,
        start: oidc_provider,
        ready: "/.well-known/openid-configuration",
        prepare: visit_oidc_provider,
    },
    Kind {
        name: "simplesamlphp",
        keeps: "session files, not synced",
        scenarios: &["saml-metadata", "saml"],
        start: simplesamlphp,
        ready: "/simplesaml/saml2/idp/metadata.php",
        prepare: visit_simplesamlphp,
    },
    Kind {
        name: "glewlwyd",
        keeps: "SQLite, rollback journal, synced",
        // A refresh gives no ID token there: another work than ours.
        scenarios: &["discovery", "client-rs256", "introspect", "userinfo", "sso-rs256"],
        start: glewlwyd,
        ready: "/api/",
        prepare: visit_glewlwyd,
    },
];

fn clients(names: &[&str]) -> BTreeMap<String, Client> {
    let client = |id: &&str| {
        let client = Client {
            id: (*id).to_owned(),
            secret: "bench-secret".into(),
            redirect_uri: "http://127.0.0.1:9499/cb".into(),
            scope: "openid pid".into(),
            pkce: true,
            own_scope: None,
        };
        ((*id).to_owned(), client)
    };
    names.iter().map(client).collect()
}

fn oidc_provider(_folder: &Path, port: u16) -> Result<Command> {
    let home = home();
    // The Node that the set-up chose.
    let own = home.join("../tests/foreign/.installed/node/node");
    let node = if own.exists() { own } else { which("node")? };
    let mut command = on_core(0, &node);
    command
        .arg("server.mjs")
        .current_dir(home.join("peers/oidc-provider"))
        .env("NODE_ENV", "production")
        .env("PORT", port.to_string());
    Ok(command)
}

fn which(name: &str) -> Result<PathBuf> {
    let output = output(Command::new("sh").args(["-c", &format!("command -v {name}")]))?;
    Ok(String::from_utf8(output.stdout)?.trim().into())
}

fn visit_oidc_provider(peer: &Peer) -> Result<Prepared> {
    let names = [
        "rs256",
        "es256",
        "refresh-rs256",
        "client-rs256",
        "client-es256",
        "resource",
    ];
    let prepared = Prepared {
        origin: peer.origin(),
        paths: Paths {
            authorize: "/auth".into(),
            token: "/token".into(),
            introspect: "/token/introspection".into(),
            userinfo: "/me".into(),
            discovery: "/.well-known/openid-configuration".into(),
            jwks: "/jwks".into(),
            ..Paths::default()
        },
        clients: clients(&names),
        service: None,
        people: Vec::new(),
        sessions: Vec::new(),
    };
    peer.visited(&prepared, &["--sessions", "32", "--refresh", "refresh-rs256"])
}

fn openssl(arguments: &[&str], folder: &Path) -> Result<()> {
    output(Command::new("openssl").args(arguments).current_dir(folder)).map(|_| ())
}

fn simplesamlphp(folder: &Path, port: u16) -> Result<Command> {
    let from = home().join("peers/simplesamlphp");
    for name in [
        "config.php",
        "authsources.php",
        "metadata/saml20-idp-hosted.php",
        "metadata/saml20-sp-remote.php",
    ] {
        let to = folder.join(name);
        fs::create_dir_all(to.parent().context("a folder")?)?;
        fs::copy(from.join(name), to)?;
    }
    let make = [
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "idp.key", "-out", "idp.crt", "-days", "30",
    ];
    openssl(&[&make[..], &["-subj", "/CN=peer"]].concat(), folder)?;
    let service = house::service()?;
    fs::write(folder.join("sp.crt.base64"), &service.certificate)?;
    fs::write(folder.join("service.json"), serde_json::to_vec(&service)?)?;
    for name in ["sessions", "temp"] {
        fs::create_dir_all(folder.join(name))?;
    }
    output(Command::new("chown").args(["-R", "www-data"]).arg(folder))?;
    let php = output(Command::new("sh").args(["-c", "ls /usr/lib/apache2/modules/libphp*.so | tail -n 1"]))?;
    let mut command = on_core(0, Path::new("/usr/sbin/apache2"));
    command
        .arg("-f")
        .arg(from.join("apache.conf"))
        .arg("-DFOREGROUND")
        .env("PEER_FOLDER", folder)
        .env("PEER_PORT", port.to_string())
        .env("PEER_PHP", String::from_utf8(php.stdout)?.trim());
    Ok(command)
}

fn visit_simplesamlphp(peer: &Peer) -> Result<Prepared> {
    let service: Service = serde_json::from_slice(&fs::read(peer.folder.path().join("service.json"))?)?;
    let prepared = Prepared {
        origin: peer.origin(),
        paths: Paths {
            sso: "/simplesaml/saml2/idp/SSOService.php".into(),
            metadata: "/simplesaml/saml2/idp/metadata.php".into(),
            ..Paths::default()
        },
        clients: clients(&["rs256"]),
        service: Some(service),
        people: Vec::new(),
        sessions: Vec::new(),
    };
    peer.visited(&prepared, &["--saml", "--sessions", "16"])
}

/// Debian's configuration with another port, folder and database.
fn glewlwyd(folder: &Path, port: u16) -> Result<Command> {
    let text = fs::read_to_string("/etc/glewlwyd/glewlwyd.conf")?;
    let here = folder.display();
    let line = |line: &str| match line.split('=').next().map(str::trim) {
        Some("port") => format!("port={port}\nbind_address=\"127.0.0.1\""),
        Some("external_url") => format!("external_url=\"http://127.0.0.1:{port}\""),
        Some("log_file") => format!("log_file=\"{here}/glewlwyd.log\""),
        Some("log_level") => "log_level=\"ERROR\"".to_owned(),
        _ if line.starts_with("@include") => {
            format!("database = {{ type = \"sqlite3\" path = \"{here}/glewlwyd.db\" }}")
        }
        _ => line.to_owned(),
    };
    let lines: Vec<String> = text.lines().map(line).collect();
    fs::write(folder.join("glewlwyd.conf"), lines.join("\n"))?;
    let make = "zcat /usr/share/doc/glewlwyd/database/init.sqlite3.sql.gz | sqlite3 glewlwyd.db";
    output(Command::new("sh").args(["-c", make]).current_dir(folder))?;
    openssl(&["genrsa", "-out", "key.pem", "2048"], folder)?;
    openssl(&["rsa", "-in", "key.pem", "-pubout", "-out", "key.pem.pub"], folder)?;
    let mut command = on_core(0, Path::new("/usr/bin/glewlwyd"));
    command.arg(format!("--config-file={here}/glewlwyd.conf"));
    Ok(command)
}

fn visit_glewlwyd(peer: &Peer) -> Result<Prepared> {
    let mut setup = Command::new(which("node")?);
    setup.arg(home().join("peers/glewlwyd/setup.mjs")).arg(peer.origin());
    let said = output(setup.arg(peer.folder.path().join("key.pem")))?;
    let cookie = String::from_utf8(said.stdout)?.trim().to_owned();
    let mut clients = clients(&["rs256", "refresh-rs256", "client-rs256", "resource"]);
    for client in clients.values_mut() {
        client.own_scope = Some("pid".into());
    }
    // A client may ask about its own tokens there, and no other about them.
    clients.get_mut("resource").context("resource")?.id = "rs256".into();
    let prepared = Prepared {
        origin: peer.origin(),
        paths: Paths {
            // `g_continue` is what its own log-in page adds once the person is known.
            authorize: "/api/oidc/auth?g_continue".into(),
            token: "/api/oidc/token".into(),
            introspect: "/api/oidc/introspect".into(),
            userinfo: "/api/oidc/userinfo".into(),
            discovery: "/api/oidc/.well-known/openid-configuration".into(),
            jwks: "/api/oidc/jwks".into(),
            ..Paths::default()
        },
        clients,
        service: None,
        people: Vec::new(),
        sessions: Vec::new(),
    };
    let arguments = ["--sessions", "16", "--refresh", "refresh-rs256", "--cookies", &cookie];
    peer.visited(&prepared, &arguments)
}
