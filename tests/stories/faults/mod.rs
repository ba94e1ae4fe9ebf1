//! What goes wrong around the house: it is killed, its disk is full, its database is slow or gone, its clock jumps, and
//! strangers send what no client would. docs/operations/faults.md says what each was last seen to do.

mod clock;
mod disk;
mod durable;
mod hostile;
mod kills;
pub mod load;
mod memory;
mod slow;
mod smuggling;
