-- What is pruned every minute is found by its date, not by reading the table.
CREATE INDEX devices_expiry ON devices (expires_at);
CREATE INDEX outbox_done ON outbox (done_at);
-- What was sent is due never again, so that the search for what is due does not pass it by.
UPDATE outbox SET due_at = 9223372036854775807 WHERE done_at IS NOT NULL;
-- Why a password is blocked; until now only too many wrong tries did it.
ALTER TABLE passwords ADD COLUMN block_cause TEXT;
UPDATE passwords SET block_cause = 'tries' WHERE blocked;
