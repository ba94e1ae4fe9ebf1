-- The register of companies that the house keeps itself: by CVR number, the entry (with who may sign) sealed.
CREATE TABLE register_companies (cvr TEXT PRIMARY KEY NOT NULL, sealed BYTEA NOT NULL, imported_at BIGINT NOT NULL);
