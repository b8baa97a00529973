DROP INDEX notifications_of_entries;
DROP INDEX activities_by_entry;
ALTER TABLE activities DROP COLUMN entry_id;
DROP TABLE changelog_ideas;
DROP TABLE changelog_labels;
DROP TABLE changelog;
DROP TABLE roadmap_ideas;
DROP TABLE roadmaps;
