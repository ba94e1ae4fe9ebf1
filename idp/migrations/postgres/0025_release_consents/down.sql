DROP TABLE release_consents;
