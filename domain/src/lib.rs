//! The rules of Madang: what may happen, and why not.
//!
//! Nothing here knows of HTTP, SQL, the clock or chance: times and ids come in as arguments, and a value
//! that exists is valid.

pub mod access;
pub mod boards;
pub mod events;
pub mod id;
pub mod ideas;
pub mod markdown;
pub mod members;
pub mod page;
pub mod ranking;
pub mod refusal;
pub mod search;
pub mod segments;
pub mod statuses;
pub mod text;

pub use access::{Action, Actor, Audience};
pub use id::{BoardId, IdeaId, MemberId, SegmentId, SessionId, Stamp, StatusId};
pub use refusal::Refusal;
