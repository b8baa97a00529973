DROP INDEX strikes_waiting;
DROP INDEX excuses_waiting;
DELETE FROM sqlite_stat1 WHERE tbl IN ('applications', 'excuses', 'panel_draws', 'panel_nonces', 'panel_replacements', 'panel_results', 'panel_void_locks', 'panels', 'shipments', 'strikes', 'trial_reports') AND idx <> 'shipments_by_delivery';
ANALYZE sqlite_schema;
