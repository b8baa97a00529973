//! The rows of boards and of their invitations.

use chrono::NaiveDateTime;
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, NullableExpressionMethods as _,
    OptionalExtension as _, QueryDsl as _, Queryable, RunQueryDsl as _, Selectable, SelectableHelper as _,
};
use domain::{
    Action, Actor, Audience, BoardId, MemberId, Refusal, Stamp,
    access::{ensure_may, may},
    boards::{Board, BoardName, Description, Slug, Voters},
    events::Event,
    moderation::Mode,
    page::{Limit, Page, Place},
};

use crate::{
    connection::{AnyConnection, MultiBackend},
    error::{Error, Result, Unique, dangling, taken},
    key::{KeyValue, key},
    members, outbox,
    schema::{board_invitations, boards, ideas, members as members_table},
    statuses,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = boards, check_for_backend(MultiBackend))]
pub(crate) struct Row {
    id: KeyValue,
    slug: String,
    name: String,
    description: String,
    view_audience: String,
    vote_audience: String,
    comment_audience: String,
    submit_audience: String,
    voters_seen_by_viewers: bool,
    vote_budget: Option<i32>,
    moderation: String,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    version: i32,
}

impl TryFrom<Row> for Board {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self> {
        let odd = |what: &str| Error::Broken(format!("board {}: odd {what}", row.id.uuid()));
        let audience = |name: &str| Audience::named(name).ok_or_else(|| odd("audience"));
        Ok(Self {
            id: row.id.into(),
            name: BoardName::try_from(&*row.name).map_err(|_| odd("name"))?,
            slug: Slug::try_from(&*row.slug).map_err(|_| odd("slug"))?,
            description: Description::try_from(&*row.description).map_err(|_| odd("description"))?,
            view: audience(&row.view_audience)?,
            vote: audience(&row.vote_audience)?,
            comment: audience(&row.comment_audience)?,
            submit: audience(&row.submit_audience)?,
            voters: if row.voters_seen_by_viewers { Voters::SeenByViewers } else { Voters::SeenByStaff },
            vote_budget: row.vote_budget.map(|budget| u32::try_from(budget).unwrap_or(0)),
            moderation: Mode::named(&row.moderation).ok_or_else(|| odd("moderation"))?,
            created_at: row.created_at.and_utc(),
            updated_at: row.updated_at.and_utc(),
            version: row.version,
        })
    }
}

/// How a board is named in an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BoardRef {
    Id(BoardId),
    Slug(Slug),
}

/// A board, as one who may view it sees it.
#[derive(Debug, Clone)]
pub struct Seen {
    pub board: Board,
    /// Whether they are on its list. Said only where an audience of the board asks for it.
    pub invited: bool,
}

impl Seen {
    /// [`ensure_may`] for the one who looks.
    ///
    /// # Errors
    /// Its refusals.
    pub fn ensure_may(&self, actor: &Actor, action: Action) -> Result<(), Refusal> {
        ensure_may(actor, action, &self.board, self.invited)
    }
}

/// The board, if the actor may view it.
///
/// # Errors
/// [`Error::Missing`] when it does not exist or is not theirs to know of.
pub fn find(conn: &mut AnyConnection, actor: &Actor, board: &BoardRef) -> Result<Seen> {
    let mut query = boards::table.into_boxed();
    query = match board {
        BoardRef::Id(id) => query.filter(boards::id.eq(key(*id))),
        BoardRef::Slug(slug) => query.filter(boards::slug.eq(slug.as_str().to_owned())),
    };
    let row: Row = query.select(Row::as_select()).first(conn)?;
    seen(conn, actor, row)
}

/// The board of an idea, if the actor may view it.
///
/// # Errors
/// As [`find`].
pub(crate) fn seen(conn: &mut AnyConnection, actor: &Actor, row: Row) -> Result<Seen> {
    let board = Board::try_from(row)?;
    let invited = is_invited(conn, actor, &board)?;
    match may(actor, Action::View, &board, invited) {
        true => Ok(Seen { board, invited }),
        false => Err(Error::Missing),
    }
}

/// Every board the actor may view, the oldest first.
///
/// # Errors
/// Only when the database fails.
pub fn visible(conn: &mut AnyConnection, actor: &Actor) -> Result<Vec<Seen>> {
    let me = actor.member_id().map_or(KeyValue::from(uuid::Uuid::nil()), key);
    let rows: Vec<(Row, Option<KeyValue>)> = boards::table
        .left_join(
            board_invitations::table
                .on(board_invitations::board_id.eq(boards::id).and(board_invitations::member_id.eq(me))),
        )
        .order(boards::id)
        .select((Row::as_select(), board_invitations::member_id.nullable()))
        .load(conn)?;
    let mut seen = Vec::with_capacity(rows.len());
    for (row, invitation) in rows {
        let board = Board::try_from(row)?;
        let invited = invitation.is_some();
        if may(actor, Action::View, &board, invited) {
            seen.push(Seen { board, invited });
        }
    }
    Ok(seen)
}

/// How many boards there are, whoever may view them.
///
/// # Errors
/// Only when the database fails.
pub fn count(conn: &mut AnyConnection) -> Result<i64> {
    Ok(boards::table.count().get_result(conn)?)
}

/// A page of [`visible`]. Boards are few, so it is cut out of the whole: what may be seen, only the predicate knows.
///
/// # Errors
/// Only when the database fails.
pub fn list(
    conn: &mut AnyConnection,
    actor: &Actor,
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<Seen>> {
    let later = |seen: &Seen| after.is_none_or(|place| seen.board.id.uuid() > place.id);
    let seen = visible(conn, actor)?.into_iter().filter(later).take(limit.items() + 1).collect();
    Ok(Page::of(seen, limit, |seen: &Seen| Place { lap: 0, key: 0, id: seen.board.id.uuid() }))
}

fn is_invited(conn: &mut AnyConnection, actor: &Actor, board: &Board) -> Result<bool> {
    let asked =
        [Action::View, Action::Vote, Action::Comment, Action::Submit].map(|action| board.audience(action));
    if asked.contains(&Audience::Invited) { is_on_list(conn, actor, board.id) } else { Ok(false) }
}

/// Whether somebody was invited to a board, whatever it asks for.
///
/// # Errors
/// Only when the database fails.
pub(crate) fn is_on_list(conn: &mut AnyConnection, actor: &Actor, board: BoardId) -> Result<bool> {
    match actor.member_id() {
        Some(member) => invitation_exists(conn, board, member),
        None => Ok(false),
    }
}

/// # Errors
/// [`Error::Taken`] when another board has the slug.
pub fn insert(conn: &mut AnyConnection, stamp: &Stamp, board: &Board) -> Result<()> {
    diesel::insert_into(boards::table)
        .values((
            boards::id.eq(key(board.id)),
            boards::created_at.eq(board.created_at.naive_utc()),
            changes(board),
        ))
        .execute(conn)
        .map_err(taken(Unique::Slug))?;
    statuses::insert_first(conn, stamp, board.id)?;
    outbox::write(conn, stamp, &[Event::BoardCreated { board: board.id }])
}

/// Stores the board as the version after the one that was read.
///
/// # Errors
/// [`Error::Taken`] when another board has the slug, [`Error::Contended`] when it was changed meanwhile.
pub fn update(conn: &mut AnyConnection, stamp: &Stamp, board: &Board) -> Result<()> {
    let rows = diesel::update(boards::table.find(key(board.id)))
        .filter(boards::version.eq(board.version - 1))
        .set(changes(board))
        .execute(conn)
        .map_err(taken(Unique::Slug))?;
    if rows == 0 {
        return Err(Error::Contended);
    }
    outbox::write(conn, stamp, &[Event::BoardUpdated { board: board.id }])
}

#[derive(diesel::Insertable, diesel::AsChangeset)]
#[diesel(table_name = boards, treat_none_as_null = true)]
struct Changes<'a> {
    slug: &'a str,
    name: &'a str,
    description: &'a str,
    view_audience: &'static str,
    vote_audience: &'static str,
    comment_audience: &'static str,
    submit_audience: &'static str,
    voters_seen_by_viewers: bool,
    vote_budget: Option<i32>,
    moderation: &'static str,
    updated_at: NaiveDateTime,
    version: i32,
}

fn changes(board: &Board) -> Changes<'_> {
    Changes {
        slug: board.slug.as_str(),
        name: board.name.as_str(),
        description: board.description.as_str(),
        view_audience: board.view.name(),
        vote_audience: board.vote.name(),
        comment_audience: board.comment.name(),
        submit_audience: board.submit.name(),
        voters_seen_by_viewers: board.voters == Voters::SeenByViewers,
        vote_budget: board.vote_budget.map(|budget| i32::try_from(budget).unwrap_or(i32::MAX)),
        moderation: board.moderation.name(),
        updated_at: board.updated_at.naive_utc(),
        version: board.version,
    }
}

/// Deletes a board that never held an idea; deleted ideas count, because they can come back.
///
/// # Errors
/// [`Refusal::BoardHoldsIdeas`].
pub fn delete(conn: &mut AnyConnection, stamp: &Stamp, board: BoardId) -> Result<()> {
    let idea: Option<KeyValue> =
        ideas::table.filter(ideas::board_id.eq(key(board))).select(ideas::id).first(conn).optional()?;
    if idea.is_some() {
        return Err(Refusal::BoardHoldsIdeas.into());
    }
    // An idea may have come in since.
    diesel::delete(boards::table.find(key(board)))
        .execute(conn)
        .map_err(dangling(Refusal::BoardHoldsIdeas))?;
    outbox::write(conn, stamp, &[Event::BoardDeleted { board }])
}

/// Puts a member on the board's list; on it they stay.
///
/// # Errors
/// [`Error::Missing`] when there is no such member.
pub fn invite(conn: &mut AnyConnection, stamp: &Stamp, board: BoardId, member: MemberId) -> Result<()> {
    members::find(conn, member)?;
    if invitation_exists(conn, board, member)? {
        return Ok(());
    }
    diesel::insert_into(board_invitations::table)
        .values((
            board_invitations::board_id.eq(key(board)),
            board_invitations::member_id.eq(key(member)),
            board_invitations::created_at.eq(stamp.at.naive_utc()),
        ))
        .execute(conn)?;
    outbox::write(conn, stamp, &[Event::BoardMemberInvited { board, member }])
}

fn invitation_exists(conn: &mut AnyConnection, board: BoardId, member: MemberId) -> Result<bool> {
    let row: Option<KeyValue> = board_invitations::table
        .find((key(board), key(member)))
        .select(board_invitations::member_id)
        .first(conn)
        .optional()?;
    Ok(row.is_some())
}

/// Takes a member off the board's list; off it they stay.
///
/// # Errors
/// Only when the database fails.
pub fn uninvite(conn: &mut AnyConnection, stamp: &Stamp, board: BoardId, member: MemberId) -> Result<()> {
    let gone = diesel::delete(board_invitations::table.find((key(board), key(member)))).execute(conn)?;
    match gone {
        0 => Ok(()),
        _ => outbox::write(conn, stamp, &[Event::BoardMemberUninvited { board, member }]),
    }
}

/// Who is on the board's list, in the order they joined Madang: id and name.
///
/// # Errors
/// Only when the database fails.
pub fn invited(
    conn: &mut AnyConnection,
    board: BoardId,
    after: Option<Place>,
    limit: Limit,
) -> Result<Page<(MemberId, String)>> {
    let mut query = board_invitations::table
        .inner_join(members_table::table)
        .filter(board_invitations::board_id.eq(key(board)))
        .order(board_invitations::member_id)
        .select((board_invitations::member_id, members_table::display_name))
        .limit(limit.probe())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(board_invitations::member_id.gt(KeyValue::from(after.id)));
    }
    let rows: Vec<(KeyValue, String)> = query.load(conn)?;
    let rows = rows.into_iter().map(|(id, name)| (MemberId::from(id), name)).collect();
    Ok(Page::of(rows, limit, |(id, _)| Place { lap: 0, key: 0, id: id.uuid() }))
}
