DROP INDEX cards_ending;
DROP INDEX cards_to_print;
DROP TABLE card_wishes;
