-- Where a code app is woken, sealed; nothing where it comes and asks by itself.
ALTER TABLE authenticators ADD COLUMN push BYTEA;
