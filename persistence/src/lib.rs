//! The rows of Madang, on SQLite and on PostgreSQL. This crate never decides; it stores and finds.

pub mod activities;
pub mod api_keys;
mod batch;
pub mod boards;
pub mod changelog;
pub mod comments;
pub mod connection;
pub mod database;
pub mod error;
pub mod fields;
pub mod follows;
pub mod ideas;
pub mod insights;
mod key;
mod limited;
pub mod members;
pub mod merges;
pub mod migrations;
pub mod notifications;
pub mod outbox;
pub mod proxies;
pub mod replays;
pub mod responses;
pub mod roadmaps;
mod schema;
mod search;
pub mod segments;
pub mod sessions;
pub mod statuses;
pub mod triage;
pub mod votes;
mod written;

pub use connection::{AnyConnection, Location, OpenError};
pub use database::{AloneWith, Database, Settings};
pub use error::{Error, Result, Unique};
