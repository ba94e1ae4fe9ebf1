ALTER TABLE authenticators DROP COLUMN push;
