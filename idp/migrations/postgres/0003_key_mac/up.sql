-- The vault's word for the half of a signing key that is not secret; without it a key is not ours.
ALTER TABLE signing_keys ADD COLUMN mac BYTEA;
