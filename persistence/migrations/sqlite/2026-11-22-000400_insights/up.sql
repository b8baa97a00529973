-- The ideas that were made in a period, with all that is counted of them. The last two, which are always NULL, keep
-- SQLite from looking for them in the row.
CREATE INDEX ideas_of_loop ON ideas (board_id, created_at, category, id, deleted_at, merged_into)
    WHERE deleted_at IS NULL AND merged_into IS NULL;
-- When an idea was first answered, apart from the words.
CREATE INDEX responses_first ON responses (idea_id, created_at) WHERE version = 1;
-- How many were told of the news of a period.
CREATE INDEX activities_of_loop ON activities (kind, created_at, idea_id, supporters, told)
    WHERE supporters IS NOT NULL;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('ideas', 'ideas_of_loop', '100000 20000 1 1 1 1 1'),
    ('responses', 'responses_first', '20000 1 1'),
    ('activities', 'activities_of_loop', '100000 20000 1 1 1 1');
ANALYZE sqlite_schema;
