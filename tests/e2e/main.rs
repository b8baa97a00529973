//! Madang seen from outside: every promise through HTTP, on both databases.

mod access;
mod accounts;
mod answers;
mod boards;
mod comments;
mod contract;
mod conventions;
mod duplicates;
mod fields;
mod ideas;
mod insights;
mod leaks;
mod lists;
mod members;
mod merges;
mod once;
mod proxies;
mod running;
mod search;
mod segments;
mod sso;
mod statuses;
mod storm;
mod story;
mod triage;
mod votes;
