-- How each eID was issued: where, by whom, to which level of identity assurance; what was shown, sealed.
CREATE TABLE issues (
  eid BLOB PRIMARY KEY NOT NULL, channel TEXT NOT NULL, ra TEXT NOT NULL, officer TEXT NOT NULL, level TEXT NOT NULL,
  hand_over TEXT NOT NULL, shown BLOB NOT NULL, issued_at BIGINT NOT NULL
) WITHOUT ROWID;
-- Each consent that was given with the rules of public use, in which version of its text and through which channel.
CREATE TABLE given_consents (
  eid BLOB NOT NULL, consent TEXT NOT NULL, given_at BIGINT NOT NULL, version TEXT NOT NULL, channel TEXT NOT NULL,
  PRIMARY KEY (eid, consent, given_at)
) WITHOUT ROWID;
-- What is handed over at a desk of this RA, and not posted: a card, an activation password, or both.
CREATE TABLE desks (
  eid BLOB PRIMARY KEY NOT NULL, ra TEXT NOT NULL, card TEXT, activation BLOB
) WITHOUT ROWID;
CREATE UNIQUE INDEX desks_card ON desks (card);
CREATE UNIQUE INDEX desks_activation ON desks (activation);
CREATE INDEX desks_ra ON desks (ra);
-- A bank's customer by what the bank calls them.
CREATE INDEX eid_banks_customer ON eid_banks (bank, customer_ref);
