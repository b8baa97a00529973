-- What waits for staff to decide.
CREATE INDEX excuses_waiting ON excuses (application_id) WHERE decided_at IS NULL;
CREATE INDEX strikes_waiting ON strikes (panel_id, application_id) WHERE appealed_at IS NOT NULL AND decided_at IS NULL;

-- How busy panels look to the planner (decision 14).
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('panels', 'panels', '1000 1'),
    ('panels', 'panels_under_way', '20 1'),
    ('applications', 'applications', '100000 1'),
    ('applications', 'applications_of_member', '100000 100 1'),
    ('applications', 'applications_by_ticket', '100000 100 1'),
    ('applications', 'applications_in_order', '100000 100 1'),
    ('applications', 'applications_by_member', '100000 10 1'),
    ('applications', 'applications_by_outcome', '100000 100 20 1'),
    ('applications', 'applications_seated', '100000 100 20 1'),
    ('applications', 'applications_to_confirm', '100000 10'),
    ('panel_draws', 'panel_draws', '500 1'),
    ('panel_replacements', 'panel_replacements', '1000 2 1'),
    ('panel_nonces', 'panel_nonces', '1000 5 1'),
    ('panel_nonces', 'panel_nonces_by_commitment', '1000 5 1'),
    ('panel_nonces', 'panel_nonces_by_member', '1000 2'),
    ('panel_results', 'panel_results', '500 1'),
    ('panel_void_locks', 'panel_void_locks', '20 1 1'),
    ('shipments', 'shipments', '10000 1'),
    ('shipments', 'shipments_of_panel', '10000 20 1'),
    ('shipments', 'shipments_with_address', '500 20'),
    ('trial_reports', 'trial_reports', '10000 1'),
    ('trial_reports', 'sqlite_autoindex_trial_reports_2', '10000 1'),
    ('trial_reports', 'trial_reports_of_panel', '10000 20 1'),
    ('trial_reports', 'trial_reports_by_acceptance', '10000 2 1'),
    ('trial_reports', 'trial_reports_by_accepter', '10000 500'),
    ('excuses', 'excuses', '1000 1'),
    ('excuses', 'excuses_waiting', '10 1'),
    ('strikes', 'strikes', '2000 1'),
    ('strikes', 'sqlite_autoindex_strikes_2', '2000 1'),
    ('strikes', 'strikes_of_member', '2000 2 1'),
    ('strikes', 'strikes_of_panel', '2000 4 1'),
    ('strikes', 'strikes_waiting', '10 2 1');
ANALYZE sqlite_schema;
