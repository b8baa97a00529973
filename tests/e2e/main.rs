//! Madang seen from outside: every promise through HTTP, on both databases.

mod access;
mod accounts;
mod answers;
mod boards;
mod comments;
mod contract;
mod conventions;
mod duplicates;
mod ideas;
mod lists;
mod members;
mod merges;
mod once;
mod running;
mod search;
mod sso;
mod statuses;
mod storm;
mod triage;
mod votes;
