-- Who said each attribute of a member, and when.
ALTER TABLE members ADD COLUMN attribute_sources TEXT NOT NULL DEFAULT '{}';

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
    ('segments', 'segments', '10 1'),
    ('segment_members', 'segment_members', '30000 3000 1'),
    ('segment_members', 'segment_members_by_member', '30000 3 1');
ANALYZE sqlite_schema;
