-- Until when whoever was asked for a revision may answer; after that the report is accepted as it was. Those who were asked before there
-- was such a day have a fortnight from now on.
ALTER TABLE trial_reports ADD COLUMN asked_due_at TIMESTAMP;
UPDATE trial_reports SET asked_due_at = datetime('now', '+14 days') WHERE asked_at IS NOT NULL;
CREATE INDEX trial_reports_unanswered ON trial_reports (asked_due_at) WHERE asked_due_at IS NOT NULL AND accepted_at IS NULL;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('trial_reports', 'trial_reports_unanswered', '100 1');
ANALYZE sqlite_schema;
