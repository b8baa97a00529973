-- Roadmaps: the plans of a board in columns. One by status needs no rows but its own.
CREATE TABLE roadmaps (
    id UUID NOT NULL PRIMARY KEY,
    board_id UUID NOT NULL REFERENCES boards (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    audience TEXT NOT NULL,
    -- status or time.
    kind TEXT NOT NULL,
    -- A JSON list, in the order of the columns.
    layout TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version INTEGER NOT NULL
);
CREATE INDEX roadmaps_by_board ON roadmaps (board_id, id);

-- Where staff put an idea. On a roadmap by status it counts for as long as the idea has the status of the column.
CREATE TABLE roadmap_ideas (
    roadmap_id UUID NOT NULL REFERENCES roadmaps (id) ON DELETE CASCADE,
    idea_id UUID NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    column_key TEXT NOT NULL,
    -- With gaps; only the order means something.
    position BIGINT NOT NULL,
    PRIMARY KEY (roadmap_id, idea_id)
);
CREATE INDEX roadmap_ideas_in_order ON roadmap_ideas (roadmap_id, column_key, position, idea_id);
CREATE INDEX roadmap_ideas_by_idea ON roadmap_ideas (idea_id);

CREATE TABLE changelog (
    id UUID NOT NULL PRIMARY KEY,
    -- Who sees it: viewers of the board, or an audience.
    board_id UUID REFERENCES boards (id) ON DELETE CASCADE,
    audience TEXT,
    author_id UUID REFERENCES members (id),
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    -- From when it is public; none is a draft.
    publish_at TIMESTAMP,
    -- When it is public from, or else was made: the order of the lists.
    listed_at TIMESTAMP NOT NULL,
    -- When the supporters were told; none while it is not out.
    announced_at TIMESTAMP,
    -- Under which id they are told, now and ever after.
    notice_id UUID UNIQUE,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version INTEGER NOT NULL,
    CHECK ((board_id IS NULL) <> (audience IS NULL))
);
CREATE INDEX changelog_in_order ON changelog (listed_at, id);
CREATE INDEX changelog_by_board ON changelog (board_id, listed_at, id);
CREATE INDEX changelog_by_author ON changelog (author_id);
CREATE INDEX changelog_to_announce ON changelog (publish_at) WHERE announced_at IS NULL AND publish_at IS NOT NULL;

CREATE TABLE changelog_labels (
    label TEXT NOT NULL,
    entry_id UUID NOT NULL REFERENCES changelog (id) ON DELETE CASCADE,
    PRIMARY KEY (label, entry_id)
);
CREATE INDEX changelog_labels_by_entry ON changelog_labels (entry_id);

CREATE TABLE changelog_ideas (
    entry_id UUID NOT NULL REFERENCES changelog (id) ON DELETE CASCADE,
    idea_id UUID NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    -- Whether the supporters of this idea were told.
    told BOOLEAN NOT NULL,
    PRIMARY KEY (entry_id, idea_id)
);
CREATE INDEX changelog_ideas_by_idea ON changelog_ideas (idea_id);

-- The entry that an idea was announced in.
ALTER TABLE activities ADD COLUMN entry_id UUID REFERENCES changelog (id) ON DELETE CASCADE;
CREATE INDEX activities_by_entry ON activities (entry_id) WHERE entry_id IS NOT NULL;
CREATE INDEX notifications_of_entries ON notifications (id) WHERE kind = 'announced';
