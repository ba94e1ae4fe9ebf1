-- A party that speaks both protocols takes part twice, once by each. `handle` is a name of the person that holds for this session
-- alone (a transient NameID): a log-out may name nothing else. SQLite changes a table's own keys by making it anew.
CREATE TABLE participants_new (
  sid TEXT PRIMARY KEY NOT NULL, session BLOB NOT NULL, party TEXT NOT NULL, protocol TEXT NOT NULL, sub TEXT NOT NULL,
  detail BLOB NOT NULL, back_channel BOOLEAN NOT NULL, joined_at BIGINT NOT NULL, ended_at BIGINT, handle TEXT,
  UNIQUE (session, party, protocol)
) WITHOUT ROWID;
INSERT INTO participants_new (sid, session, party, protocol, sub, detail, back_channel, joined_at, ended_at)
  SELECT sid, session, party, protocol, sub, detail, back_channel, joined_at, ended_at FROM participants;
DROP TABLE participants;
ALTER TABLE participants_new RENAME TO participants;
CREATE INDEX participants_handle ON participants (handle) WHERE handle IS NOT NULL;
