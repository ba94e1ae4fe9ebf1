-- Voice response: the one call of an eID. Of the code only its keyed hash; the count of calls outlives it.
CREATE TABLE voice_calls (
  eid BYTEA PRIMARY KEY NOT NULL, id BYTEA NOT NULL UNIQUE, flow BYTEA NOT NULL, party TEXT NOT NULL, purpose TEXT NOT NULL, mac BYTEA,
  expires_at BIGINT NOT NULL, since BIGINT NOT NULL, made INTEGER NOT NULL, rests_until BIGINT, version BIGINT NOT NULL
);
