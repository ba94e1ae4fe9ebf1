//! Bounded pools of our own threads for slow work.
