ALTER TABLE passwords DROP COLUMN block_cause;
DROP INDEX outbox_done;
DROP INDEX devices_expiry;
