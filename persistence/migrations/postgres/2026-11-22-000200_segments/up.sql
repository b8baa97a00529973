-- Who said each attribute of a member, and when.
ALTER TABLE members ADD COLUMN attribute_sources TEXT NOT NULL DEFAULT '{}';

-- The attributes that are numbers, apart, so that they can be added up.
CREATE TABLE member_numbers (
    member_id UUID NOT NULL REFERENCES members (id),
    name TEXT NOT NULL,
    value DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (member_id, name)
);
CREATE INDEX member_numbers_by_name ON member_numbers (name);
INSERT INTO member_numbers (member_id, name, value)
    SELECT m.id, a.key, greatest(-1e15, least(1e15, (a.value #>> '{}')::DOUBLE PRECISION))
    FROM members m, jsonb_each(m.attributes::JSONB) a WHERE jsonb_typeof(a.value) = 'number';

CREATE TABLE segments (
    id UUID NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    rule TEXT NOT NULL,
    weight DOUBLE PRECISION NOT NULL CHECK (weight BETWEEN 0 AND 10),
    member_count BIGINT NOT NULL CHECK (member_count >= 0),
    -- Those of the members whose first segment it is.
    first_count BIGINT NOT NULL CHECK (first_count BETWEEN 0 AND member_count),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version INTEGER NOT NULL
);

-- Whom each rule holds for, kept up with every change of a member or of a rule.
CREATE TABLE segment_members (
    segment_id UUID NOT NULL REFERENCES segments (id) ON DELETE CASCADE,
    member_id UUID NOT NULL REFERENCES members (id),
    PRIMARY KEY (segment_id, member_id)
);
CREATE INDEX segment_members_by_member ON segment_members (member_id, segment_id);
