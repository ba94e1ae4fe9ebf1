-- Issuing CAs: the key sealed, the certificate that a root gave for it, the newest revocation list. At most one row is active.
CREATE TABLE issuing_cas (
  id TEXT PRIMARY KEY NOT NULL, state TEXT NOT NULL, name TEXT NOT NULL, address TEXT NOT NULL, policy TEXT NOT NULL, key BLOB,
  public_der BLOB NOT NULL, certificate_der BLOB, root_der BLOB, created_at BIGINT NOT NULL, active_at BIGINT, ends_at BIGINT,
  retired_at BIGINT, crl_number BIGINT NOT NULL, crl_at BIGINT, crl BLOB
) WITHOUT ROWID;
-- Certificates of public eIDs: sealed, for they hold a name; the holder's key sealed, erased when the certificate ends. open_of is the eID as
-- long as the certificate counts: one at a time. unlisted_of is the CA as long as a revocation stands in none of its lists.
CREATE TABLE certificates (
  serial BLOB PRIMARY KEY NOT NULL, eid BLOB NOT NULL, open_of BLOB UNIQUE, ca TEXT NOT NULL, der BLOB NOT NULL, key BLOB,
  issued_at BIGINT NOT NULL, ends_at BIGINT NOT NULL, revoked_at BIGINT, reason TEXT, unlisted_of TEXT, told_at BIGINT
) WITHOUT ROWID;
CREATE INDEX certificates_eid ON certificates (eid);
CREATE INDEX certificates_ends ON certificates (ends_at);
CREATE INDEX certificates_revoked ON certificates (ca, revoked_at);
CREATE INDEX certificates_unlisted ON certificates (unlisted_of);
