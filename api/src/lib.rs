//! The HTTP face of Madang. This crate never decides; it translates.

mod actor;
pub mod admin;
mod app;
mod auth;
#[cfg(feature = "bench")]
pub mod bench;
mod boards;
mod body;
pub mod clock;
pub mod config;
pub mod demo;
mod digest;
mod error;
mod front;
mod health;
mod ideas;
pub mod import;
pub mod jobs;
mod language;
pub mod logs;
mod members;
mod metrics;
mod once;
pub mod openapi;
mod page;
mod passwords;
mod phrases;
pub mod rates;
mod reply;
mod routes;
mod segments;
mod serve;
mod sso;
mod statuses;
pub mod tokens;
mod votes;

pub use config::Config;
pub use serve::{Server, StartError, open_database, stop_signal, until_stopped};
