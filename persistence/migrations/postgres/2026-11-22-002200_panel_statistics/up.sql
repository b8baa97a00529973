-- What waits for staff to decide.
CREATE INDEX excuses_waiting ON excuses (application_id) WHERE decided_at IS NULL;
CREATE INDEX strikes_waiting ON strikes (panel_id, application_id) WHERE appealed_at IS NOT NULL AND decided_at IS NULL;

-- PostgreSQL keeps statistics of its own.
