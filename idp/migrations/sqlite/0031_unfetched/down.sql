DROP INDEX cards_waiting;
DROP INDEX activations_lapsing;
