//! The rows of Madang, on SQLite and on PostgreSQL. This crate never decides; it stores and finds.

mod batch;
pub mod boards;
pub mod connection;
pub mod database;
pub mod error;
pub mod ideas;
mod key;
pub mod members;
pub mod migrations;
pub mod outbox;
pub mod replays;
mod schema;
mod search;
pub mod segments;
pub mod sessions;
pub mod statuses;
pub mod votes;

pub use connection::{AnyConnection, Location, OpenError};
pub use database::{AloneWith, Database, Settings};
pub use error::{Error, Result, Unique};
