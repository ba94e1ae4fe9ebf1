-- The register that the house keeps itself: entries sealed, found by the keyed hash of the CPR number; documents by that of their number.
CREATE TABLE register_people (cpr BYTEA PRIMARY KEY NOT NULL, sealed BYTEA NOT NULL, imported_at BIGINT NOT NULL);
CREATE TABLE register_documents (
  number BYTEA PRIMARY KEY NOT NULL, cpr BYTEA NOT NULL, kind TEXT NOT NULL, valid_to TEXT, void BOOLEAN NOT NULL
);
-- Rounds of control questions: what was asked and how it stands, never an answer.
CREATE TABLE question_rounds (
  id BYTEA PRIMARY KEY NOT NULL, eid BYTEA NOT NULL, ra TEXT NOT NULL, officer TEXT NOT NULL, subjects TEXT NOT NULL, state TEXT NOT NULL,
  begun_at BIGINT NOT NULL, expires_at BIGINT NOT NULL
);
CREATE INDEX question_rounds_eid ON question_rounds (eid, begun_at);
CREATE INDEX question_rounds_expire ON question_rounds (expires_at);
