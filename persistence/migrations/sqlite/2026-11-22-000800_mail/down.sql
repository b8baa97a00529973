DROP TABLE mails;
DROP TABLE reset_requests;
DROP TABLE invitations;
DROP TABLE mail_links;
ALTER TABLE members DROP COLUMN email_verified;
