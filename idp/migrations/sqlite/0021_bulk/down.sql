DROP TABLE bulk_lines;
