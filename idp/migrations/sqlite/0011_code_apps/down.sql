DROP TABLE app_questions;
DROP INDEX authenticators_handover;
ALTER TABLE authenticators DROP COLUMN handover;
ALTER TABLE authenticators DROP COLUMN usable_at;
