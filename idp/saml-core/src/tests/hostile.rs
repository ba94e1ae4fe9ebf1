//! The corpus of attacks (wrapping, declarations, transforms, foreign references, keys of the attacker), each refused for
//! the reason that it should be refused for.

use crate::{
    Incoming, Kind,
    authn_request::AuthnRequest,
    dsig::{self, SignatureError},
    response::{Sealing, Signed},
    sp::{Refused, check_response},
    testing::*,
    xml::{Doc, Limits, XmlError},
};

const LIMITS: Limits = Limits::message(65_536);

fn signed_request() -> String {
    let request = AuthnRequest::new(&id(7), now(), SP, "https://eid.example/saml/sso", ACS);
    dsig::enveloped(request.elem(), &id(7), &SP_KEYS.signing()).unwrap()
}

fn refusal(xml: &str) -> SignatureError {
    Incoming::from_xml(Kind::Request, xml, &LIMITS)
        .unwrap()
        .verify(&SP_KEYS.trusted())
        .unwrap_err()
}

fn cut<'a>(xml: &'a str, from: &str, to: &str) -> (&'a str, &'a str, &'a str) {
    let start = xml.find(from).unwrap();
    let end = xml[start..].find(to).unwrap() + start + to.len();
    (&xml[..start], &xml[start..end], &xml[end..])
}

#[test]
fn documents_that_never_reach_a_signature() {
    let cases = [
        ("<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", XmlError::Dtd),
        ("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>", XmlError::Dtd),
        (
            "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><a>&b;</a>",
            XmlError::Dtd,
        ),
        ("<a><!-- x --></a>", XmlError::CommentOrCdata),
        ("<a>ann<!---->a</a>", XmlError::CommentOrCdata),
        ("<a><![CDATA[x]]></a>", XmlError::CommentOrCdata),
        ("<a><?php x ?></a>", XmlError::Instruction),
        ("<?xml-stylesheet href=\"x\"?><a/>", XmlError::Instruction),
        ("<a ID=\"x\"><b Id=\"x\"/></a>", XmlError::DuplicateId),
        ("<a ID=\"x\"><b xml:id=\"x\"/></a>", XmlError::DuplicateId),
        ("<a xmlns=\"relative\"/>", XmlError::RelativeNamespace),
        ("<a>&unknown;</a>", XmlError::NotWellFormed),
        ("<a b=\"1\" b=\"2\"/>", XmlError::NotWellFormed),
        ("<a/><b/>", XmlError::NotWellFormed),
        ("<p:a/>", XmlError::NotWellFormed),
        ("<a", XmlError::NotWellFormed),
        ("", XmlError::NotWellFormed),
        ("<?xml version=\"1.0\" encoding=\"UTF-16\"?><a/>", XmlError::Encoding),
    ];
    for (xml, error) in cases {
        assert_eq!(Doc::parse(xml, &LIMITS).unwrap_err(), error, "{xml}");
    }
    assert_eq!(
        Doc::parse(&"<a>".repeat(100), &LIMITS).unwrap_err(),
        XmlError::NotWellFormed
    );
    let crowd: String = (0..100).map(|n| format!(" a{n}='{n}'")).collect();
    assert_eq!(
        Doc::parse(&format!("<a{crowd}/>"), &LIMITS).unwrap_err(),
        XmlError::TooManyAttributes
    );
    assert_eq!(
        Doc::parse(&" ".repeat(70_000), &LIMITS).unwrap_err(),
        XmlError::TooLarge
    );
    assert_eq!(
        Doc::parse_bytes(b"<a>\xff</a>", &LIMITS).unwrap_err(),
        XmlError::Encoding
    );
}

#[test]
fn the_genuine_request_is_believed() {
    Incoming::from_xml(Kind::Request, &signed_request(), &LIMITS)
        .unwrap()
        .verify(&SP_KEYS.trusted())
        .unwrap();
}

#[test]
fn changed_and_foreign_signatures() {
    let good = signed_request();
    assert_eq!(
        refusal(&good.replace("skat.example/saml/acs", "evil.example/saml/acs")),
        SignatureError::Invalid
    );
    let evil = AuthnRequest::new(&id(7), now(), SP, "https://eid.example/saml/sso", ACS);
    let evil = dsig::enveloped(evil.elem(), &id(7), &EVIL_KEYS.signing()).unwrap();
    assert_eq!(
        refusal(&evil),
        SignatureError::Invalid,
        "the certificate in KeyInfo is the attacker's own"
    );
    let (before, _, after) = cut(&good, "<ds:Signature", "</ds:Signature>");
    assert_eq!(refusal(&format!("{before}{after}")), SignatureError::Unsigned);
}

#[test]
fn the_structure_of_a_signature_is_one() {
    let good = signed_request();
    let (_, signature, _) = cut(&good, "<ds:Signature", "</ds:Signature>");
    let twice = good.replace(signature, &format!("{signature}{signature}"));
    let (_, reference, _) = cut(&good, "<ds:Reference", "</ds:Reference>");
    let exc = "http://www.w3.org/2001/10/xml-exc-c14n#";
    let env = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
    let transform = |uri: &str| format!("<ds:Transform Algorithm=\"{uri}\"/>");
    let both = format!("{}{}", transform(env), transform(exc));
    let uri = format!("URI=\"#{}\"", id(7));
    let cases: Vec<(String, SignatureError)> = vec![
        (twice, SignatureError::Several),
        (good.replace(reference, &format!("{reference}{reference}")), SignatureError::Shape),
        (good.replace(reference, ""), SignatureError::Shape),
        (good.replace("</ds:Signature>", "<ds:Object/></ds:Signature>"), SignatureError::Shape),
        (good.replace("rsa-sha256", "rsa-sha1").replace("2001/04/xmldsig-more", "2000/09/xmldsig"), SignatureError::Algorithm),
        (good.replace("2001/04/xmldsig-more#rsa-sha256", "2001/04/xmldsig-more#hmac-sha256"), SignatureError::Algorithm),
        (good.replace("2001/04/xmlenc#sha256", "2000/09/xmldsig#sha1"), SignatureError::Algorithm),
        (good.replace(&uri, "URI=\"\""), SignatureError::Reference),
        (good.replace(&uri, "URI=\"local.txt\""), SignatureError::Reference),
        (good.replace(&uri, "URI=\"file:///etc/passwd\""), SignatureError::Reference),
        (good.replace(&uri, "URI=\"http://evil.example/x\""), SignatureError::Reference),
        (good.replace(&uri, "URI=\"#xpointer(/)\""), SignatureError::Reference),
        (good.replace(&uri, ""), SignatureError::Reference),
        (good.replace(&both, &transform(env)), SignatureError::Transform),
        (good.replace(&both, &format!("{}{}", transform(exc), transform(env))), SignatureError::Transform),
        (good.replace(&both, &format!("{}{}", transform(env), transform("http://www.w3.org/TR/1999/REC-xpath-19991116"))), SignatureError::Transform),
        (good.replace(&both, &format!("{}{}", transform(env), transform("http://www.w3.org/TR/1999/REC-xslt-19991116"))), SignatureError::Transform),
        (good.replace(&both, &format!("{both}{}", transform(exc))), SignatureError::Transform),
        (good.replace(&format!("<ds:CanonicalizationMethod Algorithm=\"{exc}\"/>"), "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments\"/>"), SignatureError::Algorithm),
        (good.replace(&transform(exc), &format!("<ds:Transform Algorithm=\"{exc}\"><i:InclusiveNamespaces xmlns:i=\"{exc}\" PrefixList=\"samlp\"/></ds:Transform>")), SignatureError::Transform),
    ];
    for (xml, error) in cases {
        assert_ne!(xml, good, "the case changes nothing");
        assert_eq!(refusal(&xml), error, "{xml}");
    }
}

#[test]
fn a_request_wrapped_into_another() {
    let good = signed_request();
    let (before, signature, after) = cut(&good, "<ds:Signature", "</ds:Signature>");
    let evil_root = "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_evil\" Version=\"2.0\" \
        IssueInstant=\"2026-11-22T12:00:00Z\"><saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">https://skat.example/saml</saml:Issuer>";
    let end = "</samlp:AuthnRequest>";
    // The original with its signature in Extensions of an evil one.
    let wrapped = format!("{evil_root}<samlp:Extensions>{good}</samlp:Extensions>{end}");
    assert_eq!(refusal(&wrapped), SignatureError::Misplaced);
    // The signature moved to the evil root, the original without it in Extensions.
    let detached = format!("{evil_root}{signature}<samlp:Extensions>{before}{after}</samlp:Extensions>{end}");
    assert_eq!(refusal(&detached), SignatureError::Reference);
    // The original inside the signature (ds:Object).
    let object = signature.replace(
        "</ds:Signature>",
        &format!("<ds:Object>{before}{after}</ds:Object></ds:Signature>"),
    );
    assert_eq!(refusal(&format!("{evil_root}{object}{end}")), SignatureError::Shape);
}

#[test]
fn xsw_one_to_eight_against_the_services_check() {
    let sealed = |signed| {
        response()
            .seal(&Sealing {
                key: &IDP_KEYS.signing(),
                signed,
                encrypt: None,
            })
            .unwrap()
    };
    let refuse = |name: &str, xml: &str| {
        let keys = IDP_KEYS.trusted();
        let incoming = match Incoming::from_xml(Kind::Response, xml, &LIMITS) {
            Ok(incoming) => incoming,
            Err(error) => panic!("{name}: the case is no XML: {error}"),
        };
        let mut expect = expect(&keys, &[]);
        for need in [crate::sp::Need::SignedAssertion, crate::sp::Need::SignedResponse] {
            expect.need = need;
            match check_response(&incoming, &expect) {
                Err(Refused::Signature(_) | Refused::NotOneAssertion | Refused::Read(_)) => {}
                other => panic!("{name}: {other:?}"),
            }
        }
    };
    let evil = |xml: &str| xml.replace("9208-2002-2-123456789012", "9208-2002-2-666666666666");
    let rename = |xml: &str, n: u8| xml.replace(&format!("ID=\"{}\"", id(n)), &format!("ID=\"_evil{n}\""));

    // 1, 2: the response.
    let good = sealed(Signed::Response);
    let (before, signature, after) = cut(&good, "<ds:Signature", "</ds:Signature>");
    let bare = format!("{before}{after}");
    let around = signature.replace(
        "</ds:Signature>",
        &format!("<ds:Object>{bare}</ds:Object></ds:Signature>"),
    );
    let forged = rename(&rename(&evil(&good), 2), 1);
    refuse(
        "XSW1",
        &forged.replace(signature, &around.replace(&id(1).to_string(), "_moved")),
    );
    refuse(
        "XSW2",
        &forged.replace(
            signature,
            &format!("{bare}{signature}").replace(&id(1).to_string(), "_moved"),
        ),
    );

    // 3 to 8: the assertion.
    let good = sealed(Signed::Assertion);
    let (head, original, tail) = cut(&good, "<saml:Assertion", "</saml:Assertion>");
    let (a_before, a_signature, a_after) = cut(original, "<ds:Signature", "</ds:Signature>");
    let original_bare = format!("{a_before}{a_after}");
    let evil_bare = rename(&evil(&original_bare), 1);
    let inside = |outer: &str, inner: &str| outer.replace("</saml:Assertion>", &format!("{inner}</saml:Assertion>"));
    refuse("XSW3", &format!("{head}{evil_bare}{original}{tail}"));
    refuse("XSW4", &format!("{head}{}{tail}", inside(&evil_bare, original)));
    let evil_signed = rename(&evil(original), 1);
    refuse("XSW5", &format!("{head}{evil_signed}{original_bare}{tail}"));
    let swallowed = evil_signed.replace("</ds:Signature>", &format!("{original_bare}</ds:Signature>"));
    refuse("XSW6", &format!("{head}{swallowed}{tail}"));
    refuse(
        "XSW7",
        &format!("{head}<samlp:Extensions>{original}</samlp:Extensions>{evil_bare}{tail}"),
    );
    let object = a_signature.replace(
        "</ds:Signature>",
        &format!("<ds:Object>{original_bare}</ds:Object></ds:Signature>"),
    );
    refuse(
        "XSW8",
        &format!("{head}{}{tail}", evil_signed.replace(a_signature, &object)),
    );

    // Stripped, and two assertions of which the second is genuine.
    refuse("stripped", &format!("{head}{original_bare}{tail}"));
    refuse("evil first", &format!("{head}{evil_bare}{original}{tail}"));
    refuse("genuine first", &format!("{head}{original}{evil_bare}{tail}"));
}
