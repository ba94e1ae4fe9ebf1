//! The person's public number: made once, found again for every later eID.
