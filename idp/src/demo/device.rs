//! The demo's code app: a device whose key everybody knows, so that a test or a developer can approve with it. Owns that key; it is used
//! in a demo alone, since only a demo has people who hold it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::ctx::Ctx;
use crate::domain::id::{AuthenticatorId, EidId};
use crate::fault::Fault;
use crate::storage::{Halt, NewDevice, Tx};
use crate::vault::device_key::DeviceKey;

/// The private key, PKCS #8 in base64url: no secret.
pub(super) const PRIVATE_KEY: &str = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgcm57kUvgoVW7n422tI7w_tDuPljvm_uxt-tnxJ2uAvOhRANCAAT3mfQfjkalEEV6GaX1MdwfLnKmpIKYki9vFbR63szDMXFLENHIelgiJRY1GQ0SiWB13uavfxk0j2IuhrSBL03t";
/// Its public point.
const PUBLIC_KEY: &str = "BPeZ9B-ORqUQRXoZpfUx3B8ucqakgpiSL28VtHrezMMxcUsQ0ch6WCIlFjUZDRKJYHXe5q9_GTSPYi6GtIEvTe0";

/// A device in use, its waiting time over.
pub(super) fn write(tx: &mut Tx<'_>, ctx: &Ctx, eid: EidId) -> Result<(), Halt> {
    let id = AuthenticatorId::from_uuid(ctx.rng.uuid_v7(ctx.now));
    let point = URL_SAFE_NO_PAD.decode(PUBLIC_KEY).ok();
    let key = point.and_then(|point| DeviceKey::from_bytes(&point));
    let key = key.ok_or_else(|| Fault::bare("the demo's device key is a point"))?;
    tx.code_apps().begin(id, eid, ctx.rng.bytes(), ctx.now)?;
    if let Some(app) = tx.code_apps().find(id)? {
        let device = NewDevice {
            key: &key,
            name: "Demo",
            push: Some("demo"),
        };
        tx.code_apps().receive(&app, device, ctx.now, ctx.now)?;
    }
    Ok(())
}
