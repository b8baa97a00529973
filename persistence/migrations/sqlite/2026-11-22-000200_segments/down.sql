DELETE FROM sqlite_stat1 WHERE tbl IN ('segments', 'segment_members');
DROP TABLE segment_members;
DROP TABLE segments;
ALTER TABLE members DROP COLUMN attribute_sources;
