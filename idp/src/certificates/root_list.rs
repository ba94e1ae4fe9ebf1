//! The revocation list of a root (decision 0168): which issuing CAs no longer count. Made by the root's operator where no network is, judged
//! here before the house gives it out. Owns what goes into one and what is believed; never keeps the root's key.
//!
//! ```text
//! the list before, certificates to revoke ──▶ make ──▶ list          root's key, no database
//! list ──▶ publish ──▶ given out; a CA that stands in it issues no more     database
//! ```

use x509_cert::certificate::Certificate;
use x509_cert::crl::{CertificateList, RevokedCert};
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::der::{Decode, Encode};
use x509_cert::ext::AsExtension;
use x509_cert::ext::pkix::{CrlNumber, CrlReason};
use x509_cert::name::Name;

use super::key_ceremony::{belonging, certified_by, seconds, signed_by, until};
use super::x509::{Issuer, ListContent, Signing, list, moment};
use crate::audit::{Event, record};
use crate::ctx::Ctx;
use crate::domain::time::Time;
use crate::storage::{CaRow, CaState, Crl, Durability, Halt, Store, Tx};
use crate::vault::ca::{RootKey, id_of};

const NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.20");

/// Why an issuing CA is to count no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaReason {
    /// Somebody else may have its key.
    Compromised,
    /// Another has taken its place.
    Superseded,
    /// It has ceased to work.
    Ceased,
}

impl CaReason {
    const fn as_x509(self) -> CrlReason {
        match self {
            Self::Compromised => CrlReason::CaCompromise,
            Self::Superseded => CrlReason::Superseded,
            Self::Ceased => CrlReason::CessationOfOperation,
        }
    }
}

/// A list that a root signed.
struct Judged {
    number: i64,
    at: Time,
    ends: Time,
    issuer: Name,
    lines: Vec<RevokedCert>,
}

impl Judged {
    fn revokes(&self, certificate: &Certificate) -> bool {
        let body = &certificate.tbs_certificate;
        body.issuer == self.issuer && self.lines.iter().any(|line| line.serial_number == body.serial_number)
    }
}

/// Makes the next list of a root: what stood in the one before, and these certificates of issuing CAs. It counts until then, never longer
/// than the root. The text says what is wrong with what was brought.
///
/// # Errors
/// What the operator can put right.
pub fn make_root_list(
    key: &RootKey,
    root_der: &[u8],
    before: Option<&[u8]>,
    (revoked, reason): (&[Vec<u8>], CaReason),
    (now, ends): (Time, Time),
) -> Result<Vec<u8>, String> {
    let (root, public_der) = belonging(key, root_der)?;
    let before = before.map(|der| judge(der, &root)).transpose()?;
    let (number, mut lines) = before.map_or((0, Vec::new()), |list| (list.number, list.lines));
    for der in revoked {
        let ca = Certificate::from_der(der).map_err(|e| format!("a certificate: {e}"))?;
        if ca.tbs_certificate.issuer != root.tbs_certificate.subject || ca == root || !certified_by(&ca, &root) {
            return Err("a certificate that is to be revoked is not of a CA below this root".into());
        }
        let serial_number = ca.tbs_certificate.serial_number;
        // Since when it does not count was said once.
        if !lines.iter().any(|line| line.serial_number == serial_number) {
            let why = reason.as_x509().to_extension(&Name::default(), &[]);
            lines.push(RevokedCert {
                serial_number,
                revocation_date: moment(now).map_err(|fault| fault.to_string())?,
                crl_entry_extensions: Some(vec![why.map_err(|e| e.to_string())?]),
            });
        }
    }
    let issuer = Issuer {
        name: root.tbs_certificate.subject.clone(),
        public_der: &public_der,
        signing: Signing::P384,
        pen: &|bytes| key.sign(bytes),
    };
    let content = ListContent {
        number: number.checked_add(1).ok_or("the list before has the last number")?,
        at: now,
        until: ends.min(until(&root)),
        lines,
    };
    list(&issuer, content).map_err(|fault| fault.to_string())
}

/// What a list says, where this root signed it.
fn judge(list_der: &[u8], root: &Certificate) -> Result<Judged, String> {
    let list = CertificateList::from_der(list_der).map_err(|e| format!("the list: {e}"))?;
    let body = list.tbs_cert_list;
    let signed = body.to_der().map_err(|e| format!("the list: {e}"))?;
    let theirs = signed_by(root, list.signature_algorithm.oid, &signed, &list.signature);
    if body.issuer != root.tbs_certificate.subject || !theirs {
        return Err("the list is not signed by this root".into());
    }
    let extensions = body.crl_extensions.unwrap_or_default();
    if extensions.iter().any(|one| one.critical) {
        return Err("the list is a part of one: bring the whole".into());
    }
    let number = extensions.iter().find(|one| one.extn_id == NUMBER);
    let number = number.and_then(|one| CrlNumber::from_der(one.extn_value.as_bytes()).ok());
    let number = number.and_then(|CrlNumber(number)| {
        let bytes = number.as_bytes();
        (bytes.len() < 8).then(|| bytes.iter().fold(0, |sum, byte| (sum << 8) | i64::from(*byte)))
    });
    let ends = body.next_update.as_ref().ok_or("the list has no end")?;
    Ok(Judged {
        number: number.ok_or("the list has no number, or a very large one")?,
        at: seconds(&body.this_update),
        ends: seconds(ends),
        issuer: body.issuer,
        lines: body.revoked_certificates.unwrap_or_default(),
    })
}

/// What became of a list that was brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The root's id: the list is at `/ca/{root}.crl`.
    pub root: String,
    /// The list's number.
    pub number: i64,
    /// Until when it counts.
    pub ends: Time,
    /// CAs of the house that stand in it and issued until now.
    pub retired: Vec<String>,
}

/// Takes over the list of the root of one of the house's CAs: every node gives it out from now on, and a CA that stands in it issues no more.
///
/// # Errors
/// When the database does not answer; what is wrong with the list is the inner text.
pub fn publish_root_list(store: &Store, ctx: &Ctx, list_der: &[u8]) -> Result<Result<Published, String>, Halt> {
    let rows = store.read_blocking("ca.load", |tx| tx.issuing_cas().all())?;
    let (judged, root) = match of_whom(&rows, list_der) {
        Ok(found) => found,
        Err(reason) => return Ok(Err(reason)),
    };
    if judged.ends <= ctx.now {
        return Ok(Err("the list has ended".into()));
    }
    let retired = rows
        .iter()
        .filter(|row| row.state == CaState::Active && stands(row, &judged));
    let published = Published {
        root,
        number: judged.number,
        ends: judged.ends,
        retired: retired.map(|row| row.key.id.clone()).collect(),
    };
    let list = Crl {
        number: judged.number,
        at: judged.at,
        der: list_der.to_vec(),
    };
    let (entries, ctx, told) = (judged.lines.len(), ctx.clone(), published.clone());
    let newest = store.transact_blocking("ca.root_list", Durability::Full, move |tx| {
        keep(tx, &ctx, (&told, entries), &list)
    })?;
    Ok(if newest {
        Ok(published)
    } else {
        Err("the list that is published has this number or a later one: was the next one made from it?".into())
    })
}

fn keep(tx: &mut Tx<'_>, ctx: &Ctx, (told, entries): (&Published, usize), list: &Crl) -> Result<bool, Halt> {
    if !tx.root_lists().publish(&told.root, list, told.ends)? {
        return Ok(false);
    }
    let (ca, number) = (told.root.clone(), told.number);
    record(tx, ctx, &Event::CaListed { ca, number, entries })?;
    for ca in &told.retired {
        if tx.issuing_cas().retire(ca, ctx.now)? {
            let (ca, to) = (ca.clone(), CaState::Retired.as_str());
            record(tx, ctx, &Event::CaChanged { ca, to })?;
        }
    }
    Ok(true)
}

/// What a list says, and the id of the root that signed it.
fn of_whom(rows: &[CaRow], list_der: &[u8]) -> Result<(Judged, String), String> {
    let mut wrong = "no CA of the house has a root yet".to_owned();
    for (_, root_der) in rows.iter().filter_map(|row| row.chain.as_ref()) {
        let root = Certificate::from_der(root_der).map_err(|e| format!("a root's certificate: {e}"))?;
        let key = root.tbs_certificate.subject_public_key_info.to_der();
        match judge(list_der, &root) {
            Ok(judged) => return Ok((judged, id_of(&key.map_err(|e| e.to_string())?))),
            Err(reason) => wrong = reason,
        }
    }
    Err(wrong)
}

fn stands(row: &CaRow, list: &Judged) -> bool {
    let own = row.chain.as_ref().and_then(|(der, _)| Certificate::from_der(der).ok());
    own.is_some_and(|own| list.revokes(&own))
}
