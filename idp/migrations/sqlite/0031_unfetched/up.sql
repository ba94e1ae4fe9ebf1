-- Digits that still lie here, by when they serve no longer.
CREATE INDEX activations_lapsing ON activations (expires_at) WHERE sealed IS NOT NULL;
-- Cards that nobody holds yet, by when they were ordered.
CREATE INDEX cards_waiting ON cards (ordered_at, number) WHERE state IN ('ordered', 'printed');
