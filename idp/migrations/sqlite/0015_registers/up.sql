-- The register that the house keeps itself: entries sealed, found by the keyed hash of the CPR number; documents by that of their number.
CREATE TABLE register_people (cpr BLOB PRIMARY KEY NOT NULL, sealed BLOB NOT NULL, imported_at BIGINT NOT NULL) WITHOUT ROWID;
CREATE TABLE register_documents (
  number BLOB PRIMARY KEY NOT NULL, cpr BLOB NOT NULL, kind TEXT NOT NULL, valid_to TEXT, void BOOLEAN NOT NULL
) WITHOUT ROWID;
-- Rounds of control questions: what was asked and how it stands, never an answer.
CREATE TABLE question_rounds (
  id BLOB PRIMARY KEY NOT NULL, eid BLOB NOT NULL, ra TEXT NOT NULL, officer TEXT NOT NULL, subjects TEXT NOT NULL, state TEXT NOT NULL,
  begun_at BIGINT NOT NULL, expires_at BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX question_rounds_eid ON question_rounds (eid, begun_at);
CREATE INDEX question_rounds_expire ON question_rounds (expires_at);
