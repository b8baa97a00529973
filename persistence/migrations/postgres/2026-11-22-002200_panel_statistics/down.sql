DROP INDEX strikes_waiting;
DROP INDEX excuses_waiting;
