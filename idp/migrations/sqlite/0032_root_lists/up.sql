-- The newest revocation list of each root, as its operator brought it: which issuing CAs no longer count.
CREATE TABLE root_lists (
  root TEXT PRIMARY KEY NOT NULL, number BIGINT NOT NULL, made_at BIGINT NOT NULL, ends_at BIGINT NOT NULL, der BLOB NOT NULL
) WITHOUT ROWID;
