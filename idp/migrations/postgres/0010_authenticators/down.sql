DROP TABLE token_orders;
DROP TABLE authenticators;
