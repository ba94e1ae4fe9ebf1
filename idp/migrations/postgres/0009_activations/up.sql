-- The one activation password of an eID: a MAC of it; the password itself sealed, until it was handed to the post.
CREATE TABLE activations (
  eid BYTEA PRIMARY KEY NOT NULL, id BYTEA NOT NULL UNIQUE, mac BYTEA NOT NULL, sealed BYTEA, state TEXT NOT NULL, ordered_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL, printed_at BIGINT, posted_at BIGINT, closed_at BIGINT
);
CREATE INDEX activations_to_print ON activations (ordered_at) WHERE state = 'ordered';
