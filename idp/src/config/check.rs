//! The rules between keys. Each is one small named check; `RULES` is the list an auditor reads. Never changes a value.

use url::{Host, Url};

use super::{
    Settings, delivery::delivery_is_whole, factors::passkeys_are_bound_to_a_name_of_ours, reader::Reader,
    registers::registers_are_whole,
};

/// What `check-config` and every start hold the settings to.
const RULES: &[fn(&Settings, &mut Reader)] = &[
    public_url_is_https_off_this_machine,
    tls_is_whole,
    plain_http_stays_behind_a_named_proxy,
    certificates_come_from_a_named_proxy,
    proxies_are_named_not_everybody,
    demo_stays_on_this_machine,
    production_hashes_at_full_cost,
    exactly_one_master_key,
    storage_is_known,
    log_in_pages_are_same_site,
    passkeys_are_bound_to_a_name_of_ours,
    lives_make_sense,
    sizes_make_sense,
    delivery_is_whole,
    registers_are_whole,
    files_are_there,
];

pub(super) fn run(settings: &Settings, reader: &mut Reader) {
    for rule in RULES {
        rule(settings, reader);
    }
}

fn public_url_is_https_off_this_machine(settings: &Settings, reader: &mut Reader) {
    let url = &settings.server.public_url;
    if !url.is_https() && !url.is_loopback() {
        reader.problem(
            "server.public_url",
            "must be https: plain http is for this machine only",
        );
    }
}

fn tls_is_whole(settings: &Settings, reader: &mut Reader) {
    let tls = &settings.server.tls;
    match (&tls.certificate, &tls.key) {
        (Some(_), None) => reader.problem("server.tls.key", "missing, though server.tls.certificate is set"),
        (None, Some(_)) => reader.problem("server.tls.certificate", "missing, though server.tls.key is set"),
        (Some(_), Some(_)) if !settings.server.public_url.is_https() => {
            reader.problem("server.public_url", "must be https when server.tls is set");
        }
        _ => {}
    }
}

/// Passwords and codes cross a wire in the clear only between this machine's own programs, or from a proxy that is named.
fn plain_http_stays_behind_a_named_proxy(settings: &Settings, reader: &mut Reader) {
    let server = &settings.server;
    if server.tls.certificate.is_some() {
        return;
    }
    if !server.listen.ip().is_loopback() && server.trusted_proxies.is_empty() {
        reader.problem(
            "server.listen",
            "plain http beyond this machine needs server.tls, or the proxy's address in server.trusted_proxies",
        );
    }
    if server.public_url.is_https() && server.trusted_proxies.is_empty() {
        reader.problem(
            "server.trusted_proxies",
            "name the proxy that ends TLS for server.public_url (or set server.tls): else everybody seems to be the proxy",
        );
    }
}

/// A header of another meaning, or one that nobody may be believed about, proves nothing.
fn certificates_come_from_a_named_proxy(settings: &Settings, reader: &mut Reader) {
    const KEY: &str = "server.client_certificate_header";
    const MOST_BITS: u8 = 3;
    const TAKEN: [&str; 5] = ["authorization", "cookie", "host", "origin", "x-forwarded-for"];
    let server = &settings.server;
    let Some(name) = &server.client_certificate_header else {
        return;
    };
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let lower = name.to_ascii_lowercase();
    if name.is_empty() || name.len() > 64 || !name.bytes().all(word) || TAKEN.contains(&lower.as_str()) {
        reader.problem(
            KEY,
            "must be the name of a header of its own: 1 to 64 letters, digits and -",
        );
    }
    if server.trusted_proxies.is_empty() {
        reader.problem(KEY, "set, though no proxy is named in server.trusted_proxies");
    }
    // Whoever sends from such a network speaks as any machine: it holds the proxies and nobody else.
    for network in &server.trusted_proxies {
        if !settings.demo.enabled && network.max_prefix_len() - network.prefix_len() > MOST_BITS {
            reader.problem(
                KEY,
                format!("every host of {network} could show any machine's certificate: at most /29 (IPv6: /125) in server.trusted_proxies"),
            );
        }
    }
}

/// Whoever is in such a network chooses the address that they come from, and may send passwords in the clear.
fn proxies_are_named_not_everybody(settings: &Settings, reader: &mut Reader) {
    const WIDEST: u8 = 8;
    if settings.demo.enabled {
        return;
    }
    for network in &settings.server.trusted_proxies {
        if network.prefix_len() < WIDEST {
            reader.problem(
                "server.trusted_proxies",
                format!("{network} is not a proxy but half the world: at least /{WIDEST}"),
            );
        }
    }
}

fn demo_stays_on_this_machine(settings: &Settings, reader: &mut Reader) {
    let demo = &settings.demo;
    if demo.public && !demo.enabled {
        reader.problem("demo.public", "set, though this is no demo (demo.enabled = true)");
    }
    if !demo.enabled {
        return;
    }
    if !settings.server.public_url.is_loopback() && !demo.public {
        reader.problem(
            "server.public_url",
            "a demo is for this machine only, unless demo.public = true",
        );
    }
    if !settings.server.management_listen.ip().is_loopback() {
        reader.problem(
            "server.management_listen",
            "a demo's clock can be set here: this machine only",
        );
    }
}

/// RFC 9106 §4 and OWASP: not below 19 MiB and two passes.
fn production_hashes_at_full_cost(settings: &Settings, reader: &mut Reader) {
    let hash = &settings.login.hash;
    if settings.demo.enabled {
        return;
    }
    if hash.memory_kib < 19_456 {
        reader.problem("login.hash.memory_kib", "at least 19456 in production");
    }
    if hash.passes < 2 {
        reader.problem("login.hash.passes", "at least 2 in production");
    }
}

fn exactly_one_master_key(settings: &Settings, reader: &mut Reader) {
    let vault = &settings.vault;
    match (&vault.master_key, &vault.master_key_path) {
        (Some(_), Some(_)) => reader.problem(
            "vault.master_key",
            "set together with vault.master_key_path: which one?",
        ),
        (None, None) if !settings.demo.enabled => {
            reader.problem(
                "vault.master_key",
                "missing: set IDP__VAULT__MASTER_KEY_FILE or vault.master_key_path",
            );
        }
        _ => {}
    }
}

fn storage_is_known(settings: &Settings, reader: &mut Reader) {
    let url = settings.storage.url.expose();
    let known = url.strip_prefix("sqlite:").is_some_and(|path| !path.is_empty())
        || ["postgres://", "postgresql://"]
            .iter()
            .any(|scheme| url.starts_with(scheme));
    if !known {
        reader.problem("storage.url", "must be sqlite:PATH or postgres://…");
    }
}

/// The flow cookie is `SameSite=Lax`: pages of another site could never send it back.
fn log_in_pages_are_same_site(settings: &Settings, reader: &mut Reader) {
    let Some(ui) = &settings.login.ui_url else { return };
    if !ui.is_https() && !ui.is_loopback() {
        reader.problem("login.ui_url", "must be https: plain http is for this machine only");
    } else if !same_site(ui.url(), settings.server.public_url.url()) {
        reader.problem(
            "login.ui_url",
            "must be same-site with server.public_url (same scheme, same registrable domain)",
        );
    }
}

/// Schemeful same-site. Without a list of public suffixes we ask for a common parent of two names that is not one of the
/// known registries of second-level names: stricter than browsers in rare cases, never laxer on common ones.
fn same_site(one: &Url, other: &Url) -> bool {
    if one.scheme() != other.scheme() {
        return false;
    }
    match (one.host(), other.host()) {
        (Some(Host::Domain(one)), Some(Host::Domain(other))) => one == other || registrable(one, other),
        (one, other) => one == other,
    }
}

fn registrable(one: &str, other: &str) -> bool {
    const REGISTRIES: &[&str] = &["ac", "co", "com", "edu", "gov", "net", "org"];
    let common: Vec<&str> = one
        .rsplit('.')
        .zip(other.rsplit('.'))
        .take_while(|(one, other)| one == other)
        .map(|(label, _)| label)
        .collect();
    match common.as_slice() {
        [] | [_] => false,
        [country, name] => !(country.len() == 2 && REGISTRIES.contains(name)),
        _ => true,
    }
}

fn lives_make_sense(settings: &Settings, reader: &mut Reader) {
    let oidc = &settings.oidc;
    let above_zero = [
        ("session.idle_minutes", settings.session.idle_minutes.0),
        ("session.absolute_hours", settings.session.absolute_hours.0),
        ("oidc.code_seconds", oidc.code_seconds.0),
        ("oidc.id_token_minutes", oidc.id_token_minutes.0),
        ("oidc.access_token_minutes", oidc.access_token_minutes.0),
        ("oidc.jwt_access_token_minutes", oidc.jwt_access_token_minutes.0),
        ("oidc.refresh_idle_days", oidc.refresh_idle_days.0),
        ("oidc.refresh_days", oidc.refresh_days.0),
        ("saml.assertion_minutes", settings.saml.assertion_minutes.0),
        ("activation.days", settings.activation.days.0),
        ("storage.deadline_ms", settings.storage.deadline_ms.0),
        ("login.hash.deadline_ms", settings.login.hash.deadline_ms.0),
        ("server.request_seconds", settings.server.request_seconds.0),
        ("server.answer_seconds", settings.server.answer_seconds.0),
        ("server.tls.handshake_seconds", settings.server.tls.handshake_seconds.0),
        ("login.room.opens_ms", settings.login.room.opens_ms.0),
        ("login.room.longest_seconds", settings.login.room.longest_seconds.0),
    ];
    for (key, value) in above_zero {
        if value == 0 {
            reader.problem(key, "must be above 0");
        }
    }
    let at_most = [
        ("oidc.code_seconds", oidc.code_seconds.0, 600),
        ("oidc.jwt_access_token_minutes", oidc.jwt_access_token_minutes.0, 5),
        ("oidc.refresh_grace_seconds", oidc.refresh_grace_seconds.0, 300),
        ("oidc.skew_minutes", oidc.skew_minutes.0, 10),
        ("saml.skew_minutes", settings.saml.skew_minutes.0, 10),
        // A log-in has ten minutes in all.
        ("login.room.longest_seconds", settings.login.room.longest_seconds.0, 300),
        (
            "login.room.strangers_percent",
            settings.login.room.strangers_percent,
            100,
        ),
    ];
    for (key, value, most) in at_most {
        if value > most {
            reader.problem(key, format!("must be at most {most}"));
        }
    }
    if settings.session.idle_minutes.span() > settings.session.absolute_hours.span() {
        reader.problem("session.idle_minutes", "longer than session.absolute_hours");
    }
    if settings.login.room.closes_ms > settings.login.room.opens_ms {
        reader.problem("login.room.closes_ms", "longer than login.room.opens_ms");
    }
    if oidc.refresh_idle_days.0 > oidc.refresh_days.0 {
        reader.problem("oidc.refresh_idle_days", "longer than oidc.refresh_days");
    }
}

fn sizes_make_sense(settings: &Settings, reader: &mut Reader) {
    let hash = &settings.login.hash;
    let ranges = [
        (
            "server.request_limit_bytes",
            settings.server.request_limit_bytes,
            16_384,
            1_048_576,
        ),
        (
            "server.head_limit_bytes",
            settings.server.head_limit_bytes,
            16_384,
            131_072,
        ),
        ("server.connections", settings.server.connections, 16, 1_000_000),
        (
            "server.connections_per_source",
            settings.server.connections_per_source,
            0,
            1_000_000,
        ),
        ("storage.queue", settings.storage.queue, 1, 1_000_000),
        ("login.hash.queue", hash.queue, 1, 1_000_000),
        ("login.hash.memory_kib", hash.memory_kib as usize, 8, 1_048_576),
        ("login.hash.passes", hash.passes as usize, 1, 64),
        ("login.hash.lanes", hash.lanes as usize, 1, 16),
        (
            "login.flood.table_slots",
            settings.login.flood.table_slots,
            1_024,
            16_777_216,
        ),
        (
            "saml.message_limit_bytes",
            settings.saml.message_limit_bytes,
            8_192,
            65_536,
        ),
    ];
    for (key, value, least, most) in ranges {
        if !(least..=most).contains(&value) {
            reader.problem(key, format!("must be {least} to {most}"));
        }
    }
    if hash.memory_kib < 8 * hash.lanes {
        reader.problem("login.hash.memory_kib", "at least 8 for each lane");
    }
}

fn files_are_there(settings: &Settings, reader: &mut Reader) {
    let files = [
        ("server.tls.certificate", settings.server.tls.certificate.as_deref()),
        ("server.tls.key", settings.server.tls.key.as_deref()),
        ("login.passkey.makers", settings.login.passkey.makers.as_deref()),
        ("web.logo", settings.web.logo.as_deref()),
        ("web.theme", settings.web.theme.as_deref()),
        ("delivery.mail.ca", settings.delivery.mail.ca.as_deref()),
        // The demo makes its master key at the first run.
        (
            "vault.master_key_path",
            settings
                .vault
                .master_key_path
                .as_deref()
                .filter(|_| !settings.demo.enabled),
        ),
    ];
    for (key, file) in files {
        if let Some(file) = file.filter(|file| !file.is_file()) {
            reader.problem(key, format!("there is no file {}", file.display()));
        }
    }
    if let Some(logo) = &settings.web.logo {
        let known = logo.extension().is_some_and(|kind| kind == "svg" || kind == "png");
        if !known {
            reader.problem("web.logo", "must be .svg or .png");
        }
    }
    if !settings.parties.dir.is_dir() {
        reader.problem(
            "parties.dir",
            format!("there is no folder {}", settings.parties.dir.display()),
        );
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn same_site_as_browsers_see_it() {
        let table = [
            ("https://a.nogle.dk", "https://b.nogle.dk", true),
            ("https://nogle.dk", "https://ui.nogle.dk:8443", true),
            ("http://nogle.dk", "https://nogle.dk", false),
            ("https://a.dk", "https://b.dk", false),
            ("https://a.co.uk", "https://b.co.uk", false),
            ("https://x.a.co.uk", "https://a.co.uk", true),
            ("http://localhost:8080", "http://localhost:3000", true),
            ("http://127.0.0.1:8080", "http://127.0.0.1:3000", true),
            ("http://127.0.0.1:8080", "http://localhost:3000", false),
            ("http://127.0.0.1", "http://128.0.0.1", false),
        ];
        for (one, other, expected) in table {
            let same = same_site(&Url::parse(one).unwrap(), &Url::parse(other).unwrap());
            assert_eq!(same, expected, "{one} {other}");
        }
    }
}
