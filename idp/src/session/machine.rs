//! A machine has no session: what it shows is an access token that was given to it alone (client credentials), for one scope, and the
//! certificate that the token is bound to, where it is. Owns when such a
//! token counts. Never says what its party may do.

use std::sync::Arc;

use crate::config::parties::{Party, SharedParties};
use crate::ctx::Ctx;
use crate::storage::{AccessToken, Halt, Store};
use crate::vault::client::{is_theirs, thumbprint};
use crate::vault::sha256;

/// Why a machine is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotIn {
    /// No token of a machine, or one that is over.
    Token,
    /// A token for something else, or of a party that is there no longer.
    Scope,
}

/// The party whose machine brings this token, which must be of that scope.
///
/// # Errors
/// When the database does not answer or the row is corrupt.
pub async fn machine(
    store: &Store,
    parties: &SharedParties,
    ctx: &Ctx,
    (token, scope): (&str, &str),
) -> Result<Result<Arc<Party>, NotIn>, Halt> {
    let (hash, now) = (sha256(token.as_bytes()), ctx.now);
    let shown = ctx.caller.certificate.as_ref().and_then(thumbprint);
    let found = store.read("machine.token", move |tx| tx.tokens().find(&hash)).await?;
    let lives = found.filter(|token| token.revoked_at.is_none() && now < token.expires_at && token.grant.is_none());
    // A bound token is worth nothing to whoever took it from its owner.
    let theirs = lives.filter(|token| token.bound_to.is_none() || token.bound_to == shown);
    let Some(token) = theirs else {
        return Ok(Err(NotIn::Token));
    };
    let party = parties.current().get(&token.party).cloned();
    if party.as_deref().is_some_and(|party| !shows_its_own(party, &token, ctx)) {
        return Ok(Err(NotIn::Token));
    }
    let party = party.filter(|_| token.scope.split(' ').any(|word| word == scope));
    Ok(party.ok_or(NotIn::Scope))
}

/// A party whose machine shows certificates shows one that its file names now, as where the token was given: what is taken out of the file
/// counts no longer, nor does a token from before the party was registered so.
fn shows_its_own(party: &Party, token: &AccessToken, ctx: &Ctx) -> bool {
    let Some(client) = party.oidc.as_ref().filter(|client| client.auth.by_certificate()) else {
        return true;
    };
    let shown = ctx.caller.certificate.as_ref().zip(client.certificate.as_ref());
    token.bound_to.is_some() && shown.is_some_and(|(shown, theirs)| is_theirs(shown, theirs, ctx.now))
}
