-- The ideas that were made in a period, with all that is counted of them.
CREATE INDEX ideas_of_loop ON ideas (board_id, created_at, category, id)
    WHERE deleted_at IS NULL AND merged_into IS NULL;
-- When an idea was first answered, apart from the words.
CREATE INDEX responses_first ON responses (idea_id, created_at) WHERE version = 1;
-- How many were told of the news of a period.
CREATE INDEX activities_of_loop ON activities (kind, created_at, idea_id, supporters, told)
    WHERE supporters IS NOT NULL;
