DROP TABLE root_lists;
