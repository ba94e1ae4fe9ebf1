ALTER TABLE eids DROP COLUMN on_hardware;
