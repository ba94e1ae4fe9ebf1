-- The language that a person is written to in.
ALTER TABLE people ADD COLUMN language TEXT NOT NULL DEFAULT 'da';
-- What could not be sent is few among what was sent, and is looked for every ten seconds.
CREATE INDEX outbox_given_up ON outbox (done_at) WHERE done_at IS NOT NULL AND failure IS NOT NULL;
