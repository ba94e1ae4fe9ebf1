//! What the programs of this member share: the state that one run hands from its preparation to its scenarios, and the
//! figures that come out. Knows the product from outside only, as any client does.

pub mod figures;
pub mod prepared;
pub mod ratio;
