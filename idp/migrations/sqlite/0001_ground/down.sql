-- The first migration is never undone: a new database is made instead.
SELECT 1;
