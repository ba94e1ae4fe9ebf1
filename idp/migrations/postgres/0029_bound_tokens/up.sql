-- The certificate that a token is bound to, by its SHA-256: whoever brings the token shows that certificate.
ALTER TABLE access_tokens ADD COLUMN bound_to BYTEA;
