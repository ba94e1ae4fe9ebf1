DROP TABLE certificates;
DROP TABLE issuing_cas;
