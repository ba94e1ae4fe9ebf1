-- Of a party that takes part by both protocols only the one that joined first can be kept.
DELETE FROM participants AS later USING participants AS earlier
  WHERE later.session = earlier.session AND later.party = earlier.party
    AND (later.joined_at, later.sid) > (earlier.joined_at, earlier.sid);
DROP INDEX participants_handle;
ALTER TABLE participants ADD CONSTRAINT participants_session_party_key UNIQUE (session, party);
ALTER TABLE participants DROP CONSTRAINT participants_session_party_protocol_key;
ALTER TABLE participants DROP COLUMN handle;
