DROP TABLE member_numbers;
DROP TABLE segment_members;
DROP TABLE segments;
ALTER TABLE members DROP COLUMN attribute_sources;
