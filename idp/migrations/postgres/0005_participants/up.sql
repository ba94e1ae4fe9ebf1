-- A party that speaks both protocols takes part twice, once by each. `handle` is a name of the person that holds for this session
-- alone (a transient NameID): a log-out may name nothing else.
ALTER TABLE participants ADD COLUMN handle TEXT;
ALTER TABLE participants ADD CONSTRAINT participants_session_party_protocol_key UNIQUE (session, party, protocol);
ALTER TABLE participants DROP CONSTRAINT participants_session_party_key;
CREATE INDEX participants_handle ON participants (handle) WHERE handle IS NOT NULL;
