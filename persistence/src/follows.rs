//! The rows of follows: who wants to hear of an idea or a board. Whoever votes for an idea follows it without a row.

use diesel::{OptionalExtension as _, QueryDsl as _, RunQueryDsl as _, dsl::exists, select};
use domain::{BoardId, IdeaId, MemberId, Stamp};

use crate::{
    connection::AnyConnection,
    error::Result,
    key::key,
    schema::{board_follows, follows, votes},
    written::Written,
};

/// What a member wants with an idea.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    Follow,
    /// To hear nothing, even of what they vote for.
    Mute,
}

/// Whether the member hears of the idea: they vote for it or follow it, and have not muted it.
///
/// # Errors
/// Only when the database fails.
pub fn hears(conn: &mut AnyConnection, idea: IdeaId, member: MemberId) -> Result<bool> {
    let row = follows::table.find((key(idea), key(member)));
    let muted: Option<bool> = row.select(follows::muted).first(conn).optional()?;
    match muted {
        Some(muted) => Ok(!muted),
        None => Ok(select(exists(votes::table.find((key(idea), key(member))))).get_result(conn)?),
    }
}

/// Keeps what a member wants with an idea.
///
/// # Errors
/// Only when the database fails.
pub fn set(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    idea: IdeaId,
    member: MemberId,
    wish: Wish,
) -> Result<()> {
    let muted = if wish == Wish::Mute { "TRUE" } else { "FALSE" };
    Written::<()>::new("INSERT INTO follows (idea_id, member_id, created_at, muted) VALUES (")
        .with(idea, ", ")
        .with(member, ", ")
        .with(stamp.at.naive_utc(), format!(", {muted})"))
        .then(Written::new(format!(" ON CONFLICT (idea_id, member_id) DO UPDATE SET muted = {muted}")))
        .execute(conn)?;
    Ok(())
}

/// Makes a member follow an idea they have taken part in, unless they have said what they want.
///
/// # Errors
/// Only when the database fails.
pub fn join(conn: &mut AnyConnection, stamp: &Stamp, idea: IdeaId, member: MemberId) -> Result<()> {
    Written::<()>::new("INSERT INTO follows (idea_id, member_id, created_at, muted) VALUES (")
        .with(idea, ", ")
        .with(member, ", ")
        .with(stamp.at.naive_utc(), ", FALSE) ON CONFLICT DO NOTHING")
        .execute(conn)?;
    Ok(())
}

/// Makes a member follow a board, or no longer.
///
/// # Errors
/// Only when the database fails.
pub fn set_board(
    conn: &mut AnyConnection,
    stamp: &Stamp,
    board: BoardId,
    member: MemberId,
    wish: Wish,
) -> Result<()> {
    match wish {
        Wish::Mute => {
            diesel::delete(board_follows::table.find((key(board), key(member)))).execute(conn)?;
        }
        Wish::Follow => {
            Written::<()>::new("INSERT INTO board_follows (board_id, member_id, created_at) VALUES (")
                .with(board, ", ")
                .with(member, ", ")
                .with(stamp.at.naive_utc(), ") ON CONFLICT DO NOTHING")
                .execute(conn)?;
        }
    }
    Ok(())
}
