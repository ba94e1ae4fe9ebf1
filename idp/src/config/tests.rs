//! Settings as an operator writes them, right and wrong.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::{collections::BTreeMap, path::Path};

use super::*;

fn read(text: &str, environment: &[(&str, &str)]) -> Result<Settings, ConfigError> {
    let environment: BTreeMap<String, String> = environment
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    from_text(Path::new("idp.toml"), text, &environment)
}

/// A demo configuration that is good, so that each case shows one fault.
const DEMO: &str = "demo = true\nparties.dir = \"/tmp\"\n";

fn problems(text: &str, environment: &[(&str, &str)]) -> Vec<(String, String)> {
    let error = read(text, environment).err();
    error
        .into_iter()
        .flat_map(|error| error.problems)
        .map(|problem| (problem.file, problem.key))
        .collect()
}

#[test]
fn defaults_are_those_of_the_design() {
    let settings = read(DEMO, &[]).unwrap();
    assert_eq!(settings.server.public_url.as_str(), "http://localhost:8080");
    assert_eq!(settings.server.management_listen.to_string(), "127.0.0.1:8082");
    assert_eq!(settings.session.idle_minutes, Minutes(30));
    assert_eq!(settings.oidc.code_seconds.span().as_secs(), 60);
    assert_eq!(settings.saml_entity_id(), "http://localhost:8080/saml/metadata");
    assert!(settings.is_demo());
}

#[test]
fn every_fault_is_named_with_file_and_key() {
    let text = format!(
        "{DEMO}nonsense = 1\n[server]\nlisten = \"here\"\nport = 1\n[server.tls]\ncert = \"x\"\n[log]\nlevel = \"loud\""
    );
    let found = problems(&text, &[]);
    for key in [
        "nonsense",
        "server.listen",
        "server.port",
        "server.tls.cert",
        "log.level",
    ] {
        assert!(found.contains(&("idp.toml".into(), key.into())), "{key} in {found:?}");
    }
    assert_eq!(found.len(), 5);
}

#[test]
fn hours_that_are_none_are_refused_in_words() {
    for (line, said) in [
        ("weekly = [\"man 8-20\"]", "expected days and hours"),
        ("special = [\"24-12 closed\"]", "expected a date"),
        ("open = true", "unknown field"),
    ] {
        let text = format!("{DEMO}[[help.contacts]]\nname_da = \"S\"\nname_en = \"S\"\n{line}\n");
        let error = read(&text, &[]).unwrap_err();
        assert_eq!(error.problems[0].key, "help.contacts");
        assert!(error.to_string().contains(said), "{error}");
    }
    assert_eq!(
        problems(&format!("{DEMO}[help]\nholidays = [\"Easter\"]\n"), &[]),
        [("idp.toml".to_owned(), "help.holidays".to_owned())]
    );
}

#[test]
fn a_proxy_is_not_half_the_world() {
    let production = |network: &str| {
        format!(
            "parties.dir = \"/tmp\"\nvault.master_key = \"{}\"\nserver.public_url = \"https://log-in.example.dk\"\n\
             server.trusted_proxies = [\"10.0.0.1/32\", \"{network}\"]\n",
            "ab".repeat(32)
        )
    };
    for network in ["0.0.0.0/0", "::/0", "128.0.0.0/1", "2000::/3", "10.0.0.0/7"] {
        let found = problems(&production(network), &[]);
        assert_eq!(
            found,
            [("idp.toml".into(), "server.trusted_proxies".into())],
            "{network}"
        );
    }
    for network in ["10.0.0.0/8", "fd00::/8", "192.0.2.7/32"] {
        assert!(problems(&production(network), &[]).is_empty(), "{network}");
    }
}

#[test]
fn a_certificate_is_passed_on_by_a_named_proxy_in_a_header_of_its_own() {
    let with = |name: &str, proxies: &str| {
        problems(
            &format!("{DEMO}[server]\nclient_certificate_header = \"{name}\"\ntrusted_proxies = [{proxies}]\n"),
            &[],
        )
    };
    assert!(with("Client-Cert", "\"127.0.0.1/32\"").is_empty());
    for (name, proxies) in [
        ("Client-Cert", ""),
        ("Authorization", "\"127.0.0.1/32\""),
        ("x y", "\"127.0.0.1/32\""),
        ("", "\"127.0.0.1/32\""),
    ] {
        let key = ("idp.toml".to_owned(), "server.client_certificate_header".to_owned());
        assert_eq!(with(name, proxies), [key], "{name}");
    }
    // Whoever is in the network may say what was shown: production names the proxies closely.
    let production = |network: &str| {
        problems(
            &format!(
                "parties.dir = \"/tmp\"\nvault.master_key = \"{}\"\nserver.public_url = \"https://log-in.example.dk\"\n\
                 server.trusted_proxies = [\"{network}\"]\nserver.client_certificate_header = \"Client-Cert\"\n",
                "ab".repeat(32)
            ),
            &[],
        )
    };
    for network in ["10.0.0.0/8", "10.0.0.0/28", "fd00::/64", "fd00::/124"] {
        let key = ("idp.toml".to_owned(), "server.client_certificate_header".to_owned());
        assert_eq!(production(network), [key], "{network}");
    }
    for network in ["10.0.0.0/29", "10.0.0.1/32", "fd00::/125"] {
        assert_eq!(production(network), [], "{network}");
    }
}

#[test]
fn syntax_errors_name_the_line_and_quote_nothing() {
    let error = read("demo = true\n[vault]\nmaster_key = 'hunter2 \n", &[])
        .unwrap_err()
        .to_string();
    assert!(error.contains("line 3"), "{error}");
    assert!(!error.contains("hunter2"), "{error}");
}

#[test]
fn the_environment_overrides_and_is_blamed_by_name() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "postgres://idp:secret@db/idp\n").unwrap();
    let settings = read(
        DEMO,
        &[
            ("IDP__SERVER__LISTEN", "127.0.0.1:9000"),
            ("IDP__SERVER__WORKERS", "3"),
            ("IDP__SERVER__TRUSTED_PROXIES", "10.0.0.0/8, 172.20.0.0/16"),
            ("IDP__STORAGE__URL_FILE", file.path().to_str().unwrap()),
            ("IDP__DEMO__PUBLIC", "true"),
            ("IDP__LOG__FORMAT", "text"),
        ],
    )
    .unwrap();
    assert_eq!(settings.server.listen.port(), 9000);
    assert_eq!(settings.server.workers, 3);
    assert_eq!(settings.server.trusted_proxies.len(), 2);
    assert_eq!(settings.storage.url.expose(), "postgres://idp:secret@db/idp");
    assert!(settings.demo.enabled && settings.demo.public);
    assert_eq!(settings.log.format, LogFormat::Text);
    let wrong = [
        ("IDP__SERVER__WORKERS", "many"),
        ("IDP__SERVER__WORKER", "1"),
        ("IDP__LOG__LEVEL_FILE", "/nowhere"),
    ];
    let found = problems(DEMO, &wrong);
    for (name, key) in [
        ("WORKERS", "server.workers"),
        ("WORKER", "server.worker"),
        ("LEVEL_FILE", "log.level"),
    ] {
        let blamed = |(file, at): &(String, String)| file.ends_with(name) && at == key;
        assert!(found.iter().any(blamed), "{name} in {found:?}");
    }
}

#[test]
fn a_secret_never_prints() {
    let settings = read(
        &format!("{DEMO}[storage]\nurl = \"postgres://idp:hunter2@db/idp\"\n"),
        &[],
    )
    .unwrap();
    assert!(!format!("{settings:?}").contains("hunter2"));
    let error = read(&format!("{DEMO}[storage]\nurl = \"mysql://idp:hunter2@db/idp\"\n"), &[]).unwrap_err();
    assert!(!error.to_string().contains("hunter2"));
}

#[test]
fn rules_between_keys() {
    let table: &[(&str, &str)] = &[
        ("server.public_url = \"http://log-in.example.dk\"", "server.public_url"),
        (
            "server.public_url = \"https://log-in.example.dk\"\nserver.trusted_proxies = [\"10.0.0.1/32\"]",
            "server.public_url",
        ),
        (
            "server.public_url = \"http://localhost:8080/path\"",
            "server.public_url",
        ),
        (
            "server.public_url = \"http://user@localhost:8080\"",
            "server.public_url",
        ),
        (
            "server.public_url = \"https://localhost:8443\"",
            "server.trusted_proxies",
        ),
        ("server.listen = \"0.0.0.0:8080\"", "server.listen"),
        (
            "server.tls.certificate = \"/etc/hostname\"\nserver.public_url = \"https://localhost\"",
            "server.tls.key",
        ),
        (
            "server.management_listen = \"0.0.0.0:8082\"",
            "server.management_listen",
        ),
        ("login.ui_url = \"http://log-in.example.dk\"", "login.ui_url"),
        ("login.ui_url = \"https://log-in.example.dk\"", "login.ui_url"),
        ("session.idle_minutes = 0", "session.idle_minutes"),
        ("oidc.jwt_access_token_minutes = 6", "oidc.jwt_access_token_minutes"),
        ("session.idle_minutes = 600", "session.idle_minutes"),
        ("storage.url = \"mysql://db\"", "storage.url"),
        ("web.logo = \"/nowhere.svg\"", "web.logo"),
        ("web.default_locale = \"sv\"", "web.default_locale"),
        ("server.request_limit_bytes = 1", "server.request_limit_bytes"),
        (
            "vault.master_key = \"00\"\nvault.master_key_path = \"/etc/hostname\"",
            "vault.master_key",
        ),
    ];
    for (line, key) in table {
        let found = problems(&format!("{DEMO}{line}\n"), &[]);
        assert!(found.iter().any(|(_, at)| at == key), "{line}: {found:?}");
    }
    for line in [
        "login.ui_url = \"http://localhost:3000\"",
        "server.listen = \"0.0.0.0:1\"\nserver.trusted_proxies = [\"172.20.0.0/16\"]",
    ] {
        assert_eq!(problems(&format!("{DEMO}{line}\n"), &[]), [], "{line}");
    }
}

#[test]
fn production_asks_more() {
    let production = "parties.dir = \"/tmp\"\nserver.public_url = \"https://log-in.example.dk\"\nserver.trusted_proxies = [\"10.0.0.1/32\"]\n";
    let key = ("IDP__VAULT__MASTER_KEY", "00");
    assert_eq!(problems(production, &[key]), []);
    assert_eq!(
        problems(production, &[]),
        [("idp.toml".to_owned(), "vault.master_key".to_owned())]
    );
    for (line, at) in [
        ("login.hash.memory_kib = 1024", "login.hash.memory_kib"),
        ("login.hash.passes = 1", "login.hash.passes"),
        ("demo.public = true", "demo.public"),
        ("activation.text_message = true", "activation.text_message"),
    ] {
        assert_eq!(
            problems(&format!("{production}{line}\n"), &[key]),
            [("idp.toml".to_owned(), at.to_owned())],
            "{line}"
        );
    }
}

#[test]
fn text_messages_need_who_carries_them() {
    let wish = "activation.text_message = true\n";
    let sms = format!(
        "delivery.sms.url = \"https://sms.example/\"\ndelivery.sms.key = \"{}\"\n",
        "k".repeat(32)
    );
    let production = "parties.dir = \"/tmp\"\nserver.public_url = \"https://log-in.example.dk\"\nserver.trusted_proxies = [\"10.0.0.1/32\"]\n";
    let key = [("IDP__VAULT__MASTER_KEY", "00")];
    assert_eq!(problems(&format!("{production}{wish}{sms}"), &key), []);
    let error = read(&format!("{production}{wish}"), &key.map(|(name, value)| (name, value))).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("activation.text_message: needs delivery.sms.url"),
        "{error}"
    );
    assert_eq!(
        problems(&format!("{DEMO}{wish}"), &[]),
        [],
        "a demo writes them into its outbox"
    );
}

#[test]
fn no_key_looks_like_the_file_form_of_another() {
    for key in keys().into_iter().chain(parties::keys()) {
        assert!(!key.ends_with("_file"), "{key}");
        assert!(
            key.bytes()
                .all(|byte| byte.is_ascii_lowercase() || b"._0123456789".contains(&byte)),
            "{key}"
        );
    }
}

fn of_project(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)).unwrap()
}

#[test]
fn every_key_is_documented_and_every_documented_key_exists() {
    let page = of_project("docs/configuration.md");
    let (settings, of_parties) = page.split_once("# Relying parties").unwrap();
    for (text, known) in [(settings, keys()), (of_parties, parties::keys())] {
        let rows = text.lines().filter(|line| line.starts_with("| `"));
        let documented: Vec<&str> = rows
            .filter_map(|row| row.split('|').nth(1))
            .flat_map(|cell| cell.split('`').skip(1).step_by(2))
            .collect();
        for key in &known {
            assert!(
                documented.contains(&key.as_str()),
                "{key} is not in docs/configuration.md"
            );
        }
        for key in documented {
            assert!(known.iter().any(|known| known == key), "{key} is no key");
        }
    }
}

/// The keys of a table of docs/configuration.md, each with its default as it is written.
pub(in crate::config) fn documented(text: &str) -> Vec<(String, String)> {
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    rows.flat_map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let keys = cells[1].split('`').skip(1).step_by(2);
        keys.map(|key| (key.to_owned(), cells[2].to_owned()))
            .collect::<Vec<_>>()
    })
    .collect()
}

/// A written default as TOML; nothing where it says that there is none, or tells in words where it comes from.
pub(in crate::config) fn literal(written: &str, known: &[String]) -> Option<String> {
    let plain = written.trim_matches('`');
    let in_words = plain.contains('`') || (plain.contains(' ') && !plain.starts_with('['));
    if ["none", "any", "–"].contains(&plain) || in_words || known.iter().any(|key| key == plain) {
        return None;
    }
    let is_toml = format!("v = {plain}").parse::<toml::Table>().is_ok();
    Some(if is_toml {
        plain.to_owned()
    } else {
        format!("{plain:?}")
    })
}

/// What stands behind each key, dotted, as `{:#?}` shows it: `None` and `[]` are what is looked for here.
pub(in crate::config) fn shown(section: &impl std::fmt::Debug) -> BTreeMap<String, String> {
    let (mut path, mut values) = (Vec::new(), BTreeMap::new());
    for line in format!("{section:#?}").lines() {
        let depth = (line.len() - line.trim_start().len()) / 4;
        if let Some((name, value)) = line.trim_start().split_once(": ") {
            path.truncate(depth - 1);
            path.push(name.to_owned());
            values.insert(path.join("."), value.trim_end_matches(',').to_owned());
        }
    }
    values
}

/// The settings of an operator who has written this one key.
fn with_one(key: &str, value: &str) -> String {
    let mut reader = Reader::new("idp.toml", BTreeMap::new());
    let settings: Settings = reader.read(format!("{key} = {value}").parse().unwrap());
    assert!(reader.clean(), "{key} = {value}: {:?}", reader.into_problems());
    format!("{settings:?}")
}

/// Whoever writes down what is documented as the default changes nothing.
#[test]
fn the_documented_defaults_hold() {
    let page = of_project("docs/configuration.md");
    let (settings, _) = page.split_once("# Relying parties").unwrap();
    let (known, raw, defaults) = (
        keys(),
        shown(&Settings::default()),
        format!("{:?}", Settings::default()),
    );
    let mut checked = 0;
    for (key, written) in documented(settings) {
        match literal(&written, &known) {
            Some(value) => assert_eq!(with_one(&key, &value), defaults, "{key}: {written}"),
            None => assert!(
                ["None", "[]"].contains(&raw[&key].as_str()),
                "{key} = {}: {written}",
                raw[&key]
            ),
        }
        // Secrets show nothing, so this one is looked at.
        if key == "storage.url" {
            assert_eq!(format!("`{}`", Settings::default().storage.url.expose()), written);
        }
        checked += 1;
    }
    assert_eq!(checked, known.len());
    for (key, other) in [
        ("oidc.code_seconds", "61"),
        ("web.default_locale", "\"en\""),
        ("log.level", "\"debug\""),
    ] {
        assert_ne!(with_one(key, other), defaults, "{key}: another value must show");
    }
}

#[test]
fn the_demo_configuration_is_good() {
    let text = of_project("config/demo/idp.toml");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let dir = root.join("config/demo/parties").display().to_string();
    let settings = read(&text, &[("IDP__PARTIES__DIR", &dir)]).unwrap();
    let parties = parties::Parties::load(&settings).unwrap();
    for id in ["skat", "borger", "netbank", "netbank-b", "shop", "lab", "lab-b"] {
        assert!(parties.get(id).is_some(), "{id}");
    }
    assert!(read(&text, &[("IDP__PARTIES__DIR", &dir), ("IDP__DEMO", "false")]).is_err());
    assert!(parties::Parties::load_dir(Path::new(&dir), false).is_err());
}

#[test]
fn the_production_example_is_good_and_shows_every_key() {
    let text = of_project("config/idp.toml");
    let key = tempfile::NamedTempFile::new().unwrap();
    let path = key.path().to_str().unwrap();
    let environment = [("IDP__VAULT__MASTER_KEY_PATH", path), ("IDP__PARTIES__DIR", "/tmp")];
    assert_eq!(problems(&text, &environment), []);
    let shown: Vec<&str> = text
        .lines()
        .filter_map(|line| line.trim_start_matches("# ").split_once(" = "))
        .map(|(name, _)| name)
        .collect();
    for key in keys()
        .iter()
        .filter(|key| !key.starts_with("demo.") && *key != "vault.master_key")
    {
        let name = key.rsplit('.').next().unwrap();
        let shown = shown.contains(&name) || key.starts_with("saml.organization.display");
        assert!(shown, "{key} is not in config/idp.toml");
    }
}
