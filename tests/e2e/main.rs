//! Madang seen from outside: every promise through HTTP, on both databases.

mod access;
mod accounts;
mod boards;
mod contract;
mod conventions;
mod ideas;
mod lists;
mod members;
mod once;
mod running;
mod search;
mod segments;
mod sso;
mod statuses;
mod storm;
mod votes;
