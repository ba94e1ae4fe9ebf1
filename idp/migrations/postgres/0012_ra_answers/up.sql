-- What an RA's act was answered, under the key that it gave the act: a repetition is answered the same and does nothing.
CREATE TABLE ra_answers (
  ra TEXT NOT NULL, key TEXT NOT NULL, request BYTEA NOT NULL, body TEXT NOT NULL, expires_at BIGINT NOT NULL,
  PRIMARY KEY (ra, key)
);
CREATE INDEX ra_answers_expire ON ra_answers (expires_at);
