//! XML signatures under one policy, the same for requests, responses, assertions and log-outs.
//!
//! A signature counts only if ([`policy`])
//! 1. every `ds:Signature` of the document is the direct child of an element that is expected to be signed, one each;
//! 2. it holds `SignedInfo`, `SignatureValue` and at most `KeyInfo`, nothing else, and one `Reference`;
//! 3. that `Reference` is `#` + the ID of its parent element: no empty URI, file, address, XPointer;
//! 4. canonicalisation is exclusive without comments, the transforms are enveloped-signature and that, in this order;
//! 5. signature and digest are SHA-256 or stronger with RSA or ECDSA: no SHA-1, HMAC, PSS, DSA;
//! 6. one of the party's own keys made it; `KeyInfo` is not looked at.
//!
//! Then the library computes digest and signature over the very tree that the caller goes on to read.

mod policy;
mod sign;
mod verify;

pub use sign::{SignError, enveloped};
pub(crate) use sign::{fill, prepare};
pub use verify::SignatureError;
pub(crate) use verify::verify;
