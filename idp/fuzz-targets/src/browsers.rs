//! Browsers: cookies, sealed values, forms, and what headers say of them.

use std::net::IpAddr;
use std::sync::LazyLock;

use actix_web::http::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use idp::credentials::password::DeviceClaim;
use idp::ctx::Ctx;
use idp::domain::locale::Locale;
use idp::domain::time::Time;
use idp::entropy::Entropy;
use idp::login::Flow;
use idp::vault::{MasterKey, Place, Sealed, Travel, Vault};
use idp::web::{Wants, source};
use ipnet::IpNet;

use crate::text;

static VAULT: LazyLock<Vault> = LazyLock::new(|| Vault::new(&MasterKey::generate(&Entropy::seeded(7)), [7; 16]));
const NOW: Time = Time::from_secs(1_795_348_800);
const PURPOSES: [Travel; 6] = [
    Travel::Flow,
    Travel::Csrf,
    Travel::Device,
    Travel::Extension,
    Travel::Logout,
    Travel::Ticket,
];

/// The browser cookie, and a whole Cookie header that may hold it.
pub fn cookies(data: &[u8]) {
    let Some(value) = text(data) else { return };
    if let Some(flows) = idp::fuzzing::browser_cookie(value) {
        assert!(flows <= 5, "a browser cannot make us remember more");
    }
    for pair in value.split(';') {
        if let Ok(cookie) = actix_web::cookie::Cookie::parse_encoded(pair.trim()) {
            let _known = idp::fuzzing::browser_cookie(cookie.value());
        }
    }
}

/// A sealed value: no text of a stranger's opens, for any purpose. And what is inside, as if it had opened.
pub fn sealed(data: &[u8]) {
    if let Some(text) = text(data) {
        for purpose in PURPOSES {
            assert!(VAULT.travel_open(purpose, NOW, text).is_none(), "forged: {purpose:?}");
        }
    }
    let place = Place {
        column: Sealed::Cprs,
        row: b"1",
    };
    assert!(VAULT.open(place, data).is_err());
    let _claim = serde_json::from_slice::<DeviceClaim>(data);
    if let Ok(flow) = serde_json::from_slice::<Flow>(data) {
        let rng = Entropy::seeded(1);
        let ctx = Ctx::system(NOW, &rng);
        let _opens = Flow::open(&VAULT, &ctx, flow.id, Some(flow.browser), None);
        if let Ok(cookie) = flow.seal(&VAULT, &ctx) {
            assert!(cookie.len() <= 3_072);
            let plain = VAULT
                .travel_open(Travel::Flow, NOW, &cookie)
                .expect("our own seal opens");
            assert_eq!(serde_json::from_slice::<Flow>(&plain).ok(), Some(flow.clone()));
        }
        assert!(!flow.csrf_ok(&VAULT, ""));
        assert!(flow.csrf_ok(&VAULT, &flow.csrf(&VAULT)));
    }
}

/// The body of a step of the log-in, in both of its forms.
pub fn form(data: &[u8]) {
    let read = [false, true].map(|is_json| idp::fuzzing::login_form(data, is_json));
    let json = serde_json::from_slice::<serde_json::Value>(data);
    assert!(!read[1] || json.is_ok_and(|json| json.is_object()));
}

/// `X-Forwarded-For`, a line for each header: believed as far as trusted proxies wrote it.
pub fn forwarded_for(data: &[u8]) {
    static TRUSTED: LazyLock<Vec<IpNet>> = LazyLock::new(|| {
        let nets = ["10.0.0.0/8", "fd00::/8"];
        nets.iter().map(|net| net.parse().expect("a network")).collect()
    });
    let Some(text) = text(data) else { return };
    let lines: Vec<&str> = text.lines().collect();
    let stranger: IpAddr = IpAddr::from([192, 0, 2, 7]);
    assert_eq!(
        source::of(stranger, &lines, &TRUSTED),
        stranger,
        "a stranger is believed about nobody"
    );
    let proxy: IpAddr = IpAddr::from([10, 0, 0, 1]);
    let found = source::of(proxy, &lines, &TRUSTED);
    assert_eq!(found, found.to_canonical());
    let _plain = source::plain_is_fine(found, &TRUSTED);
}

/// `Accept-Language`, `ui_locales` and the language cookie; `Accept` and `Content-Type`.
pub fn languages(data: &[u8]) {
    let Some(text) = text(data) else { return };
    for default in Locale::ALL {
        let _picked = Locale::pick(Some(text), None, None, default);
        let _picked = Locale::pick(None, Some(text), None, default);
        let _picked = Locale::pick(None, None, Some(text), default);
    }
    let Ok(value) = HeaderValue::from_str(text) else { return };
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, value.clone());
    let _wants = Wants::of(&headers);
    headers.insert(CONTENT_TYPE, value);
    let _wants = Wants::of(&headers);
}
