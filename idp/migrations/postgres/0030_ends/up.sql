-- Those that end are looked for every minute among those that count, and never among all that ever ended; whom nobody has told of it yet apart,
-- for two months of ends lie ahead of them.
DROP INDEX certificates_ends;
CREATE INDEX certificates_ending ON certificates (ends_at, serial) WHERE open_of IS NOT NULL;
CREATE INDEX certificates_untold ON certificates (ends_at, serial) WHERE open_of IS NOT NULL AND told_at IS NULL;
-- A person's documents, for an import that names some of them.
CREATE INDEX register_documents_cpr ON register_documents (cpr);
