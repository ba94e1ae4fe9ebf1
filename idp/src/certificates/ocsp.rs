//! Answers whether a certificate still counts, at once (RFC 6960, with nonces as RFC 9654 has them). Owns what may be asked, what is
//! answered and for how long an answer counts. Signed by the CA that issued: another key in the same vault would protect nothing.
//!
//! Whoever asks is a stranger: what is read is bounded in size and number, and nothing is written.

use std::sync::Arc;
use x509_cert::der::asn1::{GeneralizedTime, ObjectIdentifier, OctetString};
use x509_cert::der::{Decode, Encode};
use x509_cert::ext::{AsExtension, Extension};
use x509_cert::name::Name;
use x509_ocsp::ext::Nonce;
use x509_ocsp::{
    BasicOcspResponse, CertId, CertStatus, OcspGeneralizedTime, OcspRequest, OcspResponse, ResponderId, ResponseData,
    RevokedInfo, SingleResponse, Version,
};

use super::list::reason;
use super::x509::{Signing, broken, signature};
use crate::domain::certificate::Serial;
use crate::domain::time::{Span, Time};
use crate::fault::Fault;
use crate::storage::{Halt, Revoked, Standing, Tx};
use crate::vault::Vault;
use crate::vault::ca::Ca;

/// The largest request that is read.
pub const LARGEST: usize = 2_048;
/// Certificates that one request may ask about.
pub const MOST: usize = 8;
/// An answer counts for so long; caches keep it no longer than [`KEPT_FOR`].
pub const COUNTS_FOR: Span = Span::minutes(10);
/// Caches may keep an answer for so long.
pub const KEPT_FOR: Span = Span::secs(30);

const SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
const SHA2: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const NONCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.2");

/// A request that will be answered: by which CA, about what.
pub struct Question {
    ca: Arc<Ca>,
    /// Of other CAs, or with a serial number that we never draw: nothing to look for.
    about: Vec<(CertId, Option<Serial>)>,
    nonce: Option<Vec<u8>>,
}

impl std::fmt::Debug for Question {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Question({}, {})", self.ca.id, self.about.len())
    }
}

/// An answer in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The response.
    pub der: Vec<u8>,
    /// Whether caches may keep it: it answers everybody who asks the same.
    pub kept: bool,
    /// The word for metrics.
    pub outcome: &'static str,
}

/// Why there is no signed answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unanswered {
    /// No request, or one that is too large or asks too much.
    Malformed,
    /// About certificates of others.
    Unauthorized,
    /// Not now.
    TryLater,
    /// Something broke.
    Internal,
}

impl Unanswered {
    /// The response without a signature.
    #[must_use]
    pub fn answer(self) -> Answer {
        let (response, outcome) = match self {
            Self::Malformed => (OcspResponse::malformed_request(), "malformed"),
            Self::Unauthorized => (OcspResponse::unauthorized(), "unauthorized"),
            Self::TryLater => (OcspResponse::try_later(), "try_later"),
            Self::Internal => (OcspResponse::internal_error(), "internal"),
        };
        Answer {
            // Two bytes of status in a sequence: always encoded.
            der: response.to_der().unwrap_or_default(),
            kept: false,
            outcome,
        }
    }
}

/// Reads a request.
///
/// # Errors
/// When it will not be answered.
pub fn read(vault: &Vault, bytes: &[u8]) -> Result<Question, Unanswered> {
    if bytes.len() > LARGEST {
        return Err(Unanswered::Malformed);
    }
    let request = OcspRequest::from_der(bytes)
        .map_err(|_| Unanswered::Malformed)?
        .tbs_request;
    let count = request.request_list.len();
    if count == 0 || count > MOST {
        return Err(Unanswered::Malformed);
    }
    let extensions = request.request_extensions.unwrap_or_default();
    if extensions.iter().any(|one| one.critical && one.extn_id != NONCE) {
        return Err(Unanswered::Malformed);
    }
    let nonce = nonce(&extensions)?;
    let ids: Vec<CertId> = request.request_list.into_iter().map(|one| one.req_cert).collect();
    let cas = vault.cas();
    let asked = ids.first().ok_or(Unanswered::Malformed)?;
    let mut ours = cas.iter().filter(|ca| is_of(ca, asked));
    let ca = ours.next().cloned().ok_or(Unanswered::Unauthorized)?;
    let about = ids.into_iter().map(|id| {
        let serial = Serial::from_bytes(id.serial_number.as_bytes());
        let serial = serial.filter(|_| is_of(&ca, &id));
        (id, serial)
    });
    let about = about.collect();
    Ok(Question { ca, about, nonce })
}

/// The nonce: of 1 to 32 bytes it is sent back, a longer one of up to 128 is left out (RFC 9654, 2.1).
fn nonce(extensions: &[Extension]) -> Result<Option<Vec<u8>>, Unanswered> {
    let mut all = extensions.iter().filter(|one| one.extn_id == NONCE);
    let Some(found) = all.next() else { return Ok(None) };
    if all.next().is_some() {
        return Err(Unanswered::Malformed);
    }
    let nonce = OctetString::from_der(found.extn_value.as_bytes()).map_err(|_| Unanswered::Malformed)?;
    match nonce.as_bytes().len() {
        1..=32 => Ok(Some(nonce.into_bytes())),
        33..=128 => Ok(None),
        _ => Err(Unanswered::Malformed),
    }
}

/// Whether a question is about a certificate of this CA. Compared with what lies ready: whoever asks has nothing parsed or hashed.
fn is_of(ca: &Ca, id: &CertId) -> bool {
    let mark = match id.hash_algorithm.oid {
        SHA1 => ca.marks.sha1,
        SHA2 => ca.marks.sha256,
        _ => return false,
    };
    mark.is(id.issuer_name_hash.as_bytes(), id.issuer_key_hash.as_bytes())
}

/// What is to be told of each certificate, in the order of the question.
///
/// # Errors
/// When the database does not answer or a row is corrupt.
pub fn look(tx: &mut Tx<'_>, question: &Question) -> Result<Vec<Option<Standing>>, Halt> {
    let look = |(_, serial): &(CertId, Option<Serial>)| match serial {
        Some(serial) => tx.certificates().standing(&question.ca.id, *serial),
        None => Ok(None),
    };
    question.about.iter().map(look).collect()
}

/// Signs the answer.
///
/// # Errors
/// A fault when it cannot be signed.
pub fn answer(question: &Question, found: &[Option<Standing>], now: Time) -> Result<Answer, Fault> {
    let Question { ca, about, nonce } = question;
    let kept = nonce.is_none();
    let mut responses = Vec::with_capacity(about.len());
    let mut outcome = "good";
    for ((id, serial), found) in about.iter().zip(found) {
        let cert_status = match (found, serial) {
            (Some(Standing::Good), _) => CertStatus::good(),
            (Some(Standing::Revoked(at, why)), Some(serial)) => {
                outcome = "revoked";
                let revoked = Revoked {
                    serial: *serial,
                    at: *at,
                    reason: *why,
                };
                CertStatus::revoked(RevokedInfo {
                    revocation_time: moment(*at)?,
                    revocation_reason: Some(reason(&revoked)?),
                })
            }
            _ => {
                outcome = "unknown";
                CertStatus::unknown()
            }
        };
        responses.push(SingleResponse {
            cert_id: id.clone(),
            cert_status,
            this_update: moment(now)?,
            next_update: Some(moment(now + COUNTS_FOR)?),
            single_extensions: None,
        });
    }
    let data = ResponseData {
        version: Version::V1,
        responder_id: ResponderId::ByName(Name::from_der(&ca.name_der).map_err(broken)?),
        produced_at: moment(now)?,
        responses,
        response_extensions: nonce.clone().map(echo).transpose()?,
    };
    let pen = |bytes: &[u8]| ca.sign(bytes);
    let basic = BasicOcspResponse {
        signature: signature(&pen, &data.to_der().map_err(broken)?)?,
        signature_algorithm: Signing::P256.algorithm(),
        tbs_response_data: data,
        certs: None,
    };
    let response = OcspResponse::successful(basic).map_err(broken)?;
    Ok(Answer {
        der: response.to_der().map_err(broken)?,
        kept,
        outcome,
    })
}

fn echo(nonce: Vec<u8>) -> Result<Vec<Extension>, Fault> {
    let nonce = Nonce::new(nonce).map_err(broken)?;
    Ok(vec![nonce.to_extension(&Name::default(), &[]).map_err(broken)?])
}

fn moment(time: Time) -> Result<OcspGeneralizedTime, Fault> {
    let since = std::time::Duration::from_secs(u64::try_from(time.secs()).unwrap_or(0));
    GeneralizedTime::from_unix_duration(since)
        .map(OcspGeneralizedTime)
        .map_err(broken)
}
