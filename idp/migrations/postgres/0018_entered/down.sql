ALTER TABLE eids DROP COLUMN blocked_from;
ALTER TABLE participants DROP COLUMN entered_at;
