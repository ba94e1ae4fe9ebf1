-- What a holder wants of their next cards.
CREATE TABLE card_wishes (eid BYTEA PRIMARY KEY NOT NULL, reorder_at INTEGER NOT NULL, large_print BOOLEAN NOT NULL);
-- What waits to be printed, and what ends, is found without reading everybody's cards.
CREATE INDEX cards_to_print ON cards (ordered_at) WHERE state = 'ordered';
CREATE INDEX cards_ending ON cards (expires_at) WHERE state IN ('active', 'posted');
