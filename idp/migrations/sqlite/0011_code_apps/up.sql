-- Code apps: when a device may be used from, and the keyed hash of a hand-over that waits for its app.
ALTER TABLE authenticators ADD COLUMN usable_at BIGINT;
ALTER TABLE authenticators ADD COLUMN handover BLOB;
CREATE UNIQUE INDEX authenticators_handover ON authenticators (handover);
-- The question that an eID's apps are asked: one at a time; a further one takes its place and carries the count on.
CREATE TABLE app_questions (
  eid BLOB PRIMARY KEY NOT NULL, id BLOB NOT NULL UNIQUE, flow BLOB NOT NULL, party TEXT NOT NULL, purpose TEXT NOT NULL,
  number INTEGER NOT NULL, state TEXT NOT NULL, app BLOB, refused INTEGER NOT NULL, version BIGINT NOT NULL, expires_at BIGINT NOT NULL
) WITHOUT ROWID;
