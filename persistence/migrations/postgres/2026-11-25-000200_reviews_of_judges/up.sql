-- What somebody judges, of all contests together.
CREATE INDEX entry_reviews_of_judges ON entry_reviews (judge_id, id);
