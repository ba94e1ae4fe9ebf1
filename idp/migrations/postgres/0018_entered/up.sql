-- When somebody last came to a party after they had shown who they are; what an eID was before it was blocked, which it becomes again.
ALTER TABLE participants ADD COLUMN entered_at BIGINT NOT NULL DEFAULT 0;
UPDATE participants SET entered_at = joined_at;
ALTER TABLE eids ADD COLUMN blocked_from TEXT;
