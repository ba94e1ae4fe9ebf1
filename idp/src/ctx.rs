//! What every act is given: one moment, one source of randomness, who calls.
