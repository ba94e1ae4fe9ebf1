DROP INDEX outbox_given_up;
ALTER TABLE people DROP COLUMN language;
