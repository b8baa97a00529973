//! The HTTP face of Madang. This crate never decides; it translates.

mod activities;
mod actor;
pub mod admin;
mod app;
mod auth;
#[cfg(feature = "bench")]
pub mod bench;
mod boards;
mod body;
pub mod clock;
mod comments;
pub mod config;
pub mod demo;
mod digest;
mod error;
mod follows;
mod front;
mod health;
mod ideas;
pub mod import;
mod insights;
pub mod jobs;
mod language;
pub mod logs;
mod members;
mod merges;
mod metrics;
mod notifications;
mod once;
pub mod openapi;
mod page;
mod passwords;
mod phrases;
pub mod rates;
mod reply;
mod responses;
mod routes;
mod serve;
mod sso;
mod statuses;
pub mod tokens;
mod triage;
mod votes;

pub use config::Config;
pub use serve::{Server, StartError, open_database, stop_signal, until_stopped};
