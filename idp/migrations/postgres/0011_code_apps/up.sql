-- Code apps: when a device may be used from, and the keyed hash of a hand-over that waits for its app.
ALTER TABLE authenticators ADD COLUMN usable_at BIGINT;
ALTER TABLE authenticators ADD COLUMN handover BYTEA;
CREATE UNIQUE INDEX authenticators_handover ON authenticators (handover);
-- The question that an eID's apps are asked: one at a time; a further one takes its place and carries the count on.
CREATE TABLE app_questions (
  eid BYTEA PRIMARY KEY NOT NULL, id BYTEA NOT NULL UNIQUE, flow BYTEA NOT NULL, party TEXT NOT NULL, purpose TEXT NOT NULL,
  number INTEGER NOT NULL, state TEXT NOT NULL, app BYTEA, refused INTEGER NOT NULL, version BIGINT NOT NULL, expires_at BIGINT NOT NULL
);
