DROP INDEX authenticators_credential;
ALTER TABLE authenticators DROP COLUMN credential;
