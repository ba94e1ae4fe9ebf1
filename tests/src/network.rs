//! Names and networks of our own: three sites with certificates of one authority (made anew in each run), known to the
//! programs by a hosts file that only they see; and a network namespace with an address that is not loopback.

use std::fs;
use std::path::Path;
use std::process::Command;

use base64::prelude::{BASE64_STANDARD, Engine};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose, PublicKeyData,
};

use crate::program::{output, run};

/// Identity provider, *skat* and *borger* under three registrable domains.
pub struct Sites {
    authority: String,
    chain: String,
    key: String,
    spki: String,
}

impl Sites {
    const IDP: &str = "id.noegle.test";
    const SKAT: &str = "www.skatteservice.test";
    const BORGER: &str = "www.borgerservice.test";
    const OTHERS: &str = "www.demotjenester.test";

    pub fn three() -> Self {
        let mut params = CertificateParams::default();
        params
            .distinguished_name
            .push(DnType::CommonName, "Authority of the tests");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("key")).expect("CA");
        let names = [Self::IDP, Self::SKAT, Self::BORGER, Self::OTHERS, "localhost"].map(String::from);
        let params = CertificateParams::new(names).expect("names");
        let key = KeyPair::generate().expect("key");
        let leaf = params.signed_by(&key, &authority).expect("certificate");
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &key.subject_public_key_info());
        Self {
            authority: authority.pem(),
            chain: leaf.pem(),
            key: key.serialize_pem(),
            spki: BASE64_STANDARD.encode(digest.as_ref()),
        }
    }

    pub fn idp(&self) -> &'static str {
        Self::IDP
    }

    pub fn skat(&self) -> &'static str {
        Self::SKAT
    }

    pub fn borger(&self) -> &'static str {
        Self::BORGER
    }

    pub fn others(&self) -> &'static str {
        Self::OTHERS
    }

    /// The name under which a service is found.
    pub fn of(&self, service: &str) -> &'static str {
        match service {
            "skat" => Self::SKAT,
            "borger" => Self::BORGER,
            _ => Self::OTHERS,
        }
    }

    pub fn names(&self) -> [&'static str; 4] {
        [Self::IDP, Self::SKAT, Self::BORGER, Self::OTHERS]
    }

    pub fn authority_pem(&self) -> &str {
        &self.authority
    }

    /// What Chromium is told: SHA-256 over the public key that it may accept.
    pub fn spki(&self) -> &str {
        &self.spki
    }

    /// Certificates, key and hosts file, into the house's folder.
    pub fn write(&self, folder: &Path) {
        let hosts = self.names().map(|name| format!("127.0.0.1 {name}\n")).concat();
        let files = [
            ("ca.pem", &self.authority),
            ("tls.pem", &self.chain),
            ("tls.key", &self.key),
        ];
        for (name, text) in files {
            fs::write(folder.join(name), text).expect("file");
        }
        fs::write(folder.join("hosts"), format!("127.0.0.1 localhost\n{hosts}")).expect("hosts");
    }

    /// Makes the command run where `/etc/hosts` knows our names and our authority is trusted.
    pub fn wrap(&self, command: &mut Command, folder: &Path) {
        let program = command.get_program().to_owned();
        let mut outer = Command::new("unshare");
        if !is_root() {
            outer.arg("--map-root-user");
        }
        outer.args(["--mount", "--propagation", "private", "sh", "-c"]);
        outer
            .arg(r#"mount --bind "$1" /etc/hosts && shift && exec "$@""#)
            .arg("sh")
            .arg(folder.join("hosts"));
        outer.arg(program).env("SSL_CERT_FILE", folder.join("ca.pem"));
        *command = outer;
    }
}

/// A network namespace joined to ours by a veth pair; gone when dropped.
pub struct Namespace {
    name: String,
    /// The address inside.
    pub inside: String,
}

impl Namespace {
    /// `subnet` is its first three numbers: `172.30.87` gives .1 outside and .2 inside.
    pub fn new(subnet: &str) -> Self {
        assert!(is_root(), "network namespaces need root");
        let number = std::process::id();
        let (name, outer, inner) = (format!("house{number}"), format!("vo{number}"), format!("vi{number}"));
        let made = Self {
            name: name.clone(),
            inside: format!("{subnet}.2"),
        };
        ip(&["netns", "add", &name]);
        ip(&[
            "link", "add", &outer, "type", "veth", "peer", "name", &inner, "netns", &name,
        ]);
        ip(&["addr", "add", &format!("{subnet}.1/24"), "dev", &outer]);
        ip(&["link", "set", &outer, "up"]);
        ip(&["-n", &name, "addr", "add", &format!("{subnet}.2/24"), "dev", &inner]);
        ip(&["-n", &name, "link", "set", &inner, "up"]);
        ip(&["-n", &name, "link", "set", "lo", "up"]);
        made
    }

    /// The command, run inside.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.name]).arg(program);
        command
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        // The veth pair goes with it.
        drop(output(Command::new("ip").args(["netns", "del", &self.name])));
    }
}

fn ip(arguments: &[&str]) {
    run(Command::new("ip").args(arguments));
}

/// Whether we may do what only root may.
pub fn is_root() -> bool {
    run(Command::new("id").arg("-u")).trim() == "0"
}
