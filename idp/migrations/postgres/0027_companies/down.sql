DROP TABLE register_companies;
