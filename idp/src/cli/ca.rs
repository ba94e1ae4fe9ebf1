//! `idp ca`: the key ceremony, the lists of roots, and the CAs that issue. Owns files and what is printed; `root`, `sign` and `root-list`
//! open no database, so that they run where no network is. docs/operations/ca.md walks through it.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::words::{CaCommand, NameWords, ReasonWord};
use super::{Cli, Failure, Format, open, print};
use crate::certificates::{self, CaName, CaReason, Wanted, pem};
use crate::clock::Clock;
use crate::domain::time::{Span, Time};
use crate::entropy::Entropy;
use crate::files;
use crate::storage::CaRow;
use crate::vault::ca::RootKey;

/// Makes, requests, signs, installs or lists.
pub(super) fn run(cli: &Cli, command: &CaCommand) -> Result<(), Failure> {
    match command {
        CaCommand::Root { name, key, certificate } => root(name, key, certificate),
        CaCommand::Request {
            name,
            address,
            policy,
            out,
        } => request(cli, name, (address.as_deref(), policy), out),
        CaCommand::Sign {
            request,
            root_key,
            root_certificate,
            address,
            out,
        } => sign((request, root_key, root_certificate), address, out),
        CaCommand::Install {
            certificate,
            root_certificate,
        } => install(cli, certificate, root_certificate),
        CaCommand::RootList {
            root_key,
            root_certificate,
            before,
            revoke,
            reason,
            days,
            out,
        } => {
            let revoked = (revoke.as_slice(), *reason);
            root_list((root_key, root_certificate), before.as_deref(), revoked, *days, out)
        }
        CaCommand::PublishList { list } => publish_list(cli, list),
        CaCommand::List { format } => list(cli, *format),
    }
}

fn named(words: &NameWords) -> Result<CaName, Failure> {
    let tidy = |what: &str, text: &str| {
        let text = text.trim().to_owned();
        let good = !text.is_empty() && text.chars().count() <= 64 && !text.chars().any(char::is_control);
        good.then_some(text)
            .ok_or_else(|| Failure::new(format!("--{what} is between 1 and 64 characters long")))
    };
    let country = words.country.trim().to_ascii_uppercase();
    if country.len() != 2 || !country.bytes().all(|b| b.is_ascii_uppercase()) {
        return Err(Failure::new("--country is two letters"));
    }
    Ok(CaName {
        name: tidy("name", &words.name)?,
        organisation: tidy("organisation", &words.organisation)?,
        country,
    })
}

fn root(name: &NameWords, key: &Path, certificate: &Path) -> Result<(), Failure> {
    let root = certificates::root(&named(name)?, Clock::system().now(), &Entropy::system())?;
    let at = |path: &Path, error: std::io::Error| Failure::new(format!("{}: {error}", path.display()));
    // Never over a key that is there: what it signed would be nobody's.
    let mut file = files::create_new(key).map_err(|error| at(key, error))?;
    file.write_all(pem::text(pem::PRIVATE_KEY, &root.key).as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(|error| at(key, error))?;
    write(certificate, pem::CERTIFICATE, &root.certificate_der)?;
    print(&format!(
        "{} is the root's certificate. Its key is {}: whoever has it issues in your name. Keep it where no network reaches, and a copy \
         elsewhere",
        certificate.display(),
        key.display()
    ))
}

fn request(cli: &Cli, name: &NameWords, (address, policy): (Option<&str>, &str), out: &Path) -> Result<(), Failure> {
    let name = named(name)?;
    let house = open::house(cli)?;
    let address = match address {
        None => house.settings.server.public_url.as_str().to_owned(),
        Some(address) => web_address(address)?,
    };
    let wanted = Wanted {
        name,
        address,
        policy: policy.to_owned(),
    };
    let (id, request) = certificates::request(&house.store, &house.vault, &open::ctx(&house), &wanted)?;
    write(out, pem::REQUEST, &request)?;
    print(&format!(
        "{id} waits for its certificate: {} is the request",
        out.display()
    ))
}

fn web_address(address: &str) -> Result<String, Failure> {
    let read = url::Url::parse(address)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"));
    let read = read.ok_or_else(|| Failure::new("--address is an http or https address"))?;
    Ok(read.to_string())
}

fn root_key(path: &Path) -> Result<RootKey, Failure> {
    RootKey::read(&read(path, pem::PRIVATE_KEY)?).map_err(|error| Failure::new(format!("{}: {error}", path.display())))
}

fn sign((request, key, root): (&Path, &Path, &Path), address: &str, out: &Path) -> Result<(), Failure> {
    let (key, address) = (root_key(key)?, web_address(address)?);
    let (root, request) = (read(root, pem::CERTIFICATE)?, read(request, pem::REQUEST)?);
    let now = (Clock::system().now(), &Entropy::system());
    let certificate = certificates::sign(&key, &root, &request, &address, now).map_err(Failure::new)?;
    write(out, pem::CERTIFICATE, &certificate)?;
    print(&format!("{} is the certificate", out.display()))
}

fn root_list(
    (key, root): (&Path, &Path),
    before: Option<&Path>,
    (revoked, reason): (&[PathBuf], Option<ReasonWord>),
    days: u16,
    out: &Path,
) -> Result<(), Failure> {
    let (key, root) = (root_key(key)?, read(root, pem::CERTIFICATE)?);
    let before = before.map(|path| read(path, pem::LIST)).transpose()?;
    let certificate = |path: &PathBuf| read(path, pem::CERTIFICATE).map(|der| der.to_vec());
    let revoked: Vec<_> = revoked.iter().map(certificate).collect::<Result<_, _>>()?;
    // Without a certificate no reason is written.
    let reason = match reason {
        Some(ReasonWord::Compromised) => CaReason::Compromised,
        Some(ReasonWord::Superseded) => CaReason::Superseded,
        Some(ReasonWord::Ceased) | None => CaReason::Ceased,
    };
    let now = Clock::system().now();
    let counts = (now, now + Span::days(i64::from(days)));
    let before = before.as_ref().map(|der| der.as_slice());
    let list = certificates::make_root_list(&key, &root, before, (&revoked, reason), counts).map_err(Failure::new)?;
    write(out, pem::LIST, &list)?;
    print(&format!(
        "{} is the list: bring it to a node (`idp ca publish-list`), and keep it for the next one",
        out.display()
    ))
}

fn publish_list(cli: &Cli, list: &Path) -> Result<(), Failure> {
    let list = read(list, pem::LIST)?;
    let house = open::house(cli)?;
    let done = certificates::publish_root_list(&house.store, &open::ctx(&house), &list)?.map_err(Failure::new)?;
    let (root, number, ends) = (&done.root, done.number, done.ends.rfc3339());
    print(&format!(
        "list {number} of the root {root} is given out as /ca/{root}.crl; it counts until {ends}"
    ))?;
    done.retired.iter().try_for_each(|ca| {
        print(&format!(
            "{ca} stands in it and issues no more: begin the next one (`idp ca request`), and renew what it issued"
        ))
    })
}

fn install(cli: &Cli, certificate: &Path, root: &Path) -> Result<(), Failure> {
    let (certificate, root) = (read(certificate, pem::CERTIFICATE)?, read(root, pem::CERTIFICATE)?);
    let house = open::house(cli)?;
    let chain = (certificate.as_slice(), root.as_slice());
    match certificates::install(&house.store, &house.vault, &open::ctx(&house), chain)? {
        Ok(id) => print(&format!(
            "{id} issues from now on; running servers know it within 30 seconds"
        )),
        Err(reason) => Err(Failure::new(reason)),
    }
}

fn list(cli: &Cli, format: Format) -> Result<(), Failure> {
    let house = open::house(cli)?;
    let rows = house.store.read_blocking("ca.list", |tx| tx.issuing_cas().all())?;
    match format {
        Format::Json => print(&format!("{:#}", Value::Array(rows.iter().map(shown).collect()))),
        Format::Text => {
            let mut out = String::new();
            for row in &rows {
                let ends = row.ends_at.map(Time::rfc3339).unwrap_or_default();
                let (id, state) = (&row.key.id, row.state.as_str());
                let _ = writeln!(
                    out,
                    "{id:<18}{state:<11}{:<22}list {:<6}{} ({})",
                    ends, row.crl_number, row.name, row.address
                );
            }
            print(&out)
        }
    }
}

fn shown(row: &CaRow) -> Value {
    let when = |time: Option<Time>| time.map(Time::rfc3339);
    json!({
        "id": row.key.id,
        "state": row.state.as_str(),
        "name": row.name,
        "address": row.address,
        "policy": row.policy,
        "created_at": row.created_at.rfc3339(),
        "active_at": when(row.active_at),
        "ends_at": when(row.ends_at),
        "retired_at": when(row.retired_at),
        "list_number": row.crl_number,
        "listed_at": when(row.crl_at),
    })
}

fn read(path: &Path, label: &str) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let named = |reason: String| Failure::new(format!("{}: {reason}", path.display()));
    let bytes = Zeroizing::new(std::fs::read(path).map_err(|error| named(error.to_string()))?);
    pem::der(label, &bytes).map_err(named)
}

fn write(path: &Path, label: &str, der: &[u8]) -> Result<(), Failure> {
    files::write(path, pem::text(label, der).as_bytes())
        .map_err(|error| Failure::new(format!("{}: {error}", path.display())))
}
