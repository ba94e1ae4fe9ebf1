//! The house's CAs between memory and vault: read at the start and again and again, requested, installed; made at once in a demo.

use x509_cert::der::Encode;

use super::root_list::{CaReason, make_root_list, publish_root_list};
use super::x509::{CaName, broken, policy_oid};
use super::{key_ceremony, read};
use crate::audit::{Event, record};
use crate::ctx::Ctx;
use crate::fault::Fault;
use crate::storage::{CaRow, CaState, Durability, Halt, Store, Tx};
use crate::vault::Vault;
use crate::vault::ca::{Ca, CaFacts, RootKey, id_of};

/// What a new CA is to be.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Its name.
    pub name: CaName,
    /// Where others find what it publishes: our public address, or one that leads here; without a slash at the end.
    pub address: String,
    /// The policy that its certificates name.
    pub policy: String,
}

/// The policy of the field for certificates of persons.
pub const POLICY: &str = "1.2.208.169.1.1.1.1";

/// Takes the stored CAs as this node's.
///
/// # Errors
/// When the database does not answer, or a key does not open; those in use stay as they are.
pub fn take(vault: &Vault, rows: &[CaRow]) -> Result<(), Fault> {
    let cas: Result<_, Fault> = rows.iter().filter_map(|row| ready(vault, row).transpose()).collect();
    vault.set_cas(cas?);
    Ok(())
}

/// A CA whose certificate has come, with everything that is asked of it at each request.
fn ready(vault: &Vault, row: &CaRow) -> Result<Option<Ca>, Fault> {
    let (Some((certificate_der, root_der)), Some(ends)) = (row.chain.clone(), row.ends_at) else {
        return Ok(None);
    };
    let facts = CaFacts {
        name_der: read::ca(&certificate_der)?.0.to_der().map_err(broken)?,
        root_id: id_of(&read::ca(&root_der)?.1),
        certificate_der,
        root_der,
        address: row.address.clone(),
        policy: row.policy.clone(),
        ends,
        issues: row.state == CaState::Active,
    };
    let ca = vault.ready_ca(&row.key, facts);
    ca.map(Some)
        .map_err(|error| Fault::new("the key of a CA does not open: is this the right master key?", error))
}

/// Reads the stored CAs and takes them.
///
/// # Errors
/// As [`take`].
pub fn load(store: &Store, vault: &Vault) -> Result<(), Halt> {
    let rows = store.read_blocking("ca.load", |tx| tx.issuing_cas().all())?;
    Ok(take(vault, &rows)?)
}

/// Makes the key of a new issuing CA, keeps it, and gives its id and the request for its certificate.
///
/// # Errors
/// When the database does not answer, or the policy is no object identifier.
pub fn request(store: &Store, vault: &Vault, ctx: &Ctx, wanted: &Wanted) -> Result<(String, Vec<u8>), Halt> {
    let (row, request) = requested(vault, ctx, wanted)?;
    let (id, act_ctx) = (row.key.id.clone(), ctx.clone());
    store.transact_blocking("ca.request", Durability::Full, move |tx| {
        keep_request(tx, &act_ctx, &row)
    })?;
    Ok((id, request))
}

fn requested(vault: &Vault, ctx: &Ctx, wanted: &Wanted) -> Result<(CaRow, Vec<u8>), Fault> {
    policy_oid(&wanted.policy)?;
    let key = vault
        .make_ca_key(&ctx.rng)
        .map_err(|error| Fault::new("the key of a CA could not be made", error))?;
    let request = key_ceremony::request(vault, &key, &wanted.name)?;
    let row = CaRow {
        key,
        state: CaState::Requested,
        name: wanted.name.name.clone(),
        address: wanted.address.trim_end_matches('/').to_owned(),
        policy: wanted.policy.clone(),
        chain: None,
        created_at: ctx.now,
        active_at: None,
        ends_at: None,
        retired_at: None,
        crl_number: 0,
        crl_at: None,
    };
    Ok((row, request))
}

fn keep_request(tx: &mut Tx<'_>, ctx: &Ctx, row: &CaRow) -> Result<(), Halt> {
    tx.issuing_cas().insert(row)?;
    let (ca, to) = (row.key.id.clone(), CaState::Requested.as_str());
    record(tx, ctx, &Event::CaChanged { ca, to })
}

/// Installs the certificate that a root gave for a requested CA: it issues from now on, the one before it no more. Its id.
///
/// # Errors
/// When the database does not answer; what is wrong with the certificate is the inner text.
pub fn install(
    store: &Store,
    vault: &Vault,
    ctx: &Ctx,
    (certificate_der, root_der): (&[u8], &[u8]),
) -> Result<Result<String, String>, Halt> {
    let rows = store.read_blocking("ca.load", |tx| tx.issuing_cas().all())?;
    let requested = rows.iter().filter(|row| row.state == CaState::Requested);
    let judged = requested.map(|row| {
        key_ceremony::judge(&row.key.public_der, certificate_der, root_der, ctx.now)
            .map(|ends| (row.key.id.clone(), ends))
    });
    let mut wrong = "no CA waits for a certificate: `idp ca request` begins".to_owned();
    let mut fits = None;
    for one in judged {
        match one {
            Ok(one) => fits = Some(one),
            Err(reason) => wrong = reason,
        }
    }
    let Some((id, ends)) = fits else { return Ok(Err(wrong)) };
    let (act_ctx, act_id) = (ctx.clone(), id.clone());
    let (certificate_der, root_der) = (certificate_der.to_vec(), root_der.to_vec());
    let installed = store.transact_blocking("ca.install", Durability::Full, move |tx| {
        let chain = (certificate_der.as_slice(), root_der.as_slice());
        let first = tx.issuing_cas().activate(&act_id, chain, ends, act_ctx.now)?;
        if first {
            let (ca, to) = (act_id.clone(), CaState::Active.as_str());
            record(tx, &act_ctx, &Event::CaChanged { ca, to })?;
        }
        Ok(first)
    })?;
    load(store, vault)?;
    Ok(if installed {
        Ok(id)
    } else {
        Err("it was installed meanwhile".into())
    })
}

/// The CAs of this house, loaded. A demo without any gets a root, whose key is thrown away at once, and an issuing CA.
///
/// # Errors
/// When the database does not answer, or a key cannot be made or opened.
pub fn ensure(store: &Store, vault: &Vault, ctx: &Ctx, demo_address: Option<&str>) -> Result<(), Halt> {
    load(store, vault)?;
    let Some(address) = demo_address.filter(|_| vault.cas().is_empty()) else {
        return Ok(());
    };
    let name = |name: &str| CaName {
        name: name.to_owned(),
        organisation: "Nøgle Demo".to_owned(),
        country: "DK".to_owned(),
    };
    let root = key_ceremony::root(&name("Nøgle Demo Root CA"), ctx.now, &ctx.rng)?;
    let wanted = Wanted {
        name: name("Nøgle Demo CA I"),
        address: address.to_owned(),
        policy: POLICY.to_owned(),
    };
    let (_, request) = request(store, vault, ctx, &wanted)?;
    let key = RootKey::read(&root.key).map_err(|error| Fault::new("the demo's root", error))?;
    let signed =
        key_ceremony::sign(&key, &root.certificate_der, &request, address, (ctx.now, &ctx.rng)).map_err(Fault::bare)?;
    // Nobody can make another when the key is gone: this one counts as long as the CA.
    let counts = (ctx.now, ctx.now + key_ceremony::ISSUING_FOR);
    let nobody = (&[][..], CaReason::Ceased);
    let list = make_root_list(&key, &root.certificate_der, None, nobody, counts).map_err(Fault::bare)?;
    let done = match install(store, vault, ctx, (&signed, &root.certificate_der))? {
        Ok(_) => publish_root_list(store, ctx, &list)?.map(drop),
        Err(reason) => Err(reason),
    };
    done.map_err(|reason| Fault::bare(format!("the demo's CA: {reason}")).into())
}
