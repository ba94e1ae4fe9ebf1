-- Of a party that takes part by both protocols only the one that joined first can be kept.
CREATE TABLE participants_old (
  sid TEXT PRIMARY KEY NOT NULL, session BLOB NOT NULL, party TEXT NOT NULL, protocol TEXT NOT NULL, sub TEXT NOT NULL,
  detail BLOB NOT NULL, back_channel BOOLEAN NOT NULL, joined_at BIGINT NOT NULL, ended_at BIGINT, UNIQUE (session, party)
) WITHOUT ROWID;
INSERT OR IGNORE INTO participants_old (sid, session, party, protocol, sub, detail, back_channel, joined_at, ended_at)
  SELECT sid, session, party, protocol, sub, detail, back_channel, joined_at, ended_at FROM participants ORDER BY joined_at;
DROP TABLE participants;
ALTER TABLE participants_old RENAME TO participants;
