//! The profile, rule by rule, on what is really issued.

use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::{ASN1Time, CertificateRevocationList, FromDer, X509Certificate, X509Extension};
use x509_parser::x509::AttributeTypeAndValue;

use super::{house, issued, open, who};
use crate::certificates::{key_ceremony, list, revoke};
use crate::domain::certificate::Reason;
use crate::domain::time::Span;
use crate::storage::Tx;
use crate::testing::House;
use crate::vault::ca::RootKey;

/// The root, the issuing CA and a certificate, as anybody gets them.
struct Chain {
    root: Vec<u8>,
    ca: Vec<u8>,
    own: Vec<u8>,
    id: String,
}

fn chain(house: &House) -> Chain {
    let ca = house.vault.issuing_ca(house.ctx().now).unwrap();
    Chain {
        root: ca.root_der.clone(),
        ca: ca.certificate_der.clone(),
        own: issued(house, &house.anna()).der,
        id: ca.id.clone(),
    }
}

fn read(der: &[u8]) -> X509Certificate<'_> {
    let (rest, certificate) = X509Certificate::from_der(der).unwrap();
    assert!(rest.is_empty());
    certificate
}

fn extension<'a>(certificate: &'a X509Certificate<'_>, oid: &str) -> &'a X509Extension<'a> {
    let mut found = certificate
        .extensions()
        .iter()
        .filter(|one| one.oid.to_id_string() == oid);
    let one = found.next().unwrap_or_else(|| panic!("no {oid}"));
    assert!(found.next().is_none(), "{oid} twice");
    one
}

fn has(certificate: &X509Certificate<'_>, oid: &str) -> bool {
    certificate.extensions().iter().any(|one| one.oid.to_id_string() == oid)
}

#[test]
fn of_every_certificate() {
    let chain = chain(&house());
    for der in [&chain.root, &chain.ca, &chain.own] {
        let one = read(der);
        assert_eq!(one.version().0, 2, "version 3");
        let serial = one.raw_serial();
        assert!(
            (9..=20).contains(&serial.len()) && serial[0] & 0x80 == 0 && serial[0] != 0,
            "{serial:?}"
        );
        assert!(one.subject().iter_attributes().next().is_some(), "a subject");
        assert_eq!(one.signature_algorithm, one.tbs_certificate.signature);
        assert!(one.signature_algorithm.parameters.is_none(), "ECDSA has no parameters");
        let length = |time: &ASN1Time| time.is_generalizedtime();
        for time in [&one.validity().not_before, &one.validity().not_after] {
            let year = time.to_datetime().year();
            assert_eq!(length(time), year >= 2050, "UTCTime until 2049");
        }
        assert!(one.validity().not_before < one.validity().not_after);
        assert!(one.issuer_uid.is_none() && one.subject_uid.is_none());
        extension(&one, "2.5.29.14");
        assert!(!extension(&one, "2.5.29.14").critical);
        assert!(extension(&one, "2.5.29.19").critical, "basicConstraints");
        assert!(extension(&one, "2.5.29.15").critical, "keyUsage");
        for attribute in one.subject().iter_attributes().chain(one.issuer().iter_attributes()) {
            string_types(attribute);
        }
    }
}

fn string_types(attribute: &AttributeTypeAndValue<'_>) {
    let tag = attribute.attr_value().header.tag().0;
    let (utf8, printable) = (12, 19);
    match attribute.attr_type().to_id_string().as_str() {
        // Country and serial number are PrintableString (RFC 5280, appendix A).
        "2.5.4.6" | "2.5.4.5" => assert_eq!(tag, printable),
        _ => assert_eq!(tag, utf8),
    }
    assert!(!attribute.as_slice().is_empty() && !attribute.as_slice().starts_with(b" "));
}

#[test]
fn of_authorities() {
    let house = house();
    let chain = chain(&house);
    for (der, length) in [(&chain.root, None), (&chain.ca, Some(0))] {
        let one = read(der);
        let basic = one.basic_constraints().unwrap().unwrap().value;
        assert_eq!((basic.ca, basic.path_len_constraint), (true, length));
        let usage = one.key_usage().unwrap().unwrap().value;
        assert!(usage.key_cert_sign() && usage.crl_sign());
        let signs_answers = length == Some(0);
        assert_eq!(
            usage.digital_signature(),
            signs_answers,
            "the issuing CA's key signs for OCSP"
        );
        let names: Vec<String> = one
            .subject()
            .iter_attributes()
            .map(|attribute| attribute.attr_type().to_id_string())
            .collect();
        assert_eq!(names, ["2.5.4.6", "2.5.4.10", "2.5.4.3"]);
    }
    let (root, ca) = (read(&chain.root), read(&chain.ca));
    assert_eq!(root.subject(), root.issuer());
    assert_eq!(ca.issuer(), root.subject());
    assert!(ca.validity().not_after <= root.validity().not_after);
    let root_id = house.vault.issuing_ca(house.ctx().now).unwrap().root_id.clone();
    let told = |oid: &str| format!("{:?}", extension(&ca, oid).parsed_extension());
    for (oid, kind) in [("2.5.29.31", "crl"), ("1.3.6.1.5.5.7.1.1", "cer")] {
        let at = format!("http://id.example/ca/{root_id}.{kind}");
        assert!(told(oid).contains(&at), "{} {at}", told(oid));
        assert!(!has(&root, oid), "nobody revokes a root by its own list");
    }
    match extension(&ca, "2.5.29.32").parsed_extension() {
        ParsedExtension::CertificatePolicies(all) => assert_eq!(all[0].policy_id.to_id_string(), "2.5.29.32.0"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn of_a_persons_certificate() {
    let chain = chain(&house());
    let (own, ca) = (read(&chain.own), read(&chain.ca));
    assert_eq!(own.issuer(), ca.subject());
    assert!(!own.basic_constraints().unwrap().unwrap().value.ca);
    let usage = own.key_usage().unwrap().unwrap().value;
    assert!(usage.digital_signature() && usage.non_repudiation() && !usage.key_cert_sign() && !usage.crl_sign());
    let days = (own.validity().not_after.timestamp() - own.validity().not_before.timestamp()) / 86_400;
    assert!((1_095..=1_096).contains(&days), "{days}");
    let subject_key = |one: &X509Certificate<'_>| match extension(one, "2.5.29.14").parsed_extension() {
        ParsedExtension::SubjectKeyIdentifier(id) => id.0.to_vec(),
        other => panic!("{other:?}"),
    };
    match extension(&own, "2.5.29.35").parsed_extension() {
        ParsedExtension::AuthorityKeyIdentifier(id) => {
            assert_eq!(id.key_identifier.as_ref().unwrap().0, subject_key(&ca));
        }
        other => panic!("{other:?}"),
    }
    match extension(&own, "2.5.29.32").parsed_extension() {
        ParsedExtension::CertificatePolicies(all) => {
            assert_eq!(all.len(), 1);
            assert_eq!(all[0].policy_id.to_id_string(), "1.2.208.169.1.1.1.1");
        }
        other => panic!("{other:?}"),
    }
    assert!(!has(&own, "2.5.29.17"), "no e-mail address travels");
    let at = |kind: &str| format!("http://id.example/ca/{}.{kind}", chain.id);
    match extension(&own, "1.3.6.1.5.5.7.1.1").parsed_extension() {
        ParsedExtension::AuthorityInfoAccess(access) => {
            let told: Vec<_> = access
                .accessdescs
                .iter()
                .map(|one| (one.access_method.to_id_string(), one.access_location.clone()))
                .collect();
            let expected = [
                ("1.3.6.1.5.5.7.48.1".to_owned(), "http://id.example/ocsp".to_owned()),
                ("1.3.6.1.5.5.7.48.2".to_owned(), at("cer")),
            ];
            for ((method, location), (expected, address)) in told.iter().zip(&expected) {
                assert_eq!(method, expected);
                assert_eq!(location, &GeneralName::URI(address));
            }
        }
        other => panic!("{other:?}"),
    }
    let points = format!("{:?}", extension(&own, "2.5.29.31").parsed_extension());
    assert!(points.contains(&at("crl")), "{points}");
}

/// A holder's name as it is written: the attributes of each RDN.
fn written(der: &[u8]) -> Vec<Vec<(String, String)>> {
    let text = |one: &AttributeTypeAndValue<'_>| one.as_str().unwrap().to_owned();
    let read = read(der);
    let rdns = read.subject().iter().map(|rdn| {
        rdn.iter()
            .map(|one| (one.attr_type().to_id_string(), text(one)))
            .collect()
    });
    rdns.collect()
}

#[test]
fn the_name_is_as_the_field_lays_it_out() {
    let house = house();
    let rdns = written(&chain(&house).own);
    assert_eq!(rdns.len(), 3);
    assert_eq!(rdns[0], [("2.5.4.6".into(), "DK".into())]);
    assert_eq!(
        rdns[1],
        [("2.5.4.10".into(), "Ingen organisatorisk tilknytning".into())]
    );
    assert_eq!(rdns[2][0], ("2.5.4.3".into(), "Anna Andersen".into()));
    assert!(
        rdns[2][1].1.starts_with("PID:9208-2002-2-"),
        "name and PID share one RDN"
    );
    assert_eq!(rdns[2].len(), 2);
}

#[test]
fn a_youth_is_marked_in_the_name() {
    let house = house();
    let own = issued(&house, &house.youth()).der;
    let rdns = written(&own);
    assert_eq!(rdns.len(), 4);
    let unit = "Ung mellem 15 og 18 - Kan som udgangspunkt ikke lave juridisk bindende aftaler";
    assert_eq!(rdns[2], [("2.5.4.11".into(), unit.into())]);
    assert_eq!(rdns[3][0], ("2.5.4.3".into(), "Anna Andersen".into()));
    read(&own).subject().iter_attributes().for_each(string_types);
}

#[test]
fn of_a_roots_revocation_list() {
    let house = house();
    let ca = house.vault.issuing_ca(house.ctx().now).unwrap();
    let list = listed(&house, &ca.root_id);
    let (rest, parsed) = CertificateRevocationList::from_der(&list.der).unwrap();
    assert!(rest.is_empty() && list.number == 1 && parsed.iter_revoked_certificates().count() == 0);
    assert_eq!(parsed.issuer(), read(&ca.root_der).subject());
    let ends = parsed.next_update().unwrap();
    assert_eq!(
        ends,
        read(&ca.certificate_der).validity().not_after,
        "the demo's root makes no other"
    );
}

/// The newest list of a CA after a round of a node's job.
fn listed(house: &House, ca: &str) -> std::sync::Arc<crate::storage::Crl> {
    let lists = list::Lists::default();
    let ctx = house.ctx();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime
        .block_on(list::round(&house.store, &house.vault, &lists, &ctx, [1; 16]))
        .unwrap();
    lists.of(ca).unwrap()
}

#[test]
fn of_a_revocation_list() {
    let house = house();
    let anna = house.anna();
    let row = issued(&house, &anna);
    let ca = house.vault.issuing_ca(house.ctx().now).unwrap();
    let round = || listed(&house, &ca.id);
    let empty = round();
    let (_, parsed) = CertificateRevocationList::from_der(&empty.der).unwrap();
    assert_eq!((empty.number, parsed.iter_revoked_certificates().count()), (1, 0));
    assert_eq!(round().number, 1, "nothing new");

    let (ctx, who) = (house.ctx(), who(&anna));
    assert!(house.act(move |tx| revoke(tx, &ctx, who, Reason::TermsBroken)));
    let now = house.ctx().now;
    let elsewhere = move |until: Span| move |tx: &mut Tx<'_>| tx.leases().take("ca.lists", &[2; 16], now, now + until);
    assert!(
        house.act(elsewhere(Span::secs(30))),
        "whoever made a list gave the turn back"
    );
    assert_eq!(round().number, 1, "another node makes it");
    assert!(house.act(elsewhere(Span::secs(-1))), "and dies");
    let second = round();
    let (rest, parsed) = CertificateRevocationList::from_der(&second.der).unwrap();
    assert!(rest.is_empty());
    assert_eq!(second.number, 2);
    assert_eq!(parsed.version().unwrap().0, 1, "version 2");
    assert_eq!(parsed.crl_number().unwrap().to_string(), "2");
    assert!(parsed.next_update().unwrap() > parsed.last_update());
    let lines: Vec<_> = parsed.iter_revoked_certificates().collect();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0].raw_serial(), row.serial.bytes());
    assert_eq!(lines[0].reason_code().unwrap().1.0, 9);
    let ca_certificate = read(&ca.certificate_der);
    assert_eq!(parsed.issuer(), ca_certificate.subject());
    for personal in ["Anna", "9208-2002"] {
        let found = second
            .der
            .windows(personal.len())
            .any(|some| some == personal.as_bytes());
        assert!(!found, "{personal} in a list");
    }
    assert_eq!(open(&house, &anna), None);
}

#[test]
fn a_request_is_signed_by_its_root_alone_and_installed_by_whoever_asked() {
    let house = house();
    let (ctx, name) = (house.ctx(), |name: &str| super::super::CaName {
        name: name.into(),
        organisation: "Prøve".into(),
        country: "DK".into(),
    });
    let (root, other) = (
        key_ceremony::root(&name("One"), ctx.now, &ctx.rng).unwrap(),
        key_ceremony::root(&name("Two"), ctx.now, &ctx.rng).unwrap(),
    );
    let key = RootKey::read(&root.key).unwrap();
    let wanted = super::super::Wanted {
        name: name("Issuing"),
        address: "https://id.example/".into(),
        policy: "1.2.3.4".into(),
    };
    let (id, request) = super::super::request(&house.store, &house.vault, &ctx, &wanted).unwrap();
    let sign = |root: &[u8], request: &[u8]| {
        key_ceremony::sign(&key, root, request, "https://id.example", (ctx.now, &ctx.rng))
    };
    assert!(
        sign(&other.certificate_der, &request).is_err(),
        "another root's certificate"
    );
    let mut changed = request.clone();
    let end = changed.len() - 1;
    changed[end] ^= 1;
    assert!(
        sign(&root.certificate_der, &changed).is_err(),
        "not its key's signature"
    );
    let signed = sign(&root.certificate_der, &request).unwrap();

    let install = |certificate: &[u8], root: &[u8]| {
        super::super::install(&house.store, &house.vault, &house.ctx(), (certificate, root)).unwrap()
    };
    assert!(install(&signed, &other.certificate_der).is_err(), "another root");
    assert!(
        install(&root.certificate_der, &root.certificate_der).is_err(),
        "another key"
    );
    assert!(install(b"nothing", &root.certificate_der).is_err());
    let before = house.vault.issuing_ca(ctx.now).unwrap();
    assert_eq!(install(&signed, &root.certificate_der).unwrap(), id);
    let after = house.vault.issuing_ca(ctx.now).unwrap();
    assert_eq!(
        (after.id.as_str(), after.address.as_str()),
        (id.as_str(), "https://id.example")
    );
    let old = house.vault.cas().iter().find(|ca| ca.id == before.id).cloned().unwrap();
    assert!(
        !old.issues,
        "the one before tells of what it has issued, and issues no more"
    );
    assert!(install(&signed, &root.certificate_der).is_err(), "once");
}
