//! OCSP, asked as others ask it, and as nobody should.

use proptest::prelude::*;
use x509_cert::der::asn1::{ObjectIdentifier, OctetString};
use x509_cert::der::{Decode, Encode};
use x509_cert::ext::Extension;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::AlgorithmIdentifierOwned;
use x509_ocsp::{
    BasicOcspResponse, CertId, CertStatus, OcspRequest, OcspResponse, OcspResponseStatus, Request, TbsRequest, Version,
};

use super::{house, issued, who};
use crate::certificates::ocsp::{self, Answer, LARGEST, MOST, Unanswered};
use crate::certificates::x509::spki;
use crate::certificates::{read, revoke};
use crate::domain::certificate::Reason;
use crate::testing::House;
use crate::vault::ca::signed_by_p256;

const SHA2: &str = "2.16.840.1.101.3.4.2.1";
const SHA1: &str = "1.3.14.3.2.26";

fn id(house: &House, serial: &[u8], hash: &str) -> CertId {
    let ca = house.vault.issuing_ca(house.ctx().now).unwrap();
    let (name, key) = read::ca(&ca.certificate_der).unwrap();
    let algorithm = match hash {
        SHA1 => &ring::digest::SHA1_FOR_LEGACY_USE_ONLY,
        _ => &ring::digest::SHA256,
    };
    let digest = |bytes: &[u8]| OctetString::new(ring::digest::digest(algorithm, bytes).as_ref()).unwrap();
    CertId {
        hash_algorithm: AlgorithmIdentifierOwned {
            oid: ObjectIdentifier::new(hash).unwrap(),
            parameters: None,
        },
        issuer_name_hash: digest(&name.to_der().unwrap()),
        issuer_key_hash: digest(spki(&key).unwrap().subject_public_key.raw_bytes()),
        serial_number: SerialNumber::new(serial).unwrap(),
    }
}

fn request(ids: Vec<CertId>, extensions: Option<Vec<Extension>>) -> Vec<u8> {
    let request_list = ids
        .into_iter()
        .map(|req_cert| Request {
            req_cert,
            single_request_extensions: None,
        })
        .collect();
    let request = OcspRequest {
        tbs_request: TbsRequest {
            version: Version::V1,
            requestor_name: None,
            request_list,
            request_extensions: extensions,
        },
        optional_signature: None,
    };
    request.to_der().unwrap()
}

fn extension(oid: &str, critical: bool, value: &[u8]) -> Extension {
    Extension {
        extn_id: ObjectIdentifier::new(oid).unwrap(),
        critical,
        extn_value: OctetString::new(value).unwrap(),
    }
}

fn nonce(bytes: &[u8]) -> Option<Vec<Extension>> {
    let value = OctetString::new(bytes).unwrap().to_der().unwrap();
    Some(vec![extension("1.3.6.1.5.5.7.48.1.2", false, &value)])
}

fn ask(house: &House, bytes: &[u8]) -> Result<Answer, Unanswered> {
    let question = ocsp::read(&house.vault, bytes)?;
    let question = std::sync::Arc::new(question);
    let looked = std::sync::Arc::clone(&question);
    let found = house
        .store
        .read_blocking("test", move |tx| ocsp::look(tx, &looked))
        .unwrap();
    Ok(ocsp::answer(&question, &found, house.ctx().now).unwrap())
}

fn basic(house: &House, answer: &Answer) -> BasicOcspResponse {
    let response = OcspResponse::from_der(&answer.der).unwrap();
    assert_eq!(response.response_status, OcspResponseStatus::Successful);
    let basic = BasicOcspResponse::from_der(response.response_bytes.unwrap().response.as_bytes()).unwrap();
    let ca = house.vault.issuing_ca(house.ctx().now).unwrap();
    let (_, key) = read::ca(&ca.certificate_der).unwrap();
    let signed = basic.tbs_response_data.to_der().unwrap();
    let point = key.last_chunk::<65>().unwrap();
    assert!(signed_by_p256(point, &signed, basic.signature.raw_bytes()));
    basic
}

#[test]
fn good_revoked_and_unknown() {
    let house = house();
    let anna = house.anna();
    let serial = issued(&house, &anna).serial;
    let (ours, other) = (id(&house, &serial.bytes(), SHA1), id(&house, &[0x41; 16], SHA2));
    let never = id(&house, &[5], SHA2);
    let asked = request(vec![ours.clone(), other, never], nonce(&[7; 32]));
    let answer = ask(&house, &asked).unwrap();
    let told = basic(&house, &answer);
    let statuses: Vec<_> = told
        .tbs_response_data
        .responses
        .iter()
        .map(|one| one.cert_status)
        .collect();
    assert_eq!(
        statuses,
        [CertStatus::good(), CertStatus::unknown(), CertStatus::unknown()]
    );
    assert_eq!(told.nonce().unwrap().0.as_bytes(), [7; 32]);
    assert!(!answer.kept, "an answer with a nonce is for one");

    let (ctx, who) = (house.ctx(), who(&anna));
    assert!(house.act(move |tx| revoke(tx, &ctx, who, Reason::Holder)));
    let answer = ask(&house, &request(vec![ours], None)).unwrap();
    assert!(answer.kept && answer.outcome == "revoked");
    let told = basic(&house, &answer);
    let one = &told.tbs_response_data.responses[0];
    let CertStatus::Revoked(info) = one.cert_status else {
        panic!("{one:?}")
    };
    assert_eq!(info.revocation_reason.map(|reason| reason as u32), Some(5));
    assert!(one.next_update.unwrap().0 > one.this_update.0);
}

#[test]
fn what_is_not_answered() {
    let house = house();
    let serial = issued(&house, &house.anna()).serial;
    let ours = || id(&house, &serial.bytes(), SHA2);
    let others = CertId {
        issuer_key_hash: OctetString::new([0; 32]).unwrap(),
        ..ours()
    };
    let unknown_hash = CertId {
        hash_algorithm: AlgorithmIdentifierOwned {
            oid: ObjectIdentifier::new("1.2.840.113549.2.5").unwrap(),
            parameters: None,
        },
        ..ours()
    };
    let critical = Some(vec![extension("1.2.3.4", true, &[5, 0])]);
    let twice = nonce(&[1; 16]).map(|one| [one.clone(), one].concat());
    let table = [
        ("nothing", Vec::new(), Unanswered::Malformed),
        ("garbage", vec![0x30; 400], Unanswered::Malformed),
        ("too large", vec![0; LARGEST + 1], Unanswered::Malformed),
        ("nobody", request(Vec::new(), None), Unanswered::Malformed),
        ("a list", request(vec![ours(); MOST + 1], None), Unanswered::Malformed),
        (
            "a critical extension",
            request(vec![ours()], critical),
            Unanswered::Malformed,
        ),
        (
            "an empty nonce",
            request(vec![ours()], nonce(&[])),
            Unanswered::Malformed,
        ),
        (
            "a long nonce",
            request(vec![ours()], nonce(&[1; 129])),
            Unanswered::Malformed,
        ),
        ("two nonces", request(vec![ours()], twice), Unanswered::Malformed),
        ("others'", request(vec![others], None), Unanswered::Unauthorized),
        (
            "a hash of old",
            request(vec![unknown_hash], None),
            Unanswered::Unauthorized,
        ),
    ];
    for (what, bytes, expected) in table {
        assert_eq!(ask(&house, &bytes).err(), Some(expected), "{what}");
        assert!(expected.answer().der.len() <= 5, "{what} costs no signature");
    }
    let long = ask(&house, &request(vec![ours()], nonce(&[1; 64]))).unwrap();
    assert_eq!(
        basic(&house, &long).nonce(),
        None,
        "a nonce that is longer than 32 bytes is left out"
    );
    let most = request(vec![ours(); MOST], nonce(&[1; 32]));
    assert!(most.len() <= LARGEST && ask(&house, &most).is_ok(), "{}", most.len());
}

#[test]
fn a_ca_that_retired_still_answers_for_what_it_issued() {
    let house = house();
    let serial = issued(&house, &house.anna()).serial;
    let asked = request(vec![id(&house, &serial.bytes(), SHA2)], None);
    let rows = house.store.read_blocking("test", |tx| tx.issuing_cas().all()).unwrap();
    let retired: Vec<_> = rows
        .into_iter()
        .map(|row| crate::storage::CaRow {
            state: crate::storage::CaState::Retired,
            ..row
        })
        .collect();
    crate::certificates::take(&house.vault, &retired).unwrap();
    assert!(house.vault.issuing_ca(house.ctx().now).is_none());
    assert_eq!(ask(&house, &asked).unwrap().outcome, "good");
}

proptest! {
    #[test]
    fn no_bytes_are_too_strange(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        use std::sync::LazyLock;
        static VAULT: LazyLock<crate::vault::Vault> = LazyLock::new(|| {
            let rng = crate::entropy::Entropy::seeded(1);
            crate::vault::Vault::new(&crate::vault::MasterKey::generate(&rng), [1; 16])
        });
        prop_assert!(ocsp::read(&VAULT, &bytes).is_err());
    }
}
