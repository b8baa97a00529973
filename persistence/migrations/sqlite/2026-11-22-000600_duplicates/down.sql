DROP INDEX idea_texts_by_title;
DROP TABLE dismissed_pairs;
DROP TABLE duplicate_looks;
DROP TABLE duplicate_pairs;
