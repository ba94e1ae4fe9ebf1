-- The one activation password of an eID: a MAC of it; the password itself sealed, until it was handed to the post.
CREATE TABLE activations (
  eid BLOB PRIMARY KEY NOT NULL, id BLOB NOT NULL UNIQUE, mac BLOB NOT NULL, sealed BLOB, state TEXT NOT NULL, ordered_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL, printed_at BIGINT, posted_at BIGINT, closed_at BIGINT
) WITHOUT ROWID;
CREATE INDEX activations_to_print ON activations (ordered_at) WHERE state = 'ordered';
