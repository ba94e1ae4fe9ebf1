-- What a person lets a private service know at each log-in without being asked again.
CREATE TABLE release_consents (
  person BLOB NOT NULL, party TEXT NOT NULL, claims TEXT NOT NULL, given_at BIGINT NOT NULL, PRIMARY KEY (person, party)
) WITHOUT ROWID;
