DROP TABLE idea_values;
DROP TABLE triage_views;
DROP TABLE private_tags;
DROP TABLE priority_weights;
DROP TABLE triage;
