-- What came of each line of a delivery that a bank had eIDs issued from: a line is done once, and one that is done is not done again.
CREATE TABLE bulk_lines (
  ra TEXT NOT NULL, batch TEXT NOT NULL, line BIGINT NOT NULL, request BLOB NOT NULL, eid BLOB, refused TEXT, done_at BIGINT NOT NULL,
  PRIMARY KEY (ra, batch, line)
) WITHOUT ROWID;
