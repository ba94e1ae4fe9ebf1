DROP INDEX activations_to_print;
DROP TABLE activations;
