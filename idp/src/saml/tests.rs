//! Requests, attacks, profiles and log-outs against a whole house.
