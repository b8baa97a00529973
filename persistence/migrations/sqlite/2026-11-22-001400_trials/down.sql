DROP TABLE strikes;
DROP TABLE excuses;
DROP TABLE trial_reports;
DROP TABLE shipments;
