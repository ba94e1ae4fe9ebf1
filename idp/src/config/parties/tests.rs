//! Party files as an operator writes them, right and wrong.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::{fs, path::Path};

use super::*;
use crate::config::reader::Reader;
use crate::config::tests::{documented, literal};
use crate::domain::{
    assurance::Level,
    party::{PartyKind, Sso},
};

const NAME: &str = "[name]\nda = \"Navn\"\nen = \"Name\"\n";
const OIDC: &str = "[oidc]\nsecret = \"s\"\nredirect_uris = [\"http://localhost:8081/x/callback\"]\n";

/// Lays the files into a folder and reads it; what is wrong as `file key`.
fn load(files: &[(&str, &str)], demo: bool) -> Result<Parties, Vec<String>> {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(dir.path().join(name), text).unwrap();
    }
    Parties::load_dir(dir.path(), demo).map_err(|error| {
        let name = |file: &str| {
            Path::new(file)
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned()
        };
        error
            .problems
            .iter()
            .map(|problem| format!("{} {}", name(&problem.file), problem.key))
            .collect()
    })
}

/// One demo party: `top` above the tables, `oidc` at the end of `[oidc]`.
fn wrong_in(top: &str, oidc: &str) -> Vec<String> {
    let text = format!("demo = true\nkind = \"public\"\n{top}\n{NAME}{OIDC}{oidc}\n");
    load(&[("x.toml", &text)], true).err().unwrap_or_default()
}

#[test]
fn defaults_by_kind() {
    let public = format!("demo = true\nkind = \"public\"\n{NAME}{OIDC}");
    let bank = format!("demo = true\nkind = \"bank\"\nbank = \"b\"\n{NAME}{OIDC}client_id = \"b\"\n");
    let parties = load(&[("a.toml", &public), ("b.toml", &bank)], true).unwrap();
    let a = parties.get("a").unwrap();
    assert_eq!(
        (a.kind, &a.sso, a.least),
        (PartyKind::Public, &Sso::Group("public".into()), Level::Substantial)
    );
    assert_eq!(a.sector, "localhost");
    let client = a.oidc.as_ref().unwrap();
    assert_eq!((client.client_id.as_str(), client.pkce), ("a", Pkce::Required));
    assert!(client.secret_sha256.is_some());
    assert_eq!(parties.get("b").unwrap().sso, Sso::Never);
    assert_eq!(parties.by_client("b").unwrap().id, "b");
    assert_eq!(parties.len(), 2);
}

/// The one party of a folder, as it is used; `top` above the tables, `more` at the end of its protocol's table.
fn party_of(protocol: &str, top: &str, more: &str) -> String {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/demo/parties/skat.metadata.xml");
    let metadata = fs::read_to_string(demo).unwrap();
    let text = format!("demo = true\nkind = \"public\"\n{top}\n{NAME}{protocol}{more}\n");
    let parties = load(&[("x.toml", &text), ("x.xml", &metadata)], true);
    let parties = parties.unwrap_or_else(|wrong| panic!("{text}: {wrong:?}"));
    let party = parties.get("x").unwrap();
    // Each lies in a folder of its own.
    let folder = party.file.parent().unwrap().display().to_string();
    format!("{party:?}").replace(&folder, "")
}

/// Whoever writes down what is documented as the default changes nothing.
#[test]
fn the_documented_defaults_hold() {
    const SAML: &str = "[saml]\nentity_id = \"http://localhost:8081/skat/metadata\"\nmetadata = \"x.xml\"\n";
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/configuration.md")).unwrap();
    let (_, of_parties) = page.split_once("# Relying parties").unwrap();
    let known = keys();
    let raw = [
        shown("", &file::PartyFile::default()),
        shown("oidc.", &file::OidcFile::default()),
        shown("saml.", &file::SamlFile::default()),
        shown("ra.", &file::RaFile::default()),
    ];
    let raw = |key: &str| raw.iter().find_map(|section| section.get(key)).unwrap().clone();
    let (mut written_down, mut absent) = (Vec::new(), Vec::new());
    for (key, written) in documented(of_parties) {
        let Some(value) = literal(&written, &known) else {
            assert!(
                ["None", "[]", "\"\""].contains(&raw(&key).as_str()),
                "{key} = {}: {written}",
                raw(&key)
            );
            absent.push(key);
            continue;
        };
        // Of a demo's party: here the default is refused, so it is looked at.
        if key == "demo" {
            assert_eq!(raw(&key), value);
        } else if let Some(name) = key.strip_prefix("ra.") {
            let mut reader = Reader::new("x.toml", std::collections::BTreeMap::new());
            let read: file::RaFile = reader.read(format!("{name} = {value}").parse().unwrap());
            assert!(reader.clean(), "{key}: {written}");
            assert_eq!(
                format!("{read:?}"),
                format!("{:?}", file::RaFile::default()),
                "{key}: {written}"
            );
        } else if let Some(name) = key.strip_prefix("saml.") {
            assert_eq!(
                party_of(SAML, "", &format!("{name} = {value}")),
                party_of(SAML, "", ""),
                "{key}: {written}"
            );
        } else if let Some(name) = key.strip_prefix("oidc.") {
            assert_eq!(
                party_of(OIDC, "", &format!("{name} = {value}")),
                party_of(OIDC, "", ""),
                "{key}: {written}"
            );
        } else {
            assert_eq!(
                party_of(OIDC, &format!("{key} = {value}"), ""),
                party_of(OIDC, "", ""),
                "{key}: {written}"
            );
        }
        written_down.push(key);
    }
    assert_eq!(
        written_down.len() + absent.len(),
        known.len(),
        "{written_down:?} {absent:?}"
    );
    assert!(written_down.len() >= 13, "{written_down:?}");
    let plain = party_of(OIDC, "", "");
    for (top, more) in [
        ("least = \"low\"", ""),
        ("", "pkce = \"optional\""),
        ("", "introspect = true"),
    ] {
        assert_ne!(party_of(OIDC, top, more), plain, "another value must show");
    }
}

fn shown(prefix: &str, section: &impl std::fmt::Debug) -> std::collections::BTreeMap<String, String> {
    let shown = crate::config::tests::shown(section).into_iter();
    shown.map(|(key, value)| (format!("{prefix}{key}"), value)).collect()
}

#[test]
fn each_fault_is_named() {
    let table: &[(&str, &str, &str)] = &[
        ("colour = 1", "", "colour"),
        ("", "color = 1", "oidc.color"),
        ("sso = \"own\"", "", "sso"),
        ("sso = \"Stor\"", "", "sso"),
        ("least = \"high\"", "", "least"),
        ("least = \"some\"", "", "least"),
        ("bank = \"b\"", "", "bank"),
        ("claims = [\"shoe_size\"]", "", "claims"),
        ("claims = [\"pid\", \"pid\"]", "", "claims"),
        ("home_url = \"http://example.dk\"", "", "home_url"),
        ("logo = \"gone.svg\"", "", "logo"),
        ("logo = \"x.toml\"", "", "logo"),
        ("unlisted = \" \"", "", "unlisted"),
        ("continues_to = [\"https://a.dk/path\"]", "", "continues_to"),
        ("", "pkce = \"never\"", "oidc.pkce"),
        ("", "secret_sha256 = \"00\"", "oidc.secret_path"),
        ("", "scopes = [\"openid\", \"shoe_size\"]", "oidc.scopes"),
        ("", "scopes = [\"profile\"]", "oidc.scopes"),
        ("", "scopes = [\"openid\", \"offline_access\"]", "oidc.scopes"),
        ("", "grants = []", "oidc.grants"),
        ("", "grants = [\"refresh_token\"]", "oidc.grants"),
        ("", "grants = [\"password\"]", "oidc.grants"),
        ("", "auth = \"none\"", "oidc.secret"),
        ("", "auth = \"private_key_jwt\"", "oidc.jwks_path"),
        (
            "",
            "backchannel_logout_uri = \"http://example.dk/\"",
            "oidc.backchannel_logout_uri",
        ),
        (
            "",
            "[saml]\nentity_id = \"a b\"\nmetadata = \"none.xml\"",
            "saml.entity_id",
        ),
        (
            "",
            "[saml]\nentity_id = \"a\"\nmetadata = \"none.xml\"",
            "saml.metadata",
        ),
        ("", "[saml]\nentity_id = \"a\"", "saml.metadata"),
    ];
    for (top, oidc, key) in table {
        let found = wrong_in(top, oidc);
        assert!(found.contains(&format!("x.toml {key}")), "{top}{oidc}: {found:?}");
    }
}

#[test]
fn a_picture_is_what_its_name_says() {
    let with = |name: &str, bytes: &str| {
        let party = format!("demo = true\nkind = \"public\"\nlogo = \"{name}\"\n{NAME}{OIDC}");
        load(&[("x.toml", &party), (name, bytes)], true)
    };
    let parties = with("x.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>").unwrap();
    assert_eq!(parties.get("x").unwrap().logo.as_ref().unwrap().media, "image/svg+xml");
    for (name, bytes) in [
        ("x.png", "<svg/>"),
        ("x.svg", "\u{89}PNG"),
        ("x.gif", "GIF89a"),
        ("x.svg", &" ".repeat(70_000)),
    ] {
        assert_eq!(with(name, bytes).err(), Some(vec!["x.toml logo".to_owned()]), "{name}");
    }
}

#[test]
fn what_test_tools_are_spared_is_for_a_demo_only() {
    let text = |demo: bool| {
        format!(
            "demo = {demo}\nkind = \"public\"\n{NAME}[oidc]\nsecret_sha256 = \"{}\"\nredirect_uris = [\"https://a.dk/cb\"]\n\
             pkce = \"unasked\"\n",
            "0".repeat(64)
        )
    };
    assert!(load(&[("x.toml", &text(true))], true).is_ok());
    assert_eq!(
        load(&[("x.toml", &text(false))], false).err().unwrap(),
        ["x.toml oidc.pkce"]
    );
}

#[test]
fn keys_that_can_verify_nothing_are_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let judged = |keys: &str| {
        std::fs::write(folder.path().join("keys.json"), format!("{{\"keys\": [{keys}]}}")).unwrap();
        let text = format!(
            "demo = true\nkind = \"public\"\n{NAME}[oidc]\nauth = \"private_key_jwt\"\njwks_path = \"{}\"\n\
             redirect_uris = [\"https://a.dk/cb\"]\n",
            folder.path().join("keys.json").display()
        );
        load(&[("x.toml", &text)], true).map(|_| ())
    };
    let ed = format!("\"kty\": \"OKP\", \"crv\": \"Ed25519\", \"x\": \"{}\"", "A".repeat(43));
    let other = "{\"kty\": \"EC\", \"crv\": \"P-521\", \"x\": \"AA\", \"y\": \"AA\"}";
    assert_eq!(judged(&format!("{{{ed}}}")), Ok(()));
    assert_eq!(
        judged(&format!("{other}, {{{ed}}}")),
        Ok(()),
        "others may stand beside it"
    );
    for useless in [
        other.to_owned(),
        format!("{{{ed}, \"use\": \"enc\"}}"),
        "{\"kty\": \"RSA\", \"n\": \"AQAB\", \"e\": \"AQAB\"}".to_owned(),
        "{}".to_owned(),
    ] {
        assert_eq!(
            judged(&useless),
            Err(vec!["x.toml oidc.jwks_path".to_owned()]),
            "{useless}"
        );
    }
}

#[test]
fn redirect_addresses_lead_only_where_they_seem_to() {
    let wrong = [
        "https://a.dk/cb#x",
        "https://user@a.dk/cb",
        "https://a.dk\\\\@b.dk/cb",
        "https://*.a.dk/cb",
        "https://a.dk/b/../cb",
        "https://A.dk/cb",
        "https://a.dk:443/cb",
        "http://a.dk/cb",
        "javascript:alert(1)",
        "com.example.app:/cb",
        "https://a.dk/c b",
        "/cb",
    ];
    for uri in wrong {
        let text = format!(
            "demo = true\nkind = \"public\"\nsector = \"s\"\n{NAME}[oidc]\nsecret = \"s\"\nredirect_uris = [\"{uri}\"]\n"
        );
        let found = load(&[("x.toml", &text)], true).err().unwrap_or_default();
        assert_eq!(found, ["x.toml oidc.redirect_uris"], "{uri}");
    }
    for uri in [
        "https://a.dk",
        "https://a.dk/",
        "https://a.dk/cb?x=1",
        "http://127.0.0.1:9499/cb",
        "http://[::1]/cb",
    ] {
        let text =
            format!("demo = true\nkind = \"public\"\n{NAME}[oidc]\nsecret = \"s\"\nredirect_uris = [\"{uri}\"]\n");
        assert!(load(&[("x.toml", &text)], true).is_ok(), "{uri}");
    }
}

#[test]
fn several_hosts_need_a_sector() {
    let two = "redirect_uris = [\"https://a.dk/cb\", \"https://b.dk/cb\"]\nsecret = \"s\"\n";
    let text = |sector: &str| format!("demo = true\nkind = \"public\"\n{sector}{NAME}[oidc]\n{two}");
    assert_eq!(load(&[("x.toml", &text(""))], true).err().unwrap(), ["x.toml sector"]);
    assert_eq!(
        load(&[("x.toml", &text("sector = \"s\"\n"))], true)
            .unwrap()
            .get("x")
            .unwrap()
            .sector,
        "s"
    );
}

#[test]
fn banks_name_their_bank_and_share_nothing() {
    let bank = |lines: &str| format!("demo = true\nkind = \"bank\"\n{lines}\n{NAME}{OIDC}");
    assert_eq!(load(&[("x.toml", &bank(""))], true).err().unwrap(), ["x.toml bank"]);
    let sharing = bank("bank = \"b\"\nsso = \"public\"");
    assert_eq!(load(&[("x.toml", &sharing)], true).err().unwrap(), ["x.toml sso"]);
}

#[test]
fn demo_and_production_stay_apart() {
    let demo = format!("demo = true\nkind = \"public\"\n{NAME}{OIDC}");
    let found = load(&[("x.toml", &demo)], false).err().unwrap();
    for key in ["demo", "oidc.secret", "oidc.redirect_uris"] {
        assert!(found.contains(&format!("x.toml {key}")), "{key}: {found:?}");
    }
    let real = format!(
        "kind = \"public\"\n{NAME}[oidc]\nsecret_sha256 = \"{}\"\nredirect_uris = [\"https://a.dk/cb\"]\n",
        "0a".repeat(32)
    );
    assert!(load(&[("x.toml", &real)], false).is_ok());
    assert_eq!(load(&[("x.toml", &real)], true).err().unwrap(), ["x.toml demo"]);
}

#[test]
fn names_are_taken_once_and_files_are_named_well() {
    let text = format!("demo = true\nkind = \"public\"\n{NAME}{OIDC}client_id = \"same\"\n");
    assert_eq!(
        load(&[("a.toml", &text), ("b.toml", &text)], true).err().unwrap(),
        ["b.toml oidc.client_id"]
    );
    let found = load(&[("Stor.toml", &text), ("own.toml", &text)], true).err().unwrap();
    assert!(
        found.contains(&"Stor.toml ".to_owned()) && found.contains(&"own.toml ".to_owned()),
        "{found:?}"
    );
}

#[test]
fn secrets_come_from_files_and_never_print() {
    let text = format!(
        "demo = true\nkind = \"public\"\n{NAME}[oidc]\nsecret_path = \"x.secret\"\nredirect_uris = [\"https://a.dk/cb\"]\n"
    );
    let parties = load(&[("x.toml", &text), ("x.secret", "hunter2\n")], true).unwrap();
    let client = parties.get("x").unwrap().oidc.clone().unwrap();
    let digest = ring::digest::digest(&ring::digest::SHA256, b"hunter2");
    assert_eq!(client.secret_sha256.unwrap(), digest.as_ref());
    assert!(!format!("{parties:?}").contains("hunter2"));
    assert_eq!(
        load(&[("x.toml", &text)], true).err().unwrap(),
        ["x.toml oidc.secret_path"]
    );
}

#[test]
fn public_clients_bind_the_code_to_the_browser() {
    let text = |more: &str| {
        format!(
            "demo = true\nkind = \"public\"\n{NAME}[oidc]\nauth = \"none\"\nredirect_uris = [\"https://a.dk/cb\"]\n{more}"
        )
    };
    assert!(load(&[("x.toml", &text(""))], true).is_ok());
    for (line, key) in [
        ("pkce = \"optional\"", "oidc.pkce"),
        (
            "grants = [\"authorization_code\", \"client_credentials\"]",
            "oidc.grants",
        ),
        ("introspect = true", "oidc.introspect"),
    ] {
        assert_eq!(
            load(&[("x.toml", &text(line))], true).err().unwrap(),
            [format!("x.toml {key}")],
            "{line}"
        );
    }
}

#[test]
fn a_swap_replaces_the_whole_set() {
    let shared = SharedParties::default();
    let before = shared.current();
    let text = format!("demo = true\nkind = \"public\"\n{NAME}{OIDC}");
    shared.swap(load(&[("a.toml", &text)], true).unwrap());
    assert!(before.is_empty());
    assert_eq!(shared.clone().current().len(), 1);
}

/// A registration authority: `oidc` and `ra` as written.
fn authority(oidc: &str, ra: &str) -> Result<Parties, Vec<String>> {
    // RFC 7517, appendix A.1.
    let keys = r#"{"keys":[{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
        "y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","use":"sig","kid":"1"}]}"#;
    let text = format!("demo = true\nkind = \"ra\"\n{NAME}[oidc]\njwks_path = \"x.json\"\n{oidc}\n{ra}\n");
    load(&[("x.toml", &text), ("x.json", keys)], true)
}

#[test]
fn a_registration_authority_is_a_machine_with_a_key_and_roles() {
    let machine = "auth = \"private_key_jwt\"\ngrants = [\"client_credentials\"]\nscopes = [\"ra\"]";
    let parties = authority(machine, "[ra]\nroles = [\"support\"]\nreach = \"all\"").unwrap();
    let ra = parties.get("x").unwrap().ra.as_ref().unwrap();
    assert_eq!((ra.roles.len(), &ra.bank), (1, &None));
    assert!(authority(machine, "[ra]\nroles = [\"printer\"]\nreach = \"all\"").is_ok());
    assert!(authority(machine, "[ra]\nroles = [\"printer\", \"registrar\"]").is_ok());
    let table: &[(&str, &str, &str)] = &[
        (machine, "", "ra"),
        (machine, "[ra]", "ra.roles"),
        (machine, "[ra]\nroles = [\"boss\"]", "ra.roles"),
        (machine, "[ra]\nroles = [\"support\", \"support\"]", "ra.roles"),
        (machine, "[ra]\nroles = [\"support\"]\nbank = \"B\"", "ra.bank"),
        (
            machine,
            "[ra]\nroles = [\"support\"]\nbank = \"b\"\nreach = \"all\"",
            "ra.reach",
        ),
        (machine, "[ra]\nroles = [\"printer\"]", "ra.reach"),
        (
            machine,
            "[ra]\nroles = [\"printer\", \"support\"]\nreach = \"all\"",
            "ra.roles",
        ),
        (
            "auth = \"client_secret_basic\"\nsecret = \"s\"",
            "[ra]\nroles = [\"support\"]",
            "oidc.auth",
        ),
        (
            "auth = \"private_key_jwt\"",
            "[ra]\nroles = [\"support\"]",
            "oidc.grants",
        ),
        (
            "auth = \"private_key_jwt\"",
            "[ra]\nroles = [\"support\"]",
            "oidc.scopes",
        ),
    ];
    for (oidc, ra, key) in table {
        let found = authority(oidc, ra).err().unwrap_or_default();
        assert!(found.contains(&format!("x.toml {key}")), "{oidc} {ra}: {found:?}");
    }
    assert!(wrong_in("", "scopes = [\"openid\", \"ra\"]").contains(&"x.toml oidc.scopes".to_owned()));
    assert!(wrong_in("", "[ra]\nroles = [\"support\"]").contains(&"x.toml ra".to_owned()));
}

#[test]
fn a_machines_certificate_is_said_whole_or_not_at_all() {
    /// PEM around no certificate.
    const HOLLOW: &str = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
    let pin = "ab".repeat(32);
    let of = |auth: &str, keys: &str| {
        let text = format!("demo = true\nkind = \"public\"\n{NAME}[oidc]\nauth = \"{auth}\"\nscopes = []\n{keys}\n");
        load(&[("x.toml", &text), ("no.pem", "hello"), ("hollow.pem", HOLLOW)], true)
            .err()
            .unwrap_or_default()
    };
    let (issued, own) = ("tls_client_auth", "self_signed_tls_client_auth");
    let machine = "grants = [\"client_credentials\"]";
    assert!(of(own, &format!("{machine}\ntls_certificate_sha256 = [\"{pin}\"]")).is_empty());
    for (auth, keys, key) in [
        (own, machine.to_owned(), "tls_certificate_sha256"),
        (
            own,
            format!("{machine}\ntls_certificate_sha256 = [\"abc\"]"),
            "tls_certificate_sha256",
        ),
        (
            own,
            format!("{machine}\ntls_certificate_sha256 = [\"{pin}\", \"{pin}\"]"),
            "tls_certificate_sha256",
        ),
        (
            own,
            format!("{machine}\ntls_subject = \"CN=x\"\ntls_certificate_sha256 = [\"{pin}\"]"),
            "tls_subject",
        ),
        (issued, format!("{machine}\ntls_subject = \"CN=x\""), "tls_ca_path"),
        (
            issued,
            format!("{machine}\ntls_subject = \"CN=x\"\ntls_ca_path = \"no.pem\""),
            "tls_ca_path",
        ),
        (
            issued,
            format!("{machine}\ntls_subject = \"CN=x\"\ntls_ca_path = \"hollow.pem\""),
            "tls_ca_path",
        ),
        (
            issued,
            format!("{machine}\ntls_subject = \"x\"\ntls_ca_path = \"no.pem\""),
            "tls_subject",
        ),
        (
            "private_key_jwt",
            format!("{machine}\ntls_certificate_sha256 = [\"{pin}\"]"),
            "tls_certificate_sha256",
        ),
        (
            own,
            format!("redirect_uris = [\"http://localhost:1/x\"]\ntls_certificate_sha256 = [\"{pin}\"]"),
            "grants",
        ),
    ] {
        let found = of(auth, &keys);
        assert!(
            found.contains(&format!("x.toml oidc.{key}")),
            "{auth} {keys}: {found:?}"
        );
    }
    // An RA's officers sign, whatever its machine shows.
    let ra = format!(
        "demo = true\nkind = \"ra\"\n{NAME}[oidc]\nauth = \"{own}\"\nscopes = [\"ra\"]\n{machine}\n\
         tls_certificate_sha256 = [\"{pin}\"]\n[ra]\nroles = [\"support\"]\nreach = \"all\"\n"
    );
    let found = load(&[("x.toml", &ra)], true).err().unwrap_or_default();
    assert_eq!(found, ["x.toml oidc.jwks_path"]);
}

#[test]
fn who_shows_certificates_needs_a_house_where_they_can_be_shown() {
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        "demo = true\nkind = \"public\"\n{NAME}[oidc]\nauth = \"self_signed_tls_client_auth\"\nscopes = []\n\
         grants = [\"client_credentials\"]\ntls_certificate_sha256 = [\"{}\"]\n",
        "ab".repeat(32)
    );
    std::fs::write(folder.path().join("machine.toml"), text).unwrap();
    let mut settings = crate::config::Settings::default();
    settings.demo.enabled = true;
    settings.parties.dir = folder.path().to_owned();
    let problems = Parties::load(&settings).unwrap_err().problems;
    let [only] = problems.as_slice() else {
        panic!("{problems:?}")
    };
    assert!(only.file.ends_with("machine.toml") && only.key == "oidc.auth", "{only}");
    settings.server.client_certificate_header = Some("Client-Cert".to_owned());
    assert!(Parties::load(&settings).is_ok());
    settings.server.client_certificate_header = None;
    settings.server.tls.certificate = Some("tls.pem".into());
    assert!(Parties::load(&settings).is_ok());
}
