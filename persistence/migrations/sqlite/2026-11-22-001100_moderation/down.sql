DROP TABLE banned_words;
DROP TABLE reports;
DROP TABLE moderation_cases;
ALTER TABLE members DROP COLUMN trusted;
ALTER TABLE boards DROP COLUMN moderation;
ALTER TABLE comments DROP COLUMN hidden_as;
ALTER TABLE comments RENAME COLUMN hidden_at TO deleted_at;
ALTER TABLE ideas DROP COLUMN hidden_as;
ALTER TABLE ideas RENAME COLUMN hidden_at TO deleted_at;
