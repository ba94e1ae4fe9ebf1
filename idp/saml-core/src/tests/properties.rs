//! Properties: any text survives the round trip, no mutation panics, none is believed.

use proptest::prelude::*;

use crate::{
    Incoming, Kind,
    authn_request::AuthnRequest,
    dsig, redirect,
    response::{Attribute, Sealing, Signed},
    sp::check_response,
    testing::*,
    xml::{Doc, Limits},
};

const LIMITS: Limits = Limits::message(65_536);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_survives_signing_and_encryption(value in "[\\PC\\t\\n\\r&<>\"']{0,60}", encrypt: bool) {
        let mut response = response();
        if let Some(assertion) = &mut response.assertion {
            assertion.attributes = vec![Attribute::new("urn:x", "urn:f", value.clone())];
        }
        let recipient = crate::enc::Recipient::choose(SP_KEYS.encryption(), &[]).unwrap();
        let sealing = Sealing { key: &IDP_KEYS.signing(), signed: Signed::Both, encrypt: encrypt.then_some(&recipient) };
        let Ok(xml) = response.seal(&sealing) else {
            // Only characters that XML has not.
            let impossible = |c: char| ['\u{fffe}', '\u{ffff}'].contains(&c) || (c < ' ' && !['\t', '\n', '\r'].contains(&c));
            let told_so = value.chars().any(impossible);
            prop_assert!(told_so);
            return Ok(());
        };
        let (keys, own) = (IDP_KEYS.trusted(), [SP_KEYS.decryption()]);
        let identity = check_response(&Incoming::from_xml(Kind::Response, &xml, &LIMITS).unwrap(), &expect(&keys, &own)).unwrap();
        prop_assert_eq!(&identity.attributes[0].values, &vec![value]);
    }

    #[test]
    fn a_mutated_request_never_panics_and_never_says_something_else(at in 0usize..2_000, byte: u8, delete: bool) {
        let request = AuthnRequest::new(&id(7), now(), SP, "https://eid.example/saml/sso", ACS);
        let mut bytes = SIGNED.clone().into_bytes();
        let at = at % bytes.len();
        if delete { bytes.remove(at); } else { bytes[at] = byte; }
        let Ok(text) = String::from_utf8(bytes) else { return Ok(()) };
        let Ok(incoming) = Incoming::from_xml(Kind::Request, &text, &LIMITS) else { return Ok(()) };
        if let Ok(verified) = incoming.verify(&SP_KEYS.trusted()) {
            prop_assert_eq!(AuthnRequest::read(verified).unwrap(), request);
        }
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,200}", markup in "[<>/a-c=\"' &;#x!?\\[\\]-]{0,200}") {
        let _ = Doc::parse(&text, &LIMITS);
        let _ = Doc::parse(&markup, &LIMITS);
        let _ = redirect::decode(&text, &LIMITS);
        let _ = redirect::decode(&format!("SAMLRequest={markup}&SigAlg={text}&Signature={markup}"), &LIMITS);
        let _ = crate::post::decode(markup.as_bytes(), &LIMITS);
    }

    #[test]
    fn any_relay_state_survives(state in "\\PC{0,80}") {
        let url = redirect::encode("https://x/?a=b", Kind::Request, "<a/>", Some(&state), Some(&SP_KEYS.signing())).unwrap();
        let incoming = redirect::decode(url.split_once('?').unwrap().1, &LIMITS).unwrap();
        prop_assert_eq!(incoming.relay_state(), Some(state.as_str()));
        prop_assert!(incoming.verify(&SP_KEYS.trusted()).is_ok());
    }
}

static SIGNED: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
    let request = AuthnRequest::new(&id(7), now(), SP, "https://eid.example/saml/sso", ACS);
    dsig::enveloped(request.elem(), &id(7), &SP_KEYS.signing()).unwrap()
});
