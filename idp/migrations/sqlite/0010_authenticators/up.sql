-- What an eID is proven with beside the card. A token in stock is nobody's yet; `secret` is sealed and erased when its life is over.
CREATE TABLE authenticators (
  id BLOB PRIMARY KEY NOT NULL, eid BLOB, kind TEXT NOT NULL, serial TEXT UNIQUE, name TEXT NOT NULL, state TEXT NOT NULL,
  usual BOOLEAN NOT NULL, scheme TEXT NOT NULL, secret BLOB, next BIGINT NOT NULL, drift BIGINT NOT NULL, expected BIGINT,
  wrong_in_a_row INTEGER NOT NULL, version BIGINT NOT NULL, made_at BIGINT NOT NULL, active_at BIGINT, used_at BIGINT, closed_at BIGINT
) WITHOUT ROWID;
CREATE INDEX authenticators_eid ON authenticators (eid);
-- One open order of a token for each eID; gone when the token is on its way (the audit trail keeps it).
CREATE TABLE token_orders (eid BLOB PRIMARY KEY NOT NULL, price_oere BIGINT NOT NULL, ordered_at BIGINT NOT NULL) WITHOUT ROWID;
