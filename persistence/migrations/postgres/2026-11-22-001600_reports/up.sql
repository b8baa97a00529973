-- What was handed in for the missions of a panel.
CREATE TABLE mission_works (
    id UUID NOT NULL PRIMARY KEY,
    application_id UUID NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
    -- Its key in the terms of the panel.
    mission TEXT NOT NULL,
    -- JSON: answers, the address of a video, a text, a post elsewhere.
    done TEXT NOT NULL,
    first_done_at TIMESTAMP NOT NULL,
    done_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX mission_works_of_application ON mission_works (application_id, mission);

-- JSON list of what the author of a report wrote elsewhere: address, title, beginning.
ALTER TABLE trial_reports ADD COLUMN posts TEXT NOT NULL DEFAULT '[]';

-- Ideas that staff made of what a report says.
CREATE TABLE report_ideas (
    report_id UUID NOT NULL REFERENCES trial_reports (id) ON DELETE CASCADE,
    idea_id UUID NOT NULL REFERENCES ideas (id) ON DELETE CASCADE,
    -- The passage of the report.
    quote TEXT,
    PRIMARY KEY (report_id, idea_id)
);
CREATE INDEX report_ideas_by_idea ON report_ideas (idea_id);

-- What texts are looked through for, as JSON, where it is not what is built in. One row.
CREATE TABLE disclosure_rules (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    rules TEXT NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version INTEGER NOT NULL
);

-- Attachments stand with panels, reports and what was done for missions too: in one place or in none.
ALTER TABLE attachments
    ADD COLUMN panel_id UUID REFERENCES panels (id),
    ADD COLUMN report_id UUID REFERENCES trial_reports (id),
    ADD COLUMN work_id UUID REFERENCES mission_works (id),
    DROP CONSTRAINT attachments_check,
    DROP CONSTRAINT attachments_check1,
    ADD CONSTRAINT attachments_check CHECK (
        num_nonnulls(idea_id, comment_id, panel_id, report_id, work_id) = CASE WHEN unlinked_at IS NULL THEN 1 ELSE 0 END);
CREATE INDEX attachments_by_panel ON attachments (panel_id, position) WHERE panel_id IS NOT NULL;
CREATE INDEX attachments_by_report ON attachments (report_id, position) WHERE report_id IS NOT NULL;
CREATE INDEX attachments_by_work ON attachments (work_id, position) WHERE work_id IS NOT NULL;
