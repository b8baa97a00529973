//! Who may be mentioned: whoever could read the comment, and is offered only if they take part already.

use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, NullableExpressionMethods as _,
    OptionalExtension as _, QueryDsl as _, RunQueryDsl as _, define_sql_function, sql_types::Text,
};
use domain::{
    Action, Actor, MemberId, Refusal, access::may, boards::Board, comments::sees_notes, ideas::Idea,
    members::Role,
};

use crate::{
    connection::{AnyConnection, instr},
    error::{Error, Result},
    key::{KeyValue, key},
    schema::{board_invitations, comments, members, votes},
};

define_sql_function! {
    /// In lower case, as far as the database knows it: on SQLite Latin letters.
    fn lower(text: Text) -> Text;
}

/// Whether the conversation is open to all who may view the board, or a note's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Circle {
    Readers,
    Staff,
}

impl Circle {
    #[must_use]
    pub fn of(internal: bool) -> Self {
        if internal { Self::Staff } else { Self::Readers }
    }

    /// Whether a member of this role, invited to the board or not, may read what is said in it.
    fn holds(self, board: &Board, id: MemberId, role: &str, invited: bool) -> Result<bool> {
        let role = Role::named(role).ok_or_else(|| Error::Broken(format!("member {id}: odd role")))?;
        let reader = Actor::Member { id, role };
        let in_circle = self == Self::Readers || sees_notes(&reader);
        Ok(in_circle && may(&reader, Action::View, board, invited))
    }
}

/// That each of them could read the comment; whoever it mentions `already` is not asked about.
///
/// # Errors
/// [`Refusal::NotMentionable`] of the first who could not.
pub fn ensure(
    conn: &mut AnyConnection,
    board: &Board,
    circle: Circle,
    wanted: &[MemberId],
    already: &[MemberId],
) -> Result<()> {
    for (place, member) in wanted.iter().enumerate().filter(|(_, member)| !already.contains(member)) {
        let row: Option<(String, Option<KeyValue>)> = members::table
            .left_join(
                board_invitations::table.on(board_invitations::member_id
                    .eq(members::id)
                    .and(board_invitations::board_id.eq(key(board.id)))),
            )
            .filter(members::id.eq(key(*member)).and(members::blocked_at.is_null()))
            .select((members::role, board_invitations::member_id.nullable()))
            .first(conn)
            .optional()?;
        let fits = match row {
            Some((role, invitation)) => circle.holds(board, *member, &role, invitation.is_some())?,
            None => false,
        };
        if !fits {
            return Err(Refusal::NotMentionable { place }.into());
        }
    }
    Ok(())
}

/// Whether those who vote for an idea are among those offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offered {
    WithVoters,
    WithoutVoters,
}

/// Up to `most` members whose name holds `text`, by name: staff, and those who take part in the idea as its author, with
/// a comment or, where they may be known, with a vote. Not the one who asks, nobody blocked, nobody who may not view the
/// board.
///
/// # Errors
/// Only when the database fails.
pub fn offered(
    conn: &mut AnyConnection,
    asks: MemberId,
    (idea, board): (&Idea, &Board),
    voters: Offered,
    text: &str,
    most: usize,
) -> Result<Vec<(MemberId, String)>> {
    const CHUNK: i64 = 100;
    let mut found = Vec::new();
    // Who may view the board the predicate says, and not the query: so it goes on until enough have passed.
    for chunk in 0.. {
        let rows = candidates(conn, asks, (idea, board), voters, text, (CHUNK, chunk * CHUNK))?;
        let all = i64::try_from(rows.len()).unwrap_or(CHUNK) < CHUNK;
        for (id, name, role, invitation) in rows {
            let id = MemberId::from(id);
            if found.len() < most && Circle::Readers.holds(board, id, &role, invitation.is_some())? {
                found.push((id, name));
            }
        }
        if all || found.len() >= most {
            break;
        }
    }
    Ok(found)
}

type Candidate = (KeyValue, String, String, Option<KeyValue>);

fn candidates(
    conn: &mut AnyConnection,
    asks: MemberId,
    (idea, board): (&Idea, &Board),
    voters: Offered,
    text: &str,
    (limit, offset): (i64, i64),
) -> Result<Vec<Candidate>> {
    let said = comments::table
        .filter(comments::idea_id.eq(key(idea.id)))
        .filter(comments::internal.eq(false).and(comments::hidden_at.is_null()))
        .select(comments::author_id);
    let voted = votes::table.filter(votes::idea_id.eq(key(idea.id))).select(votes::member_id);
    let author = idea.author_id.map_or(KeyValue::from(uuid::Uuid::nil()), key);
    let takes_part = members::id
        .eq(author)
        .or(members::role.eq_any(Role::ALL.into_iter().filter(|role| role.is_staff()).map(Role::name)))
        .or(members::id.eq_any(said));
    let mut query = members::table
        .left_join(board_invitations::table.on(
            board_invitations::member_id.eq(members::id).and(board_invitations::board_id.eq(key(board.id))),
        ))
        .filter(members::blocked_at.is_null().and(members::id.ne(key(asks))))
        .order((members::display_name, members::id))
        .select((members::id, members::display_name, members::role, board_invitations::member_id.nullable()))
        .limit(limit)
        .offset(offset)
        .into_boxed();
    query = match voters {
        Offered::WithVoters => query.filter(takes_part.or(members::id.eq_any(voted))),
        Offered::WithoutVoters => query.filter(takes_part),
    };
    if !text.is_empty() {
        query = query.filter(instr(lower(members::display_name), lower(text.to_owned())).gt(0));
    }
    Ok(query.load(conn)?)
}
