//! What the tests of this crate share: keys made by rcgen, a service, an identity provider, a moment.
