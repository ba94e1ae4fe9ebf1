//! How names, certificates, requests and revocation lists look as bytes (RFC 5280, RFC 2986). Owns the profile: which extensions, which
//! string types, which algorithms (decision 0153). Never signs: it is given a pen.

use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::certificate::{Certificate, TbsCertificate, Version};
use x509_cert::crl::{CertificateList, RevokedCert, TbsCertList};
use x509_cert::der::asn1::{
    Any, BitString, GeneralizedTime, Ia5String, ObjectIdentifier, OctetString, SetOfVec, Uint, UtcTime,
};
use x509_cert::der::flagset::FlagSet;
use x509_cert::der::{Decode, Encode, Tag};
use x509_cert::ext::pkix::certpolicy::PolicyInformation;
use x509_cert::ext::pkix::crl::dp::DistributionPoint;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{
    AccessDescription, AuthorityInfoAccessSyntax, AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies,
    CrlDistributionPoints, CrlNumber, KeyUsage, KeyUsages, SubjectKeyIdentifier,
};
use x509_cert::ext::{AsExtension, Extension};
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::time::{Time as X509Time, Validity};

use crate::domain::certificate::{Serial, Subject};
use crate::domain::time::Time;
use crate::fault::Fault;
use crate::vault::VaultError;

const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const SERIAL_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.5");
const COUNTRY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");
const ORGANISATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
const UNIT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.11");
const ECDSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const ECDSA_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");
const ANY_POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.32.0");
const OCSP: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1");
const CA_ISSUERS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.2");

/// What the field writes for a person who acts for nobody else.
const NO_ORGANISATION: &str = "Ingen organisatorisk tilknytning";
/// What the field writes for a holder of 15 to 17; longer than X.520 foresees, and kept: relying parties compare it.
const YOUTH: &str = "Ung mellem 15 og 18 - Kan som udgangspunkt ikke lave juridisk bindende aftaler";

/// What signs bytes.
pub(super) type Pen<'a> = &'a dyn Fn(&[u8]) -> Result<Vec<u8>, VaultError>;

pub(super) fn broken(error: impl std::error::Error + Send + Sync + 'static) -> Fault {
    Fault::new("a certificate could not be encoded", error)
}

/// Who a CA is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaName {
    /// The common name.
    pub name: String,
    /// The organisation that runs it.
    pub organisation: String,
    /// Its country, two letters.
    pub country: String,
}

/// A signature algorithm of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signing {
    /// Issuing CAs.
    P256,
    /// Roots.
    P384,
}

impl Signing {
    /// As X.509 names it.
    pub(super) fn algorithm(self) -> AlgorithmIdentifierOwned {
        AlgorithmIdentifierOwned {
            oid: match self {
                Self::P256 => ECDSA_SHA256,
                Self::P384 => ECDSA_SHA384,
            },
            parameters: None,
        }
    }
}

fn attribute(oid: ObjectIdentifier, tag: Tag, text: &str) -> Result<AttributeTypeAndValue, Fault> {
    let value = Any::new(tag, text.as_bytes()).map_err(broken)?;
    Ok(AttributeTypeAndValue { oid, value })
}

fn rdn(attributes: Vec<AttributeTypeAndValue>) -> Result<RelativeDistinguishedName, Fault> {
    SetOfVec::try_from(attributes)
        .map(RelativeDistinguishedName)
        .map_err(broken)
}

fn one(oid: ObjectIdentifier, tag: Tag, text: &str) -> Result<RelativeDistinguishedName, Fault> {
    rdn(vec![attribute(oid, tag, text)?])
}

/// The name of a person, as the field lays it out: PID and name share one RDN.
pub(super) fn person(subject: &Subject) -> Result<Name, Fault> {
    let mut rdns = vec![
        one(COUNTRY, Tag::PrintableString, "DK")?,
        one(ORGANISATION, Tag::Utf8String, NO_ORGANISATION)?,
    ];
    if subject.youth {
        rdns.push(one(UNIT, Tag::Utf8String, YOUTH)?);
    }
    rdns.push(rdn(vec![
        attribute(SERIAL_NUMBER, Tag::PrintableString, &format!("PID:{}", subject.pid))?,
        attribute(COMMON_NAME, Tag::Utf8String, &subject.common_name)?,
    ])?);
    Ok(RdnSequence(rdns))
}

/// The name of a CA.
pub(super) fn authority(ca: &CaName) -> Result<Name, Fault> {
    Ok(RdnSequence(vec![
        one(COUNTRY, Tag::PrintableString, &ca.country)?,
        one(ORGANISATION, Tag::Utf8String, &ca.organisation)?,
        one(COMMON_NAME, Tag::Utf8String, &ca.name)?,
    ]))
}

/// A moment as certificates write it: two digits of the year until 2049 (RFC 5280, 4.1.2.5).
pub(super) fn moment(time: Time) -> Result<X509Time, Fault> {
    let since = std::time::Duration::from_secs(u64::try_from(time.secs()).unwrap_or(0));
    match UtcTime::from_unix_duration(since) {
        Ok(time) => Ok(X509Time::UtcTime(time)),
        Err(_) => GeneralizedTime::from_unix_duration(since)
            .map(X509Time::GeneralTime)
            .map_err(broken),
    }
}

/// What a certificate says of a key: the first 160 bits of the SHA-256 of its bits (RFC 7093).
pub(super) fn key_id(spki: &SubjectPublicKeyInfoOwned) -> Vec<u8> {
    let digest = ring::digest::digest(&ring::digest::SHA256, spki.subject_public_key.raw_bytes());
    digest.as_ref()[..20].to_vec()
}

pub(super) fn spki(der: &[u8]) -> Result<SubjectPublicKeyInfoOwned, Fault> {
    SubjectPublicKeyInfoOwned::from_der(der).map_err(broken)
}

/// Whose certificate it is, and what it may.
#[derive(Debug, Clone)]
pub(super) enum Profile<'a> {
    /// A root.
    Root,
    /// An issuing CA, below which there are no other CAs; where the house gives out what its root publishes, and the root's id.
    Issuing { address: &'a str, root: &'a str },
    /// A person's; the address and policy of the CA that issues it, and its id.
    Person {
        address: &'a str,
        policy: &'a str,
        ca: &'a str,
    },
}

/// Everything of a certificate but the signature.
pub(super) struct Content<'a> {
    pub(super) profile: Profile<'a>,
    pub(super) serial: Serial,
    pub(super) subject: Name,
    pub(super) public_der: &'a [u8],
    pub(super) from: Time,
    pub(super) until: Time,
}

/// Who signs.
pub(super) struct Issuer<'a> {
    pub(super) name: Name,
    pub(super) public_der: &'a [u8],
    pub(super) signing: Signing,
    pub(super) pen: Pen<'a>,
}

/// Makes and signs a certificate.
pub(super) fn certificate(issuer: &Issuer<'_>, content: Content<'_>) -> Result<Vec<u8>, Fault> {
    let key = spki(content.public_der)?;
    let extensions = extensions(&content.profile, &key, &spki(issuer.public_der)?)?;
    let tbs = TbsCertificate {
        version: Version::V3,
        serial_number: SerialNumber::new(&content.serial.bytes()).map_err(broken)?,
        signature: issuer.signing.algorithm(),
        issuer: issuer.name.clone(),
        validity: Validity {
            not_before: moment(content.from)?,
            not_after: moment(content.until)?,
        },
        subject: content.subject,
        subject_public_key_info: key,
        issuer_unique_id: None,
        subject_unique_id: None,
        extensions: Some(extensions),
    };
    let signature = signature(issuer.pen, &tbs.to_der().map_err(broken)?)?;
    let signed = Certificate {
        tbs_certificate: tbs,
        signature_algorithm: issuer.signing.algorithm(),
        signature,
    };
    signed.to_der().map_err(broken)
}

/// What a revocation list says.
pub(super) struct ListContent {
    pub(super) number: i64,
    pub(super) at: Time,
    pub(super) until: Time,
    pub(super) lines: Vec<RevokedCert>,
}

/// Makes and signs a revocation list.
pub(super) fn list(issuer: &Issuer<'_>, content: ListContent) -> Result<Vec<u8>, Fault> {
    let key_identifier = Some(OctetString::new(key_id(&spki(issuer.public_der)?)).map_err(broken)?);
    let authority = AuthorityKeyIdentifier {
        key_identifier,
        ..AuthorityKeyIdentifier::default()
    };
    let number = CrlNumber(Uint::new(&content.number.to_be_bytes()).map_err(broken)?);
    let tbs = TbsCertList {
        version: Version::V2,
        signature: issuer.signing.algorithm(),
        issuer: issuer.name.clone(),
        this_update: moment(content.at)?,
        next_update: Some(moment(content.until)?),
        // An empty list has none, not an empty one (5.1.2.6).
        revoked_certificates: (!content.lines.is_empty()).then_some(content.lines),
        crl_extensions: Some(vec![extension(&authority)?, extension(&number)?]),
    };
    let signed = CertificateList {
        signature: signature(issuer.pen, &tbs.to_der().map_err(broken)?)?,
        signature_algorithm: issuer.signing.algorithm(),
        tbs_cert_list: tbs,
    };
    signed.to_der().map_err(broken)
}

/// Signs bytes, as X.509 wraps signatures.
pub(super) fn signature(pen: Pen<'_>, bytes: &[u8]) -> Result<BitString, Fault> {
    let signature = pen(bytes).map_err(|error| Fault::new("a CA could not sign", error))?;
    BitString::from_bytes(&signature).map_err(broken)
}

fn extensions(
    profile: &Profile<'_>,
    key: &SubjectPublicKeyInfoOwned,
    issuer: &SubjectPublicKeyInfoOwned,
) -> Result<Vec<Extension>, Fault> {
    let octets = |bytes: Vec<u8>| OctetString::new(bytes).map_err(broken);
    let ours = SubjectKeyIdentifier(octets(key_id(key))?);
    let theirs = AuthorityKeyIdentifier {
        key_identifier: Some(octets(key_id(issuer))?),
        ..AuthorityKeyIdentifier::default()
    };
    let mut all = vec![basic(profile)?, usage(profile)?, extension(&ours)?];
    if !matches!(profile, Profile::Root) {
        all.push(extension(&theirs)?);
        all.push(extension(&policies(profile)?)?);
    }
    if let Profile::Issuing { address, root } = profile {
        all.push(extension(&list_at(&format!("{address}/ca/{root}.crl"))?)?);
        let access = access(CA_ISSUERS, &format!("{address}/ca/{root}.cer"))?;
        all.push(extension(&AuthorityInfoAccessSyntax(vec![access]))?);
    }
    if let Profile::Person { address, ca, .. } = profile {
        all.push(extension(&list_at(&format!("{address}/ca/{ca}.crl"))?)?);
        all.push(extension(&AuthorityInfoAccessSyntax(vec![
            access(OCSP, &format!("{address}/ocsp"))?,
            access(CA_ISSUERS, &format!("{address}/ca/{ca}.cer"))?,
        ]))?);
    }
    Ok(all)
}

fn extension(content: &impl AsExtension) -> Result<Extension, Fault> {
    content.to_extension(&Name::default(), &[]).map_err(broken)
}

fn basic(profile: &Profile<'_>) -> Result<Extension, Fault> {
    extension(&BasicConstraints {
        ca: !matches!(profile, Profile::Person { .. }),
        path_len_constraint: matches!(profile, Profile::Issuing { .. }).then_some(0),
    })
}

fn usage(profile: &Profile<'_>) -> Result<Extension, Fault> {
    let usages: FlagSet<KeyUsages> = match profile {
        Profile::Root => KeyUsages::KeyCertSign | KeyUsages::CRLSign,
        // Its key signs answers about single certificates, too (RFC 6960).
        Profile::Issuing { .. } => KeyUsages::KeyCertSign | KeyUsages::CRLSign | KeyUsages::DigitalSignature,
        Profile::Person { .. } => KeyUsages::DigitalSignature | KeyUsages::NonRepudiation,
    };
    extension(&KeyUsage(usages))
}

fn policies(profile: &Profile<'_>) -> Result<CertificatePolicies, Fault> {
    let policy_identifier = match profile {
        Profile::Person { policy, .. } => policy_oid(policy)?,
        Profile::Root | Profile::Issuing { .. } => ANY_POLICY,
    };
    Ok(CertificatePolicies(vec![PolicyInformation {
        policy_identifier,
        policy_qualifiers: None,
    }]))
}

/// Reads a policy's number, as `1.2.208.169.1.1.1.1`.
pub(super) fn policy_oid(text: &str) -> Result<ObjectIdentifier, Fault> {
    ObjectIdentifier::new(text).map_err(|error| Fault::new(format!("{text:?} is no object identifier"), error))
}

fn uri(address: &str) -> Result<GeneralName, Fault> {
    Ia5String::new(address)
        .map(GeneralName::UniformResourceIdentifier)
        .map_err(broken)
}

fn list_at(address: &str) -> Result<CrlDistributionPoints, Fault> {
    Ok(CrlDistributionPoints(vec![DistributionPoint {
        distribution_point: Some(DistributionPointName::FullName(vec![uri(address)?])),
        reasons: None,
        crl_issuer: None,
    }]))
}

fn access(method: ObjectIdentifier, address: &str) -> Result<AccessDescription, Fault> {
    Ok(AccessDescription {
        access_method: method,
        access_location: uri(address)?,
    })
}
