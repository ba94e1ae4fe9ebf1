ALTER TABLE access_tokens DROP COLUMN bound_to;
