//! Whether the house can do its work now.

use super::House;
use crate::audit::unsealed_for;
use crate::domain::time::Span;
use crate::storage::Halt;

/// Audit rows may wait so long to be sealed before the node says that it is not ready.
const UNSEALED: Span = Span::secs(30);

/// What stands in the way of being ready; nothing, when ready.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Health {
    /// Short words for the operator.
    pub problems: Vec<&'static str>,
}

impl Health {
    /// Ready.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.problems.is_empty()
    }
}

/// Asks the database, the sealer and the jobs.
pub async fn health(house: &House) -> Health {
    let mut health = Health::default();
    match unsealed_for(&house.store, house.clock.now()).await {
        Ok(age) if age > UNSEALED => health.problems.push("audit rows wait to be sealed"),
        Ok(_) => {}
        Err(Halt::Unavailable) => health.problems.push("the database does not answer"),
        Err(_) => health.problems.push("the database answers with errors"),
    }
    if !house.jobs.broken().is_empty() {
        health.problems.push("a job of this node panics");
    }
    health
}
