-- Facts about the database itself: its random id, whether it is a demo, the generation of its stored-value key.
CREATE TABLE meta (key TEXT PRIMARY KEY NOT NULL, value BYTEA NOT NULL);

CREATE TABLE signing_keys (
  kid TEXT PRIMARY KEY NOT NULL, purpose TEXT NOT NULL, alg TEXT NOT NULL, state TEXT NOT NULL,
  sealed BYTEA NOT NULL, public_der BYTEA NOT NULL, certificate_der BYTEA,
  created_at BIGINT NOT NULL, published_at BIGINT NOT NULL, activates_at BIGINT NOT NULL, retires_at BIGINT
);

CREATE TABLE people (
  id BYTEA PRIMARY KEY NOT NULL, name BYTEA NOT NULL, address BYTEA, protected BOOLEAN NOT NULL, birth_date TEXT,
  email BYTEA, phone BYTEA, status TEXT NOT NULL, created_at BIGINT NOT NULL
);
CREATE TABLE cprs (
  hash BYTEA PRIMARY KEY NOT NULL, person BYTEA NOT NULL, sealed BYTEA NOT NULL, current BOOLEAN NOT NULL, added_at BIGINT NOT NULL
);
CREATE INDEX cprs_person ON cprs (person);
CREATE TABLE pids (person BYTEA PRIMARY KEY NOT NULL, pid TEXT NOT NULL UNIQUE, created_at BIGINT NOT NULL);
CREATE TABLE subjects (
  person BYTEA NOT NULL, sector TEXT NOT NULL, sub TEXT NOT NULL UNIQUE, created_at BIGINT NOT NULL, PRIMARY KEY (person, sector)
);

CREATE TABLE eids (
  id BYTEA PRIMARY KEY NOT NULL, number TEXT NOT NULL UNIQUE, person BYTEA NOT NULL, status TEXT NOT NULL, is_public BOOLEAN NOT NULL,
  issuer TEXT NOT NULL, epoch INTEGER NOT NULL, created_at BIGINT NOT NULL, last_login_at BIGINT
);
CREATE INDEX eids_person ON eids (person);
CREATE TABLE eid_banks (
  eid BYTEA NOT NULL, bank TEXT NOT NULL, customer_ref TEXT, linked_at BIGINT NOT NULL, PRIMARY KEY (eid, bank)
);
CREATE TABLE aliases (
  hash BYTEA PRIMARY KEY NOT NULL, eid BYTEA NOT NULL, kind TEXT NOT NULL, sealed BYTEA NOT NULL, created_at BIGINT NOT NULL
);
CREATE INDEX aliases_eid ON aliases (eid);
CREATE TABLE passwords (
  eid BYTEA PRIMARY KEY NOT NULL, verifier BYTEA NOT NULL, four_digits BOOLEAN NOT NULL, blocked BOOLEAN NOT NULL,
  set_at BIGINT NOT NULL, version BIGINT NOT NULL
);

-- Counters of wrong passwords. The id is an eID (its strangers' lane), a device (its known lane) or one of 65,536 decoys.
CREATE TABLE lanes (
  id BYTEA PRIMARY KEY NOT NULL, thirds INTEGER NOT NULL, in_a_row INTEGER NOT NULL, since_reset BIGINT NOT NULL,
  four_digits BIGINT NOT NULL, closed_until BIGINT, shut BOOLEAN NOT NULL,
  reserved BYTEA NOT NULL, version BIGINT NOT NULL
);
CREATE TABLE devices (
  id BYTEA PRIMARY KEY NOT NULL, eid BYTEA NOT NULL, epoch INTEGER NOT NULL, created_at BIGINT NOT NULL,
  used_at BIGINT NOT NULL, expires_at BIGINT NOT NULL
);
CREATE INDEX devices_eid ON devices (eid);

-- A card is one row: a sealed secret from which its entries derive, a bitmap of what is burnt, the entry asked next.
CREATE TABLE cards (
  number TEXT PRIMARY KEY NOT NULL, eid BYTEA NOT NULL, secret BYTEA, scheme INTEGER NOT NULL, used BYTEA NOT NULL, pending INTEGER,
  wrong_in_a_row INTEGER NOT NULL, state TEXT NOT NULL, version BIGINT NOT NULL, ordered_at BIGINT NOT NULL, printed_at BIGINT,
  posted_at BIGINT, activated_at BIGINT, closed_at BIGINT, expires_at BIGINT
);
CREATE INDEX cards_eid ON cards (eid);

CREATE TABLE sessions (
  id BYTEA PRIMARY KEY NOT NULL, token_hash BYTEA NOT NULL UNIQUE, person BYTEA NOT NULL, eid BYTEA NOT NULL, sso TEXT, party TEXT,
  level TEXT NOT NULL, methods TEXT NOT NULL, authenticated_at BIGINT NOT NULL, seen_at BIGINT NOT NULL, expires_at BIGINT NOT NULL,
  ended_at BIGINT, ended_cause TEXT
);
CREATE INDEX sessions_eid ON sessions (eid);
CREATE INDEX sessions_expiry ON sessions (expires_at);
CREATE TABLE participants (
  sid TEXT PRIMARY KEY NOT NULL, session BYTEA NOT NULL, party TEXT NOT NULL, protocol TEXT NOT NULL, sub TEXT NOT NULL,
  detail BYTEA NOT NULL, back_channel BOOLEAN NOT NULL, joined_at BIGINT NOT NULL, ended_at BIGINT, UNIQUE (session, party)
);

CREATE TABLE flows_done (
  flow BYTEA PRIMARY KEY NOT NULL, browser BYTEA NOT NULL, session BYTEA NOT NULL, result BYTEA NOT NULL, done_at BIGINT NOT NULL
);
CREATE INDEX flows_done_at ON flows_done (done_at);
-- What may be accepted once only: (issuer, request id) of protocol requests, (client, jti) of client assertions.
CREATE TABLE replays (issuer TEXT NOT NULL, token TEXT NOT NULL, expires_at BIGINT NOT NULL, PRIMARY KEY (issuer, token));
CREATE INDEX replays_expiry ON replays (expires_at);

CREATE TABLE grants (
  id BYTEA PRIMARY KEY NOT NULL, party TEXT NOT NULL, person BYTEA NOT NULL, eid BYTEA NOT NULL, session BYTEA NOT NULL, sid TEXT NOT NULL,
  scope TEXT NOT NULL, detail BYTEA NOT NULL, code_hash BYTEA UNIQUE, code_expires_at BIGINT, code_used_at BIGINT,
  offline BOOLEAN NOT NULL, refresh_secret BYTEA, refresh_generation BIGINT NOT NULL, refreshed_at BIGINT, refresh_idle_at BIGINT,
  expires_at BIGINT NOT NULL, created_at BIGINT NOT NULL, ended_at BIGINT, ended_cause TEXT
);
CREATE INDEX grants_session ON grants (session);
CREATE INDEX grants_eid ON grants (eid);
CREATE INDEX grants_expiry ON grants (expires_at);
CREATE TABLE access_tokens (
  hash BYTEA PRIMARY KEY NOT NULL, grant_id BYTEA, party TEXT NOT NULL, scope TEXT NOT NULL, created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL, revoked_at BIGINT
);
CREATE INDEX access_tokens_grant ON access_tokens (grant_id);
CREATE INDEX access_tokens_expiry ON access_tokens (expires_at);

CREATE TABLE audit_rows (
  id BYTEA PRIMARY KEY NOT NULL, at BIGINT NOT NULL, kind TEXT NOT NULL, person BYTEA, eid BYTEA, party TEXT, request TEXT NOT NULL,
  body TEXT NOT NULL, sealed BYTEA, mac BYTEA NOT NULL
);
CREATE INDEX audit_rows_eid ON audit_rows (eid, at);
CREATE TABLE audit_pending (id BYTEA PRIMARY KEY NOT NULL, at BIGINT NOT NULL);
CREATE TABLE audit_keys (person BYTEA NOT NULL, year INTEGER NOT NULL, sealed BYTEA NOT NULL, PRIMARY KEY (person, year));
CREATE TABLE audit_segments (
  seq BIGINT PRIMARY KEY NOT NULL, ids BYTEA NOT NULL, root BYTEA NOT NULL, previous BYTEA NOT NULL, kid TEXT NOT NULL,
  signature BYTEA NOT NULL, sealed_at BIGINT NOT NULL
);

CREATE TABLE leases (name TEXT PRIMARY KEY NOT NULL, holder BYTEA NOT NULL, until BIGINT NOT NULL);
CREATE TABLE outbox (
  id BYTEA PRIMARY KEY NOT NULL, kind TEXT NOT NULL, dedup TEXT NOT NULL UNIQUE, payload BYTEA NOT NULL, attempts INTEGER NOT NULL,
  due_at BIGINT NOT NULL, created_at BIGINT NOT NULL, done_at BIGINT, failure TEXT
);
CREATE INDEX outbox_due ON outbox (due_at);
