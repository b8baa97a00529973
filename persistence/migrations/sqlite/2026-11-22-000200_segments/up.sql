-- Who said each attribute of a member, and when.
ALTER TABLE members ADD COLUMN attribute_sources TEXT NOT NULL DEFAULT '{}';

-- The attributes that are numbers, apart, so that they can be added up.
CREATE TABLE member_numbers (
    member_id BLOB NOT NULL REFERENCES members (id),
    name TEXT NOT NULL,
    value DOUBLE NOT NULL,
    PRIMARY KEY (member_id, name)
) WITHOUT ROWID;
CREATE INDEX member_numbers_by_name ON member_numbers (name);
INSERT INTO member_numbers (member_id, name, value)
    SELECT m.id, a.key, max(-1e15, min(1e15, a.value))
    FROM members m, json_each(m.attributes) a WHERE a.type IN ('integer', 'real');

CREATE TABLE segments (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    rule TEXT NOT NULL,
    weight DOUBLE NOT NULL CHECK (weight BETWEEN 0 AND 10),
    member_count BIGINT NOT NULL CHECK (member_count >= 0),
    -- Those of the members whose first segment it is.
    first_count BIGINT NOT NULL CHECK (first_count BETWEEN 0 AND member_count),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version INTEGER NOT NULL
) WITHOUT ROWID;

-- Whom each rule holds for, kept up with every change of a member or of a rule.
CREATE TABLE segment_members (
    segment_id BLOB NOT NULL REFERENCES segments (id) ON DELETE CASCADE,
    member_id BLOB NOT NULL REFERENCES members (id),
    PRIMARY KEY (segment_id, member_id)
) WITHOUT ROWID;
CREATE INDEX segment_members_by_member ON segment_members (member_id, segment_id);

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('member_numbers', 'member_numbers', '10000 2 1'),
    ('member_numbers', 'member_numbers_by_name', '10000 2000'),
    ('segments', 'segments', '10 1'),
    ('segment_members', 'segment_members', '30000 3000 1'),
    ('segment_members', 'segment_members_by_member', '30000 3 1');
ANALYZE sqlite_schema;
