//! The ceremony: from a Demand to an Outcome, the same for every protocol.
