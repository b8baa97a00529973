DROP INDEX trial_reports_unanswered;
ALTER TABLE trial_reports DROP COLUMN asked_due_at;
