//! Names and networks of our own: three sites with certificates of one authority (made anew in each run), known to the
//! programs by a hosts file that only they see; and a network of two machines with addresses that are not loopback.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

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
        let mut outer = unshare(&["--mount", "--propagation", "private"]);
        outer
            .args(["sh", "-c"])
            .arg(r#"mount --bind "$1" /etc/hosts && shift && exec "$@""#)
            .arg("sh")
            .arg(folder.join("hosts"));
        outer.arg(program).env("SSL_CERT_FILE", folder.join("ca.pem"));
        *command = outer;
    }
}

/// Two machines as the kernel sees them: network namespaces joined by a veth pair, apart from the machine's own network.
/// Without root they lie in a user namespace of ours. Gone when dropped, or when this process ends.
pub struct Network {
    keeper: Child,
    outside: u32,
    inside: u32,
    /// The address inside.
    pub address: String,
}

impl Network {
    /// `subnet` is its first three numbers: `172.30.87` gives .1 outside and .2 inside.
    pub fn new(subnet: &str) -> Self {
        // Both shells wait for the end of our pipe.
        let script = r#"set -e; exec 3<&0; ip link set lo up
            unshare --net sh -c 'read -r end || :' <&3 & inside=$!
            while [ "$(readlink /proc/$inside/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.01; done
            ip link add outer type veth peer name inner netns $inside
            ip addr add "$1.1/24" dev outer; ip link set outer up
            nsenter --target $inside --net sh -ec \
                "ip link set lo up; ip addr add $1.2/24 dev inner; ip link set inner up"
            echo $inside; read -r end <&3 || :; wait $inside"#;
        let mut keeper = unshare(&["--net"])
            .args(["sh", "-c", script, "sh", subnet])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("unshare");
        let mut said = String::new();
        let mut output = BufReader::new(keeper.stdout.take().expect("piped"));
        output.read_line(&mut said).expect("unshare");
        let inside = said.trim().parse().unwrap_or_else(|_| {
            panic!(
                "no network namespace (its errors are above): run as root, or let unprivileged user namespaces be made"
            )
        });
        Self {
            outside: keeper.id(),
            inside,
            keeper,
            address: format!("{subnet}.2"),
        }
    }

    /// The command, run inside.
    pub fn inside(&self, program: &Path) -> Command {
        enter(self.inside, program.as_os_str())
    }

    /// GET from outside: status and body, or `None` if nobody answers.
    pub fn get(&self, port: u16, host: &str, path: &str) -> Option<(u16, String)> {
        let script =
            r#"exec 3<>"/dev/tcp/$1/$2" && printf 'GET %s HTTP/1.0\r\nHost: %s\r\n\r\n' "$3" "$4" >&3 && cat <&3"#;
        let mut command = enter(self.outside, "timeout".as_ref());
        command
            .args(["10", "bash", "-c", script, "bash", &self.address])
            .args([&port.to_string(), path, host]);
        let done = output(&mut command);
        let answer = String::from_utf8_lossy(&done.stdout).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n")?;
        Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        drop(self.keeper.wait());
    }
}

/// Namespaces of our own: as root, or as the root of a user namespace.
fn unshare(what: &[&str]) -> Command {
    let mut command = Command::new("unshare");
    if !is_root() {
        command.arg("--map-root-user");
    }
    command.args(what);
    command
}

fn enter(process: u32, program: &OsStr) -> Command {
    let mut command = Command::new("nsenter");
    command.args(["--target", &process.to_string(), "--net"]);
    if !is_root() {
        command.args(["--user", "--preserve-credentials"]);
    }
    command.arg(program);
    command
}

/// A command that only root may run: as we are, or by way of `sudo`, which setting the machine up needs too.
#[must_use]
pub fn as_root(program: &str) -> Command {
    if is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("sudo");
    command.args(["-n", program]);
    command
}

/// Whether we may do what only root may.
fn is_root() -> bool {
    run(Command::new("id").arg("-u")).trim() == "0"
}
