DROP TABLE ra_answers;
