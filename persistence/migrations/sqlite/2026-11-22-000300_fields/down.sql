DROP TABLE proxy_votes;
DROP TABLE proxy_posts;
ALTER TABLE idea_revisions DROP COLUMN answers;
DROP TABLE idea_answers;
DROP TABLE field_choices;
DROP TABLE fields;
