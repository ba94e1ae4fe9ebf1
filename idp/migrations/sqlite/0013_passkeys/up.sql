-- Passkeys: SHA-256 of the name that a device knows its key by; kept when the key is erased, so that none comes in twice.
ALTER TABLE authenticators ADD COLUMN credential BLOB;
CREATE UNIQUE INDEX authenticators_credential ON authenticators (credential);
