-- What was handed in for the missions of a panel.
CREATE TABLE mission_works (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    application_id BLOB NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
    -- Its key in the terms of the panel.
    mission TEXT NOT NULL,
    -- JSON: answers, the address of a video, a text, a post elsewhere.
    done TEXT NOT NULL,
    first_done_at TIMESTAMP NOT NULL,
    done_at TIMESTAMP NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX mission_works_of_application ON mission_works (application_id, mission);

-- JSON list of what the author of a report wrote elsewhere: address, title, beginning.
ALTER TABLE trial_reports ADD COLUMN posts TEXT NOT NULL DEFAULT '[]';

-- Ideas that staff made of what a report says.
CREATE TABLE report_ideas (
    report_id BLOB NOT NULL REFERENCES trial_reports (id) ON DELETE CASCADE,
    idea_id BLOB NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    -- The passage of the report.
    quote TEXT,
    PRIMARY KEY (report_id, idea_id)
) WITHOUT ROWID;
CREATE INDEX report_ideas_by_idea ON report_ideas (idea_id);

-- What texts are looked through for, as JSON, where it is not what is built in. One row.
CREATE TABLE disclosure_rules (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    rules TEXT NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version INTEGER NOT NULL
) WITHOUT ROWID;

-- Attachments stand with panels, reports and what was done for missions too: in one place or in none. SQLite adds no check to a table
-- that is there, so it is made anew; nothing refers to it.
CREATE TABLE attachments_anew (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    owner_id BLOB NOT NULL REFERENCES members (id),
    kind TEXT NOT NULL CHECK (kind IN ('png', 'jpg', 'webp', 'gif', 'pdf')),
    name TEXT NOT NULL,
    bytes BIGINT NOT NULL CHECK (bytes > 0),
    width INTEGER,
    height INTEGER,
    sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
    -- What the small copy is, where there is one.
    thumbnail TEXT,
    idea_id BLOB REFERENCES ideas (id),
    comment_id BLOB REFERENCES comments (id),
    panel_id BLOB REFERENCES panels (id),
    report_id BLOB REFERENCES trial_reports (id),
    work_id BLOB REFERENCES mission_works (id),
    position INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL,
    -- Since when it stands nowhere.
    unlinked_at TIMESTAMP,
    CHECK ((unlinked_at IS NULL) = (idea_id IS NOT NULL) + (comment_id IS NOT NULL) + (panel_id IS NOT NULL)
        + (report_id IS NOT NULL) + (work_id IS NOT NULL))
) WITHOUT ROWID;
INSERT INTO attachments_anew (id, owner_id, kind, name, bytes, width, height, sha256, thumbnail, idea_id, comment_id, position, created_at, unlinked_at)
    SELECT id, owner_id, kind, name, bytes, width, height, sha256, thumbnail, idea_id, comment_id, position, created_at, unlinked_at FROM attachments;
DROP TABLE attachments;
ALTER TABLE attachments_anew RENAME TO attachments;
CREATE INDEX attachments_by_idea ON attachments (idea_id, position) WHERE idea_id IS NOT NULL;
CREATE INDEX attachments_by_comment ON attachments (comment_id, position) WHERE comment_id IS NOT NULL;
CREATE INDEX attachments_by_panel ON attachments (panel_id, position) WHERE panel_id IS NOT NULL;
CREATE INDEX attachments_by_report ON attachments (report_id, position) WHERE report_id IS NOT NULL;
CREATE INDEX attachments_by_work ON attachments (work_id, position) WHERE work_id IS NOT NULL;
CREATE INDEX attachments_by_owner ON attachments (owner_id, unlinked_at);
CREATE INDEX attachments_unlinked ON attachments (unlinked_at) WHERE unlinked_at IS NOT NULL;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('attachments', 'attachments', '100000 1'),
    ('attachments', 'attachments_by_idea', '50000 2 1'),
    ('attachments', 'attachments_by_comment', '50000 2 1'),
    ('attachments', 'attachments_by_panel', '1000 4 1'),
    ('attachments', 'attachments_by_report', '20000 4 1'),
    ('attachments', 'attachments_by_work', '20000 4 1'),
    ('attachments', 'attachments_by_owner', '100000 5 2'),
    ('attachments', 'attachments_unlinked', '500 1'),
    ('mission_works', 'mission_works', '20000 1'),
    ('mission_works', 'mission_works_of_application', '20000 4 1'),
    ('report_ideas', 'report_ideas', '5000 2 1'),
    ('report_ideas', 'report_ideas_by_idea', '5000 1 1');
ANALYZE sqlite_schema;
