DROP INDEX register_documents_cpr;
DROP INDEX certificates_untold;
DROP INDEX certificates_ending;
CREATE INDEX certificates_ends ON certificates (ends_at);
