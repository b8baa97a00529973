-- Until when whoever was asked for a revision may answer; after that the report is accepted as it was. Those who were asked before there
-- was such a day have a fortnight from now on.
ALTER TABLE trial_reports ADD COLUMN asked_due_at TIMESTAMP;
UPDATE trial_reports SET asked_due_at = date_trunc('second', CURRENT_TIMESTAMP AT TIME ZONE 'UTC') + INTERVAL '14 days' WHERE asked_at IS NOT NULL;
CREATE INDEX trial_reports_unanswered ON trial_reports (asked_due_at) WHERE asked_due_at IS NOT NULL AND accepted_at IS NULL;
