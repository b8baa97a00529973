-- When what was known of a member was forgotten; their row stays, for what they said and voted for.
ALTER TABLE members ADD COLUMN erased_at TIMESTAMP;
