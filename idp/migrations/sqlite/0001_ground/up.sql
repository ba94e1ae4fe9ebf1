-- Facts about the database itself: its random id, whether it is a demo, the generation of its stored-value key.
CREATE TABLE meta (key TEXT PRIMARY KEY NOT NULL, value BLOB NOT NULL) WITHOUT ROWID;

CREATE TABLE signing_keys (
  kid TEXT PRIMARY KEY NOT NULL, purpose TEXT NOT NULL, alg TEXT NOT NULL, state TEXT NOT NULL,
  sealed BLOB NOT NULL, public_der BLOB NOT NULL, certificate_der BLOB,
  created_at BIGINT NOT NULL, published_at BIGINT NOT NULL, activates_at BIGINT NOT NULL, retires_at BIGINT
);

CREATE TABLE people (
  id BLOB PRIMARY KEY NOT NULL, name BLOB NOT NULL, address BLOB, protected BOOLEAN NOT NULL, birth_date TEXT,
  email BLOB, phone BLOB, status TEXT NOT NULL, created_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE TABLE cprs (
  hash BLOB PRIMARY KEY NOT NULL, person BLOB NOT NULL, sealed BLOB NOT NULL, current BOOLEAN NOT NULL, added_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX cprs_person ON cprs (person);
CREATE TABLE pids (person BLOB PRIMARY KEY NOT NULL, pid TEXT NOT NULL UNIQUE, created_at BIGINT NOT NULL) WITHOUT ROWID;
CREATE TABLE subjects (
  person BLOB NOT NULL, sector TEXT NOT NULL, sub TEXT NOT NULL UNIQUE, created_at BIGINT NOT NULL, PRIMARY KEY (person, sector)
) WITHOUT ROWID;

CREATE TABLE eids (
  id BLOB PRIMARY KEY NOT NULL, number TEXT NOT NULL UNIQUE, person BLOB NOT NULL, status TEXT NOT NULL, is_public BOOLEAN NOT NULL,
  issuer TEXT NOT NULL, epoch INTEGER NOT NULL, created_at BIGINT NOT NULL, last_login_at BIGINT
) WITHOUT ROWID;
CREATE INDEX eids_person ON eids (person);
CREATE TABLE eid_banks (
  eid BLOB NOT NULL, bank TEXT NOT NULL, customer_ref TEXT, linked_at BIGINT NOT NULL, PRIMARY KEY (eid, bank)
) WITHOUT ROWID;
CREATE TABLE aliases (
  hash BLOB PRIMARY KEY NOT NULL, eid BLOB NOT NULL, kind TEXT NOT NULL, sealed BLOB NOT NULL, created_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX aliases_eid ON aliases (eid);
CREATE TABLE passwords (
  eid BLOB PRIMARY KEY NOT NULL, verifier BLOB NOT NULL, four_digits BOOLEAN NOT NULL, blocked BOOLEAN NOT NULL,
  set_at BIGINT NOT NULL, version BIGINT NOT NULL
) WITHOUT ROWID;

-- Counters of wrong passwords. The id is an eID (its strangers' lane), a device (its known lane) or one of 65,536 decoys.
CREATE TABLE lanes (
  id BLOB PRIMARY KEY NOT NULL, thirds INTEGER NOT NULL, in_a_row INTEGER NOT NULL, since_reset BIGINT NOT NULL,
  four_digits BIGINT NOT NULL, closed_until BIGINT, shut BOOLEAN NOT NULL,
  reserved BLOB NOT NULL, version BIGINT NOT NULL
) WITHOUT ROWID;
CREATE TABLE devices (
  id BLOB PRIMARY KEY NOT NULL, eid BLOB NOT NULL, epoch INTEGER NOT NULL, created_at BIGINT NOT NULL,
  used_at BIGINT NOT NULL, expires_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX devices_eid ON devices (eid);

-- A card is one row: a sealed secret from which its entries derive, a bitmap of what is burnt, the entry asked next.
CREATE TABLE cards (
  number TEXT PRIMARY KEY NOT NULL, eid BLOB NOT NULL, secret BLOB, scheme INTEGER NOT NULL, used BLOB NOT NULL, pending INTEGER,
  wrong_in_a_row INTEGER NOT NULL, state TEXT NOT NULL, version BIGINT NOT NULL, ordered_at BIGINT NOT NULL, printed_at BIGINT,
  posted_at BIGINT, activated_at BIGINT, closed_at BIGINT, expires_at BIGINT
) WITHOUT ROWID;
CREATE INDEX cards_eid ON cards (eid);

CREATE TABLE sessions (
  id BLOB PRIMARY KEY NOT NULL, token_hash BLOB NOT NULL UNIQUE, person BLOB NOT NULL, eid BLOB NOT NULL, sso TEXT, party TEXT,
  level TEXT NOT NULL, methods TEXT NOT NULL, authenticated_at BIGINT NOT NULL, seen_at BIGINT NOT NULL, expires_at BIGINT NOT NULL,
  ended_at BIGINT, ended_cause TEXT
) WITHOUT ROWID;
CREATE INDEX sessions_eid ON sessions (eid);
CREATE INDEX sessions_expiry ON sessions (expires_at);
CREATE TABLE participants (
  sid TEXT PRIMARY KEY NOT NULL, session BLOB NOT NULL, party TEXT NOT NULL, protocol TEXT NOT NULL, sub TEXT NOT NULL,
  detail BLOB NOT NULL, back_channel BOOLEAN NOT NULL, joined_at BIGINT NOT NULL, ended_at BIGINT, UNIQUE (session, party)
) WITHOUT ROWID;

CREATE TABLE flows_done (
  flow BLOB PRIMARY KEY NOT NULL, browser BLOB NOT NULL, session BLOB NOT NULL, result BLOB NOT NULL, done_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX flows_done_at ON flows_done (done_at);
-- What may be accepted once only: (issuer, request id) of protocol requests, (client, jti) of client assertions.
CREATE TABLE replays (issuer TEXT NOT NULL, token TEXT NOT NULL, expires_at BIGINT NOT NULL, PRIMARY KEY (issuer, token)) WITHOUT ROWID;
CREATE INDEX replays_expiry ON replays (expires_at);

CREATE TABLE grants (
  id BLOB PRIMARY KEY NOT NULL, party TEXT NOT NULL, person BLOB NOT NULL, eid BLOB NOT NULL, session BLOB NOT NULL, sid TEXT NOT NULL,
  scope TEXT NOT NULL, detail BLOB NOT NULL, code_hash BLOB UNIQUE, code_expires_at BIGINT, code_used_at BIGINT,
  offline BOOLEAN NOT NULL, refresh_secret BLOB, refresh_generation BIGINT NOT NULL, refreshed_at BIGINT, refresh_idle_at BIGINT,
  expires_at BIGINT NOT NULL, created_at BIGINT NOT NULL, ended_at BIGINT, ended_cause TEXT
) WITHOUT ROWID;
CREATE INDEX grants_session ON grants (session);
CREATE INDEX grants_eid ON grants (eid);
CREATE INDEX grants_expiry ON grants (expires_at);
CREATE TABLE access_tokens (
  hash BLOB PRIMARY KEY NOT NULL, grant_id BLOB, party TEXT NOT NULL, scope TEXT NOT NULL, created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL, revoked_at BIGINT
) WITHOUT ROWID;
CREATE INDEX access_tokens_grant ON access_tokens (grant_id);
CREATE INDEX access_tokens_expiry ON access_tokens (expires_at);

CREATE TABLE audit_rows (
  id BLOB PRIMARY KEY NOT NULL, at BIGINT NOT NULL, kind TEXT NOT NULL, person BLOB, eid BLOB, party TEXT, request TEXT NOT NULL,
  body TEXT NOT NULL, sealed BLOB, mac BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX audit_rows_eid ON audit_rows (eid, at);
CREATE TABLE audit_pending (id BLOB PRIMARY KEY NOT NULL, at BIGINT NOT NULL) WITHOUT ROWID;
CREATE TABLE audit_keys (person BLOB NOT NULL, year INTEGER NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (person, year)) WITHOUT ROWID;
CREATE TABLE audit_segments (
  seq BIGINT PRIMARY KEY NOT NULL, ids BLOB NOT NULL, root BLOB NOT NULL, previous BLOB NOT NULL, kid TEXT NOT NULL,
  signature BLOB NOT NULL, sealed_at BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE leases (name TEXT PRIMARY KEY NOT NULL, holder BLOB NOT NULL, until BIGINT NOT NULL) WITHOUT ROWID;
CREATE TABLE outbox (
  id BLOB PRIMARY KEY NOT NULL, kind TEXT NOT NULL, dedup TEXT NOT NULL UNIQUE, payload BLOB NOT NULL, attempts INTEGER NOT NULL,
  due_at BIGINT NOT NULL, created_at BIGINT NOT NULL, done_at BIGINT, failure TEXT
) WITHOUT ROWID;
CREATE INDEX outbox_due ON outbox (due_at);
