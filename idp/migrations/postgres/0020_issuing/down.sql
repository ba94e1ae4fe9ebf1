DROP INDEX eid_banks_customer;
DROP TABLE desks;
DROP TABLE given_consents;
DROP TABLE issues;
