DROP INDEX entry_reviews_of_judges;
