//! HTTP-Redirect, HTTP-POST and SOAP, with the ways in which a query can lie.

use base64::Engine as _;

use crate::{
    Kind,
    authn_request::AuthnRequest,
    dsig::{self, SignatureError},
    logout::LogoutRequest,
    name_id::NameId,
    ns::format,
    post,
    redirect::{self, BindingError},
    soap,
    testing::*,
    xml::Limits,
};

const LIMITS: Limits = Limits::message(65_536);
const SSO: &str = "https://eid.example/saml/sso";

fn request() -> AuthnRequest {
    AuthnRequest::new(&id(7), now(), SP, SSO, ACS)
}

fn query(relay_state: Option<&str>) -> String {
    let xml = request().elem().write().unwrap();
    let url = redirect::encode(SSO, Kind::Request, &xml, relay_state, Some(&SP_KEYS.signing())).unwrap();
    url.split_once('?').unwrap().1.to_owned()
}

#[test]
fn a_redirect_arrives_as_it_was_sent() {
    let relay_state = "æ &=+%/ x";
    let incoming = redirect::decode(&query(Some(relay_state)), &LIMITS).unwrap();
    assert_eq!(incoming.relay_state(), Some(relay_state));
    assert_eq!(incoming.claimed_issuer().as_deref(), Some(SP));
    let read = AuthnRequest::read(incoming.verify(&SP_KEYS.trusted()).unwrap()).unwrap();
    assert_eq!(read, request());
    assert_eq!(
        incoming.verify(&EVIL_KEYS.trusted()).unwrap_err(),
        SignatureError::Invalid
    );
}

#[test]
fn the_signature_is_over_the_octets_as_received() {
    // OIOSAML.Net writes the signature's percent encoding in lower case; the rest is signed as it stands.
    let query = query(None);
    let (head, signature) = query.split_once("&Signature=").unwrap();
    let lower = format!(
        "{head}&Signature={}",
        signature
            .replace("%2B", "%2b")
            .replace("%2F", "%2f")
            .replace("%3D", "%3d")
    );
    redirect::decode(&lower, &LIMITS)
        .unwrap()
        .verify(&SP_KEYS.trusted())
        .unwrap();
    // The same message encoded otherwise is not what was signed.
    let other = head.replace("%3A", "%3a");
    let other = format!("{other}&Signature={signature}");
    let incoming = redirect::decode(&other, &LIMITS).unwrap();
    assert_eq!(
        incoming.verify(&SP_KEYS.trusted()).unwrap_err(),
        SignatureError::Invalid
    );
}

#[test]
fn a_query_that_lies_is_refused() {
    let good = query(Some("s"));
    let message = good.split('&').next().unwrap();
    let cases: Vec<(String, BindingError)> = vec![
        (format!("{good}&RelayState=t"), BindingError::Duplicate("RelayState")),
        (format!("{good}&{message}"), BindingError::Duplicate("SAMLRequest")),
        (format!("{good}&SAMLResponse=x"), BindingError::TwoMessages),
        (format!("{good}&samlrequest=x"), BindingError::UnknownParameter),
        (format!("{good}&%53AMLRequest=x"), BindingError::UnknownParameter),
        (format!("{good}&SAMLart=x"), BindingError::UnknownParameter),
        (
            good.split_once("&Signature=").unwrap().0.to_owned(),
            BindingError::HalfSigned,
        ),
        (format!("{message}&Signature=AAAA"), BindingError::HalfSigned),
        ("RelayState=x".to_owned(), BindingError::NoMessage),
        (String::new(), BindingError::NoMessage),
        ("SAMLRequest=%zz".to_owned(), BindingError::Encoding),
        ("SAMLRequest=AAAA".to_owned(), BindingError::Encoding),
        (format!("{message}&SAMLEncoding=urn%3Ax"), BindingError::Encoding),
    ];
    for (query, error) in cases {
        assert_eq!(redirect::decode(&query, &LIMITS).unwrap_err(), error, "{query}");
    }
    let unsigned = redirect::decode(message, &LIMITS).unwrap();
    assert_eq!(
        unsigned.verify(&SP_KEYS.trusted()).unwrap_err(),
        SignatureError::Unsigned
    );
}

fn packed(bytes: &[u8]) -> String {
    use std::io::Write as _;
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    let text = base64::engine::general_purpose::STANDARD.encode(encoder.finish().unwrap());
    text.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
}

#[test]
fn a_bomb_costs_no_more_than_the_cap() {
    let bomb = packed(&vec![b' '; 20 * 1024 * 1024]);
    assert_eq!(
        redirect::decode(&format!("SAMLRequest={bomb}"), &LIMITS).unwrap_err(),
        BindingError::TooLarge
    );
    let long = "A".repeat(200_000);
    assert_eq!(
        redirect::decode(&format!("SAMLRequest={long}"), &LIMITS).unwrap_err(),
        BindingError::TooLarge
    );
}

#[test]
fn nothing_follows_the_compressed_message() {
    use std::io::Write as _;
    let xml = request().elem().write().unwrap();
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(xml.as_bytes()).unwrap();
    let stream = encoder.finish().unwrap();
    let sent = |bytes: &[u8]| {
        let text = base64::engine::general_purpose::STANDARD.encode(bytes);
        let text = text.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
        redirect::decode(&format!("SAMLRequest={text}"), &LIMITS).map(|_| ())
    };
    assert_eq!(sent(&stream), Ok(()));
    for more in [&b"\0"[..], b"<evil/>", &stream] {
        assert_eq!(sent(&[&stream, more].concat()), Err(BindingError::Encoding));
    }
    assert_eq!(
        sent(&stream[..stream.len() - 4]),
        Err(BindingError::Encoding),
        "it breaks off"
    );
    // With the head and the sum of zlib around it.
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    zlib.write_all(xml.as_bytes()).unwrap();
    assert_eq!(sent(&zlib.finish().unwrap()), Err(BindingError::Encoding));
}

#[test]
fn a_query_names_no_weaker_algorithm_than_ours() {
    let good = query(Some("s"));
    let (head, _) = good.split_once("&SigAlg=").unwrap();
    let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let more = "http://www.w3.org/2001/04/xmldsig-more#";
    let old = "http://www.w3.org/2000/09/xmldsig#";
    let algorithms = [
        format!("{old}rsa-sha1"),
        format!("{old}dsa-sha1"),
        format!("{old}hmac-sha1"),
        format!("{more}rsa-md5"),
        format!("{more}hmac-sha256"),
        format!("{more}ecdsa-sha256"),
        "http://www.w3.org/2007/05/xmldsig-more#rsa-pss".to_owned(),
        "http://www.w3.org/2009/xmldsig11#dsa-sha256".to_owned(),
        "none".to_owned(),
        String::new(),
        "RSA-SHA256".to_owned(),
    ];
    for algorithm in &algorithms {
        let octets = format!("{head}&SigAlg={}", encode(algorithm));
        let secret = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &SP_KEYS.certificate);
        let signatures = [
            SP_KEYS.signing().sign_octets(octets.as_bytes()).unwrap(),
            aws_lc_rs::hmac::sign(&secret, octets.as_bytes()).as_ref().to_vec(),
            Vec::new(),
        ];
        for signature in signatures {
            let signature = base64::engine::general_purpose::STANDARD.encode(signature);
            let query = format!("{octets}&Signature={}", encode(&signature));
            let incoming = redirect::decode(&query, &LIMITS).unwrap();
            assert_eq!(
                incoming.verify(&SP_KEYS.trusted()).unwrap_err(),
                SignatureError::Invalid,
                "{algorithm}"
            );
        }
    }
}

#[test]
fn a_signature_in_the_xml_does_not_stand_in_for_the_querys() {
    let xml = dsig::enveloped(request().elem(), &id(7), &SP_KEYS.signing()).unwrap();
    let url = redirect::encode(SSO, Kind::Request, &xml, None, None).unwrap();
    let incoming = redirect::decode(url.split_once('?').unwrap().1, &LIMITS).unwrap();
    assert_eq!(
        incoming.verify(&SP_KEYS.trusted()).unwrap_err(),
        SignatureError::Unsigned
    );
    let url = redirect::encode(SSO, Kind::Request, &xml, None, Some(&SP_KEYS.signing())).unwrap();
    let incoming = redirect::decode(url.split_once('?').unwrap().1, &LIMITS).unwrap();
    assert_eq!(
        incoming.verify(&SP_KEYS.trusted()).unwrap_err(),
        SignatureError::Misplaced
    );
}

#[test]
fn a_post_arrives_as_it_was_sent() {
    let xml = dsig::enveloped(request().elem(), &id(7), &SP_KEYS.signing()).unwrap();
    let fields = post::encode(Kind::Request, &xml, Some("a b&c"));
    let body: Vec<String> = fields
        .iter()
        .map(|(name, value)| {
            format!(
                "{name}={}",
                url::form_urlencoded::byte_serialize(value.as_bytes()).collect::<String>()
            )
        })
        .collect();
    let incoming = post::decode(body.join("&").as_bytes(), &LIMITS).unwrap();
    assert_eq!(incoming.relay_state(), Some("a b&c"));
    assert_eq!(
        AuthnRequest::read(incoming.verify(&SP_KEYS.trusted()).unwrap()).unwrap(),
        request()
    );
    let query_signed = format!("{}&SigAlg=x&Signature=y", body.join("&"));
    assert_eq!(
        post::decode(query_signed.as_bytes(), &LIMITS).unwrap_err(),
        BindingError::UnknownParameter
    );
}

#[test]
fn a_post_without_a_signature_is_never_believed() {
    let xml = request().elem().write().unwrap();
    let field = base64::engine::general_purpose::STANDARD.encode(xml);
    let incoming = post::decode_field(Kind::Request, &field, None, &LIMITS).unwrap();
    assert_eq!(
        incoming.verify(&SP_KEYS.trusted()).unwrap_err(),
        SignatureError::Unsigned
    );
}

#[test]
fn soap_carries_a_signed_log_out() {
    let name_id = NameId::new("x", format::TRANSIENT);
    let request = LogoutRequest::new(&id(9), now(), IDP, "https://skat.example/slo", name_id, Some("_s"));
    let envelope = soap::encode(request.elem(), &id(9), &IDP_KEYS.signing()).unwrap();
    let incoming = soap::decode(Kind::Request, envelope.as_bytes(), &LIMITS).unwrap();
    let read = LogoutRequest::read(incoming.verify(&IDP_KEYS.trusted()).unwrap()).unwrap();
    assert_eq!(read, request);
    xmlsec1_verifies(
        &envelope,
        "urn:oasis:names:tc:SAML:2.0:protocol:LogoutRequest",
        &IDP_KEYS,
    )
    .unwrap();
    let moved = envelope.replace("<soap:Body>", "<soap:Header><x/></soap:Header><soap:Body><y/>");
    assert!(soap::decode(Kind::Request, moved.as_bytes(), &LIMITS).is_err());
}
