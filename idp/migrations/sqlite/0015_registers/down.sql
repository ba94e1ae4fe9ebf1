DROP TABLE question_rounds;
DROP TABLE register_documents;
DROP TABLE register_people;
