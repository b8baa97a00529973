DROP TABLE merges;
DROP TABLE notifications;
DROP TABLE board_follows;
DROP TABLE follows;
DROP TABLE response_ratings;
DROP TABLE responses;
DROP TABLE activities;
