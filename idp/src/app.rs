//! Wires everything: the roof.
