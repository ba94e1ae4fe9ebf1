-- Orders of our own page that registers are still to be asked about: one for a CPR number and a document, and one for a CPR number and where it was
-- sent from; sealed. Once it was checked only that remains, for a day.
CREATE TABLE online_orders (
  key BYTEA PRIMARY KEY NOT NULL, cpr BYTEA NOT NULL, source BYTEA NOT NULL, details BYTEA, placed_at BIGINT NOT NULL, due_at BIGINT,
  tries INTEGER NOT NULL, checked_at BIGINT
);
CREATE INDEX online_orders_due ON online_orders (due_at, placed_at);
CREATE INDEX online_orders_checked ON online_orders (checked_at);
CREATE INDEX online_orders_cpr ON online_orders (cpr, checked_at);
CREATE INDEX online_orders_placed ON online_orders (placed_at);
