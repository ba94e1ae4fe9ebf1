-- Strangers' failures that the owner has been told of, so that a log-in from a known browser need not reset the lane to say it once.
ALTER TABLE lanes ADD COLUMN told BIGINT NOT NULL DEFAULT 0;
