-- What a board asks with an idea.
CREATE TABLE fields (
    id UUID NOT NULL PRIMARY KEY,
    board_id UUID NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    label_ko TEXT NOT NULL,
    label_en TEXT NOT NULL,
    help_ko TEXT,
    help_en TEXT,
    kind TEXT NOT NULL,
    required BOOLEAN NOT NULL,
    position INTEGER NOT NULL,
    for_staff BOOLEAN NOT NULL,
    archived_at TIMESTAMP,
    version INTEGER NOT NULL,
    UNIQUE (board_id, key)
);

CREATE TABLE field_choices (
    field_id UUID NOT NULL REFERENCES fields (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    name_ko TEXT NOT NULL,
    name_en TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (field_id, key)
);

-- One row an answer, in the column of its kind; one a choice where there may be several. A choice, or a field, that is in
-- use cannot go.
CREATE TABLE idea_answers (
    idea_id UUID NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    field_id UUID NOT NULL REFERENCES fields (id),
    nth INTEGER NOT NULL,
    text TEXT,
    choice TEXT,
    -- Of yes and no 1 and 0.
    number DOUBLE PRECISION,
    day DATE,
    PRIMARY KEY (idea_id, field_id, nth),
    FOREIGN KEY (field_id, choice) REFERENCES field_choices (field_id, key)
);
CREATE INDEX idea_answers_by_field ON idea_answers (field_id, idea_id);
CREATE INDEX idea_answers_by_choice ON idea_answers (field_id, choice, idea_id) WHERE choice IS NOT NULL;
CREATE INDEX idea_answers_by_number ON idea_answers (field_id, number, idea_id) WHERE number IS NOT NULL;
CREATE INDEX idea_answers_by_day ON idea_answers (field_id, day, idea_id) WHERE day IS NOT NULL;

ALTER TABLE idea_revisions ADD COLUMN answers TEXT;

-- What staff did for customers; apart, so that an ordinary vote is as short as before.
CREATE TABLE proxy_posts (
    idea_id UUID NOT NULL PRIMARY KEY REFERENCES ideas (id) ON DELETE CASCADE,
    by_member_id UUID NOT NULL REFERENCES members (id),
    channel TEXT NOT NULL,
    link TEXT,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX proxy_posts_by_staff ON proxy_posts (by_member_id);

CREATE TABLE proxy_votes (
    idea_id UUID NOT NULL,
    member_id UUID NOT NULL,
    by_member_id UUID NOT NULL REFERENCES members (id),
    channel TEXT NOT NULL,
    link TEXT,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (idea_id, member_id),
    FOREIGN KEY (idea_id, member_id) REFERENCES votes (idea_id, member_id)
        ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX proxy_votes_by_staff ON proxy_votes (by_member_id);
