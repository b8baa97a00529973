DROP TABLE member_numbers;
DELETE FROM sqlite_stat1 WHERE tbl IN ('member_numbers', 'segments', 'segment_members');
DROP TABLE segment_members;
DROP TABLE segments;
ALTER TABLE members DROP COLUMN attribute_sources;
